"""The teacher's addresses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.catalog.choosing import read_picks
from lti_tool.catalog.editions import edition_view, newer_edition
from lti_tool.catalog.index import entry as entry_of
from lti_tool.catalog.models import PackRelease
from lti_tool.catalog.pages import settings_item, terms_page
from lti_tool.catalog.releases import ForeignPack, current_packs, find_release
from lti_tool.catalog.settings_form import Reading, from_terms, read_settings, read_zone
from lti_tool.clock import now
from lti_tool.config import current_settings
from lti_tool.db import db
from lti_tool.gradebook import outbox
from lti_tool.learning import copies, unit_columns
from lti_tool.learning.models import Placement
from lti_tool.learning.roster import RosterEntry, attempts_of, find_by_subject, find_learner, finished_attempts
from lti_tool.learning.terms import set_terms, terms_of
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.visits import Guest, open_to
from lti_tool.people import rosters
from lti_tool.teaching.desk import desk_page, line_of_lists, lists_of
from lti_tool.teaching.pages import NoWorkPage, learner_page, line_of, newest_grade

MAX_PAGE = 10_000

blueprint = Blueprint("teaching", __name__, url_prefix="/v/<uuid:visit_id>/desk", template_folder="templates")


@blueprint.get("/")
@open_to(Guest.TEACHER)
def overview(visit_id: UUID) -> str | Response:
    """Who is where, and where the grades are."""
    placement = placement_here()
    if placement.release_id is None:
        return redirect(url_for("catalog.choose", visit_id=visit_id), 303)
    pack = current_packs().get(db.session(), placement.release_id)
    page = desk_page(
        db.session(),
        placement,
        pack,
        visit_id=visit_id,
        language=g.visit.language,
        group=request.args.get("group"),
        page=min(request.args.get("page", 1, type=int), MAX_PAGE),
    )
    return render_template("teaching/overview.html", page=page)


@blueprint.post("/roster")
@open_to(Guest.TEACHER)
def read_roster(visit_id: UUID) -> Response:
    """Let the list of the course be read anew: a job does it, the page says that it is on its way."""
    placement = placement_here()
    if placement.context_id is not None and lists_of(db.session(), placement).offered:
        rosters.ask(db.session(), context_id=placement.context_id, resource_link_id=placement.resource_link_id)
        db.session.commit()
    return redirect(url_for("teaching.overview", visit_id=visit_id), 303)


@blueprint.get("/roster")
@open_to(Guest.TEACHER)
def roster(visit_id: UUID) -> str:
    """The line that says how the list of the course stands; the page asks for it while the list is on its way."""
    line = line_of_lists(lists_of(db.session(), placement_here()), visit_id=visit_id, asked_again=True)
    return render_template("web/_delivery.html", delivery=line)


@blueprint.get("/learners/<uuid:identity_id>")
@open_to(Guest.TEACHER)
def learner(visit_id: UUID, identity_id: UUID) -> str:
    """One learner's work: their latest attempt, or the one of a number (``?attempt=1``)."""
    placement = placement_here()
    entry = learner_here(placement, identity_id)
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
    )
    return render_template("teaching/learner.html", page=page)


@blueprint.post("/learners/<uuid:identity_id>/resend")
@open_to(Guest.TEACHER)
def resend(visit_id: UUID, identity_id: UUID) -> Response:
    """Send a learner's grade once more."""
    placement = placement_here()
    entry = learner_here(placement, identity_id)
    view = newest_grade(db.session(), placement, entry.identity.id)
    if view is not None:
        outbox.resend(db.session(), view.score_id)
    db.session.commit()
    return redirect(url_for("teaching.learner", visit_id=visit_id, identity_id=identity_id), 303)


@blueprint.get("/learners/<uuid:identity_id>/delivery")
@open_to(Guest.TEACHER)
def delivery(visit_id: UUID, identity_id: UUID) -> str | Response:
    """The line that says where a learner's grade is; pages ask for it while it is on its way."""
    placement = placement_here()
    entry = learner_here(placement, identity_id)
    grade = newest_grade(db.session(), placement, entry.identity.id)
    line = line_of(grade, visit_id, identity_id, brief="brief" in request.args)
    return render_template("web/_delivery.html", delivery=line) if line else Response(status=204)


@blueprint.post("/bind")
@open_to(Guest.TEACHER)
def bind(visit_id: UUID) -> Response | tuple[str, int]:
    """Let a pack stand at this link. Attempts that were begun stay on what they were begun with."""
    placement = placement_here()
    pack_id = "".join(read_picks(request.form, multiple=False))
    try:
        release = find_release(db.session(), pack_id, school_id=g.registration.school_id)
    except ForeignPack:
        raise LaunchError("foreign-pack") from None
    if release is None:
        abort(400)
    reading = _read_terms(pack_id, moment=now())
    if reading.settings is None:
        entry = entry_of(release)
        page = terms_page(
            settings_item(entry, reading, g.visit.language),
            title=_("How shall it stand in the course?"),
            fields=[("pick", pack_id)],
            back=url_for("catalog.choose", visit_id=visit_id),
            take=url_for("teaching.bind", visit_id=visit_id),
            zone=str(_zone()),
        )
        return render_template("catalog/settings.html", page=page), 422
    _stand(placement, release)
    set_terms(placement, reading.settings.terms)
    db.session.commit()
    return redirect(url_for("teaching.overview", visit_id=visit_id), 303)


@blueprint.post("/edition")
@open_to(Guest.TEACHER)
def take_edition(visit_id: UUID) -> Response:
    """Let the newest edition of the pack stand here. Attempts that were begun stay on what they were begun with."""
    placement = placement_here()
    release = db.session.get(PackRelease, placement.release_id) if placement.release_id is not None else None
    if release is not None:
        newest = newer_edition(db.session(), release, school_id=g.registration.school_id)
        if newest is not None:
            _stand(placement, newest)
            db.session.commit()
    return redirect(url_for("teaching.overview", visit_id=visit_id), 303)


@blueprint.route("/terms", methods=["GET", "POST"])
@open_to(Guest.TEACHER)
def terms(visit_id: UUID) -> str | Response | tuple[str, int]:
    """Attempts and dates. They hold until somebody edits those of the activity in the LMS."""
    placement = placement_here()
    release = db.session.get(PackRelease, placement.release_id) if placement.release_id is not None else None
    if release is None:
        return redirect(url_for("catalog.choose", visit_id=visit_id), 303)
    desk = url_for("teaching.overview", visit_id=visit_id)
    if request.method == "POST":
        reading = _read_terms(release.pack_id, moment=None)
        if reading.settings is not None:
            set_terms(placement, reading.settings.terms)
            placement.ignored = []
            db.session.commit()
            return redirect(desk, 303)
    else:
        reading = from_terms(release.pack_id, terms_of(placement), _zone())
    page = terms_page(
        settings_item(entry_of(release), reading, g.visit.language),
        title=_("Attempts and dates"),
        fields=[],
        back=desk,
        take=url_for("teaching.terms", visit_id=visit_id),
        zone=str(_zone()),
        edition=edition_view(
            db.session(),
            release,
            school_id=g.registration.school_id,
            language=g.visit.language,
            take_url=url_for("teaching.take_edition", visit_id=visit_id),
        ),
    )
    return render_template("catalog/settings.html", page=page), 422 if reading.errors else 200


@blueprint.get("/review")
@open_to(Guest.TEACHER)
def review(visit_id: UUID) -> str | Response:
    """A submission review launch: to the work that the clicked grade speaks of; when nobody is named, to the desk."""
    subject = g.visit.extra.get("for_user")
    if subject is None and g.visit.placement_id is not None:
        return redirect(url_for("teaching.overview", visit_id=visit_id), 303)
    session = db.session()
    entry = (
        find_by_subject(session, g.visit.placement_id, platform_id=g.visit.platform_id, subject=subject)
        if g.visit.placement_id is not None
        else None
    )
    if entry is None:
        known = g.visit.placement_id is not None
        page = NoWorkPage(
            desk_url=url_for("teaching.overview", visit_id=visit_id) if known else None, desk_label=_("All learners")
        )
        return render_template("teaching/no_work.html", page=page)
    finished = finished_attempts(session, entry.participation, entry.attempt)
    address = url_for(
        "teaching.learner",
        visit_id=visit_id,
        identity_id=entry.identity.id,
        attempt=finished[0].number if finished else None,
    )
    return redirect(address, 303)


@blueprint.post("/copied")
@open_to(Guest.TEACHER)
def copied(visit_id: UUID) -> Response:
    """The teacher has read that this activity is a copy."""
    copies.tell(placement_here())
    db.session.commit()
    return redirect(url_for("teaching.overview", visit_id=visit_id), 303)


def _stand(placement: Placement, release: PackRelease) -> None:
    """Let a release stand at a placement, and in the columns of its units if it has any."""
    placement.release_id = release.id
    if placement.unit_maximum is not None:
        pack = current_packs().get(db.session(), release.id)
        unit_columns.want_columns(db.session(), placement, pack, language=g.visit.language)


def _read_terms(pack_id: str, *, moment: datetime | None) -> Reading:
    """Read attempts and dates out of the form that was sent."""
    return read_settings(pack_id, request.form, zone=_zone(), moodle=False, graded=False, titled=False, moment=moment)


def _zone() -> ZoneInfo:
    """The zone in which the times of this request's form are written."""
    return read_zone(request.form, current_settings().time_zone)


def placement_here() -> Placement:
    """The visit's placement: a desk never looks beyond it."""
    placement = db.session.get(Placement, g.visit.placement_id) if g.visit.placement_id else None
    if placement is None:
        raise LaunchError("not-allowed")
    return placement


def learner_here(placement: Placement, identity_id: UUID) -> RosterEntry:
    entry = find_learner(db.session(), placement.id, identity_id=identity_id)
    if entry is None:  # another course's, perhaps; which, is not said
        raise LaunchError("not-allowed")
    return entry
