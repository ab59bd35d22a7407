"""What a real Moodle 4.5.6 answered to scores, tokens, results and line items, replayed answer by answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from werkzeug import Response

from lti_tool.gradebook import outbox
from lti_tool.gradebook.models import Reason, ScoreState
from lti_tool.lti.services import ags
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.http import ServiceAnswer
from lti_tool.schools.models import Platform
from lti_tool.schools.registrations import to_registration
from tests.gradebook.host import ALL_SCOPES, Course, Host, deliver_due, respond

RECORDINGS = Path(__file__).parent / "recordings"
RECORDED_AT = "http://127.0.0.1:8100"

DELIVERED = (ScoreState.DELIVERED, None)
NOT_GRADABLE = (ScoreState.NEEDS_HELP, Reason.NOT_GRADABLE)
REFUSED = (ScoreState.NEEDS_HELP, Reason.REFUSED)
LOCKED = (ScoreState.NEEDS_HELP, Reason.LOCKED)
UNAUTHORISED = (ScoreState.NEEDS_HELP, Reason.UNAUTHORISED)
TOKEN_ADDRESS = (ScoreState.NEEDS_HELP, Reason.TOKEN_ADDRESS)
SCOPE = (ScoreState.NEEDS_HELP, Reason.SCOPE)
QUEUED = (ScoreState.QUEUED, None)
KEPT = (ScoreState.NEWER_KEPT, None)

# The answer to a score → where the score then stands, when the grade book shows nothing yet.
SCORES = {
    "15": DELIVERED,
    "16": DELIVERED,
    "bogus-progress": DELIVERED,
    "comment-visible": DELIVERED,
    "completion-completed-noscore": DELIVERED,
    "completion-fail": DELIVERED,
    "completion-graded": DELIVERED,
    "completion-inprogress": DELIVERED,
    "completion-pass": DELIVERED,
    "ct-charset": DELIVERED,
    "first": DELIVERED,
    "future-timestamp": DELIVERED,
    "inprogress-noscore": DELIVERED,
    "negative": DELIVERED,
    "newer-rescaled": DELIVERED,
    "on-overridden": DELIVERED,
    "over-max": DELIVERED,
    "pending-with-score": DELIVERED,
    "pendingmanual-with-score": DELIVERED,
    "plus-timezone": DELIVERED,
    "string-score": DELIVERED,
    "submission-fields": DELIVERED,
    "zero": DELIVERED,
    # 400 without a body to tell why: the person cannot be graded, or the score is malformed (ours never is).
    "bad-timestamp": NOT_GRADABLE,
    "garbage-body": NOT_GRADABLE,
    "missing-progress": NOT_GRADABLE,
    "no-max": NOT_GRADABLE,
    "no-such-user": NOT_GRADABLE,
    "no-timestamp": NOT_GRADABLE,
    "teacher": NOT_GRADABLE,
    "unenrolled": NOT_GRADABLE,
    # 400 because of a media type: the platform answers, but not as a score service should.
    "wrong-ct": REFUSED,
    # 200 with `[]`: a refusal that lost its status.
    "unenrolled-prettyprinted-body": REFUSED,
    # 409: sent again, dated later.
    "after-future": QUEUED,
    "no-fraction-no-tz": QUEUED,
    "older-timestamp": QUEUED,
    "same-timestamp": QUEUED,
    "on-locked-grade": LOCKED,
    "nonnumeric-user": QUEUED,  # 502: passing at first
}

TOKENS = {
    "ok": DELIVERED,
    "ok-https-tool": DELIVERED,
    "no-exp": DELIVERED,
    "no-jti": DELIVERED,
    "wrong-aud": DELIVERED,
    "wrong-iss": DELIVERED,
    "scope-partly-unknown": DELIVERED,
    "scope-basicoutcome": SCOPE,
    "scope-unknown": SCOPE,
    "bad-grant": UNAUTHORISED,
    "bad-signature": UNAUTHORISED,
    "expired-assertion": UNAUTHORISED,
    "iat-future-3s": UNAUTHORISED,
    "iat-future-60s": UNAUTHORISED,
    "no-scope": UNAUTHORISED,
    "unknown-client": UNAUTHORISED,
    "unknown-kid": UNAUTHORISED,
    "curlsecurity-default-loopback-tool": TOKEN_ADDRESS,
    "curlsecurity-port-not-allowed": TOKEN_ADDRESS,
}

# The answer to reading user 6's or 8's result → score and maximum, or the status that is an error.
RESULTS: dict[str, tuple[int, int] | int | None] = {
    "all": (19, 20),
    "one-user": (19, 20),
    "overridden": (3, 20),
    "zero": (0, 20),
    "after-inprogress": None,
    "unenrolled": None,
    "accept-json": 400,
    "limit1": 404,
    "naive-url-concat": 400,
}

# The answer to listing columns → how many there are, or the status that is an error.
LISTS = {
    "get": 1,
    "get-all": 5,
    "get-no-typeid": 1,
    "get-other-course": 0,
    "get_resource_id_task-1": 2,
    "get_resource_id_topic-1": 2,
    "get_resource_link_id_1": 2,
    "get_tag_practice": 1,
    "get-accept-json": 400,
    "get-no-accept-star": 400,
    "get-no-such-course": 404,
    "get-expired-token": 401,
    "get-insufficient-scope": 401,
    "get-no-token": 401,
    "get-wrong-token": 401,
}
PAGES = ("get_limit_2", "get_limit_2_from_2")

# One column: what was asked of it, and the status; labels are compared in the tests below.
CREATED = {
    "coupled-second": 201,
    "duplicate": 201,
    "other-course": 201,
    "standalone": 201,
    "zero-max": 201,
    "bad-rlid": 403,
    "missing-label": 400,
    "rlid-nonnumeric": 502,
    "wrong-ct": 400,
}
CHANGED = ("put", "put-couple", "put-declarative", "put-submissionreview")
READ = {
    "get": "Итог за тему",
    "get-after-put": "Итог за тему (новое)",
    "get-submissionreview": "Урок 1: Перекрёсток",
    "get-course-total-item": "",
    "get-deleted": 404,
}
DELETED = ("delete-declarative", "delete-standalone")
UNASKED = {"scores-get": 405}  # nothing of ours asks for scores


def recorded(name: str) -> dict[str, Any]:
    """Read a recording."""
    recording: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return recording


def answer_of(name: str, host: Host) -> Response:
    """Return the recorded answer, from the address of the host that replays it."""
    answer = recorded(name)["response"]
    text = answer["body"] if isinstance(answer["body"], str) else json.dumps(answer["body"], ensure_ascii=False)
    # Headers arrive as bytes; Moodle's Link has typographic quotes in UTF-8.
    headers = {
        key: value.replace(RECORDED_AT, host.url).encode().decode("latin-1")
        for key, value in answer["headers"].items()
        if key != "Date"
    }
    return respond(answer["status"], answer["reason"], text.replace(RECORDED_AT, host.url), headers)


def moment_of(name: str) -> datetime:
    """Return when it was recorded."""
    return parsedate_to_datetime(recorded(name)["response"]["headers"]["Date"])


def put_as_recorded(course: Course, name: str, **values: Any) -> Any:
    """Put the recorded score into the outbox, as far as ours can be like it."""
    body = recorded(name)["request"].get("body")
    body = body if isinstance(body, dict) else {}
    given, maximum = Decimal(str(body.get("scoreGiven", 10))), Decimal(str(body.get("scoreMaximum", 20)))
    learner = course.learner(subject=body.get("userId", "6"))
    return course.put(learner, min(max(given / maximum, Decimal(0)), Decimal(1)), **values)


@pytest.fixture
def connector(course: Course, host: Host) -> Connector:
    return Connector(
        to_registration(course.platform), scopes=ALL_SCOPES, named_urls=(host.column_url,), deployment_id="1"
    )


def test_every_recording_is_replayed() -> None:
    replayed = {f"ags-score-{name}" for name in SCORES} | {f"token-{name}" for name in TOKENS}
    replayed |= {f"ags-results-{name}" for name in RESULTS}
    replayed |= {f"ags-lineitems-{name}" for name in (*LISTS, *PAGES)}
    replayed |= {f"ags-lineitem-post-{name}" for name in CREATED}
    replayed |= {f"ags-lineitem-{name}" for name in (*CHANGED, *READ, *DELETED)}
    replayed |= {f"ags-{name}" for name in UNASKED}
    recordings = {path.stem for path in RECORDINGS.glob("*.json")}
    assert replayed == {name for name in recordings if name.startswith(("ags-", "token-"))}


class TestScores:
    @pytest.mark.parametrize("name", SCORES)
    def test_each_answer_leads_to_its_state(self, course: Course, host: Host, name: str):
        name = f"ags-score-{name}"
        host.next("score", answer_of(name, host))
        with time_machine.travel(moment_of(name), tick=False):
            score_id = put_as_recorded(course, name)
            deliver_due()
        score = course.score(score_id)
        assert (score.state, score.reason) == SCORES[name.removeprefix("ags-score-")]
        assert (score.due_at is None) == (
            score.state == ScoreState.DELIVERED or score.reason in {*NOT_GRADABLE, *REFUSED}
        )
        assert score.sent_timestamp <= moment_of(name)
        for entry in course.ledger(score_id):  # Moodle echoes the score and the user's id; the ledger does not
            assert "{" not in (entry.detail or "")
            assert "user " not in (entry.detail or "").replace("user …", "")

    def test_nought_is_confirmed_by_the_grade_book(self, course: Course, host: Host):
        host.next("score", answer_of("ags-score-zero", host))
        host.always("results", lambda: answer_of("ags-results-zero", host))
        score_id = put_as_recorded(course, "ags-score-zero")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.platform_score, score.platform_maximum) == (ScoreState.DELIVERED, 0, 20)
        assert score.confirmed_at is not None

    def test_an_overridden_grade_is_accepted_and_not_shown(self, course: Course, host: Host):
        host.next("score", answer_of("ags-score-on-overridden", host))
        host.always("results", lambda: answer_of("ags-results-overridden", host))
        score_id = put_as_recorded(course, "ags-score-on-overridden")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.platform_score) == (ScoreState.OVERRIDDEN, 3)

    @pytest.mark.parametrize("name", ["older-timestamp", "same-timestamp", "no-fraction-no-tz", "after-future"])
    @pytest.mark.parametrize(
        ("fraction", "ready", "state"),
        [
            ("0.95", -60, ScoreState.DELIVERED),  # 19 of 20 is what stands there
            ("0.60", -60, ScoreState.NEWER_KEPT),  # another grade, given after our learner was ready
            ("0.60", +60, ScoreState.QUEUED),  # our learner was ready after it: ours is the newer
        ],
    )
    def test_an_earlier_time_stamp_is_settled_by_what_the_grade_book_shows(
        self, course: Course, host: Host, name: str, fraction: str, ready: int, state: ScoreState
    ):
        theirs = datetime(2026, 11, 23, 12, 58, 47, tzinfo=UTC)  # 15:58:47+03:00
        host.always("results", lambda: answer_of("ags-results-one-user", host))
        host.next("score", answer_of(f"ags-score-{name}", host))
        with time_machine.travel(theirs + timedelta(seconds=10), tick=False) as clock:
            learner = course.learner(subject="6")
            score_id = course.put(learner, fraction, submitted_at=theirs + timedelta(seconds=ready))
            deliver_due()
            assert course.score(score_id).state == state
            if state == ScoreState.QUEUED:
                clock.shift(5)
                deliver_due()
                assert host.scores[-1]["timestamp"] > host.scores[0]["timestamp"]
                assert host.scores[-1]["timestamp"] > "2026-11-23T12:58:47"

    def test_a_score_that_only_says_how_far_one_is_leaves_no_grade_there(self, course: Course, host: Host):
        """Why progress never goes to Moodle: the recorded grade book is empty after it."""
        assert recorded("ags-score-inprogress-noscore")["response"]["status"] == 200
        assert recorded("ags-results-after-inprogress")["response"]["body"] == []
        learner = course.learner()
        kept = outbox.put_progress(
            course.session,
            line_item_id=course.item.id,
            identity_id=learner.id,
            activity_progress="InProgress",
            family="moodle",
        )
        assert kept is None

    def test_a_gateway_error_for_one_person_is_told_in_the_end(self, course: Course, host: Host):
        host.always("score", lambda: answer_of("ags-score-nonnumeric-user", host))
        with time_machine.travel(moment_of("ags-score-nonnumeric-user"), tick=False) as clock:
            score_id = put_as_recorded(course, "ags-score-nonnumeric-user")
            for _ in range(6):
                deliver_due()
                clock.shift(3600)
        score = course.score(score_id)
        assert (score.state, score.reason) == REFUSED

    def test_a_locked_grade_arrives_when_it_is_unlocked(self, course: Course, host: Host):
        host.next("score", answer_of("ags-score-on-locked-grade", host))
        with time_machine.travel(moment_of("ags-score-on-locked-grade"), tick=False) as clock:
            score_id = put_as_recorded(course, "ags-score-on-locked-grade")
            deliver_due()
            assert (course.score(score_id).state, course.score(score_id).reason) == LOCKED
            clock.shift(2 * 3600)
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED


class TestTokens:
    @pytest.mark.parametrize("name", TOKENS)
    def test_each_answer_leads_to_its_state(self, course: Course, host: Host, name: str):
        host.token = "recorded-token"
        host.next("token", answer_of(f"token-{name}", host))
        score_id = course.put(course.learner(subject="6"), "0.5")
        deliver_due()
        score = course.score(score_id)
        assert (score.state, score.reason) == TOKENS[name]
        assert len(host.scores) == (score.state == ScoreState.DELIVERED)

    def test_granted_scopes_are_honoured(self, course: Course, host: Host):
        host.token = "recorded-token"
        host.next("token", answer_of("token-scope-partly-unknown", host))  # grants `score` alone
        course.put(course.learner(), "0.5")
        deliver_due()
        assert host.requests == ["token", "score"]

    @pytest.mark.parametrize("name", ["get-expired-token", "get-insufficient-scope", "get-no-token", "get-wrong-token"])
    def test_a_score_refused_like_that_goes_out_again_with_a_new_token(self, course: Course, host: Host, name: str):
        host.next("score", answer_of(f"ags-lineitems-{name}", host))
        score_id = course.put(course.learner(), "0.5")
        deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert host.requests.count("token") == 2

    @pytest.mark.parametrize("name", ["iat-future-3s", "iat-future-60s"])
    def test_ours_are_dated_so_that_this_does_not_happen(self, course: Course, host: Host, name: str):
        host.ahead = -timedelta(seconds=63)
        score_id = course.put(course.learner(), "0.5")
        deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert recorded(f"token-{name}")["response"]["body"]["error"].startswith("Cannot handle token with iat prior")


class TestResults:
    @pytest.mark.parametrize("name", RESULTS)
    def test_each_answer_is_read(self, connector: Connector, host: Host, name: str):
        expected = RESULTS[name]
        host.next("results", answer_of(f"ags-results-{name}", host))
        user_id = "8" if name == "overridden" else "6"
        if isinstance(expected, int):
            with pytest.raises(ServiceAnswer) as error:
                ags.read_result(connector, host.column_url, user_id)
            assert error.value.answer.status == expected
            return
        result = ags.read_result(connector, host.column_url, user_id)
        assert (result and (result.score, result.maximum)) == expected

    def test_a_moscow_time_is_read_as_the_moment_it_is(self, connector: Connector, host: Host):
        host.next("results", answer_of("ags-results-one-user", host))
        result = ags.read_result(connector, host.column_url, "6")
        assert result is not None
        assert result.timestamp == datetime(2026, 11, 23, 12, 58, 47, tzinfo=UTC)


class TestLineItems:
    @pytest.mark.parametrize("name", LISTS)
    def test_each_list_is_read(self, connector: Connector, host: Host, name: str):
        host.next("container", *(answer_of(f"ags-lineitems-{name}", host) for _ in range(2)))
        if LISTS[name] >= 400:
            with pytest.raises(ServiceAnswer) as error:
                ags.list_line_items(connector, host.container_url)
            assert error.value.answer.status == LISTS[name]
        else:
            assert len(ags.list_line_items(connector, host.container_url)) == LISTS[name]

    def test_the_next_page_is_found_behind_typographic_quotes(self, connector: Connector, host: Host):
        host.next("container", *(answer_of(f"ags-lineitems-{name}", host) for name in PAGES), respond(200, "OK", []))
        items = ags.list_line_items(connector, host.container_url)
        assert [item.id.split("/")[-2] for item in items] == ["2", "3", "4", "5"]
        assert host.requests.count("container") == 3

    @pytest.mark.parametrize(
        ("name", "wanted", "labels"),
        [
            ("get_resource_id_topic-1", {"resource_id": "topic-1"}, ["Итог за тему", "Итог за тему"]),
            ("get_tag_practice", {"tag": "practice"}, ["Вторая колонка"]),
            ("get_resource_link_id_1", {"resource_link_id": "1"}, ["Урок 1: Перекрёсток", "Вторая колонка"]),
            ("get-all", {"resource_link_id": "1", "tag": "final"}, ["Урок 1: Перекрёсток"]),
        ],
    )
    def test_filters_are_asked_for_and_checked(self, connector: Connector, host: Host, name, wanted, labels):
        host.next("container", answer_of(f"ags-lineitems-{name}", host))
        assert [item.label for item in ags.list_line_items(connector, host.container_url, **wanted)] == labels

    @pytest.mark.parametrize("name", READ)
    def test_a_column_is_read(self, connector: Connector, host: Host, name: str):
        host.next("column", answer_of(f"ags-lineitem-{name}", host))
        if READ[name] == 404:
            with pytest.raises(ServiceAnswer, match="404"):
                ags.get_line_item(connector, host.column_url)
        else:
            assert ags.get_line_item(connector, host.column_url).label == READ[name]

    @pytest.mark.parametrize("name", CREATED)
    def test_a_column_is_made_or_not(self, connector: Connector, host: Host, name: str):
        host.next("container", answer_of(f"ags-lineitem-post-{name}", host))
        make = {"label": "Итог за тему", "score_maximum": Decimal(50), "resource_id": "topic-1"}
        if CREATED[name] == 201:
            item = ags.create_line_item(connector, host.container_url, **make)
            assert item.id.startswith(host.url)
        else:
            with pytest.raises(ServiceAnswer) as error:
                ags.create_line_item(connector, host.container_url, **make)
            assert error.value.answer.status == CREATED[name]

    @pytest.mark.parametrize("name", CHANGED)
    def test_a_column_is_changed_and_keeps_what_we_do_not_know(self, connector: Connector, host: Host, name: str):
        sent = []

        def take(request):
            sent.append(json.loads(request.get_data()))
            return answer_of(f"ags-lineitem-{name}", host)

        host.next("column", answer_of("ags-lineitem-get-submissionreview", host), take)
        item = ags.update_line_item(connector, host.column_url, label="Новое имя")
        assert item.id.startswith(host.url)
        assert sent[0]["label"] == "Новое имя"
        assert sent[0]["submissionReview"] == {
            "url": "http://127.0.0.1:9000/launch/extra?review=1",
            "custom": {"rev": "1"},
        }
        assert sent[0]["ltiLinkId"] == "1"

    @pytest.mark.parametrize("name", [*DELETED, "get-deleted"])
    def test_a_deleted_column_is_gone(self, connector: Connector, host: Host, name: str):
        host.next("column", answer_of(f"ags-lineitem-{name}", host))
        ags.delete_line_item(connector, host.column_url)

    def test_a_course_that_is_gone_has_no_column(self, course: Course, host: Host):
        host.next("score", answer_of("ags-lineitem-get-deleted", host))
        host.next("container", answer_of("ags-lineitems-get-no-such-course", host))
        score_id = course.put(course.learner(), "0.5")
        deliver_due()
        assert (course.score(score_id).state, course.score(score_id).reason) == (
            ScoreState.NEEDS_HELP,
            Reason.COLUMN_DELETED,
        )


def test_asking_for_scores_is_answered_with_405_and_we_never_do(host: Host, connector: Connector):
    host.next("score", answer_of("ags-scores-get", host))
    host.next("results", answer_of("ags-results-one-user", host))
    ags.read_result(connector, host.column_url, "6")
    assert "score" not in host.requests
    assert recorded("ags-scores-get")["response"]["status"] == UNASKED["scores-get"]


def test_the_hosts_clock_is_read_from_its_answers(course: Course, host: Host):
    """`Date` leaves the fraction of the second out, so a host on the same clock seems to be that much behind."""
    name = "ags-score-first"
    with time_machine.travel(moment_of(name) + timedelta(milliseconds=700), tick=False):
        host.next("score", answer_of(name, host))
        score_id = put_as_recorded(course, name)
        deliver_due()
    assert course.ask(select(Platform.clock_ahead_ms)) == [-700]
    assert course.score(score_id).sent_timestamp == moment_of(name)
