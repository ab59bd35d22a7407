"""A window of its own for a visit that stands in a small frame.

The visit's cookie belongs to the frame: a window of the same browser has another jar, and does not get it. So the page
in the frame asks for a code and sends it with a form that opens the window; there the visit begins once more.
"""

from __future__ import annotations

import re
from uuid import UUID

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from lti_tool.db import db
from lti_tool.lti import visits
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.visits import Guest, open_to

blueprint = Blueprint("windows", __name__)

PAGE = re.compile(r"[\w-]+(/[\w-]+)*", re.ASCII)


@blueprint.post("/v/<uuid:visit_id>/window")
@open_to(Guest.VISITOR)
def offer(visit_id: UUID) -> dict[str, str]:
    """Give the page a code for the window: ``{"code"}``; it works once, within a minute."""
    code = visits.offer_window(g.visit)
    db.session.commit()
    return {"code": code}


@blueprint.post("/lti/window")
@open_to(Guest.ANYBODY)
def begin() -> Response:
    """Begin a visit in a new window, at the page that stands in the frame.

    Only our own pages may send this: otherwise another site could put a person into somebody else's visit.
    """
    if not visits.from_own_page():
        raise LaunchError("form-expired")
    page = request.form.get("page", "")
    if not PAGE.fullmatch(page):
        raise LaunchError("parameters", "page")
    try:
        framed = UUID(request.form.get("visit", ""))
    except ValueError:
        raise LaunchError("visit-ended") from None
    session = db.session()
    visit_id, secret = visits.move_to_window(session, framed, request.form.get("code", ""))
    response = redirect(f"/v/{visit_id}/{page}", 303)
    visits.set_visit_cookie(response, visit_id, secret, request.cookies)
    session.commit()
    return response
