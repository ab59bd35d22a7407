"""Invitations: a link for each school with which its LMS may register itself, once."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from lti_tool.clock import now
from lti_tool.lti.registration.errors import RegistrationError
from lti_tool.lti.states import hashed
from lti_tool.schools.models import Invitation, School


def invite(session: Session, school: School, *, days: int, trusted: bool) -> str:
    """Make an invitation; return the secret that stands in its link. The caller commits.

    A school has one open invitation at a time: an earlier one that was not used ends with this.
    """
    session.execute(
        update(Invitation)
        .where(Invitation.school_id == school.id, Invitation.used_at.is_(None))
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    secret = secrets.token_urlsafe(32)
    session.add(
        Invitation(school=school, token_hash=hashed(secret), expires_at=now() + timedelta(days=days), trusted=trusted)
    )
    session.flush()
    return secret


def find_school(session: Session, slug: str, title: str | None) -> School:
    """Return the school of a short name, made when it is new. The caller commits.

    Raises:
        LookupError: it is new and no title was given.
    """
    school = session.scalar(select(School).where(School.slug == slug))
    if school is None:
        if not title:
            raise LookupError(slug)
        school = School(slug=slug, title=title)
        session.add(school)
        session.flush()
    return school


def open_invitation(session: Session, secret: str) -> Invitation:
    """Return the invitation of a link that may still be used.

    Raises:
        RegistrationError: "invitation-unknown", "invitation-used", "invitation-expired".
    """
    found = session.scalar(
        select(Invitation).where(Invitation.token_hash == hashed(secret)).options(selectinload(Invitation.school))
    )
    if found is None:
        raise RegistrationError("invitation-unknown")
    require_open(found)
    return found


def require_open(invitation: Invitation) -> None:
    """Refuse an invitation that may not be used any more.

    Raises:
        RegistrationError: "invitation-used", "invitation-expired".
    """
    if invitation.used_at is not None:
        raise RegistrationError("invitation-used")
    if invitation.expires_at <= now():
        raise RegistrationError("invitation-expired")


def take(session: Session, invitation: Invitation) -> None:
    """Use an invitation: one UPDATE, so that of two registrations at once only one goes on. The caller commits.

    Raises:
        RegistrationError: "invitation-used".
    """
    taken = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise RegistrationError("invitation-used")


def give_back(session: Session, invitation: Invitation) -> None:
    """The registration did not come about: the invitation may be used again. The caller commits."""
    session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.platform_id.is_(None))
        .values(used_at=None)
        .execution_options(synchronize_session=False)
    )


def list_invitations(session: Session) -> list[Invitation]:
    """Return all invitations with their schools and platforms, newest first."""
    query = select(Invitation).options(selectinload(Invitation.school), selectinload(Invitation.platform))
    return list(session.scalars(query.order_by(Invitation.id.desc())))
