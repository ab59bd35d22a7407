"""Taking a score in hand: one worker at a time, the newest score only, and a time stamp later than any before.

A claim is a lease on the row, taken by one conditional UPDATE, so it holds across threads, processes and machines. A
worker that dies leaves a lease that runs out. No transaction is open while a platform is talked to.
"""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, Update, and_, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, aliased

from lti_tool.clock import now
from lti_tool.db import db, reading
from lti_tool.gradebook import health
from lti_tool.gradebook.models import (
    ColumnState,
    LineItem,
    OutgoingScore,
    OwnColumn,
    PlatformPause,
    Reason,
    ScoreClock,
    ScoreState,
)
from lti_tool.gradebook.policy import SILENT_AFTER
from lti_tool.lti.registrations import Registration
from lti_tool.people.models import Identity
from lti_tool.schools.models import Deployment, Platform
from lti_tool.schools.registrations import to_registration

WAITING = (ScoreState.QUEUED, ScoreState.NEEDS_HELP)
SECOND = timedelta(seconds=1)
COLUMN_AWAITED = timedelta(minutes=10)


class Hold(StrEnum):
    """Why a score was not taken in hand."""

    NOT_DUE = "not_due"  # delivered, superseded, not due yet, or leased by another worker
    IN_FLIGHT = "in_flight"  # an earlier score of the learner is on its way; it will wake this one
    SUPERSEDED = "superseded"
    PAUSED = "paused"  # the platform is left alone for now
    COLUMN = "column"  # its column is being made; it will be taken up then
    BUSY = "busy"  # another worker is on its way to the platform, which is not to be joined just now
    INACTIVE = "inactive"  # the platform was switched off by its school


class LeaseLost(Exception):
    """Another worker has taken the score over; this one must not touch it any more."""


@dataclass(frozen=True, slots=True)
class Held:
    """Not claimed, and why; ``until``: when to look again, if that is known."""

    why: Hold
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """All that the delivery of one claimed score needs; plain values, so that no transaction stays open."""

    score_id: UUID
    owner: str
    lease: timedelta
    registration: Registration
    deployment_id: str
    line_item_id: UUID
    identity_id: UUID
    subject: str
    url: str | None
    container_url: str | None
    resource_link_id: str
    part: str
    column: ColumnState | None  # None: it is not of our making
    resource_id: str | None
    scopes: frozenset[str]
    score_given: Decimal | None
    score_maximum: Decimal
    activity_progress: str
    grading_progress: str
    comment: str | None
    started_at: datetime | None
    submitted_at: datetime
    sent_timestamp: datetime | None  # of an earlier try, which may have arrived though we did not hear of it
    queued_at: datetime
    tries: int
    helpless: Reason | None  # the reason it needed help for, if it did

    @property
    def clears(self) -> bool:
        """Whether it takes a grade back."""
        return self.score_given is None and self.activity_progress == "Initialized"


def new_owner() -> str:
    """Return a name for the holder of a lease: the machine, the process, and something that is never repeated."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(6)}"


def claim(score_id: UUID, *, lease: timedelta) -> Errand | Held:
    """Take a score in hand if it is due, nobody has it, and it is the learner's newest in the column."""
    moment = now()
    owner = new_owner()
    with Session(db.engine) as session, session.begin():
        other = aliased(OutgoingScore)
        same_learner = and_(
            other.line_item_id == OutgoingScore.line_item_id,
            other.identity_id == OutgoingScore.identity_id,
            other.id != OutgoingScore.id,
        )
        taken = changed(
            session,
            update(OutgoingScore)
            .where(
                OutgoingScore.id == score_id,
                due(moment),
                unleased(moment),
                ~exists().where(same_learner, or_(other.lease_until > moment, other.id > OutgoingScore.id)),
            )
            .values(lease_until=moment + lease, lease_owner=owner),
        )
        if not taken:
            return _why_held(session, score_id, moment)
        errand, pause, active = _load(session, score_id, owner, lease)
        if not active:
            held = Held(Hold.INACTIVE, moment + timedelta(hours=1))
        elif errand.url is None and errand.column is ColumnState.ASKED:
            held = Held(Hold.COLUMN, moment + COLUMN_AWAITED)
        elif pause is not None and pause.until > moment:
            held = Held(Hold.PAUSED, pause.until)
        elif health.is_busy(session, errand.registration.id, pause, moment, lease, score_id):
            held = Held(Hold.BUSY, moment + health.look_again())
        else:
            return errand
        assert held.until is not None, "each of these is put off until a moment"
        _put_back(session, errand, held.until)
        return held


def due(moment: datetime) -> ColumnElement[bool]:
    """The condition of a score that waits and whose next try has come."""
    return and_(OutgoingScore.state.in_(WAITING), OutgoingScore.due_at <= moment)


def unleased(moment: datetime) -> ColumnElement[bool]:
    """The condition of a score that no living worker holds."""
    return or_(OutgoingScore.lease_until.is_(None), OutgoingScore.lease_until <= moment)


def renew(errand: Errand) -> None:
    """Prolong the lease.

    Raises:
        LeaseLost: it ran out and another worker has the score.
    """
    with Session(db.engine) as session, session.begin():
        if not changed(session, held_by(errand).values(lease_until=now() + errand.lease)):
            raise LeaseLost


def choose_timestamp(errand: Errand, clock_ahead_ms: int) -> datetime | Held:
    """Choose and store the score's ``timestamp``, before it goes out (AGS §3.4.8).

    Whole seconds (platforms compare no finer), strictly later than the last one of this learner in this column, and not
    ahead of our clock nor of the host's: a score dated in the future would block every later one until then. When that
    is not possible yet, the score is put back until it is.

    ``clock_ahead_ms``: how far the host's clock is ahead of ours, at least.

    Raises:
        LeaseLost: another worker has the score.
    """
    behind = timedelta(milliseconds=min(clock_ahead_ms, 0))
    chosen = (now() + behind).replace(microsecond=0)
    with Session(db.engine) as session, session.begin():
        insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
        statement = insert(ScoreClock).values(
            line_item_id=errand.line_item_id, identity_id=errand.identity_id, last_timestamp=chosen
        )
        advance = statement.on_conflict_do_update(
            index_elements=[ScoreClock.line_item_id, ScoreClock.identity_id],
            set_={"last_timestamp": statement.excluded.last_timestamp},
            where=ScoreClock.last_timestamp < statement.excluded.last_timestamp,
        ).returning(ScoreClock.last_timestamp)  # an INSERT does not tell on every engine how many rows it wrote
        if session.execute(advance).scalar_one_or_none() is None:
            last = session.get_one(ScoreClock, (errand.line_item_id, errand.identity_id)).last_timestamp
            until = last + SECOND - behind
            _put_back(session, errand, until)
            return Held(Hold.NOT_DUE, until)
        # The row of ScoreClock is locked now: whoever sent for this learner before us has committed, and is seen here.
        if _superseded(session, errand):
            _end_as_superseded(session, errand.score_id)
            return Held(Hold.SUPERSEDED)
        moment = now()
        if not changed(session, held_by(errand).values(sent_timestamp=chosen, lease_until=moment + errand.lease)):
            raise LeaseLost
    return chosen


def held_by(errand: Errand) -> Any:
    """Return an UPDATE that changes the score only while this worker holds it."""
    return update(OutgoingScore).where(OutgoingScore.id == errand.score_id, OutgoingScore.lease_owner == errand.owner)


def newer_waiting(session: Session, errand: Errand) -> UUID | None:
    """Return the learner's newest score in the column when it is a later one than this."""
    return session.scalar(
        select(OutgoingScore.id)
        .where(
            OutgoingScore.line_item_id == errand.line_item_id,
            OutgoingScore.identity_id == errand.identity_id,
            OutgoingScore.id > errand.score_id,
        )
        .order_by(OutgoingScore.id.desc())
        .limit(1)
    )


def later_of_learner(errand: Errand) -> UUID | None:
    """Return the learner's later score that waits in the same column and is due, if there is one."""
    with reading(), Session(db.engine) as session:
        later = newer_waiting(session, errand)
        return session.scalar(select(OutgoingScore.id).where(OutgoingScore.id == later, due(now()))) if later else None


def date_after(errand: Errand, moment: datetime) -> None:
    """Let the next score of this learner in this column be dated later than a moment."""
    with Session(db.engine) as session, session.begin():
        changed(
            session,
            update(ScoreClock)
            .where(
                ScoreClock.line_item_id == errand.line_item_id,
                ScoreClock.identity_id == errand.identity_id,
                ScoreClock.last_timestamp < moment,
            )
            .values(last_timestamp=moment),
        )


def changed(session: Session, statement: Update | Delete) -> int:
    """Execute a statement that changes or deletes rows; return how many."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0


def _superseded(session: Session, errand: Errand) -> bool:
    return newer_waiting(session, errand) is not None


def _end_as_superseded(session: Session, score_id: UUID) -> None:
    changed(
        session,
        update(OutgoingScore)
        .where(OutgoingScore.id == score_id, OutgoingScore.state.in_(WAITING))
        .values(state=ScoreState.SUPERSEDED, due_at=None, lease_until=None, lease_owner=None),
    )


def _put_back(session: Session, errand: Errand, until: datetime) -> None:
    values: dict[str, Any] = {"due_at": until, "lease_until": None, "lease_owner": None}
    if errand.helpless is None and now() - errand.queued_at >= SILENT_AFTER:
        values |= {"state": ScoreState.NEEDS_HELP, "reason": Reason.SILENT}
    changed(session, held_by(errand).values(values))


def _why_held(session: Session, score_id: UUID, moment: datetime) -> Held:
    score = session.get(OutgoingScore, score_id)
    if score is None or score.state not in WAITING:
        return Held(Hold.NOT_DUE)
    leased = score.lease_until is not None and score.lease_until > moment
    learner = (
        OutgoingScore.line_item_id == score.line_item_id,
        OutgoingScore.identity_id == score.identity_id,
    )
    newer = session.scalar(select(OutgoingScore.id).where(*learner, OutgoingScore.id > score_id).limit(1))
    if newer is not None and not leased:
        _end_as_superseded(session, score_id)
        return Held(Hold.SUPERSEDED)
    if leased or score.due_at is None or score.due_at > moment:
        return Held(Hold.NOT_DUE, score.due_at)
    return Held(Hold.IN_FLIGHT)


def _load(session: Session, score_id: UUID, owner: str, lease: timedelta) -> tuple[Errand, PlatformPause | None, bool]:
    score, item, own_state, subject, deployment, platform, pause = session.execute(
        select(OutgoingScore, LineItem, OwnColumn.state, Identity.subject, Deployment, Platform, PlatformPause)
        .join(LineItem, LineItem.id == OutgoingScore.line_item_id)
        .join(Identity, Identity.id == OutgoingScore.identity_id)
        .join(Deployment, Deployment.id == LineItem.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .outerjoin(OwnColumn, OwnColumn.line_item_id == LineItem.id)
        .outerjoin(PlatformPause, PlatformPause.platform_id == Platform.id)
        .where(OutgoingScore.id == score_id)
    ).one()
    errand = Errand(
        score_id=score.id,
        owner=owner,
        lease=lease,
        registration=to_registration(platform),
        deployment_id=deployment.deployment_id,
        line_item_id=item.id,
        identity_id=score.identity_id,
        subject=subject,
        url=item.url,
        container_url=item.container_url,
        resource_link_id=item.resource_link_id,
        part=item.part,
        column=ColumnState(own_state) if own_state else None,
        resource_id=item.resource_id,
        scopes=frozenset(item.scopes),
        score_given=score.score_given,
        score_maximum=score.score_maximum,
        activity_progress=score.activity_progress,
        grading_progress=score.grading_progress,
        comment=score.comment,
        started_at=score.started_at,
        submitted_at=score.submitted_at or score.created_at,
        sent_timestamp=score.sent_timestamp,
        queued_at=score.queued_at,
        tries=score.tries,
        helpless=Reason(score.reason) if score.state == ScoreState.NEEDS_HELP and score.reason else None,
    )
    return errand, pause, platform.active
