"""Reading the lists of a course: who is in it, who may open a link, which groups there are (NRPS 2.0, Course Groups).

Pages are stored as they come, so that memory is bound and nothing of them is lost; but nobody is taken for gone unless
a list was read to its end. No transaction is open while the platform is talked to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db, reading
from lti_tool.lti.services import groups, nrps
from lti_tool.lti.services.connector import Connector, PagingEndless, ScopeMissing, TokenProblem, TokenRefused
from lti_tool.lti.services.http import (
    AddressRefused,
    Answer,
    ServiceAnswer,
    ServiceError,
    ServiceUnreachable,
    retry_after,
)
from lti_tool.lti.services.nrps import MembershipPage
from lti_tool.people import memberships, rosters
from lti_tool.people.models import GroupMembership, Roster, RosterProblem
from lti_tool.people.rosters import Claim, LeaseLost

PAGE = 500  # members asked for at once: a wish
LEASE = timedelta(minutes=2)
LONGEST = timedelta(minutes=10)  # for all lists of a course
WHOLE_EVERY = timedelta(days=1)  # differences are trusted no longer than that
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))  # then nothing until somebody asks again

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a list was not read. ``passing``: it may be different in a while, ``wait`` from now if the platform said."""

    problem: RosterProblem
    passing: bool = False
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _List:
    """A list that is due, in plain values."""

    id: UUID
    resource_link_id: str
    due_at: datetime
    tries: int
    whole_at: datetime | None
    differences_url: str | None


class _OutOfTime(ServiceError):
    """The platform is too slow to be read to the end."""


def sync(context_id: UUID) -> dict[str, RosterProblem | None] | None:
    """Read the lists of a course that are due; safe to call at any time, from any number of workers at once.

    Returns what came of each, by resource link id (the empty one is the whole course), None when there was nothing to
    do or another worker does it.
    """
    held = rosters.claim(context_id, lease=LEASE)
    if held is None:
        return None
    try:
        return _read_due(held)
    except LeaseLost:
        log.warning("roster.lease_lost", context=str(context_id))
        return None
    finally:
        rosters.release(held)


def _read_due(held: Claim) -> dict[str, RosterProblem | None]:
    until = now() + LONGEST
    came: dict[str, RosterProblem | None] = {}
    with reading(), Session(db.engine) as session:
        due = list(_due(session, held.context_id))
    if held.members_url is None:
        with Session(db.engine) as session, session.begin():
            rosters.put_off(session, held.context_id)
        return came
    if held.groups_url is not None and any(one.resource_link_id == "" for one in due):
        _read_groups(held, until)
    failure: Failure | None = None
    for one in due:
        if came.get("") is None:  # where the course's own list cannot be read, those of its links are not asked for
            failure = _read(held, one, until)
        came[one.resource_link_id] = failure.problem if failure else None
        log.info(
            "roster.read",
            context=str(held.context_id),
            link=bool(one.resource_link_id),
            problem=failure.problem if failure else None,
        )
        if failure is not None:
            _fail(held, one, failure)
    return came


def _due(session: Session, context_id: UUID) -> Iterator[_List]:
    rows = session.scalars(
        select(Roster)
        .where(Roster.context_id == context_id, Roster.due_at <= now())
        .order_by(Roster.resource_link_id)  # the whole course first
    )
    for row in rows:
        assert row.due_at is not None
        yield _List(row.id, row.resource_link_id, row.due_at, row.tries, row.whole_at, row.differences_url)


def _connect(held: Claim, scope: str, until: datetime, *urls: str | None) -> Connector:
    def watch() -> None:
        if now() > until:
            raise _OutOfTime("too slow")

    return Connector(
        held.registration,
        scopes=(scope,),
        named_urls=urls,
        deployment_id=held.deployment_id,
        before_exchange=watch,
    )


def _read(held: Claim, one: _List, until: datetime) -> Failure | None:
    """Read one list; store what came, and what is to be known of it when it came whole."""
    assert held.members_url is not None
    connector = _connect(held, nrps.SCOPE, until, held.members_url)
    try:
        if one.differences_url and one.whole_at and now() - one.whole_at < WHOLE_EVERY:
            try:
                _take_differences(held, one, nrps.read_differences(connector, one.differences_url))
                return None
            except ServiceAnswer as error:
                if not 400 <= error.answer.status < 500 or error.answer.status in {401, 408, 425, 429}:
                    raise
                # The platform has forgotten what it told us last time.
        pages = nrps.read_members(connector, held.members_url, limit=PAGE, rlid=one.resource_link_id or None)
        return _take_whole(held, one, pages)
    except ServiceError as error:
        return failure_of(error)


def _take_whole(held: Claim, one: _List, pages: Iterator[MembershipPage]) -> Failure | None:
    with Session(db.engine) as session, session.begin():
        number = session.scalar(
            update(Roster).where(Roster.id == one.id).values(reading=Roster.reading + 1).returning(Roster.reading)
        )
    assert number is not None
    seen, differences = 0, None
    for page in pages:
        _store(held, one, page, number)
        seen += len(page.members)
        differences = page.differences or differences
    if not seen and one.whole_at is not None:
        # A course that was full is not empty overnight; a list that is says something about the platform.
        return Failure(RosterProblem.EMPTY)
    with Session(db.engine) as session, session.begin():
        rosters.keep(session, held)
        gone = memberships.remove_unseen(session, roster_id=one.id, reading=number)
        _finish(session, held, one, differences_url=differences, whole_at=now())
    if gone:
        log.info("roster.left", context=str(held.context_id), people=gone)
    return None


def _take_differences(held: Claim, one: _List, pages: Iterator[MembershipPage]) -> None:
    with reading(), Session(db.engine) as session:
        number = session.scalars(select(Roster.reading).where(Roster.id == one.id)).one()
    differences = one.differences_url  # asked again it tells these again, and more: good until there is a newer one
    for page in pages:
        _store(held, one, page, number)
        differences = page.differences or differences
    with Session(db.engine) as session, session.begin():
        rosters.keep(session, held)
        _finish(session, held, one, differences_url=differences)


def _store(held: Claim, one: _List, page: MembershipPage, number: int) -> None:
    if page.unreadable:
        log.warning("roster.unreadable_members", context=str(held.context_id), members=page.unreadable)
    with Session(db.engine) as session, session.begin():
        rosters.keep(session, held)
        memberships.store_members(
            session,
            page.members,
            roster_id=one.id,
            context_id=held.context_id,
            platform_id=held.platform_id,
            reading=number,
        )


def _finish(session: Session, held: Claim, one: _List, **values: object) -> None:
    """Write down that a list was read; whoever asked for it meanwhile gets it read once more."""
    learners = memberships.count_learners(session, one.id)
    values |= {"read_at": now(), "learners": learners, "problem": None, "tries": 0}
    session.execute(update(Roster).where(Roster.id == one.id).values(values))
    session.execute(update(Roster).where(Roster.id == one.id, Roster.due_at == one.due_at).values(due_at=None))
    in_groups = select(GroupMembership.group_id).where(GroupMembership.context_id == held.context_id).exists()
    session.execute(
        update(Roster)
        .where(Roster.id == held.roster_id, Roster.has_groups.is_(False), in_groups)
        .values(has_groups=True)
    )


def _fail(held: Claim, one: _List, failure: Failure) -> None:
    again: datetime | None = None
    if failure.passing and one.tries < len(PAUSES):
        again = now() + max(PAUSES[one.tries], failure.wait or timedelta())
    with Session(db.engine) as session, session.begin():
        rosters.keep(session, held)
        values = {"problem": failure.problem, "tries": one.tries + 1}
        session.execute(update(Roster).where(Roster.id == one.id).values(values))
        session.execute(update(Roster).where(Roster.id == one.id, Roster.due_at == one.due_at).values(due_at=again))


def _read_groups(held: Claim, until: datetime) -> None:
    """Read the names of the groups; without them ids are shown, so a failure holds up nothing."""
    assert held.groups_url is not None
    connector = _connect(held, groups.SCOPE, until, held.groups_url, held.group_sets_url)
    try:
        sets = {}
        if held.group_sets_url is not None:
            sets = {one.id: one for one in groups.list_group_sets(connector, held.group_sets_url, limit=PAGE)}
        found = {one.id: one for one in groups.list_groups(connector, held.groups_url, limit=PAGE)}
    except ServiceError as error:
        log.warning("roster.groups_not_read", context=str(held.context_id), problem=failure_of(error).problem)
        return
    rows = [
        {
            "group_id": group.id,
            "name": group.name,
            "set_names": [name for set_id in group.set_ids if set_id in sets and (name := sets[set_id].name)],
            "hidden": group.hidden,
        }
        for group in found.values()
    ]
    with Session(db.engine) as session, session.begin():
        rosters.keep(session, held)
        memberships.store_group_names(session, held.context_id, rows)


def failure_of(error: ServiceError) -> Failure:
    """Say what an error of a service means for a list."""
    match error:
        case ServiceUnreachable() | _OutOfTime():
            return Failure(RosterProblem.UNREACHABLE, passing=True)
        case TokenRefused(problem=TokenProblem.PASSING, answer=answer):
            return _patience(answer)
        case TokenRefused(problem=TokenProblem.SCOPE) | ScopeMissing():
            return Failure(RosterProblem.SCOPE)
        case TokenRefused():
            return Failure(RosterProblem.UNAUTHORISED)
        case PagingEndless():
            return Failure(RosterProblem.ENDLESS)
        case AddressRefused():
            return Failure(RosterProblem.FOREIGN)
        case ServiceAnswer(answer=answer):
            return _judge(answer)
        case _:
            return Failure(RosterProblem.REFUSED)


def _judge(answer: Answer) -> Failure:
    if answer.ok:
        return Failure(RosterProblem.UNREADABLE)
    if answer.status == 401:
        return Failure(RosterProblem.UNAUTHORISED)
    if answer.status >= 500 or answer.status in {408, 425, 429}:
        return _patience(answer)
    return Failure(RosterProblem.REFUSED)


def _patience(answer: Answer) -> Failure:
    return Failure(RosterProblem.UNREACHABLE, passing=True, wait=retry_after(answer.headers, now()))
