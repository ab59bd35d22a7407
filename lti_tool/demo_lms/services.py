"""What the three service endpoints share: exact media types, refusals, paging."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, request

from . import journal, runtime
from .course import Person
from .wording import REASONS

LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEM_CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULT_CONTAINER = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
MEMBERSHIP_CONTAINER = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
GROUP_CONTAINER = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
GROUP_SET_CONTAINER = "application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json"

T = TypeVar("T")


class ServiceRefusal(Exception):
    """A request that is not served: HTTP status and a code of ``wording.REASONS``."""

    def __init__(self, status: int, reason: str, *, empty_list: bool = False, person: Person | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.empty_list = empty_list
        self.person = person


def refused(refusal: ServiceRefusal) -> Response:
    """Write the refusal down and answer it as JSON; Moodle's bare ``[]`` where a tool must cope with it."""
    journal.record("service.refused", status=refusal.status, reason=refusal.reason, person=refusal.person)
    body: Any = [] if refusal.empty_list else {"status": refusal.status, "reason": REASONS[refusal.reason][1]}
    return answer(body, "application/json", refusal.status)


def answer(body: Any, media_type: str, status: int = 200) -> Response:
    """A JSON answer of the exact media type."""
    return Response(json.dumps(body, ensure_ascii=False), status, content_type=f"{media_type}; charset=utf-8")


def require_accept(media_type: str) -> None:
    """Moodle answers 400 to any other Accept, ``*/*`` and ``application/json`` included; so do we."""
    offered = {part.partition(";")[0].strip().lower() for part in request.headers.get("Accept", "").split(",")}
    if media_type not in offered:
        raise ServiceRefusal(400, "service.accept")


def json_body(media_type: str) -> dict[str, Any]:
    """The JSON object of a request of this very media type; raises ServiceRefusal 400."""
    if request.mimetype != media_type:
        raise ServiceRefusal(400, "service.content_type")
    try:
        body = json.loads(request.get_data(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise ServiceRefusal(400, "service.json")
    return body


def _no_constant(name: str) -> float:
    # Python would read NaN and Infinity; JSON has neither.
    raise ValueError(name)


def page(items: Sequence[T]) -> tuple[list[T], dict[str, str]]:
    """Cut by the query's ``limit`` and ``from``; returns the part and the ``Link`` header to the next one (RFC 8288).

    Without ``limit`` everything comes at once. Raises ServiceRefusal 400 for anything but whole numbers.
    """
    limit, offset = _query_number("limit"), _query_number("from")
    start = offset or 0
    if limit is None:
        return list(items[start:]), {}
    if limit == 0:
        raise ServiceRefusal(400, "service.paging")
    part = list(items[start : start + limit])
    if start + limit >= len(items):
        return part, {}
    query = request.args.to_dict() | {"limit": str(limit), "from": str(start + limit)}
    following = f"{runtime.current().settings.issuer}{request.path}?{urlencode(query)}"
    return part, {"Link": f'<{following}>; rel="next"'}


def _query_number(name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ServiceRefusal(400, "service.paging")
    return int(text)
