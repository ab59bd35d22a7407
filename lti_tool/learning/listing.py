"""The learners of an activity as a teacher's list shows them: a page of it in one query, however many they are.

On it stand those who opened the activity and, where the course's list was read, those who never did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Subquery, and_, case, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from lti_tool.gradebook import outbox
from lti_tool.learning.models import Attempt, Participation, Placement
from lti_tool.people.memberships import is_learner
from lti_tool.people.models import CourseGroup, GroupMembership, Identity, Membership, MemberStatus

PAGE = 50


@dataclass(frozen=True, slots=True)
class ListedLearner:
    """A learner in the list. ``participation`` is None when they never opened the activity."""

    identity: Identity
    participation: Participation | None
    attempt: Attempt | None
    left: bool  # the course, since they opened the activity

    @property
    def state(self) -> str:
        """ "absent" (never opened), "new" (opened only), "active" (an attempt is under way) or "finished"."""
        if self.participation is None:
            return "absent"
        return str(self.attempt.state) if self.attempt is not None else "new"

    @property
    def last_seen_at(self) -> datetime | None:
        """When the learner last did or opened something here."""
        if self.participation is None:
            return None
        opened = self.participation.last_seen_at
        return opened if self.attempt is None else max(opened, self.attempt.last_activity_at)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list, and what is counted over all pages; who left the course is counted by ``left`` only.

    ``begun``: whether anybody at all, in whatever group, ever began an attempt.
    """

    learners: list[ListedLearner]
    page: int
    pages: int
    total: int = 0
    started: int = 0
    finished: int = 0
    left: int = 0
    help: int = 0
    begun: bool = False

    @property
    def first(self) -> int:
        """The number of the first learner of this page within the whole list."""
        return (self.page - 1) * PAGE + 1


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group that the list can be narrowed to. ``name`` is None where the platform tells ids only."""

    id: str
    name: str | None
    set_name: str | None


def list_learners(
    session: Session,
    placement: Placement,
    *,
    course_roster: UUID | None,
    shown_roster: UUID | None,
    group: str | None = None,
    page: int = 1,
) -> Listing:
    """Return a page of the learners at a placement: by name, those who left the course last.

    ``shown_roster``: the list on which those stand who may open the activity, None when none was read;
    ``course_roster``: the one that tells who left. Both are of the placement's own course. In the place of a page
    that is not there comes the first.
    """
    people = _people(placement, course_roster=course_roster, shown_roster=shown_roster, group=group)
    for number in dict.fromkeys((max(page, 1), 1)):
        rows = session.execute(_page(placement, people, number)).all()
        if rows:
            break
    if not rows:
        return Listing([], page=1, pages=1)
    counts = rows[0]
    everybody = counts.everybody
    return Listing(
        learners=[ListedLearner(row.Identity, row.Participation, row.Attempt, bool(row.gone)) for row in rows],
        page=number,
        pages=-(-everybody // PAGE),
        total=everybody - counts.left_course,
        started=counts.started,
        finished=counts.finished,
        left=counts.left_course,
        help=counts.help or 0,
        begun=bool(counts.begun),
    )


def groups_of_course(session: Session, context_id: UUID) -> list[GroupChoice]:
    """Return the groups of a course that anybody is in."""
    rows = session.execute(
        select(GroupMembership.group_id, CourseGroup.name, CourseGroup.set_names)
        .outerjoin(
            CourseGroup,
            and_(
                CourseGroup.context_id == GroupMembership.context_id, CourseGroup.group_id == GroupMembership.group_id
            ),
        )
        .where(GroupMembership.context_id == context_id)
        .group_by(GroupMembership.group_id, CourseGroup.name, CourseGroup.set_names)
    )
    found = [GroupChoice(group_id, name, (sets or [None])[0]) for group_id, name, sets in rows]
    return sorted(found, key=lambda one: (one.set_name or "", one.name or "", one.id))


def _people(
    placement: Placement, *, course_roster: UUID | None, shown_roster: UUID | None, group: str | None
) -> Subquery:
    """Who stands on the list, in narrow rows: only those of the page are looked at closely."""
    here = Participation.placement_id == placement.id
    opened = (
        select(
            Participation.identity_id,
            Participation.id.label("participation_id"),
            case((Participation.attempts_started > 0, 1), else_=0).label("started"),
            case((Participation.attempts_finished > 0, 1), else_=0).label("finished"),
            case((Membership.status != MemberStatus.ACTIVE, 1), else_=0).label("gone"),
        )
        .outerjoin(
            Membership,
            and_(Membership.identity_id == Participation.identity_id, Membership.roster_id == course_roster),
        )
        .where(here, Participation.preview.is_(False))
    )
    # Moodle lists an assistant as a learner and lets them in as a teacher: what they came as counts for more.
    teachers = (
        select(Participation.identity_id)
        .join(Placement, Placement.id == Participation.placement_id)
        .where(Placement.context_id == placement.context_id, Participation.taught)
    )
    never = (
        select(Membership.identity_id, null(), literal(0), literal(0), literal(0))
        .where(Membership.roster_id == shown_roster, *is_learner(), Membership.identity_id.not_in(teachers))
        .where(~select(Participation.id).where(here, Participation.identity_id == Membership.identity_id).exists())
    )
    people = (union_all(opened, never) if shown_roster is not None else opened).subquery("people")
    listed = (
        select(people, Identity.name)
        .join(Identity, Identity.id == people.c.identity_id)
        .where(Identity.test_user.is_(False))
    )
    if group is not None:
        listed = listed.join(
            GroupMembership,
            and_(
                GroupMembership.context_id == placement.context_id,
                GroupMembership.group_id == group,
                GroupMembership.identity_id == people.c.identity_id,
            ),
        )
    return listed.subquery("listed")


def _page(placement: Placement, listed: Subquery, number: int) -> Any:
    there = 1 - listed.c.gone
    shown = (
        select(
            listed,
            func.count().over().label("everybody"),
            func.sum(listed.c.gone).over().label("left_course"),
            func.sum(listed.c.started * there).over().label("started_here"),
            func.sum(listed.c.finished * there).over().label("finished_here"),
        )
        .order_by(listed.c.gone, listed.c.name.is_(None), listed.c.name, listed.c.identity_id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
        .subquery("shown")
    )
    return (
        select(
            Identity,
            Participation,
            Attempt,
            shown.c.gone,
            shown.c.everybody,
            shown.c.left_course,
            shown.c.started_here.label("started"),
            shown.c.finished_here.label("finished"),
            _begun(placement).label("begun"),
            _needing_help(placement).label("help"),
        )
        .select_from(shown)
        .join(Identity, Identity.id == shown.c.identity_id)
        .outerjoin(Participation, Participation.id == shown.c.participation_id)
        .outerjoin(
            Attempt,
            and_(Attempt.participation_id == Participation.id, Attempt.number == Participation.attempts_started),
        )
        .order_by(shown.c.gone, shown.c.name.is_(None), shown.c.name, shown.c.identity_id)
    )


def _begun(placement: Placement) -> Any:
    return (
        select(Participation.id)
        .where(
            Participation.placement_id == placement.id,
            Participation.preview.is_(False),
            Participation.attempts_started > 0,
        )
        .correlate(None)
        .exists()
    )


def _needing_help(placement: Placement) -> ScalarSelect[Any]:
    """How many grades of the column need a person's help."""
    return (
        outbox.needing_help(placement.line_item_id) if placement.line_item_id else select(literal(0)).scalar_subquery()
    )
