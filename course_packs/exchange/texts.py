"""Texts of unknown encoding and of no markup."""

from __future__ import annotations

import html
import re
from typing import Final

from course_packs.exchange.report import ExchangeError, Place

MAX_BYTES: Final = 20_000_000
_MARKUP: Final = re.compile(
    r"</?(?:a|b|br|code|div|em|font|h[1-6]|hr|i|iframe|img|li|ol|p|pre|span|strong|su[bp]|table|td|th|tr|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_RUSSIAN: Final = re.compile("[А-Яа-яЁё]")


def decode(data: bytes, file: str) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or Windows-1251. Raises ExchangeError for anything else."""
    if len(data) > MAX_BYTES:
        raise ExchangeError("too-large", Place(file), limit=MAX_BYTES // 1_000_000)
    if not data.strip():
        raise ExchangeError("empty", Place(file))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1251", "latin-1")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise ExchangeError("not-text", Place(file))


def as_html(text: str, *, plain: bool = False) -> str:
    """Text as typed into a form: HTML when it holds tags (and may), otherwise paragraphs with their line breaks."""
    if not plain and _MARKUP.search(text):
        return text
    paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    return "".join(f"<p>{html.escape(part.strip()).replace(chr(10), '<br>')}</p>" for part in paragraphs)


def as_plain(text: str) -> str:
    """The same as one line without tags."""
    bare = _MARKUP.sub(" ", text) if _MARKUP.search(text) else text
    return " ".join(html.unescape(bare).split())
