"""The mentor's addresses: the work of those whom the platform entrusts to them, to be read and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.catalog.releases import current_packs
from lti_tool.db import db
from lti_tool.learning.mentees import mentees
from lti_tool.learning.models import Placement
from lti_tool.learning.results import percent
from lti_tool.learning.roster import RosterEntry, attempts_of, finished_attempts
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.visits import Guest, open_to
from lti_tool.people.identities import shown_name
from lti_tool.teaching.pages import NoWorkPage, learner_page, state_label

blueprint = Blueprint("mentees", __name__, url_prefix="/v/<uuid:visit_id>/mentees", template_folder="templates")


@dataclass(frozen=True, slots=True)
class MenteeRow:
    """One of those whom a mentor accompanies."""

    name: str
    state: str
    state_label: str
    percent: int | None
    attempts: int
    last_seen: datetime
    url: str


@dataclass(frozen=True, slots=True)
class MenteesPage:
    """All of them, at one activity."""

    title: str
    mentees: Sequence[MenteeRow]


@blueprint.get("/")
@open_to(Guest.MENTOR)
def overview(visit_id: UUID) -> str:
    """Who of them is where."""
    placement = _placement()
    page = MenteesPage(
        title=placement.title or _("Those you accompany"),
        mentees=[_row(entry, visit_id) for entry in _mentees(placement)],
    )
    return render_template("teaching/mentees.html", page=page)


@blueprint.get("/<uuid:identity_id>")
@open_to(Guest.MENTOR)
def mentee(visit_id: UUID, identity_id: UUID) -> str:
    """The work of one of them: the latest attempt, or the one of a number (``?attempt=1``).

    What went to the gradebook is between the teacher and the platform.
    """
    placement = _placement()
    found = _mentees(placement, identity_id)
    if not found:
        abort(404)
    entry = found[0]
    attempts = attempts_of(db.session(), entry.participation.id)
    wanted = request.args.get("attempt", type=int)
    attempt = next((one for one in attempts if one.number == wanted), entry.attempt)
    release_id = attempt.release_id if attempt is not None else placement.release_id
    if release_id is None:
        abort(404)
    page = learner_page(
        db.session(),
        placement,
        entry,
        current_packs().get(db.session(), release_id),
        attempts=attempts,
        attempt=attempt,
        visit_id=visit_id,
        language=g.visit.language,
        own_url=partial(url_for, "mentees.mentee", visit_id=visit_id, identity_id=identity_id),
    )
    shown = replace(
        page,
        desk_url=url_for("mentees.overview", visit_id=visit_id),
        desk_label=_("Those you accompany"),
        delivery=None,
        resend_url=None,
        deliveries=(),
    )
    return render_template("teaching/learner.html", page=shown)


@blueprint.get("/review")
@open_to(Guest.MENTOR)
def review(visit_id: UUID) -> str | Response:
    """A submission review launch: to the attempt that the clicked grade of one of them speaks of."""
    placement = _placement()
    subject = g.visit.extra.get("for_user")
    if subject is None:
        return redirect(url_for("mentees.overview", visit_id=visit_id), 303)
    if subject not in g.visit.extra["mentees"]:
        raise LaunchError("not-allowed")
    entry = next((one for one in _mentees(placement) if one.identity.subject == subject), None)
    if entry is None:
        page = NoWorkPage(desk_url=url_for("mentees.overview", visit_id=visit_id), desk_label=_("Those you accompany"))
        return render_template("teaching/no_work.html", page=page)
    finished = finished_attempts(db.session(), entry.participation, entry.attempt)
    number = finished[0].number if finished else None
    address = url_for("mentees.mentee", visit_id=visit_id, identity_id=entry.identity.id, attempt=number)
    return redirect(address, 303)


def _placement() -> Placement:
    """The visit's placement: a mentor never looks beyond it."""
    placement = db.session.get(Placement, g.visit.placement_id) if g.visit.placement_id else None
    if placement is None:
        raise LaunchError("not-allowed")
    return placement


def _mentees(placement: Placement, identity_id: UUID | None = None) -> list[RosterEntry]:
    return mentees(
        db.session(),
        placement.id,
        platform_id=g.visit.platform_id,
        subjects=g.visit.extra["mentees"],
        identity_id=identity_id,
    )


def _row(entry: RosterEntry, visit_id: UUID) -> MenteeRow:
    return MenteeRow(
        name=shown_name(entry.identity),
        state=entry.state,
        state_label=state_label(entry.state),
        percent=percent(entry.participation.fraction) if entry.participation.fraction is not None else None,
        attempts=entry.participation.attempts_started,
        last_seen=entry.last_seen_at,
        url=url_for("mentees.mentee", visit_id=visit_id, identity_id=entry.identity.id),
    )
