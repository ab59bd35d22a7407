"""AGS 2.0, 3.3 and 3.4: the result and score services."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from . import course, database, gradebook, journal, runtime, weather
from .course import Person
from .gradebook import Grade, GradeLocked, Score, ScoreTooOld
from .id_token import RESULT_SCOPE, SCORE_SCOPE
from .line_items import find_column, parse_moment
from .services import RESULT_CONTAINER, SCORE, ServiceRefusal, answer, json_body, page, refused, require_accept
from .tokens import requires_scope

ACTIVITY_PROGRESS = ("Initialized", "Started", "InProgress", "Submitted", "Completed")
GRADING_PROGRESS = ("FullyGraded", "Pending", "PendingManual", "Failed", "NotReady")
FUTURE_SECONDS = 60
LARGEST_NUMBER = 1_000_000_000

scores = Blueprint("scores", __name__, url_prefix="/ags")
scores.before_request(weather.strike)
scores.register_error_handler(ServiceRefusal, refused)


@scores.post("/<course_id>/lineitems/<int:column_id>/lineitem/scores")
@requires_scope(SCORE_SCOPE)
def receive_score(course_id: str, column_id: int) -> Response:
    """Take a score in; 200 with an empty body as Moodle answers.

    Refused: 400 (media type, body, a person who cannot be graded, a time in the future), 404 (no such column),
    409 (same or older second), 500 with ``[]`` (the grade is locked).
    """
    item = find_column(course_id, column_id)
    score = checked_score(json_body(SCORE), time.time())
    person = _gradable(score.person_id)
    try:
        effect = gradebook.record_score(database.current(), item, score)
    except ScoreTooOld:
        raise ServiceRefusal(409, "score.too_old", person=person) from None
    except GradeLocked:
        raise ServiceRefusal(500, "score.locked", empty_list=True, person=person) from None
    journal.record(
        f"score.{effect}",
        status=200,
        person=person,
        given=score.given,
        maximum=score.maximum,
        activity_progress=score.activity_progress,
        grading_progress=score.grading_progress,
    )
    return Response(status=200, content_type=f"{SCORE}; charset=utf-8")


@scores.get("/<course_id>/lineitems/<int:column_id>/lineitem/results")
@requires_scope(RESULT_SCOPE)
def list_results(course_id: str, column_id: int) -> Response:
    """The grades as they stand, the teacher's own included; ``user_id`` asks for one person's."""
    require_accept(RESULT_CONTAINER)
    item = find_column(course_id, column_id)
    connection = database.current()
    enrolled = {person.id for person in course.learners(connection) if person.enrolled}
    wanted = request.args.get("user_id")
    found = [
        grade
        for person_id, grade in sorted(gradebook.grades(connection, item).items())
        if grade.score is not None and person_id in enrolled and wanted in (None, person_id)
    ]
    part, headers = page(found)
    journal.record("result.listed", status=200, count=len(part))
    listed = answer([_result(item.id, grade) for grade in part], RESULT_CONTAINER)
    listed.headers.update(headers)
    return listed


def checked_score(body: dict[str, Any], now: float) -> Score:
    """Read a score's JSON at ``now`` (seconds of the epoch); raises ServiceRefusal 400 for the first wrong thing."""
    person_id = body.get("userId")
    if not isinstance(person_id, str) or not person_id:
        raise ServiceRefusal(400, "score.user")
    moment = parse_moment(body.get("timestamp"))
    if moment is None:
        raise ServiceRefusal(400, "score.timestamp")
    if moment.timestamp() > now + FUTURE_SECONDS:
        raise ServiceRefusal(400, "score.future")
    if body.get("activityProgress") not in ACTIVITY_PROGRESS:
        raise ServiceRefusal(400, "score.activity_progress")
    if body.get("gradingProgress") not in GRADING_PROGRESS:
        raise ServiceRefusal(400, "score.grading_progress")
    given, maximum = _number(body, "scoreGiven"), _number(body, "scoreMaximum")
    if given is not None and maximum is None:
        raise ServiceRefusal(400, "score.no_maximum")
    if maximum is not None and maximum <= 0:
        raise ServiceRefusal(400, "score.number")
    comment = body.get("comment")
    if comment is not None and not isinstance(comment, str):
        raise ServiceRefusal(400, "score.comment")
    return Score(
        person_id=person_id,
        timestamp=body["timestamp"],
        second=math.floor(moment.timestamp()),
        activity_progress=body["activityProgress"],
        grading_progress=body["gradingProgress"],
        given=given,
        maximum=maximum,
        comment=comment,
    )


def _number(body: dict[str, Any], name: str) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST_NUMBER:
        raise ServiceRefusal(400, "score.number")
    return float(value)


def _gradable(person_id: str) -> Person:
    person = course.find(database.current(), person_id)
    if person is None:
        raise ServiceRefusal(400, "score.unknown_user")
    if person.teaches:
        raise ServiceRefusal(400, "score.teacher", person=person)
    if not person.enrolled:
        raise ServiceRefusal(400, "score.not_enrolled", person=person)
    return person


def _result(column_id: int, grade: Grade) -> dict[str, Any]:
    item_url = gradebook.column_url(runtime.current().settings, column_id)
    path, _, query = item_url.partition("?")
    result: dict[str, Any] = {
        "id": f"{path}/results/{grade.person_id}?{query}",
        "scoreOf": item_url,
        "userId": grade.person_id,
        "resultScore": grade.score,
        "resultMaximum": grade.maximum,
    }
    if grade.comment:
        result["comment"] = grade.comment
    if grade.graded_second is not None:
        result["timestamp"] = datetime.fromtimestamp(grade.graded_second, UTC).isoformat()
    return result
