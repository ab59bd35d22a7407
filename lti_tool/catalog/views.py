"""Choosing what stands at a link, from inside the LMS; and the pictures of packs."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from course_packs import pick
from lti_tool.catalog.answer import content_item, takes_grades, wants_moodle_points
from lti_tool.catalog.choosing import read_choosing, read_picks
from lti_tool.catalog.index import Entry, current_catalogue
from lti_tool.catalog.pages import Addresses, SettingsPage, choose_page, preview_page, settings_item
from lti_tool.catalog.releases import ForeignPack, current_packs, find_release, place_of
from lti_tool.catalog.settings_form import Reading, defaults, read_settings, read_zone
from lti_tool.clock import now
from lti_tool.config import current_settings
from lti_tool.db import db
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.picking import accepts_links, hand_over, is_picking
from lti_tool.lti.refusals import refused
from lti_tool.lti.visits import Guest, open_to
from lti_tool.web.places import place_file

blueprint = Blueprint("catalog", __name__, template_folder="templates")

# A picture opened by itself runs nothing and loads nothing.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@blueprint.get("/v/<uuid:visit_id>/choose")
@open_to(Guest.TEACHER)
def choose(visit_id: UUID) -> str:
    """Search the packs and pick among them. Asked for with ``X-Fragment: packs``, only what was found."""
    if is_picking() and not accepts_links():
        return render_template("catalog/nothing_fits.html", cancel_url=_addresses().cancel)
    template = "catalog/_found.html" if request.headers.get("X-Fragment") == "packs" else "catalog/choose.html"
    problem = _("Nothing is picked yet: tick at least one.") if "unpicked" in request.args else None
    if g.visit.extra.get("missing"):
        problem = _("The link in the course names material that we do not have. Choose what shall stand here instead.")
    page = choose_page(
        _entries(),
        read_choosing(request.args, multiple=_several()),
        g.visit.language,
        addresses=_addresses(),
        preview_of=lambda pack_id: url_for("catalog.preview", visit_id=visit_id, pack_id=pack_id),
        multiple=_several(),
        problem=problem,
    )
    return render_template(template, page=page)


@blueprint.get("/v/<uuid:visit_id>/choose/preview/<pack_id>")
@open_to(Guest.TEACHER)
def preview(visit_id: UUID, pack_id: str) -> str:
    """Look at a pack from near; what was searched and picked comes along and goes back."""
    (entry,) = _entries_of([pack_id])
    pack = current_packs().get(db.session(), entry.release_id)
    page = preview_page(
        entry,
        pack,
        read_choosing(request.args, multiple=_several()),
        g.visit.language,
        addresses=_addresses(),
        multiple=_several(),
        titles={one.pack_id: one.title for one in _entries()} if pack.prerequisites else {},
    )
    return render_template("catalog/preview.html", page=page)


@blueprint.get("/v/<uuid:visit_id>/choose/settings")
@open_to(Guest.TEACHER)
def settings(visit_id: UUID) -> str | BaseResponse:
    """The second step: a title, points, attempts, dates. Everything has a good value already."""
    choosing = read_choosing(request.args, multiple=_several())
    if not choosing.picks:
        return redirect(f"{_addresses().choose}?{urlencode([*choosing.fields, ('unpicked', '1')])}", 303)
    entries = _entries_of(choosing.picks)
    readings = [
        defaults(one.pack_id, title=pick(one.title, g.visit.language), graded=takes_grades()) for one in entries
    ]
    return _settings_page(entries, readings)


@blueprint.post("/v/<uuid:visit_id>/choose")
@open_to(Guest.TEACHER)
def take(visit_id: UUID) -> str | tuple[str, int]:
    """Carry what was chosen back to the platform that asked for it; or show the form again, with what is wrong."""
    picks = read_picks(request.form, multiple=True)
    if not is_picking() or not accepts_links() or not picks or (len(picks) > 1 and not _several()):
        abort(400)
    entries = _entries_of(picks)
    zone = read_zone(request.form, current_settings().time_zone)
    readings = [
        read_settings(
            one.pack_id,
            request.form,
            zone=zone,
            moodle=wants_moodle_points(),
            graded=takes_grades(),
            titled=True,
            moment=now(),
        )
        for one in entries
    ]
    ready = [one.settings for one in readings if one.settings is not None]
    if len(ready) < len(entries):
        return _settings_page(entries, readings), 422
    return hand_over([content_item(*pair, language=g.visit.language) for pair in zip(entries, ready, strict=True)])


@blueprint.get("/media/<uuid:release_id>/<path:name>")
@blueprint.get("/media/<uuid:release_id>/", defaults={"name": ""})
@open_to(Guest.ANYBODY)
def media(release_id: UUID, name: str) -> Response:
    """A picture of a pack, a video or its captions. It never changes; it holds nothing of any person."""
    try:
        pack = current_packs().get(db.session(), release_id)
    except LookupError:
        abort(404)
    for picture in pack.media:
        if picture.path.removeprefix("media/") == name:
            data = b64decode(picture.data_base64)
            # Some browsers play a video only from a server that gives it in parts (RFC 9110 §14).
            answer = _picture(data, picture.media_type)
            answer.make_conditional(request, accept_ranges=True, complete_length=len(data))
            return answer
    abort(404)


@blueprint.get("/cover/<uuid:release_id>.svg")
@open_to(Guest.ANYBODY)
def cover(release_id: UUID) -> Response:
    """The picture that stands for a pack in a platform: the place of its first unit."""
    try:
        place = place_of(db.session(), release_id)
    except LookupError:
        abort(404)
    return _picture(place_file(place).encode(), "image/svg+xml")


@blueprint.errorhandler(LaunchError)
def _refused(error: LaunchError) -> tuple[str, int]:
    """Who was choosing is told to open the choice again, not the activity."""
    return refused(LaunchError("picking-ended") if error.reason == "visit-ended" else error)


def _picture(data: bytes, media_type: str) -> Response:
    response = Response(data, mimetype=media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response


def _several() -> bool:
    """Whether more than one pack may be picked: only where the platform says so (Deep Linking §3.1)."""
    return is_picking() and bool(g.visit.extra["accept_multiple"])


def _entries() -> list[Entry]:
    return current_catalogue().entries(db.session(), g.registration.school_id)


def _entries_of(pack_ids: Sequence[str]) -> list[Entry]:
    """The packs with these ids, which this school may have; another school's is refused, nobody's is not found."""
    known = {one.pack_id: one for one in _entries()}
    for pack_id in pack_ids:
        if pack_id in known:
            continue
        try:
            find_release(db.session(), pack_id, school_id=g.registration.school_id)
        except ForeignPack:
            raise LaunchError("foreign-pack") from None
        abort(404 if request.method == "GET" else 400)
    return [known[pack_id] for pack_id in pack_ids]


def _addresses() -> Addresses:
    visit_id, picking = g.visit.id, is_picking()
    return Addresses(
        choose=url_for("catalog.choose", visit_id=visit_id),
        settings=url_for("catalog.settings", visit_id=visit_id),
        take=url_for("catalog.take" if picking else "teaching.bind", visit_id=visit_id),
        cancel=url_for("picking.cancel", visit_id=visit_id) if picking else None,
    )


def _settings_page(entries: list[Entry], readings: list[Reading]) -> str:
    page = SettingsPage(
        title=_("How shall it stand in the course?"),
        items=[
            settings_item(entry, reading, g.visit.language) for entry, reading in zip(entries, readings, strict=True)
        ],
        fields=read_choosing(request.values, multiple=_several()).fields,
        zone=str(read_zone(request.form, current_settings().time_zone)),
        titled=is_picking(),
        graded=takes_grades(),
        moodle=wants_moodle_points(),
        wrong=sum(len(one.errors) for one in readings),
        back=None,
        addresses=_addresses(),
    )
    return render_template("catalog/settings.html", page=page)
