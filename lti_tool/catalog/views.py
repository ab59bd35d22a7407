"""Choosing what stands at a link, from inside the LMS; and the pictures of packs."""

from __future__ import annotations

from base64 import b64decode
from uuid import UUID

from flask import Blueprint, Response, abort, g, render_template, request, url_for
from flask_babel import gettext as _

from course_packs import pick
from lti_tool.catalog.pages import ChoosePage, pack_card
from lti_tool.catalog.releases import current_packs, newest_release, newest_releases
from lti_tool.config import current_settings
from lti_tool.db import db
from lti_tool.lti.deep_linking import ContentItem, signed_answer
from lti_tool.lti.launch import MessageType
from lti_tool.lti.pages import HandOverPage
from lti_tool.lti.registrations import origin
from lti_tool.lti.visits import Guest, open_to

blueprint = Blueprint("catalog", __name__, template_folder="templates")

ACCEPTED = "ltiResourceLink"
POINTS = 100


@blueprint.get("/v/<uuid:visit_id>/choose")
@open_to(Guest.TEACHER)
def choose(visit_id: UUID) -> str:
    """Show the packs to choose from."""
    picking = _is_picking()
    page = ChoosePage(
        title=_("What shall stand here?"),
        packs=[pack_card(release, g.visit.language) for release in newest_releases(db.session())],
        post_url=url_for("catalog.take" if picking else "teaching.bind", visit_id=visit_id),
        fields={},
        cancel_url=url_for("catalog.cancel", visit_id=visit_id) if picking else None,
        multiple=False,
    )
    return render_template("catalog/choose.html", page=page)


@blueprint.post("/v/<uuid:visit_id>/choose")
@open_to(Guest.TEACHER)
def take(visit_id: UUID) -> str:
    """Carry the chosen pack back to the platform that asked for it."""
    release = newest_release(db.session(), request.form.get("pack", ""))
    if release is None or not _is_picking() or ACCEPTED not in g.visit.extra["accept_types"]:
        abort(400)
    title = pick(release.title, g.visit.language)
    return _hand_over(
        [
            ContentItem(
                title=title,
                url=current_settings().public_url + "/lti/launch",
                custom={"pack": release.pack_id},
                points=POINTS if g.visit.extra["accept_line_item"] else None,
                resource_id=release.pack_id,
            )
        ]
    )


@blueprint.get("/v/<uuid:visit_id>/choose/cancel")
@open_to(Guest.TEACHER)
def cancel(visit_id: UUID) -> str:
    """Go back to the platform with nothing."""
    if not _is_picking():
        abort(404)
    return _hand_over([])


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


def _is_picking() -> bool:
    return bool(g.visit.message == MessageType.DEEP_LINKING)


def _hand_over(items: list[ContentItem]) -> str:
    settings = g.visit.extra
    token = signed_answer(db.session(), g.registration, settings, items)
    g.form_origins = (origin(settings["return_url"]),)
    return render_template(
        "lti/auto_post.html", page=HandOverPage(action=settings["return_url"], fields={"JWT": token})
    )
