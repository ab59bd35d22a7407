"""Whom a mentor may see: those whom the launch named, where they came to the same link (Core §5.4.3)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lti_tool.learning.models import Attempt, Participation
from lti_tool.learning.roster import RosterEntry
from lti_tool.people.models import Identity


def mentees(
    session: Session,
    placement_id: UUID,
    *,
    platform_id: UUID,
    subjects: Collection[str],
    identity_id: UUID | None = None,
) -> list[RosterEntry]:
    """Return the learners of a placement whom a mentor accompanies, by name; in one query.

    Args:
        subjects: their ids in the platform, as the launch named them.
        identity_id: only this one of them.
    """
    query = (
        select(Identity, Participation, Attempt)
        .join(Participation, Participation.identity_id == Identity.id)
        .outerjoin(
            Attempt,
            and_(Attempt.participation_id == Participation.id, Attempt.number == Participation.attempts_started),
        )
        .where(
            Participation.placement_id == placement_id,
            Participation.preview.is_(False),
            Identity.test_user.is_(False),
            Identity.platform_id == platform_id,
            Identity.subject.in_(subjects),
        )
        .order_by(Identity.name, Identity.id)
    )
    if identity_id is not None:
        query = query.where(Identity.id == identity_id)
    return [RosterEntry(*row) for row in session.execute(query)]
