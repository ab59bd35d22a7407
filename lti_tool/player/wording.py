"""Words of the learner's pages that are not in a template."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _


def response_error(code: str, parameters: dict[str, Any]) -> str:
    """Say what is missing in an answer; no try was used up."""
    words = {
        "empty": _("There is no answer yet. Choose or write one; no try was used up."),
        "incomplete": _("Something is still open here. Fill in everything; no try was used up."),
        "not-a-number": _("This does not read as a number. Write it like 12.5; no try was used up."),
        "no-number": _(
            "“%(value)s” does not read as a number. Write it like 12.5; no try was used up.",
            value=parameters.get("value", ""),
        ),
        "unknown-unit": _("This unit is not among those of the task. Choose one; no try was used up."),
        "too-many": _("Only one answer can be chosen here; no try was used up."),
        "repeated-position": _("Two items have the same place. Give each its own; no try was used up."),
        "not-a-place": _("Places are numbers from 0 to 100, like 12.5; no try was used up."),
        "too-many-places": _("More is marked than the task asks for. Take something away; no try was used up."),
        "too-long": _("The answer is too long. Make it shorter; no try was used up."),
        "too-few-words": _(
            "Here are %(count)s words, at least %(limit)s are wanted. Write a little more; no try was used up.",
            count=parameters.get("count", ""),
            limit=parameters.get("limit", ""),
        ),
        "too-many-words": _(
            "Here are %(count)s words, at most %(limit)s are wanted. Make it shorter; no try was used up.",
            count=parameters.get("count", ""),
            limit=parameters.get("limit", ""),
        ),
        "stale-move": _(
            "This move was already made, perhaps in another window. Nothing is lost: here is how things stand now."
        ),
        "run-over": _("This is over already. Reload the page to see how it went; nothing is lost."),
        "no-reply": _("There is news that wants a reply. Choose one; the turn has not been made yet."),
        "not-now": _("One of the controls cannot be used now. Put it back; the turn has not been made yet."),
        "too-dear": _("There is not enough left for this. Choose something else; the turn has not been made yet."),
        "bad-setting": _(
            "One of the controls has no such position. Choose a mark of its scale; the turn has not been made yet."
        ),
    }
    return words.get(code, _("This answer could not be read. Reload the page and try again; no try was used up."))


def learning_error(reason: str) -> tuple[str, str, str]:
    """Return title, what happened, and what to do, for a :class:`~lti_tool.learning.errors.LearningError`."""
    words = {
        "attempts-used-up": (
            _("All attempts are used"),
            _("This activity allows no further attempt."),
            _("Your result stays as it is. If you need one more attempt, ask the teacher."),
        ),
        "closed": (
            _("This activity is closed"),
            _("The time the teacher has set for it is over, so answers are not taken any more."),
            _(
                "You can look through what you have done and finish the attempt. "
                "If you need more time, ask the teacher."
            ),
        ),
        "attempt-over": (
            _("This attempt is finished"),
            _("It was finished before this answer came, perhaps in another window."),
            _("Open the course to see your result."),
        ),
        "run-broken": (
            _("This run cannot be shown"),
            _("Its moves do not fit the task any more. They are kept."),
            _("Go on with the other tasks and tell the teacher the code below."),
        ),
        "tries-used-up": (
            _("This task is closed already"),
            _("It was answered, perhaps in another window."),
            _("Reload the page to see how it went."),
        ),
    }
    return words[reason]


def kind_label(kind: str) -> str:
    """A kind of mistake."""
    words = {
        "safety": _("Safety"),
        "quality": _("Quality"),
        "economy": _("Economy"),
        "time": _("Time"),
        "communication": _("Communication"),
        "knowledge": _("Knowledge"),
    }
    return words.get(kind, kind)


def assessor_label(role: str) -> str:
    """Who judged an answer."""
    words = {"teacher": _("the teacher"), "expert": _("an expert"), "peer": _("fellow learners")}
    return words[role]


def severity_label(severity: str) -> str:
    """How grave a mistake is."""
    words = {"minor": _("minor"), "major": _("serious"), "critical": _("critical")}
    return words.get(severity, severity)
