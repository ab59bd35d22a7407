"""Login initiation (checklist L-01 … L-12, S-03, S-11)."""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.lti.models import LoginState
from tests.platform import ABSENT, FakePlatform


def _stored(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(LoginState)) or 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_login_leads_to_the_platform_with_exactly_the_parameters_of_the_specification(
    app: Flask, platform: FakePlatform, method: str
) -> None:
    client = app.test_client()
    parameters = platform.login_parameters()
    if method == "GET":
        answer = client.get("/lti/login", query_string=parameters, base_url=platform.tool)
    else:
        answer = client.post("/lti/login", data=parameters, base_url=platform.tool)
    assert answer.status_code == 303
    answer = client.get(answer.location, base_url=platform.tool)
    assert answer.status_code == 302
    assert answer.location.startswith(platform.row.auth_url + "?")
    query = parse_qs(urlsplit(answer.location).query)
    state, nonce = query.pop("state")[0], query.pop("nonce")[0]
    assert query == {
        "scope": ["openid"],
        "response_type": ["id_token"],
        "response_mode": ["form_post"],
        "prompt": ["none"],
        "client_id": [platform.client_id],
        "redirect_uri": ["https://city.test/lti/launch"],
        "login_hint": ["6"],
        "lti_message_hint": [parameters["lti_message_hint"]],
    }
    assert len(state) >= 40
    assert len(nonce) >= 40


def test_the_pass_is_a_partitioned_host_cookie_of_this_login_alone(app: Flask, platform: FakePlatform) -> None:
    answer = app.test_client().post("/lti/login", data=platform.login_parameters(), base_url=platform.tool)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-lti-")
    for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


def test_two_logins_share_nothing(app: Flask, platform: FakePlatform) -> None:
    client = app.test_client()
    first, second = platform.log_in(client), platform.log_in(client)
    assert len({first["state"], second["state"], first["nonce"], second["nonce"]}) == 4


@pytest.mark.parametrize(
    "hint", ["", '{"cmid":3,"launchid":"x y"}', "50%25+%26", "a&b=c+d", "«ёлка» \"'", "%", "eyJ.a.b"]
)
def test_the_message_hint_comes_back_byte_for_byte(app: Flask, platform: FakePlatform, hint: str) -> None:
    assert platform.log_in(app.test_client(), lti_message_hint=hint)["lti_message_hint"] == hint


def test_a_hint_that_was_not_sent_is_not_invented(app: Flask, platform: FakePlatform) -> None:
    assert "lti_message_hint" not in platform.log_in(app.test_client(), lti_message_hint=ABSENT)


@pytest.mark.parametrize("missing", ["iss", "login_hint", "target_link_uri"])
def test_a_required_parameter_must_be_there(app: Flask, session: Session, platform: FakePlatform, missing: str) -> None:
    parameters = platform.login_parameters(**{missing: ABSENT})
    answer = app.test_client().post("/lti/login", data=parameters, base_url=platform.tool)
    assert answer.status_code == 400
    assert "LTI-01" in answer.text
    assert _stored(session) == 0


def test_a_parameter_that_stands_there_twice_is_refused(app: Flask, session: Session, platform: FakePlatform) -> None:
    pairs = [*platform.login_parameters().items(), ("iss", "https://other.test")]
    answer = app.test_client().get("/lti/login", query_string=pairs, base_url=platform.tool)
    assert answer.status_code == 400
    assert _stored(session) == 0


@pytest.mark.parametrize(
    "changes", [{"iss": "https://unknown.test"}, {"iss": "https://moodle.school.test/"}, {"client_id": "client-2"}]
)
def test_an_unknown_platform_is_refused_and_leaves_no_trace(
    app: Flask, session: Session, platform: FakePlatform, changes: dict[str, str]
) -> None:
    answer = app.test_client().post("/lti/login", data=platform.login_parameters(**changes), base_url=platform.tool)
    assert answer.status_code == 403
    assert "LTI-20" in answer.text
    assert _stored(session) == 0
    assert platform.fetches == 0


def test_of_two_clients_of_one_issuer_the_right_one_is_found(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    second = FakePlatform(client_id="client-2", deployment_id="7")
    second.register(session)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    client = app.test_client()
    assert platform.log_in(client, client_id="client-2", lti_deployment_id="7")["client_id"] == "client-2"
    assert platform.log_in(client, client_id=ABSENT, lti_deployment_id="7")["client_id"] == "client-2"
    unclear = platform.login_parameters(client_id=ABSENT, lti_deployment_id=ABSENT)
    answer = client.post("/lti/login", data=unclear, base_url=platform.tool)
    assert answer.status_code == 400
    assert "LTI-21" in answer.text


def test_an_authorization_endpoint_keeps_its_own_query(app: Flask, session: Session, platform: FakePlatform) -> None:
    platform.row.auth_url = "https://moodle.school.test/auth?tenant=5&x=a%20b"
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    client = app.test_client()
    answer = client.post("/lti/login", data=platform.login_parameters(), base_url=platform.tool)
    location = client.get(answer.location, base_url=platform.tool).location
    pairs = parse_qsl(urlsplit(location).query)
    assert pairs[:2] == [("tenant", "5"), ("x", "a b")]
    assert location.count("?") == 1


@pytest.mark.parametrize(
    "target",
    ["https://evil.test/lti/launch", "http://city.test/lti/launch", "https://city.test.evil/x", "javascript:1"],
)
def test_a_target_on_another_host_is_refused(app: Flask, session: Session, platform: FakePlatform, target: str) -> None:
    answer = app.test_client().post(
        "/lti/login", data=platform.login_parameters(target_link_uri=target), base_url=platform.tool
    )
    assert answer.status_code == 400
    assert "LTI-02" in answer.text
    assert _stored(session) == 0


def test_a_browser_that_has_shown_its_cookies_goes_to_the_platform_at_once(app: Flask, platform: FakePlatform) -> None:
    client = app.test_client()
    assert platform.launch(client).status_code == 303
    answer = client.post("/lti/login", data=platform.login_parameters(), base_url=platform.tool)
    assert answer.status_code == 302
    assert answer.location.startswith(platform.row.auth_url + "?")
    request = dict(parse_qsl(urlsplit(answer.location).query))
    token = platform.sign(platform.claims(nonce=request["nonce"]))
    assert platform.post(client, token, request["state"]).status_code == 303


def test_the_cookies_of_others_show_nothing(app: Flask, platform: FakePlatform) -> None:
    client = app.test_client()
    client.set_cookie("session", "1", domain="city.test", secure=True)
    answer = client.post("/lti/login", data=platform.login_parameters(), base_url=platform.tool)
    assert answer.status_code == 303
    assert "/lti/login/continue?" in answer.location


def test_without_the_cookie_the_platform_is_not_asked_and_a_window_is_offered(
    app: Flask, platform: FakePlatform
) -> None:
    """S-03: the platform's hint works once; it is kept for the window in which the cookie will come back."""
    login = app.test_client().post("/lti/login", data=platform.login_parameters(), base_url=platform.tool)
    page = app.test_client().get(login.location, base_url=platform.tool)
    assert page.status_code == 200
    assert 'target="_blank"' in page.text
    assert "ltilaunch1_751899214" in page.text


def test_without_cookies_even_in_a_window_the_person_is_told(app: Flask, platform: FakePlatform) -> None:
    parameters = platform.login_parameters(window="1")
    login = app.test_client().post("/lti/login", data=parameters, base_url=platform.tool)
    page = app.test_client().get(login.location, base_url=platform.tool)
    assert page.status_code == 401
    assert "LTI-34" in page.text


@pytest.mark.parametrize("tx", ["", "x", "0" * 32, "../etc"])
def test_a_login_nobody_began_cannot_be_continued(app: Flask, platform: FakePlatform, tx: str) -> None:
    answer = app.test_client().get("/lti/login/continue", query_string={"tx": tx}, base_url=platform.tool)
    assert answer.status_code == 401
    assert "LTI-30" in answer.text


def test_old_passes_are_forgotten(app: Flask, platform: FakePlatform) -> None:
    client = app.test_client()
    for _ in range(9):
        client.post("/lti/login", data=platform.login_parameters(), base_url=platform.tool)
    assert len([cookie for cookie in client._cookies.values() if cookie.key.startswith("__Host-lti-")]) <= 6


def test_only_registered_platforms_may_frame_the_pages(app: Flask, platform: FakePlatform) -> None:
    login = app.test_client().post("/lti/login", data=platform.login_parameters(), base_url=platform.tool)
    page = app.test_client().get(login.location, base_url=platform.tool)
    policy = page.headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {platform.issuer}" in policy
    assert "unsafe" not in policy
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert "X-Frame-Options" not in page.headers
