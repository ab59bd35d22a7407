"""What the teacher's desk shows: who is where, who never came, who left; where the grades are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from course_packs import CompiledPack, pick
from lti_tool.clock import now
from lti_tool.gradebook import outbox
from lti_tool.gradebook.outbox import ScoreView
from lti_tool.gradebook.wording import DeliveryLine
from lti_tool.learning import copies
from lti_tool.learning.listing import GroupChoice, ListedLearner, groups_of_course, list_learners
from lti_tool.learning.models import Placement
from lti_tool.learning.results import percent
from lti_tool.learning.units import steps_total
from lti_tool.people.identities import shown_name
from lti_tool.people.rosters import ListsView, view_lists
from lti_tool.people.wording import ListLine, list_line
from lti_tool.teaching.pages import grade_of, line_of, state_label
from lti_tool.teaching.terms import TermsView, terms_view


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """A learner in the list. ``last_seen`` and ``url`` are None for those who never opened the activity."""

    name: str
    state: str
    state_label: str
    percent: int | None
    steps_done: int
    steps_total: int
    attempts: int
    last_seen: datetime | None
    delivery: DeliveryLine | None
    url: str | None


@dataclass(frozen=True, slots=True)
class CopyLine:
    """That the activity began as a copy, until a teacher has read it.

    ``course``: None when it is the same one. ``dated``: there are dates that should be looked at.
    """

    title: str
    course: str | None
    dated: bool
    read_url: str


@dataclass(frozen=True, slots=True)
class GroupOption:
    """A group to narrow the list to; ``set_name`` stands before it where groups come in sets."""

    id: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Pager:
    """Which part of the list is shown; addresses are None at its ends."""

    first: int
    last: int
    total: int
    previous_url: str | None
    next_url: str | None


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The learners of an activity. ``gone``: those of this page who left the course."""

    title: str
    course_title: str
    learners: Sequence[LearnerRow]
    gone: Sequence[LearnerRow]
    counts: Mapping[str, int]
    groups: Sequence[GroupOption]
    desk_url: str
    pager: Pager | None
    list_line: ListLine | None
    refresh_url: str | None
    preview_url: str
    gradebook_url: str
    choose_url: str | None
    terms: TermsView
    copied: CopyLine | None
    now: datetime


def desk_page(
    session: Session,
    placement: Placement,
    pack: CompiledPack,
    *,
    visit_id: UUID,
    language: str,
    group: str | None = None,
    page: int = 1,
) -> DeskPage:
    """Make a page of the list: four queries however many they are. ``group``: of those whose list is asked for."""
    lists = lists_of(session, placement)
    groups = groups_of_course(session, placement.context_id) if placement.context_id and lists.has_groups else []
    chosen = next((one.id for one in groups if one.id == group), None)
    listing = list_learners(
        session, placement, course_roster=lists.course_id, shown_roster=lists.shown_id, group=chosen, page=page
    )
    scores: dict[UUID, ScoreView] = {}
    opened = [one.identity.id for one in listing.learners if one.participation is not None]
    if placement.line_item_id is not None and opened:
        scores = outbox.latest(session, placement.line_item_id, opened)

    def row(one: ListedLearner) -> LearnerRow:
        return _row(one, grade_of(scores.get(one.identity.id)), steps=steps_total(pack), visit_id=visit_id)

    def address(number: int) -> str:
        return url_for("teaching.overview", visit_id=visit_id, page=number if number > 1 else None, group=chosen)

    last = listing.first + len(listing.learners) - 1
    return DeskPage(
        title=placement.title or pick(pack.title, language),
        course_title=pick(pack.title, language),
        learners=[row(one) for one in listing.learners if not one.left],
        gone=[row(one) for one in listing.learners if one.left],
        counts={
            "learners": listing.total,
            "started": listing.started,
            "finished": listing.finished,
            "left": listing.left,
            "help": listing.help,
        },
        groups=[_option(one, chosen) for one in groups],
        desk_url=url_for("teaching.overview", visit_id=visit_id),
        pager=Pager(
            first=listing.first,
            last=last,
            total=listing.total + listing.left,
            previous_url=address(listing.page - 1) if listing.page > 1 else None,
            next_url=address(listing.page + 1) if listing.page < listing.pages else None,
        )
        if listing.pages > 1
        else None,
        list_line=line_of_lists(lists, visit_id=visit_id) if placement.context_id else None,
        refresh_url=url_for("teaching.read_roster", visit_id=visit_id) if lists.offered else None,
        preview_url=url_for("player.course", visit_id=visit_id),
        gradebook_url=url_for("gradebook.overview", visit_id=visit_id),
        choose_url=None if listing.begun else url_for("catalog.choose", visit_id=visit_id),
        terms=terms_view(placement, pack, edit_url=url_for("teaching.terms", visit_id=visit_id)),
        copied=_copy_line(session, placement, pack, visit_id=visit_id, language=language),
        now=now(),
    )


def lists_of(session: Session, placement: Placement) -> ListsView:
    """Return how the lists stand that a placement's desk is made of."""
    if placement.context_id is None:
        return ListsView()
    return view_lists(session, context_id=placement.context_id, resource_link_id=placement.resource_link_id)


def line_of_lists(lists: ListsView, *, visit_id: UUID, asked_again: bool = False) -> ListLine:
    """Tell a teacher how the list of the course stands; pages ask again while it is on its way."""
    address = url_for("teaching.roster", visit_id=visit_id)
    return list_line(lists, now=now(), status_url=address, asked_again=asked_again)


def _row(one: ListedLearner, view: ScoreView | None, *, steps: int, visit_id: UUID) -> LearnerRow:
    part = one.participation
    return LearnerRow(
        name=shown_name(one.identity),
        state=one.state,
        state_label=state_label(one.state),
        percent=percent(part.fraction) if part is not None and part.fraction is not None else None,
        steps_done=one.attempt.steps_done if one.attempt is not None else 0,
        steps_total=steps,
        attempts=part.attempts_started if part is not None else 0,
        last_seen=one.last_seen_at,
        delivery=line_of(view, visit_id, one.identity.id, brief=True),
        url=url_for("teaching.learner", visit_id=visit_id, identity_id=one.identity.id) if part is not None else None,
    )


def _copy_line(
    session: Session, placement: Placement, pack: CompiledPack, *, visit_id: UUID, language: str
) -> CopyLine | None:
    found = copies.untold_source(session, placement)
    if found is None:
        return None
    source, course = found
    elsewhere = course is not None and course.id != placement.context_id
    return CopyLine(
        title=source.title or pick(pack.title, language),
        course=(course.title or course.label or course.context_id) if course is not None and elsewhere else None,
        dated=any((placement.opens_at, placement.due_at, placement.closes_at)),
        read_url=url_for("teaching.copied", visit_id=visit_id),
    )


def _option(one: GroupChoice, chosen: str | None) -> GroupOption:
    name = one.name or _("Group %(id)s", id=one.id)
    return GroupOption(one.id, f"{one.set_name} · {name}" if one.set_name else name, one.id == chosen)
