"""A score's way to the host's gradebook: what goes out, what comes back, what is written down."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from threading import Event

import pytest
import time_machine
from sqlalchemy import func, insert, select, update

from lti_tool.clock import now
from lti_tool.config import Settings
from lti_tool.gradebook import claim, health, outbox
from lti_tool.gradebook.claim import Errand, Held, Hold
from lti_tool.gradebook.delivery import deliver
from lti_tool.gradebook.models import LineItem, PlatformPause, Reason, ScoreClock, ScoreState
from lti_tool.gradebook.sweep import sweep
from lti_tool.lti.models import AccessToken
from lti_tool.lti.services.http import ServiceHttp
from lti_tool.schools.models import Platform
from tests.gradebook.host import Course, Grade, Host, deliver_due, make_course, respond

LEASE = timedelta(seconds=60)
NOON = datetime(2040, 11, 23, 12, 0, 0, 300_000, tzinfo=UTC)


class TestWhatGoesOut:
    def test_a_final_score_has_the_required_members_and_nothing_is_broken_over_lines(self, course: Course, host: Host):
        learner = course.learner(subject="6")
        begun = now() - timedelta(minutes=40)
        course.put(learner, "0.85", started_at=begun, comment="Хорошо!\nЕщё раз п. 2")
        deliver_due()

        request, body = host.score_requests[0], host.scores[0]
        assert body["userId"] == "6"
        assert (body["scoreGiven"], body["scoreMaximum"]) == (85, 100)
        assert (body["activityProgress"], body["gradingProgress"]) == ("Completed", "FullyGraded")
        assert body["comment"] == "Хорошо!\nЕщё раз п. 2"
        assert body["timestamp"].endswith(".000Z")
        assert body["submission"]["startedAt"] < body["submission"]["submittedAt"] <= body["timestamp"]
        assert request.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
        assert request.headers["Accept"] == "*/*"
        assert request.query_string == b"type_id=1"
        assert b"\n" not in request.get_data()
        assert request.get_data().isascii()

    def test_nought_is_a_score(self, course: Course, host: Host):
        course.put(course.learner(), "0")
        deliver_due()
        assert host.scores[0]["scoreGiven"] == 0

    def test_it_is_read_back_and_confirmed(self, course: Course, host: Host):
        learner = course.learner()
        score_id = course.put(learner, "0.85")
        deliver_due()

        score = course.score(score_id)
        assert score.state == ScoreState.DELIVERED
        assert score.confirmed_at is not None
        assert (score.platform_score, score.platform_maximum) == (17, 20)
        assert host.shows(learner.subject) == pytest.approx(17)
        assert [entry.outcome for entry in course.ledger(score_id)] == ["confirmed"]

    def test_without_permission_to_read_results_it_is_delivered_and_not_confirmed(self, course: Course, host: Host):
        host.granted = [scope for scope in host.granted if not scope.endswith("result.readonly")]
        score_id = course.put(course.learner(), "1")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.confirmed_at) == (ScoreState.DELIVERED, None)
        assert "results" not in host.requests

    def test_a_repeated_call_sends_nothing_more(self, course: Course, host: Host):
        score_id = course.put(course.learner(), "1")
        deliver(score_id)
        deliver(score_id)
        assert len(host.scores) == 1


class TestTokens:
    def test_one_token_serves_many_scores_and_is_kept_sealed(self, course: Course, host: Host):
        for _ in range(3):
            course.put(course.learner(), "1")
        deliver_due()
        assert host.requests.count("token") == 1
        assert host.token.encode() not in course.ask(select(AccessToken))[0].token

    def test_a_token_that_is_refused_is_renewed_once_and_the_score_arrives(self, course: Course, host: Host):
        course.put(course.learner(), "1")
        deliver_due()
        host.token = "token-2"  # the platform forgot the first
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert host.requests.count("token") == 2
        assert len(host.scores) == 3  # the second score went out twice, and only once with a good token

    def test_refused_with_a_new_token_too_needs_help_and_mends_by_itself(self, course: Course, host: Host):
        host.next("score", respond(401, "Unauthorized"), respond(401, "Unauthorized"))
        score_id = course.put(course.learner(), "1")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.reason) == (ScoreState.NEEDS_HELP, Reason.UNAUTHORISED)
        assert timedelta(minutes=59) < score.due_at - now() < timedelta(minutes=70)

        with time_machine.travel(score.due_at + timedelta(seconds=1)):
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (lambda: respond(404, "Not Found", "<!DOCTYPE html><title>Error</title>"), Reason.TOKEN_ADDRESS),
            (lambda: respond(200, "OK", "<html>welcome</html>"), Reason.TOKEN_ADDRESS),
            (lambda: respond(200, "OK", {"hello": "world"}), Reason.TOKEN_ADDRESS),
            (lambda: respond(302, "Found", "", {"Location": "/login"}), Reason.TOKEN_ADDRESS),
            (lambda: respond(400, "Bad Request", {"error": "invalid_client"}), Reason.UNAUTHORISED),
            (lambda: respond(401, "Unauthorized", {"error": "invalid_client"}), Reason.UNAUTHORISED),
            (lambda: respond(400, "Bad Request", {"error": "invalid_scope"}), Reason.SCOPE),
        ],
    )
    def test_no_token_needs_help_and_is_tried_again_slowly(self, course: Course, host: Host, answer, reason):
        host.next("token", answer())
        score_id = course.put(course.learner(), "1")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.reason) == (ScoreState.NEEDS_HELP, reason)
        assert score.due_at > now() + timedelta(minutes=59)
        assert host.scores == []

    def test_a_token_endpoint_that_is_overrun_is_waited_for(self, course: Course, host: Host):
        host.next("token", respond(429, "Too Many Requests", "", {"Retry-After": "60"}))
        with time_machine.travel(NOON, tick=False):
            score_id = course.put(course.learner(), "1")
            deliver_due()
        score = course.score(score_id)
        assert score.state == ScoreState.QUEUED
        assert timedelta(seconds=60) <= score.due_at - NOON < timedelta(seconds=63)

    def test_a_token_without_the_score_scope_needs_help(self, course: Course, host: Host):
        host.granted = [scope for scope in host.granted if not scope.endswith("/score")]
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert course.score(score_id).reason == Reason.SCOPE
        assert host.scores == []


class TestTime:
    def test_time_stamps_rise_by_whole_seconds_however_quickly_scores_follow(self, course: Course, host: Host):
        learner = course.learner()
        with time_machine.travel(NOON, tick=False) as clock:
            for fraction in ("0.2", "0.4", "0.6"):
                course.put(learner, fraction)
                deliver_due()
            assert len(host.scores) == 1  # the others have to wait for the next second
            for _ in range(5):
                clock.shift(1)
                deliver_due()
        stamps = [body["timestamp"] for body in host.scores]
        assert stamps == sorted(set(stamps))
        assert host.shows(learner.subject) == pytest.approx(12)

    def test_it_is_put_back_until_it_can_be_dated_later(self, course: Course, host: Host):
        learner = course.learner()
        with time_machine.travel(NOON, tick=False):
            course.put(learner, "0.5")
            deliver_due()
            later = course.put(learner, "0.6")
            deliver_due()
            score = course.score(later)
        assert score.state == ScoreState.QUEUED
        assert score.tries == 0
        # The host's Date header says 12:00:00 at 12:00:00.3, so its clock may be 0.3 s behind ours.
        assert score.due_at == NOON.replace(microsecond=0) + timedelta(seconds=1, milliseconds=300)

    def test_it_is_never_dated_ahead_of_a_host_whose_clock_is_behind(self, course: Course, host: Host):
        host.ahead = -timedelta(seconds=90)
        learner = course.learner()
        score_id = course.put(learner, "1")
        deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        for body in host.scores:
            assert datetime.fromisoformat(body["timestamp"]) <= now() + host.ahead
        assert -92_000 < course.ask(select(Platform.clock_ahead_ms))[0] <= -90_000
        # The submission, too, is not told to lie in the host's future.
        assert host.scores[0]["submission"]["submittedAt"] <= host.scores[0]["timestamp"]

    def test_it_is_never_dated_ahead_of_our_clock_either(self, course: Course, host: Host):
        host.ahead = timedelta(seconds=90)
        course.put(course.learner(), "1")
        deliver_due()
        assert datetime.fromisoformat(host.scores[0]["timestamp"]) <= now()

    def test_the_assertion_is_dated_by_the_host_once_its_clock_is_known(self, course: Course, host: Host):
        host.ahead = -timedelta(seconds=90)
        course.put(course.learner(), "1")
        deliver_due()
        first, second = host.assertions
        assert first["iat"] - second["iat"] >= 89
        assert host.requests.count("token") == 2

    def test_the_stamp_is_stored_before_the_score_goes_out(self, course: Course, host: Host):
        seen = []

        def look(request):
            with course.app.app_context():
                seen.extend(course.ask(select(ScoreClock.last_timestamp)))
            return respond(500, "Oops", "later")

        host.next("score", look)
        course.put(course.learner(), "1")
        deliver_due()
        assert [stamp.isoformat() for stamp in seen] == [host.scores[0]["timestamp"].replace(".000Z", "+00:00")]


class TestConflict:
    def test_the_same_grade_is_there_already(self, course: Course, host: Host):
        learner = course.learner()
        host.grades[learner.subject] = Grade(17, 20, int((now() + timedelta(seconds=5)).timestamp()))
        score_id = course.put(learner, "0.85")
        deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert course.score(score_id).confirmed_at is not None

    def test_a_newer_grade_of_the_platform_is_kept(self, course: Course, host: Host):
        learner = course.learner()
        host.grades[learner.subject] = Grade(3, 20, int((now() + timedelta(hours=1)).timestamp()))
        score_id = course.put(learner, "0.85")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.due_at, score.platform_score) == (ScoreState.NEWER_KEPT, None, 3)
        assert host.shows(learner.subject) == 3

    def test_an_older_grade_gives_way_one_second_later_than_its_own_time(self, course: Course, host: Host):
        learner = course.learner()
        with time_machine.travel(NOON, tick=False) as clock:
            host.grades[learner.subject] = Grade(3, 20, int((NOON + timedelta(seconds=20)).timestamp()))
            # The learner was ready a minute from now by the host's clock: ours is the newer result.
            score_id = course.put(learner, "0.85", submitted_at=NOON + timedelta(minutes=1))
            deliver_due()
            score = course.score(score_id)
            assert score.state == ScoreState.QUEUED
            assert NOON + timedelta(seconds=20) < score.due_at < NOON + timedelta(seconds=22)
            clock.shift(22)
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert host.scores[-1]["timestamp"] >= "2040-11-23T12:00:21.000Z"
        assert host.shows(learner.subject) == pytest.approx(17)

    def test_a_platform_that_never_says_what_it_holds_is_asked_a_few_times_and_then_needs_help(self, course, host):
        host.granted = [scope for scope in host.granted if not scope.endswith("result.readonly")]
        host.always("score", lambda: respond(409, "Conflict", ""))
        with time_machine.travel(NOON, tick=False) as clock:
            score_id = course.put(course.learner(), "1")
            for _ in range(12):
                deliver_due()
                clock.shift(60)
        score = course.score(score_id)
        assert (score.state, score.reason) == (ScoreState.NEEDS_HELP, Reason.REFUSED)
        assert len(host.scores) == 6

    def test_a_grade_that_the_teacher_set_is_told_and_stays(self, course: Course, host: Host):
        learner = course.learner()
        host.grades[learner.subject] = Grade(3, 20, int((now() - timedelta(hours=1)).timestamp()), overridden=True)
        score_id = course.put(learner, "1")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.platform_score, score.due_at) == (ScoreState.OVERRIDDEN, 3, None)

    def test_a_result_that_cannot_be_read_back_just_now_leaves_it_delivered(self, course: Course, host: Host):
        course.change(update(Platform).values(clock_ahead_ms=0))
        host.next("results", respond(500, "Oops", "x"))
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert (course.score(score_id).state, course.score(score_id).confirmed_at) == (ScoreState.DELIVERED, None)

    def test_a_host_that_falls_silent_before_it_says_what_it_holds_is_asked_again(self, course: Course, host: Host):
        def refuse_and_fall(request):
            host.next("results", respond(429, "Too Many Requests"))
            return respond(409, "Refusing score with an earlier timestamp", [])

        host.next("score", refuse_and_fall)
        with time_machine.travel(NOON, tick=False) as clock:
            score_id = course.put(course.learner(), "1")
            deliver_due()
            assert course.score(score_id).state == ScoreState.QUEUED
            clock.shift(2)
            deliver_due()
            assert course.score(score_id).state == ScoreState.DELIVERED


class TestRefusals:
    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (lambda: respond(400, 'Incorrect score received{"userId": "6"}', []), Reason.NOT_GRADABLE),
            (lambda: respond(400, "Bad Request", []), Reason.NOT_GRADABLE),  # HTTP/2 dropped the phrase
            (lambda: respond(403, "Forbidden"), Reason.FORBIDDEN),
            (lambda: respond(412, "Precondition Failed"), Reason.REFUSED),
            (lambda: respond(422, "Unprocessable Entity"), Reason.REFUSED),
            (lambda: respond(200, "OK", []), Reason.REFUSED),
        ],
    )
    def test_for_good_is_for_good(self, course: Course, host: Host, answer, reason):
        host.next("score", answer())
        score_id = course.put(course.learner(), "1")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.reason, score.due_at) == (ScoreState.NEEDS_HELP, reason, None)

    def test_a_locked_grade_is_told_and_tried_slowly(self, course: Course, host: Host):
        host.next("score", respond(500, "Internal Server Error", []))
        score_id = course.put(course.learner(), "1")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.reason) == (ScoreState.NEEDS_HELP, Reason.LOCKED)
        assert score.due_at > now() + timedelta(minutes=59)

    def test_the_same_answer_of_a_platform_that_is_broken_is_passing(self, course: Course, host: Host):
        host.next("score", respond(500, "Internal Server Error", []))
        course.put(course.learner(), "1")  # makes the clock known, so that results are asked for after the score only
        deliver_due()
        host.next("score", respond(500, "Internal Server Error", []))
        host.next("results", respond(500, "Oops", "broken"))
        host.next("column", respond(500, "Oops", "broken"))
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert course.score(score_id).state == ScoreState.QUEUED

    def test_a_gateway_error_is_passing_until_it_persists_while_all_else_answers(self, course: Course, host: Host):
        host.always("score", lambda: respond(502, "Bad Gateway", "<html>502</html>"))
        with time_machine.travel(NOON, tick=False) as clock:
            score_id = course.put(course.learner(), "1")
            for _ in range(5):
                deliver_due()
                assert course.score(score_id).state == ScoreState.QUEUED
                clock.shift(7200)
            deliver_due()
        score = course.score(score_id)
        assert (score.state, score.reason) == (ScoreState.NEEDS_HELP, Reason.REFUSED)
        assert score.due_at is not None

    def test_the_ledger_keeps_the_platforms_words_without_the_person(self, course: Course, host: Host):
        host.next("score", respond(409, "Refusing score with an earlier timestamp for item 2 and user 4711", []))
        score_id = course.put(course.learner(subject="4711"), "1")
        deliver_due()
        words = [entry.detail for entry in course.ledger(score_id)]
        assert words[-1] == "Refusing score with an earlier timestamp for item 2 and user …"


class TestColumns:
    def test_a_column_that_the_launch_did_not_name_is_looked_up(self, course: Course, host: Host):
        course.change(update(LineItem).values(url=None))
        host.columns = [{"id": host.column_url, "label": "Урок 1", "scoreMaximum": 20, "resourceLinkId": "1"}]
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert course.ask(select(LineItem.url))[0] == host.column_url

    def test_of_several_the_one_with_our_resource_id(self, course: Course, host: Host):
        course.change(update(LineItem).values(url=None, resource_id="onboarding"))
        other = host.column_url.replace("/2/lineitem?", "/4/lineitem?")
        host.columns = [
            {"id": other, "label": "A", "resourceLinkId": "1", "resourceId": "something"},
            {
                "id": host.column_url,
                "label": "B",
                "scoreMaximum": 20,
                "resourceLinkId": "1",
                "resourceId": "onboarding",
            },
        ]
        course.put(course.learner(), "1")
        deliver_due()
        assert course.ask(select(LineItem.url))[0] == host.column_url

    @pytest.mark.parametrize("columns", [0, 2])
    def test_none_or_no_telling_needs_help(self, course: Course, host: Host, columns: int):
        course.change(update(LineItem).values(url=None))
        item = {"id": host.column_url, "label": "A", "scoreMaximum": 10, "resourceLinkId": "1"}
        host.columns = [{**item, "id": f"{host.column_url}&n={number}"} for number in range(columns)]
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert course.score(score_id).reason == Reason.NO_COLUMN
        assert host.scores == []

    @pytest.mark.parametrize(
        ("answer", "state", "reason"),
        [
            (lambda: respond(500, "Oops", "x"), ScoreState.QUEUED, None),
            (lambda: respond(429, "Too Many Requests"), ScoreState.QUEUED, None),
            (lambda: respond(200, "OK", "<html>"), ScoreState.QUEUED, None),
            (lambda: respond(403, "Forbidden"), ScoreState.NEEDS_HELP, Reason.FORBIDDEN),
            (lambda: respond(400, "No handler found"), ScoreState.NEEDS_HELP, Reason.REFUSED),
            (lambda: respond(404, "Not Found: Course 2 doesn't exist"), ScoreState.NEEDS_HELP, Reason.NO_COLUMN),
            (
                lambda: respond(200, "OK", [], {"Link": "<https://evil.test/>; rel=next"}),
                ScoreState.NEEDS_HELP,
                Reason.FORBIDDEN,
            ),
        ],
    )
    def test_a_list_of_columns_that_is_not_given(self, course: Course, host: Host, answer, state, reason):
        course.change(update(LineItem).values(url=None))
        host.next("container", answer())
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert (course.score(score_id).state, course.score(score_id).reason) == (state, reason)
        assert host.scores == []

    def test_without_permission_to_look_columns_up_there_is_none(self, course: Course, host: Host):
        host.granted = [scope for scope in host.granted if "lineitem" not in scope]
        course.change(update(LineItem).values(url=None))
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert course.score(score_id).reason == Reason.NO_COLUMN
        assert host.requests == ["token"]

    def test_columns_that_are_gone_one_after_the_other_end_somewhere(self, course: Course, host: Host):
        one, two = (host.column_url.replace("/2/", f"/{number}/") for number in (8, 9))
        host.columns = [{"id": one, "resourceLinkId": "1"}, {"id": two, "resourceLinkId": "1"}]
        course.change(update(LineItem).values(url=one))
        host.always("score", lambda: respond(404, "Not Found"))
        with time_machine.travel(NOON, tick=False) as clock:
            score_id = course.put(course.learner(), "1")
            for _ in range(10):
                deliver_due()
                clock.shift(2)
        assert course.score(score_id).reason == Reason.COLUMN_DELETED

    @pytest.mark.parametrize("status", [404, 410])
    def test_a_deleted_column_is_told(self, course: Course, host: Host, status: int):
        host.next("score", respond(status, "Not Found: Grade item 2 doesn't exist", {"status": status}))
        score_id = course.put(course.learner(), "1")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.reason) == (ScoreState.NEEDS_HELP, Reason.COLUMN_DELETED)

    def test_a_column_that_was_replaced_is_found(self, course: Course, host: Host):
        new = host.column_url.replace("/2/lineitem?", "/9/lineitem?")
        host.columns = [{"id": new, "label": "Урок 1", "scoreMaximum": 20, "resourceLinkId": "1"}]
        host.next("score", respond(404, "Not Found"))
        with time_machine.travel(NOON, tick=False) as clock:
            score_id = course.put(course.learner(), "1")
            deliver_due()
            clock.shift(2)
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert host.score_requests[-1].path == "/mod/lti/services.php/2/lineitems/9/lineitem/scores"

    def test_a_column_elsewhere_than_its_container_is_not_believed(self, course: Course, host: Host):
        course.change(update(LineItem).values(url=None))
        host.columns = [{"id": "https://evil.test/li", "label": "A", "scoreMaximum": 1, "resourceLinkId": "1"}]
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert course.score(score_id).reason == Reason.NO_COLUMN


class TestPassing:
    def test_it_waits_as_long_as_the_platform_asks(self, course: Course, host: Host):
        host.next("score", respond(429, "Too Many Requests", "", {"Retry-After": "120"}))
        with time_machine.travel(NOON, tick=False):
            score_id = course.put(course.learner(), "1")
            deliver_due()
        score = course.score(score_id)
        assert timedelta(seconds=120) <= score.due_at - NOON <= timedelta(seconds=123)

    def test_or_until_the_date_that_it_names(self, course: Course, host: Host):
        host.next(
            "score",
            respond(503, "Busy", "", {"Retry-After": format_datetime(NOON + timedelta(minutes=10), usegmt=True)}),
        )
        with time_machine.travel(NOON, tick=False):
            score_id = course.put(course.learner(), "1")
            deliver_due()
        assert timedelta(minutes=10) <= course.score(score_id).due_at - NOON.replace(microsecond=0)

    def test_but_not_longer_than_a_day(self, course: Course, host: Host):
        host.next("score", respond(429, "Too Many Requests", "", {"Retry-After": "99999999"}))
        with time_machine.travel(NOON, tick=False):
            score_id = course.put(course.learner(), "1")
            deliver_due()
        assert course.score(score_id).due_at - NOON <= timedelta(days=1, seconds=3)

    def test_a_403_that_asks_for_patience_is_not_a_refusal(self, course: Course, host: Host):
        host.next("score", respond(403, "Forbidden", "403 Forbidden (Rate Limit Exceeded)"))
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert course.score(score_id).state == ScoreState.QUEUED

    def test_a_platform_out_of_reach_is_left_alone_so_that_others_get_their_turn(self, course: Course, host: Host):
        learners = [course.learner() for _ in range(3)]
        for learner in learners:
            course.put(learner, "1")
        host.server.stop()
        deliver_due()
        states = {score.state for score in course.scores()}
        assert states == {ScoreState.QUEUED}
        assert course.ask(select(func.sum(outbox.OutgoingScore.tries))) == [1]
        assert course.ask(select(PlatformPause.platform_id))[0] == course.platform.id

    def test_a_request_of_a_person_is_tried_at_once_all_the_same(self, course: Course, host: Host):
        host.next("score", respond(503, "Busy", "", {"Retry-After": "3600"}))
        score_id = course.put(course.learner(), "1")
        deliver_due()
        with time_machine.travel(now() + timedelta(seconds=2)):
            assert course.resend(score_id)
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED

    def test_after_a_day_of_outage_the_last_score_alone_arrives(self, course: Course, host: Host):
        learner, other = course.learner(), course.learner()
        host.server.stop()
        with time_machine.travel(NOON, tick=False) as clock:
            for hour in range(25):
                if hour in {0, 6, 12}:
                    course.put(learner, Decimal(hour) / 20)
                if hour == 1:
                    silent = course.put(other, "0.5")
                deliver_due()
                clock.shift(3600)
            deliver_due()
            score = course.score(silent)
            assert (score.state, score.reason) == (ScoreState.NEEDS_HELP, Reason.SILENT)
            assert score.due_at is not None
            host.server.start()
            for _ in range(3):
                clock.shift(3600)
                deliver_due()
        assert [body["scoreGiven"] for body in host.scores if body["userId"] == learner.subject] == [60]
        states = [score.state for score in course.scores() if score.identity_id == learner.id]
        assert states == [ScoreState.SUPERSEDED, ScoreState.SUPERSEDED, ScoreState.DELIVERED]
        assert course.score(silent).state == ScoreState.DELIVERED

    def test_after_thirty_days_it_is_given_up_and_kept(self, course: Course, host: Host):
        host.server.stop()
        with time_machine.travel(NOON, tick=False) as clock:
            score_id = course.put(course.learner(), "1")
            deliver_due()
            clock.shift(timedelta(days=30, minutes=1))
            deliver_due()
            score = course.score(score_id)
            assert (score.state, score.reason, score.due_at) == (ScoreState.NEEDS_HELP, Reason.SILENT, None)
            host.server.start()
            course.resend(score_id)
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED

    def test_a_host_that_hangs_holds_us_no_longer_than_its_time(self, course: Course, host: Host, monkeypatch):
        release = Event()
        monkeypatch.setitem(course.app.extensions, "lti.http", ServiceHttp(connect_timeout=1, read_timeout=1))

        def hang(request):
            release.wait(5)
            return respond(200)

        host.next("results", hang)
        host.next("score", hang)
        course.change(update(Platform).values(clock_ahead_ms=0))
        score_id = course.put(course.learner(), "1")
        began = now()
        deliver(score_id)
        assert now() - began < timedelta(seconds=3)
        release.set()
        score = course.score(score_id)
        assert (score.state, score.lease_until) == (ScoreState.QUEUED, None)
        assert course.ledger(score_id)[0].detail == "timeout"

    @pytest.mark.parametrize("says_when", [True, False])
    def test_a_score_that_arrived_though_its_answer_was_lost_is_not_sent_twice(
        self, course: Course, host: Host, monkeypatch, says_when: bool
    ):
        monkeypatch.setitem(course.app.extensions, "lti.http", ServiceHttp(connect_timeout=1, read_timeout=1))
        release = Event()

        def take_and_hang(request):
            host._score(request)
            release.wait(5)
            return respond(200)

        def shown(request):
            answer = host._results(request)
            if says_when:
                return answer
            (result,) = json.loads(answer.get_data())
            return respond(200, "OK", [{name: value for name, value in result.items() if name != "timestamp"}])

        host.next("score", take_and_hang)
        score_id = course.put(course.learner(), "1")
        deliver(score_id)
        release.set()
        assert course.score(score_id).state == ScoreState.QUEUED
        host.next("results", shown)
        with time_machine.travel(now() + timedelta(minutes=1)):
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert course.score(score_id).confirmed_at is not None
        assert len(host.scores) == 1

    def test_the_same_number_from_an_earlier_day_is_not_taken_for_it(self, course: Course, host: Host):
        learner = course.learner()
        host.grades[learner.subject] = Grade(20, 20, int((now() - timedelta(days=1)).timestamp()))
        host.next("score", respond(500, "Oops", "x"))
        score_id = course.put(learner, "1")
        deliver_due()
        with time_machine.travel(now() + timedelta(minutes=1)):
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert len(host.scores) == 2

    def test_what_a_person_asks_to_send_again_is_sent_again(self, course: Course, host: Host):
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert course.resend(score_id)
        with time_machine.travel(now() + timedelta(seconds=3)):
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert len(host.scores) == 2

    def test_a_fault_of_ours_neither_loses_nor_repeats_the_score_at_once(self, course: Course, host: Host, monkeypatch):
        monkeypatch.setattr("lti_tool.lti.services.ags.score_body", lambda score: 1 / 0)
        score_id = course.put(course.learner(), "1")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.lease_until) == (ScoreState.QUEUED, None)
        assert score.due_at > now()
        assert course.ledger(score_id)[0].outcome == "fault"


class TestSweep:
    def test_scores_of_a_platform_that_is_left_alone_are_put_off_until_its_time_is_over(self, course, host: Host):
        host.next("score", respond(429, "Too Many Requests", "", {"Retry-After": "1800"}))
        with time_machine.travel(NOON, tick=False):
            course.put(course.learner(), "1")
            deliver_due()
            waiting = course.put(course.learner(), "1")
            assert sweep() == []
        assert course.score(waiting).due_at == NOON + timedelta(minutes=30)
        assert course.score(waiting).tries == 0

    def test_a_dead_host_does_not_stand_before_a_living_one(self, course: Course, host: Host, session):
        for _ in range(10):
            course.put(course.learner(), "1")
        other = make_course(session, host, client_id="another")
        alone = other.put(other.learner(), "1")
        assert alone in sweep(limit=2)

    def test_what_is_leased_is_left_to_its_worker_until_the_lease_runs_out(self, course: Course):
        score_id = course.put(course.learner(), "1")
        moment = now() + timedelta(seconds=60)
        course.change(update(outbox.OutgoingScore).values(lease_until=moment, lease_owner="somebody"))
        assert sweep() == []
        with time_machine.travel(moment + timedelta(seconds=1)):
            assert sweep() == [score_id]

    def test_a_platform_that_was_switched_off_gets_nothing(self, course: Course, host: Host):
        course.change(update(Platform).values(state="off"))
        score_id = course.put(course.learner(), "1")
        deliver_due()
        assert host.requests == []
        assert course.score(score_id).state == ScoreState.QUEUED


class TestUnwellPlatforms:
    """A platform that is unwell waits as a whole, and holds at most one worker."""

    def test_errors_in_a_row_about_many_people_let_it_be_left_alone(self, course: Course, host: Host):
        host.always("score", lambda: respond(500, "Internal Server Error", "Fatal error"))
        for _ in range(health.STRIKES + 3):
            course.put(course.learner(), "1")
        deliver_due()
        assert len(host.scores) == health.STRIKES
        (pause,) = course.ask(select(PlatformPause))
        assert pause.until > now()

    def test_an_answer_in_between_forgets_them(self, course: Course, host: Host):
        with time_machine.travel(NOON, tick=False):
            for _ in range(3):
                host.next("score", *[respond(500, "Internal Server Error", "Fatal error")] * (health.STRIKES - 1))
                for _ in range(health.STRIKES):
                    course.put(course.learner(), "1")
                deliver_due()
        assert course.ask(select(PlatformPause)) == []
        assert len(host.grades) == 3

    def test_when_its_time_is_over_one_score_goes_first(self, course: Course, host: Host):
        host.next("score", respond(503, "Busy", ""))
        with time_machine.travel(NOON, tick=False) as clock:
            for _ in range(5):
                course.put(course.learner(), "1")
            deliver_due()
            assert len(host.scores) == 1
            clock.shift(3600)
            assert len(sweep()) == 1
            deliver_due()
        assert {score.state for score in course.scores()} == {ScoreState.DELIVERED}

    def test_beside_the_one_that_tries_no_other_does(self, course: Course, host: Host):
        course.change(
            insert(PlatformPause).values(platform_id=course.platform.id, until=now(), failures=health.STRIKES)
        )
        first, second = (course.put(course.learner(), "1") for _ in range(2))
        assert isinstance(claim.claim(first, lease=LEASE), Errand)
        held = claim.claim(second, lease=LEASE)
        assert isinstance(held, Held)
        assert held.why == Hold.BUSY
        assert course.score(second).due_at == held.until > now()

    def test_one_that_has_kept_a_worker_waiting_for_long_gets_no_second_one(self, course: Course, host: Host):
        course.put(course.learner(), "1")
        deliver_due()  # it has given a token: it is known to answer
        first, second, third = (course.put(course.learner(), "1") for _ in range(3))
        with time_machine.travel(now() + timedelta(seconds=2), tick=False) as clock:
            assert isinstance(claim.claim(first, lease=LEASE), Errand)
            assert isinstance(claim.claim(second, lease=LEASE), Errand)
            clock.shift(health.SLOW + timedelta(seconds=1))
            assert isinstance(claim.claim(third, lease=LEASE), Held)

    def test_one_that_has_not_yet_given_a_token_is_asked_by_one_worker(self, course: Course, host: Host):
        first, second = (course.put(course.learner(), "1") for _ in range(2))
        assert isinstance(claim.claim(first, lease=LEASE), Errand)
        assert isinstance(claim.claim(second, lease=LEASE), Held)

    def test_the_longer_it_lasts_the_longer_it_is_left_alone_ten_minutes_at_most(self, settings: Settings):
        def longest(failures: int) -> float:
            return max(health.pause_after(failures, settings).total_seconds() for _ in range(200))

        assert longest(health.STRIKES - 1) == 0
        assert 15 <= longest(health.STRIKES) <= 30
        assert 60 < longest(health.STRIKES + 2) <= 120
        assert longest(health.STRIKES + 40) <= 600

    def test_after_a_day_it_is_said_aloud_of_those_too_that_were_only_put_off(self, course: Course, host: Host):
        with time_machine.travel(NOON, tick=False) as clock:
            waiting = course.put(course.learner(), "1")
            clock.shift(timedelta(hours=25))
            until = now() + timedelta(minutes=9)
            course.change(insert(PlatformPause).values(platform_id=course.platform.id, until=until, failures=9))
            sweep()
        score = course.score(waiting)
        assert (score.state, score.reason, score.due_at) == (ScoreState.NEEDS_HELP, Reason.SILENT, until)
