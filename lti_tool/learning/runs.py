"""Tasks that are played move by move: each move is kept before it is acknowledged, the last one becomes an answer.

A run is its moves; whoever comes back, on whatever device, sees them replayed. A run that is not over when the attempt
is finished counts as not answered: what it would be worth cannot be told before its end. Its moves are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from course_packs import Move, PlayedType, ResponseError, Task, tasks
from lti_tool.clock import now
from lti_tool.learning.attempts import Progress, hold_task, keep_answer, require_open
from lti_tool.learning.errors import RunBroken, TriesUsedUp
from lti_tool.learning.models import Answer, Attempt, RunMove
from lti_tool.learning.seats import Seat


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a task: which try it is, counted from 1, and its moves so far."""

    try_number: int
    moves: Sequence[Move]

    @property
    def place(self) -> str:
        """Where the next move belongs; a page says it with the move, so that a stale one is known."""
        return f"{self.try_number}.{len(self.moves)}"


def played_type(task: Task) -> PlayedType | None:
    """The type of a task that is played; None for one that is answered."""
    kind = tasks.get_type(task.type)
    return kind if isinstance(kind, PlayedType) else None


def load_run(session: Session, attempt: Attempt, progress: Progress, task: Task) -> Run:
    """The run after the last one that came to its end, perhaps without a move yet. One query."""
    try_number = len(progress.answers.get(task.id, [])) + 1
    moves = session.scalars(
        select(RunMove.move)
        .where(RunMove.attempt_id == attempt.id, RunMove.task_id == task.id, RunMove.try_number == try_number)
        .order_by(RunMove.number)
    )
    return Run(try_number, list(moves))


def take_move(
    session: Session,
    seat: Seat,
    progress: Progress,
    task: Task,
    form: Mapping[str, Sequence[str]],
    *,
    place: str,
    submission: str,
) -> Answer | None:
    """Store a move; return the answer when the run is over with it. Sent again with the same ``submission`` it counts
    once. ``place`` is what the page said of the run (`Run.place`).

    Raises:
        course_packs.ResponseError: the move cannot be made, or (stale-move) was made on a page that is behind.
        AttemptOver, TriesUsedUp, Closed: no move is taken any more.
        RunBroken: what is stored cannot be played.
    """
    attempt, kind = seat.attempt, played_type(task)
    assert attempt is not None, "a move belongs to an attempt"
    assert kind is not None, "a move belongs to a task that is played"
    if _is_known(session, attempt, submission):
        return None
    require_open(seat)
    hold_task(session, attempt, progress, task.id)
    if _is_known(session, attempt, submission):
        return None
    if progress.is_closed(task):
        raise TriesUsedUp
    run = load_run(session, attempt, progress, task)
    if place != run.place:
        raise ResponseError("stale-move")
    task = tasks.concrete(task, attempt.seed)
    try:
        move = kind.read_move(task, run.moves, form)
    except tasks.MovesError as error:
        raise RunBroken from error
    session.add(
        RunMove(
            attempt_id=attempt.id,
            task_id=task.id,
            try_number=run.try_number,
            number=len(run.moves),
            submission=submission,
            move=dict(move),
        )
    )
    progress.runs[task.id] = run.try_number
    attempt.last_activity_at = now()
    session.flush()
    moves = [*run.moves, move]
    if not kind.is_over(task, moves):
        return None
    return keep_answer(session, seat, progress, task, {"moves": moves}, submission=submission)


def _is_known(session: Session, attempt: Attempt, submission: str) -> bool:
    """Whether this very move was stored before: its acknowledgement was lost on the way."""
    known = select(RunMove.number).where(RunMove.attempt_id == attempt.id, RunMove.submission == submission)
    return session.scalar(known) is not None
