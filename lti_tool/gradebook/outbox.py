"""The outbox: a score is written here in the transaction of the result it tells of, and from then on it is safe."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from lti_tool.clock import now
from lti_tool.db import new_id
from lti_tool.gradebook import nudges, policy
from lti_tool.gradebook.models import Delivery, LineItem, OutgoingScore, PlatformPause, Reason, ScoreState
from lti_tool.schools.models import Deployment

SCALE = Decimal(100)
PLACES = Decimal("0.0001")
EXTRA_CREDIT_MAX = 10  # times the maximum
LEDGER_LENGTH = 50
WAITING = (ScoreState.QUEUED, ScoreState.NEEDS_HELP)
PROGRESS = ("Initialized", "Started", "InProgress", "Submitted")  # in the order in which work goes on


def put_score(
    session: Session,
    *,
    line_item_id: UUID,
    identity_id: UUID,
    fraction: Decimal,
    started_at: datetime | None = None,
    submitted_at: datetime | None = None,
    comment: str | None = None,
    extra_credit: bool = False,
) -> OutgoingScore:
    """Put a final score into the outbox, within the caller's transaction.

    ``fraction``: what was reached, 0 to 1 (up to 10 with ``extra_credit``); it goes out on a scale of 100. Older scores
    of the same learner in the same column that have not gone out are superseded. Delivery is nudged after the commit.

    Raises:
        ValueError: the fraction is not such a number: what a platform would make of it nobody knows (AGS §3.4.3).
    """
    if not fraction.is_finite() or not 0 <= fraction <= (EXTRA_CREDIT_MAX if extra_credit else 1):
        raise ValueError("a fraction is a number from 0 to 1")
    return _put(
        session,
        OutgoingScore(
            line_item_id=line_item_id,
            identity_id=identity_id,
            score_given=(fraction * SCALE).quantize(PLACES),
            score_maximum=SCALE,
            activity_progress="Completed",
            grading_progress="FullyGraded",
            comment=comment,
            started_at=started_at,
            submitted_at=submitted_at,
        ),
    )


def put_progress(
    session: Session,
    *,
    line_item_id: UUID,
    identity_id: UUID,
    activity_progress: str,
    family: str | None,
    started_at: datetime | None = None,
) -> OutgoingScore | None:
    """Put a message of progress («started», «in progress») into the outbox where it cannot hurt; None where it can.

    On many platforms a score that is not FullyGraded wipes the grade that stands there: so it goes only to families
    known to keep a grade, never after any score of this learner in this column, and never backwards.

    Raises:
        ValueError: not a progress of AGS §3.4.6 short of ``Completed``.
    """
    if activity_progress not in PROGRESS:
        raise ValueError(f"{activity_progress!r} is not a progress")
    if not policy.may_send_progress(family):
        return None
    earlier = session.execute(
        select(OutgoingScore.score_given, OutgoingScore.activity_progress).where(_of_learner(line_item_id, identity_id))
    ).all()
    reached = PROGRESS.index(activity_progress)
    for score_given, progress in earlier:
        if score_given is not None or progress not in PROGRESS or PROGRESS.index(progress) >= reached:
            return None
    return _put(
        session,
        OutgoingScore(
            line_item_id=line_item_id,
            identity_id=identity_id,
            activity_progress=activity_progress,
            grading_progress="NotReady",
            started_at=started_at,
        ),
    )


def awaiting(
    session: Session,
    *,
    line_item_id: UUID,
    identity_id: UUID,
    family: str | None,
    started_at: datetime | None = None,
    submitted_at: datetime | None = None,
) -> OutgoingScore | None:
    """Say that a learner's work is handed in and a person has to mark it (AGS §3.4.7); None where that would hurt.

    As with progress: only to families known to keep a grade, and never after a score, which stays until the new mark.
    The mark itself goes out by :func:`put_score`.
    """
    if not policy.may_send_progress(family) or _has_score(session, line_item_id, identity_id):
        return None
    return _put(
        session,
        OutgoingScore(
            line_item_id=line_item_id,
            identity_id=identity_id,
            activity_progress="Submitted",
            grading_progress="PendingManual",
            started_at=started_at,
            submitted_at=submitted_at,
        ),
    )


def clear(session: Session, *, line_item_id: UUID, identity_id: UUID) -> OutgoingScore | None:
    """Take a learner's grade back (AGS §3.4.9: no score, not begun, not ready); None when none was ever put here.

    Goes to every platform: that it wipes what stands there is what is asked for.
    """
    if not _has_score(session, line_item_id, identity_id):
        return None
    return _put(
        session,
        OutgoingScore(
            line_item_id=line_item_id,
            identity_id=identity_id,
            activity_progress="Initialized",
            grading_progress="NotReady",
        ),
    )


@dataclass(frozen=True, slots=True)
class ScoreView:
    """Where a learner's newest score stands. Moments are aware; ``due_at`` None: no further try is planned."""

    score_id: UUID
    state: ScoreState
    reason: Reason | None
    score_given: Decimal | None
    score_maximum: Decimal
    activity_progress: str
    created_at: datetime
    due_at: datetime | None
    tries: int
    delivered_at: datetime | None = None
    confirmed_at: datetime | None = None
    platform_score: Decimal | None = None
    platform_maximum: Decimal | None = None


def latest(session: Session, line_item_id: UUID, identity_ids: Collection[UUID]) -> dict[UUID, ScoreView]:
    """Return where the newest score of each of these learners in a column stands, by identity, in one query."""
    if not identity_ids:
        return {}
    turn = func.row_number().over(partition_by=OutgoingScore.identity_id, order_by=OutgoingScore.id.desc())
    newest = (
        select(OutgoingScore.id, turn.label("turn"))
        .where(OutgoingScore.line_item_id == line_item_id, OutgoingScore.identity_id.in_(identity_ids))
        .subquery()
    )
    rows = session.scalars(
        select(OutgoingScore).join(newest, newest.c.id == OutgoingScore.id).where(newest.c.turn == 1)
    )
    return {row.identity_id: _view(row) for row in rows}


def needing_help(line_item_id: UUID) -> ScalarSelect[int]:
    """Return how many learners' newest grades in a column need a person's help, as a part of another query."""
    later = aliased(OutgoingScore)
    newer = exists().where(
        later.line_item_id == line_item_id,
        later.identity_id == OutgoingScore.identity_id,
        later.id > OutgoingScore.id,
    )
    return (
        select(func.count())
        .where(
            OutgoingScore.line_item_id == line_item_id,
            OutgoingScore.state == ScoreState.NEEDS_HELP,
            OutgoingScore.score_given.is_not(None),
            ~newer,
        )
        .correlate(None)
        .scalar_subquery()
    )


def resend(session: Session, score_id: UUID) -> bool:
    """Put a score back at the head of the queue because a person asks for it; the caller commits.

    It is sent even if it arrived before or the platform kept a grade of its own: that is what was asked for. Returns
    False when it cannot be: a later one took its place, or it is on its way right now.
    """
    moment = now()
    put_back = (
        update(OutgoingScore)
        .where(OutgoingScore.id == score_id, OutgoingScore.state != ScoreState.SUPERSEDED, _unleased(moment))
        .values(state=ScoreState.QUEUED, reason=None, due_at=moment, queued_at=moment, tries=0, sent_timestamp=None)
        .returning(OutgoingScore.line_item_id)
    )
    line_item_id = session.execute(put_back).scalar_one_or_none()
    if line_item_id is None:
        return False
    # A person asks, so the platform is tried even if it was to be left alone for a while.
    platform = (
        select(Deployment.platform_id)
        .join(LineItem, LineItem.deployment_id == Deployment.id)
        .where(LineItem.id == line_item_id)
        .scalar_subquery()
    )
    session.execute(
        delete(PlatformPause).where(PlatformPause.platform_id == platform).execution_options(synchronize_session=False)
    )
    nudges.after_commit(session, score_id)
    return True


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One try to deliver, with the score that it carried. ``outcome`` is a word of :class:`.outcome.Happened`."""

    at: datetime
    outcome: str
    http_status: int | None
    detail: str | None
    score_given: Decimal | None
    score_maximum: Decimal
    activity_progress: str


def ledger(session: Session, score_id: UUID) -> list[LedgerEntry]:
    """Return what was sent for this score's learner to its column, newest first, in one query; at most fifty tries."""
    learner = aliased(OutgoingScore)
    rows = session.execute(
        select(Delivery, OutgoingScore)
        .join(OutgoingScore, OutgoingScore.id == Delivery.score_id)
        .join(
            learner,
            (learner.line_item_id == OutgoingScore.line_item_id) & (learner.identity_id == OutgoingScore.identity_id),
        )
        .where(learner.id == score_id)
        .order_by(Delivery.id.desc())
        .limit(LEDGER_LENGTH)
    )
    return [
        LedgerEntry(
            at=row.at,
            outcome=row.outcome,
            http_status=row.http_status,
            detail=row.detail,
            score_given=score.score_given,
            score_maximum=score.score_maximum,
            activity_progress=score.activity_progress,
        )
        for row, score in rows
    ]


def _view(row: OutgoingScore) -> ScoreView:
    return ScoreView(
        score_id=row.id,
        state=ScoreState(row.state),
        reason=Reason(row.reason) if row.reason else None,
        score_given=row.score_given,
        score_maximum=row.score_maximum,
        activity_progress=row.activity_progress,
        created_at=row.created_at,
        due_at=row.due_at,
        tries=row.tries,
        delivered_at=row.delivered_at,
        confirmed_at=row.confirmed_at,
        platform_score=row.platform_score,
        platform_maximum=row.platform_maximum,
    )


def _put(session: Session, score: OutgoingScore) -> OutgoingScore:
    learner = _of_learner(score.line_item_id, score.identity_id)
    newest = session.scalar(select(OutgoingScore.id).where(learner).order_by(OutgoingScore.id.desc()).limit(1))
    score.id = new_id()
    if newest is not None and score.id <= newest:
        # Written by a machine whose clock is ahead: ours must still count as the later one.
        score.id = UUID(int=newest.int + 1)
    session.add(score)
    session.flush()
    if newest is not None:
        session.execute(
            update(OutgoingScore)
            .where(learner, OutgoingScore.id < score.id, OutgoingScore.state.in_(WAITING), _unleased(now()))
            .values(state=ScoreState.SUPERSEDED, due_at=None)
        )
    nudges.after_commit(session, score.id)
    return score


def _has_score(session: Session, line_item_id: UUID, identity_id: UUID) -> bool:
    scored = _of_learner(line_item_id, identity_id) & OutgoingScore.score_given.is_not(None)
    return session.scalar(select(OutgoingScore.id).where(scored).limit(1)) is not None


def _of_learner(line_item_id: UUID, identity_id: UUID) -> ColumnElement[bool]:
    return (OutgoingScore.line_item_id == line_item_id) & (OutgoingScore.identity_id == identity_id)


def _unleased(moment: datetime) -> ColumnElement[bool]:
    return or_(OutgoingScore.lease_until.is_(None), OutgoingScore.lease_until <= moment)
