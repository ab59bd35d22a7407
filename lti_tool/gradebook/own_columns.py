"""Columns that we make ourselves: what is wanted is written down first; a job finds or makes it, or takes it away.

The same thing is never made twice: before a column is made it is looked for by the marks it carries (``resourceId`` and
``tag``, AGS §3.2.3), so after a lost answer, a time-out or the copy of a course the column that is there is taken. One
that another activity of ours has taken is not looked at. Only what bears our marks is ever removed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager

from lti_tool.clock import now
from lti_tool.gradebook import nudges
from lti_tool.gradebook.models import ColumnState, LineItem, OutgoingScore, OwnColumn, Reason, ScoreState
from lti_tool.gradebook.nudges import Kind
from lti_tool.lti.services.ags import LINE_ITEM_SCOPE

WHOLE_TAG = "grade"
PART_TAG = "unit"
LABEL_LENGTH = 255


@dataclass(frozen=True, slots=True)
class OwnColumnView:
    """Where a column of our own stands. ``part`` "": that of the whole activity."""

    line_item_id: UUID
    part: str
    label: str
    state: ColumnState
    reason: Reason | None


def may_make(item: LineItem | None) -> bool:
    """Whether the platform lets us make columns where this one stands."""
    return item is not None and item.container_url is not None and LINE_ITEM_SCOPE in item.scopes


def want_whole(session: Session, item: LineItem, *, title: str, resource_id: str, maximum: Decimal) -> None:
    """Want a column for the whole activity, tied to its resource link; the caller commits.

    If the platform turns out to have one for the link, that one is taken and nothing is made.
    """
    _want(session, item, item, title=title, name="", maximum=maximum, marks=(resource_id, WHOLE_TAG))


def want_part(
    session: Session, beside: LineItem, *, part: str, title: str, name: str, resource_id: str, maximum: Decimal
) -> LineItem:
    """Want a column for a part of the activity; return the line item that its scores are put to. The caller commits.

    Wanting what stands already lets it be looked after: a column that was deleted is made again. It is not tied to the
    resource link: a launch names the link's column only as long as it has but one (AGS §3.1).
    """
    item = find_part(session, beside, part)
    if item is None:
        item = LineItem(
            deployment_id=beside.deployment_id,
            resource_link_id=beside.resource_link_id,
            part=part,
            container_url=beside.container_url,
            scopes=beside.scopes,
        )
        try:
            with session.begin_nested():
                session.add(item)
        except IntegrityError:  # somebody else was quicker
            found = find_part(session, beside, part)
            if found is None:
                raise
            item = found
    _want(session, beside, item, title=title, name=name, maximum=maximum, marks=(resource_id, PART_TAG))
    return item


def find_part(session: Session, beside: LineItem, part: str) -> LineItem | None:
    """Return the line item of a part of the activity whose own column is ``beside``."""
    return session.scalars(
        select(LineItem).where(
            LineItem.deployment_id == beside.deployment_id,
            LineItem.resource_link_id == beside.resource_link_id,
            LineItem.part == part,
        )
    ).one_or_none()


def release(session: Session, beside: LineItem, parts: Collection[str] | None = None) -> int:
    """Let the columns of parts go (None: of all parts), with the scores on their way to them; return how many.

    The caller commits. The scores that were delivered stay in our books.
    """
    columns = [
        one
        for one in _of_link(session, beside)
        if one.line_item.part and (parts is None or one.line_item.part in parts) and one.state != ColumnState.GONE
    ]
    moment = now()
    for one in columns:
        one.state, one.due_at, one.tries, one.reason = ColumnState.LEAVING, moment, 0, None
        nudges.after_commit(session, one.line_item_id, Kind.COLUMN)
    session.execute(
        update(OutgoingScore)
        .where(
            OutgoingScore.line_item_id.in_([one.line_item_id for one in columns]),
            OutgoingScore.state.in_([ScoreState.QUEUED, ScoreState.NEEDS_HELP]),
            OutgoingScore.lease_until.is_(None),
        )
        .values(state=ScoreState.SUPERSEDED, due_at=None)
        .execution_options(synchronize_session=False)
    )
    return len(columns)


def rename(session: Session, item: LineItem, title: str) -> None:
    """The activity has a new name: that of our columns follows, unless a teacher gave them another. One query."""
    for one in _of_link(session, item):
        if one.title != title and one.state in {ColumnState.ASKED, ColumnState.STANDING}:
            one.title, one.state, one.due_at, one.tries = title, ColumnState.ASKED, now(), 0
            nudges.after_commit(session, one.line_item_id, Kind.COLUMN)


def columns_of(session: Session, item: LineItem) -> list[OwnColumnView]:
    """Return our own columns of an activity that are not gone, in the order in which they were asked for."""
    return [
        OwnColumnView(
            line_item_id=one.line_item_id,
            part=one.line_item.part,
            label=label_of(one),
            state=ColumnState(one.state),
            reason=Reason(one.reason) if one.reason else None,
        )
        for one in _of_link(session, item)
        if one.state != ColumnState.GONE
    ]


def label_of(column: OwnColumn) -> str:
    """Return a column's label: the activity's name, and its part's; at most 255 characters."""
    label = " ".join((f"{column.title}: {column.name}" if column.name else column.title).split())
    return label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1] + "…"


def _want(
    session: Session,
    beside: LineItem,
    item: LineItem,
    *,
    title: str,
    name: str,
    maximum: Decimal,
    marks: tuple[str, str],
) -> None:
    column = session.get(OwnColumn, item.id)
    if column is None:
        column = OwnColumn(
            line_item_id=item.id,
            deployment_id=beside.deployment_id,
            title=title,
            name=name,
            score_maximum=maximum,
            resource_id=marks[0],
            tag=marks[1],
            coupled=item.id == beside.id,
        )
        session.add(column)
    elif column.state in {ColumnState.GONE, ColumnState.LEAVING}:
        column.title, column.name, column.score_maximum, column.resource_id = title, name, maximum, marks[0]
    column.state, column.due_at, column.tries, column.reason = ColumnState.ASKED, now(), 0, None
    session.flush()
    nudges.after_commit(session, item.id, Kind.COLUMN)


def _of_link(session: Session, item: LineItem) -> list[OwnColumn]:
    return list(
        session.scalars(
            select(OwnColumn)
            .join(OwnColumn.line_item)
            .options(contains_eager(OwnColumn.line_item))
            .where(LineItem.deployment_id == item.deployment_id, LineItem.resource_link_id == item.resource_link_id)
            .order_by(LineItem.id)
        )
    )


def due_columns(moment: datetime, limit: int, session: Session) -> list[UUID]:
    """Return columns that wait for work and that nobody has in hand, the longest due first."""
    free = OwnColumn.lease_until.is_(None) | (OwnColumn.lease_until <= moment)
    query = select(OwnColumn.line_item_id).where(OwnColumn.due_at <= moment, free)
    return list(session.scalars(query.order_by(OwnColumn.due_at).limit(limit)))
