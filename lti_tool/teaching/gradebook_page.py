"""What the teacher's page about the gradebook shows: columns, their reading back, what differs there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from course_packs import CompiledPack, pick
from lti_tool.gradebook import own_columns, standing
from lti_tool.gradebook.models import ColumnState, LineItem, Reason, ScoreState
from lti_tool.gradebook.standing import ColumnView, Difference, Tally
from lti_tool.gradebook.wording import DeliveryLine
from lti_tool.learning.models import Placement
from lti_tool.learning.unit_columns import LARGEST, MAXIMUM
from lti_tool.learning.unit_results import marked_units
from lti_tool.lti.services.ags import RESULT_SCOPE
from lti_tool.people.identities import shown_name
from lti_tool.web.formats import format_datetime, format_number


@dataclass(frozen=True, slots=True)
class UnitColumn:
    """A unit's column; ``line`` says where it stands."""

    title: str
    line: DeliveryLine


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A grade that stands otherwise in the gradebook. ``part`` None: of the whole activity."""

    name: str
    learner_url: str
    part: str | None
    ours: str
    theirs: str
    what: str
    resend_url: str | None
    part_id: str


@dataclass(frozen=True, slots=True)
class GradebookPage:
    """The page. Addresses are None where the deed is not possible now."""

    desk_url: str
    own_line: DeliveryLine
    make_url: str | None
    units: Sequence[UnitColumn]
    units_on: bool
    units_url: str | None
    off_url: str
    maximum: int
    largest: int
    reading: DeliveryLine | None
    compare_url: str | None
    differences: Sequence[DifferenceRow]
    more: bool  # there are more differences than shown
    here_url: str


def gradebook_page(
    session: Session, placement: Placement, pack: CompiledPack, *, visit_id: UUID, language: str
) -> GradebookPage:
    """Make the page: three queries however many learners there are."""
    item = placement.line_item
    columns = standing.columns(session, item, read_scope=RESULT_SCOPE) if item is not None else []
    tally = standing.tally(session, item) if item is not None else Tally(0, 0, 0)
    found = standing.differences(session, item) if item is not None and tally.different else []
    titles = {unit.id: pick(unit.title, language) for unit in pack.units}
    may_make = own_columns.may_make(item)
    own = next((one for one in columns if not one.part), None)
    return GradebookPage(
        desk_url=url_for("teaching.overview", visit_id=visit_id),
        own_line=_own_line(item, own),
        make_url=url_for("gradebook.make", visit_id=visit_id) if may_make and own and _can_be_made(own) else None,
        units=[UnitColumn(titles.get(one.part, one.label or one.part), _line(one)) for one in columns if one.part],
        units_on=placement.unit_maximum is not None,
        units_url=url_for("gradebook.units", visit_id=visit_id) if may_make and marked_units(pack) else None,
        off_url=url_for("gradebook.units_off", visit_id=visit_id),
        maximum=placement.unit_maximum or MAXIMUM,
        largest=LARGEST,
        reading=reading_line(columns, tally, visit_id),
        compare_url=(
            url_for("gradebook.compare", visit_id=visit_id) if any(one.can_be_read for one in columns) else None
        ),
        differences=[_difference(one, titles, visit_id) for one in found],
        more=len(found) == standing.LONGEST,
        here_url=url_for("gradebook.overview", visit_id=visit_id),
    )


def reading_line(columns: Sequence[ColumnView], tally: Tally, visit_id: UUID) -> DeliveryLine | None:
    """Say when the columns were read back and what was found; pages ask again while a teacher waits for it."""
    readable = [one for one in columns if one.can_be_read]
    if not readable:
        return None
    unread = next((one.unread for one in readable if one.unread), None)
    if unread is not None:
        return DeliveryLine("help", _unread(unread))
    if any(one.asked_at for one in readable):
        address = url_for("gradebook.reading", visit_id=visit_id)
        return DeliveryLine("wait", _("The gradebook is being read …"), status_url=address)
    read = [one.read_at for one in readable if one.read_at is not None]
    if not read:
        return DeliveryLine("info", _("The gradebook has not been read back yet."))
    when = format_datetime(min(read))
    if tally.different:
        different = _(
            "%(same)s as we sent them, %(different)s otherwise.", same=tally.confirmed, different=tally.different
        )
        return DeliveryLine("help", _("Compared on %(time)s.", time=when) + " " + different)
    same = _("All grades stand as we sent them: %(same)s.", same=tally.confirmed)
    return DeliveryLine("ok", _("Compared on %(time)s.", time=when) + " " + same)


def _own_line(item: LineItem | None, own: ColumnView | None) -> DeliveryLine:
    if item is None or own is None:
        return DeliveryLine(
            "help",
            _(
                "The platform did not offer to take grades of this activity. Results are kept here. Ask the platform's "
                "administrator to allow grade exchange for the tool, then open the activity once."
            ),
        )
    if own.own is not None:
        return _line(own)
    if own.known:
        return DeliveryLine("ok", _("Grades of the activity go to its own column."))
    return DeliveryLine(
        "info",
        _("The platform has named no column for this activity: perhaps it takes no grades. Results are kept here."),
    )


def _can_be_made(own: ColumnView) -> bool:
    return (own.own is None and not own.known) or own.reason is not None


def _line(column: ColumnView) -> DeliveryLine:
    """Say where a column of our own stands."""
    if column.reason is not None:
        return DeliveryLine("help", _column_needs(column.reason))
    match column.own:
        case ColumnState.ASKED if not column.known:
            return DeliveryLine("wait", _("is being made …"))
        case ColumnState.LEAVING:
            return DeliveryLine("wait", _("is being removed …"))
        case ColumnState.GONE:
            return DeliveryLine("info", _("was removed"))
        case _:
            return DeliveryLine("ok", _("stands in the gradebook"))


def _column_needs(reason: Reason) -> str:
    words = {
        Reason.SCOPE: _("The platform does not let this tool make or remove columns: ask its administrator."),
        Reason.FORBIDDEN: _("The platform does not let this tool change its gradebook: the course may be closed."),
        Reason.UNAUTHORISED: _("The platform does not recognise this tool: ask its administrator."),
        Reason.TOKEN_ADDRESS: _("The platform does not recognise this tool: ask its administrator."),
    }
    return words.get(reason) or _(
        "The platform refused this; nothing is lost. Try once more, or ask its administrator."
    )


def _unread(reason: Reason) -> str:
    words = {
        Reason.NO_COLUMN: _("There is no column yet that could be read."),
        Reason.COLUMN_DELETED: _("The column is gone from the gradebook."),
        Reason.SCOPE: _("The platform does not let this tool read grades: ask its administrator."),
    }
    return words.get(reason) or _("The gradebook could not be read. Results are safe here; try again later.")


def _difference(one: Difference, titles: dict[str, str], visit_id: UUID) -> DifferenceRow:
    return DifferenceRow(
        name=shown_name(one.identity),
        learner_url=url_for("teaching.learner", visit_id=visit_id, identity_id=one.identity.id),
        part=titles.get(one.part, one.part) if one.part else None,
        ours=_of(one.score_given, one.score_maximum),
        theirs=_of(one.platform_score, one.platform_maximum) if one.platform_score is not None else "—",
        what=_what(one),
        resend_url=url_for("gradebook.resend", visit_id=visit_id, identity_id=one.identity.id),
        part_id=one.part,
    )


def _what(one: Difference) -> str:
    words = {
        ScoreState.OVERRIDDEN: _("A grade set by hand; it stays. Lift it in the gradebook before you send ours."),
        ScoreState.NEWER_KEPT: _("A newer grade of the gradebook; it stays. Delete it there before you send ours."),
        ScoreState.MISSING: _("The gradebook does not show our grade any more."),
        ScoreState.OLDER: _("An earlier grade of ours."),
    }
    return words.get(one.state) or _("Not enrolled in the course, or not as a learner.")


def _of(score: Decimal, maximum: Decimal | None) -> str:
    if maximum is None:
        return str(format_number(score))
    return _("%(score)s of %(maximum)s", score=format_number(score), maximum=format_number(maximum))
