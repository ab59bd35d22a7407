"""Who takes part at a placement: a learner whose work counts, or somebody who only looks in."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.learning.models import Participation, Placement
from lti_tool.lti.roles import Roles
from lti_tool.people.models import Identity

SEEN_AGAIN_AFTER = timedelta(minutes=1)  # a reload is not a new coming; saves a write


def take_part(
    session: Session,
    placement: Placement,
    identity: Identity,
    known: Participation | None,
    roles: Roles,
    *,
    newcomer: bool,
    groups_told: str | None = None,
) -> None:
    """Remember that somebody came to a placement, and whether their work counts; the caller flushes.

    Whoever has taught in a course is no learner in it, though an LMS lets them switch to that role to have a look
    (Moodle sends their own ``sub`` with the role of a learner, and refuses a score for it). Persons without either role
    leave no row until they begin. ``newcomer``: the identity has just been made, so that nothing can be known of it.
    ``groups_told``: what the launch says of their groups, None when nothing.
    """
    if not roles.teaches and not roles.learns:
        return
    if known is None:
        taught = roles.teaches or (not newcomer and _has_taught(session, placement, identity))
        session.add(
            Participation(
                placement=placement, identity=identity, taught=taught, preview=taught, groups_told=groups_told
            )
        )
        return
    if groups_told is not None and groups_told != known.groups_told:
        known.groups_told = groups_told
    if roles.teaches:
        known.taught = True
    elif now() - known.last_seen_at > SEEN_AGAIN_AFTER:
        known.last_seen_at = now()
    if known.preview != known.taught:
        known.preview = known.taught


def _has_taught(session: Session, placement: Placement, identity: Identity) -> bool:
    """Whether the person came as a teacher to any place of the same course; asked at their first coming only."""
    if placement.context_id is None:
        return False
    found = session.scalar(
        select(Participation.id)
        .join(Placement, Placement.id == Participation.placement_id)
        .where(
            Placement.context_id == placement.context_id,
            Participation.identity_id == identity.id,
            Participation.taught,
        )
        .limit(1)
    )
    return found is not None
