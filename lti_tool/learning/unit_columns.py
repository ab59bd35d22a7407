"""A column in the gradebook for each unit: switched on and off by a teacher."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from course_packs import CompiledPack, Unit, pick
from lti_tool.gradebook import own_columns
from lti_tool.gradebook.models import LineItem
from lti_tool.learning.models import Placement

MAXIMUM = 100  # unless the teacher says otherwise
LARGEST = 1000


def want_columns(session: Session, placement: Placement, pack: CompiledPack, *, language: str) -> dict[str, LineItem]:
    """Want a column for each unit with something to mark; return their line items by unit. The caller commits.

    Columns of units that the pack does not have are let go. Wanting what stands lets it be looked after.
    """
    if placement.unit_maximum is None or placement.line_item is None:
        return {}
    items = {
        unit.id: want_column(session, placement, pack, unit, language=language)
        for unit in pack.units
        if unit.points > 0
    }
    standing = {one.part for one in own_columns.columns_of(session, placement.line_item) if one.part}
    if strange := standing - items.keys():
        own_columns.release(session, placement.line_item, strange)
    return items


def want_column(session: Session, placement: Placement, pack: CompiledPack, unit: Unit, *, language: str) -> LineItem:
    """Want the column of one unit; the caller commits."""
    assert placement.line_item is not None, "columns stand beside the activity's own"
    assert placement.unit_maximum is not None, "the teacher wants them"
    return own_columns.want_part(
        session,
        placement.line_item,
        part=unit.id,
        title=placement.title or pick(pack.title, language),
        name=pick(unit.title, language),
        resource_id=f"{pack.id}/{unit.id}",
        maximum=Decimal(placement.unit_maximum),
    )


def want_own_column(session: Session, placement: Placement, pack: CompiledPack, *, language: str) -> None:
    """Want a column for the whole activity, where the LMS made none; the caller commits."""
    assert placement.line_item is not None, "the launch named where columns stand"
    own_columns.want_whole(
        session,
        placement.line_item,
        title=placement.title or pick(pack.title, language),
        resource_id=pack.id,
        maximum=Decimal(MAXIMUM),
    )


def switch_off(session: Session, placement: Placement) -> int:
    """Let the columns of units go; return how many there were. The caller commits."""
    placement.unit_maximum = None
    return own_columns.release(session, placement.line_item) if placement.line_item is not None else 0
