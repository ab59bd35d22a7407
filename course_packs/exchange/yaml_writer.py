"""YAML that a teacher likes to read and that our own reader reads back to the very same values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from course_packs.format.fields import decimal_text

_PLAIN: Final = re.compile(r"[^\W\d_][\w «»(),.!?/–—+*%№-]*(?<![ ,])")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_TO_ESCAPE: Final = re.compile("[\x7f-\xa0\xad\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def write_yaml(data: Mapping[str, Any]) -> str:
    """A mapping as block YAML. Strings, flags, whole numbers, decimals, lists and mappings only."""
    return "".join(_entry(key, value, 0) for key, value in data.items())


def comment(text: str) -> str:
    """The text as comment lines, whatever stands in it."""
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def _entry(key: str, value: Any, depth: int) -> str:
    pad = "  " * depth
    head = f"{pad}{_scalar(key)}:"
    if isinstance(value, Mapping):
        return head + "\n" + "".join(_entry(inner, one, depth + 1) for inner, one in value.items())
    if isinstance(value, list):
        return head + "\n" + "".join(_item(one, depth + 1) for one in value)
    return f"{head} {_value(value, depth + 1)}\n"


def _item(value: Any, depth: int) -> str:
    pad = "  " * depth
    if isinstance(value, Mapping):
        body = "".join(_entry(inner, one, depth + 1) for inner, one in value.items())
        return f"{pad}- {body[len(pad) + 2 :]}"
    if isinstance(value, list):
        return f"{pad}- {''.join(_item(one, depth + 1) for one in value)[len(pad) + 2 :]}"
    return f"{pad}- {_value(value, depth + 1)}\n"


def _value(value: Any, depth: int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return decimal_text(value)
    text = str(value)
    if "\n" in text and _fits_block(text):
        pad = "  " * depth
        return "|-\n" + "\n".join(f"{pad}{line}" if line else "" for line in text.split("\n"))
    return _scalar(text)


def _fits_block(text: str) -> bool:
    lines = text.split("\n")
    sound = all(line.isprintable() and line == line.rstrip() and not _TO_ESCAPE.search(line) for line in lines)
    return sound and bool(lines[0]) and not lines[0].startswith(" ") and bool(lines[-1])


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and len(text) < 400:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _TO_ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
