"""From a verified launch to a place in the tool: who came, to which placement, and which page opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, aliased, joinedload

from lti_tool.db import new_id
from lti_tool.gradebook import line_items, own_columns
from lti_tool.gradebook.models import LineItem
from lti_tool.learning import copies
from lti_tool.learning.models import Participation, Placement
from lti_tool.learning.participants import take_part
from lti_tool.learning.results import send_earlier_results
from lti_tool.learning.terms import follow_launch
from lti_tool.lti.launch import Launch, MessageType
from lti_tool.lti.visits import Arrival
from lti_tool.people import memberships, rosters
from lti_tool.people.identities import add_identity, refresh_identity
from lti_tool.people.memberships import GROUPS_TOLD
from lti_tool.people.models import Identity, Roster
from lti_tool.people.rosters import KnownRoster
from lti_tool.schools import subscriptions
from lti_tool.schools.models import Context, Deployment

# The messages that are about one activity; the others are about the person, or about a course that is being built.
OPENS_A_PLACEMENT = frozenset({MessageType.RESOURCE_LINK, MessageType.SUBMISSION_REVIEW})


_LINK_ROSTER = aliased(Roster)
# Built once: putting it together costs as much as asking it.
_KNOWN = (
    select(
        Identity,
        Context,
        Placement,
        Participation,
        Roster.id,
        Roster.members_url,
        Roster.groups_url,
        Roster.group_sets_url,
        Roster.has_groups,
        Roster.asked_at,
        _LINK_ROSTER.asked_at,
    )
    .select_from(Deployment)
    .outerjoin(Identity, and_(Identity.platform_id == Deployment.platform_id, Identity.subject == bindparam("subject")))
    .outerjoin(Context, and_(Context.deployment_id == Deployment.id, Context.context_id == bindparam("context")))
    .outerjoin(
        Placement, and_(Placement.deployment_id == Deployment.id, Placement.resource_link_id == bindparam("link"))
    )
    .outerjoin(
        Participation, and_(Participation.placement_id == Placement.id, Participation.identity_id == Identity.id)
    )
    .outerjoin(Roster, and_(Roster.context_id == Context.id, Roster.resource_link_id == ""))
    .outerjoin(
        _LINK_ROSTER, and_(_LINK_ROSTER.context_id == Context.id, _LINK_ROSTER.resource_link_id == bindparam("link"))
    )
    .options(joinedload(Placement.line_item))
    .where(Deployment.id == bindparam("deployment"))
)


@dataclass(slots=True)
class _Known:
    """What the database already holds of a launch."""

    identity: Identity | None
    context: Context | None
    placement: Placement | None
    participation: Participation | None
    roster: KnownRoster | None
    link_roster_asked_at: datetime | None


def arrive(session: Session, launch: Launch, deployment_id: UUID) -> Arrival:
    """Find or make the rows that a launch speaks of; say which page opens. The caller commits.

    Raises:
        sqlalchemy.exc.IntegrityError: another launch made the same rows at the same moment. Roll back and ask again:
            now they are found. (A savepoint would spare the rolling back, and cost every launch two statements.)
    """
    known = _look_up(session, launch, deployment_id)
    identity = known.identity
    locale = launch.presentation.locale
    if identity is None:
        identity = add_identity(
            session,
            platform_id=launch.registration.id,
            # Without a subject (an anonymous launch) the person is somebody new each time.
            subject=launch.subject or f"anonymous-{new_id().hex}",
            name=launch.name,
            locale=locale,
            test_user=launch.roles.test_user,
            anonymous=launch.anonymous,
        )
    else:
        # Only an opened activity says for sure which roles somebody has.
        test_user = launch.roles.test_user if launch.message is MessageType.RESOURCE_LINK else None
        refresh_identity(identity, name=launch.name, locale=locale, test_user=test_user)
    placement = _placement(session, launch, deployment_id, known)
    if placement is not None and launch.link is not None and launch.message in OPENS_A_PLACEMENT:
        told = _groups_told(launch)
        former = known.participation.groups_told if known.participation is not None else None
        take_part(
            session,
            placement,
            identity,
            known.participation,
            launch.roles,
            newcomer=known.identity is None,
            groups_told=told,
        )
        session.flush()
        if placement.context_id is not None:
            news = told if told is not None and told != (former or "") else None
            _note_roster(session, launch, known, placement.context_id, identity, news=news)
    subscriptions.remember(session, launch, deployment_id)
    session.flush()
    return Arrival(
        deployment_id=deployment_id,
        identity_id=identity.id,
        placement_id=placement.id if placement else None,
        endpoint=_endpoint(launch, placement),
        extra=_extra(launch, placement),
    )


def _look_up(session: Session, launch: Launch, deployment_id: UUID) -> _Known:
    """Ask for everything at once: a launch is the most frequent thing that happens here."""
    row = session.execute(
        _KNOWN,
        {
            "deployment": deployment_id,
            "subject": launch.subject or "",
            "context": launch.context.id if launch.context else "",
            "link": launch.link.id if launch.link else "",
        },
    ).one()
    identity, context, placement, participation, *told = row
    roster_id, *roster, link_asked_at = told
    return _Known(
        identity=identity,
        context=context,
        placement=placement,
        participation=participation,
        roster=KnownRoster(roster_id, *roster) if roster_id is not None else None,
        link_roster_asked_at=link_asked_at,
    )


def _placement(session: Session, launch: Launch, deployment_id: UUID, known: _Known) -> Placement | None:
    """Where the launch leads: to its resource link, or to the column whose grade was clicked."""
    if launch.message not in OPENS_A_PLACEMENT:
        return known.placement
    if launch.link is not None:
        return _place(session, launch, deployment_id, known)
    if launch.ags is None or launch.ags.line_item is None:
        return None
    query = (
        select(Placement)
        .join(LineItem, LineItem.id == Placement.line_item_id)
        .where(Placement.deployment_id == deployment_id, LineItem.url == launch.ags.line_item)
    )
    if launch.context is not None:
        query = query.where(Placement.context_id == (known.context.id if known.context is not None else None))
    return session.scalar(query)


def _place(session: Session, launch: Launch, deployment_id: UUID, known: _Known) -> Placement:
    """The placement of the resource link; made at its first launch, bound when the launch names a pack."""
    assert launch.link is not None
    placement = known.placement
    if placement is None:
        context = known.context
        if context is None and launch.context is not None:
            context = Context(
                deployment_id=deployment_id,
                context_id=launch.context.id,
                label=launch.context.label,
                title=launch.context.title,
            )
            session.add(context)
            session.flush()
        placement = Placement(
            deployment_id=deployment_id,
            context_id=context.id if context else None,
            resource_link_id=launch.link.id,
            title=launch.link.title,
            named={},
            ignored=[],
        )
        copies.inherit(session, placement, launch, context)
        session.add(placement)
    elif launch.link.title and placement.title != launch.link.title:
        placement.title = launch.link.title
        if placement.line_item is not None:
            own_columns.rename(session, placement.line_item, launch.link.title)
    follow_launch(session, placement, launch)
    if launch.ags is not None:
        item = line_items.remember(
            session,
            known=placement.line_item,
            deployment_id=deployment_id,
            resource_link_id=launch.link.id,
            url=_own_column(launch, placement),
            container_url=launch.ags.line_items,
            scopes=launch.ags.scopes,
            resource_id=placement.named.get("pack"),
        )
        if item is not None and placement.line_item_id != item.id:
            placement.line_item_id = item.id
            session.flush()
            send_earlier_results(session, placement)
    return placement


def _note_roster(
    session: Session, launch: Launch, known: _Known, context_id: UUID, identity: Identity, *, news: str | None
) -> None:
    """Keep where the course's list is read, and let it be read when a teacher comes and it may have changed.

    ``news``: the person's groups, when the launch tells others than before. Most launches write nothing here, and none
    of them waits: the list is read by a job.
    """
    assert launch.link is not None
    if launch.subject is None or (known.context is not None and known.context.id != context_id):
        return  # nobody's launch, or the link stands in another course than it did: which list is meant is not clear
    roster = rosters.remember(session, launch, context_id=context_id, known=known.roster)
    if news is not None:
        roster = roster or rosters.ensure(session, context_id=context_id)
        in_group = memberships.store_groups_told(
            session, context_id=context_id, identity_id=identity.id, told=news, newcomer=known.identity is None
        )
        if in_group and not roster.has_groups:
            rosters.mark_groups(session, roster.id)
    if roster is None or roster.members_url is None or not launch.roles.teaches:
        return
    if rosters.stale(roster.asked_at) or rosters.stale(known.link_roster_asked_at):
        rosters.ask(session, context_id=context_id, resource_link_id=launch.link.id)


def _groups_told(launch: Launch) -> str | None:
    """What the launch tells of a learner's groups. Those that a teacher is in say nothing about whom they teach."""
    return None if launch.roles.teaches or launch.subject is None else launch.custom.get(GROUPS_TOLD)


def _own_column(launch: Launch, placement: Placement) -> str | None:
    """The activity's own column, if the launch names it: a review may have been begun from another of its columns."""
    assert launch.ags is not None
    known = placement.line_item
    if launch.message is MessageType.SUBMISSION_REVIEW and known is not None and known.url is not None:
        return known.url
    return launch.ags.line_item


def _endpoint(launch: Launch, placement: Placement | None) -> str:
    """Which page opens. Rights decide, not wishes: the page itself asks again."""
    if launch.message is MessageType.DEEP_LINKING:
        return "catalog.choose"
    if launch.message is MessageType.DATA_PRIVACY:
        return "privacy.page"
    if launch.message is MessageType.SUBMISSION_REVIEW:
        accompanies = bool(launch.mentees) and placement is not None and launch.link is not None
        if launch.roles.teaches:
            return "teaching.review"
        return "mentees.review" if accompanies and not launch.roles.learns else "player.review"
    if launch.roles.teaches:
        return "teaching.overview" if placement is not None and placement.release_id else "catalog.choose"
    if launch.mentees and placement is not None and not launch.roles.learns:
        return "mentees.overview"
    if launch.roles.administers and not launch.roles.learns:
        return "console.check"
    return "player.course"


def _extra(launch: Launch, placement: Placement | None) -> dict[str, Any]:
    """What only this kind of message brings along, and what only its page wants to know."""
    if launch.deep_linking is not None:
        settings = launch.deep_linking
        return {
            "return_url": settings.return_url,
            "accept_types": list(settings.accept_types),
            "accept_multiple": settings.accept_multiple,
            "accept_line_item": settings.accept_line_item,
            "targets": list(settings.accept_targets),
            "family": launch.family or launch.registration.family,
            "deployment_id": launch.deployment_id,
            "data": settings.data,
        }
    extra: dict[str, Any] = {"for_user": launch.for_user} if launch.for_user is not None else {}
    if launch.mentees and launch.link is not None:
        extra["mentees"] = sorted(launch.mentees)
    if placement is not None and placement.release_id is None and "pack" in placement.named:
        extra["missing"] = True  # the link names a pack that nobody has
    return extra
