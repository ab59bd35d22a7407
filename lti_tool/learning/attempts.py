"""Attempts: begun on a fixed release, walked through step by step, answered, finished once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, literal, select, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course_packs import Outcome, Response, Task, score_try, tasks
from lti_tool.clock import now
from lti_tool.footprint import Happening, record
from lti_tool.gradebook import outbox
from lti_tool.learning.errors import AttemptOver, AttemptsUsedUp, Closed, NotOpenYet, TriesUsedUp
from lti_tool.learning.models import Answer, Attempt, AttemptState, HintShown, RunMove, StepDone
from lti_tool.learning.seats import Seat
from lti_tool.learning.terms import Door, door
from lti_tool.learning.unit_results import is_complete, note_units


@dataclass(slots=True)
class Progress:
    """What was done in an attempt so far."""

    steps: set[str] = field(default_factory=set)  # "unit/step"
    answers: dict[str, list[Answer]] = field(default_factory=dict)  # by task, in the order of tries
    hints: dict[str, int] = field(default_factory=dict)  # by task, how many were shown
    runs: dict[str, int] = field(default_factory=dict)  # tasks that were played: the newest try that has moves

    def points(self, task_id: str) -> Decimal:
        """The points of a task: those of its best try."""
        return max((answer.points for answer in self.answers.get(task_id, [])), default=Decimal(0))

    def is_closed(self, task: Task) -> bool:
        """Whether the task takes no further answer: it was answered rightly, or its tries are used up."""
        given = self.answers.get(task.id, [])
        return bool(given) and (given[-1].verdict in {"correct", "noted"} or len(given) >= task.tries)

    def is_pending(self, task_id: str) -> bool:
        """Whether the last answer to a task waits for people to judge it."""
        given = self.answers.get(task_id, [])
        return bool(given) and given[-1].verdict == "pending"

    def pending(self, pack_tasks: Iterable[Task]) -> int:
        """How many of these tasks wait for people."""
        return sum(self.is_pending(task.id) for task in pack_tasks)

    def is_under_way(self, task_id: str) -> bool:
        """Whether a run of this task was begun and has not come to its end."""
        return self.runs.get(task_id, 0) > len(self.answers.get(task_id, []))


def load_progress(session: Session, attempt: Attempt) -> Progress:
    """Read what was done, in two queries."""
    progress = Progress()
    marks = union_all(
        select(literal("step"), StepDone.step, literal(0)).where(StepDone.attempt_id == attempt.id),
        select(literal("hint"), HintShown.task_id, HintShown.count).where(HintShown.attempt_id == attempt.id),
        select(literal("run"), RunMove.task_id, func.max(RunMove.try_number))
        .where(RunMove.attempt_id == attempt.id)
        .group_by(RunMove.task_id),
    )
    for kind, name, number in session.execute(marks):
        if kind == "step":
            progress.steps.add(name)
        else:
            (progress.runs if kind == "run" else progress.hints)[name] = number
    for answer in session.scalars(select(Answer).where(Answer.attempt_id == attempt.id).order_by(Answer.try_number)):
        progress.answers.setdefault(answer.task_id, []).append(answer)
    return progress


def attempts_allowed(seat: Seat) -> int | None:
    """How many attempts there may be: what the teacher has set here, else the pack's own rule; None: any number."""
    here = seat.placement.attempts_allowed
    return seat.pack.grading.attempts if here is None else here or None


def attempts_left(seat: Seat) -> int | None:
    """How many more attempts may be begun; None: as many as one likes. A preview is never limited."""
    allowed = attempts_allowed(seat)
    if allowed is None or seat.participation.preview:
        return None
    return max(allowed - seat.participation.attempts_started, 0)


def begin_attempt(session: Session, seat: Seat, *, family: str | None) -> Attempt:
    """Begin an attempt, or return the one under way: two tabs that begin at once get the same.

    Raises:
        AttemptsUsedUp: no further attempt is allowed.
        NotOpenYet, Closed: the placement's dates.
    """
    if seat.attempt is not None and seat.attempt.state == AttemptState.ACTIVE:
        return seat.attempt
    require_open(seat)
    if attempts_left(seat) == 0:
        raise AttemptsUsedUp
    assert seat.placement.release_id is not None, "a seat is only taken where a pack was chosen"
    session.add(seat.participation)
    session.flush()
    attempt = Attempt(
        participation_id=seat.participation.id,
        release_id=seat.placement.release_id,
        number=seat.participation.attempts_started + 1,
        seed=secrets.randbits(31),
    )
    try:
        with session.begin_nested():
            session.add(attempt)
            seat.participation.attempts_started += 1
            session.flush()
    except IntegrityError:
        session.refresh(seat.participation)
        return session.scalars(
            select(Attempt).where(
                Attempt.participation_id == seat.participation.id, Attempt.state == AttemptState.ACTIVE
            )
        ).one()
    record_deed(session, seat, attempt, "started")
    if counts(seat) and seat.placement.line_item_id is not None:
        outbox.put_progress(
            session,
            line_item_id=seat.placement.line_item_id,
            identity_id=seat.identity.id,
            activity_progress="Started",
            family=family,
            started_at=attempt.started_at,
        )
    seat.attempt = attempt
    return attempt


def door_of(seat: Seat) -> Door:
    """Whether this person may begin and answer here now; a teacher who looks in always may."""
    return Door.OPEN if seat.participation.preview else door(seat.placement)


def require_open(seat: Seat) -> None:
    """Refuse to go on outside the placement's dates.

    Raises:
        NotOpenYet, Closed.
    """
    match door_of(seat):
        case Door.EARLY:
            raise NotOpenYet
        case Door.CLOSED:
            raise Closed


def counts(seat: Seat) -> bool:
    """Whether what is done here goes to the gradebook: not for a teacher looking in, nor the LMS's test user, nor for
    somebody whom it does not name."""
    return not (seat.participation.preview or seat.identity.test_user or seat.identity.anonymous)


def visit_step(session: Session, seat: Seat, progress: Progress, step: str, *, done: bool) -> None:
    """Remember where the learner is; ``done`` when seeing the step is all it asks (a page to read)."""
    attempt = seat.attempt
    if attempt is None or attempt.state != AttemptState.ACTIVE:
        return
    if done and step not in progress.steps:
        _step_done(session, seat, attempt, progress, step)
    if attempt.position != step:
        attempt.position = step
        attempt.last_activity_at = now()


def show_hint(session: Session, attempt: Attempt, progress: Progress, task: Task, number: int) -> None:
    """Remember that the hint of this number, from 1, was asked for; asked for twice, it is shown and paid for once."""
    session.refresh(attempt, with_for_update=True)
    shown = session.get(HintShown, (attempt.id, task.id), populate_existing=True)
    before = 0 if shown is None else shown.count
    if attempt.state == AttemptState.ACTIVE and number == before + 1 and number <= len(task.hints):
        if shown is None:
            session.add(HintShown(attempt_id=attempt.id, task_id=task.id, count=number))
        else:
            shown.count = number
        before = number
    progress.hints[task.id] = before


def give_answer(
    session: Session,
    seat: Seat,
    progress: Progress,
    task: Task,
    form: Mapping[str, Sequence[str]],
    *,
    submission: str,
) -> Answer:
    """Mark an answer and store it; sent again with the same ``submission`` it is stored once.

    Raises:
        course_packs.ResponseError: the form cannot be read as an answer; nothing was stored, no try is used up.
        AttemptOver, TriesUsedUp, Closed: no answer is taken any more.
    """
    attempt = seat.attempt
    assert attempt is not None, "an answer belongs to an attempt"
    known = session.scalar(select(Answer).where(Answer.attempt_id == attempt.id, Answer.submission == submission))
    if known is not None:
        return known
    require_open(seat)
    given = hold_task(session, attempt, progress, task.id)
    same = next((answer for answer in given if answer.submission == submission), None)
    if same is not None:
        return same
    if progress.is_closed(task):
        raise TriesUsedUp
    task = tasks.concrete(task, attempt.seed)
    kind = tasks.get_type(task.type)
    return keep_answer(session, seat, progress, task, kind.read(task, form), submission=submission)


def hold_task(session: Session, attempt: Attempt, progress: Progress, task_id: str) -> list[Answer]:
    """Hold an attempt until the transaction ends, and read again what was answered to a task.

    Raises:
        AttemptOver: the attempt is finished.
    """
    # Two tabs may answer at once: the row of the attempt is the lock (SQLite locks the whole database by itself).
    session.refresh(attempt, with_for_update=True)
    if attempt.state != AttemptState.ACTIVE:
        raise AttemptOver
    of_task = (Answer.attempt_id == attempt.id) & (Answer.task_id == task_id)
    given = list(session.scalars(select(Answer).where(of_task).order_by(Answer.try_number)))
    progress.answers[task_id] = given
    return given


def keep_answer(
    session: Session, seat: Seat, progress: Progress, task: Task, response: Response, *, submission: str
) -> Answer:
    """Mark a response to the task as this learner meets it, and store it; the attempt is held (`hold_task`)."""
    attempt = seat.attempt
    assert attempt is not None, "an answer belongs to an attempt"
    given = progress.answers[task.id]
    outcome = tasks.get_type(task.type).mark(task, response)
    hints = progress.hints.get(task.id, 0)
    answer = Answer(
        attempt_id=attempt.id,
        task_id=task.id,
        try_number=len(given) + 1,
        submission=submission,
        response=dict(response),
        verdict=outcome.verdict,
        fraction=outcome.fraction,
        points=score_try(task, outcome, len(given) + 1, hints=hints),
        hints=hints,
        mistakes=mistakes_of(outcome),
    )
    session.add(answer)
    given.append(answer)
    attempt.last_activity_at = answer.answered_at = now()
    # A task's id is that of its step: "unit/step".
    if (progress.is_closed(task) or answer.verdict == "pending") and task.id not in progress.steps:
        _step_done(session, seat, attempt, progress, task.id)
    session.flush()
    record_deed(
        session,
        seat,
        attempt,
        "answered",
        object_type="task",
        object_id=task.id,
        result={
            "verdict": answer.verdict,
            "fraction": str(answer.fraction),
            "points": str(answer.points),
            "try": answer.try_number,
            "mistakes": answer.mistakes,
        },
    )
    return answer


def close_attempt(session: Session, attempt: Attempt) -> bool:
    """Close an attempt; return whether this very call did it: of two at once exactly one does."""
    closed = session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.state == AttemptState.ACTIVE)
        .values(state=AttemptState.FINISHED, finished_at=now())
        .execution_options(synchronize_session=False)
    )
    session.refresh(attempt)
    return bool(closed.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult


def _step_done(session: Session, seat: Seat, attempt: Attempt, progress: Progress, step: str) -> None:
    session.add(StepDone(attempt_id=attempt.id, step=step))
    progress.steps.add(step)
    attempt.steps_done = len(progress.steps)
    unit = next((one for one in seat.pack.units if one.id == step.partition("/")[0]), None)
    if unit is not None and is_complete(unit, progress) and counts(seat):
        note_units(session, seat, progress, [unit])


def mistakes_of(outcome: Outcome) -> list[dict[str, Any]]:
    """The mistakes of an outcome as they are stored with the answer."""
    return [
        {"kind": mistake.kind, "severity": mistake.severity, "note": dict(mistake.note)} for mistake in outcome.mistakes
    ]


def record_deed(
    session: Session,
    seat: Seat,
    attempt: Attempt,
    verb: str,
    *,
    object_type: str = "pack",
    object_id: str | None = None,
    result: dict[str, Any] | None = None,
) -> None:
    """Write to the footprint what a learner did; a preview leaves no trace."""
    if not counts(seat):
        return
    record(
        session,
        Happening(
            person_id=seat.identity.person_id,
            school_id=seat.school_id,
            verb=verb,
            object_type=object_type,
            object_id=object_id or seat.pack.id,
            occurred_at=now(),
            result=result or {},
            context={
                "pack": seat.pack.id,
                "release": str(attempt.release_id),
                "attempt": str(attempt.id),
                "placement": str(seat.placement.id),
            },
        ),
    )
