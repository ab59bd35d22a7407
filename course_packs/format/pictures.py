"""The pictures and videos of a pack: checked once, then looked up by the texts that show them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from course_packs.format.diagnostics import START, Report
from course_packs.format.films import Film, is_film, read_film
from course_packs.format.model import Media
from course_packs.format.picture_size import media_type_of, raster_size
from course_packs.format.svg import svg_size

MAX_BYTES: Final = 500_000
FOLDER: Final = "media/"
_NAME: Final = re.compile(
    r"(?:[a-z0-9]+(?:[-_][a-z0-9]+)*/){0,3}[a-z0-9]+(?:[-_.][a-z0-9]+)*\.(?:svg|png|jpg|jpeg|webp|mp4|webm|vtt)"
)
_TYPES: Final[Mapping[str, str]] = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A sound picture; width and height in pixels."""

    name: str
    media_type: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class Pictures:
    """The pack's pictures by name (the path below `media/`); `films` are videos and their captions.

    `refused` are there but unsound; `used` fills as texts show them.
    """

    sound: Mapping[str, Picture] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set)
    films: Mapping[str, Film] = field(default_factory=dict)

    def media(self) -> tuple[Media, ...]:
        """What some text shows, ready to travel, by name."""
        there: dict[str, Picture | Film] = {**self.sound, **self.films}
        return tuple(
            Media(one.name, one.media_type, base64.b64encode(one.data).decode("ascii"))
            for name, one in sorted(there.items())
            if name in self.used
        )

    def report_unused(self, report: Report) -> None:
        """Warn of what no text shows."""
        for name in sorted((self.sound.keys() | self.films.keys()) - self.used):
            report.in_file(FOLDER + name).add("P306", START, name=FOLDER + name)


def is_picture(name: str) -> bool:
    """Whether this may be the name of a picture below `media/`."""
    return _NAME.fullmatch(name) is not None and not is_film(name)


def read_pictures(files: Mapping[str, bytes], report: Report) -> Pictures:
    """Check every file under `media/`."""
    sound: dict[str, Picture] = {}
    films: dict[str, Film] = {}
    refused: set[str] = set()
    for path, data in files.items():
        if not path.startswith(FOLDER):
            continue
        name = path.removeprefix(FOLDER)
        one = _read(name, data, report.in_file(path))
        if one is None:
            refused.add(name)
        elif isinstance(one, Film):
            films[name] = one
        else:
            sound[name] = one
    return Pictures(sound, frozenset(refused), films=films)


def _read(name: str, data: bytes, report: Report) -> Picture | Film | None:
    if _NAME.fullmatch(name) is None or len(name) > 100:
        report.add("P307", START, name=report.file)
        return None
    return read_film(name, data, report) if is_film(name) else _read_picture(name, data, report)


def _read_picture(name: str, data: bytes, report: Report) -> Picture | None:
    if len(data) > MAX_BYTES:
        report.add("P303", START, size=-(-len(data) // 1000), limit=MAX_BYTES // 1000)
        return None
    media_type = _TYPES[PurePosixPath(name).suffix]
    if media_type == "image/svg+xml":
        size = svg_size(data, report)
    elif media_type_of(data) != media_type:
        report.add("P302", START, name=report.file)
        return None
    else:
        size = raster_size(data)
        if size is None:
            report.add("P305", START, problem=media_type)
    return None if size is None else Picture(name, media_type, *size, data)
