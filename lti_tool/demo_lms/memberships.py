"""NRPS 2.0, 2: the course's roster."""

from __future__ import annotations

from typing import Any

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
    """Everybody enrolled; ``role`` filters, ``limit`` and ``from`` page, ``rlid`` adds what a launch would carry."""
    require_accept(MEMBERSHIP_CONTAINER)
    known = [*tool_registry.registered(database.current()), tool_registry.born_with(runtime.current().settings)]
    if course_id != COURSE_ID or deployment_id not in {tool.deployment_id for tool in known if tool.active}:
        raise ServiceRefusal(404, "service.no_course")
    link = request.args.get("rlid", RESOURCE_LINK_ID)
    if activities.find(database.current(), runtime.current().settings, link) is None:
        raise ServiceRefusal(404, "service.no_resource_link")
    role = request.args.get("role", "").removeprefix(ROLE)
    enrolled = [person for person in course.people(database.current()) if person.enrolled and role in ("", person.role)]
    part, headers = page(enrolled)
    journal.record("roster.listed", status=200, count=len(part))
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


def _member(person: Person) -> dict[str, Any]:
    member: dict[str, Any] = {
        "status": "Active",
        "roles": [person.role],
        "user_id": person.id,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "lis_person_sourcedid": "",
    }
    if "rlid" in request.args:
        member["message"] = [
            {
                CLAIM + "message_type": "LtiResourceLinkRequest",
                CLAIM + "custom": {"pack": runtime.current().settings.pack},
            }
        ]
    return member
