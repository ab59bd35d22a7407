"""Identifiers out of titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

from course_packs.format.fields import MAX_SLUG

_LATIN: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "j",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
_OTHER: Final = re.compile(r"[^a-z0-9]+")


def slug_of(title: str, fallback: str, taken: Collection[str] = ()) -> str:
    """Lower-case Latin letters, digits and hyphens: «Вопрос 1» → vopros-1. Differs from all in `taken`."""
    letters = "".join(_LATIN.get(sign, sign) for sign in title.casefold())
    ascii_only = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    slug = _OTHER.sub("-", ascii_only).strip("-")[: MAX_SLUG - 12].strip("-") or fallback
    number, unique = 1, slug
    while unique in taken:
        number += 1
        unique = f"{slug}-{number}"
    return unique
