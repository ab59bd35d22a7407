"""The meaning of answers, line by line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.gradebook import policy
from lti_tool.gradebook.models import Reason
from lti_tool.gradebook.policy import Again, Conflict, Shown, Step, classify, compare, settle
from lti_tool.lti.services.ags import Result
from lti_tool.lti.services.connector import TokenProblem

READY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def result(score: str | None, maximum: str = "20", timestamp: datetime | None = None) -> Result:
    return Result("6", Decimal(score) if score is not None else None, Decimal(maximum), None, timestamp)


@pytest.mark.parametrize(
    ("family", "status", "phrase", "body", "step", "reason"),
    [
        ("moodle", 200, "OK", "", Step.READ_BACK, None),
        ("canvas", 201, "Created", '{"resultUrl":"…"}', Step.READ_BACK, None),
        (None, 204, "No Content", "", Step.READ_BACK, None),
        ("moodle", 200, "OK", "[]", Step.CONSULT, Reason.REFUSED),
        (None, 200, "OK", " []\n", Step.CONSULT, Reason.REFUSED),
        ("moodle", 400, 'Incorrect score received{"userId":"9"}', "[]", Step.HELP, Reason.NOT_GRADABLE),
        (None, 400, 'Incorrect score received{"userId":"9"}', "", Step.HELP, Reason.NOT_GRADABLE),
        ("moodle", 400, "", "[]", Step.HELP, Reason.NOT_GRADABLE),
        (None, 400, "Bad Request", "[]", Step.CONSULT, Reason.REFUSED),
        ("canvas", 400, "Bad Request", "timestamp is earlier", Step.CONSULT, Reason.REFUSED),
        ("moodle", 401, "Unauthorized", "", Step.HELP, Reason.UNAUTHORISED),
        ("canvas", 403, "Forbidden", "403 Forbidden (Rate Limit Exceeded)", Step.RETRY, None),
        (None, 403, "Forbidden", "no", Step.HELP, Reason.FORBIDDEN),
        ("moodle", 404, "Not Found", "", Step.FIND_COLUMN, Reason.COLUMN_DELETED),
        (None, 410, "Gone", "", Step.FIND_COLUMN, Reason.COLUMN_DELETED),
        (None, 408, "Request Timeout", "", Step.RETRY, None),
        ("moodle", 409, "Refusing score with an earlier timestamp", "[]", Step.CONSULT, Reason.REFUSED),
        ("canvas", 412, "Precondition Failed", "", Step.HELP, Reason.REFUSED),
        ("canvas", 422, "Unprocessable Entity", "", Step.HELP, Reason.REFUSED),
        (None, 425, "Too Early", "", Step.RETRY, None),
        (None, 429, "Too Many Requests", "", Step.RETRY, None),
        (None, 405, "Method Not Allowed", "", Step.HELP, Reason.REFUSED),
        ("moodle", 500, "Internal Server Error", "[]", Step.PROBE_LOCK, Reason.LOCKED),
        ("moodle", 500, "Internal Server Error", "<html>", Step.PROBE, Reason.REFUSED),
        (None, 502, "Bad Gateway", "<html>", Step.PROBE, Reason.REFUSED),
        (None, 503, "Busy", "", Step.RETRY, None),
        (None, 504, "Gateway Timeout", "", Step.PROBE, Reason.REFUSED),
        (None, 302, "Found", "", Step.PROBE, Reason.REFUSED),
    ],
)
def test_an_answer_means(family, status, phrase, body, step, reason):
    verdict = classify(family, status, phrase, body)
    assert (verdict.step, verdict.reason) == (step, reason)


@given(
    family=st.sampled_from(["moodle", "canvas", None]),
    status=st.integers(100, 599),
    phrase=st.text(max_size=30),
    body=st.text(max_size=30),
)
def test_every_answer_means_something_and_help_always_has_a_reason(family, status, phrase, body):
    verdict = classify(family, status, phrase, body)
    if verdict.step in {Step.HELP, Step.CONSULT, Step.PROBE, Step.PROBE_LOCK, Step.FIND_COLUMN}:
        assert verdict.reason is not None
    if 200 <= status < 300:
        assert verdict.step in {Step.READ_BACK, Step.CONSULT}


def test_a_platform_that_counts_requests_is_left_alone_for_a_while():
    assert classify("canvas", 403, "Forbidden", "", {"X-Rate-Limit-Remaining": "0.0"}).step is Step.RETRY
    assert classify(None, 429, "", "").pause
    assert classify(None, 503, "", "").pause
    assert not classify(None, 500, "", "").pause
    assert policy.UNREACHABLE.pause


@pytest.mark.parametrize(
    ("problem", "step", "reason"),
    [
        (TokenProblem.ADDRESS, Step.HELP, Reason.TOKEN_ADDRESS),
        (TokenProblem.UNAUTHORISED, Step.HELP, Reason.UNAUTHORISED),
        (TokenProblem.SCOPE, Step.HELP, Reason.SCOPE),
        (TokenProblem.PASSING, Step.RETRY, None),
    ],
)
def test_without_a_token_it_is_tried_again_slowly_or_soon(problem, step, reason):
    verdict = policy.classify_token(problem, "", "", {})
    assert (verdict.step, verdict.reason) == (step, reason)
    assert verdict.again is (Again.SLOWLY if step is Step.HELP else Again.NEVER)


def test_a_token_endpoint_that_is_overrun_is_not_a_refusal():
    assert policy.classify_token(TokenProblem.UNAUTHORISED, "Rate Limit Exceeded", "", {}).step is Step.RETRY


@pytest.mark.parametrize(
    ("sent", "shown", "maximum", "outcome"),
    [
        ("85", "17", "20", Shown.OURS),
        ("33.3333", "6.66666", "20", Shown.OURS),
        ("33.3333", "7", "20", Shown.OURS),  # a platform that keeps whole numbers
        ("33.3333", "8", "20", Shown.OTHER),
        ("85", "0.85", "1", Shown.OURS),
        ("85", "1", "1", Shown.OTHER),  # half a point would be everything on a scale of one
        ("0", "0", "20", Shown.OURS),
        ("100", "3", "20", Shown.OTHER),
        ("100", "95", "100", Shown.OTHER),
        ("66.6667", "66.67", "100", Shown.OURS),
        ("50", None, "20", Shown.NOTHING),
    ],
)
def test_scores_are_compared_on_the_platforms_own_maximum(sent, shown, maximum, outcome):
    assert compare(Decimal(sent), Decimal(100), result(shown, maximum)) is outcome


@given(sent=st.decimals(0, 100, places=4), maximum=st.decimals("0.01", 1000, places=2), places=st.integers(2, 5))
def test_rounding_by_the_platform_never_looks_like_another_grade(sent, maximum, places):
    exact = sent / 100 * maximum
    if maximum >= 5:
        rounded = exact.quantize(Decimal(1).scaleb(-places))
        assert compare(sent, Decimal(100), result(str(rounded), str(maximum))) is Shown.OURS


def test_nothing_is_shown_when_nothing_is_there():
    assert compare(Decimal(50), Decimal(100), None) is Shown.NOTHING


class TestSettling:
    def settle(self, shown: Shown, stamp: datetime | None = None, *, about_time: bool = True, exhausted: bool = False):
        theirs = None if shown is Shown.NOTHING else result("3", timestamp=stamp)
        return settle(shown, theirs, submitted_at=READY, about_time=about_time, exhausted=exhausted)

    def test_the_same_grade_has_arrived(self):
        assert self.settle(Shown.OURS) is Conflict.DELIVERED

    def test_a_refusal_that_is_not_about_time_is_a_refusal(self):
        assert self.settle(Shown.OTHER, about_time=False) is Conflict.REFUSED
        assert self.settle(Shown.NOTHING, about_time=False) is Conflict.REFUSED

    def test_a_grade_given_after_ours_was_ready_is_kept(self):
        assert self.settle(Shown.OTHER, READY + timedelta(seconds=1)) is Conflict.NEWER_KEPT

    def test_a_grade_given_before_gives_way(self):
        assert self.settle(Shown.OTHER, READY) is Conflict.SEND_LATER

    def test_when_the_platform_does_not_say_when_ours_is_sent_again_a_few_times(self):
        assert self.settle(Shown.OTHER) is Conflict.SEND_LATER
        assert self.settle(Shown.NOTHING) is Conflict.SEND_LATER
        assert self.settle(Shown.OTHER, exhausted=True) is Conflict.REFUSED


@given(tries=st.integers(1, 10_000), base=st.floats(0.01, 600), cap=st.floats(0.01, 7200))
def test_waiting_is_jittered_doubles_and_is_bounded(tries, base, cap):
    wait = policy.backoff(tries, base=base, cap=cap).total_seconds()
    ceiling = min(cap, base * 2.0 ** min(tries - 1, 60))
    assert min(1, ceiling) - 1e-5 <= wait <= max(ceiling, 1) + 1e-5


def test_waits_of_a_class_spread_over_the_whole_range():
    waits = sorted(policy.backoff(5, base=30, cap=3600).total_seconds() for _ in range(400))
    assert waits[0] < 60
    assert waits[-1] > 400


@pytest.mark.parametrize(
    ("family", "may"), [("canvas", True), ("lyceum-demo-lms", True), ("moodle", False), ("", False), (None, False)]
)
def test_progress_goes_only_where_it_was_seen_to_leave_a_grade_alone(family, may):
    assert policy.may_send_progress(family) is may
    assert all(reason for reason in policy.PROGRESS_FAMILIES.values())
