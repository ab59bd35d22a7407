"""Assignment and Grade Services 2.0 over real HTTP, item by item; where platforms differ, as they were seen to be."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db
from lti_tool.gradebook import column_work, outbox, own_columns, reconciliation
from lti_tool.gradebook.delivery import deliver
from lti_tool.gradebook.models import (
    ColumnState,
    LineItem,
    OutgoingScore,
    OwnColumn,
    PlatformPause,
    Reason,
    ScoreState,
)
from lti_tool.gradebook.outcome import Outcome
from lti_tool.lti import claims
from lti_tool.lti.services import ags
from lti_tool.lti.services.connector import Connector, PagingEndless
from lti_tool.lti.services.http import AddressRefused, ServiceAnswer, ServiceHttp
from lti_tool.schools.registrations import to_registration
from tests.factories import published
from tests.gradebook.host import AGS, ALL_SCOPES, COLUMN_PATH, Course, Grade, Host, at_once, deliver_due, respond
from tests.platform import ABSENT, FakePlatform
from tests.walker import Walker

NOON = datetime(2040, 11, 23, 12, 0, 0, 300_000, tzinfo=UTC)


@pytest.fixture
def connector(course: Course, host: Host) -> Connector:
    return Connector(to_registration(course.platform), scopes=ALL_SCOPES, named_urls=(host.column_url,))


def state_of(course: Course, score_id: Any) -> tuple[str, str | None]:
    score = course.score(score_id)
    return score.state, score.reason


@pytest.mark.parametrize(
    "endpoint",
    [
        ABSENT,
        {},
        {"scope": [AGS + "score"]},
        {"scope": [], "lineitems": "https://moodle.school.test/2/lineitems"},
        {"scope": [AGS + "result.readonly"], "lineitem": "https://moodle.school.test/2/lineitems/2/lineitem"},
    ],
)
def test_a_01_without_the_claim_or_its_scope_the_launch_works_and_no_grade_goes_out(
    app: Flask, session: Session, platform: FakePlatform, endpoint: Any
) -> None:
    published(session)
    session.commit()
    walker = Walker(app.test_client(), platform, platform.claims(**{claims.AGS: endpoint}))
    walker.walk()
    walker.finish()
    assert walker.get("result").status_code == 200
    assert session.scalars(select(OutgoingScore)).all() == []


@pytest.mark.parametrize("claimed", [ALL_SCOPES, [AGS + "score"], [AGS + "score", AGS + "result.readonly"]])
def test_a_02_only_scopes_of_the_claim_are_asked_for(course: Course, host: Host, claimed: list[str]) -> None:
    asked: list[str] = []

    def token(request: Any) -> Any:
        asked.append(request.form["scope"])
        return host._token(request)

    course.change(update(LineItem).values(scopes=sorted(claimed)))
    host.next("token", token)
    course.put(course.learner(), "1")
    deliver_due()
    assert set(asked[0].split()) == {*claimed}


@pytest.mark.parametrize(
    ("granted", "requests", "state"),
    [
        ([AGS + "score"], ["token", "score"], ScoreState.DELIVERED),  # not read back
        ([AGS + "result.readonly"], ["token"], ScoreState.NEEDS_HELP),  # not sent
    ],
)
def test_a_02_what_the_token_does_not_grant_is_not_used(
    course: Course, host: Host, granted: list[str], requests: list[str], state: ScoreState
) -> None:
    host.granted = granted
    score_id = course.put(course.learner(), "1")
    deliver_due()
    assert host.requests == requests
    assert course.score(score_id).state == state


def test_a_03_the_query_of_a_line_item_stays_behind_its_path(course: Course, host: Host) -> None:
    course.put(course.learner(subject="6"), "1")
    deliver_due()
    assert [request.full_path for request in host.score_requests] == [f"{COLUMN_PATH}/scores?type_id=1"]
    assert ags.scores_url("https://a.test/l/7/lineitem?type_id=3") == "https://a.test/l/7/lineitem/scores?type_id=3"


@pytest.mark.parametrize(
    "link",
    [
        '<{next}>; rel="next"',
        "<{next}>; rel=next",
        "<{amp}>; rel=“next”",
        '<{first}>; rel="first", <{next}>; rel="next", <{first}>; rel="last"',
        '<{next}>; title="more"; rel="next"',
    ],
)
def test_a_04_pages_are_found_however_the_link_is_written(connector: Connector, host: Host, link: str) -> None:
    def page(number: int) -> Any:
        following = f"{host.container_url}&limit=1&from={number}"
        text = link.format(next=following, amp=following.replace("&", "&amp;"), first=host.container_url)
        header = {"Link": text.encode().decode("latin-1")} if number < 3 else {}
        return respond(200, "OK", [{"id": f"{host.column_url}&n={number}", "label": f"№ {number}"}], header)

    host.next("container", *(page(number) for number in (1, 2, 3)))
    assert [item.label for item in ags.list_line_items(connector, host.container_url)] == ["№ 1", "№ 2", "№ 3"]


def test_a_04_pages_do_not_lead_in_a_circle_nor_elsewhere(connector: Connector, host: Host) -> None:
    host.next("container", respond(200, "OK", [], {"Link": f'<{host.container_url}>; rel="next"'}))
    with pytest.raises(PagingEndless):
        ags.list_line_items(connector, host.container_url)
    host.next("container", respond(200, "OK", [], {"Link": '<https://elsewhere.test/>; rel="next"'}))
    with pytest.raises(AddressRefused):
        ags.list_line_items(connector, host.container_url)


def want_a_column(course: Course) -> Any:
    """Let a teacher want a column for a part of the activity; return its line item's id."""
    with Session(db.engine) as session, session.begin():
        return own_columns.want_part(
            session,
            session.merge(course.item),
            part="gate",
            title="Урок 1",
            name="Ворота",
            resource_id="pack/gate",
            maximum=Decimal(100),
        ).id


def own_column(course: Course, line_item_id: Any) -> OwnColumn:
    (row,) = course.ask(select(OwnColumn).where(OwnColumn.line_item_id == line_item_id))
    return row


def test_a_05_a_column_that_is_there_is_not_made_again_after_a_retry(course: Course, host: Host) -> None:
    column = want_a_column(course)
    column_work.work(column)
    want_a_column(course)
    column_work.work(column)
    assert len(host.made) == 1


def test_a_05_nor_after_a_time_out(course: Course, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(course.app.extensions, "lti.http", ServiceHttp(connect_timeout=1, read_timeout=0.5))
    answered = Event()

    def make_and_hang(request: Any) -> Any:
        host._container(request)
        answered.wait(5)
        return respond(201)

    host.next("container", host._container, make_and_hang)
    column = want_a_column(course)
    assert column_work.work(column) is None
    answered.set()
    with time_machine.travel(now() + timedelta(minutes=5)):
        assert column_work.work(column) == ColumnState.STANDING
    assert len(host.made) == 1
    assert own_column(course, column).url == host.made[0]["id"]


def test_a_05_nor_in_a_copied_course(course: Course, host: Host) -> None:
    copied = host.make(label="Урок 1: Ворота", scoreMaximum=100, resourceId="pack/gate", tag="unit")
    column = want_a_column(course)
    column_work.work(column)
    assert [host.made, own_column(course, column).url] == [[copied], copied["id"]]


def test_a_06_a_column_is_made_with_the_right_media_type_and_its_id_is_stored(course: Course, host: Host) -> None:
    types: list[Any] = []

    def take(request: Any) -> Any:
        types.append((request.method, request.content_type, request.headers["Accept"]))
        return host._container(request)

    host.next("container", take, take)
    column = want_a_column(course)
    column_work.work(column)
    assert types[0] == ("GET", None, "application/vnd.ims.lis.v2.lineitemcontainer+json")
    assert types[1][:2] == ("POST", "application/vnd.ims.lis.v2.lineitem+json")
    assert own_column(course, column).url == host.made[0]["id"]


def test_a_06_an_answer_without_an_id_is_logged_as_an_error(
    connector: Connector, host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    host.next("container", respond(201, "Created", {"label": "x", "scoreMaximum": 100}))
    with pytest.raises(ServiceAnswer):
        ags.create_line_item(connector, host.container_url, label="x", score_maximum=Decimal(100))
    captured = capsys.readouterr()
    (line,) = (line for line in (captured.out + captured.err).splitlines() if "line_item.without_id" in line)
    assert json.loads(line)["level"] == "error"


def test_a_07_a_changed_column_keeps_all_that_was_not_to_change(connector: Connector, host: Host) -> None:
    held = {
        "id": host.column_url,
        "label": "Урок 1",
        "scoreMaximum": 20,
        "resourceId": "pack",
        "tag": "grade",
        "resourceLinkId": "1",
        "submissionReview": {"url": "https://city.test/lti/launch", "custom": {"rev": "1"}},
        "https://example.org/unknown": {"deep": [1, None]},
    }
    taken: list[Any] = []

    def take(request: Any) -> Any:
        assert request.content_type == "application/vnd.ims.lis.v2.lineitem+json"
        taken.append(json.loads(request.get_data()))
        return respond(200, "OK", taken[0])

    host.next("column", respond(200, "OK", held), take)
    ags.update_line_item(connector, host.column_url, label="Урок 2")
    assert taken == [held | {"label": "Урок 2"}]


@pytest.mark.parametrize("status", [204, 404, 410])
def test_a_08_a_column_that_is_gone_is_gone(connector: Connector, host: Host, status: int) -> None:
    host.next("column", respond(status))
    ags.delete_line_item(connector, host.column_url)
    assert host.requests[-1] == "column"


@pytest.mark.parametrize(("status", "reason"), [(401, Reason.UNAUTHORISED), (403, Reason.FORBIDDEN)])
def test_a_08_a_column_that_may_not_be_deleted_is_told_and_our_books_stay(
    course: Course, host: Host, status: int, reason: Reason
) -> None:
    column = want_a_column(course)
    column_work.work(column)
    with Session(db.engine) as session, session.begin():
        own_columns.release(session, session.merge(course.item))
    host.next("column", host._column, *[respond(status) for _ in range(2 if status == 401 else 1)])
    assert column_work.work(column) is None
    row = own_column(course, column)
    assert (row.state, row.reason, row.url) == (ColumnState.LEAVING, reason, host.made[0]["id"])


def test_a_09_a_score_has_what_it_must_have(course: Course, host: Host) -> None:
    with time_machine.travel(NOON, tick=False):
        course.put(course.learner(subject="6"), "0.5")
        deliver_due()
    body = host.scores[0]
    assert body["userId"] == "6"
    # The fraction is there, and nought: platforms compare whole seconds.
    assert datetime.fromisoformat(body["timestamp"]) <= NOON
    assert body["timestamp"].endswith(".000Z")
    assert (body["activityProgress"], body["gradingProgress"]) == ("Completed", "FullyGraded")
    assert (body["scoreGiven"], body["scoreMaximum"]) == (50, 100)
    assert host.score_requests[0].content_type == "application/vnd.ims.lis.v1.score+json"


def test_a_10_two_workers_within_a_second_send_rising_times_and_the_last_value_stands(
    course: Course, host: Host
) -> None:
    learner = course.learner(subject="6")
    first = course.put(learner, "0.5")
    at_once(course, 2, lambda _: deliver(first))
    last = course.put(learner, "0.9")
    at_once(course, 2, lambda _: deliver(last))
    with time_machine.travel(now() + timedelta(seconds=5)):
        deliver_due()
    stamps = [body["timestamp"] for body in host.scores]
    assert stamps == sorted(set(stamps))
    assert host.shows("6") == 18
    assert course.score(last).state == ScoreState.DELIVERED


@pytest.mark.parametrize(
    "refusal",
    [
        lambda: respond(409, "Refusing score with an earlier timestamp", []),
        lambda: respond(400, "Bad Request", {"error": "timestamp is earlier than the result's"}),
    ],
)
def test_a_10_a_refusal_for_its_time_is_followed_by_a_later_one(course: Course, host: Host, refusal: Any) -> None:
    host.next("score", refusal())
    with time_machine.travel(NOON, tick=False) as clock:
        score_id = course.put(course.learner(subject="6"), "0.9")
        deliver_due()
        assert course.score(score_id).state == ScoreState.QUEUED
        assert course.score(score_id).due_at > NOON
        clock.shift(30)
        deliver_due()
    assert host.scores[1]["timestamp"] > host.scores[0]["timestamp"]
    assert host.shows("6") == 18


def test_a_11_nought_is_sent(course: Course, host: Host) -> None:
    course.put(course.learner(subject="6"), "0")
    deliver_due()
    assert host.scores[0]["scoreGiven"] == 0
    assert host.shows("6") == 0


def test_a_12_a_score_is_taken_back_by_a_message_without_one(course: Course, host: Host) -> None:
    learner = course.learner(subject="6")
    with time_machine.travel(NOON, tick=False) as clock:
        course.put(learner, "0.5")
        deliver_due()
        clock.shift(5)
        cleared = outbox.clear(course.session, line_item_id=course.item.id, identity_id=learner.id)
        course.session.commit()
        assert cleared is not None
        deliver_due()
    body = host.scores[1]
    assert "scoreGiven" not in body
    assert "scoreMaximum" not in body
    assert (body["activityProgress"], body["gradingProgress"]) == ("Initialized", "NotReady")
    assert host.shows("6") is None
    assert course.score(cleared.id).confirmed_at is not None  # the grade book was asked


def test_a_12_a_grade_that_a_teacher_set_by_hand_is_seen_to_stay(course: Course, host: Host) -> None:
    learner = course.learner(subject="6")
    with time_machine.travel(NOON, tick=False) as clock:
        course.put(learner, "0.5")
        deliver_due()
        clock.shift(5)
        cleared = outbox.clear(course.session, line_item_id=course.item.id, identity_id=learner.id)
        course.session.commit()
        assert cleared is not None
        host.always("results", lambda: respond(200, "OK", [{"userId": "6", "resultScore": 3, "resultMaximum": 20}]))
        deliver_due()
    assert course.score(cleared.id).state == ScoreState.OVERRIDDEN
    assert course.score(cleared.id).platform_score == 3


def test_a_12_where_no_score_was_there_is_nothing_to_take_back(course: Course) -> None:
    assert outbox.clear(course.session, line_item_id=course.item.id, identity_id=course.learner().id) is None


def test_a_13_work_that_a_person_marks_is_told_first_and_graded_later(course: Course, host: Host) -> None:
    learner = course.learner(subject="6")

    def awaiting(family: str | None) -> OutgoingScore | None:
        return outbox.awaiting(
            course.session, line_item_id=course.item.id, identity_id=learner.id, family=family, submitted_at=now()
        )

    with time_machine.travel(NOON, tick=False) as clock:
        assert awaiting("moodle") is None  # there it would wipe a grade
        assert awaiting(None) is None
        assert awaiting("canvas") is not None
        course.session.commit()
        deliver_due()
        clock.shift(5)
        course.put(learner, "0.5")
        deliver_due()
        assert awaiting("canvas") is None  # the grade stands until the new mark
    told, graded = host.scores
    assert (told["activityProgress"], told["gradingProgress"]) == ("Submitted", "PendingManual")
    assert "scoreGiven" not in told
    assert (graded["activityProgress"], graded["gradingProgress"]) == ("Completed", "FullyGraded")


def test_a_14_extra_credit_is_sent_as_it_is_and_may_be_cut_down_there(course: Course, host: Host) -> None:
    def cut_down(request: Any) -> Any:
        host.grades["6"] = Grade(host.maximum, host.maximum, int(now().timestamp()))
        return respond(200)

    host.next("score", cut_down)
    score_id = course.put(course.learner(subject="6"), "1.25", extra_credit=True)
    deliver_due()
    assert (host.scores[0]["scoreGiven"], host.scores[0]["scoreMaximum"]) == (125, 100)
    assert course.score(score_id).confirmed_at is not None


@pytest.mark.parametrize("fraction", ["-0.01", "NaN", "Infinity", "-Infinity", "1.01"])
def test_a_14_what_is_no_score_never_leaves(course: Course, host: Host, fraction: str) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        course.put(course.learner(), fraction)
    assert course.scores() == []


@pytest.mark.parametrize("started", [-40, 0, +1])
@pytest.mark.parametrize("submitted", [-60, 0, +600])
def test_a_15_the_submission_ends_after_its_start_and_not_in_the_future(
    course: Course, host: Host, started: int, submitted: int
) -> None:
    with time_machine.travel(NOON, tick=False):
        course.put(
            course.learner(),
            "1",
            started_at=now() + timedelta(minutes=started),
            submitted_at=now() + timedelta(seconds=submitted),
        )
        deliver_due()
    body = host.scores[0]
    assert body["submission"]["startedAt"] <= body["submission"]["submittedAt"] <= body["timestamp"]


@pytest.mark.parametrize("score", [{}, {"resultScore": None}])
def test_a_16_a_result_without_a_score_is_no_grade(connector: Connector, host: Host, score: dict[str, Any]) -> None:
    host.always("results", lambda: respond(200, "OK", [{"userId": "6", **score}]))
    result = ags.read_result(connector, host.column_url, "6")
    assert result is not None
    assert (result.score, result.maximum) == (None, Decimal(1))
    assert ags.read_results(connector, host.column_url) == {"6": result}


def test_a_17_after_a_401_a_new_token_is_tried_once(course: Course, host: Host) -> None:
    host.next("score", respond(401, "Unauthorized"))
    first = course.put(course.learner(), "1")
    deliver_due()
    assert course.score(first).state == ScoreState.DELIVERED
    assert host.requests.count("token") == 2
    host.next("score", respond(401, "Unauthorized"), respond(401, "Unauthorized"))
    second = course.put(course.learner(), "1")
    deliver_due()
    assert state_of(course, second) == (ScoreState.NEEDS_HELP, Reason.UNAUTHORISED)
    assert host.requests.count("score") == 4


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (lambda: respond(429, "Too Many Requests", "", {"Retry-After": "120"}), 120),
        (lambda: respond(503, "Service Unavailable", "", {"Retry-After": "120"}), 120),
        (lambda: respond(403, "Forbidden", "403 Forbidden (Rate Limit Exceeded)"), 0),
    ],
)
def test_a_18_who_asks_for_patience_gets_it_and_the_score_later(
    course: Course, host: Host, answer: Any, seconds: int
) -> None:
    host.next("score", answer())
    with time_machine.travel(NOON, tick=False) as clock:
        scores = [course.put(course.learner(), "1") for _ in range(2)]
        deliver_due()
        assert len(host.scores) == 1  # the whole platform is left alone
        due = max(course.score(one).due_at for one in scores)
        assert timedelta(seconds=seconds) < due - NOON <= timedelta(seconds=seconds + 33)
        # All that is known stands in rows: a process that begins now goes on.
        clock.move_to(due + timedelta(seconds=1))
        deliver_due()
    assert {course.score(one).state for one in scores} == {ScoreState.DELIVERED}
    assert course.ask(select(PlatformPause)) == []


@pytest.mark.parametrize(
    ("status", "reason"), [(404, Reason.COLUMN_DELETED), (410, Reason.COLUMN_DELETED), (422, Reason.REFUSED)]
)
def test_a_19_what_is_refused_for_good_is_told_and_not_tried_for_ever(
    course: Course, host: Host, status: int, reason: Reason
) -> None:
    host.always("score", lambda: respond(status))
    score_id = course.put(course.learner(), "1")
    came = deliver(score_id)
    assert isinstance(came, Outcome)
    score = course.score(score_id)
    assert (score.state, score.reason, score.due_at) == (ScoreState.NEEDS_HELP, reason, None)
    with time_machine.travel(now() + timedelta(days=2)):
        deliver_due()
    assert len(host.scores) == 1


def test_a_20_a_grade_that_a_teacher_set_is_told_and_left_alone(course: Course, host: Host) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        score_id = course.put(course.learner(subject="6"), "0.5")
        deliver_due()
        host.grades["6"] = Grade(3, 20, host.grades["6"].second, overridden=True)
        clock.shift(timedelta(hours=1))
        reconciliation.read(course.item.id)
        score = course.score(score_id)
        assert (score.state, score.platform_score, score.platform_maximum) == (ScoreState.OVERRIDDEN, 3, 20)
        clock.shift(timedelta(days=30))
        deliver_due()
        reconciliation.read(course.item.id)
        assert len(host.scores) == 1
        assert course.resend(score_id)  # but a teacher may wish it
        deliver_due()
    assert len(host.scores) == 2
    assert course.score(score_id).state == ScoreState.OVERRIDDEN  # the platform kept theirs
