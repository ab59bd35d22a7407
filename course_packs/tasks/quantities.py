"""Numbers as people type them: comma or dot, spaces between thousands, any minus sign, perhaps a unit behind."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

MAX_LENGTH: Final = 60
MAX_DIGITS: Final = 24
# Ordinary, no-break, figure, thin and narrow no-break space; apostrophes group thousands as well.
_SPACES: Final = " \u00a0\u2007\u2009\u202f"
_FOLD: Final = str.maketrans(
    {**dict.fromkeys(_SPACES, " "), **dict.fromkeys("−–—‒‐‑﹣-", "-"), **dict.fromkeys("’ʼ", "'"), "＋": "+"}
)
_GROUPED: Final = re.compile(
    r"(?P<sign>[+-]?) ?(?:"
    r"(?P<plain>[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)"
    r"|(?P<spaced>[0-9]{1,3}(?:(?P<gap>[ '])[0-9]{3})(?:(?P=gap)[0-9]{3})*(?:[.,][0-9]+)?)"
    r"|(?P<commas>[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,})"
    r"|(?P<dots>[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,})"
    r")"
)

_NUMBER_SIGNS: Final = re.compile(r"[+-]? ?[0-9 .,']*")


def fold_spaces(text: str) -> str:
    """Typographic spaces, minus signs and apostrophes as plain ones; ends trimmed."""
    return text.translate(_FOLD).strip()


def parse_number(text: str) -> Decimal | None:
    """The number in `text`, exact; None when it is no number.

    A lone comma or dot is the decimal mark: `1,234` is 1.234.
    Groups of thousands must be whole (`1 234 567,8`; `1,234.5` and `1.234,5` are clear by having both marks).
    """
    match = _GROUPED.fullmatch(fold_spaces(text))
    if match is None:
        return None
    digits = match["plain"] or match["spaced"] or match["commas"] or match["dots"]
    if match["commas"]:
        digits = digits.replace(",", "")
    elif match["dots"]:
        digits = digits.replace(".", "")
    digits = digits.replace(" ", "").replace("'", "").replace(",", ".")
    if sum(sign.isdigit() for sign in digits) > MAX_DIGITS:
        return None
    return Decimal(("-" if match["sign"] == "-" else "") + digits)


def split_unit(text: str) -> tuple[str, str]:
    """Number and unit of `12,5 кг`: the longest beginning that could be a number, and what follows."""
    folded = fold_spaces(text)
    number = _NUMBER_SIGNS.match(folded)
    end = 0 if number is None else number.end()
    return folded[:end].rstrip(" .,'"), folded[end:].strip()


def same_unit(first: str, second: str) -> bool:
    """Whether two spellings differ only in letter case or a closing full stop."""
    return first.casefold().rstrip(".") == second.casefold().rstrip(".")
