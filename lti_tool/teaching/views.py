"""The teacher's addresses."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.catalog.releases import current_packs, newest_release
from lti_tool.db import db
from lti_tool.gradebook import outbox
from lti_tool.learning.models import Placement
from lti_tool.learning.roster import RosterEntry, find_by_subject, find_learner
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.visits import Guest, open_to
from lti_tool.teaching.pages import desk_page, learner_page, line_of, newest_grade

blueprint = Blueprint("teaching", __name__, url_prefix="/v/<uuid:visit_id>/desk", template_folder="templates")


@blueprint.get("/")
@open_to(Guest.TEACHER)
def overview(visit_id: UUID) -> str | Response:
    """Who is where, and where the grades are."""
    placement = _placement()
    if placement.release_id is None:
        return redirect(url_for("catalog.choose", visit_id=visit_id), 303)
    pack = current_packs().get(db.session(), placement.release_id)
    page = desk_page(db.session(), placement, pack, visit_id=visit_id, language=g.visit.language)
    return render_template("teaching/overview.html", page=page)


@blueprint.get("/learners/<uuid:identity_id>")
@open_to(Guest.TEACHER)
def learner(visit_id: UUID, identity_id: UUID) -> str:
    """One learner's work."""
    placement = _placement()
    entry = _entry(placement, identity_id)
    release_id = entry.attempt.release_id if entry.attempt is not None else placement.release_id
    if release_id is None:
        abort(404)
    pack = current_packs().get(db.session(), release_id)
    page = learner_page(db.session(), placement, entry, pack, visit_id=visit_id, language=g.visit.language)
    return render_template("teaching/learner.html", page=page)


@blueprint.post("/learners/<uuid:identity_id>/resend")
@open_to(Guest.TEACHER)
def resend(visit_id: UUID, identity_id: UUID) -> Response:
    """Send a learner's grade once more."""
    placement = _placement()
    entry = _entry(placement, identity_id)
    view = newest_grade(db.session(), placement, entry.identity.id)
    if view is not None:
        outbox.resend(db.session(), view.score_id)
    db.session.commit()
    return redirect(url_for("teaching.learner", visit_id=visit_id, identity_id=identity_id), 303)


@blueprint.get("/learners/<uuid:identity_id>/delivery")
@open_to(Guest.TEACHER)
def delivery(visit_id: UUID, identity_id: UUID) -> str | Response:
    """The line that says where a learner's grade is; pages ask for it while it is on its way."""
    placement = _placement()
    entry = _entry(placement, identity_id)
    grade = newest_grade(db.session(), placement, entry.identity.id)
    line = line_of(grade, visit_id, identity_id, brief="brief" in request.args)
    return render_template("web/_delivery.html", delivery=line) if line else Response(status=204)


@blueprint.post("/bind")
@open_to(Guest.TEACHER)
def bind(visit_id: UUID) -> Response:
    """Let a pack stand at this link. Attempts that were begun stay on what they were begun with."""
    release = newest_release(db.session(), request.form.get("pack", ""))
    if release is None:
        abort(400)
    _placement().release_id = release.id
    db.session.commit()
    return redirect(url_for("teaching.overview", visit_id=visit_id), 303)


@blueprint.get("/review")
@open_to(Guest.TEACHER)
def review(visit_id: UUID) -> Response:
    """A submission review launch: to the work of the person it names, or to everybody's."""
    placement = _placement()
    subject = g.visit.extra.get("for_user")
    identity_id = (
        find_by_subject(db.session(), placement.id, platform_id=g.visit.platform_id, subject=subject)
        if subject
        else None
    )
    if identity_id is None:
        return redirect(url_for("teaching.overview", visit_id=visit_id), 303)
    return redirect(url_for("teaching.learner", visit_id=visit_id, identity_id=identity_id), 303)


def _placement() -> Placement:
    """The visit's placement: a desk never looks beyond it."""
    placement = db.session.get(Placement, g.visit.placement_id) if g.visit.placement_id else None
    if placement is None:
        raise LaunchError("not-allowed")
    return placement


def _entry(placement: Placement, identity_id: UUID) -> RosterEntry:
    entry = find_learner(db.session(), placement.id, identity_id=identity_id)
    if entry is None:  # another course's, perhaps; which, is not said
        raise LaunchError("not-allowed")
    return entry
