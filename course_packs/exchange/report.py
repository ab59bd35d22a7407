"""What came over, what was changed, what could not be carried: with its place in the source, in Russian or English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from course_packs.exchange.words import ERRORS, NOTICES
from course_packs.format.diagnostics import excerpt

MAX_QUESTIONS: Final = 5000
Kind = Literal["note", "changed", "left_out"]
_WORDS: Final[Mapping[Kind, tuple[str, str]]] = {
    "note": ("к сведению", "note"),
    "changed": ("изменено", "changed"),
    "left_out": ("не перенесено", "left out"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, a line of it (0: no line to tell), the question's own name (may be empty)."""

    file: str
    line: int = 0
    question: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where} «{excerpt(self.question)}»" if self.question else where


class ExchangeError(ValueError):
    """The file cannot be read, or not written in the form asked for. `text` says why in the reader's language."""

    def __init__(self, code: str, place: Place | None = None, **params: object) -> None:
        self.code = code
        self.place = place
        self.params = {name: excerpt(value, 120) for name, value in params.items()}
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """The message in ru or en, with its place when it has one."""
        message = ERRORS[self.code][0 if language == "ru" else 1].format_map(self.params)
        return message if self.place is None else f"{self.place}: {message}"


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the report. `left_out` lines that stand for a whole question carry `whole`."""

    kind: Kind
    code: str
    place: Place
    message: str
    whole: bool = False


@dataclass
class ExchangeReport:
    """Collects the notices of one exchange; `language` (ru or en) is that of the messages.

    `questions` counts what the source holds, `carried` those that became tasks, `pages` those that became pages.
    """

    language: str = "ru"
    questions: int = 0
    carried: int = 0
    pages: int = 0
    notices: list[Notice] = field(default_factory=list)

    def count(self, place: Place) -> None:
        """One more question of the source. Raises ExchangeError when there are more than a pack can hold."""
        self.questions += 1
        if self.questions > MAX_QUESTIONS:
            raise ExchangeError("too-many", Place(place.file), limit=MAX_QUESTIONS)

    def add(self, code: str, place: Place, **params: object) -> None:
        """Record the notice `code` (a key of NOTICES) once for a place."""
        notice = self.notice(code, place, **params)
        if notice not in self.notices[-20:]:
            self.notices.append(notice)

    def notice(self, code: str, place: Place, **params: object) -> Notice:
        """The notice `code`, not recorded."""
        kind, whole, russian, english = NOTICES[code]
        shown = {name: excerpt(value, 160) for name, value in params.items()}
        message = (russian if self.language == "ru" else english).format_map(shown)
        return Notice(kind, code, place, message, whole)

    @property
    def changed(self) -> int:
        """How many different questions have a notice that something in them was changed or left out."""
        return len({notice.place for notice in self.notices if notice.kind != "note" and not notice.whole})

    @property
    def left_out(self) -> int:
        """How many questions became neither a task nor a page."""
        return self.questions - self.carried - self.pages

    def to_json(self) -> dict[str, Any]:
        """{questions, carried, pages, changed, left_out, notices: [{kind, code, file, line, question, message}]}."""
        notices = []
        for notice in self.notices:
            entry = {"kind": notice.kind, "code": notice.code, **asdict(notice.place), "message": notice.message}
            notices.append(entry)
        counts = {name: getattr(self, name) for name in ("questions", "carried", "pages", "changed", "left_out")}
        return {**counts, "notices": notices}

    def to_text(self) -> str:
        """The report for people: one notice a line, the counts at the end."""
        russian = self.language == "ru"
        lines = [
            f"{notice.place}: {_WORDS[notice.kind][0 if russian else 1]} {notice.code}: {notice.message}"
            for notice in self.notices
        ]
        if russian:
            counts = f"вопросов {self.questions}: заданиями стали {self.carried}, страницами {self.pages}, "
            counts += f"не перенесено {self.left_out}; с изменениями {self.changed}"
        else:
            counts = f"questions {self.questions}: {self.carried} became tasks, {self.pages} pages, "
            counts += f"{self.left_out} left out; {self.changed} with changes"
        return "\n".join([*lines, counts])
