"""What the page of one learner shows, and how it is put together. The list of all: :mod:`.desk`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
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
from lti_tool.learning.attempts import Progress, load_progress
from lti_tool.learning.models import Attempt, Placement
from lti_tool.learning.results import percent
from lti_tool.learning.roster import RosterEntry
from lti_tool.learning.units import UnitCard, unit_cards
from lti_tool.people.identities import shown_name


@dataclass(frozen=True, slots=True)
class NoWorkPage:
    """A grade was clicked behind which there is no work here. ``desk_url`` None: the activity itself is not known."""

    desk_url: str | None
    desk_label: str


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
    mistakes: Sequence[str] = ()


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
    desk_label: str = ""  # where `desk_url` leads, when it is not to all learners


# Not what arrived and stands. What a teacher set by hand stays until they lift it there; then ours may be sent again.
MAY_BE_SENT_AGAIN = frozenset(ScoreState) - {ScoreState.DELIVERED, ScoreState.SUPERSEDED}
_PICTURE = re.compile(r"<img[^>]*>")


def state_label(state: str) -> str:
    """A learner's or an attempt's state, in words."""
    return {"absent": _("not opened yet"), "new": _("opened"), "active": _("at work"), "finished": _("finished")}[state]


def verdict_label(verdict: str) -> str:
    """A verdict in words."""
    words = {
        "correct": _("right"),
        "partial": _("partly right"),
        "wrong": _("wrong"),
        "noted": _("taken note of"),
        "pending": _("waits for you"),
    }
    return words[verdict]


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
    own_url: Callable[..., str] | None = None,
) -> LearnerPage:
    """Make the page of one learner. ``attempt`` is the one that is shown, ``pack`` its release.

    ``own_url``: the page's own address for a number of an attempt; on the teacher's desk unless it says otherwise.
    """
    progress = load_progress(session, attempt) if attempt is not None else Progress()
    own_url = own_url or partial(url_for, "teaching.learner", visit_id=visit_id, identity_id=entry.identity.id)
    view = newest_grade(session, placement, entry.identity.id)
    line = line_of(view, visit_id, entry.identity.id)
    return LearnerPage(
        name=shown_name(entry.identity),
        desk_url=url_for("teaching.overview", visit_id=visit_id),
        attempts=[
            _attempt_row(one, None if one is attempt else own_url(attempt=one.number)) for one in reversed(attempts)
        ],
        units=unit_cards(pack, progress, language, lambda unit: ""),
        answers=_answers(pack, progress, attempt.seed if attempt else 0, language),
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
    return grade_of(outbox.latest(session, placement.line_item_id, [identity_id]).get(identity_id))


def grade_of(view: ScoreView | None) -> ScoreView | None:
    """The way of a grade; a message of progress that goes the same way is not one."""
    return view if view is not None and view.score_given is not None else None


def _attempt_row(attempt: Attempt, url: str | None) -> AttemptRow:
    return AttemptRow(
        number=attempt.number,
        state_label=state_label(attempt.state),
        percent=percent(attempt.fraction) if attempt.fraction is not None else None,
        started_at=attempt.started_at,
        finished_at=attempt.finished_at,
        url=url,
    )


def _answers(pack: CompiledPack, progress: Progress, seed: int, language: str) -> list[AnswerRow]:
    rows = []
    for unit in pack.units:
        for task in unit.tasks:
            given = progress.answers.get(task.id)
            if not given:
                continue
            last = given[-1]
            task = tasks.concrete(task, seed)  # noqa: PLW2901
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
                    mistakes=[pick(one["note"], language) for one in last.mistakes if one["note"]],
                )
            )
    return rows
