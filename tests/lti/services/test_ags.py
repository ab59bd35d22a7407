"""Scores, results and columns in the service's own shapes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.services import ags
from lti_tool.lti.services.ags import Score
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.http import AddressRefused, ServiceAnswer
from lti_tool.schools.registrations import to_registration
from tests.gradebook.host import ALL_SCOPES, Course, Host, respond

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def connector(course: Course, host: Host) -> Connector:
    return Connector(to_registration(course.platform), scopes=ALL_SCOPES, named_urls=(host.column_url,))


def body(**changes) -> dict:
    score = {"user_id": "6", "timestamp": NOON, "activity_progress": "Completed", "grading_progress": "FullyGraded"}
    return json.loads(ags.score_body(Score(**(score | changes))))


class TestAddresses:
    @pytest.mark.parametrize(
        ("column", "scores"),
        [
            ("https://m.test/2/lineitem?type_id=3", "https://m.test/2/lineitem/scores?type_id=3"),
            ("https://m.test/2/lineitem", "https://m.test/2/lineitem/scores"),
            ("https://m.test/2/lineitem/", "https://m.test/2/lineitem/scores"),
            ("https://m.test/2/lineitem?a=/x&b=1#top", "https://m.test/2/lineitem/scores?a=/x&b=1"),
        ],
    )
    def test_the_score_service_lies_below_the_path(self, column: str, scores: str):
        assert ags.scores_url(column) == scores

    def test_results_of_one_person_are_asked_for_without_a_limit(self):
        url = ags.results_url("https://m.test/2/lineitem?type_id=3", "a b&c")
        assert url == "https://m.test/2/lineitem/results?type_id=3&user_id=a+b%26c"


class TestScoreBody:
    def test_the_least_that_must_be_there(self):
        assert body() == {
            "userId": "6",
            "timestamp": "2026-11-23T12:00:00.000Z",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
        }

    def test_a_score_comes_with_its_maximum(self):
        assert body(score_given=Decimal("33.3333"))["scoreMaximum"] == 100
        assert body(score_given=Decimal(0))["scoreGiven"] == 0

    def test_a_moment_of_any_zone_goes_out_in_utc(self):
        moscow = timezone(timedelta(hours=3))
        assert body(timestamp=NOON.astimezone(moscow))["timestamp"] == "2026-11-23T12:00:00.000Z"

    def test_the_submission_is_never_later_than_the_score(self):
        sent = body(started_at=NOON + timedelta(hours=2), submitted_at=NOON + timedelta(hours=1))
        assert sent["submission"] == {
            "startedAt": "2026-11-23T12:00:00.000Z",
            "submittedAt": "2026-11-23T12:00:00.000Z",
        }

    @given(comment=st.text(min_size=1), user_id=st.text(min_size=1))
    def test_it_is_one_line_of_ascii_whatever_people_write(self, comment: str, user_id: str):
        raw = ags.score_body(Score(user_id, NOON, "Completed", "FullyGraded", Decimal(1), comment=comment))
        assert raw.isascii()
        assert b"\n" not in raw
        assert b"\r" not in raw
        assert json.loads(raw)["comment"] == comment


class TestResults:
    @pytest.mark.parametrize(
        ("member", "score", "maximum"),
        [
            ({"resultScore": 17, "resultMaximum": 20}, Decimal(17), Decimal(20)),
            ({"resultScore": 0.85}, Decimal("0.85"), Decimal(1)),
            ({"resultScore": None, "resultMaximum": None}, None, Decimal(1)),
            ({"resultScore": "6.66667", "resultMaximum": "20.00000"}, Decimal("6.66667"), Decimal(20)),
            ({"resultScore": "NaN", "resultMaximum": 0}, None, Decimal(1)),
            ({}, None, Decimal(1)),
        ],
    )
    def test_are_read_tolerantly(self, connector: Connector, host: Host, member, score, maximum):
        host.next("results", respond(200, "OK", [{"userId": "5"}, {"userId": 6, **member}]))
        result = ags.read_result(connector, host.column_url, "6")
        assert result is not None
        assert (result.score, result.maximum) == (score, maximum)

    def test_of_somebody_else_are_nobodys(self, connector: Connector, host: Host):
        host.next("results", respond(200, "OK", [{"userId": "5", "resultScore": 1}, "nonsense", None]))
        assert ags.read_result(connector, host.column_url, "6") is None

    def test_are_followed_over_pages_by_who_ignores_the_filter(self, connector: Connector, host: Host):
        url = ags.results_url(host.column_url) + "&page=2"
        host.next("results", respond(200, "OK", [{"userId": "5"}], {"Link": f"<{url}>; rel=next"}))
        host.next("results", respond(200, "OK", [{"userId": "6", "resultScore": 1}]))
        result = ags.read_result(connector, host.column_url, "6")
        assert result is not None
        assert result.score == 1

    @pytest.mark.parametrize("answer", ["<html>", '{"a": 1}'])
    def test_that_are_no_list_are_an_error(self, connector: Connector, host: Host, answer: str):
        host.next("results", respond(200, "OK", answer))
        with pytest.raises(ServiceAnswer):
            ags.read_result(connector, host.column_url, "6")

    def test_without_a_zone_a_moment_says_nothing(self, connector: Connector, host: Host):
        member = {"userId": "6", "resultScore": 1, "timestamp": "2026-11-23T15:00:00"}
        host.next("results", respond(200, "OK", [member]))
        result = ags.read_result(connector, host.column_url, "6")
        assert result is not None
        assert result.timestamp is None


class TestLineItems:
    def test_a_filter_that_the_platform_ignores_is_kept_by_us(self, connector: Connector, host: Host):
        items = [
            {"id": f"{host.url}/{number}/lineitem", "label": "x", "scoreMaximum": 1, "resourceLinkId": str(number)}
            for number in (1, 2)
        ]
        host.next("container", respond(200, "OK", items))
        (found,) = ags.list_line_items(connector, host.container_url, resource_link_id="2")
        assert found.resource_link_id == "2"

    def test_what_is_no_column_is_left_out(self, connector: Connector, host: Host):
        host.next("container", respond(200, "OK", [{}, {"id": ""}, {"id": 5}, {"id": "https://evil.test/1"}, 7]))
        assert ags.list_line_items(connector, host.container_url) == []

    @pytest.mark.parametrize(("label", "maximum"), [(" ", "10"), ("A", "0"), ("A", "-1")])
    def test_a_column_needs_a_name_and_a_maximum(self, connector: Connector, host: Host, label: str, maximum: str):
        with pytest.raises(ValueError, match="label"):
            ags.create_line_item(connector, host.container_url, label=label, score_maximum=Decimal(maximum))
        assert host.requests == []

    def test_a_new_column_must_lie_on_the_same_host(self, connector: Connector, host: Host):
        host.next("container", respond(201, "Created", {"id": "https://evil.test/1", "label": "A"}))
        with pytest.raises(AddressRefused):
            ags.create_line_item(connector, host.container_url, label="A", score_maximum=Decimal(1))

    def test_a_new_column_without_an_address_is_an_error(self, connector: Connector, host: Host):
        host.next("container", respond(201, "Created", {"label": "A"}))
        with pytest.raises(ServiceAnswer):
            ags.create_line_item(connector, host.container_url, label="A", score_maximum=Decimal(1))

    @pytest.mark.parametrize("member", ["id", "resourceLinkId"])
    def test_a_columns_identity_cannot_be_changed(self, connector: Connector, host: Host, member: str):
        with pytest.raises(ValueError, match="cannot be changed"):
            ags.update_line_item(connector, host.column_url, **{member: "x"})

    def test_an_answer_without_the_column_means_it_is_as_it_was_sent(self, connector: Connector, host: Host):
        host.next("column", respond(200, "OK", {"id": host.column_url, "label": "A", "scoreMaximum": 5}))
        host.next("column", respond(200, "OK", ""))
        assert ags.update_line_item(connector, host.column_url, label="B").label == "B"

    @pytest.mark.parametrize("status", [401, 403, 500])
    def test_a_column_that_cannot_be_deleted_is_told(self, connector: Connector, host: Host, status: int):
        host.next("column", *(respond(status, "No") for _ in range(2)))
        with pytest.raises(ServiceAnswer):
            ags.delete_line_item(connector, host.column_url)
