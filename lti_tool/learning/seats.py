"""A seat: one person at one placement. All that a learner's page needs to know first, in one query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from course_packs import CompiledPack
from lti_tool.catalog.releases import Packs
from lti_tool.learning.errors import NothingChosen
from lti_tool.learning.models import Attempt, Participation, Placement
from lti_tool.people.models import Identity


@dataclass(slots=True)
class Seat:
    """A person at a placement, with their latest attempt. ``pack`` is that attempt's release, or the placement's."""

    identity: Identity
    placement: Placement
    participation: Participation
    attempt: Attempt | None
    pack: CompiledPack
    school_id: UUID


def take_seat(
    session: Session, packs: Packs, *, placement_id: UUID, identity_id: UUID, school_id: UUID, preview: bool
) -> Seat:
    """Return the seat of a person; a teacher's seat is a preview.

    Raises:
        NothingChosen: no pack stands here yet.
    """
    newest = (
        select(Attempt.id)
        .where(Attempt.participation_id == Participation.id)
        .order_by(Attempt.number.desc())
        .limit(1)
        .correlate(Participation)
        .scalar_subquery()
    )
    row = session.execute(
        select(Identity, Placement, Participation, Attempt)
        .select_from(Identity)
        .join(Placement, Placement.id == placement_id)
        .outerjoin(
            Participation,
            and_(Participation.placement_id == Placement.id, Participation.identity_id == Identity.id),
        )
        .outerjoin(Attempt, Attempt.id == newest)
        .where(Identity.id == identity_id)
    ).one()
    identity, placement, attempt = row.Identity, row.Placement, row.Attempt
    participation: Participation | None = row.Participation  # an outer join: it may be missing
    release_id = attempt.release_id if attempt is not None else placement.release_id
    if release_id is None:
        raise NothingChosen
    if participation is None:  # somebody who only looks in; stored when they begin an attempt
        participation = Participation(
            placement_id=placement.id,
            identity_id=identity.id,
            preview=preview,
            attempts_started=0,
            attempts_finished=0,
        )
    return Seat(
        identity=identity,
        placement=placement,
        participation=participation,
        attempt=attempt,
        pack=packs.get(session, release_id),
        school_id=school_id,
    )


def earlier_seat(session: Session, packs: Packs, seat: Seat, attempt: Attempt) -> Seat:
    """Return the seat as it was for one of its earlier attempts, to be read only: with that attempt's release."""
    return replace(seat, attempt=attempt, pack=packs.get(session, attempt.release_id))
