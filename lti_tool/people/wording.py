"""How the list of a course stands, in words for its teacher, with a code to quote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, ngettext, to_user_timezone

from lti_tool.people.models import RosterProblem
from lti_tool.people.rosters import ListsView
from lti_tool.web.formats import format_datetime, format_time

# Numbers that people quote; they stay as they are for ever.
NUMBERS = {
    RosterProblem.UNREACHABLE: 1,
    RosterProblem.REFUSED: 2,
    RosterProblem.UNAUTHORISED: 3,
    RosterProblem.SCOPE: 4,
    RosterProblem.UNREADABLE: 5,
    RosterProblem.ENDLESS: 6,
    RosterProblem.FOREIGN: 7,
    RosterProblem.EMPTY: 8,
}


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line about a list. ``tone``: "ok", "wait", "help" or "info"; ``status_url``: where to ask again."""

    tone: str
    text: str
    code: str | None = None
    status_url: str | None = None


def list_line(view: ListsView, *, now: datetime, status_url: str, asked_again: bool = False) -> ListLine:
    """Say how a list stands, in the page's language and the school's zone.

    ``asked_again``: the page that asks shows the list as it was; once it was read, that page is to be opened anew.
    """
    if not view.offered:
        return ListLine(
            "info", _("The learning platform gives no list of the course: here are those who opened the activity.")
        )
    if view.being_read:
        return ListLine("wait", _("The list of the course is on its way."), status_url=status_url)
    if view.problem is not None:
        parts = [_problem(view.problem)]
        if view.read_at is not None:
            parts.append(_("Here is the list of %(time)s.", time=_when(view.read_at, now)))
        if view.next_try_at is not None:
            parts.append(_("Next try: %(time)s.", time=_when(view.next_try_at, now)))
        return ListLine("help", " ".join(parts), code(view.problem))
    if view.read_at is None:
        return ListLine("info", _("The list of the course has not been read yet."))
    time = _when(view.read_at, now)
    if asked_again:
        return ListLine("ok", _("The list was read at %(time)s. Open the page again to see it.", time=time))
    return ListLine(
        "ok",
        ngettext(
            "%(num)s learner in the list of the course, read at %(time)s.",
            "%(num)s learners in the list of the course, read at %(time)s.",
            view.learners,
            time=time,
        ),
    )


def code(problem: RosterProblem) -> str:
    """Return the code to quote."""
    return f"N-{NUMBERS[problem]:02}"


def _(text: str, **variables: object) -> str:
    """Translate; under this name the texts are found for the catalogue."""
    return str(gettext(text, **variables))


def _problem(problem: RosterProblem) -> str:
    words = {
        RosterProblem.UNREACHABLE: _("The learning platform does not answer, so the list could not be read."),
        RosterProblem.REFUSED: _(
            "The learning platform does not give out the list of this course. "
            "Ask its administrator to share names and roles with this tool."
        ),
        RosterProblem.UNAUTHORISED: _(
            "The learning platform does not recognise this tool: its key or client id. "
            "Ask its administrator to check the tool's settings."
        ),
        RosterProblem.SCOPE: _(
            "The learning platform does not allow this tool to read lists. "
            "Ask its administrator to switch on “Names and roles” for the tool."
        ),
        RosterProblem.UNREADABLE: _("What the learning platform sent is no list. Tell its administrator the code."),
        RosterProblem.ENDLESS: _("The list has no end: its pages lead in a circle. Tell the administrator the code."),
        RosterProblem.FOREIGN: _(
            "The list leads to another server, and we did not go there. Tell the administrator the code."
        ),
        RosterProblem.EMPTY: _(
            "The learning platform sent an empty list, so we kept the former one. If the course really is empty, "
            "there is nothing to do."
        ),
    }
    return words[problem]


def _when(moment: datetime, now: datetime) -> str:
    """The time alone when it is today in the school's zone, else with the day."""
    same_day = to_user_timezone(moment).date() == to_user_timezone(now).date()
    return format_time(moment) if same_day else format_datetime(moment)
