"""The columns that launches name: remembered, so that a score sent hours later knows where to go."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.gradebook.models import LineItem, OutgoingScore, OwnColumn, Reason, ScoreState
from lti_tool.lti.services.ags import SCOPES, SCORE_SCOPE

# What a new address or a new permission may mend.
MENDED = (Reason.COLUMN_DELETED, Reason.NO_COLUMN, Reason.SCOPE, Reason.FORBIDDEN)


def remember(
    session: Session,
    *,
    deployment_id: UUID,
    resource_link_id: str,
    url: str | None,
    container_url: str | None,
    scopes: Collection[str],
    resource_id: str | None = None,
    known: LineItem | None = None,
) -> LineItem | None:
    """Remember the column that a verified launch named (AGS §3.1); the caller commits.

    Writes only when something changed. An empty ``url`` says nothing (Moodle sends one when there is more than the
    activity's own column): what an earlier launch named stays. ``known``: the row, when the caller has it. Returns
    None when the launch gives no way to a column, or no permission to write a score.
    """
    offered = sorted(SCOPES.intersection(scopes))
    if SCORE_SCOPE not in offered or not (url or container_url):
        return None
    item = known or _find(session, deployment_id, resource_link_id)
    if item is None:
        item = LineItem(deployment_id=deployment_id, resource_link_id=resource_link_id, scopes=[])
        try:
            with session.begin_nested():
                session.add(item)
        except IntegrityError:  # another launch of the same link was quicker
            found = _find(session, deployment_id, resource_link_id)
            if found is None:
                raise
            item = found
    held = (item.url, item.container_url, item.scopes, item.resource_id)
    named = (url or item.url, container_url or item.container_url, offered, resource_id or item.resource_id)
    if named != held:
        item.url, item.container_url, item.scopes, item.resource_id = named
        item.seen_at = now()
        if held[2]:  # not a row that was just made
            _follow(session, item)
            _try_again(session, item)
    return item


def _find(session: Session, deployment_id: UUID, resource_link_id: str) -> LineItem | None:
    return session.scalars(
        select(LineItem).where(
            LineItem.deployment_id == deployment_id, LineItem.resource_link_id == resource_link_id, LineItem.part == ""
        )
    ).one_or_none()


def _follow(session: Session, item: LineItem) -> None:
    """The columns of the activity's parts stand in the same container, under the same permissions."""
    session.execute(
        update(LineItem)
        .where(_same_link(item), LineItem.part != "")
        .values(container_url=item.container_url, scopes=item.scopes)
        .execution_options(synchronize_session=False)
    )


def _try_again(session: Session, item: LineItem) -> None:
    """Let scores flow that waited for a column or a permission, and columns be made; the sweeps take them up."""
    of_link = select(LineItem.id).where(_same_link(item))
    session.execute(
        update(OutgoingScore)
        .where(
            OutgoingScore.line_item_id.in_(of_link),
            OutgoingScore.state == ScoreState.NEEDS_HELP,
            OutgoingScore.reason.in_(MENDED),
        )
        .values(due_at=now())
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(OwnColumn)
        .where(OwnColumn.line_item_id.in_(of_link), OwnColumn.reason.in_(MENDED))
        .values(due_at=now())
        .execution_options(synchronize_session=False)
    )


def _same_link(item: LineItem) -> ColumnElement[bool]:
    return (LineItem.deployment_id == item.deployment_id) & (LineItem.resource_link_id == item.resource_link_id)
