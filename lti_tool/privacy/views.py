"""The address at which a person reads what is kept of them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, render_template

from lti_tool.config import current_settings
from lti_tool.db import db
from lti_tool.lti.visits import Guest, open_to
from lti_tool.privacy.pages import privacy_page

blueprint = Blueprint("privacy", __name__, template_folder="templates")


@blueprint.get("/v/<uuid:visit_id>/privacy")
@open_to(Guest.VISITOR)
def page(visit_id: UUID) -> str:
    """What is kept of the person of this visit, why, for how long, and whom to ask. A privacy launch opens it."""
    shown = privacy_page(db.session(), g.visit, hours=current_settings().visit_hours)
    return render_template("privacy/page.html", page=shown)
