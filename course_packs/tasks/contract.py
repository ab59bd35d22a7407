"""What a task type is: the one contract all types keep, built-in or a partner's own.

A type is anything with the attributes of `TaskType`; each built-in one is a module. Decimals everywhere: a mark must
not depend on binary fractions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol, runtime_checkable

from course_packs.format.diagnostics import Report
from course_packs.format.model import Mistake, Spec, Task, Text
from course_packs.format.yaml_source import MappingNode

Response = Mapping[str, Any]
"""A learner's answer as stored: JSON-safe, shaped by the task type."""

Form = Mapping[str, Sequence[str]]
"""Submitted form fields, each with all its values."""

Verdict = Literal["correct", "partial", "wrong", "noted", "pending"]
"""`noted`: taken as it is, there is nothing right or wrong about it (a survey); earns everything.

`pending`: handed in, a person marks it; earns nothing until then.
"""

Judgement = Mapping[str, Any]
"""What people found of an answer, as stored: `{"levels": {criterion: "2"}}`; the rest of it is not for marking."""

Move = Mapping[str, Any]
"""One step of a task that is played, as stored: JSON-safe, shaped by the task type."""

FRACTION_STEP = Decimal("0.00001")


@dataclass(frozen=True)
class Outcome:
    """What marking found.

    `fraction` is 0 to 1 in steps of 0.00001; `feedback` holds safe HTML texts in the order to show them; `parts` tells
    for each option, item or left side whether it is right (the contract of each type names its keys).
    """

    fraction: Decimal
    verdict: Verdict
    feedback: tuple[Text, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    parts: Mapping[str, bool] = field(default_factory=dict)


class ResponseError(ValueError):
    """A submitted form that is no answer yet; costs no try.

    `code` is a key of `lti_tool.player.wording.response_error`'s words; `params` fills the message it stands for.
    """

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class TaskType(Protocol):
    """The contract. `name` is what authors write as `type:`; `SCHEMA` tells what may stand under its own keys."""

    @property
    def name(self) -> str: ...

    @property
    def SCHEMA(self) -> Mapping[str, str]: ...  # noqa: N802 - a module's constant

    def compile(self, node: MappingNode, report: Report) -> Spec:
        """Author's YAML → JSON-safe spec; everything wrong goes to the report. Called once the keys are known."""

    def view(self, task: Task, *, language: str, seed: int) -> dict[str, Any]:
        """Data to render the question; never contains the key. The same seed gives the same order."""

    def read(self, task: Task, form: Form) -> Response:
        """The answer in a submitted form. Raises ResponseError when there is none that could be marked."""

    def mark(self, task: Task, response: Response) -> Outcome:
        """Mark an answer. Total: what `read` could not have produced counts as not answered."""

    def solution(self, task: Task, *, language: str) -> dict[str, Any]:
        """A right answer, to show once the tries are used up; as a response it marks as correct."""

    def describe(self, task: Task, response: Response, *, language: str) -> str:
        """An answer in one line of plain text, for people who look at many. Total, like `mark`."""

    def draft(self, task: Task, form: Form) -> Response:
        """What was typed, shaped like a response though it is none yet: to fill the form again. Total."""


@runtime_checkable
class GeneratedType(TaskType, Protocol):
    """A type whose tasks differ from learner to learner. See `tasks.concrete`."""

    def generate(self, task: Task, seed: int) -> Task:
        """The task as the learner with this seed meets it. The same seed makes the same task, in every version."""


@runtime_checkable
class NotedType(TaskType, Protocol):
    """A type whose answers are never right or wrong, only noted: its tasks may be worth 0 points."""

    @property
    def NOTED(self) -> bool: ...  # noqa: N802 - a module's constant


@runtime_checkable
class JudgedType(TaskType, Protocol):
    """A type whose answers people mark by a rubric: `mark` says `pending` of all that can be handed in.

    See `tasks.outcome_of` for what an answer is worth once it was judged.
    """

    def criteria(self, task: Task) -> Sequence[Criterion]:
        """The rubric, in the author's order."""

    def panel(self, task: Task) -> Panel:
        """Who judges."""


@dataclass(frozen=True)
class Level:
    """A level of a criterion: `text` is safe HTML; `mistake` is what work on this level shows."""

    text: Text
    points: Decimal
    mistake: Mistake | None = None


@dataclass(frozen=True)
class Criterion:
    """What is looked at, and its levels, lowest first; a level's value is its number from 1. `title` is safe HTML."""

    id: str
    title: Text
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Panel:
    """Who judges an answer: one adult, or `voices` fellow learners, of whom each looks at `works` answers of others.

    A grown-up's judgement beats those of fellow learners.
    """

    peers: bool = False
    works: int = 0
    voices: int = 0


@runtime_checkable
class PlayedType(TaskType, Protocol):
    """A type whose tasks are played move by move: what comes next depends on what was done.

    A run is the task and its moves, nothing else: every function replays it. The answer is `{"moves": [...]}`, given
    when the run is over; `read` raises ResponseError("by-moves"), and a run that is not over marks as not answered.
    """

    def scene(self, task: Task, moves: Sequence[Move], *, language: str) -> dict[str, Any]:
        """What is shown after these moves; never tells what is to come. `over` says whether the run is.

        Raises MovesError when they are not moves of this task.
        """

    def read_move(self, task: Task, moves: Sequence[Move], form: Form) -> Move:
        """The next move in a submitted form. Raises ResponseError when it cannot be made; MovesError as above."""

    def is_over(self, task: Task, moves: Sequence[Move]) -> bool:
        """Whether the run has come to its end. Raises MovesError as above."""


class MovesError(ValueError):
    """Stored moves that cannot be played: they belong to another edition of the task."""


def moves_of(response: Response) -> list[Move] | None:
    """The moves in a response; None when it holds none."""
    moves = response.get("moves")
    if not isinstance(moves, list | tuple) or not all(isinstance(move, Mapping) for move in moves):
        return None
    return list(moves)


def outcome(
    task: Task,
    fraction: Decimal,
    *,
    feedback: Sequence[Text] = (),
    mistakes: Sequence[Mistake] = (),
    parts: Mapping[str, bool] | None = None,
) -> Outcome:
    """An Outcome with the task's own feedback and, for a wrong answer, its own mistake put after the special ones."""
    verdict: Verdict = "correct" if fraction >= 1 else "wrong" if fraction <= 0 else "partial"
    general = task.feedback.get(verdict)
    own = task.mistake if verdict == "wrong" else None
    return Outcome(
        fraction=min(max(fraction, Decimal(0)), Decimal(1)).quantize(FRACTION_STEP),
        verdict=verdict,
        feedback=tuple(feedback) + (() if general is None else (general,)),
        mistakes=tuple(mistakes) + (() if own is None else (own,)),
        parts=dict(parts or {}),
    )


def noted(task: Task) -> Outcome:
    """The Outcome of an answer that cannot be wrong."""
    general = task.feedback.get("noted")
    return Outcome(Decimal(1).quantize(FRACTION_STEP), "noted", () if general is None else (general,))


def pending(task: Task) -> Outcome:
    """The Outcome of an answer that waits for people to judge it."""
    general = task.feedback.get("pending")
    return Outcome(Decimal(0).quantize(FRACTION_STEP), "pending", () if general is None else (general,))


def only(form: Form, field_name: str) -> str:
    """The single value of a form field; an empty string when it was not sent."""
    values = form.get(field_name, ())
    return values[0] if values else ""
