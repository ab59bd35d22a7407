"""Assignment and Grade Services 2.0: line items, scores, results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote_plus, urlencode, urlsplit, urlunsplit

import structlog

from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.http import AddressRefused, Answer, ServiceAnswer, origin_of

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM_SCOPE = SCOPE + "lineitem"
LINE_ITEM_READ_SCOPE = SCOPE + "lineitem.readonly"
RESULT_SCOPE = SCOPE + "result.readonly"
SCORE_SCOPE = SCOPE + "score"
SCOPES = frozenset({LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE})

LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"

RESULT_PAGES = 20  # asked for one person, a platform that ignores the filter is not read to its end

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Score:
    """A score as it goes out (AGS §3.4). ``score_given`` None clears the score; moments are aware."""

    user_id: str
    timestamp: datetime
    activity_progress: str
    grading_progress: str
    score_given: Decimal | None = None
    score_maximum: Decimal = Decimal(100)
    comment: str | None = None
    started_at: datetime | None = None
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the grade book shows of one person (AGS §3.3). ``score`` None: nothing; ``timestamp``: only Moodle tells."""

    user_id: str
    score: Decimal | None
    maximum: Decimal
    comment: str | None = None
    timestamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlatformLineItem:
    """A column as the platform describes it (AGS §3.2); ``members`` is all it said, unknown members too."""

    id: str
    label: str
    score_maximum: Decimal | None
    resource_id: str | None = None
    tag: str | None = None
    resource_link_id: str | None = None
    members: Mapping[str, Any] = field(default_factory=dict)


def scores_url(line_item_url: str) -> str:
    """Return the address of a column's score service: ``/scores`` ends the path, the query is kept (AGS §3.4.1)."""
    return _below(line_item_url, "scores")


def results_url(line_item_url: str, user_id: str | None = None) -> str:
    """Return the address of a column's results, of one person or of all (AGS §3.3.1)."""
    url = _below(line_item_url, "results")
    return with_query(url, user_id=user_id) if user_id is not None else url


def with_query(url: str, **parameters: str | None) -> str:
    """Set parameters of a URL's query; those that are None are left alone, and so is, to the letter, all the rest."""
    parts = urlsplit(url)
    added = {name: value for name, value in parameters.items() if value is not None}
    kept = [piece for piece in parts.query.split("&") if piece and unquote_plus(piece.partition("=")[0]) not in added]
    query = "&".join([*kept, urlencode(added)] if added else kept)
    return urlunsplit(parts._replace(query=query, fragment=""))


def score_body(score: Score) -> bytes:
    """Return the JSON of a score: compact and ASCII.

    A line break in it would make Moodle answer a refusal with 200 (it puts the body into its status line).
    """
    body: dict[str, Any] = {
        "userId": score.user_id,
        "timestamp": _iso(score.timestamp),
        "activityProgress": score.activity_progress,
        "gradingProgress": score.grading_progress,
    }
    if score.score_given is not None:
        body |= {"scoreGiven": _number(score.score_given), "scoreMaximum": _number(score.score_maximum)}
    if score.comment:
        body["comment"] = score.comment
    submission = _submission(score)
    if submission:
        body["submission"] = submission
    return json.dumps(body, separators=(",", ":"), ensure_ascii=True).encode()


def post_score(connector: Connector, line_item_url: str, score: Score) -> Answer:
    """Send a score (AGS §3.4.2). Returns the 2xx answer, whose body may still tell a refusal; raises as `request`."""
    return connector.request(
        "POST", scores_url(line_item_url), scope=SCORE_SCOPE, content_type=SCORE, body=score_body(score)
    )


def read_result(connector: Connector, line_item_url: str, user_id: str) -> Result | None:
    """Return what the grade book shows of one person, None when it shows nothing (AGS §3.3).

    Asked without `limit`: Moodle breaks on it.

    Raises:
        ServiceAnswer: not a 2xx, or not a list of results. Besides, what `Connector.request` raises.
    """
    pages = connector.pages(
        results_url(line_item_url, user_id), scope=RESULT_SCOPE, accept=RESULTS, max_pages=RESULT_PAGES
    )
    for answer in pages:
        for member in _list(answer):
            if str(member.get("userId")) == user_id:
                return _result(member, user_id)
    return None


def read_results(connector: Connector, line_item_url: str) -> dict[str, Result]:
    """Return what the grade book shows of everybody in a column, by user id (AGS §3.3). Raises as :func:`read_result`.

    Whoever has no grade may be missing, or be there without a score. Asked without `limit`, as one person's result.
    """
    found: dict[str, Result] = {}
    for answer in connector.pages(results_url(line_item_url), scope=RESULT_SCOPE, accept=RESULTS):
        for member in _list(answer):
            user_id = _text(member.get("userId"))
            if user_id is not None:
                found[user_id] = _result(member, user_id)
    return found


def list_line_items(
    connector: Connector,
    container_url: str,
    *,
    resource_link_id: str | None = None,
    resource_id: str | None = None,
    tag: str | None = None,
) -> list[PlatformLineItem]:
    """Return the columns of a container (AGS §3.2.5), filtered by us as well: platforms may ignore a filter.

    Columns on another web origin than the container are left out. Raises as :func:`read_result`.
    """
    url = with_query(container_url, resource_link_id=resource_link_id, resource_id=resource_id, tag=tag)
    wanted = {"resource_link_id": resource_link_id, "resource_id": resource_id, "tag": tag}
    found = []
    for answer in connector.pages(url, scope=_line_item_scope(connector), accept=LINE_ITEMS):
        for member in _list(answer):
            item = _line_item(member)
            if item is None or origin_of(item.id) != origin_of(container_url):
                continue
            if all(value is None or getattr(item, name) == value for name, value in wanted.items()):
                found.append(item)
    return found


def get_line_item(connector: Connector, url: str) -> PlatformLineItem:
    """Return one column (AGS §3.2.6). Raises as :func:`read_result`."""
    return _one(connector.request("GET", url, scope=_line_item_scope(connector), accept=LINE_ITEM))


def create_line_item(
    connector: Connector,
    container_url: str,
    *,
    label: str,
    score_maximum: Decimal,
    resource_id: str | None = None,
    tag: str | None = None,
    resource_link_id: str | None = None,
) -> PlatformLineItem:
    """Make a column (AGS §3.2.7). Look for one first: nothing is unique on the platform's side.

    Raises:
        ValueError: a blank label, or a maximum that is not above zero.
        ServiceAnswer: not a 2xx, or an answer without an `id`: then the column may be there all the same, to be found.
        AddressRefused: the `id` lies on another web origin.
    """
    if not label.strip() or not score_maximum > 0:
        raise ValueError("a column needs a label and a maximum above zero")
    members: dict[str, Any] = {"label": label, "scoreMaximum": _number(score_maximum)}
    optional = {"resourceId": resource_id, "tag": tag, "resourceLinkId": resource_link_id}
    members |= {name: value for name, value in optional.items() if value is not None}
    answer = connector.request(
        "POST", container_url, scope=LINE_ITEM_SCOPE, content_type=LINE_ITEM, body=_compact(members)
    )
    try:
        item = _one(answer)
    except ServiceAnswer:
        log.error("line_item.without_id", status=answer.status, origin=origin_of(container_url))
        raise
    if origin_of(item.id) != origin_of(container_url):
        raise AddressRefused(f"the column lies on {origin_of(item.id)}")
    return item


def update_line_item(connector: Connector, url: str, **changes: Any) -> PlatformLineItem:
    """Change members of a column (AGS §3.2.8), named as in its JSON: `label`, `scoreMaximum`, `submissionReview` …

    PUT replaces the whole and platforms erase what is left out, so it is read first and everything unknown is kept.

    Raises:
        ValueError: `id` and `resourceLinkId` cannot be changed. Besides, as :func:`read_result`.
    """
    if {"id", "resourceLinkId"} & changes.keys():
        raise ValueError("a column's id and resource link cannot be changed")
    members = {**get_line_item(connector, url).members, **changes}
    answer = connector.request("PUT", url, scope=LINE_ITEM_SCOPE, content_type=LINE_ITEM, body=_compact(members))
    try:
        return _one(answer)
    except ServiceAnswer:  # a 2xx without the column in it: it is as we sent it
        return _line_item({"id": url, **members}) or get_line_item(connector, url)


def delete_line_item(connector: Connector, url: str) -> None:
    """Delete a column (AGS §3.2.9). One that is already gone is as good as deleted. Raises as `Connector.request`."""
    try:
        connector.request("DELETE", url, scope=LINE_ITEM_SCOPE)
    except ServiceAnswer as error:
        if error.answer.status not in {404, 410}:
            raise


def may_list(granted: frozenset[str]) -> bool:
    """Whether scopes allow to look columns up."""
    return bool(granted & {LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE})


def _line_item_scope(connector: Connector) -> str:
    granted = connector.token().granted
    return LINE_ITEM_READ_SCOPE if LINE_ITEM_READ_SCOPE in granted else LINE_ITEM_SCOPE


def _below(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}", fragment=""))


def _submission(score: Score) -> dict[str, str]:
    """Return the submission's moments (AGS §3.4.5): never after the score's own, the start never after the end."""
    submitted = min(score.submitted_at, score.timestamp) if score.submitted_at else None
    limit = submitted or score.timestamp
    started = min(score.started_at, limit) if score.started_at else None
    moments = {"startedAt": started, "submittedAt": submitted}
    return {name: _iso(moment) for name, moment in moments.items() if moment is not None}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _compact(members: Mapping[str, Any]) -> bytes:
    return json.dumps(members, separators=(",", ":"), ensure_ascii=True).encode()


def _list(answer: Answer) -> list[dict[str, Any]]:
    try:
        document = answer.json()
    except ValueError as error:
        raise ServiceAnswer(answer) from error
    if not isinstance(document, list):
        raise ServiceAnswer(answer)
    return [member for member in document if isinstance(member, dict)]


def _one(answer: Answer) -> PlatformLineItem:
    try:
        item = _line_item(answer.json())
    except ValueError as error:
        raise ServiceAnswer(answer) from error
    if item is None:
        raise ServiceAnswer(answer)
    return item


def _line_item(member: Any) -> PlatformLineItem | None:
    if not isinstance(member, dict) or not isinstance(member.get("id"), str) or not member["id"]:
        return None
    return PlatformLineItem(
        id=member["id"],
        label=str(member.get("label") or ""),
        score_maximum=_decimal(member.get("scoreMaximum")),
        resource_id=_text(member.get("resourceId")),
        tag=_text(member.get("tag")),
        resource_link_id=_text(member.get("resourceLinkId")),
        members=member,
    )


def _result(member: Mapping[str, Any], user_id: str) -> Result:
    maximum = _decimal(member.get("resultMaximum"))
    return Result(
        user_id=user_id,
        score=_decimal(member.get("resultScore")),
        maximum=maximum if maximum is not None and maximum > 0 else Decimal(1),
        comment=_text(member.get("comment")),
        timestamp=_moment(member.get("timestamp")),
    )


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def _decimal(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment(value: Any) -> datetime | None:
    """Read an ISO 8601 moment; one without a zone says nothing that could be relied on."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None
