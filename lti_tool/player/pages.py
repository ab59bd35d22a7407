"""What the learner's pages show: plain values, made by :mod:`.course`, :mod:`.steps`, :mod:`.ending`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from lti_tool.gradebook.wording import DeliveryLine
from lti_tool.learning.units import UnitCard


@dataclass(frozen=True, slots=True)
class AttemptView:
    """Which attempt this is, and how many there may be (None: as many as one likes)."""

    number: int
    allowed: int | None
    left: int | None
    state: str


@dataclass(frozen=True, slots=True)
class ResultView:
    """A result in whole percent."""

    percent: int
    passed: bool
    pass_mark: int


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """A date that matters now. ``state``: "due" and "closing" lie ahead, with the time ``left`` in words; "overdue" and
    "closed" lie behind."""

    state: str
    at: datetime
    left: str | None
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EarlyPage:
    """Too early: when it opens."""

    title: str
    summary: str
    opens_at: datetime


@dataclass(frozen=True, slots=True)
class CoursePage:
    """The map of the course. ``continue_label`` is "start", "continue" or "review"; no ``continue_url`` when there is
    nothing to start or look at.

    ``anonymous``: the platform did not say who came, so nothing is kept.
    """

    title: str
    summary: str
    minutes: int
    kind: str
    language: str
    percent_done: int
    units: Sequence[UnitCard]
    attempt: AttemptView | None
    continue_url: str | None
    continue_label: str
    finish_url: str | None
    again_url: str | None
    delivery: DeliveryLine | None
    result: ResultView | None
    preview: bool
    anonymous: bool
    desk_url: str | None
    deadline: DeadlineView | None
    privacy_url: str
    pending: int = 0  # how many answers of a finished attempt wait for people


@dataclass(frozen=True, slots=True)
class StepDot:
    """A step of the unit in its row of dots."""

    url: str
    state: str
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class RunView:
    """A task that is played, as it stands. ``scene`` is what its type shows; ``live``: a move can be made now.

    ``place`` goes with the next move; ``percent`` is what a run that is over was worth; ``again_url`` begins another;
    ``broken_off``: the attempt was finished before the run.
    """

    scene: Mapping[str, Any]
    live: bool
    place: str
    percent: int | None
    again_url: str | None
    broken_off: bool


@dataclass(frozen=True, slots=True)
class JudgementView:
    """What people found of an answer: the level reached by criterion (its number, from "1"), who they are, in words."""

    levels: Mapping[str, str]
    by_label: str
    comment: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with what the learner did about it. ``state``: "new", "open" (tries are left) or "closed".

    ``hints`` are those that were asked for; ``hint_url`` leads to the next one, which costs ``hint_cost`` percent of
    the points.
    """

    id: str
    type: str
    prompt: str
    view: Mapping[str, Any]
    response: Mapping[str, Any] | None
    state: str
    verdict: str | None
    feedback: Sequence[str]
    parts: Mapping[str, bool]
    solution: Mapping[str, Any] | None
    points: Decimal
    points_possible: Decimal
    tries_used: int
    tries_total: int
    hints: Sequence[str]
    hint_url: str | None
    hint_cost: Decimal
    post_url: str
    error: str | None
    submission_id: str
    run: RunView | None = None
    judgement: JudgementView | None = None


@dataclass(frozen=True, slots=True)
class StepPage:
    """One step: a page to read or a task. ``next_label`` is "next", "unit" or "finish"."""

    course_title: str
    course_url: str
    unit_number: int
    unit_count: int
    unit_title: str
    position: int
    total: int
    dots: Sequence[StepDot]
    prev_url: str | None
    next_url: str
    next_label: str
    kind: str
    title: str
    html: str
    task: TaskView | None
    preview: bool


@dataclass(frozen=True, slots=True)
class FinishPage:
    """The question before the end. ``under_way``: tasks that are being played; what is not over does not count."""

    course_title: str
    course_url: str
    unanswered: Sequence[tuple[str, str]]
    under_way: Sequence[tuple[str, str]]
    answered: int
    total: int
    post_url: str


@dataclass(frozen=True, slots=True)
class MistakeRow:
    """Mistakes of one kind and severity."""

    kind: str
    kind_label: str
    severity: str
    severity_label: str
    count: int
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class AttemptLink:
    """A finished attempt that can be looked at; ``url`` is None for the one that is shown."""

    number: int
    percent: int
    url: str | None


@dataclass(frozen=True, slots=True)
class ResultPage:
    """How an attempt ended. ``counted`` is given when another result than this one counts.

    ``attempts``: all finished ones, the newest first; empty when there is only this one.
    """

    course_title: str
    course_url: str
    result: ResultView
    counted: ResultView | None
    units: Sequence[UnitCard]
    mistakes: Sequence[MistakeRow]
    delivery: DeliveryLine | None
    again_url: str | None
    attempt: AttemptView
    attempts: Sequence[AttemptLink]
    finished_at: datetime | None
    pending: int = 0  # how many answers wait for people; while there are any the result is provisional
