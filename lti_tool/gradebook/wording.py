"""Where a grade stands, in words: a short line for the learner, a longer one for the teacher, a code to quote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext, to_user_timezone

from lti_tool.gradebook.models import Reason, ScoreState
from lti_tool.gradebook.outbox import LedgerEntry, ScoreView
from lti_tool.gradebook.outcome import Happened
from lti_tool.web.formats import format_datetime, format_number, format_time

# Numbers that people quote; they stay as they are for ever.
NUMBERS = {
    Reason.NOT_GRADABLE: 1,
    Reason.COLUMN_DELETED: 2,
    Reason.NO_COLUMN: 3,
    Reason.LOCKED: 4,
    Reason.FORBIDDEN: 5,
    Reason.REFUSED: 6,
    Reason.UNAUTHORISED: 7,
    Reason.TOKEN_ADDRESS: 8,
    Reason.SCOPE: 9,
    Reason.SILENT: 10,
}


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A line about a grade's way. ``tone``: "ok", "wait", "help" or "info"; ``status_url``: where to ask again."""

    tone: str
    text: str
    code: str | None = None
    status_url: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One line of the ledger, for people."""

    when: datetime
    what: str
    outcome: str


def delivery_line(
    view: ScoreView, *, now: datetime, teacher: bool = False, status_url: str | None = None
) -> DeliveryLine:
    """Say where a score stands, in the page's language and the school's zone.

    ``teacher``: the longer sentence, with what happened, what is safe and what to do.
    """
    match view.state:
        case ScoreState.QUEUED:
            return DeliveryLine("wait", _waiting(view, now, teacher), status_url=status_url)
        case ScoreState.DELIVERED:
            return DeliveryLine("ok", _delivered(view, now, teacher))
        case ScoreState.SUPERSEDED:
            return DeliveryLine("info", _("A later result took its place."))
        case ScoreState.NEWER_KEPT:
            return DeliveryLine("info", _newer_kept(view, teacher))
        case ScoreState.OVERRIDDEN:
            return DeliveryLine("info", _overridden(view, teacher))
        case ScoreState.MISSING:
            return DeliveryLine("help" if teacher else "info", _missing(teacher))
        case ScoreState.OLDER:
            return DeliveryLine("help" if teacher else "info", _older(view, teacher))
        case ScoreState.NEEDS_HELP:
            reason = view.reason or Reason.REFUSED
            text = _for_teacher(reason) if teacher else _for_learner(reason)
            if view.due_at is not None:
                next_try = _("Next try: %(time)s.", time=_when(view.due_at, now))
                text = f"{text} {next_try}"
            return DeliveryLine("help", text, help_code(reason, view.score_id))


def brief_line(view: ScoreView, *, now: datetime, status_url: str | None = None) -> DeliveryLine:
    """Say it in a few words, for a list: «в журнале с 12:03», «ждём журнал, попробуем в 12:10», «нужна помощь»."""
    match view.state:
        case ScoreState.QUEUED:
            text = _("on its way")
            if view.due_at is not None and view.due_at > now and view.tries:
                text = _("waiting for the gradebook, next try at %(time)s", time=_when(view.due_at, now))
            return DeliveryLine("wait", text, status_url=status_url)
        case ScoreState.DELIVERED:
            since = _when(view.delivered_at or view.created_at, now)
            return DeliveryLine("ok", _("in the gradebook since %(time)s", time=since))
        case ScoreState.SUPERSEDED:
            return DeliveryLine("info", _("replaced by a later result"))
        case ScoreState.NEWER_KEPT:
            return DeliveryLine("info", _("the gradebook holds a newer grade"))
        case ScoreState.OVERRIDDEN:
            return DeliveryLine("info", _("a grade set by hand stands there"))
        case ScoreState.MISSING:
            return DeliveryLine("help", _("is not in the gradebook any more"))
        case ScoreState.OLDER:
            return DeliveryLine("help", _("the gradebook shows an earlier grade of ours"))
        case ScoreState.NEEDS_HELP:
            return DeliveryLine("help", _("needs help"), help_code(view.reason or Reason.REFUSED, view.score_id))


def delivery_rows(entries: Iterable[LedgerEntry]) -> list[DeliveryRow]:
    """Put the ledger into words, in its order."""
    return [DeliveryRow(entry.at, _what(entry), _outcome(entry)) for entry in entries]


def help_code(reason: Reason, score_id: UUID) -> str:
    """Return the code to quote: what happened, and the end of the score's id, by which it is found."""
    return f"G-{NUMBERS[reason]:02}-{score_id.hex[-6:].upper()}"


def _(text: str, **variables: object) -> str:
    """Translate; under this name the texts are found for the catalogue."""
    return str(gettext(text, **variables))


def _waiting(view: ScoreView, now: datetime, teacher: bool) -> str:
    if view.due_at is None or view.due_at <= now or view.tries == 0:
        return _("The result is saved, the grade is on its way to the gradebook.")
    time = _when(view.due_at, now)
    if teacher:
        return _("The gradebook has not taken the grade yet. The result is safe; next try: %(time)s.", time=time)
    return _("The result is saved. We are waiting for the gradebook and try again at %(time)s.", time=time)


def _delivered(view: ScoreView, now: datetime, teacher: bool) -> str:
    if view.delivered_at is None:
        return _("The grade is in the gradebook.")
    time = _when(view.delivered_at, now)
    if not teacher or view.score_given is None:
        return _("In the gradebook since %(time)s.", time=time)
    if view.confirmed_at is None:
        return _("The gradebook took the grade at %(time)s; it did not show it for a check.", time=time)
    return _("In the gradebook since %(time)s, checked: the gradebook shows this grade.", time=time)


def _newer_kept(view: ScoreView, teacher: bool) -> str:
    if teacher and view.platform_score is not None:
        return _(
            "The gradebook holds a newer grade, %(grade)s; it stays. "
            "If ours should count, delete that one in the gradebook and send ours again.",
            grade=_grade(view.platform_score, view.platform_maximum),
        )
    return _("The gradebook holds a newer grade; it stays.")


def _overridden(view: ScoreView, teacher: bool) -> str:
    if teacher and view.platform_score is not None:
        return _(
            "The gradebook took the grade, but shows another: %(grade)s, set there by hand. "
            "It stays; if ours should count, lift the override in the gradebook.",
            grade=_grade(view.platform_score, view.platform_maximum),
        )
    return _("The gradebook shows the grade that a teacher set there.")


def _missing(teacher: bool) -> str:
    if teacher:
        return _(
            "The gradebook took the grade once, but does not show it now: it was deleted there, or the learner is not "
            "enrolled any more. The result is safe; if the grade should stand there, send it again."
        )
    return _("The result is safe. The gradebook does not show the grade now: tell the teacher.")


def _older(view: ScoreView, teacher: bool) -> str:
    if teacher and view.platform_score is not None:
        return _(
            "The gradebook shows an earlier grade of ours, %(grade)s. The result is safe; send the grade again.",
            grade=_grade(view.platform_score, view.platform_maximum),
        )
    return _("The result is safe. The gradebook shows an earlier grade: tell the teacher.")


def _for_learner(reason: Reason) -> str:
    if reason is Reason.SILENT:
        return _("The result is safe. The gradebook has been silent for more than a day; we keep trying.")
    return _("The result is safe. The grade has not reached the gradebook: show the code to the teacher.")


def _for_teacher(reason: Reason) -> str:
    words = {
        Reason.NOT_GRADABLE: _(
            "The gradebook has no such learner: not enrolled in the course, or enrolled as a teacher. "
            "The result is safe. Check the enrolment, then send the grade again."
        ),
        Reason.COLUMN_DELETED: _(
            "The gradebook's column for this activity is gone. The result is safe. "
            "Switch grading of the activity on again, open it once, then send the grade again."
        ),
        Reason.NO_COLUMN: _(
            "The activity has no column of its own in the gradebook. The result is safe. "
            "Let the activity accept grades, open it once, then send the grade again."
        ),
        Reason.LOCKED: _(
            "The grade is locked in the gradebook. The result is safe. "
            "Unlock the grade, and ours will arrive by itself."
        ),
        Reason.FORBIDDEN: _(
            "The platform does not let this tool write into the gradebook: the course may be closed. "
            "The result is safe. Ask the platform's administrator and tell them the code."
        ),
        Reason.REFUSED: _(
            "The gradebook refused the grade and did not say why. The result is safe. "
            "Send it again; if that does not help, tell the administrator the code."
        ),
        Reason.UNAUTHORISED: _(
            "The platform does not recognise this tool: its key or client id. The result is safe. "
            "Ask the platform's administrator to check the tool's settings; then the grade will arrive by itself."
        ),
        Reason.TOKEN_ADDRESS: _(
            "The platform's access point for tools does not answer as it should: perhaps the platform cannot reach "
            "this tool's public keys. The result is safe. Ask the platform's administrator to check the blocked hosts "
            "and allowed ports; then the grade will arrive by itself."
        ),
        Reason.SCOPE: _(
            "The platform does not allow this tool to write grades. The result is safe. "
            "Ask the administrator to allow grade exchange for the tool; then the grade will arrive by itself."
        ),
        Reason.SILENT: _(
            "The platform has not answered for more than a day. The result is safe, and we keep trying for thirty "
            "days. If the platform works for you, tell the administrator the code."
        ),
    }
    return words[reason]


def _what(entry: LedgerEntry) -> str:
    if entry.score_given is not None:
        return _("Grade %(grade)s", grade=_grade(entry.score_given, entry.score_maximum))
    words = {
        "Initialized": _("Message: not begun"),
        "Started": _("Message: started"),
        "InProgress": _("Message: at work"),
        "Submitted": _("Message: handed in"),
    }
    return words.get(entry.activity_progress, _("Message: finished"))


def _outcome(entry: LedgerEntry) -> str:
    words = {
        Happened.CONFIRMED: _("arrived, checked"),
        Happened.DELIVERED: _("arrived"),
        Happened.OVERRIDDEN: _("arrived, but another grade was set there by hand"),
        Happened.NEWER_KEPT: _("the gradebook kept its newer grade"),
        Happened.SEND_LATER: _("to be sent again with a later time"),
        Happened.FAILED: _("did not get through, to be tried again"),
        Happened.NEEDS_HELP: _("needs help"),
        Happened.COLUMN_FOUND: _("the column was replaced, to be sent to the new one"),
        Happened.FAULT: _("a fault of ours, to be tried again"),
    }
    said = " ".join(part for part in (str(entry.http_status or ""), entry.detail or "") if part)
    text = words[Happened(entry.outcome)]
    return f"{text} ({said})" if said and entry.http_status != 200 else text


def _grade(score: Decimal, maximum: Decimal | None) -> str:
    if maximum is None:
        return format_number(score)
    return _("%(score)s of %(maximum)s", score=format_number(score), maximum=format_number(maximum))


def _when(moment: datetime, now: datetime) -> str:
    """The time alone when it is today in the school's zone, else with the day."""
    same_day = to_user_timezone(moment).date() == to_user_timezone(now).date()
    return format_time(moment) if same_day else format_datetime(moment)
