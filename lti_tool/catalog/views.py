"""Choosing what stands at a link, from inside the LMS; and the pictures of packs."""

from __future__ import annotations

from base64 import b64decode
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, Response, abort, g, render_template, request, url_for
from flask_babel import gettext as _

from course_packs import pick
from lti_tool.catalog.pages import ChoosePage, pack_card
from lti_tool.catalog.releases import current_packs, newest_release, newest_releases
from lti_tool.config import current_settings
from lti_tool.db import db
from lti_tool.lti.deep_linking import ContentItem
from lti_tool.lti.picking import accepts_links, hand_over, is_picking
from lti_tool.lti.visits import Guest, open_to

blueprint = Blueprint("catalog", __name__, template_folder="templates")

POINTS = 100


@blueprint.get("/v/<uuid:visit_id>/choose")
@open_to(Guest.TEACHER)
def choose(visit_id: UUID) -> str:
    """Show the packs to choose from."""
    picking = is_picking()
    page = ChoosePage(
        title=_("What shall stand here?"),
        packs=[pack_card(release, g.visit.language) for release in newest_releases(db.session())],
        post_url=url_for("catalog.take" if picking else "teaching.bind", visit_id=visit_id),
        fields={},
        cancel_url=url_for("picking.cancel", visit_id=visit_id) if picking else None,
        multiple=False,
    )
    return render_template("catalog/choose.html", page=page)


@blueprint.post("/v/<uuid:visit_id>/choose")
@open_to(Guest.TEACHER)
def take(visit_id: UUID) -> str:
    """Carry the chosen pack back to the platform that asked for it."""
    release = newest_release(db.session(), request.form.get("pack", ""))
    if release is None or not is_picking() or not accepts_links():
        abort(400)
    title = pick(release.title, g.visit.language)
    return hand_over(
        [
            ContentItem(
                title=title,
                url=current_settings().public_url + "/lti/launch",
                custom={"pack": release.pack_id},
                points=Decimal(POINTS) if g.visit.extra["accept_line_item"] else None,
                resource_id=release.pack_id,
            )
        ]
    )


@blueprint.get("/media/<uuid:release_id>/<path:name>")
@blueprint.get("/media/<uuid:release_id>/", defaults={"name": ""})
@open_to(Guest.ANYBODY)
def media(release_id: UUID, name: str) -> Response:
    """A picture of a pack. It never changes; it holds nothing of any person."""
    try:
        pack = current_packs().get(db.session(), release_id)
    except LookupError:
        abort(404)
    for picture in pack.media:
        if picture.path.removeprefix("media/") == name:
            response = Response(b64decode(picture.data_base64), mimetype=picture.media_type)
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
            # A picture opened by itself runs nothing and loads nothing.
            response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
            return response
    abort(404)
