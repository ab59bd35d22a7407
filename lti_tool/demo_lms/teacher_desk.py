"""What the teacher does to the gradebook: own grades, locks, enrolment, columns, weather."""

from __future__ import annotations

import math

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from . import course, database, gradebook, journal, weather
from .course import Person
from .gradebook import Column
from .visitor import teaching

teacher_desk = Blueprint("teacher_desk", __name__, url_prefix="/as/<slug>/gradebook")


@teacher_desk.post("/grade/<int:column_id>/<person_id>")
def change_grade(slug: str, column_id: int, person_id: str) -> ResponseReturnValue:
    """``action``: override (with ``score``), release, lock, unlock."""
    teaching(slug)
    column, pupil = _column(column_id), _pupil(person_id)
    connection = database.current()
    action = request.form.get("action")
    if action == "override":
        score = _points(request.form.get("score", ""), column.score_maximum)
        gradebook.override(connection, column.id, pupil.id, score)
        journal.record("grade.overridden", person=pupil, score=score)
    elif action == "release":
        gradebook.override(connection, column.id, pupil.id, None)
        journal.record("grade.released", person=pupil)
    elif action in ("lock", "unlock"):
        gradebook.lock(connection, column.id, pupil.id, action == "lock")
        journal.record(f"grade.{action}ed", person=pupil)
    else:
        abort(400)
    return _back(slug)


@teacher_desk.post("/enrolment/<person_id>")
def change_enrolment(slug: str, person_id: str) -> ResponseReturnValue:
    """``action``: enrol or unenrol."""
    teaching(slug)
    pupil = _pupil(person_id)
    action = request.form.get("action")
    if action not in ("enrol", "unenrol"):
        abort(400)
    course.set_enrolled(database.current(), pupil.id, action == "enrol")
    journal.record("person.enrolled" if action == "enrol" else "person.unenrolled", person=pupil)
    return _back(slug)


@teacher_desk.post("/column")
def restore_column(slug: str) -> ResponseReturnValue:
    """Put the activity's own column back, unless it is there."""
    teaching(slug)
    connection = database.current()
    with database.transaction(connection):
        if any(column.made_by == "activity" for column in gradebook.columns(connection)):
            return _back(slug)
        gradebook.add_activity_column(connection)
    journal.record("column.restored", label=course.ACTIVITY_TITLE)
    return _back(slug)


@teacher_desk.post("/column/<int:column_id>/delete")
def delete_column(slug: str, column_id: int) -> ResponseReturnValue:
    """Delete a column with its grades."""
    teaching(slug)
    column = _column(column_id)
    gradebook.delete_column(database.current(), column.id)
    journal.record("column.deleted", label=column.label)
    return _back(slug)


@teacher_desk.post("/weather")
def change_weather(slug: str) -> ResponseReturnValue:
    """Set how the gradebook service behaves."""
    teaching(slug)
    count = request.form.get("count", "").strip()
    try:
        weather.change(
            request.form.get("mode", ""), float(request.form.get("seconds") or 5), int(count) if count else None
        )
    except ValueError:
        abort(400)
    return _back(slug)


def _back(slug: str) -> ResponseReturnValue:
    return redirect(url_for("pages.gradebook_page", slug=slug), 303)


def _column(column_id: int) -> Column:
    column = gradebook.column(database.current(), column_id)
    if column is None:
        abort(404)
    return column


def _pupil(person_id: str) -> Person:
    pupil = course.find(database.current(), person_id)
    if pupil is None or pupil.teaches:
        abort(404)
    return pupil


def _points(text: str, maximum: float) -> float:
    try:
        score = float(text.strip().replace(",", "."))
    except ValueError:
        abort(400)
    if not math.isfinite(score) or not 0 <= score <= maximum:
        abort(400)
    return score
