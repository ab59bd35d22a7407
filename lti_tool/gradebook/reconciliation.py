"""Reconciliation: a column is read back as a whole and compared with what we sent.

Some platforms accept a score and keep another grade, some grades are changed or deleted weeks later: only reading back
tells. It is one question for a whole column, asked some minutes after scores went out, daily for a while, and whenever
a teacher wishes. What differs is told, and never mended unasked.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.config import current_settings
from lti_tool.db import db, reading
from lti_tool.gradebook import health, nudges, policy
from lti_tool.gradebook.claim import changed, new_owner
from lti_tool.gradebook.models import ColumnReading, LineItem, OutgoingScore, PlatformPause, Reason, ScoreState
from lti_tool.gradebook.nudges import Kind
from lti_tool.gradebook.troubles import judge
from lti_tool.lti.registrations import Registration
from lti_tool.lti.services import ags
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.http import ServiceError
from lti_tool.people.models import Identity
from lti_tool.schools.models import Deployment, Platform
from lti_tool.schools.registrations import to_registration

SOON = (10, 20)  # minutes after a delivery
DAILY = (20, 28)  # hours
WATCHED = timedelta(days=14)  # after the last delivery
LEASE = timedelta(seconds=120)
BATCH = 20
# What is through, and may be found otherwise.
SETTLED = (
    ScoreState.DELIVERED,
    ScoreState.OVERRIDDEN,
    ScoreState.NEWER_KEPT,
    ScoreState.MISSING,
    ScoreState.OLDER,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a reading found: how many grades are as we sent them, and how many are not."""

    same: int
    different: int


@dataclass(frozen=True, slots=True)
class ReadingView:
    """When a column was read back. ``waiting``: a teacher has asked and it is on its way."""

    read_at: datetime | None
    waiting: bool
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class _Task:
    """A column to be read; plain values, so that no transaction stays open."""

    id: UUID
    owner: str
    registration: Registration
    deployment_id: str
    url: str
    scopes: frozenset[str]
    tries: int


def plan(session: Session, line_item_id: UUID) -> None:
    """Let a column be read back in a while, unless it is planned already; the caller commits."""
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    due_at = now() + timedelta(minutes=random.uniform(*SOON))
    statement = insert(ColumnReading).values(line_item_id=line_item_id, due_at=due_at, tries=0)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ColumnReading.line_item_id],
            set_={"due_at": statement.excluded.due_at},
            where=or_(ColumnReading.due_at.is_(None), ColumnReading.due_at > statement.excluded.due_at),
        )
    )


def ask(session: Session, line_item_id: UUID) -> None:
    """A teacher wants a column to be read back now; the caller commits."""
    moment = now()
    row = session.get(ColumnReading, line_item_id)
    if row is None:
        session.add(row := ColumnReading(line_item_id=line_item_id))
    row.due_at, row.asked_at, row.tries, row.reason = moment, moment, 0, None
    nudges.after_commit(session, line_item_id, Kind.READING)


def view_of(row: ColumnReading) -> ReadingView:
    """Say when a column was read back."""
    return ReadingView(row.read_at, row.asked_at is not None, Reason(row.reason) if row.reason else None)


def read(line_item_id: UUID) -> Compared | None:
    """Read a column back and compare; None when it was not its time or it could not be read."""
    task = _claim(line_item_id)
    if task is None:
        return None
    settings = current_settings()
    connector = Connector(
        task.registration, scopes=task.scopes, named_urls=(task.url,), deployment_id=task.deployment_id
    )
    began = now()
    try:
        shown = ags.read_results(connector, task.url)
    except ServiceError as error:
        trouble = judge(error, task.registration, settings, task.tries)
        log.info("column.unreadable", column=str(task.id), reason=trouble.reason, status=trouble.status)
        _release(task, {"reason": trouble.reason, "due_at": trouble.due_at, "tries": task.tries + 1})
        return None
    health.note_answer(task.registration.id)
    compared, watched = _compare(task, shown, began)
    _release(
        task,
        {
            "read_at": began,
            "asked_at": None,
            "reason": None,
            "tries": 0,
            "due_at": began + timedelta(hours=random.uniform(*DAILY)) if watched else None,
        },
    )
    log.info("column.compared", column=str(task.id), same=compared.same, different=compared.different)
    return compared


def sweep(limit: int = BATCH) -> list[UUID]:
    """Nudge the columns whose time to be read has come; return their ids."""
    moment = now()
    free = or_(ColumnReading.lease_until.is_(None), ColumnReading.lease_until <= moment)
    due = select(ColumnReading.line_item_id).where(ColumnReading.due_at <= moment, free)
    with reading(), Session(db.engine) as session:
        found = list(session.scalars(due.order_by(ColumnReading.due_at).limit(limit)))
    for one in found:
        nudges.now_or_at(one, kind=Kind.READING)
    return found


def _compare(task: _Task, shown: Mapping[str, ags.Result], began: datetime) -> tuple[Compared, bool]:
    """Write down what the grade book shows of each learner; say besides whether it is worth looking again."""
    with reading(), Session(db.engine) as session:
        rows = session.execute(
            select(
                OutgoingScore.id,
                OutgoingScore.identity_id,
                Identity.subject,
                OutgoingScore.score_given,
                OutgoingScore.score_maximum,
                OutgoingScore.state,
                OutgoingScore.delivered_at,
                OutgoingScore.confirmed_at,
            )
            .join(Identity, Identity.id == OutgoingScore.identity_id)
            .where(OutgoingScore.line_item_id == task.id)
            .order_by(OutgoingScore.id)
        ).all()
    of_learner = defaultdict(list)
    for row in rows:
        of_learner[row.identity_id].append(row)
    found: list[dict[str, Any]] = []
    same = 0
    for scores in of_learner.values():
        *earlier, newest = scores
        fresh = newest.delivered_at is not None and newest.delivered_at >= began
        if newest.score_given is None or newest.state not in SETTLED or fresh:
            continue
        result = shown.get(newest.subject)
        state = policy.reconcile(
            newest.score_given,
            newest.score_maximum,
            [(one.score_given, one.score_maximum) for one in earlier if one.score_given is not None],
            result,
            kept=newest.state == ScoreState.NEWER_KEPT,
        )
        same += state is ScoreState.DELIVERED
        confirmed_at = (newest.confirmed_at or began) if state is ScoreState.DELIVERED else newest.confirmed_at
        found.append(_found(newest.id, newest.state, state, result, confirmed_at, newest.delivered_at or began, began))
    _note(found)
    delivered = [row.delivered_at for row in rows if row.delivered_at is not None]
    return Compared(same, len(found) - same), bool(delivered) and began - max(delivered) < WATCHED


def _found(
    score_id: UUID,
    before: str,
    state: ScoreState,
    result: ags.Result | None,
    confirmed_at: datetime | None,
    delivered_at: datetime,
    read_at: datetime,
) -> dict[str, Any]:
    score: Decimal | None = result.score if result is not None else None
    return {
        "key": score_id,
        "before": before,
        "found": state,
        "score": score,
        "maximum": result.maximum if result is not None and score is not None else None,
        "confirmed": confirmed_at,
        # A score whose answer said no, and that is there all the same, has been delivered.
        "delivered": delivered_at if state is ScoreState.DELIVERED else None,
        "read": read_at,
    }


def _note(found: list[dict[str, Any]]) -> None:
    """Write down what was found, where nothing else has happened to the score meanwhile."""
    if not found:
        return
    statement = (
        update(OutgoingScore)
        .where(
            and_(
                OutgoingScore.id == bindparam("key"),
                OutgoingScore.state == bindparam("before"),
                or_(OutgoingScore.lease_until.is_(None), OutgoingScore.lease_until <= now()),
            )
        )
        .values(
            state=bindparam("found"),
            platform_score=bindparam("score"),
            platform_maximum=bindparam("maximum"),
            platform_read_at=bindparam("read"),
            confirmed_at=bindparam("confirmed"),
        )
    )
    delivered = update(OutgoingScore).where(OutgoingScore.id == bindparam("key"), OutgoingScore.delivered_at.is_(None))
    late = [{"key": one["key"], "delivered": one["delivered"]} for one in found if one["delivered"] is not None]
    with Session(db.engine) as session, session.begin():
        connection = session.connection()
        connection.execute(statement, [{name: one[name] for name in one if name != "delivered"} for one in found])
        if late:
            connection.execute(delivered.values(delivered_at=bindparam("delivered")), late)


def _claim(line_item_id: UUID) -> _Task | None:
    moment, owner = now(), new_owner()
    with Session(db.engine) as session, session.begin():
        free = or_(ColumnReading.lease_until.is_(None), ColumnReading.lease_until <= moment)
        due = update(ColumnReading).where(
            ColumnReading.line_item_id == line_item_id, ColumnReading.due_at <= moment, free
        )
        if not changed(session, due.values(lease_until=moment + LEASE, lease_owner=owner)):
            return None
        row, item, deployment, platform, paused_until = session.execute(
            select(ColumnReading, LineItem, Deployment, Platform, PlatformPause.until)
            .join(LineItem, LineItem.id == ColumnReading.line_item_id)
            .join(Deployment, Deployment.id == LineItem.deployment_id)
            .join(Platform, Platform.id == Deployment.platform_id)
            .outerjoin(PlatformPause, PlatformPause.platform_id == Platform.id)
            .where(ColumnReading.line_item_id == line_item_id)
        ).one()
        until = moment + timedelta(hours=1) if not platform.active else paused_until
        if item.url is None or (until is not None and until > moment):
            row.due_at, row.lease_until, row.lease_owner = until if item.url else None, None, None
            if item.url is None:
                row.asked_at, row.reason = None, Reason.NO_COLUMN
            return None
        return _Task(
            id=item.id,
            owner=owner,
            registration=to_registration(platform),
            deployment_id=deployment.deployment_id,
            url=item.url,
            scopes=frozenset(item.scopes),
            tries=row.tries,
        )


def _release(task: _Task, values: dict[str, Any]) -> None:
    with Session(db.engine) as session, session.begin():
        mine = update(ColumnReading).where(
            ColumnReading.line_item_id == task.id, ColumnReading.lease_owner == task.owner
        )
        changed(session, mine.values(lease_until=None, lease_owner=None, **values))
