"""How the columns of an activity stand, and where the grade book differs from what we sent: for the teacher's desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session, aliased

from lti_tool.gradebook.models import ColumnReading, ColumnState, LineItem, OutgoingScore, OwnColumn, Reason, ScoreState
from lti_tool.gradebook.own_columns import label_of
from lti_tool.people.models import Identity

DIFFERENT = (ScoreState.OVERRIDDEN, ScoreState.NEWER_KEPT, ScoreState.MISSING, ScoreState.OLDER)
LONGEST = 200


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of an activity. ``part`` "": of the whole; ``own`` None: the platform's; ``label`` of our own ones."""

    line_item_id: UUID
    part: str
    known: bool  # whether its address is known
    own: ColumnState | None
    reason: Reason | None  # why our own one needs help
    label: str | None
    asked_at: datetime | None  # a reading that a teacher waits for
    read_at: datetime | None
    unread: Reason | None  # why it could not be read
    can_be_read: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A grade that the grade book shows otherwise than we sent it, or does not show."""

    part: str
    identity: Identity
    state: ScoreState
    reason: Reason | None
    score_given: Decimal
    score_maximum: Decimal
    platform_score: Decimal | None
    platform_maximum: Decimal | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How the newest grades of an activity's columns stand."""

    confirmed: int  # the grade book showed them as we sent them
    different: int
    on_the_way: int


def columns(session: Session, item: LineItem, *, read_scope: str) -> list[ColumnView]:
    """Return the columns of an activity, its own first, in one query; those that are gone are left out."""
    rows = session.execute(
        select(LineItem, OwnColumn, ColumnReading)
        .outerjoin(OwnColumn, OwnColumn.line_item_id == LineItem.id)
        .outerjoin(ColumnReading, ColumnReading.line_item_id == LineItem.id)
        .where(_of_link(item))
        .order_by(LineItem.part != "", LineItem.id)
    )
    return [
        ColumnView(
            line_item_id=one.id,
            part=one.part,
            known=one.url is not None,
            own=ColumnState(own.state) if own is not None else None,
            reason=Reason(own.reason) if own is not None and own.reason else None,
            label=label_of(own) if own is not None else None,
            asked_at=reading.asked_at if reading is not None else None,
            read_at=reading.read_at if reading is not None else None,
            unread=Reason(reading.reason) if reading is not None and reading.reason else None,
            can_be_read=one.url is not None and read_scope in one.scopes,
        )
        for one, own, reading in rows
        if own is None or not (one.part and own.state == ColumnState.GONE)
    ]


def tally(session: Session, item: LineItem) -> Tally:
    """Count the newest grades of an activity's columns, in one query."""
    newest = _newest(item)
    state, reason, confirmed_at = OutgoingScore.state, OutgoingScore.reason, OutgoingScore.confirmed_at
    rows = session.execute(
        select(state, reason, confirmed_at.is_not(None), func.count())
        .join(newest, newest.c.id == OutgoingScore.id)
        .where(newest.c.turn == 1, OutgoingScore.score_given.is_not(None))
        .group_by(state, reason, confirmed_at.is_not(None))
    ).all()
    return Tally(
        confirmed=sum(count for kind, _, seen, count in rows if kind == ScoreState.DELIVERED and seen),
        different=sum(count for kind, why, _, count in rows if kind in DIFFERENT or why == Reason.NOT_GRADABLE),
        on_the_way=sum(count for kind, _, _, count in rows if kind == ScoreState.QUEUED),
    )


def differences(session: Session, item: LineItem) -> list[Difference]:
    """Return what differs in an activity's columns, by learner's name, in one query; at most two hundred."""
    newest = _newest(item)
    differs = OutgoingScore.state.in_(DIFFERENT) | (OutgoingScore.reason == Reason.NOT_GRADABLE)
    rows = session.execute(
        select(OutgoingScore, Identity, newest.c.part)
        .join(newest, newest.c.id == OutgoingScore.id)
        .join(Identity, Identity.id == OutgoingScore.identity_id)
        .where(newest.c.turn == 1, OutgoingScore.score_given.is_not(None), differs)
        .order_by(Identity.name, Identity.id, newest.c.part)
        .limit(LONGEST)
    )
    return [
        Difference(
            part=part,
            identity=identity,
            state=ScoreState(score.state),
            reason=Reason(score.reason) if score.reason else None,
            score_given=score.score_given or Decimal(0),
            score_maximum=score.score_maximum,
            platform_score=score.platform_score,
            platform_maximum=score.platform_maximum,
            read_at=score.platform_read_at,
        )
        for score, identity, part in rows
    ]


def _newest(item: LineItem) -> Subquery:
    score = aliased(OutgoingScore)
    turn = func.row_number().over(partition_by=(score.line_item_id, score.identity_id), order_by=score.id.desc())
    return (
        select(score.id, LineItem.part, turn.label("turn"))
        .join(LineItem, LineItem.id == score.line_item_id)
        .where(_of_link(item))
        .subquery()
    )


def _of_link(item: LineItem) -> ColumnElement[bool]:
    return (LineItem.deployment_id == item.deployment_id) & (LineItem.resource_link_id == item.resource_link_id)
