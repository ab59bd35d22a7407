"""Diagnostics: what is wrong in a pack, where exactly, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple, Protocol

from course_packs.format.code import Severity
from course_packs.format.codes import CODES, YAML_PROBLEMS

if TYPE_CHECKING:
    from course_packs.format.pictures import Pictures

EXCERPT_LENGTH = 60


class Mark(NamedTuple):
    """A place in a file; line and column count from 1."""

    line: int
    column: int


START = Mark(1, 1)


class Marked(Protocol):
    """Anything that knows its place: every YAML node does."""

    @property
    def mark(self) -> Mark: ...


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `file` is relative to the pack's folder, with forward slashes."""

    file: str
    line: int
    column: int
    severity: Severity
    code: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.severity} {self.code}: {self.message} → {self.remedy}"


class PackError(ValueError):
    """A pack with errors cannot be compiled; `diagnostics` holds all findings, warnings too, in file order."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics = tuple(diagnostics)


@dataclass(frozen=True)
class Report:
    """Collects the diagnostics of one pack; each copy writes on behalf of one file.

    `language` is the language of the messages (ru or en), `languages` are those of the pack (the first is its main
    one), `pictures` the pack's pictures that texts may show, `files` all its files by path, `used` the paths of those
    that a task has taken in (`beside`). Copies made by `in_file` share the collected list and `used`.
    """

    file: str
    pictures: Pictures
    language: str = "ru"
    languages: tuple[str, ...] = ("ru",)
    found: list[Diagnostic] = field(default_factory=list)
    files: Mapping[str, bytes] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def add(self, code: str, where: Mark | Marked, **params: object) -> None:
        """Record the diagnostic `code` (a key of CODES) at `where`, filling the named places of its phrases."""
        mark = where if isinstance(where, Mark) else where.mark
        entry = CODES[code]
        message, remedy = entry.ru if self.language == "ru" else entry.en
        shown = {name: excerpt(value) if name in _QUOTED else str(value) for name, value in params.items()}
        diagnostic = Diagnostic(
            file=self.file,
            line=mark.line,
            column=mark.column,
            severity=entry.severity,
            code=code,
            message=message.format_map(shown),
            remedy=remedy.format_map(shown),
        )
        self.found.append(diagnostic)

    def in_file(self, file: str) -> Report:
        """The same report, speaking of another file."""
        return replace(self, file=file)

    def beside(self, name: str) -> tuple[Report, bytes | None]:
        """A file in the folder of the one this report speaks of, and a report that speaks of it; None: no such file."""
        path = self.file.rpartition("/")[0] + "/" + name
        self.used.add(path)
        return self.in_file(path), self.files.get(path)

    def guess(self, word: str, known: Iterable[str]) -> str:
        """The “did you mean” part of a message, or an empty string."""
        matches = get_close_matches(word, list(known), n=1, cutoff=0.6)
        if not matches:
            return ""
        return f" (может быть, «{matches[0]}»?)" if self.language == "ru" else f" (did you mean “{matches[0]}”?)"

    def yaml_problem(self, problem: str) -> str:
        """The YAML reader's complaint in the language of the report."""
        if self.language == "ru":
            for fragment, russian in YAML_PROBLEMS:
                if fragment in problem:
                    return russian
        return excerpt(problem, 120)

    @property
    def has_errors(self) -> bool:
        return any(diagnostic.severity == "error" for diagnostic in self.found)

    def sorted(self) -> list[Diagnostic]:
        """All findings in reading order, each once."""
        order = dict.fromkeys(self.found)
        return sorted(order, key=lambda found: (found.file != "pack.yaml", found.file, found.line, found.column))


_QUOTED = frozenset({"value", "key", "name", "what"})


def excerpt(value: object, length: int = EXCERPT_LENGTH) -> str:
    """One printable line of at most `length` characters, safe to show in a message."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in str(value)).split())
    return line if len(line) <= length else line[: length - 1] + "…"
