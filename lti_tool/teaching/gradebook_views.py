"""The teacher's addresses about the gradebook: columns, reading them back, sending again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from course_packs import CompiledPack
from lti_tool.catalog.releases import current_packs
from lti_tool.db import db
from lti_tool.gradebook import outbox, own_columns, reconciliation, standing
from lti_tool.learning import unit_columns
from lti_tool.learning.models import Placement
from lti_tool.learning.unit_results import send_unit_results
from lti_tool.lti.services.ags import RESULT_SCOPE
from lti_tool.lti.visits import Guest, open_to
from lti_tool.teaching.gradebook_page import gradebook_page, reading_line
from lti_tool.teaching.views import learner_here, placement_here

blueprint = Blueprint("gradebook", __name__, url_prefix="/v/<uuid:visit_id>/desk/gradebook")


@blueprint.get("/")
@open_to(Guest.TEACHER)
def overview(visit_id: UUID) -> str:
    """Columns, and what differs in them."""
    placement, pack = _placement()
    page = gradebook_page(db.session(), placement, pack, visit_id=visit_id, language=g.visit.language)
    return render_template("teaching/gradebook.html", page=page)


@blueprint.get("/reading")
@open_to(Guest.TEACHER)
def reading(visit_id: UUID) -> str | Response:
    """The line that says how the reading stands; the page asks for it while a teacher waits."""
    item = _placement()[0].line_item
    if item is None:
        return Response(status=204)
    columns = standing.columns(db.session(), item, read_scope=RESULT_SCOPE)
    line = reading_line(columns, standing.tally(db.session(), item), visit_id)
    return render_template("web/_delivery.html", delivery=line) if line else Response(status=204)


@blueprint.post("/compare")
@open_to(Guest.TEACHER)
def compare(visit_id: UUID) -> Response:
    """Read all columns of the activity back, by a job."""
    item = _placement()[0].line_item
    if item is not None:
        for one in standing.columns(db.session(), item, read_scope=RESULT_SCOPE):
            if one.can_be_read:
                reconciliation.ask(db.session(), one.line_item_id)
        db.session.commit()
    return _back(visit_id)


@blueprint.post("/column")
@open_to(Guest.TEACHER)
def make(visit_id: UUID) -> Response:
    """Find or make a column for the activity, by a job."""
    placement, pack = _placement()
    if own_columns.may_make(placement.line_item):
        unit_columns.want_own_column(db.session(), placement, pack, language=g.visit.language)
        db.session.commit()
    return _back(visit_id)


@blueprint.post("/units")
@open_to(Guest.TEACHER)
def units(visit_id: UUID) -> Response:
    """A column for each unit; wanting them again looks after them and makes those that are missing."""
    placement, pack = _placement()
    if not own_columns.may_make(placement.line_item):
        return _back(visit_id)
    if placement.unit_maximum is None:
        maximum = request.form.get("maximum", unit_columns.MAXIMUM, type=int)
        if not 1 <= maximum <= unit_columns.LARGEST:
            abort(400)
        placement.unit_maximum = maximum
        items = unit_columns.want_columns(db.session(), placement, pack, language=g.visit.language)
        send_unit_results(db.session(), placement, items)
    else:
        unit_columns.want_columns(db.session(), placement, pack, language=g.visit.language)
    db.session.commit()
    return _back(visit_id)


@blueprint.get("/units/off")
@open_to(Guest.TEACHER)
def units_off(visit_id: UUID) -> str:
    """Ask before columns are removed: the grades in them go with them."""
    addresses = {
        "back_url": url_for("gradebook.overview", visit_id=visit_id),
        "off_url": url_for("gradebook.remove_units", visit_id=visit_id),
    }
    return render_template("teaching/gradebook_off.html", page=addresses)


@blueprint.post("/units/off")
@open_to(Guest.TEACHER)
def remove_units(visit_id: UUID) -> Response:
    """Remove the columns of units: only what we made."""
    unit_columns.switch_off(db.session(), _placement()[0])
    db.session.commit()
    return _back(visit_id)


@blueprint.post("/learners/<uuid:identity_id>/resend")
@open_to(Guest.TEACHER)
def resend(visit_id: UUID, identity_id: UUID) -> Response:
    """Send a learner's grade once more, of the activity or of one of its units."""
    placement = _placement()[0]
    learner_here(placement, identity_id)
    item, part = placement.line_item, request.form.get("part", "")
    column = item if item is None or not part else own_columns.find_part(db.session(), item, part)
    if column is not None:
        view = outbox.latest(db.session(), column.id, [identity_id]).get(identity_id)
        if view is not None and view.score_given is not None:
            outbox.resend(db.session(), view.score_id)
            db.session.commit()
    return _back(visit_id)


def _placement() -> tuple[Placement, CompiledPack]:
    placement = placement_here()
    if placement.release_id is None:
        abort(404)
    return placement, current_packs().get(db.session(), placement.release_id)


def _back(visit_id: UUID) -> Response:
    return redirect(url_for("gradebook.overview", visit_id=visit_id), 303)
