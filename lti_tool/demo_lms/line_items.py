"""AGS 2.0, 3.2: the line items service."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from . import activities, database, gradebook, journal, runtime, weather
from .course import COURSE_ID
from .gradebook import Column
from .id_token import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE
from .services import (
    LINE_ITEM,
    LINE_ITEM_CONTAINER,
    ServiceRefusal,
    answer,
    json_body,
    page,
    refused,
    require_accept,
)
from .tokens import requires_scope

OWN_MEMBERS = {"id", "label", "scoreMaximum", "resourceLinkId", "resourceId", "tag"}

line_items = Blueprint("line_items", __name__, url_prefix="/ags")
line_items.before_request(weather.strike)
line_items.register_error_handler(ServiceRefusal, refused)


def find_column(course: str, column_id: int) -> Column:
    """The line item asked for; raises ServiceRefusal 404."""
    found = gradebook.column(database.current(), column_id) if course == COURSE_ID else None
    if found is None:
        raise ServiceRefusal(404, "service.no_line_item")
    return found


@line_items.get("/<course>/lineitems")
@requires_scope(LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE)
def list_line_items(course: str) -> Response:
    """The columns, filtered by ``resource_link_id``, ``resource_id`` and ``tag`` together, paged by ``limit``."""
    require_accept(LINE_ITEM_CONTAINER)
    if course != COURSE_ID:
        raise ServiceRefusal(404, "service.no_course")
    found = gradebook.columns(database.current())
    for name in ("resource_link_id", "resource_id", "tag"):
        if name in request.args:
            found = [item for item in found if getattr(item, name) == request.args[name]]
    part, headers = page(found)
    journal.record("lineitem.listed", status=200, count=len(part))
    listed = answer([as_json(item) for item in part], LINE_ITEM_CONTAINER)
    listed.headers.update(headers)
    return listed


@line_items.post("/<course>/lineitems")
@requires_scope(LINE_ITEM_SCOPE)
def create_line_item(course: str) -> Response:
    """A new column; as in Moodle nobody looks whether there is one like it."""
    if course != COURSE_ID:
        raise ServiceRefusal(404, "service.no_course")
    body = json_body(LINE_ITEM)
    values = _checked(body)
    connection = database.current()
    link = body.get("resourceLinkId")
    if link is not None and activities.find(connection, runtime.current().settings, str(link)) is None:
        raise ServiceRefusal(403, "service.resource_link")
    column_id = gradebook.add_column(connection, resource_link_id=body.get("resourceLinkId"), **values)
    made = find_column(course, column_id)
    journal.record("lineitem.created", status=201, label=made.label, maximum=made.score_maximum)
    return answer(as_json(made), LINE_ITEM, 201)


@line_items.get("/<course>/lineitems/<int:column_id>/lineitem")
@requires_scope(LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE)
def read_line_item(course: str, column_id: int) -> Response:
    """One column."""
    require_accept(LINE_ITEM)
    item = find_column(course, column_id)
    journal.record("lineitem.read", status=200, label=item.label)
    return answer(as_json(item), LINE_ITEM)


@line_items.put("/<course>/lineitems/<int:column_id>/lineitem")
@requires_scope(LINE_ITEM_SCOPE)
def replace_line_item(course: str, column_id: int) -> Response:
    """The column as a whole; what the body leaves out is gone, save its id and its resource link."""
    item = find_column(course, column_id)
    body = json_body(LINE_ITEM)
    values = _checked(body)
    if body.get("resourceLinkId", item.resource_link_id) != item.resource_link_id:
        raise ServiceRefusal(400, "service.resource_link")
    if "id" in body and body["id"] != gradebook.column_url(runtime.current().settings, item.id):
        raise ServiceRefusal(400, "service.line_item_id")
    changed = replace(item, **values)
    gradebook.change_column(database.current(), item, changed)
    journal.record("lineitem.changed", status=200, label=changed.label, maximum=changed.score_maximum)
    return answer(as_json(changed), LINE_ITEM)


@line_items.delete("/<course>/lineitems/<int:column_id>/lineitem")
@requires_scope(LINE_ITEM_SCOPE)
def delete_line_item(course: str, column_id: int) -> Response:
    """Remove the column with its grades."""
    item = find_column(course, column_id)
    gradebook.delete_column(database.current(), item.id)
    journal.record("lineitem.deleted", status=204, label=item.label)
    return Response(status=204)


def as_json(item: Column) -> dict[str, Any]:
    """A line item as AGS 2.0, 3.2.8 spells it; members without a value are left out."""
    known = {
        "id": gradebook.column_url(runtime.current().settings, item.id),
        "label": item.label,
        "scoreMaximum": int(item.score_maximum) if item.score_maximum.is_integer() else item.score_maximum,
        "resourceLinkId": item.resource_link_id,
        "resourceId": item.resource_id,
        "tag": item.tag,
    }
    return item.further | {name: value for name, value in known.items() if value is not None}


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    label, maximum = body.get("label"), body.get("scoreMaximum")
    if not isinstance(label, str) or not label.strip():
        raise ServiceRefusal(400, "service.label")
    if isinstance(maximum, bool) or not isinstance(maximum, int | float) or not 0 < maximum < math.inf:
        raise ServiceRefusal(400, "service.score_maximum")
    for name in ("resourceId", "tag", "resourceLinkId"):
        if body.get(name) is not None and not isinstance(body[name], str):
            raise ServiceRefusal(400, "service.member")
    for name in ("startDateTime", "endDateTime"):
        if body.get(name) is not None and parse_moment(body[name]) is None:
            raise ServiceRefusal(400, "service.member")
    return {
        "label": label,
        "score_maximum": float(maximum),
        "resource_id": body.get("resourceId"),
        "tag": body.get("tag"),
        "further": {name: value for name, value in body.items() if name not in OWN_MEMBERS},
    }


def parse_moment(text: Any) -> datetime | None:
    """An ISO 8601 moment with its zone, or None for anything else."""
    if not isinstance(text, str) or "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
