"""What every importer makes: sections of tasks, pages and lost questions, as an author would write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from course_packs.exchange import markdown_writer
from course_packs.exchange.names import slug_of
from course_packs.exchange.report import ExchangeReport, Place
from course_packs.format.diagnostics import Report
from course_packs.format.pictures import FOLDER, Pictures, read_pictures

MAX_TEXT: Final = 7500
MAX_INLINE: Final = 900
_SUFFIXES: Final = {".jpeg": ".jpg", ".jpe": ".jpg"}

Find = Callable[[str], bytes | None]
"""Address in a text → the file it names, or None."""


@dataclass(frozen=True)
class TaskDraft:
    """A task as it will stand in tasks.yaml; `data` is plain: strings, numbers, flags, lists, mappings."""

    name: str
    place: Place
    data: dict[str, Any]


@dataclass(frozen=True)
class PageDraft:
    """A page to read; `body` is Markdown."""

    name: str
    place: Place
    body: str


@dataclass(frozen=True)
class LostDraft:
    """A question that cannot be a task; `text` is what is known of it."""

    name: str
    place: Place
    reason: str
    text: str


Draft = TaskDraft | PageDraft | LostDraft


@dataclass
class Section:
    """What becomes a unit."""

    title: str
    drafts: list[Draft] = field(default_factory=list)


class Shelf:
    """The pictures of the pack that is being made: name below `media/` → content."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put(self, name: str, data: bytes) -> tuple[str, str]:
        """(name on the shelf, "") — or ("", why the picture will not do)."""
        suffix = PurePosixPath(name).suffix.lower()
        suffix = _SUFFIXES.get(suffix, suffix)
        stem = slug_of(PurePosixPath(name).stem, "picture")
        number = 1
        shelved = f"{stem}{suffix}"
        while self.files.get(shelved, data) != data:
            number += 1
            shelved = f"{stem}-{number}{suffix}"
        if shelved in self.files:
            return shelved, ""
        report = Report("", Pictures(), "ru")
        if shelved not in read_pictures({FOLDER + shelved: data}, report).sound:
            return "", report.found[0].message if report.found else suffix
        self.files[shelved] = data
        return shelved, ""


@dataclass(frozen=True)
class Scribe:
    """Turns the texts of one question into Markdown; what cannot be kept goes to the report with the place."""

    report: ExchangeReport
    place: Place
    shelf: Shelf
    find: Find = lambda _address: None

    def tell(self, code: str, what: str = "", **params: object) -> None:
        """A notice about this question; `what` is its usual parameter."""
        self.report.add(code, self.place, **{"what": what, "name": what, **params})

    def block(self, html: str) -> str:
        """A prompt, a hint or feedback."""
        return self._cut(markdown_writer.block(html, self._picture, self.tell), MAX_TEXT)

    def block_list(self, html: str) -> list[str]:
        """The blocks of a longer text, each apart."""
        return markdown_writer.block_list(html, self._picture, self.tell)

    def page(self, html: str) -> str:
        """The text of a page."""
        return markdown_writer.page(html, self._picture, self.tell)

    def inline(self, html: str) -> str:
        """An option, an item, one side of a pair."""
        return self._cut(markdown_writer.inline(html, self._picture, self.tell), MAX_INLINE)

    def plain(self, html: str) -> str:
        """The words of a text that a learner types."""
        return markdown_writer.plain(html, self.tell)

    def _cut(self, text: str, limit: int) -> str:
        if len(text) <= limit:
            return text
        self.tell("X207", limit=limit)
        return text[:limit].rpartition(" ")[0] or text[:limit]

    def _picture(self, address: str, alt: str) -> str | None:
        name = address.rpartition("/")[2][:80] if not address.startswith("data:") else "picture"
        data = self.find(address)
        if data is None:
            self.tell("X205", address[:80])
            return None
        if address.startswith("data:"):
            name = f"picture.{address[5:].partition(';')[0].rpartition('/')[2].removesuffix('+xml')}"
        shelved, problem = self.shelf.put(name, data)
        if not shelved:
            self.tell("X204", name, problem=problem)
            return None
        if not alt:
            self.tell("X203", name)
        return shelved
