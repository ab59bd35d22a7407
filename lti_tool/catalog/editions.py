"""A newer edition of what stands at a link: what changed, in words, before a teacher takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from course_packs.format.change_words import change_line, marks_line
from course_packs.format.changes import compare
from lti_tool.catalog.models import PackRelease
from lti_tool.catalog.releases import ForeignPack, current_packs, find_release

MAX_LINES = 30


@dataclass(frozen=True, slots=True)
class EditionView:
    """How the edition that stands here is doing. ``number`` is None where there is no newer one.

    ``lines`` are the changes (``more``: how many are not told), ``marks_differ`` whether the same answers may earn
    another result, and ``marks`` that in words. ``withdrawn``: the one that stands here is offered no more.
    """

    withdrawn: bool
    number: int | None = None
    published_at: datetime | None = None
    lines: Sequence[str] = ()
    more: int = 0
    marks: str = ""
    marks_differ: bool = False
    take_url: str = ""


def newer_edition(session: Session, release: PackRelease, *, school_id: UUID) -> PackRelease | None:
    """Return the edition that a school may have instead of this one, if there is a newer one."""
    try:
        newest = find_release(session, release.pack_id, school_id=school_id)
    except ForeignPack:
        return None
    return newest if newest is not None and newest.number > release.number else None


def edition_view(
    session: Session, release: PackRelease, *, school_id: UUID, language: str, take_url: str
) -> EditionView | None:
    """Tell what a newer edition changes; None when the one that stands here is the newest and is offered."""
    withdrawn = release.withdrawn_at is not None
    newest = newer_edition(session, release, school_id=school_id)
    if newest is None:
        return EditionView(withdrawn) if withdrawn else None
    packs = current_packs()
    changes = compare(packs.get(session, release.id), packs.get(session, newest.id))
    lines = [change_line(change, language) for change in changes.changes]
    return EditionView(
        withdrawn,
        number=newest.number,
        published_at=newest.published_at,
        lines=lines[:MAX_LINES],
        more=max(len(lines) - MAX_LINES, 0),
        marks=marks_line(changes, language),
        marks_differ=changes.marks_may_differ,
        take_url=take_url,
    )
