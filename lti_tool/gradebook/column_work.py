"""The work on a column of our own, by a job: find or make it, look after its name, take it away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.config import current_settings
from lti_tool.db import db, reading
from lti_tool.gradebook import health, nudges
from lti_tool.gradebook.claim import WAITING, changed, new_owner
from lti_tool.gradebook.line_items import MENDED
from lti_tool.gradebook.models import (
    ColumnState,
    LineItem,
    OutgoingScore,
    OwnColumn,
    PlatformPause,
    Reason,
    ScoreState,
)
from lti_tool.gradebook.nudges import Kind
from lti_tool.gradebook.own_columns import due_columns, label_of
from lti_tool.gradebook.troubles import judge
from lti_tool.lti.registrations import Registration
from lti_tool.lti.services import ags
from lti_tool.lti.services.ags import PlatformLineItem
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.http import ServiceAnswer, ServiceError
from lti_tool.schools.models import Deployment, Platform
from lti_tool.schools.registrations import to_registration

LEASE = timedelta(seconds=120)
BATCH = 50

log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another worker has taken the column over."""


@dataclass(frozen=True, slots=True)
class Task:
    """A column in hand; plain values, so that no transaction stays open."""

    id: UUID
    owner: str
    registration: Registration
    deployment_id: str
    container_url: str
    scopes: frozenset[str]
    resource_link_id: str
    url: str | None
    label: str
    label_given: str | None
    maximum: Decimal
    resource_id: str
    tag: str
    coupled: bool
    state: ColumnState
    tries: int

    def bears_our_marks(self, item: PlatformLineItem) -> bool:
        """Whether a column of the platform is one that we made for this."""
        return (item.resource_id, item.tag) == (self.resource_id, self.tag)


def work(line_item_id: UUID) -> ColumnState | None:
    """Do what a column waits for; return its state then, None when there was nothing to do or it could not be done."""
    task = _claim(line_item_id)
    if task is None:
        return None
    settings = current_settings()
    connector = Connector(
        task.registration,
        scopes=task.scopes,
        named_urls=(task.container_url,),
        deployment_id=task.deployment_id,
        before_exchange=lambda: _renew(task),
    )
    try:
        if task.state is ColumnState.LEAVING:
            _remove(connector, task)
            return _end(task, {"state": ColumnState.GONE, "url": None, "label_given": None})
        return _settle(task, _fit(connector, task))
    except LeaseLost:
        return None
    except ServiceError as error:
        trouble = judge(error, task.registration, settings, task.tries)
        log.info("column.failed", column=str(task.id), reason=trouble.reason, status=trouble.status, error=str(error))
        _write(task, {"reason": trouble.reason, "due_at": trouble.due_at, "tries": task.tries + 1})
        return None


def sweep(limit: int = BATCH) -> list[UUID]:
    """Nudge the columns that wait for work; return their ids."""
    with reading(), Session(db.engine) as session:
        found = due_columns(now(), limit, session)
    for one in found:
        nudges.now_or_at(one, kind=Kind.COLUMN)
    return found


def _fit(connector: Connector, task: Task) -> PlatformLineItem:
    """Return the column as it stands on the platform: looked after, found, or made."""
    item = _standing(connector, task) or _find(connector, task)
    if item is None:
        log.info("column.made", column=str(task.id), platform=str(task.registration.id))
        return ags.create_line_item(
            connector,
            task.container_url,
            label=task.label,
            score_maximum=task.maximum,
            resource_id=task.resource_id,
            tag=task.tag,
            resource_link_id=task.resource_link_id if task.coupled else None,
        )
    # A name that a teacher gave stays.
    if task.bears_our_marks(item) and item.label == task.label_given != task.label:
        return ags.update_line_item(connector, item.id, label=task.label)
    return item


def _standing(connector: Connector, task: Task) -> PlatformLineItem | None:
    """The column that we know, if it is still there."""
    if task.url is None:
        return None
    try:
        return ags.get_line_item(connector, task.url)
    except ServiceAnswer as error:
        if error.answer.status not in {404, 410}:
            raise
        return None


def _find(connector: Connector, task: Task) -> PlatformLineItem | None:
    """A column with our marks that no other activity of ours has, or the only one of the resource link."""
    marked = ags.list_line_items(
        connector,
        task.container_url,
        resource_id=task.resource_id,
        tag=task.tag,
        resource_link_id=task.resource_link_id if task.coupled else None,
    )
    marked = [item for item in marked if item.id != task.url]
    taken = _taken(task, [item.id for item in marked])
    free = [item for item in marked if item.id not in taken]
    if free or not task.coupled:
        return free[0] if free else None
    of_link = ags.list_line_items(connector, task.container_url, resource_link_id=task.resource_link_id)
    return of_link[0] if len(of_link) == 1 and of_link[0].id != task.url else None


def _remove(connector: Connector, task: Task) -> None:
    """Delete the column if it is there and bears our marks; it may be there though we never heard its address."""
    item = _standing(connector, task) if task.url is not None else _find(connector, task)
    if item is not None and task.bears_our_marks(item):
        ags.delete_line_item(connector, item.id)
        log.info("column.removed", column=str(task.id), platform=str(task.registration.id))


def _settle(task: Task, item: PlatformLineItem) -> ColumnState | None:
    """Write down where the column is, and let the scores flow that waited for it."""
    if task.coupled and not task.bears_our_marks(item):
        # It was the platform's own all along: nothing of it is ours to look after.
        with Session(db.engine) as session, session.begin():
            if not changed(session, delete(OwnColumn).where(*_held(task))):
                return None
            _point_to(session, task, item.id)
        return ColumnState.STANDING
    given = item.label if task.url != item.id else task.label if item.label == task.label else task.label_given
    return _end(task, {"state": ColumnState.STANDING, "url": item.id, "label_given": given})


def _end(task: Task, values: dict[str, Any]) -> ColumnState | None:
    health.note_answer(task.registration.id)
    try:
        with Session(db.engine) as session, session.begin():
            statement = update(OwnColumn).where(*_held(task), OwnColumn.state == task.state)
            done = {**values, "due_at": None, "reason": None, "tries": 0, "lease_until": None, "lease_owner": None}
            if not changed(session, statement.values(done)):
                _let_go(session, task)  # something else is wanted meanwhile
                return None
            _point_to(session, task, values["url"])
            return ColumnState(values["state"])
    except IntegrityError:
        # Another activity took the column a moment before: look again, without it.
        _write(task, {"due_at": now() + timedelta(seconds=1)})
        return None


def _point_to(session: Session, task: Task, url: str | None) -> None:
    changed(session, update(LineItem).where(LineItem.id == task.id).values(url=url))
    if url is not None:
        scores = update(OutgoingScore).where(
            OutgoingScore.line_item_id == task.id,
            OutgoingScore.state.in_(WAITING),
            or_(OutgoingScore.state == ScoreState.QUEUED, OutgoingScore.reason.in_((*MENDED, Reason.SILENT))),
        )
        changed(session, scores.values(due_at=now()))


def _claim(line_item_id: UUID) -> Task | None:
    moment, owner = now(), new_owner()
    with Session(db.engine) as session, session.begin():
        free = or_(OwnColumn.lease_until.is_(None), OwnColumn.lease_until <= moment)
        due = update(OwnColumn).where(OwnColumn.line_item_id == line_item_id, OwnColumn.due_at <= moment, free)
        if not changed(session, due.values(lease_until=moment + LEASE, lease_owner=owner)):
            return None
        column, item, deployment, platform, paused_until = session.execute(
            select(OwnColumn, LineItem, Deployment, Platform, PlatformPause.until)
            .join(LineItem, LineItem.id == OwnColumn.line_item_id)
            .join(Deployment, Deployment.id == LineItem.deployment_id)
            .join(Platform, Platform.id == Deployment.platform_id)
            .outerjoin(PlatformPause, PlatformPause.platform_id == Platform.id)
            .where(OwnColumn.line_item_id == line_item_id)
        ).one()
        task = Task(
            id=item.id,
            owner=owner,
            registration=to_registration(platform),
            deployment_id=deployment.deployment_id,
            container_url=item.container_url or "",
            scopes=frozenset(item.scopes),
            resource_link_id=item.resource_link_id,
            url=column.url,
            label=label_of(column),
            label_given=column.label_given,
            maximum=column.score_maximum,
            resource_id=column.resource_id,
            tag=column.tag,
            coupled=column.coupled,
            state=ColumnState(column.state),
            tries=column.tries,
        )
        until = moment + timedelta(hours=1) if not platform.active else paused_until
        if until is not None and until > moment:
            column.due_at, column.lease_until, column.lease_owner = until, None, None
            return None
        return task


def _renew(task: Task) -> None:
    with Session(db.engine) as session, session.begin():
        if not changed(session, update(OwnColumn).where(*_held(task)).values(lease_until=now() + LEASE)):
            raise LeaseLost


def _write(task: Task, values: dict[str, Any]) -> None:
    with Session(db.engine) as session, session.begin():
        statement = update(OwnColumn).where(*_held(task), OwnColumn.state == task.state)
        if not changed(session, statement.values(lease_until=None, lease_owner=None, **values)):
            _let_go(session, task)
    due: datetime | None = values["due_at"]
    if due is not None:
        nudges.now_or_at(task.id, due, Kind.COLUMN)


def _let_go(session: Session, task: Task) -> None:
    changed(session, update(OwnColumn).where(*_held(task)).values(lease_until=None, lease_owner=None))


def _held(task: Task) -> tuple[Any, Any]:
    return OwnColumn.line_item_id == task.id, OwnColumn.lease_owner == task.owner


def _taken(task: Task, urls: list[str]) -> set[str]:
    """Which of these addresses other columns of ours have."""
    with reading(), Session(db.engine) as session:
        return set(
            session.scalars(
                select(OwnColumn.url).where(
                    OwnColumn.url.in_(urls),
                    OwnColumn.line_item_id != task.id,
                    OwnColumn.deployment_id
                    == select(LineItem.deployment_id).where(LineItem.id == task.id).scalar_subquery(),
                )
            )
        )
