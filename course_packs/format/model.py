"""The compiled pack: plain frozen values, everything decided, nothing left to look up on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

Text = Mapping[str, str]
"""Language code → string. The pack's main language stands first; other languages may be absent."""

Spec = Mapping[str, Any]
"""A task type's own compiled definition: JSON-safe, numbers as strings, read only by that type."""


def pick(text: Text, language: str) -> str:
    """The string in `language`, or in the text's first language; an empty string for an empty text."""
    return text[language] if language in text else next(iter(text.values()), "")


@dataclass(frozen=True)
class Mistake:
    """A mistake worth remembering. `note` is plain text (not HTML), possibly empty."""

    kind: str
    severity: str
    note: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Grading:
    """How a pack is graded: pass mark in percent, attempts allowed (None: any number), which attempt counts."""

    pass_mark: Decimal = Decimal(60)
    attempts: int | None = None
    attempt_grade: str = "best"


@dataclass(frozen=True)
class Source:
    """Where facts come from. `title` and `note` are plain text."""

    title: Text
    url: str | None = None
    note: Text | None = None


@dataclass(frozen=True)
class Author:
    """Somebody's part in a pack: a role of `format.about.AUTHOR_ROLES`, and plain words where they want to be named."""

    role: str
    name: Text | None = None
    organisation: Text | None = None


@dataclass(frozen=True)
class Completion:
    """When a pack counts as done: all its steps, its pass mark, or the steps of the units that are named."""

    rule: Literal["all-steps", "pass", "units"]
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Media:
    """A picture that travels with the pack. `path` is what stands after `media:` in the pack's HTML."""

    path: str
    media_type: str
    data_base64: str


@dataclass(frozen=True)
class Task:
    """One task; `id` is `unit/task`. `competences`: what it trains, with weights.

    `prompt`, the hints and the feedback texts (by verdict: correct, partial, wrong) are safe HTML; `spec` is for the
    type. `hints` are shown one after the other, each for `hint_penalty` of the points.
    """

    id: str
    type: str
    points: Decimal
    tries: int
    retry_penalty: Decimal
    prompt: Text
    spec: Spec
    hints: tuple[Text, ...] = ()
    feedback: Mapping[str, Text] = field(default_factory=dict)
    mistake: Mistake | None = None
    competences: Mapping[str, Decimal] = field(default_factory=dict)
    hint_penalty: Decimal = Decimal(0)

    @property
    def hint(self) -> Text | None:
        """The first hint, if there is one."""
        return self.hints[0] if self.hints else None


@dataclass(frozen=True)
class Step:
    """One screen of a unit: a page to read (`title`, `html`) or a task (`task`; its title is empty)."""

    id: str
    kind: Literal["read", "task"]
    title: Text
    html: Text | None = None
    task: Task | None = None


@dataclass(frozen=True)
class Unit:
    """A part of the pack. `weight` is its share of the score, `place` the picture it has on the map."""

    id: str
    title: Text
    summary: Text
    minutes: int
    weight: Decimal
    place: str | None
    steps: tuple[Step, ...]

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(step.task for step in self.steps if step.task is not None)

    @property
    def points(self) -> Decimal:
        """The points of all tasks together."""
        return sum((task.points for task in self.tasks), Decimal(0))


@dataclass(frozen=True)
class CompiledPack:
    """A whole pack, checked and rendered. Equal content gives equal JSON and an equal digest.

    `grades` (school grades, ascending), `fields` (keys of `course_packs.occupations.FIELDS`) and `skills` (key → title)
    help to find it; `audience`, `authors`, `licence`, `competences` (number of the model → weight), `prerequisites`
    (ids of packs), `completion` (None: the end of an attempt) and `certificate` say what it is; each may be empty.
    """

    format: int
    id: str
    kind: str
    languages: tuple[str, ...]
    title: Text
    summary: Text
    minutes: int
    sources: tuple[Source, ...]
    grading: Grading
    units: tuple[Unit, ...]
    media: tuple[Media, ...]
    grades: tuple[int, ...] = ()
    fields: tuple[str, ...] = ()
    skills: Mapping[str, Text] = field(default_factory=dict)
    audience: tuple[str, ...] = ()
    authors: tuple[Author, ...] = ()
    licence: str = ""
    competences: Mapping[str, Decimal] = field(default_factory=dict)
    prerequisites: tuple[str, ...] = ()
    completion: Completion | None = None
    certificate: bool = False

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks in the order a learner meets them."""
        return tuple(task for unit in self.units for task in unit.tasks)

    def unit(self, unit_id: str) -> Unit:
        """The unit with this id; KeyError when there is none."""
        return self._units[unit_id]

    def task(self, task_id: str) -> Task:
        """The task with this id (`unit/task`); KeyError when there is none."""
        return self._tasks[task_id]

    @cached_property
    def _units(self) -> Mapping[str, Unit]:
        return {unit.id: unit for unit in self.units}

    @cached_property
    def _tasks(self) -> Mapping[str, Task]:
        return {task.id: task for task in self.tasks}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hexadecimal: the identity of a release."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """Canonical JSON: keys sorted, no white space, decimals as strings, UTF-8 characters as they are."""
        from course_packs.format.canonical import dump

        return dump(self)

    @classmethod
    def from_json(cls, text: str) -> CompiledPack:
        """Read what `to_json` wrote. Raises ValueError when it is not a compiled pack of a known format."""
        from course_packs.format.canonical import load

        return load(text)
