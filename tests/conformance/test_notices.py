"""Notices that a platform sends of its own accord: proved one by one, heard once, each within its own deployment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool import housekeeping
from lti_tool.clock import now
from lti_tool.learning import notified
from lti_tool.learning.models import ContextOrigin
from lti_tool.lti import claims
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.models import Notice, SpentNonce
from lti_tool.schools.models import Context
from tests.factories import ContextFactory, DeploymentFactory
from tests.platform import ABSENT, FakePlatform, other_key

COPY = "LtiContextCopyNotice"
HELLO = "LtiHelloWorldNotice"


def notice(platform: FakePlatform, type_: str = COPY, **changes: Any) -> dict[str, Any]:
    """Return the claims of a notice: course 4 was copied from course 2."""
    moment = int(now().timestamp())
    body = {
        "iss": platform.issuer,
        "aud": platform.client_id,
        "iat": moment,
        "exp": moment + 300,
        "nonce": uuid4().hex,
        claims.VERSION: "1.3.0",
        claims.DEPLOYMENT_ID: platform.deployment_id,
        claims.NOTICE: {"id": uuid4().hex, "timestamp": now().isoformat(), "type": type_},
        claims.CONTEXT: {"id": "4", "title": "Копия"},
        claims.ORIGIN_CONTEXTS: ["2"],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ABSENT}


def send(app: Flask, platform: FakePlatform, *tokens: str) -> TestResponse:
    """Send a batch as a platform does: no cookies, no form."""
    body = {"notices": [{"jwt": token} for token in tokens]}
    return app.test_client().post("/lti/notices", json=body, base_url=platform.tool)


@pytest.fixture
def origin(session: Session, platform: FakePlatform) -> Context:
    """Course 2, which we know."""
    course: Context = ContextFactory(deployment=platform.deployment, context_id="2")
    session.commit()
    return course


@pytest.fixture
def handled(app: Flask) -> Callable[[], list[ContextOrigin]]:
    """Do what the sweep does a minute later; return what is known of copies."""

    def handle() -> list[ContextOrigin]:
        from lti_tool.db import db

        session = db.session()
        session.rollback()
        with time_machine.travel(now() + timedelta(minutes=1), tick=False):
            notified.handle_left()
        session.expire_all()
        return list(session.scalars(select(ContextOrigin).order_by(ContextOrigin.position)))

    return handle


def count(session: Session, model: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_x_03_good_notices_are_taken_at_once_and_handled_after(
    app: Flask, session: Session, platform: FakePlatform, origin: Context, handled: Callable[[], list[ContextOrigin]]
) -> None:
    answer = send(app, platform, platform.sign(notice(platform)), platform.sign(notice(platform, HELLO)))
    assert answer.status_code == 202
    assert count(session, Notice) == 2
    assert count(session, ContextOrigin) == 0, "the answer did not wait for the work"
    (known,) = handled()
    assert (known.context_id, known.origin_id) == ("4", origin.id)
    assert session.scalars(select(Notice.handled_at)).all().count(None) == 0


BAD: dict[str, Callable[[FakePlatform], str]] = {
    "another key": lambda p: p.sign(notice(p), key=other_key()),
    "no key id": lambda p: p.sign(notice(p), headers={"kid": None}),
    "another algorithm": lambda p: p.sign(notice(p), headers={"alg": "RS384"}),
    "no token": lambda p: "",
    "no JWT": lambda p: "a.b.c",
    "another issuer": lambda p: p.sign(notice(p, iss="https://evil.test")),
    "no issuer": lambda p: p.sign(notice(p, iss=ABSENT)),
    "another audience": lambda p: p.sign(notice(p, aud="someone")),
    "a further audience": lambda p: p.sign(notice(p, aud=[p.client_id, "evil"])),
    "another authorised party": lambda p: p.sign(notice(p, azp="evil")),
    "expired": lambda p: p.sign(notice(p, exp=int(now().timestamp()) - 120)),
    "no expiry": lambda p: p.sign(notice(p, exp=ABSENT)),
    "issued in the future": lambda p: p.sign(notice(p, iat=int(now().timestamp()) + 600)),
    "another version": lambda p: p.sign(notice(p, **{claims.VERSION: "1.1"})),
    "no deployment": lambda p: p.sign(notice(p, **{claims.DEPLOYMENT_ID: ABSENT})),
    "unknown deployment": lambda p: p.sign(notice(p, **{claims.DEPLOYMENT_ID: "77"})),
    "no nonce": lambda p: p.sign(notice(p, nonce=ABSENT)),
    "no notice": lambda p: p.sign(notice(p, **{claims.NOTICE: ABSENT})),
    "a notice without an id": lambda p: p.sign(notice(p, **{claims.NOTICE: {"type": COPY}})),
    "a context of a wrong type": lambda p: p.sign(notice(p, **{claims.CONTEXT: {"id": 4}})),
}


@pytest.mark.parametrize("fault", BAD)
def test_x_03_a_bad_notice_among_good_ones_is_skipped_and_logged(
    app: Flask, session: Session, platform: FakePlatform, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = [platform.sign(notice(platform, HELLO)) for _ in range(2)]
    answer = send(app, platform, good[0], BAD[fault](platform), good[1])
    assert answer.status_code == 202
    assert answer.json == {"received": 2}
    assert count(session, Notice) == 2
    assert "notice.refused" in capsys.readouterr().out


@pytest.mark.parametrize("fault", BAD)
def test_x_03_a_batch_of_which_nothing_is_believed_is_not_accepted(
    app: Flask, session: Session, platform: FakePlatform, fault: str
) -> None:
    assert send(app, platform, BAD[fault](platform)).status_code == 401
    assert count(session, Notice) == 0
    assert count(session, SpentNonce) == 0, "only what is proved may fill the memory of nonces"


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"notices": 5}', '{"notices": null}', "nonsense"])
def test_x_03_what_is_no_batch_is_refused(app: Flask, platform: FakePlatform, body: str) -> None:
    client = app.test_client()
    answer = client.post("/lti/notices", data=body, content_type="application/json", base_url=platform.tool)
    assert answer.status_code == 400


def test_x_03_too_many_at_once_are_refused_and_odd_members_are_not_believed(app: Flask, platform: FakePlatform) -> None:
    assert send(app, platform, *["x"] * 201).status_code == 400
    client = app.test_client()
    answer = client.post("/lti/notices", json={"notices": [5, {}, {"jwt": 7}]}, base_url=platform.tool)
    assert answer.status_code == 401


def test_x_03_keys_that_cannot_be_had_now_ask_the_platform_to_come_again(app: Flask, platform: FakePlatform) -> None:
    class Away:
        def find(self, url: str, kid: str) -> Any:
            raise LaunchError("keys-unreachable")

    app.extensions["lyceum.platform_keys"], known = Away(), app.extensions["lyceum.platform_keys"]
    try:
        assert send(app, platform, platform.sign(notice(platform))).status_code == 503
    finally:
        app.extensions["lyceum.platform_keys"] = known


def test_x_04_the_same_notice_has_one_effect(
    app: Flask, session: Session, platform: FakePlatform, origin: Context, handled: Callable[[], list[ContextOrigin]]
) -> None:
    body = notice(platform)
    assert send(app, platform, platform.sign(body)).status_code == 202
    handled()
    session.execute(ContextOrigin.__table__.delete())
    session.commit()
    again = {**body, "nonce": uuid4().hex}
    assert send(app, platform, platform.sign(again)).status_code == 202, "told as before, so that it is not sent again"
    assert count(session, Notice) == 1
    assert handled() == []


def test_x_04_the_very_same_token_is_heard_once(app: Flask, session: Session, platform: FakePlatform) -> None:
    token = platform.sign(notice(platform, HELLO))
    assert send(app, platform, token, token).status_code == 202
    assert send(app, platform, token).status_code == 202
    assert count(session, Notice) == 1
    assert count(session, SpentNonce) == 1


def test_x_04_a_job_and_the_sweep_together_handle_it_once(
    app: Flask, session: Session, platform: FakePlatform, origin: Context
) -> None:
    send(app, platform, platform.sign(notice(platform)))
    session.rollback()
    row_id = session.scalars(select(Notice.id)).one()
    session.rollback()
    assert notified.handle(row_id)
    assert not notified.handle(row_id)


def test_x_04_nonces_are_forgotten_when_no_signature_covers_them_any_more(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    token = platform.sign(notice(platform, HELLO))
    send(app, platform, token)
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        housekeeping.tidy()
        assert count(session, SpentNonce) == 0
        assert send(app, platform, token).status_code == 401, "too old by then"


def test_x_05_only_courses_of_the_same_deployment_of_the_same_platform_are_origins(
    app: Flask, session: Session, platform: FakePlatform, origin: Context, handled: Callable[[], list[ContextOrigin]]
) -> None:
    second = DeploymentFactory(platform=platform.row, deployment_id="2")
    ContextFactory(deployment=second, context_id="7")
    other = FakePlatform(issuer="https://other.test")
    other.register(session)
    ContextFactory(deployment=other.deployment, context_id="8")
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    body = notice(platform, **{claims.ORIGIN_CONTEXTS: ["7", "8", "2", "unknown"]})
    assert send(app, platform, platform.sign(body)).status_code == 202
    (known,) = handled()
    assert known.origin_id == origin.id


def test_x_05_a_copy_whose_origin_is_not_told_changes_nothing(
    app: Flask, session: Session, platform: FakePlatform, origin: Context, handled: Callable[[], list[ContextOrigin]]
) -> None:
    for odd in (ABSENT, [], "2", [5, None, {"id": 6}], [""]):
        body = notice(platform, **{claims.ORIGIN_CONTEXTS: odd})
        assert send(app, platform, platform.sign(body)).status_code == 202
    assert handled() == []
