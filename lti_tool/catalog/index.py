"""The catalogue as it is searched: every pack's newest release that is offered, kept in memory by each process.

SQLite cannot tell that «Ё» and «е» are one letter to a reader, and five hundred packs are a few hundred kilobytes: so
the words are compared here. One small query per page asks whether anything was published since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course_packs import Text, pick
from course_packs.format.compiler import KINDS
from course_packs.occupations import FIELDS
from lti_tool.catalog.models import PackRelease
from lti_tool.catalog.releases import newest_releases

_WORD: Final = re.compile(r"\w+")
# What a Russian (or English) word loses or changes when it is bent: enough to find «лаборатория» by «лаборатории».
_ENDING: Final = re.compile(r"(?:[аеиоуыэюяйь]{1,2}|s)$")
_SHORTEST_STEM: Final = 3
MINUTES: Final = (15, 30, 45, 90)


@dataclass(frozen=True, slots=True)
class Entry:
    """A pack as the catalogue shows it."""

    release_id: UUID
    pack_id: str
    school_id: UUID | None
    kind: str
    title: Text
    summary: Text
    languages: tuple[str, ...]
    minutes: int
    tasks: int
    units: tuple[Text, ...]
    grades: tuple[int, ...]
    fields: tuple[str, ...]
    skills: dict[str, Text]
    place: str | None
    title_words: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a teacher looks for. An empty value means: any. ``minutes`` is the longest that fits."""

    text: str = ""
    kind: str = ""
    grade: int | None = None
    field: str = ""
    minutes: int | None = None
    skill: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return any((self.kind, self.grade, self.field, self.minutes, self.skill))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters can be set to: only what leads to something."""

    kinds: tuple[str, ...]
    grades: tuple[int, ...]
    fields: tuple[str, ...]
    minutes: tuple[int, ...]
    skills: dict[str, Text]


# Changes with every release that is published, withdrawn, or offered again.
_STAMP: Final = select(
    func.count(PackRelease.id),
    func.max(PackRelease.published_at),
    func.count(PackRelease.withdrawn_at),
    func.max(PackRelease.withdrawn_at),
)


class Catalogue:
    """The entries of the running process, read again when something was published or withdrawn."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stamp: Any = None
        self._entries: tuple[Entry, ...] = ()

    def entries(self, session: Session, school_id: UUID) -> list[Entry]:
        """Return everybody's packs and the school's own; one small query, two when something was published."""
        stamp = tuple(session.execute(_STAMP).one())
        with self._lock:
            fresh = stamp == self._stamp
            entries = self._entries
        if not fresh:
            entries = tuple(entry(release) for release in newest_releases(session))
            with self._lock:
                self._stamp, self._entries = stamp, entries
        return [one for one in entries if one.school_id in (None, school_id)]


def current_catalogue() -> Catalogue:
    """Return the catalogue of the running application."""
    catalogue: Catalogue = current_app.extensions["lyceum.catalogue"]
    return catalogue


def entry(release: PackRelease) -> Entry:
    """Make the entry of a release."""
    skills: dict[str, Text] = dict(release.skills)
    names = [text for key in release.fields for text in FIELDS.get(key, {}).values()]
    names += [text for title in skills.values() for text in title.values()]
    texts = [*release.summary.values(), *names, *(text for unit in release.units for text in unit.values())]
    title_words = words_of(" ".join(release.title.values()))
    return Entry(
        release_id=release.id,
        pack_id=release.pack_id,
        school_id=release.school_id,
        kind=release.kind,
        title=release.title,
        summary=release.summary,
        languages=tuple(release.languages),
        minutes=release.minutes,
        tasks=release.task_count,
        units=tuple(release.units),
        grades=tuple(release.grades),
        fields=tuple(release.fields),
        skills=skills,
        place=release.place,
        title_words=title_words,
        words=title_words | words_of(" ".join(texts)),
    )


def search(entries: Iterable[Entry], wanted: Wanted, language: str) -> list[Entry]:
    """Return what fits every filter and has every word, those with the words in their title first, then by title."""
    stems = [stem(word) for word in words_of(wanted.text)]
    found = [one for one in entries if fits(one, wanted) and all(_begins(one.words, part) for part in stems)]
    return sorted(
        found,
        key=lambda one: (
            -sum(_begins(one.title_words, part) for part in stems),
            folded(pick(one.title, language)),
            one.pack_id,
        ),
    )


def fits(one: Entry, wanted: Wanted) -> bool:
    """Whether a pack passes the filters. A pack that names no grades is for none in particular."""
    return (
        (not wanted.kind or one.kind == wanted.kind)
        and (wanted.grade is None or wanted.grade in one.grades)
        and (not wanted.field or wanted.field in one.fields)
        and (wanted.minutes is None or one.minutes <= wanted.minutes)
        and (not wanted.skill or wanted.skill in one.skills)
    )


def choices(entries: Sequence[Entry]) -> Choices:
    """Return what the filters offer."""
    kinds = {one.kind for one in entries}
    fields = {field for one in entries for field in one.fields}
    skills: dict[str, Text] = {}
    for one in entries:
        skills = {**one.skills, **skills}
    return Choices(
        kinds=tuple(kind for kind in KINDS if kind in kinds),
        grades=tuple(sorted({grade for one in entries for grade in one.grades})),
        fields=tuple(field for field in FIELDS if field in fields),
        minutes=tuple(limit for limit in MINUTES if any(one.minutes <= limit for one in entries)),
        skills=skills,
    )


def folded(text: str) -> str:
    """A text as search and order see it: small letters, «е» for «ё»."""
    return text.casefold().replace("ё", "е")


def words_of(text: str) -> frozenset[str]:
    """The words of a text, folded."""
    return frozenset(_WORD.findall(folded(text)))


def stem(word: str) -> str:
    """The part of a word that stays when it is bent; a short word stays whole."""
    short = _ENDING.sub("", word)
    return short if len(short) >= _SHORTEST_STEM else word


def _begins(words: frozenset[str], part: str) -> bool:
    return any(word.startswith(part) for word in words)
