"""Asking a platform to send its notices: once, in the background, and again when it did not work."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug import Request, Response

from lti_tool.clock import now
from lti_tool.lti import claims
from lti_tool.lti.models import NoticeSubscription
from lti_tool.schools import subscriptions
from tests.gradebook.host import Course, Host, course, host, respond
from tests.platform import FakePlatform

__all__ = ["course", "host"]

OURS = "https://city.test/lti/notices"
TYPES = ["LtiContextCopyNotice", "LtiHelloWorldNotice", "LtiAssetProcessorSubmissionNotice"]


def _offer(url: str, **changes: Any) -> dict[str, Any]:
    claim = {
        "service_versions": ["1.0"],
        "platform_notification_service_url": url,
        "scope": [claims.SCOPE_NOTICE_HANDLERS],
        "notice_types_supported": TYPES,
        **changes,
    }
    return {claims.NOTICES: claim}


def _row(session: Session) -> NoticeSubscription | None:
    session.rollback()
    session.expire_all()
    return session.scalars(select(NoticeSubscription)).one_or_none()


def test_a_launch_that_offers_notices_is_remembered_once_and_waits_for_nobody(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    url = f"{platform.issuer}/notice-handlers/1"
    for _ in range(2):
        assert platform.launch(app.test_client(), platform.claims(**_offer(url))).status_code == 303
    row = _row(session)
    assert row is not None
    assert (row.url, row.types) == (url, sorted(TYPES[:2]))
    assert row.due_at is not None
    row.due_at, row.done_at = None, now()
    session.commit()
    platform.launch(app.test_client(), platform.claims(**_offer(url)))
    assert _row(session).due_at is None, "done is done"  # type: ignore[union-attr]
    platform.launch(app.test_client(), platform.claims(**_offer(url + "2")))
    assert _row(session).due_at is not None, "another address: to be asked anew"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": []},
        {"scope": "all"},
        {"notice_types_supported": ["LtiSomethingElseNotice"]},
        {"notice_types_supported": None},
        {"platform_notification_service_url": "javascript:alert(1)"},
    ],
)
def test_what_is_not_really_offered_is_not_asked_for(
    app: Flask, session: Session, platform: FakePlatform, changes: dict[str, Any]
) -> None:
    body = platform.claims(**_offer(f"{platform.issuer}/notice-handlers/1", **changes))
    assert platform.launch(app.test_client(), body).status_code == 303
    assert _row(session) is None


@pytest.fixture
def asked(course: Course, host: Host) -> NoticeSubscription:
    """A subscription that is due, on a platform that answers."""
    host.granted = [claims.SCOPE_NOTICE_HANDLERS]
    row = NoticeSubscription(
        deployment_id=course.deployment.id,
        url=f"{host.url}/notice-handlers/1",
        types=sorted(TYPES[:2]),
    )
    course.session.add(row)
    course.session.commit()
    return row


def _serve(host: Host, handlers: list[dict[str, str]], puts: list[dict[str, str]]) -> None:
    """Answer as a notification service does, and note what is put."""

    def answer(request: Request) -> Response:
        if request.method == "PUT":
            puts.append(json.loads(request.get_data()))
            return respond(200, "OK", puts[-1])
        return respond(200, "OK", {"client_id": "c", "deployment_id": "1", "notice_handlers": handlers})

    host.next("column", *[answer] * 5)


def test_handlers_are_set_for_what_is_wanted_and_not_yet_ours(
    course: Course, host: Host, asked: NoticeSubscription
) -> None:
    puts: list[dict[str, str]] = []
    _serve(
        host,
        [{"notice_type": TYPES[0], "handler": ""}, {"notice_type": TYPES[1], "handler": OURS}],
        puts,
    )
    assert subscriptions.work() == 1
    assert puts == [{"notice_type": TYPES[0], "handler": OURS}]
    assert subscriptions.work() == 0, "done"
    row = _row(course.session)
    assert row is not None
    assert row.done_at is not None
    assert row.problem is None


@pytest.mark.parametrize("answer", [respond(500), respond(403), respond(200, "OK", []), respond(200, "OK", "<html>")])
def test_a_refusal_is_kept_for_the_operator_and_tried_again_later(
    course: Course, host: Host, asked: NoticeSubscription, answer: Response
) -> None:
    host.next("column", answer)
    assert subscriptions.work() == 0
    row = _row(course.session)
    assert row is not None
    assert row.problem
    assert row.due_at is not None
    assert row.due_at > now()
    course.session.rollback()
    puts: list[dict[str, str]] = []
    _serve(host, [], puts)
    assert subscriptions.work() == 0, "not yet"
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        assert subscriptions.work() == 1
    assert [put["notice_type"] for put in puts] == sorted(TYPES[:2])


def test_it_is_given_up_after_a_dozen_tries(course: Course, host: Host, asked: NoticeSubscription) -> None:
    host.always("column", lambda: respond(404))
    for hours in range(20):
        with time_machine.travel(now() + timedelta(hours=7 * hours), tick=False):
            subscriptions.work()
    row = _row(course.session)
    assert row is not None
    assert (row.tries, row.due_at) == (12, None)


def test_a_scope_that_is_not_granted_is_a_problem_and_not_a_crash(
    course: Course, host: Host, asked: NoticeSubscription
) -> None:
    host.granted = ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]
    assert subscriptions.work() == 0
    row = _row(course.session)
    assert row is not None
    assert row.problem is not None
    assert "ScopeMissing" in row.problem
