"""Back to the platform that asked for a choice: with what was chosen, or with nothing (Deep Linking §4)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, g, render_template
from flask_babel import gettext as _

from lti_tool.db import db
from lti_tool.lti.deep_linking import ContentItem, signed_answer
from lti_tool.lti.launch import MessageType
from lti_tool.lti.pages import HandOverPage
from lti_tool.lti.registrations import origin
from lti_tool.lti.visits import Guest, open_to

blueprint = Blueprint("picking", __name__, url_prefix="/v/<uuid:visit_id>/picking", template_folder="templates")

RESOURCE_LINK = "ltiResourceLink"


@blueprint.get("/cancel")
@open_to(Guest.VISITOR)
def cancel(visit_id: UUID) -> str:
    """Go back with nothing; open to whoever came by such a request, also when they may not choose."""
    if not is_picking():
        abort(404)
    return hand_over([], problem="" if accepts_links() else _("Only links to activities can be added from here."))


def is_picking() -> bool:
    """Whether the present visit was opened to choose something for the platform."""
    return bool(g.visit.message == MessageType.DEEP_LINKING)


def accepts_links() -> bool:
    """Whether the platform takes the one kind of item that is offered here."""
    return RESOURCE_LINK in g.visit.extra["accept_types"]


def hand_over(items: Sequence[ContentItem], *, problem: str = "") -> str:
    """Return the page that posts the answer to the address in the platform's signed request, and to no other."""
    settings = g.visit.extra
    token = signed_answer(db.session(), g.registration, settings, items, problem=problem)
    g.form_origins = (origin(settings["return_url"]),)
    return render_template(
        "lti/auto_post.html", page=HandOverPage(action=settings["return_url"], fields={"JWT": token})
    )
