"""The end of an attempt: its score, the result that counts, and the way to the gradebook — one transaction."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from course_packs import CompiledPack, Grading, score_pack
from lti_tool.clock import now
from lti_tool.footprint import Happening, record
from lti_tool.gradebook import outbox
from lti_tool.learning.attempts import Progress, close_attempt, counts
from lti_tool.learning.counting import counted_fraction
from lti_tool.learning.models import Attempt, AttemptState, Participation, Placement
from lti_tool.learning.seats import Seat
from lti_tool.learning.unit_results import is_complete, note_units
from lti_tool.people.models import Identity

log = structlog.get_logger()


def finish_attempt(session: Session, seat: Seat, progress: Progress, *, family: str | None) -> Attempt:
    """Finish the attempt: result, footprint and outgoing score are written in the caller's transaction, or none is.

    Finishing a finished attempt changes nothing. Unanswered tasks count nothing. While answers wait for people to judge
    them the result is provisional and no grade goes out; platforms of a ``family`` that can be told so are told.
    """
    attempt = seat.attempt
    assert attempt is not None, "only a begun attempt can be finished"
    if not close_attempt(session, attempt):
        return attempt
    participation = seat.participation
    participation.attempts_finished += 1
    settle(session, seat, progress)
    assert attempt.fraction is not None, "it was settled"
    if counts(seat):
        _record_result(session, seat, attempt)
        note_units(session, seat, progress, seat.pack.units)
        if attempt.pending and seat.placement.line_item_id is not None:
            outbox.awaiting(
                session,
                line_item_id=seat.placement.line_item_id,
                identity_id=seat.identity.id,
                family=family,
                started_at=attempt.started_at,
                submitted_at=attempt.finished_at,
            )
    log.info(
        "attempt.finished",
        attempt=str(attempt.id),
        percent=percent(attempt.fraction),
        passed=attempt.passed,
        pending=attempt.pending,
    )
    return attempt


def settle(session: Session, seat: Seat, progress: Progress) -> None:
    """Work out what a finished attempt is worth, and what counts of all finished ones; a grade that changed goes out.

    Done at the end of the attempt, and again whenever people have judged an answer of it.
    """
    attempt, participation, grading = seat.attempt, seat.participation, seat.pack.grading
    assert attempt is not None, "only an attempt can be settled"
    attempt.fraction = score_pack(seat.pack, {task.id: progress.points(task.id) for task in seat.pack.tasks})
    attempt.passed = is_passed(attempt.fraction, grading)
    attempt.pending = progress.pending(seat.pack.tasks)
    session.flush()
    before = participation.fraction
    counted = None
    for fraction in session.scalars(_settled_fractions(participation)):
        assert fraction is not None, "the query asks for it"
        counted = counted_fraction(counted, fraction, grading)
    participation.fraction = counted
    participation.passed = None if counted is None else is_passed(counted, grading)
    if participation.completed_at is None and is_completed(seat.pack, progress, passed=bool(participation.passed)):
        participation.completed_at = now() if attempt.pending else attempt.finished_at
    if counted is not None and counted != before and counts(seat) and seat.placement.line_item_id is not None:
        outbox.put_score(
            session,
            line_item_id=seat.placement.line_item_id,
            identity_id=seat.identity.id,
            fraction=counted,
            started_at=attempt.started_at,
            submitted_at=attempt.finished_at,
        )


def _settled_fractions(participation: Participation) -> Select[Decimal | None]:
    """The results of a learner's attempts, first to last, without those that still wait for people."""
    return (
        select(Attempt.fraction)
        .where(
            Attempt.participation_id == participation.id,
            Attempt.state == AttemptState.FINISHED,
            Attempt.fraction.is_not(None),
            Attempt.pending == 0,
        )
        .order_by(Attempt.number)
    )


def is_passed(fraction: Decimal, grading: Grading) -> bool:
    """Whether a result reaches the pass mark, to the exact fraction: 59.99 % of 60 % is not enough."""
    return fraction * 100 >= grading.pass_mark


def is_completed(pack: CompiledPack, progress: Progress, *, passed: bool) -> bool:
    """Whether a finished attempt completes the pack by the pack's own rule; without one, its end is enough."""
    rule = pack.completion
    if rule is None:
        return True
    if rule.rule == "pass":
        return passed
    return all(is_complete(unit, progress) for unit in pack.units if rule.rule == "all-steps" or unit.id in rule.units)


def percent(fraction: Decimal) -> int:
    """A result as whole percent, for people to read."""
    return int((fraction * 100).quantize(Decimal(1), ROUND_HALF_UP))


def send_earlier_results(session: Session, placement: Placement) -> int:
    """Send what was achieved before the placement had a column in the gradebook; return how many scores went out."""
    if placement.line_item_id is None:
        return 0
    rows = session.execute(
        select(Participation, Attempt)
        .join(Identity, Identity.id == Participation.identity_id)
        .join(Attempt, Attempt.participation_id == Participation.id)
        .where(
            Participation.placement_id == placement.id,
            Participation.fraction.is_not(None),
            Participation.preview.is_(False),
            Identity.test_user.is_(False),
            Attempt.state == AttemptState.FINISHED,
            Attempt.number == Participation.attempts_finished,
        )
    ).all()
    for participation, attempt in rows:
        assert participation.fraction is not None, "the query asks for it"
        outbox.put_score(
            session,
            line_item_id=placement.line_item_id,
            identity_id=participation.identity_id,
            fraction=participation.fraction,
            started_at=attempt.started_at,
            submitted_at=attempt.finished_at,
        )
    return len(rows)


def _record_result(session: Session, seat: Seat, attempt: Attempt) -> None:
    assert attempt.fraction is not None
    record(
        session,
        Happening(
            person_id=seat.identity.person_id,
            school_id=seat.school_id,
            verb="completed",
            object_type="pack",
            object_id=seat.pack.id,
            occurred_at=attempt.finished_at or now(),
            result={
                "fraction": str(attempt.fraction),
                "passed": attempt.passed,
                "attempt_number": attempt.number,
                "pending": attempt.pending,
            },
            context={
                "pack": seat.pack.id,
                "release": str(attempt.release_id),
                "attempt": str(attempt.id),
                "placement": str(seat.placement.id),
            },
        ),
    )
