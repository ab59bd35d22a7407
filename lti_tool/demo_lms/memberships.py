"""NRPS 2.0, 2: the course's roster."""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from . import activities, course, database, journal, runtime, tool_registry
from .course import COURSE_ID, COURSE_LABEL, COURSE_TITLE, RESOURCE_LINK_ID, Person
from .id_token import CLAIM, ROLE, ROSTER_SCOPE, memberships_url
from .services import MEMBERSHIP_CONTAINER, ServiceRefusal, answer, page, refused, require_accept
from .tokens import requires_scope

nrps = Blueprint("nrps", __name__, url_prefix="/nrps")
nrps.register_error_handler(ServiceRefusal, refused)


@nrps.get("/CourseSection/<course_id>/bindings/<deployment_id>/memberships")
@requires_scope(ROSTER_SCOPE)
def list_members(course_id: str, deployment_id: str) -> Response:
    """Everybody enrolled; ``role`` filters, ``limit`` and ``from`` page, ``rlid`` adds what a launch would carry.

    With ``since`` only those who came or went after that line of the journal: the last page of a list names this
    address as its ``differences``, as some platforms do (Moodle does not).
    """
    require_accept(MEMBERSHIP_CONTAINER)
    known = [*tool_registry.registered(database.current()), tool_registry.born_with(runtime.current().settings)]
    if course_id != COURSE_ID or deployment_id not in {tool.deployment_id for tool in known if tool.active}:
        raise ServiceRefusal(404, "service.no_course")
    link = request.args.get("rlid", RESOURCE_LINK_ID)
    if activities.find(database.current(), runtime.current().settings, link) is None:
        raise ServiceRefusal(404, "service.no_resource_link")
    role = request.args.get("role", "").removeprefix(ROLE)
    connection = database.current()
    everybody = [person for person in course.people(connection) if role in ("", person.role)]
    if "since" in request.args:
        changed = _changed_since(connection, request.args["since"])
        wanted = [person for person in everybody if person.id in changed]
    else:
        wanted = [person for person in everybody if person.enrolled]
    part, headers = page(wanted)
    journal.record("roster.listed", status=200, count=len(part))
    if not headers:
        headers = {"Link": f'<{_differences_url(connection)}>; rel="differences"'}
    listed = answer(
        {
            "id": memberships_url(runtime.current().settings, deployment_id),
            "context": {"id": COURSE_ID, "label": COURSE_LABEL, "title": COURSE_TITLE},
            "members": [_member(person) for person in part],
        },
        MEMBERSHIP_CONTAINER,
    )
    listed.headers.update(headers)
    return listed


def _differences_url(connection: sqlite3.Connection) -> str:
    """Where to ask what changed since the line of the journal that was written just now."""
    now = connection.execute("SELECT MAX(id) FROM service_log").fetchone()[0]
    link = {"rlid": request.args["rlid"]} if "rlid" in request.args else {}
    return f"{runtime.current().settings.issuer}{request.path}?{urlencode({'since': now, **link})}"


def _changed_since(connection: sqlite3.Connection, since: str) -> set[str]:
    """Who came or went after a line of the journal; refused when the journal was emptied meanwhile."""
    number = int(since) if since.isascii() and since.isdigit() and len(since) < 16 else 0
    if connection.execute("SELECT 1 FROM service_log WHERE id = ?", (number,)).fetchone() is None:
        raise ServiceRefusal(404, "service.no_differences")
    rows = connection.execute(
        "SELECT person_id FROM service_log WHERE id > ? AND event IN ('person.enrolled', 'person.unenrolled')",
        (number,),
    )
    return {row["person_id"] for row in rows}


def _member(person: Person) -> dict[str, Any]:
    member: dict[str, Any] = {
        "status": "Active" if person.enrolled else "Deleted",
        "roles": [person.role],
        "user_id": person.id,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "lis_person_sourcedid": "",
        "group_enrollments": [{"group_id": group_id} for group_id in person.classes],
    }
    if "rlid" in request.args:
        member["message"] = [
            {
                CLAIM + "message_type": "LtiResourceLinkRequest",
                CLAIM + "custom": {"pack": runtime.current().settings.pack},
            }
        ]
    return member
