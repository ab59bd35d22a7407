"""The learner's addresses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from course_packs import ResponseError, Task
from lti_tool.catalog.releases import current_packs
from lti_tool.db import db
from lti_tool.learning.attempts import (
    Progress,
    begin_attempt,
    door_of,
    give_answer,
    load_progress,
    require_open,
    show_hint,
    visit_step,
)
from lti_tool.learning.errors import LearningError, NothingChosen, NotOpenYet
from lti_tool.learning.models import AttemptState, Placement
from lti_tool.learning.results import finish_attempt
from lti_tool.learning.roster import finished_attempts
from lti_tool.learning.runs import Run, load_run, played_type, take_move
from lti_tool.learning.seats import Seat, earlier_seat, take_seat
from lti_tool.learning.terms import Door
from lti_tool.learning.units import step_key
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.visits import FORM_FIELDS, Guest, open_to
from lti_tool.player.course import continue_address, course_page, delivery_of, early_page
from lti_tool.player.ending import finish_page, result_page
from lti_tool.player.steps import find_step, step_page, task_view
from lti_tool.player.wording import learning_error, response_error
from lti_tool.web.errors import error_response

blueprint = Blueprint("player", __name__, url_prefix="/v/<uuid:visit_id>", template_folder="templates")


@blueprint.get("/course")
@open_to(Guest.VISITOR)
def course(visit_id: UUID) -> str | Response:
    """The map of the course, or a word that nothing stands here yet."""
    try:
        seat = _seat()
    except NothingChosen:
        db.session.rollback()
        return render_template("player/waiting.html", missing=_names_a_pack())
    if door_of(seat) is Door.EARLY:
        return render_template("player/early.html", page=early_page(seat, g.visit.language))
    progress = _progress(seat)
    page = course_page(
        db.session(), seat, progress, visit_id=visit_id, language=g.visit.language, teacher=g.visit.teacher
    )
    return render_template("player/course.html", page=page)


@blueprint.get("/go-on")
@open_to(Guest.VISITOR)
def go_on(visit_id: UUID) -> Response:
    """To the place where the learner was last."""
    seat = _seat()
    return redirect(continue_address(seat, _progress(seat), visit_id), 303)


@blueprint.get("/units/<unit_id>/<step_id>")
@open_to(Guest.VISITOR, writes=True)
def step(visit_id: UUID, unit_id: str, step_id: str) -> str:
    """One step. Opening the first one begins the attempt; a page to read is done by being opened."""
    seat = _seat()
    unit, here = _find(seat, unit_id, step_id)
    if seat.attempt is None:
        seat.attempt, progress = begin_attempt(db.session(), seat, family=g.registration.family), Progress()
    else:
        progress = _progress(seat)
    if door_of(seat) is Door.OPEN:
        visit_step(db.session(), seat, progress, step_key(unit, here), done=here.task is None)
    page = step_page(
        seat,
        progress,
        unit,
        here,
        visit_id=visit_id,
        language=g.visit.language,
        run=_run(seat, progress, here.task),
        again="again" in request.args,
    )
    db.session.commit()
    return render_template("player/step.html", page=page)


@blueprint.post("/units/<unit_id>/<step_id>")
@open_to(Guest.VISITOR)
def answer(visit_id: UUID, unit_id: str, step_id: str) -> str | Response | tuple[str, int]:
    """Take an answer, or a move of a task that is played: it is stored before this says so. Sent again with the same
    submission id it counts once."""
    seat = _seat()
    unit, here = _find(seat, unit_id, step_id)
    submission = request.form.get("submission", "")
    if here.task is None or not 8 <= len(submission) <= 64 or seat.attempt is None:
        abort(400)
    progress = _progress(seat)
    language = g.visit.language
    error = None
    form = {name: values for name, values in request.form.to_dict(flat=False).items() if name not in _OURS}
    try:
        if played_type(here.task) is None:
            give_answer(db.session(), seat, progress, here.task, form, submission=submission)
        else:
            place = request.form.get("place", "")
            take_move(db.session(), seat, progress, here.task, form, place=place, submission=submission)
        db.session.commit()
    except ResponseError as refusal:
        db.session.rollback()
        seat, progress = _again()
        error = response_error(refusal.code, refusal.params)
        if refusal.code == "stale-move":
            form = {}
    if error is None and not _fragment_wanted():
        return redirect(request.path, 303)
    task = task_view(
        seat,
        progress,
        here.task,
        visit_id=visit_id,
        language=language,
        error=error,
        form=form if error else None,
        run=_run(seat, progress, here.task),
        again=error is not None,
    )
    page = step_page(seat, progress, unit, here, visit_id=visit_id, language=language, task=task)
    template = "player/_task.html" if _fragment_wanted() else "player/step.html"
    return render_template(template, page=page), 422 if error else 200


@blueprint.post("/units/<unit_id>/<step_id>/hint")
@open_to(Guest.VISITOR)
def hint(visit_id: UUID, unit_id: str, step_id: str) -> str | Response:
    """Show the next hint of a task."""
    seat = _seat()
    unit, here = _find(seat, unit_id, step_id)
    if here.task is None or seat.attempt is None:
        abort(400)
    require_open(seat)
    progress = _progress(seat)
    show_hint(db.session(), seat.attempt, progress, here.task, request.form.get("number", 1, type=int))
    page = step_page(
        seat,
        progress,
        unit,
        here,
        visit_id=visit_id,
        language=g.visit.language,
        run=_run(seat, progress, here.task),
        again=True,
    )
    db.session.commit()
    if _fragment_wanted():
        return render_template("player/_task.html", page=page)
    return redirect(url_for("player.step", visit_id=visit_id, unit_id=unit_id, step_id=step_id), 303)


@blueprint.route("/finish", methods=["GET", "POST"])
@open_to(Guest.VISITOR)
def finish(visit_id: UUID) -> str | Response:
    """Ask, then finish: result, record and outgoing score are stored together."""
    seat = _seat()
    if seat.attempt is None:
        return redirect(url_for("player.course", visit_id=visit_id), 303)
    if seat.attempt.state == AttemptState.FINISHED:
        return redirect(url_for("player.result", visit_id=visit_id), 303)
    progress = _progress(seat)
    if request.method == "POST":
        finish_attempt(db.session(), seat, progress, family=g.registration.family)
        db.session.commit()
        return redirect(url_for("player.result", visit_id=visit_id), 303)
    return render_template(
        "player/finish.html", page=finish_page(seat, progress, visit_id=visit_id, language=g.visit.language)
    )


@blueprint.get("/result")
@open_to(Guest.VISITOR)
def result(visit_id: UUID) -> str | Response:
    """How an attempt ended: the latest one, or the one of a number (``?attempt=1``)."""
    seat = _seat()
    finished = finished_attempts(db.session(), seat.participation, seat.attempt)
    wanted = request.args.get("attempt", type=int)
    shown = next((one for one in finished if one.number == wanted), seat.attempt)
    if shown is None or shown.state != AttemptState.FINISHED:
        return redirect(url_for("player.course", visit_id=visit_id), 303)
    if shown is not seat.attempt:
        seat = earlier_seat(db.session(), current_packs(), seat, shown)
    page = result_page(db.session(), seat, _progress(seat), finished, visit_id=visit_id, language=g.visit.language)
    return render_template("player/result.html", page=page)


@blueprint.get("/review")
@open_to(Guest.VISITOR)
def review(visit_id: UUID) -> str | Response:
    """A submission review launch of a learner: to the attempt that their grade speaks of, and to nobody else's."""
    if g.visit.placement_id is None:
        return render_template("player/waiting.html")
    try:
        seat = _seat()
    except NothingChosen:
        return redirect(url_for("player.course", visit_id=visit_id), 303)
    if g.visit.extra.get("for_user", seat.identity.subject) != seat.identity.subject:
        raise LaunchError("not-allowed")
    finished = finished_attempts(db.session(), seat.participation, seat.attempt)
    if not finished:
        return redirect(url_for("player.course", visit_id=visit_id), 303)
    return redirect(url_for("player.result", visit_id=visit_id, attempt=finished[0].number), 303)


@blueprint.post("/again")
@open_to(Guest.VISITOR)
def again(visit_id: UUID) -> Response:
    """Begin another attempt, on the newest release."""
    seat = _seat()
    begin_attempt(db.session(), seat, family=g.registration.family)
    db.session.commit()
    return redirect(url_for("player.go_on", visit_id=visit_id), 303)


@blueprint.get("/delivery")
@open_to(Guest.VISITOR)
def delivery(visit_id: UUID) -> str | Response:
    """The line that says where the grade is; pages ask for it now and then while it is on its way."""
    line = delivery_of(db.session(), _seat(), visit_id)
    return render_template("web/_delivery.html", delivery=line) if line else Response(status=204)


@blueprint.errorhandler(LearningError)
def _learning_error(error: LearningError) -> tuple[str, int]:
    db.session.rollback()
    if isinstance(error, NothingChosen):
        return render_template("player/waiting.html"), 404
    if isinstance(error, NotOpenYet):
        return render_template("player/early.html", page=early_page(_seat(), g.visit.language)), 403
    title, happened, what_next = learning_error(error.reason)
    return error_response(
        409,
        "LRN-" + error.reason.upper(),
        title=title,
        happened=happened,
        safe=_("All your answers are kept."),
        next_step=what_next,
    )


_OURS = FORM_FIELDS | {"submission", "place"}


def _seat() -> Seat:
    visit = g.visit
    if visit.placement_id is None:
        raise LaunchError("not-allowed")
    return take_seat(
        db.session(),
        current_packs(),
        placement_id=visit.placement_id,
        identity_id=visit.identity_id,
        school_id=g.registration.school_id,
        preview=visit.teacher or not visit.learner,
    )


def _progress(seat: Seat) -> Progress:
    return load_progress(db.session(), seat.attempt) if seat.attempt is not None else Progress()


def _run(seat: Seat, progress: Progress, task: Task | None) -> Run | None:
    """The run of a task that is played."""
    if task is None or seat.attempt is None or played_type(task) is None:
        return None
    return load_run(db.session(), seat.attempt, progress, task)


def _again() -> tuple[Seat, Progress]:
    """Read seat and progress anew, after a transaction was given up."""
    seat = _seat()
    return seat, _progress(seat)


def _find(seat: Seat, unit_id: str, step_id: str) -> tuple[Any, Any]:
    try:
        return find_step(seat, unit_id, step_id)
    except LookupError:
        abort(404)


def _names_a_pack() -> bool:
    """Whether the link names a pack, though none stands here: nobody has a pack of that name."""
    placement = db.session.get(Placement, g.visit.placement_id)
    return placement is not None and "pack" in placement.named


def _fragment_wanted() -> bool:
    """Whether only the task is asked for, to be put in the place of the old one."""
    return request.headers.get("X-Fragment") == "task"
