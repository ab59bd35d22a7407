"""The pages of connecting: who may frame them, another browser, the link by hand, and renewing from our side."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug import Request, Response

from lti_tool import housekeeping
from lti_tool.clock import now
from lti_tool.lti import claims
from lti_tool.lti.registration.errors import RegistrationError
from lti_tool.lti.sealing import unseal
from lti_tool.schools import connecting, enrolment
from lti_tool.schools.invitations import find_school, invite
from lti_tool.schools.models import Connection, Invitation, Platform, PlatformState
from lti_tool.schools.views import own_description
from tests.factories import DeploymentFactory, PlatformFactory
from tests.platform import FakePlatform
from tests.registering import (
    TOOL,
    Administrator,
    RegisteringLms,
    administrator,
    code_of,
    invited,
    lms,
    local_app,
    server,
    trial_app,
)

__all__ = ["administrator", "lms", "local_app", "server", "trial_app"]


def ancestors(policy: str) -> str:
    """Who may frame a page, from its content policy."""
    return next(part for part in policy.split("; ") if part.startswith("frame-ancestors"))


def test_only_the_lms_that_asks_may_frame_its_pages(administrator: Administrator, lms: RegisteringLms) -> None:
    led = administrator.paste(lms)
    for answer in (administrator.get(led.location), administrator.paste(lms, secret="unknown")):
        assert ancestors(answer.headers["Content-Security-Policy"]) == f"frame-ancestors 'self' {lms.root}"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "strict-origin"
    by_hand = administrator.get(f"/connect/{administrator.secret}")
    assert lms.root not in by_hand.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["evil.test;script-src *", "evil.test, *", "evil.test 'unsafe-inline'"])
def test_an_odd_address_says_nothing_in_our_policy(administrator: Administrator, host: str) -> None:
    answer = administrator.get(f"/connect/{administrator.secret}", openid_configuration=f"https://{host}/x")
    assert answer.status_code == 400
    assert "evil" not in answer.headers["Content-Security-Policy"]


def test_the_page_says_whose_lms_asks_and_what_it_will_get(administrator: Administrator, lms: RegisteringLms) -> None:
    _, page = administrator.ask(lms)
    text = page.get_text(" ", strip=True)
    assert "Moodle 4.5" in text
    assert lms.root in text
    assert "Школа school" in text
    assert "почты не берём" in text or "no e-mail" in text
    assert len(page.select("form")) == 1


def test_what_the_lms_calls_itself_is_shown_as_text(administrator: Administrator, lms: RegisteringLms) -> None:
    lms.configuration["https://purl.imsglobal.org/spec/lti-platform-configuration "] = {
        "product_family_code": "<script>alert(1)</script>",
        "version": ["x"],
    }
    lms.configuration.pop("https://purl.imsglobal.org/spec/lti-platform-configuration")
    _, page = administrator.ask(lms)
    assert "<script>alert(1)</script>" in page.get_text()
    assert all(script.get("src") for script in page.select("script"))


def test_a_browser_that_keeps_no_cookie_goes_on_in_its_own_window(
    local_app: Flask, session: Session, lms: RegisteringLms
) -> None:
    secret = invited(session)
    frame = Administrator(local_app.test_client(use_cookies=False), secret)
    address = frame.paste(lms).location
    door = BeautifulSoup(frame.get(address).text, "html.parser")
    form = door.select_one("form[target=_blank]")
    assert form is not None
    window = Administrator(local_app.test_client(), secret)
    led = window.client.post(str(form["action"]), base_url=TOOL)
    assert led.status_code == 303
    page = BeautifulSoup(window.get(led.location).text, "html.parser")
    assert window.confirm(led.location, page).status_code == 303
    assert session.scalar(select(func.count()).select_from(Platform)) == 1
    # Whoever looks on now sees that it is done; nothing can be begun again.
    assert window.client.post(str(form["action"]), base_url=TOOL).status_code == 410


def test_a_connection_ends_after_half_an_hour_and_is_swept_away(
    administrator: Administrator, local_app: Flask, session: Session, lms: RegisteringLms
) -> None:
    address, page = administrator.ask(lms)
    with time_machine.travel(now() + timedelta(minutes=31)):
        assert code_of(administrator.get(address)) == "REG-04"
        assert code_of(administrator.confirm(address, page)) == "REG-04"
        housekeeping.tidy()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Connection)) == 0


def test_only_so_many_connections_are_begun_with_one_invitation(
    administrator: Administrator, lms: RegisteringLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "MOST_AT_ONCE", 2)
    codes = [administrator.paste(lms).status_code for _ in range(3)]
    assert codes == [303, 303, 410]


def test_two_that_confirm_at_once_with_one_invitation_register_one(
    administrator: Administrator, lms: RegisteringLms, session: Session
) -> None:
    first, second = administrator.ask(lms), administrator.ask(lms)
    assert administrator.confirm(*first).status_code == 303
    assert code_of(administrator.confirm(*second)) == "REG-03"
    assert len(lms.posted) == 1


def test_a_registration_that_is_under_way_says_so(
    administrator: Administrator, lms: RegisteringLms, session: Session
) -> None:
    address, page = administrator.ask(lms)
    session.scalars(select(Connection)).one().state = "sending"  # type: ignore[assignment]  # as the table has it
    session.commit()
    assert administrator.confirm(address, page).status_code == 303, "pressed once more, it only looks"
    waiting = administrator.get(address)
    assert waiting.status_code == 200
    assert address in waiting.text
    assert lms.posted == []


def test_a_new_invitation_ends_the_one_before(local_app: Flask, session: Session, lms: RegisteringLms) -> None:
    old = invited(session)
    Administrator(local_app.test_client(), invited(session)).ask(lms)
    assert code_of(Administrator(local_app.test_client(), old).paste(lms)) == "REG-03"


def test_of_an_invitation_only_a_hash_is_kept(session: Session) -> None:
    secret = invite(session, find_school(session, "s", "S"), days=1, trusted=False)
    assert len(secret) >= 43, "256 bits"
    row = session.scalars(select(Invitation)).one()
    assert secret.encode() not in row.token_hash


def test_the_link_opened_by_hand_tells_what_to_do_and_uses_nothing_up(
    administrator: Administrator, session: Session
) -> None:
    answer = administrator.get(f"/connect/{administrator.secret}")
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    field = page.select_one("input#link")
    assert field is not None
    assert field["value"] == f"{TOOL}/connect/{administrator.secret}"
    assert session.scalars(select(Invitation.used_at)).one() is None


def test_the_values_to_copy_are_open_to_anybody(app: Flask) -> None:
    answer = app.test_client().get("/connect/manual", base_url="https://city.test")
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    values = {str(one["value"]) for one in page.select("[data-copy] input")}
    assert {"https://city.test/lti/launch", "https://city.test/lti/login", "https://city.test/lti/jwks"} <= values
    assert claims.SCOPE_SCORE in values
    names = [one.get_text() for one in page.select("summary h3")]
    assert names == ["Moodle", "Canvas", "Open edX", "Blackboard Learn", "D2L Brightspace"]


def test_people_of_a_platform_that_waits_read_that_it_waits(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    platform.row.state = PlatformState.PENDING
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    answer = app.test_client().post("/lti/login", data=platform.login_parameters(), base_url=platform.tool)
    assert (answer.status_code, code_of(answer)) == (403, "LTI-23")
    enrolment.approve(session, platform.row)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    assert platform.launch(app.test_client()).status_code == 303


def test_a_platform_that_is_off_is_unknown(app: Flask, session: Session, platform: FakePlatform) -> None:
    platform.row.state = PlatformState.OFF
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    answer = app.test_client().post("/lti/login", data=platform.login_parameters(), base_url=platform.tool)
    assert (answer.status_code, code_of(answer)) == (403, "LTI-20")


class TestApproval:
    def test_it_lets_the_platform_and_what_waits_there_in(self, session: Session) -> None:
        platform = PlatformFactory(state=PlatformState.PENDING)
        waiting = DeploymentFactory(platform=platform, approved=False)
        enrolment.approve(session, platform)
        assert (platform.state, waiting.approved, platform.accept_deployments) == (PlatformState.ACTIVE, True, False)

    def test_of_a_platform_that_named_no_deployment_the_first_launch_will(self, session: Session) -> None:
        platform = PlatformFactory(state=PlatformState.PENDING)
        enrolment.approve(session, platform)
        assert platform.accept_deployments

    def test_one_deployment_alone(self, session: Session) -> None:
        platform = PlatformFactory()
        first, second = (DeploymentFactory(platform=platform, deployment_id=one, approved=False) for one in "12")
        session.refresh(platform)
        enrolment.approve(session, platform, deployment="2")
        assert (first.approved, second.approved) == (False, True)
        with pytest.raises(LookupError):
            enrolment.approve(session, platform, deployment="3")


class TestRenewal:
    @pytest.fixture
    def platform(self, administrator: Administrator, lms: RegisteringLms, session: Session) -> Platform:
        """A platform that gave us an address to renew by."""
        lms.granted = {
            "registration_client_uri": f"{lms.root}/register/7",
            "registration_access_token": "first-access-token",
        }
        administrator.connect(lms)
        session.rollback()
        return session.scalars(select(Platform)).one()

    def answer(self, lms: RegisteringLms, status: int = 200, **further: Any) -> list[Request]:
        """Let the LMS answer a PUT; returns what will have been asked."""
        asked: list[Request] = []

        def respond(request: Request) -> Response:
            asked.append(request)
            return Response(json.dumps({**json.loads(request.get_data()), **further}), status)

        lms.server.expect_request("/register/7", method="PUT").respond_with_handler(respond)
        return asked

    def test_the_access_token_is_sealed(self, platform: Platform) -> None:
        assert platform.registration_client_uri is not None
        assert platform.registration_access_token is not None
        assert b"first-access-token" not in platform.registration_access_token
        assert unseal(platform.registration_access_token) == b"first-access-token"

    def test_what_is_granted_now_is_taken_over_and_the_token_turned(
        self, platform: Platform, lms: RegisteringLms, session: Session, local_app: Flask
    ) -> None:
        uri = platform.registration_client_uri
        asked = self.answer(
            lms, scope=claims.SCOPE_SCORE, registration_client_uri=uri, registration_access_token="second"
        )
        connecting.renew(session, platform, own_description())
        assert [one.headers["Authorization"] for one in asked] == ["Bearer first-access-token"]
        assert json.loads(asked[0].get_data())["client_id"] == platform.client_id
        assert platform.granted_scopes == [claims.SCOPE_SCORE]
        assert unseal(platform.registration_access_token or b"") == b"second"

    @pytest.mark.parametrize(("status", "further"), [(401, {}), (200, {"client_id": "another"})])
    def test_a_refusal_changes_nothing(
        self,
        platform: Platform,
        lms: RegisteringLms,
        session: Session,
        local_app: Flask,
        status: int,
        further: dict[str, Any],
    ) -> None:
        before = (platform.granted_scopes, platform.client_id, platform.registration_access_token)
        self.answer(lms, status, **further)
        with pytest.raises(RegistrationError):
            connecting.renew(session, platform, own_description())
        assert (platform.granted_scopes, platform.client_id, platform.registration_access_token) == before

    def test_a_platform_that_gave_no_address_is_renewed_by_an_invitation(
        self, session: Session, local_app: Flask
    ) -> None:
        with pytest.raises(LookupError):
            connecting.renew(session, PlatformFactory(), own_description())

    def test_an_address_on_another_host_is_not_believed(
        self, administrator: Administrator, lms: RegisteringLms, session: Session
    ) -> None:
        lms.granted = {"registration_client_uri": "https://evil.test/7", "registration_access_token": "t"}
        administrator.connect(lms)
        session.rollback()
        platform = session.scalars(select(Platform)).one()
        assert (platform.registration_client_uri, platform.registration_access_token) == (None, None)
