"""Rosters as launches name them, and as people ask for them: remembered, wanted fresh, taken in hand by one worker.

The row is the truth: who wants a list fresh makes it due, a job carries only the course's id, and the sweep finds what
a lost nudge or a dead worker left behind.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, current_app, has_app_context
from sqlalchemy import ColumnElement, Update, event, exists, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, aliased

from lti_tool.clock import now
from lti_tool.db import db, insert_into, new_id, reading
from lti_tool.lti.launch import Launch
from lti_tool.lti.registrations import Registration
from lti_tool.people.models import Roster, RosterProblem
from lti_tool.schools.models import Context, Deployment, Platform
from lti_tool.schools.registrations import to_registration

FRESH = timedelta(minutes=15)  # a teacher who comes again within this time sets no reading going
BATCH = 20
_UNREAD = {"has_groups": False, "tries": 0, "reading": 0, "learners": 0}
NUDGES = "people.roster_nudges"

Nudge = Callable[[UUID], None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KnownRoster:
    """What is known of a course's list when a launch comes."""

    id: UUID
    members_url: str | None
    groups_url: str | None
    group_sets_url: str | None
    has_groups: bool
    asked_at: datetime | None


def remember(session: Session, launch: Launch, *, context_id: UUID, known: KnownRoster | None) -> KnownRoster | None:
    """Remember where a verified launch says the course's list is read (NRPS §2.2); the caller commits.

    Writes only when something changed. Returns None when nothing is known of a list, nor said of one.
    """
    members = launch.nrps.memberships if launch.nrps else None
    groups = launch.groups.groups if launch.groups else None
    sets = launch.groups.sets if launch.groups else None
    if known is None:
        if members is None and groups is None:
            return None
        return _add(session, context_id, members, groups, sets)
    named = (members or known.members_url, groups or known.groups_url, sets or known.group_sets_url)
    if named != (known.members_url, known.groups_url, known.group_sets_url):
        values = dict(zip(("members_url", "groups_url", "group_sets_url"), named, strict=True))
        session.execute(update(Roster).where(Roster.id == known.id).values(values))
    return known


def ensure(session: Session, *, context_id: UUID) -> KnownRoster:
    """Make the row of a course whose list has no address: groups are told at launches all the same."""
    return _add(session, context_id, None, None, None)


def mark_groups(session: Session, roster_id: UUID) -> None:
    """Note that somebody in the course is in a group; the caller commits."""
    session.execute(update(Roster).where(Roster.id == roster_id).values(has_groups=True))


def _add(session: Session, context_id: UUID, members: str | None, groups: str | None, sets: str | None) -> KnownRoster:
    row = Roster(id=new_id(), context_id=context_id, members_url=members, groups_url=groups, group_sets_url=sets)
    session.add(row)
    session.flush()
    return KnownRoster(row.id, members, groups, sets, has_groups=False, asked_at=None)


def stale(asked_at: datetime | None) -> bool:
    """Whether a list was last wanted so long ago that it should be read again when a teacher comes."""
    return asked_at is None or now() - asked_at > FRESH


def ask(session: Session, *, context_id: UUID, resource_link_id: str | None) -> None:
    """Let the list of a course be read, and of those who may open one link in it; the caller commits.

    ``resource_link_id``: of a placement in this very course, never an id that came from a browser.
    """
    moment = now()
    links = ("",) if resource_link_id is None else ("", resource_link_id)
    rows = [
        {
            "id": new_id(),
            "context_id": context_id,
            "resource_link_id": link,
            "asked_at": moment,
            "due_at": moment,
            **_UNREAD,
        }
        for link in links
    ]
    insert = insert_into(session, Roster).values(rows)
    wanted = {"asked_at": insert.excluded.asked_at, "due_at": insert.excluded.due_at, "tries": 0}
    session.execute(insert.on_conflict_do_update(index_elements=["context_id", "resource_link_id"], set_=wanted))
    session.info.setdefault(NUDGES, []).append(context_id)


@dataclass(frozen=True, slots=True)
class ListsView:
    """How the lists that a link's desk is made of stand.

    ``offered``: a launch named an address to read them at. ``course_id`` is the course's list, ``shown_id`` the one of
    those who may open the link; None while it was never read. ``read_at`` and ``learners`` are of the latter.
    """

    offered: bool = False
    course_id: UUID | None = None
    shown_id: UUID | None = None
    read_at: datetime | None = None
    learners: int = 0
    has_groups: bool = False
    being_read: bool = False
    next_try_at: datetime | None = None
    problem: RosterProblem | None = None


def view_lists(session: Session, *, context_id: UUID, resource_link_id: str) -> ListsView:
    """Say how the lists of a course and of one link in it stand, in one query."""
    rows = session.scalars(
        select(Roster).where(Roster.context_id == context_id, Roster.resource_link_id.in_(("", resource_link_id)))
    )
    by_link = {row.resource_link_id: row for row in rows}
    course, link = by_link.get(""), by_link.get(resource_link_id)
    if course is None:
        return ListsView()
    moment = now()
    read = course.read_at is not None
    # A platform may know no lists of links, or have lost this one: then the whole course may open it.
    shown = link if read and link is not None and link.read_at is not None and link.problem is None else course
    leased = course.lease_until is not None and course.lease_until > moment
    due = [row.due_at for row in by_link.values() if row.due_at is not None]
    return ListsView(
        offered=course.members_url is not None,
        course_id=course.id,
        shown_id=shown.id if read else None,
        read_at=shown.read_at if read else None,
        learners=shown.learners,
        has_groups=course.has_groups,
        being_read=leased or any(at <= moment for at in due),
        next_try_at=course.due_at,
        problem=course.problem,
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """A course whose lists this worker reads, in plain values: no transaction stays open meanwhile."""

    roster_id: UUID
    context_id: UUID
    owner: str
    lease: timedelta
    registration: Registration
    deployment_id: str
    platform_id: UUID
    members_url: str | None
    groups_url: str | None
    group_sets_url: str | None


class LeaseLost(Exception):
    """Another worker reads the lists of this course now."""


def claim(context_id: UUID, *, lease: timedelta) -> Claim | None:
    """Take the lists of a course in hand if one of them is due and nobody else reads them."""
    moment = now()
    owner = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(6)}"
    any_list = aliased(Roster)
    with Session(db.engine) as session, session.begin():
        taken = _changed(
            session,
            update(Roster)
            .where(
                Roster.context_id == context_id,
                Roster.resource_link_id == "",
                _unleased(moment),
                exists().where(any_list.context_id == context_id, any_list.due_at <= moment),
            )
            .values(lease_until=moment + lease, lease_owner=owner),
        )
        if not taken:
            return None
        roster, deployment, platform = session.execute(
            select(Roster, Deployment, Platform)
            .join(Context, Context.id == Roster.context_id)
            .join(Deployment, Deployment.id == Context.deployment_id)
            .join(Platform, Platform.id == Deployment.platform_id)
            .where(Roster.context_id == context_id, Roster.resource_link_id == "")
        ).one()
        if not (platform.active and deployment.approved):
            put_off(session, context_id)
            return None
        return Claim(
            roster_id=roster.id,
            context_id=context_id,
            owner=owner,
            lease=lease,
            registration=to_registration(platform),
            deployment_id=deployment.deployment_id,
            platform_id=platform.id,
            members_url=roster.members_url,
            groups_url=roster.groups_url,
            group_sets_url=roster.group_sets_url,
        )


def keep(session: Session, held: Claim) -> None:
    """Prolong the lease within the caller's transaction.

    Raises:
        LeaseLost: it ran out, and another worker has the course.
    """
    statement = update(Roster).where(Roster.id == held.roster_id, Roster.lease_owner == held.owner)
    if not _changed(session, statement.values(lease_until=now() + held.lease)):
        raise LeaseLost


def put_off(session: Session, context_id: UUID) -> None:
    """Plan no reading of a course's lists until somebody asks again, and let go of it."""
    values = {"due_at": None, "lease_until": None, "lease_owner": None}
    session.execute(update(Roster).where(Roster.context_id == context_id).values(values))


def release(held: Claim) -> None:
    """Let go of a course; what is due in it may be taken by others."""
    with Session(db.engine) as session, session.begin():
        _changed(
            session,
            update(Roster)
            .where(Roster.id == held.roster_id, Roster.lease_owner == held.owner)
            .values(lease_until=None, lease_owner=None),
        )


def _unleased(moment: datetime) -> ColumnElement[bool]:
    """The condition of a course whose lists nobody reads now."""
    return or_(Roster.lease_until.is_(None), Roster.lease_until <= moment)


def sweep(limit: int = BATCH) -> list[UUID]:
    """Nudge up to ``limit`` courses with a list that is due and that nobody reads; return their ids."""
    moment = now()
    course = aliased(Roster)
    with reading(), Session(db.engine) as session:
        found = list(
            session.scalars(
                select(Roster.context_id)
                .join(course, (course.context_id == Roster.context_id) & (course.resource_link_id == ""))
                .where(Roster.due_at <= moment, or_(course.lease_until.is_(None), course.lease_until <= moment))
                .distinct()
                .limit(limit)
            )
        )
    for context_id in found:
        nudge_now(context_id)
    return found


def register(app: Flask, nudge: Nudge) -> None:
    """Say how this application is nudged: a function of a course's id."""
    app.extensions[NUDGES] = nudge


def nudge_now(context_id: UUID) -> None:
    """Nudge at once: the rows are already committed."""
    nudge: Nudge | None = current_app.extensions.get(NUDGES) if has_app_context() else None
    if nudge is None:
        return
    try:
        nudge(context_id)
    except Exception:
        # A queue that is away must not undo what was stored, and the sweep will find the row.
        log.warning("nudge_lost", context_id=str(context_id), exc_info=True)


@event.listens_for(Session, "after_commit")
def _committed(session: Any) -> None:
    for context_id in session.info.pop(NUDGES, ()):
        nudge_now(context_id)


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Any) -> None:
    session.info.pop(NUDGES, None)


def _changed(session: Session, statement: Update) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0
