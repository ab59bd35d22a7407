"""Regular expressions of authors: read and judged before any learner's answer meets them.

Python's matcher backtracks, so an expression such as `(a+)+` can run for hours on a short answer. Instead of a
time-out, which a web worker cannot keep for a single call, the number of ways an expression could match is bounded
from above, and one with too many ways is refused. The bound is generous to the danger, not to the author: it takes
every repeat and every alternative for ambiguous.
"""

from __future__ import annotations

import re
import warnings
from typing import Final

MAX_LENGTH: Final = 200
MAX_WAYS: Final = 10_000_000  # three `.*` in a row: about a second for the longest answer
_LONGEST_ANSWER: Final = 200
_TOKEN: Final = re.compile(
    r"""(?P<escape>\\.)
      | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
      | (?P<open>\((?:\?(?:[:=!>]|<[=!]|P<\w+>|[aiLmsux]*(?:-[imsx]+)?[:)]|P=\w+\)|\#[^)]*\)|\())?)
      | (?P<close>\))
      | (?P<repeat>(?:[*+?]|\{[0-9]*,?[0-9]*\})[?+]?)
      | (?P<bar>\|)
      | (?P<plain>.)""",
    re.VERBOSE | re.DOTALL,
)


def problem_of(pattern: str) -> str | None:
    """Why Python cannot read the pattern; None when it can."""
    try:
        with warnings.catch_warnings():
            # A FutureWarning means that the meaning may change with the next Python: not for stored packs.
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return str(error)
    return None


def risk_of(pattern: str) -> str | None:
    """The fragment for which a readable pattern is refused; None when it is harmless."""
    if len(pattern) > MAX_LENGTH:
        return f"> {MAX_LENGTH}"
    groups = [_Group(0)]
    for token in _TOKEN.finditer(pattern):
        kind, text = token.lastgroup, token.group()
        group = groups[-1]
        if kind == "open":
            if text.startswith(("(?P=", "(?(")):
                return text
            if not text.endswith(")"):
                groups.append(_Group(token.start()))
        elif kind == "close" and len(groups) > 1:
            groups.pop()
            groups[-1].add(group.start, group.ways())
        elif kind == "bar":
            group.branch()
        elif kind == "repeat":
            group.repeat(*_bounds(text))
        elif kind == "escape" and text[1] in "123456789":
            return text
        else:
            group.add(token.start(), 1)
        if groups[-1].ways() > MAX_WAYS:
            return pattern[groups[-1].last_start : token.end()]
    return None


class _Group:
    """A bracketed part (or the whole) while it is read: in how many ways can it match one text, at the most?"""

    def __init__(self, start: int) -> None:
        self.start = start
        self.last_start = start
        self._branches = 0  # ways of the alternatives already closed
        self._before = 1  # ways of this alternative up to its last piece
        self._last = 1  # ways of the last piece, which a repeat may still raise

    def ways(self) -> int:
        return self._branches + self._before * self._last

    def add(self, start: int, ways: int) -> None:
        self._before, self._last, self.last_start = self._before * self._last, ways, start

    def branch(self) -> None:
        self._branches, self._before, self._last = self.ways(), 1, 1

    def repeat(self, least: int, most: int) -> None:
        self._last = min(self._last**most * (most - least + 1), MAX_WAYS + 1)


def _bounds(repeat: str) -> tuple[int, int]:
    """How often a repeat repeats, at least and at most, within the longest answer."""
    if repeat[0] in "*+?":
        return int(repeat[0] == "+"), 1 if repeat[0] == "?" else _LONGEST_ANSWER
    least, comma, most = repeat.strip("{}?+").partition(",")
    low = min(int(least or 0), _LONGEST_ANSWER)
    high = min(int(most or _LONGEST_ANSWER), _LONGEST_ANSWER) if comma else low
    return low, max(low, high)


def full_match(pattern: str, text: str, *, case: bool) -> bool:
    """Whether the whole folded text matches; ё in the pattern counts as е, as it does in the text."""
    folded = pattern.replace("ё", "е").replace("Ё", "Е")
    return re.fullmatch(folded, text, 0 if case else re.IGNORECASE) is not None
