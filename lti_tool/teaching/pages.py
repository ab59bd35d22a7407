"""What the teacher's pages show, and how it is put together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from course_packs import CompiledPack, pick, tasks
from lti_tool.clock import now
from lti_tool.gradebook import outbox
from lti_tool.gradebook.models import ScoreState
from lti_tool.gradebook.outbox import ScoreView
from lti_tool.gradebook.wording import DeliveryLine, DeliveryRow, brief_line, delivery_line, delivery_rows
from lti_tool.learning import copies
from lti_tool.learning.attempts import Progress, load_progress
from lti_tool.learning.models import Attempt, Placement
from lti_tool.learning.results import percent
from lti_tool.learning.roster import RosterEntry, roster
from lti_tool.learning.units import UnitCard, steps_total, unit_cards
from lti_tool.people.identities import shown_name
from lti_tool.teaching.terms import TermsView, terms_view


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """A learner in the list."""

    name: str
    state: str
    state_label: str
    percent: int | None
    steps_done: int
    steps_total: int
    attempts: int
    last_seen: datetime
    delivery: DeliveryLine | None
    url: str


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
class NoWorkPage:
    """A grade was clicked behind which there is no work here. ``desk_url`` None: the activity itself is not known."""

    desk_url: str | None


@dataclass(frozen=True, slots=True)
class DeskPage:
    """All learners of an activity."""

    title: str
    course_title: str
    learners: Sequence[LearnerRow]
    counts: Mapping[str, int]
    preview_url: str
    choose_url: str | None
    terms: TermsView
    copied: CopyLine | None
    now: datetime


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt in a learner's history; ``url`` is None for the one that is shown."""

    number: int
    state_label: str
    percent: int | None
    started_at: datetime
    finished_at: datetime | None
    url: str | None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A learner's last answer to a task."""

    unit_title: str
    prompt: Markup
    answer_text: str
    verdict: str
    verdict_label: str
    points: Decimal
    points_possible: Decimal
    tries: int
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class LearnerPage:
    """One learner's work, and the way of their grade."""

    name: str
    desk_url: str
    attempts: Sequence[AttemptRow]
    units: Sequence[UnitCard]
    answers: Sequence[AnswerRow]
    delivery: DeliveryLine | None
    resend_url: str | None
    deliveries: Sequence[DeliveryRow]


# Not what arrived and stands. What a teacher set by hand stays until they lift it there; then ours may be sent again.
MAY_BE_SENT_AGAIN = frozenset({ScoreState.QUEUED, ScoreState.NEEDS_HELP, ScoreState.OVERRIDDEN, ScoreState.NEWER_KEPT})
_PICTURE = re.compile(r"<img[^>]*>")


def state_label(state: str) -> str:
    """A learner's or an attempt's state, in words."""
    return {"new": _("opened"), "active": _("at work"), "finished": _("finished")}[state]


def verdict_label(verdict: str) -> str:
    """A verdict in words."""
    return {"correct": _("right"), "partial": _("partly right"), "wrong": _("wrong")}[verdict]


def desk_page(session: Session, placement: Placement, pack: CompiledPack, *, visit_id: UUID, language: str) -> DeskPage:
    """Make the list of learners: two queries however many they are."""
    entries = roster(session, placement.id)
    scores = (
        outbox.latest(session, placement.line_item_id, [entry.identity.id for entry in entries])
        if placement.line_item_id is not None
        else {}
    )
    moment = now()
    rows = []
    for entry in entries:
        view = _grade(scores.get(entry.identity.id))
        rows.append(
            LearnerRow(
                name=shown_name(entry.identity),
                state=entry.state,
                state_label=state_label(entry.state),
                percent=percent(entry.participation.fraction) if entry.participation.fraction is not None else None,
                steps_done=entry.attempt.steps_done if entry.attempt is not None else 0,
                steps_total=steps_total(pack),
                attempts=entry.participation.attempts_started,
                last_seen=entry.last_seen_at,
                delivery=line_of(view, visit_id, entry.identity.id, brief=True),
                url=url_for("teaching.learner", visit_id=visit_id, identity_id=entry.identity.id),
            )
        )
    return DeskPage(
        title=placement.title or pick(pack.title, language),
        course_title=pick(pack.title, language),
        learners=rows,
        counts={
            "learners": len(rows),
            "started": sum(row.state != "new" for row in rows),
            "finished": sum(entry.participation.fraction is not None for entry in entries),
            "help": sum(row.delivery is not None and row.delivery.tone == "help" for row in rows),
        },
        preview_url=url_for("player.course", visit_id=visit_id),
        copied=_copy_line(session, placement, pack, visit_id=visit_id, language=language),
        choose_url=None if any(row.state != "new" for row in rows) else url_for("catalog.choose", visit_id=visit_id),
        terms=terms_view(placement, pack),
        now=moment,
    )


def learner_page(
    session: Session,
    placement: Placement,
    entry: RosterEntry,
    pack: CompiledPack,
    *,
    attempts: Sequence[Attempt],
    attempt: Attempt | None,
    visit_id: UUID,
    language: str,
) -> LearnerPage:
    """Make the page of one learner. ``attempt`` is the one that is shown, ``pack`` its release."""
    progress = load_progress(session, attempt) if attempt is not None else Progress()
    own_url = partial(url_for, "teaching.learner", visit_id=visit_id, identity_id=entry.identity.id)
    view = newest_grade(session, placement, entry.identity.id)
    line = line_of(view, visit_id, entry.identity.id)
    return LearnerPage(
        name=shown_name(entry.identity),
        desk_url=url_for("teaching.overview", visit_id=visit_id),
        attempts=[
            _attempt_row(one, None if one is attempt else own_url(attempt=one.number)) for one in reversed(attempts)
        ],
        units=unit_cards(pack, progress, language, lambda unit: ""),
        answers=_answers(pack, progress, language),
        delivery=line,
        resend_url=(
            url_for("teaching.resend", visit_id=visit_id, identity_id=entry.identity.id)
            if view is not None and (view.state in MAY_BE_SENT_AGAIN)
            else None
        ),
        deliveries=delivery_rows(outbox.ledger(session, view.score_id)) if view is not None else [],
    )


def line_of(view: ScoreView | None, visit_id: UUID, identity_id: UUID, *, brief: bool = False) -> DeliveryLine | None:
    """Tell a teacher where a grade is, briefly in a list; pages ask again while it is on its way."""
    if view is None:
        return None
    if brief:
        address = url_for("teaching.delivery", visit_id=visit_id, identity_id=identity_id, brief=1)
        return brief_line(view, now=now(), status_url=address)
    address = url_for("teaching.delivery", visit_id=visit_id, identity_id=identity_id)
    return delivery_line(view, now=now(), teacher=True, status_url=address)


def newest_grade(session: Session, placement: Placement, identity_id: UUID) -> ScoreView | None:
    """Return where a learner's newest grade stands, if there is one."""
    if placement.line_item_id is None:
        return None
    return _grade(outbox.latest(session, placement.line_item_id, [identity_id]).get(identity_id))


def _grade(view: ScoreView | None) -> ScoreView | None:
    """The way of a grade; a message of progress that goes the same way is not one."""
    return view if view is not None and view.score_given is not None else None


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


def _attempt_row(attempt: Attempt, url: str | None) -> AttemptRow:
    return AttemptRow(
        number=attempt.number,
        state_label=state_label(attempt.state),
        percent=percent(attempt.fraction) if attempt.fraction is not None else None,
        started_at=attempt.started_at,
        finished_at=attempt.finished_at,
        url=url,
    )


def _answers(pack: CompiledPack, progress: Progress, language: str) -> list[AnswerRow]:
    rows = []
    for unit in pack.units:
        for task in unit.tasks:
            given = progress.answers.get(task.id)
            if not given:
                continue
            last = given[-1]
            rows.append(
                AnswerRow(
                    unit_title=pick(unit.title, language),
                    # Sanitised when the pack was compiled; a list of many answers shows no pictures.
                    prompt=Markup(_PICTURE.sub("", pick(task.prompt, language))),  # noqa: S704
                    answer_text=tasks.get_type(task.type).describe(task, last.response, language=language),
                    verdict=last.verdict,
                    verdict_label=verdict_label(last.verdict),
                    points=progress.points(task.id),
                    points_possible=task.points,
                    tries=len(given),
                    answered_at=last.answered_at,
                )
            )
    return rows
