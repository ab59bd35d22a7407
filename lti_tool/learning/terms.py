"""The terms of a placement: taken over from launches, and what they allow at a moment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.catalog.releases import ForeignPack, find_release
from lti_tool.catalog.terms import Terms, named, read_terms
from lti_tool.clock import now
from lti_tool.learning.models import Participation, Placement
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.launch import Launch, MessageType


class Door(StrEnum):
    """Whether a placement can be worked on."""

    EARLY = "early"
    OPEN = "open"
    CLOSED = "closed"


def terms_of(placement: Placement) -> Terms:
    """Return the terms of a placement."""
    return Terms(placement.attempts_allowed, placement.opens_at, placement.due_at, placement.closes_at)


def set_terms(placement: Placement, terms: Terms) -> None:
    """Set the terms of a placement; the caller commits."""
    placement.attempts_allowed = terms.attempts
    placement.opens_at, placement.due_at, placement.closes_at = terms.opens, terms.due, terms.closes


def door(placement: Placement, moment: datetime | None = None) -> Door:
    """Return whether a learner may begin and answer now: from the second of opening, up to that of closing."""
    moment = moment or now()
    if placement.opens_at is not None and moment < placement.opens_at:
        return Door.EARLY
    if placement.closes_at is not None and moment >= placement.closes_at:
        return Door.CLOSED
    return Door.OPEN


def follow_launch(session: Session, placement: Placement, launch: Launch) -> None:
    """Take over what a launch says of its placement, when it says something new: the pack, attempts, dates.

    Only what was changed since the last launch counts, so what a teacher has set at the desk holds until somebody
    edits the activity in the LMS. A pack that learners have begun is not exchanged under their hands.

    Raises:
        LaunchError: "foreign-pack", the link names a pack of another school (the id was typed by hand).
    """
    if launch.message is not MessageType.RESOURCE_LINK and placement.release_id is not None:
        return  # a review may carry parameters of its own
    said = named(launch.custom, launch.target)
    pack_id = said.get("pack")
    bound = True
    if pack_id is not None and (placement.release_id is None or pack_id != placement.named.get("pack")):
        bound = _bind(session, placement, pack_id, launch)
    if said == placement.named:
        return
    if pack_id is not None:
        terms, ignored = read_terms(said)
        set_terms(placement, terms)
        placement.ignored = [*([] if bound else ["pack"]), *ignored]
    placement.named = said


def _bind(session: Session, placement: Placement, pack_id: str, launch: Launch) -> bool:
    """Let the pack stand at the placement; return whether it does."""
    try:
        release = find_release(session, pack_id, school_id=launch.registration.school_id)
    except ForeignPack:
        raise LaunchError("foreign-pack") from None
    if release is None or (placement.release_id is not None and is_begun(session, placement)):
        return False
    placement.release_id = release.id
    return True


def is_begun(session: Session, placement: Placement) -> bool:
    """Whether a learner has begun what stands here."""
    return (
        session.scalar(
            select(Participation.id)
            .where(
                Participation.placement_id == placement.id,
                Participation.attempts_started > 0,
                Participation.preview.is_(False),
            )
            .limit(1)
        )
        is not None
    )
