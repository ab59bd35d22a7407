"""The addresses of the connection check: for the administrator of a school, inside their LMS."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lti_tool.console import checks
from lti_tool.console.pages import CheckPage, check_page
from lti_tool.db import db
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.visits import Guest, open_to
from lti_tool.schools.models import Platform

blueprint = Blueprint("console", __name__, url_prefix="/v/<uuid:visit_id>/check", template_folder="templates")


@blueprint.get("/")
@open_to(Guest.ADMINISTRATOR)
def check(visit_id: UUID) -> str:
    """The last check, and the button for a new one."""
    return render_template("console/check.html", page=_page(visit_id))


@blueprint.post("/")
@open_to(Guest.ADMINISTRATOR)
def begin_check(visit_id: UUID) -> Response:
    """Ask for a check; one that is under way goes on."""
    run_id = checks.begin(
        db.session(),
        g.visit.platform_id,
        begun_by=checks.ADMINISTRATOR,
        placement_id=g.visit.placement_id,
        identity_id=g.visit.identity_id,
    )
    db.session.commit()
    if run_id is not None:
        checks.enqueue(g.visit.platform_id, run_id)
    return redirect(url_for("console.check", visit_id=visit_id), 303)


@blueprint.get("/steps")
@open_to(Guest.ADMINISTRATOR)
def check_steps(visit_id: UUID) -> str:
    """The steps so far; the page asks for them while the check is under way."""
    return render_template("console/_steps.html", page=_page(visit_id))


def _page(visit_id: UUID) -> CheckPage:
    session = db.session()
    platform = session.get(Platform, g.visit.platform_id)
    if platform is None:
        raise LaunchError("visit-ended")
    row = checks.last_check(session, platform.id)
    back_url = url_for("teaching.overview", visit_id=visit_id) if g.visit.teacher and g.visit.placement_id else None
    return check_page(platform, row, visit_id=visit_id, back_url=back_url)
