"""The terms of a placement as the desk tells them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from course_packs import CompiledPack
from lti_tool.catalog.pages import attempts_label
from lti_tool.learning.models import Placement
from lti_tool.learning.terms import Door, door


@dataclass(frozen=True, slots=True)
class TermsView:
    """Attempts in words, the dates that are set with their names, the badge of the door, and what could not be used."""

    attempts: str
    dates: Sequence[tuple[str, datetime]]
    door: str
    ignored: str | None
    edit_url: str


def terms_view(placement: Placement, pack: CompiledPack, *, edit_url: str) -> TermsView:
    """Tell the terms of a placement."""
    dates = (
        (_("opens"), placement.opens_at),
        (_("to be done by"), placement.due_at),
        (_("closes"), placement.closes_at),
    )
    return TermsView(
        attempts=attempts_label(
            pack.grading.attempts if placement.attempts_allowed is None else placement.attempts_allowed
        ),
        dates=[(name, moment) for name, moment in dates if moment is not None],
        door={Door.EARLY: _("opens later"), Door.CLOSED: _("closed"), Door.OPEN: ""}[door(placement)],
        ignored=ignored_line(placement.ignored),
        edit_url=edit_url,
    )


def ignored_line(names: Sequence[str]) -> str | None:
    """One line about settings of the activity that make no sense here, or cannot be followed any more."""
    if not names:
        return None
    if "pack" in names:
        return _(
            "The activity in the course names another pack now. Learners have begun this one, "
            "or there is no such pack, so this one stays."
        )
    return _("These settings of the activity could not be read and are not used: %(names)s.", names=", ".join(names))
