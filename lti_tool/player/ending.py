"""Making the pages at the end: the question before it, and the result."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from course_packs import pick
from lti_tool.learning.attempts import Progress, attempts_left, door_of
from lti_tool.learning.models import Attempt
from lti_tool.learning.results import percent
from lti_tool.learning.seats import Seat
from lti_tool.learning.terms import Door
from lti_tool.learning.units import unit_cards
from lti_tool.player.course import attempt_view, delivery_of, result_view
from lti_tool.player.pages import AttemptLink, FinishPage, MistakeRow, ResultPage
from lti_tool.player.wording import kind_label, severity_label

SEVERITIES = ("critical", "major", "minor")


def finish_page(seat: Seat, progress: Progress, *, visit_id: UUID, language: str) -> FinishPage:
    """Make the page that asks whether to finish, and shows what has not been answered."""
    unanswered, under_way = [], []
    answered = total = 0
    for unit in seat.pack.units:
        for step in unit.steps:
            if step.task is None:
                continue
            total += 1
            label = _("%(unit)s: step %(number)d", unit=pick(unit.title, language), number=unit.steps.index(step) + 1)
            link = (label, url_for("player.step", visit_id=visit_id, unit_id=unit.id, step_id=step.id))
            if progress.is_under_way(step.task.id):
                under_way.append(link)
            if step.task.id in progress.answers:
                answered += 1
            elif link not in under_way:
                unanswered.append(link)
    return FinishPage(
        course_title=pick(seat.pack.title, language),
        course_url=url_for("player.course", visit_id=visit_id),
        unanswered=unanswered,
        under_way=under_way,
        answered=answered,
        total=total,
        post_url=url_for("player.finish", visit_id=visit_id),
    )


def result_page(
    session: Session, seat: Seat, progress: Progress, finished: Sequence[Attempt], *, visit_id: UUID, language: str
) -> ResultPage:
    """Make the page that tells how the seat's attempt ended. ``finished``: all that were, the newest first."""
    attempt = seat.attempt
    assert attempt is not None
    # Steps are shown of the newest attempt only.
    newest = attempt.number == seat.participation.attempts_started
    assert attempt.fraction is not None
    grading = seat.pack.grading
    result = result_view(attempt.fraction, grading)
    assert result is not None
    other = seat.participation.fraction is not None and seat.participation.fraction != attempt.fraction
    return ResultPage(
        course_title=pick(seat.pack.title, language),
        course_url=url_for("player.course", visit_id=visit_id),
        result=result,
        counted=result_view(seat.participation.fraction, grading) if other else None,
        units=unit_cards(
            seat.pack,
            progress,
            language,
            lambda unit: (
                url_for("player.step", visit_id=visit_id, unit_id=unit.id, step_id=unit.steps[0].id) if newest else ""
            ),
        ),
        mistakes=mistake_rows(progress, language),
        delivery=delivery_of(session, seat, visit_id),
        again_url=url_for("player.again", visit_id=visit_id)
        if newest and attempts_left(seat) != 0 and door_of(seat) is Door.OPEN
        else None,
        attempt=attempt_view(seat),
        attempts=_attempt_links(finished, attempt, visit_id) if len(finished) > 1 else [],
        finished_at=attempt.finished_at,
        pending=attempt.pending,
    )


def _attempt_links(finished: Sequence[Attempt], shown: Attempt, visit_id: UUID) -> list[AttemptLink]:
    return [
        AttemptLink(
            number=one.number,
            percent=percent(one.fraction or Decimal(0)),
            url=None if one is shown else url_for("player.result", visit_id=visit_id, attempt=one.number),
        )
        for one in finished
    ]


def mistake_rows(progress: Progress, language: str) -> list[MistakeRow]:
    """Return the mistakes of an attempt by severity and kind: their number and quality is a result of its own."""
    counted: Counter[tuple[str, str]] = Counter()
    notes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for answers in progress.answers.values():
        for answer in answers:
            for mistake in answer.mistakes:
                key = (mistake["severity"], mistake["kind"])
                counted[key] += 1
                note = pick(mistake["note"], language) if mistake["note"] else ""
                if note and note not in notes[key]:
                    notes[key].append(note)
    return [
        MistakeRow(
            kind=kind,
            kind_label=kind_label(kind),
            severity=severity,
            severity_label=severity_label(severity),
            count=counted[severity, kind],
            notes=notes[severity, kind],
        )
        for severity, kind in sorted(counted, key=lambda key: (SEVERITIES.index(key[0]), key[1]))
    ]
