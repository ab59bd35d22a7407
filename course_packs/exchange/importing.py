"""One door for all forms of questions: find out what a file is, read it, write the pack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from course_packs.exchange.archive import is_zip
from course_packs.exchange.drafts import Section, Shelf
from course_packs.exchange.folder_writer import write_pack
from course_packs.exchange.gift_reader import read_gift
from course_packs.exchange.moodle_reader import read_moodle
from course_packs.exchange.qti_reader import read_qti
from course_packs.exchange.report import ExchangeError, ExchangeReport, Place
from course_packs.exchange.table_reader import read_csv, read_xlsx

Reader = Callable[[bytes, str, ExchangeReport], tuple[list[Section], Shelf]]
READERS: Final[Mapping[str, Reader]] = {
    "gift": read_gift,
    "moodle-xml": read_moodle,
    "qti": read_qti,
    "xlsx": read_xlsx,
    "csv": read_csv,
}
FORMATS: Final = tuple(READERS)


@dataclass(frozen=True)
class Imported:
    """A pack folder in memory (relative path → content) and the report of what became of each question."""

    files: Mapping[str, bytes]
    report: ExchangeReport


def import_questions(
    name: str, data: bytes, *, form: str = "", language: str = "ru", pack_language: str = "", title: str = ""
) -> Imported:
    """Make a pack of a file of questions; `name` is the file's name, `form` one of FORMATS (found out when empty).

    `language` is that of the report, `pack_language` that of the texts (guessed when empty). Raises ExchangeError.
    """
    if not data.strip():
        raise ExchangeError("empty", Place(name))
    form = form or form_of(name, data)
    report = ExchangeReport(language)
    sections, shelf = READERS[form](data, name, report)
    title = title or PurePosixPath(name).stem
    for section in sections:
        section.title = section.title or title
    files = write_pack(sections, shelf, report, source=name, title=title, language=pack_language)
    return Imported(files, report)


def form_of(name: str, data: bytes) -> str:
    """The form of a file by its first bytes and its name. Raises ExchangeError when neither tells."""
    suffix = PurePosixPath(name).suffix.lower()
    head = data[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if is_zip(data):
        return "xlsx" if suffix in {".xlsx", ".xlsm"} or b"xl/workbook.xml" in data else "qti"
    if head.startswith(b"<"):
        return "moodle-xml" if b"<quiz" in head or b"<question " in head else "qti"
    if suffix in {".gift", ".txt"}:
        return "gift"
    if suffix in {".csv", ".tsv"}:
        return "csv"
    raise ExchangeError("unknown-format", Place(name))
