"""What is reached in each unit, and its way to a column of the unit's own where a teacher wants one.

A unit is complete when all its steps are done, at the latest when the attempt is finished: then its result is final,
and only a final result is ever sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from course_packs import CompiledPack, Unit
from lti_tool.clock import now
from lti_tool.config import current_settings
from lti_tool.gradebook import outbox, own_columns
from lti_tool.gradebook.models import LineItem
from lti_tool.learning.counting import counted_fraction
from lti_tool.learning.models import Answer, Attempt, AttemptState, Participation, Placement, UnitResult
from lti_tool.learning.unit_columns import want_column
from lti_tool.people.models import Identity

if TYPE_CHECKING:
    from lti_tool.learning.attempts import Progress
    from lti_tool.learning.seats import Seat


def marked_units(pack: CompiledPack) -> list[Unit]:
    """The units in which there is something to mark; the others have no result and no column."""
    return [unit for unit in pack.units if unit.points > 0]


def is_complete(unit: Unit, progress: Progress) -> bool:
    """Whether all steps of a unit are done."""
    return all(f"{unit.id}/{step.id}" in progress.steps for step in unit.steps)


def note_units(session: Session, seat: Seat, progress: Progress, units: Iterable[Unit]) -> None:
    """Write down the results of units that have just been completed, and put those that count to their columns.

    One question when nothing has changed; the caller makes sure that what is done here counts.
    """
    attempt, participation = seat.attempt, seat.participation
    wanted = [unit for unit in units if unit.points > 0]
    if attempt is None or not wanted:
        return
    of_units = (UnitResult.participation_id == participation.id) & UnitResult.unit_id.in_([one.id for one in wanted])
    known = {one.unit_id: one for one in session.scalars(select(UnitResult).where(of_units))}
    for unit in wanted:
        if progress.pending(unit.tasks):
            continue  # its result is final once people have judged what waits for them
        row = known.get(unit.id)
        counted = counted_fraction(
            row.fraction if row is not None else None, _reached(unit, _points(unit, progress)), seat.pack.grading
        )
        _keep(session, seat, attempt, unit, row, counted)


def recount_unit(session: Session, seat: Seat, progress: Progress, unit: Unit) -> None:
    """Work out anew what counts in a unit, from all attempts: a judgement has changed one, upwards or downwards.

    The caller makes sure that what is done here counts.
    """
    attempt, participation = seat.attempt, seat.participation
    assert attempt is not None, "a judged answer belongs to an attempt"
    over = attempt.state == AttemptState.FINISHED
    if unit.points <= 0 or progress.pending(unit.tasks) or not (over or is_complete(unit, progress)):
        return
    rows = session.execute(
        select(Attempt.id, Answer.task_id, Answer.points, Answer.verdict)
        .outerjoin(Answer, (Answer.attempt_id == Attempt.id) & Answer.task_id.in_([task.id for task in unit.tasks]))
        .where(
            Attempt.participation_id == participation.id,
            (Attempt.state == AttemptState.FINISHED) | (Attempt.id == attempt.id),
        )
        .order_by(Attempt.number, Answer.try_number)
    )
    won: dict[UUID, dict[str, Decimal]] = {}
    last: dict[tuple[UUID, str], str] = {}
    for attempt_id, task_id, points, verdict in rows:
        best = won.setdefault(attempt_id, {})
        if task_id is not None:
            best[task_id] = max(points, best.get(task_id, Decimal(0)))
            last[attempt_id, task_id] = verdict
    waiting = {attempt_id for (attempt_id, _), verdict in last.items() if verdict == "pending"}
    counted = None
    for attempt_id, best in won.items():
        if attempt_id not in waiting:
            counted = counted_fraction(counted, _reached(unit, sum(best.values(), Decimal(0))), seat.pack.grading)
    assert counted is not None, "the attempt itself waits for nobody"
    _keep(session, seat, attempt, unit, session.get(UnitResult, (participation.id, unit.id)), counted)


def _points(unit: Unit, progress: Progress) -> Decimal:
    return sum((progress.points(task.id) for task in unit.tasks), Decimal(0))


def _reached(unit: Unit, points: Decimal) -> Decimal:
    return min(max(points / unit.points, Decimal(0)), Decimal(1)).quantize(Decimal("0.00001"))


def _keep(session: Session, seat: Seat, attempt: Attempt, unit: Unit, row: UnitResult | None, counted: Decimal) -> None:
    """Write down what counts in a unit, and put it to the unit's column if it is news."""
    if row is not None and row.fraction == counted:
        return
    if row is None:
        row = UnitResult(participation_id=seat.participation.id, unit_id=unit.id)
        session.add(row)
    row.fraction, row.attempt_id, row.completed_at = counted, attempt.id, now()
    item = _line_item(session, seat.placement, seat.pack, unit)
    if item is not None:
        outbox.put_score(
            session,
            line_item_id=item.id,
            identity_id=seat.identity.id,
            fraction=counted,
            started_at=attempt.started_at,
            submitted_at=row.completed_at,
        )


def send_unit_results(session: Session, placement: Placement, items: dict[str, LineItem]) -> int:
    """Put what was reached so far to columns that were just asked for, by unit; return how many scores went out."""
    rows = session.execute(
        select(UnitResult, Participation.identity_id, Attempt.started_at)
        .join(Participation, Participation.id == UnitResult.participation_id)
        .join(Identity, Identity.id == Participation.identity_id)
        .join(Attempt, Attempt.id == UnitResult.attempt_id)
        .where(
            Participation.placement_id == placement.id,
            Participation.preview.is_(False),
            Participation.taught.is_(False),
            Identity.test_user.is_(False),
            Identity.anonymous.is_(False),
            UnitResult.unit_id.in_(items),
        )
    ).all()
    for result, identity_id, started_at in rows:
        outbox.put_score(
            session,
            line_item_id=items[result.unit_id].id,
            identity_id=identity_id,
            fraction=result.fraction,
            started_at=started_at,
            submitted_at=result.completed_at,
        )
    return len(rows)


def _line_item(session: Session, placement: Placement, pack: CompiledPack, unit: Unit) -> LineItem | None:
    """The unit's own column; asked for here when it is wanted and nobody did: a copied course, a newer release."""
    if placement.unit_maximum is None or placement.line_item is None:
        return None
    found = own_columns.find_part(session, placement.line_item, unit.id)
    if found is not None or not own_columns.may_make(placement.line_item):
        return found
    return want_column(session, placement, pack, unit, language=current_settings().language)
