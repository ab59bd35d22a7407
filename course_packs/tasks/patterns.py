"""Regular expressions of authors: read and judged before any learner's answer meets them.

Python's matcher backtracks, so an expression such as `(a+)+` can run for hours on a short answer. Instead of a
time-out, which a web worker cannot keep for a single call, the expressions that can blow up are refused: no
repeat around something that can itself match in several ways, no back-references, at most three long repeats.
"""

from __future__ import annotations

import re
import warnings
from typing import Final

MAX_LENGTH: Final = 200
MAX_LONG_REPEATS: Final = 3
_LONG: Final = 10
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
    last = _Group(0)  # what a following repeat would repeat
    long_repeats = 0
    for token in _TOKEN.finditer(pattern):
        kind, text = token.lastgroup, token.group()
        if kind == "open":
            if text.startswith(("(?P=", "(?(")):
                return text
            if not text.endswith(")"):
                groups.append(_Group(token.start()))
            continue
        if kind == "close" and len(groups) > 1:
            last = groups.pop()
            groups[-1].varies |= last.varies
            continue
        if kind == "bar":
            groups[-1].varies = True
        elif kind == "repeat":
            most = _most(text)
            if most > 1 and last.varies:
                return pattern[last.start : token.end()]
            long_repeats += most > _LONG
            if long_repeats > MAX_LONG_REPEATS:
                return text
            groups[-1].varies = True
        elif kind == "escape" and text[1] in "123456789":
            return text
        last = _Group(token.start())
    return None


class _Group:
    """A bracketed part: where it starts, and whether it can match one text in more than one way."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.varies = False


def _most(repeat: str) -> int:
    """How often a repeat may repeat; a large number for “any number of times”."""
    if repeat[0] == "?":
        return 1
    if repeat[0] in "*+":
        return 10**9
    bounds = repeat.strip("{}?+").split(",")
    return int(bounds[-1]) if bounds[-1] else 10**9


def full_match(pattern: str, text: str, *, case: bool) -> bool:
    """Whether the whole folded text matches; ё in the pattern counts as е, as it does in the text."""
    folded = pattern.replace("ё", "е").replace("Ё", "Е")
    return re.fullmatch(folded, text, 0 if case else re.IGNORECASE) is not None
