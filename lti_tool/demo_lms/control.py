"""A door for tests: ``/control/*``, only with ``--control`` and only from this machine. All answers are JSON."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from . import activities, course, database, first_day, gradebook, journal, runtime, tokens, weather
from .course import Person

control = Blueprint("control", __name__, url_prefix="/control")


@control.before_request
def only_from_here() -> None:
    """403 for anybody who is not on this machine."""
    if request.remote_addr not in ("127.0.0.1", "::1"):
        abort(403)


@control.get("/weather")
def read_weather() -> ResponseReturnValue:
    """``{"mode", "seconds", "remaining"}``."""
    return vars(weather.now(database.current()))


@control.post("/weather")
def set_weather() -> ResponseReturnValue:
    """Body ``{"mode": works|500|429|401|hang|down, "seconds": 5, "count": null}``; 400 when it cannot be set."""
    body = _body()
    try:
        changed = weather.change(str(body.get("mode")), float(body.get("seconds") or 5), body.get("count"))
    except (ValueError, TypeError):
        return {"error": "mode, seconds or count"}, 400
    return vars(changed)


@control.post("/storage")
def set_storage() -> ResponseReturnValue:
    """Body ``{"mode": one of platform_storage.MODES}``; 400 for another. Pages opened from now on follow it."""
    storage = runtime.current().storage
    try:
        storage.change(str(_body().get("mode")))
    except ValueError:
        return {"error": "mode"}, 400
    return {"mode": storage.mode}


@control.get("/history")
def read_history() -> ResponseReturnValue:
    """Every accepted score, oldest first; ``?person=`` a slug or id."""
    connection = database.current()
    wanted = request.args.get("person")
    return {"scores": gradebook.history(connection, _person(wanted).id if wanted else None)}


@control.get("/grades")
def read_grades() -> ResponseReturnValue:
    """The gradebook as it stands: a list of columns, each with ``grades`` by person id."""
    connection = database.current()
    return {
        "columns": [
            vars(column) | {"grades": {key: vars(grade) for key, grade in gradebook.grades(connection, column).items()}}
            for column in gradebook.columns(connection)
        ]
    }


@control.get("/log")
def read_log() -> ResponseReturnValue:
    """The journal, oldest first; ``?after=`` the id of the last entry known."""
    after = request.args.get("after", 0, type=int)
    entries = journal.latest(database.current(), 1000)
    return {"entries": [vars(entry) for entry in reversed(entries) if entry.id > after]}


@control.post("/enrolment")
def set_enrolment() -> ResponseReturnValue:
    """Body ``{"person": slug or id, "enrolled": bool}``."""
    body = _body()
    person = _person(body.get("person"))
    course.set_enrolled(database.current(), person.id, bool(body.get("enrolled")))
    journal.record("person.enrolled" if body.get("enrolled") else "person.unenrolled", person=person)
    return {"person": person.id, "enrolled": bool(body.get("enrolled"))}


@control.post("/people")
def add_person() -> ResponseReturnValue:
    """Body ``{"id", "given_name", "family_name"}``: one more pupil; 409 when the id is taken."""
    body = _body()
    try:
        course.add_learner(
            database.current(),
            str(body["id"]),
            str(body.get("given_name", "Имя")),
            str(body.get("family_name", "Фамилия")),
        )
    except KeyError:
        abort(400)
    except sqlite3.IntegrityError:
        abort(409)
    journal.record("person.enrolled", person=course.find(database.current(), str(body["id"])))
    return {"person": str(body["id"]), "slug": f"p{body['id']}"}, 201


@control.get("/activities")
def read_activities() -> ResponseReturnValue:
    """The activities of the course, oldest first."""
    return {"activities": [vars(one) for one in activities.listed(database.current(), runtime.current().settings)]}


@control.post("/activities")
def add_activity() -> ResponseReturnValue:
    """Body ``{"title", "custom", "points": null}``: one more activity of the tool; with a column when it has points."""
    body = _body()
    if not isinstance(body.get("title"), str) or not isinstance(body.get("custom"), dict):
        abort(400)
    item = {"title": body["title"], "custom": body["custom"]}
    if body.get("points"):
        item["lineItem"] = {"scoreMaximum": body["points"]}
    return vars(activities.add(database.current(), item)), 201


@control.post("/grade")
def set_grade() -> ResponseReturnValue:
    """Body ``{"person", "override": number or null, "locked": bool, "column"}``; what is left out stays as it is."""
    body = _body()
    connection = database.current()
    person = _person(body.get("person"))
    columns = gradebook.columns(connection)
    column = next((item for item in columns if body.get("column") in (None, item.id)), None)
    if column is None:
        abort(404)
    if "override" in body:
        gradebook.override(connection, column.id, person.id, body["override"])
    if "locked" in body:
        gradebook.lock(connection, column.id, person.id, bool(body["locked"]))
    return {"column": column.id, "person": person.id}


@control.delete("/columns/<int:column_id>")
def delete_column(column_id: int) -> ResponseReturnValue:
    """Delete a column, as the teacher would."""
    gradebook.delete_column(database.current(), column_id)
    return "", 204


@control.post("/tokens/revoke")
def revoke_tokens() -> ResponseReturnValue:
    """Make every access token expire now."""
    tokens.revoke_all(database.current())
    return "", 204


@control.post("/reset")
def reset() -> ResponseReturnValue:
    """As on the first day: people, one empty column, calm weather; sessions and keys stay."""
    connection = database.current()
    with database.transaction(connection):
        first_day.begin_again(connection)
    return "", 204


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400)
    return body


def _person(named: Any) -> Person:
    connection = database.current()
    person = course.find(connection, str(named)) or course.find_by_slug(connection, str(named))
    if person is None:
        abort(404)
    return person
