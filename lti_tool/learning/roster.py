"""One learner at a placement: for the teacher's desk. All of them: :mod:`.listing`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from lti_tool.learning.models import Attempt, AttemptState, Participation
from lti_tool.people.models import Identity


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A learner at a placement, with their latest attempt."""

    identity: Identity
    participation: Participation
    attempt: Attempt | None

    @property
    def state(self) -> str:
        """ "new" (opened only), "active" (an attempt is under way) or "finished"."""
        if self.attempt is None:
            return "new"
        return str(self.attempt.state)

    @property
    def last_seen_at(self) -> datetime:
        """When the learner last did or opened something here."""
        opened = self.participation.last_seen_at
        return opened if self.attempt is None else max(opened, self.attempt.last_activity_at)


def find_learner(session: Session, placement_id: UUID, *, identity_id: UUID) -> RosterEntry | None:
    """Return one learner of a placement, or None: another placement's learners are nobody here."""
    row = session.execute(_entries(placement_id).where(Identity.id == identity_id)).one_or_none()
    return RosterEntry(*row) if row is not None else None


def _entries(placement_id: UUID) -> Select[Identity, Participation, Attempt]:
    return (
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
        )
    )


def find_by_subject(session: Session, placement_id: UUID, *, platform_id: UUID, subject: str) -> RosterEntry | None:
    """Return the learner that a platform's user is at a placement, or None when they never came to learn here."""
    row = session.execute(
        _entries(placement_id).where(Identity.platform_id == platform_id, Identity.subject == subject)
    ).one_or_none()
    return RosterEntry(*row) if row is not None else None


def attempts_of(session: Session, participation_id: UUID) -> list[Attempt]:
    """Return all attempts of a learner at a placement, first to last."""
    return list(
        session.scalars(select(Attempt).where(Attempt.participation_id == participation_id).order_by(Attempt.number))
    )


def finished_attempts(session: Session, participation: Participation, latest: Attempt | None) -> list[Attempt]:
    """Return the attempts that were finished, the newest first: a grade speaks of one of them.

    ``latest``: the newest of all; often it is the only one, and nothing has to be asked.
    """
    if not participation.attempts_finished:
        return []
    if participation.attempts_finished == 1 and latest is not None and latest.state == AttemptState.FINISHED:
        return [latest]
    return list(
        session.scalars(
            select(Attempt)
            .where(Attempt.participation_id == participation.id, Attempt.state == AttemptState.FINISHED)
            .order_by(Attempt.number.desc())
        )
    )
