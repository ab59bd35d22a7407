"""Course Groups 1.0: the classes of the course and the set they stand in."""

from __future__ import annotations

from flask import Blueprint, Response, request

from . import course, database, journal
from .course import CLASSES, CLASSES_SET, COURSE_ID
from .id_token import GROUPS_SCOPE
from .services import GROUP_CONTAINER, GROUP_SET_CONTAINER, ServiceRefusal, answer, page, refused, require_accept
from .tokens import requires_scope

groups = Blueprint("groups", __name__, url_prefix="/groups/<course_id>")
groups.register_error_handler(ServiceRefusal, refused)


@groups.get("")
@requires_scope(GROUPS_SCOPE)
def list_groups(course_id: str) -> Response:
    """The classes, of one person when ``user_id`` asks for that."""
    _require(course_id, GROUP_CONTAINER)
    found = list(CLASSES.items())
    if "user_id" in request.args:
        person = course.find(database.current(), request.args["user_id"])
        found = [(group_id, group) for group_id, group in found if person and group_id in person.classes]
    part, headers = page(found)
    journal.record("groups.listed", status=200)
    listed = [{"id": group_id, "name": name, "set_ids": [CLASSES_SET[0]]} for group_id, (name, _pupils) in part]
    return _answer({"groups": listed}, GROUP_CONTAINER, headers)


@groups.get("/sets")
@requires_scope(GROUPS_SCOPE)
def list_sets(course_id: str) -> Response:
    """The one set that there is."""
    _require(course_id, GROUP_SET_CONTAINER)
    part, headers = page([{"id": CLASSES_SET[0], "name": CLASSES_SET[1]}])
    return _answer({"sets": part}, GROUP_SET_CONTAINER, headers)


def _require(course_id: str, media_type: str) -> None:
    require_accept(media_type)
    if course_id != COURSE_ID:
        raise ServiceRefusal(404, "service.no_course")


def _answer(document: dict[str, object], media_type: str, headers: dict[str, str]) -> Response:
    listed = answer(document, media_type)
    listed.headers.update(headers)
    return listed
