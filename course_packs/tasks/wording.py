"""Comparing short answers the way a fair reader would: case, ё, dashes, spaces and slips of the finger do not count."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

SHORTEST_FORGIVEN: Final = 5
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_ENDS: Final = " .,;:!?…«»\"'“”„‘’"


def fold(text: str, *, case: bool = False) -> str:
    """The form in which answers are compared; keeps letter case when `case`.

    ё counts as е, any dash as a hyphen without spaces around it, any run of white space as one space; quotation marks
    and stops at the ends fall away, unless nothing else is there.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES)
    folded = folded.replace("ё", "е").replace("Ё", "Е")
    folded = re.sub(r"\s*-\s*", "-", " ".join(folded.split()))
    folded = folded.strip(_ENDS) or folded
    return folded if case else folded.casefold().replace("ё", "е")


def within_typos(answer: str, accepted: str, typos: int) -> bool:
    """Whether two folded texts differ by at most `typos` slips.

    Slips are forgiven only in words of five letters or more and without digits; a lost or extra space is one slip
    when all words are long.
    """
    if typos == 0 or abs(len(answer) - len(accepted)) > typos:
        return answer == accepted
    words, wanted = answer.split(), accepted.split()
    if len(words) != len(wanted):
        return all(_forgiving(word) for word in wanted) and distance(answer, accepted) <= typos
    slips = 0
    for word, right in zip(words, wanted, strict=True):
        if word != right:
            if not _forgiving(right):
                return False
            slips += distance(word, right)
    return slips <= typos


def forgives(accepted: str) -> bool:
    """Whether any word of a folded accepted answer is long enough to forgive a slip."""
    return any(_forgiving(word) for word in accepted.split())


def _forgiving(word: str) -> bool:
    return len(word) >= SHORTEST_FORGIVEN and not any(sign.isdigit() for sign in word)


def distance(first: str, second: str) -> int:
    """Damerau–Levenshtein distance, optimal string alignment: insert, delete, replace, or swap of two neighbours."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, left in enumerate(first, start=1):
        earlier, before, row = before, row, [i]
        for j, right in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == second[j - 2] and first[i - 2] == right:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
