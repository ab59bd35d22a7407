"""What is checked: a platform, and where in it a course, a roster and a person are known from verified launches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lti_tool.gradebook.models import LineItem
from lti_tool.learning.models import Placement
from lti_tool.lti.models import Visit
from lti_tool.lti.registrations import Registration
from lti_tool.lti.services.ags import SCOPES
from lti_tool.lti.services.nrps import SCOPE as ROSTER_SCOPE
from lti_tool.people.models import Identity, Roster
from lti_tool.schools.models import Context, Deployment, Platform, PlatformState
from lti_tool.schools.registrations import to_registration


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything a check sets out from. ``person``: whose id the test score carries; None when nobody is known."""

    registration: Registration
    state: PlatformState
    public_url: str
    deployments: int
    deployment_id: str | None
    last_launch: datetime | None
    ever_launched: bool
    container_url: str | None
    roster_url: str | None
    person: str | None
    left_container: str | None = None
    left_column: str | None = None

    @property
    def scopes(self) -> Collection[str]:
        """What a token is asked for: all that the tool can use."""
        return SCOPES | {ROSTER_SCOPE}


def subject_of(
    session: Session,
    platform: Platform,
    *,
    public_url: str,
    placement_id: UUID | None = None,
    identity_id: UUID | None = None,
) -> Subject:
    """Look up what is known of a platform: of one placement and person, or the newest of each. Only reads."""
    approved = session.scalars(
        select(Deployment).where(Deployment.platform_id == platform.id, Deployment.approved).order_by(Deployment.id)
    ).all()
    item = _line_item(session, platform.id, placement_id)
    deployment = next((one for one in approved if item is not None and one.id == item.deployment_id), None)
    if deployment is None and approved:
        deployment = approved[0]
    return Subject(
        registration=to_registration(platform),
        state=platform.state,
        public_url=public_url,
        deployments=len(approved),
        deployment_id=deployment.deployment_id if deployment is not None else None,
        last_launch=session.scalar(select(func.max(Visit.created_at)).where(Visit.platform_id == platform.id)),
        ever_launched=bool(session.scalar(select(exists().where(Identity.platform_id == platform.id)))),
        container_url=item.container_url if item is not None else None,
        roster_url=_roster_url(session, platform.id, item),
        person=_person(session, platform.id, identity_id),
    )


def _line_item(session: Session, platform_id: UUID, placement_id: UUID | None) -> LineItem | None:
    """Return a column's row that names a container: of the placement, else the one that was seen last."""
    named = (
        select(LineItem)
        .join(Deployment, Deployment.id == LineItem.deployment_id)
        .where(Deployment.platform_id == platform_id, Deployment.approved, LineItem.container_url.is_not(None))
        .order_by(LineItem.seen_at.desc())
        .limit(1)
    )
    if placement_id is not None:
        of_placement = named.join(Placement, Placement.line_item_id == LineItem.id).where(Placement.id == placement_id)
        found = session.scalars(of_placement).one_or_none()
        if found is not None:
            return found
    return session.scalars(named).one_or_none()


def _roster_url(session: Session, platform_id: UUID, item: LineItem | None) -> str | None:
    """Return where a list of members is: of the column's own course if it has one, else the one that was read last."""
    named = (
        select(Roster.members_url)
        .join(Context, Context.id == Roster.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Deployment.platform_id == platform_id, Deployment.approved, Roster.members_url.is_not(None))
        .order_by(Roster.read_at.is_(None), Roster.read_at.desc(), Roster.id.desc())
        .limit(1)
    )
    if item is not None:
        of_item = named.join(Placement, Placement.context_id == Context.id).where(Placement.line_item_id == item.id)
        found = session.scalar(of_item)
        if found is not None:
            return found
    return session.scalar(named)


def _person(session: Session, platform_id: UUID, identity_id: UUID | None) -> str | None:
    """Return the id of a teacher: the platform keeps no grade of theirs, so a test can touch none."""
    if identity_id is not None:
        who = select(Identity.subject).where(Identity.id == identity_id, Identity.platform_id == platform_id)
    else:
        who = (
            select(Identity.subject)
            .join(Visit, Visit.identity_id == Identity.id)
            .where(Visit.platform_id == platform_id, Visit.teacher, Visit.learner.is_(False))
            .order_by(Visit.created_at.desc())
            .limit(1)
        )
    return session.scalar(who)
