"""Making the map of the course."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from flask import url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session

from course_packs import Grading, pick
from lti_tool.clock import now
from lti_tool.gradebook import outbox
from lti_tool.gradebook.wording import DeliveryLine, delivery_line
from lti_tool.learning.attempts import Progress, attempts_allowed, attempts_left, door_of
from lti_tool.learning.models import AttemptState
from lti_tool.learning.results import is_passed, percent
from lti_tool.learning.seats import Seat
from lti_tool.learning.terms import Door
from lti_tool.learning.units import percent_done, step_key, unit_cards
from lti_tool.player.pages import AttemptView, CoursePage, DeadlineView, EarlyPage, ResultView


def course_page(
    session: Session, seat: Seat, progress: Progress, *, visit_id: UUID, language: str, teacher: bool
) -> CoursePage:
    """Make the page from which everything begins and to which everything returns."""
    pack = seat.pack
    attempt = seat.attempt
    active = attempt is not None and attempt.state == AttemptState.ACTIVE
    cards = unit_cards(
        pack,
        progress,
        language,
        lambda unit: url_for("player.step", visit_id=visit_id, unit_id=unit.id, step_id=unit.steps[0].id),
    )
    label = "review" if attempt is not None and not active else "continue" if progress.steps or active else "start"
    left = attempts_left(seat)
    open_ = door_of(seat) is Door.OPEN
    if not open_ and active:
        label = "review"
    return CoursePage(
        title=pick(pack.title, language),
        summary=pick(pack.summary, language),
        minutes=pack.minutes,
        kind=pack.kind,
        language=language,
        percent_done=percent_done(pack, progress),
        units=cards,
        attempt=attempt_view(seat) if attempt is not None else None,
        continue_url=_onward(seat, progress, visit_id, open_) if active or attempt is None else cards[0].url,
        continue_label=label,
        finish_url=url_for("player.finish", visit_id=visit_id) if active and progress.steps else None,
        again_url=url_for("player.again", visit_id=visit_id)
        if attempt is not None and not active and left != 0 and open_
        else None,
        delivery=delivery_of(session, seat, visit_id),
        result=result_view(seat.participation.fraction, pack.grading),
        preview=seat.participation.preview,
        deadline=deadline_view(seat, finished=attempt is not None and not active, moment=now()),
        anonymous=seat.identity.anonymous,
        desk_url=url_for("teaching.overview", visit_id=visit_id) if teacher else None,
        privacy_url=url_for("privacy.page", visit_id=visit_id),
        pending=attempt.pending if attempt is not None else 0,
    )


def _onward(seat: Seat, progress: Progress, visit_id: UUID, open_: bool) -> str | None:
    """Where the main button leads; nowhere when nothing was begun and nothing can be any more."""
    return continue_address(seat, progress, visit_id) if open_ or seat.attempt is not None else None


def early_page(seat: Seat, language: str) -> EarlyPage:
    """Make the page for those who come before the activity opens."""
    opens_at = seat.placement.opens_at
    assert opens_at is not None, "only a date makes it early"
    return EarlyPage(
        title=pick(seat.pack.title, language), summary=pick(seat.pack.summary, language), opens_at=opens_at
    )


def deadline_view(seat: Seat, *, finished: bool, moment: datetime) -> DeadlineView | None:
    """Return what the learner should know of the dates; nothing when all is done or no date is near."""
    place = seat.placement
    if place.closes_at is not None and moment >= place.closes_at:
        return DeadlineView(state="closed", at=place.closes_at, left=None)
    date = place.due_at or place.closes_at
    if date is None or finished:
        return None
    if moment < date:
        state = "due" if place.due_at is not None else "closing"
        return DeadlineView(state=state, at=date, left=time_left(date - moment))
    return DeadlineView(state="overdue", at=date, left=None, closes_at=place.closes_at)


def time_left(span: timedelta) -> str:
    """A span in plain words, by its largest unit: days, hours or minutes, rounded down, at least a minute."""
    minutes = max(int(span.total_seconds() // 60), 1)
    if minutes >= 2 * 24 * 60:
        return ngettext("%(num)s day left", "%(num)s days left", minutes // (24 * 60))
    if minutes >= 2 * 60:
        return ngettext("%(num)s hour left", "%(num)s hours left", minutes // 60)
    return ngettext("%(num)s minute left", "%(num)s minutes left", minutes)


def continue_address(seat: Seat, progress: Progress, visit_id: UUID) -> str:
    """Where the learner goes on: where they were last, or the first step that is not done."""
    steps = [(unit, step) for unit in seat.pack.units for step in unit.steps]
    position = seat.attempt.position if seat.attempt is not None else None
    here = next((pair for pair in steps if step_key(*pair) == position), None)
    if here is None or step_key(*here) in progress.steps:
        after = steps[steps.index(here) + 1 :] if here else steps
        here = next((pair for pair in [*after, *steps] if step_key(*pair) not in progress.steps), steps[0])
    return url_for("player.step", visit_id=visit_id, unit_id=here[0].id, step_id=here[1].id)


def attempt_view(seat: Seat) -> AttemptView:
    """Return which attempt this is."""
    assert seat.attempt is not None
    return AttemptView(
        number=seat.attempt.number,
        allowed=attempts_allowed(seat),
        left=attempts_left(seat),
        state=seat.attempt.state,
    )


def result_view(fraction: Decimal | None, grading: Grading) -> ResultView | None:
    """Return a result for people to read, if there is one."""
    if fraction is None:
        return None
    return ResultView(percent=percent(fraction), passed=is_passed(fraction, grading), pass_mark=int(grading.pass_mark))


def delivery_of(session: Session, seat: Seat, visit_id: UUID) -> DeliveryLine | None:
    """Return where the learner's grade is on its way to the gradebook; None when there is no grade or no gradebook."""
    item_id = seat.placement.line_item_id
    if item_id is None or seat.participation.fraction is None or seat.participation.preview:
        return None
    view = outbox.latest(session, item_id, [seat.identity.id]).get(seat.identity.id)
    if view is None or view.score_given is None:
        return None
    return delivery_line(view, now=now(), status_url=url_for("player.delivery", visit_id=visit_id))
