"""What a score does to the gradebook (AGS 2.0, 3.3 and 3.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .conftest import RESULTS_URL, SCORE, SCORES_URL, moment

Send = Callable[..., TestResponse]
Read = Callable[..., list[dict[str, Any]]]


def history(client: FlaskClient) -> list[dict[str, Any]]:
    return client.get("/control/history").json["scores"]


def test_a_final_score_is_written_on_the_columns_scale(
    client: FlaskClient, send_score: Send, read_results: Read
) -> None:
    answer = send_score(comment="Хорошая смена")
    assert (answer.status_code, answer.data) == (200, b"")
    (result,) = read_results()
    assert (result["userId"], result["resultScore"], result["resultMaximum"]) == ("6", 90, 100)
    assert result["comment"] == "Хорошая смена"
    assert result["scoreOf"] == "http://127.0.0.1:8001/ags/2/lineitems/1/lineitem?type_id=1"
    (kept,) = history(client)
    assert (kept["score_given"], kept["score_maximum"], kept["effect"]) == (18, 20, "graded")


def test_zero_is_a_grade(send_score: Send, read_results: Read) -> None:
    assert send_score(scoreGiven=0).status_code == 200
    assert read_results()[0]["resultScore"] == 0


def test_more_than_the_maximum_is_kept(send_score: Send, read_results: Read) -> None:
    assert send_score(scoreGiven=22).status_code == 200
    assert read_results()[0]["resultScore"] == pytest.approx(110)


def test_a_later_score_takes_the_place_of_an_earlier_one(
    client: FlaskClient, send_score: Send, read_results: Read
) -> None:
    send_score(at=-100)
    assert send_score(at=-98, scoreGiven=5).status_code == 200
    assert read_results()[0]["resultScore"] == 25
    assert [kept["score_given"] for kept in history(client)] == [18, 5]


@pytest.mark.parametrize(
    "earlier", ["2026-01-10T10:00:30.900Z", "2026-01-10T10:00:30.100Z", "2026-01-10T10:00:29.999Z"]
)
def test_the_same_or_an_earlier_second_conflicts(
    client: FlaskClient, send_score: Send, read_results: Read, earlier: str
) -> None:
    send_score(timestamp="2026-01-10T10:00:30.500Z")
    assert send_score(timestamp=earlier, scoreGiven=1).status_code == 409
    assert read_results()[0]["resultScore"] == 90
    assert len(history(client)) == 1


def test_the_zone_of_a_timestamp_counts(send_score: Send) -> None:
    send_score(timestamp="2026-01-10T10:00:30Z")
    assert send_score(timestamp="2026-01-10T13:00:30+03:00").status_code == 409
    assert send_score(timestamp="2026-01-10T15:00:31+05:00").status_code == 200


def test_two_pupils_do_not_stand_in_each_others_way(send_score: Send, read_results: Read) -> None:
    when = moment(-50)
    assert send_score(timestamp=when).status_code == 200
    assert send_score(timestamp=when, userId="7").status_code == 200
    assert [result["userId"] for result in read_results()] == ["6", "7"]
    assert [result["userId"] for result in read_results("&user_id=7")] == ["7"]


def test_a_score_dated_a_little_ahead_is_taken_and_one_far_ahead_is_not(send_score: Send) -> None:
    assert send_score(at=50).status_code == 200
    assert send_score(at=3600, userId="7").status_code == 400


@pytest.mark.parametrize(
    ("activity", "grading"), [("InProgress", "NotReady"), ("Submitted", "PendingManual"), ("Completed", "Failed")]
)
def test_progress_does_not_wipe_a_grade(
    client: FlaskClient, send_score: Send, read_results: Read, activity: str, grading: str
) -> None:
    send_score(at=-100, comment="Хорошая смена")
    before = read_results()
    progress = {"activityProgress": activity, "gradingProgress": grading, "scoreGiven": None, "scoreMaximum": None}
    assert send_score(at=-90, **progress).status_code == 200
    assert read_results() == before
    grade = client.get("/control/grades").json["columns"][0]["grades"]["6"]
    assert (grade["activity_progress"], grade["grading_progress"]) == (activity, grading)
    assert history(client)[-1]["effect"] == "progress"
    assert send_score(at=-90).status_code == 409, "progress has a time too"


def test_a_final_word_without_points_clears_the_grade(send_score: Send, read_results: Read) -> None:
    send_score(at=-100)
    assert send_score(at=-90, scoreGiven=None, scoreMaximum=None).status_code == 200
    assert read_results() == []


def test_the_teachers_own_grade_stays(client: FlaskClient, send_score: Send, read_results: Read) -> None:
    send_score(at=-100)
    client.post("/control/grade", json={"person": "timur", "override": 77})
    before = read_results()
    assert before[0]["resultScore"] == 77
    assert send_score(at=-90, scoreGiven=3).status_code == 200
    assert read_results() == before
    assert history(client)[-1]["effect"] == "overridden"
    client.post("/control/grade", json={"person": "timur", "override": None})
    assert read_results()[0]["resultScore"] == 15, "what came meanwhile shows again"


def test_a_locked_grade_fails_for_ever(client: FlaskClient, send_score: Send, read_results: Read) -> None:
    send_score(at=-100)
    client.post("/control/grade", json={"person": "6", "locked": True})
    answer = send_score(at=-90, scoreGiven=1)
    assert (answer.status_code, answer.get_json(force=True)) == (500, [])
    assert read_results()[0]["resultScore"] == 90
    client.post("/control/grade", json={"person": "6", "locked": False})
    assert send_score(at=-90, scoreGiven=1).status_code == 200, "the refused time was not used up"


@pytest.mark.parametrize("user", ["3", "999", "", 6, None], ids=["teacher", "unknown", "empty", "number", "missing"])
def test_only_pupils_can_be_graded(send_score: Send, user: Any) -> None:
    assert send_score(userId=user).status_code == 400


def test_who_left_the_course_cannot_be_graded_and_keeps_the_grade(
    client: FlaskClient, send_score: Send, read_results: Read
) -> None:
    send_score(at=-100)
    client.post("/control/enrolment", json={"person": "timur", "enrolled": False})
    assert send_score(at=-90).status_code == 400
    assert read_results() == []
    client.post("/control/enrolment", json={"person": "timur", "enrolled": True})
    assert read_results()[0]["resultScore"] == 90


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": None},
        {"timestamp": "2026-01-10"},
        {"timestamp": "2026-01-10T10:00:00"},
        {"timestamp": 1768039200},
        {"activityProgress": None},
        {"activityProgress": "Finished"},
        {"gradingProgress": None},
        {"gradingProgress": "Graded"},
        {"scoreGiven": -1},
        {"scoreGiven": "18"},
        {"scoreGiven": True},
        {"scoreMaximum": None},
        {"scoreMaximum": 0},
        {"comment": 5},
    ],
    ids=str,
)
def test_a_wrong_member_is_refused(client: FlaskClient, send_score: Send, change: dict[str, Any]) -> None:
    assert send_score(**change).status_code == 400
    assert history(client) == []


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '{"scoreGiven": NaN}'])
def test_what_is_no_json_object_is_refused(client: FlaskClient, bearer: dict[str, str], body: str) -> None:
    answer = client.post(SCORES_URL, data=body, headers=bearer | {"Content-Type": SCORE})
    assert answer.status_code == 400


@pytest.mark.parametrize(("media_type", "status"), [("application/json", 400), (SCORE + "; charset=utf-8", 200)])
def test_the_media_type_is_exact(client: FlaskClient, bearer: dict[str, str], media_type: str, status: int) -> None:
    score = {
        "userId": "6",
        "timestamp": moment(-5),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": 1,
        "scoreMaximum": 1,
    }
    answer = client.post(SCORES_URL, json=score, headers=bearer | {"Content-Type": media_type})
    assert answer.status_code == status


def test_scores_live_before_the_query(send_score: Send) -> None:
    assert send_score("/ags/2/lineitems/1/lineitem/scores?type_id=1").status_code == 200
    assert send_score("/ags/2/lineitems/1/lineitem?type_id=1/scores").status_code == 405


def test_a_deleted_column_takes_no_scores_and_the_record_remains(client: FlaskClient, send_score: Send) -> None:
    send_score(at=-100)
    client.delete("/control/columns/1")
    assert send_score(at=-90).status_code == 404
    assert len(history(client)) == 1


def test_results_want_their_media_type(client: FlaskClient, bearer: dict[str, str]) -> None:
    assert client.get(RESULTS_URL, headers=bearer | {"Accept": "application/json"}).status_code == 400
