"""Videos of a pack: files with captions in `media/`, or links to a video site.

A video from elsewhere is never set into a page: it would bring a stranger's scripts and eyes to learners. It is a link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from markupsafe import escape

from course_packs.format.captions import MAX_BYTES as MAX_CAPTION_BYTES
from course_packs.format.captions import check_captions
from course_packs.format.diagnostics import START, Report
from course_packs.format.yaml_source import read_utf8

MAX_BYTES: Final = 4_000_000
TYPES: Final[Mapping[str, str]] = {".mp4": "video/mp4", ".webm": "video/webm", ".vtt": "text/vtt"}
SITES: Final = frozenset(
    {"rutube.ru", "vk.com", "vkvideo.ru", "vk.ru", "dzen.ru", "ok.ru", "youtube.com", "youtu.be", "vimeo.com"}
)
_CAPTIONS: Final = re.compile(r"(.+)\.([a-z]{2,3})\.vtt")
_LANGUAGES: Final[Mapping[str, str]] = {"ru": "Русский", "en": "English"}


@dataclass(frozen=True, slots=True)
class Film:
    """A video, or a file of captions."""

    name: str
    media_type: str
    data: bytes


def is_film(name: str) -> bool:
    """Whether a file in `media/` belongs here, by its extension."""
    return PurePosixPath(name).suffix in TYPES


def read_film(name: str, data: bytes, report: Report) -> Film | None:
    """Check one file; None when it is refused, and the report says why."""
    media_type = TYPES[PurePosixPath(name).suffix]
    limit = MAX_CAPTION_BYTES if media_type == "text/vtt" else MAX_BYTES
    if len(data) > limit:
        report.add("P310", START, size=-(-len(data) // 1000), limit=limit // 1000)
        return None
    if media_type == "text/vtt":
        text = read_utf8(data, report)
        sound = text is not None and check_captions(text, report)
    else:
        sound = _kind(data) == media_type
        if not sound:
            report.add("P302", START, name=report.file)
    return Film(name, media_type, data) if sound else None


def captions_of(film: str, films: Mapping[str, Film]) -> dict[str, str]:
    """The captions of a video: language → name of the file."""
    stem = str(PurePosixPath(film).with_suffix(""))
    found = {}
    for name in sorted(films):
        match = _CAPTIONS.fullmatch(name)
        if match is not None and match[1] == stem:
            found[match[2]] = name
    return found


def film_html(film: Film, captions: Mapping[str, str], alt: str, languages: Sequence[str]) -> str:
    """The player's own element of the browser, with captions that are on from the start."""
    tracks = "".join(
        f'<track kind="captions" src="media:{name}" srclang="{language}" '
        f'label="{_LANGUAGES.get(language, language)}"{" default" if language == languages[0] else ""}>'
        for language, name in captions.items()
    )
    return f'<video controls preload="metadata" src="media:{film.name}" aria-label="{escape(alt)}">{tracks}</video>'


def link_html(address: str, alt: str) -> str:
    """A video elsewhere."""
    return f'<a href="{escape(address)}">▶ {escape(alt)}</a>'


def is_video_address(address: str) -> bool:
    """Whether this leads to a video site, or to a video file, by https."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return False
    return parts.scheme == "https" and (host in SITES or PurePosixPath(parts.path).suffix in {".mp4", ".webm"})


def _kind(data: bytes) -> str | None:
    """By the first bytes: ISO/IEC 14496-12 §4.3 (`ftyp`), Matroska (EBML, RFC 8794 §11.2.1)."""
    if data[4:8] == b"ftyp":
        return "video/mp4"
    return "video/webm" if data.startswith(b"\x1a\x45\xdf\xa3") else None
