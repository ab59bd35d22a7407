"""Courses and activities that the LMS copied: the copy begins with the settings of what it was copied from.

A copy has ids of its own and nobody's work. What it came from is told by the platform in one of three ways: a history
of the resource link, a history of the course (``$ResourceLink.id.history``, ``$Context.id.history``, Core §D), or a
notice sent when the course was copied (Platform Notification Service, ``LtiContextCopyNotice``). Only places of the
same deployment are ever looked at: another one may use the same ids for something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from lti_tool.catalog.models import PackRelease
from lti_tool.catalog.terms import named
from lti_tool.clock import now
from lti_tool.learning.models import ContextOrigin, Placement
from lti_tool.learning.terms import set_terms, terms_of
from lti_tool.lti.launch import Launch
from lti_tool.schools.models import Context

log = structlog.get_logger()


def inherit(session: Session, placement: Placement, launch: Launch, context: Context | None) -> Placement | None:
    """Give a placement that was just made the settings of the one it is a copy of; return that one, if it is a copy.

    Asks the database one to four questions, at the first launch of a resource link only. Attempts and columns stay
    where they are: the copy has its own.
    """
    pack = named(launch.custom, launch.target).get("pack")
    source = _by_link(session, placement, launch) or _by_course(session, placement, launch, context, pack)
    if source is None or (pack is not None and _pack_of(source) not in {pack, None}):
        return None
    placement.copied_from_id = source.id
    placement.release_id = source.release_id
    placement.unit_maximum = source.unit_maximum
    set_terms(placement, terms_of(source))
    # What launches of the original said: where the copy's say the same, what a teacher set at its desk holds here too.
    placement.named, placement.ignored = dict(source.named), list(source.ignored)
    log.info("placement.copied", source=str(source.id), same_course=source.context_id == placement.context_id)
    return source


def prepare(session: Session, *, deployment_id: UUID, context_id: str, origins: Sequence[str]) -> int:
    """Remember what a course was copied from, before anybody opens the copy; return how many of them we know.

    ``origins``: the platform's ids, the nearest first. One that was itself a copy nobody has opened yet is replaced by
    what *it* was copied from. Saying it again changes nothing.
    """
    rows = session.execute(
        select(Context.context_id, Context.id).where(
            Context.deployment_id == deployment_id, Context.context_id.in_(origins)
        )
    )
    known = {row.context_id: row.id for row in rows}
    found: list[UUID] = []
    for origin in origins:
        if origin in known:
            found.append(known[origin])
        found += _origins(session, deployment_id, origin)
    session.execute(
        delete(ContextOrigin).where(
            ContextOrigin.deployment_id == deployment_id, ContextOrigin.context_id == context_id
        )
    )
    nearest_first = list(dict.fromkeys(found))
    session.add_all(
        ContextOrigin(deployment_id=deployment_id, context_id=context_id, origin_id=one, position=position)
        for position, one in enumerate(nearest_first)
    )
    return len(nearest_first)


def tell(placement: Placement) -> None:
    """A teacher has read that the placement is a copy; it is not said again. The caller commits."""
    if placement.copied_from_id is not None and placement.copy_told_at is None:
        placement.copy_told_at = now()


def untold_source(session: Session, placement: Placement) -> tuple[Placement, Context | None] | None:
    """Return what a placement was copied from, with its course, as long as no teacher has read it."""
    if placement.copied_from_id is None or placement.copy_told_at is not None:
        return None
    row = session.execute(
        select(Placement, Context)
        .outerjoin(Context, Context.id == Placement.context_id)
        .where(Placement.id == placement.copied_from_id)
    ).one()
    return row.Placement, row.Context


def _by_link(session: Session, placement: Placement, launch: Launch) -> Placement | None:
    """The nearest ancestor of the resource link, where the platform tells them."""
    history = launch.link.history if launch.link is not None else ()
    if not history:
        return None
    found = session.scalars(
        select(Placement)
        .options(joinedload(Placement.release))
        .where(Placement.deployment_id == placement.deployment_id, Placement.resource_link_id.in_(history))
    ).all()
    return min(found, key=lambda one: history.index(one.resource_link_id), default=None)


def _by_course(
    session: Session, placement: Placement, launch: Launch, context: Context | None, pack: str | None
) -> Placement | None:
    """The placement of the same pack in the course itself, or in the nearest course that it was copied from."""
    if context is None:
        return None
    ancestors = _ancestors(session, context, launch)
    candidates = _placements(session, [context.id, *ancestors])
    of_course = {one: [item for item in candidates if item.context_id == one] for one in (context.id, *ancestors)}
    title = placement.title or ""
    # A link with no pack of its own (it was chosen at the desk) is recognised by its title, in another course only.
    same = {one: [item for item in items if pack is None or _pack_of(item) == pack] for one, items in of_course.items()}
    for ancestor in ancestors:
        titled = [one for one in same[ancestor] if title and one.title == title]
        if titled:
            return titled[0]
    if pack is None:
        return None
    duplicated = [one for one in same[context.id] if _is_duplicate(title, one.title or "")]
    if duplicated:
        return max(duplicated, key=lambda one: (len(one.title or ""), one.id))
    for ancestor in ancestors:
        if len(same[ancestor]) == 1:
            return same[ancestor][0]
    return None


def _ancestors(session: Session, context: Context, launch: Launch) -> list[UUID]:
    """The courses we know that a course was copied from, the nearest first."""
    history = launch.context.history if launch.context is not None else ()
    if not history:
        return _origins(session, context.deployment_id, context.context_id)
    found = session.execute(
        select(Context.context_id, Context.id).where(
            Context.deployment_id == context.deployment_id,
            Context.context_id.in_(history),
            Context.id != context.id,
        )
    ).all()
    return [row.id for row in sorted(found, key=lambda row: history.index(row.context_id))]


def _origins(session: Session, deployment_id: UUID, context_id: str) -> list[UUID]:
    return list(
        session.scalars(
            select(ContextOrigin.origin_id)
            .where(ContextOrigin.deployment_id == deployment_id, ContextOrigin.context_id == context_id)
            .order_by(ContextOrigin.position)
        )
    )


def _placements(session: Session, context_ids: Sequence[UUID]) -> list[Placement]:
    """The placements of courses on which something stands, the newest first."""
    if not context_ids:
        return []
    return list(
        session.scalars(
            select(Placement)
            .join(PackRelease, PackRelease.id == Placement.release_id)
            .options(joinedload(Placement.release))
            .where(Placement.context_id.in_(context_ids))
            .order_by(Placement.id.desc())
        )
    )


def _is_duplicate(title: str, original: str) -> bool:
    """Whether a title is another one with something behind it, as LMSs name a duplicate: «Урок 1», «Урок 1 (копия)».

    In one course, two activities with the same pack may simply be two activities.
    """
    rest = title.removeprefix(original)
    return bool(original) and title.startswith(original) and not rest[:1].isalnum()


def _pack_of(placement: Placement) -> str | None:
    return placement.release.pack_id if placement.release is not None else None
