"""Every row of the fact sheet's §1.4: what is forged, malformed or replayed is refused with the right page."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from threading import Barrier, Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.lti import claims
from lti_tool.lti.models import LoginState, Visit
from tests.factories import published
from tests.platform import ABSENT, KEY, FakePlatform, other_key, unsigned


def _attempt(app: Flask, platform: FakePlatform, body: dict[str, Any], **signing: Any) -> tuple[int, str, str]:
    """Log in, then post a token made of these claims; return status, the code on the page, and the page."""
    client = app.test_client()
    request = platform.log_in(client)
    body.setdefault("nonce", request["nonce"])
    return _answer(platform.post(client, platform.sign(body, **signing), request["state"]))


def _answer(response: Any) -> tuple[int, str, str]:
    page = response.text
    code = next((part for part in page.replace("<", " ").replace(">", " ").split() if part.startswith("LTI-")), "")
    return response.status_code, code, page


def _visits(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Visit)) or 0


MOMENT = object()


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"iss": "https://moodle.school.test/"}, 401, "LTI-43"),
        ({"iss": "https://MOODLE.school.test"}, 401, "LTI-43"),
        ({"iss": ABSENT}, 401, "LTI-43"),
        ({"aud": "client-2"}, 401, "LTI-44"),
        ({"aud": ["client-1", "evil"]}, 401, "LTI-44"),
        ({"aud": []}, 401, "LTI-44"),
        ({"aud": 7}, 401, "LTI-44"),
        ({"aud": ABSENT}, 401, "LTI-44"),
        ({"azp": "client-2"}, 401, "LTI-44"),
        ({"exp": ("now", -120)}, 401, "LTI-45"),
        ({"iat": ("now", -4000), "exp": ("now", 60)}, 401, "LTI-45"),
        ({"iat": ("now", 300), "exp": ("now", 600)}, 401, "LTI-46"),
        ({"exp": "soon"}, 401, "LTI-47"),
        ({"iat": True}, 401, "LTI-47"),
        ({"iat": ABSENT}, 401, "LTI-47"),
        ({"exp": ABSENT}, 401, "LTI-47"),
        ({"nonce": "another"}, 401, "LTI-35"),
        ({"nonce": ""}, 401, "LTI-35"),
        ({"nonce": ABSENT}, 401, "LTI-35"),
        ({"nonce": 7}, 401, "LTI-35"),
        ({claims.VERSION: ABSENT}, 400, "LTI-04"),
        ({claims.VERSION: "11.3"}, 400, "LTI-04"),
        ({claims.VERSION: 1.3}, 400, "LTI-04"),
        ({claims.MESSAGE_TYPE: ABSENT}, 400, "LTI-05"),
        ({claims.MESSAGE_TYPE: "ContentItemSelection"}, 400, "LTI-05"),
        ({claims.MESSAGE_TYPE: ["LtiResourceLinkRequest"]}, 400, "LTI-05"),
        ({claims.DEPLOYMENT_ID: ABSENT}, 400, "LTI-09"),
        ({claims.DEPLOYMENT_ID: ""}, 400, "LTI-09"),
        ({claims.DEPLOYMENT_ID: "1" * 256}, 400, "LTI-09"),
        ({claims.DEPLOYMENT_ID: "2"}, 401, "LTI-36"),
        ({claims.TARGET_LINK_URI: ABSENT}, 400, "LTI-01"),
        ({claims.TARGET_LINK_URI: "https://city.test/lti/launch?pack=other"}, 401, "LTI-36"),
        ({claims.TARGET_LINK_URI: "https://evil.test/lti/launch"}, 400, "LTI-02"),
        ({claims.RESOURCE_LINK: ABSENT}, 400, "LTI-07"),
        ({claims.RESOURCE_LINK: {"title": "no id"}}, 400, "LTI-07"),
        ({claims.RESOURCE_LINK: {"id": ""}}, 400, "LTI-07"),
        ({claims.ROLES: ABSENT}, 400, "LTI-06"),
        ({claims.ROLES: "Instructor"}, 400, "LTI-06"),
        ({"sub": ABSENT}, 400, "LTI-08"),
        ({"sub": ""}, 400, "LTI-08"),
        ({"sub": 6}, 400, "LTI-08"),
        ({"sub": "x" * 256}, 400, "LTI-08"),
    ],
)
def test_a_claim_that_is_wrong_is_refused(
    app: Flask, session: Session, platform: FakePlatform, changes: dict[str, Any], status: int, code: str
) -> None:
    moment = int(now().timestamp())
    body = {name: moment + value[1] if isinstance(value, tuple) else value for name, value in changes.items()}
    nonce = body.pop("nonce", None)
    whole = platform.claims(**body)
    if nonce is ABSENT:
        client = app.test_client()
        request = platform.log_in(client)
        got = _answer(platform.post(client, platform.sign(whole), request["state"]))
    else:
        if nonce is not None:
            whole["nonce"] = nonce
        got = _attempt(app, platform, whole)
    assert got[:2] == (status, code)
    assert _visits(session) == 0
    assert "Тимур" not in got[2], "an error page reveals no claim"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"kid": None}, "LTI-41"),
        ({"kid": "unknown"}, "LTI-41"),
        ({"kid": ""}, "LTI-41"),
        ({"crit": ["b64"], "b64": True}, "LTI-40"),
        ({"alg": "PS256"}, "LTI-40"),
        ({"alg": "RS512"}, "LTI-40"),
    ],
)
def test_a_header_that_is_wrong_is_refused(
    app: Flask, session: Session, platform: FakePlatform, headers: dict[str, Any], code: str
) -> None:
    assert _attempt(app, platform, platform.claims(), headers=headers)[:2] == (401, code)


def test_key_material_named_by_the_token_is_never_looked_at(app: Flask, platform: FakePlatform) -> None:
    key = other_key()
    headers = {"jku": "https://evil.test/keys", "x5u": "https://evil.test/cert"}
    assert _attempt(app, platform, platform.claims(), headers=headers, key=key)[:2] == (401, "LTI-42")


def test_no_signature_and_a_signature_with_the_public_key_are_refused(app: Flask, platform: FakePlatform) -> None:
    import hmac

    client = app.test_client()
    request = platform.log_in(client)
    body = platform.claims(nonce=request["nonce"])
    none = unsigned(body, {"alg": "none", "kid": platform.kid})
    assert _answer(platform.post(client, none, request["state"]))[:2] == (401, "LTI-40")
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head = unsigned(body, {"alg": "HS256", "kid": platform.kid}).rstrip(".")
    digest = urlsafe_b64encode(hmac.digest(public, head.encode(), "sha256")).rstrip(b"=").decode()
    assert _answer(platform.post(client, f"{head}.{digest}", request["state"]))[:2] == (401, "LTI-40")


def test_an_altered_payload_is_refused(app: Flask, platform: FakePlatform) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    header, _payload, signature = platform.sign(platform.claims(nonce=request["nonce"])).split(".")
    body = {**platform.claims(nonce=request["nonce"]), "sub": "1"}
    forged = urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()
    got = _answer(platform.post(client, f"{header}.{forged}.{signature}", request["state"]))
    assert got[:2] == (401, "LTI-42")


@pytest.mark.parametrize("token", ["", "abc", "a.b", "a.b.c", "e30.e30.e30.e30", "W10.W10.x", "." * 50])
def test_what_is_no_token_is_refused(app: Flask, platform: FakePlatform, token: str) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    status, code, _page = _answer(platform.post(client, token, request["state"]))
    assert (status, code) in {(400, "LTI-03"), (401, "LTI-40")}


def test_state_and_token_stand_there_once(app: Flask, platform: FakePlatform) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    token = platform.sign(platform.claims(nonce=request["nonce"]))
    doubled = client.post(
        "/lti/launch", data={"state": [request["state"]] * 2, "id_token": token}, base_url=platform.tool
    )
    assert _answer(doubled)[:2] == (400, "LTI-01")
    assert client.get("/lti/launch", base_url=platform.tool).status_code == 405
    missing = client.post("/lti/launch", data={"id_token": token}, base_url=platform.tool)
    assert _answer(missing)[:2] == (400, "LTI-01")


def test_an_unknown_state_is_refused(app: Flask, platform: FakePlatform) -> None:
    client = app.test_client()
    platform.log_in(client)
    got = _answer(platform.post(client, platform.sign(platform.claims()), "state-invented"))
    assert got[:2] == (401, "LTI-30")


def test_an_expired_state_is_refused(app: Flask, session: Session, platform: FakePlatform) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    session.rollback()
    session.query(LoginState).update({"expires_at": now()})
    session.commit()
    got = _answer(platform.post(client, platform.sign(platform.claims(nonce=request["nonce"])), request["state"]))
    assert got[:2] == (401, "LTI-31")


def test_a_launch_in_another_browser_is_refused(app: Flask, session: Session, platform: FakePlatform) -> None:
    """Login CSRF: an attacker's own state and token, opened in the victim's browser, open nothing (S-07)."""
    attacker, victim = app.test_client(), app.test_client()
    request = platform.log_in(attacker)
    token = platform.sign(platform.claims(nonce=request["nonce"]))
    assert _answer(platform.post(victim, token, request["state"]))[:2] == (401, "LTI-33")
    assert _visits(session) == 0


def test_the_same_answer_posted_twice_opens_one_visit(app: Flask, session: Session, platform: FakePlatform) -> None:
    published(session)
    session.commit()
    client = app.test_client()
    request = platform.log_in(client)
    token = platform.sign(platform.claims(nonce=request["nonce"]))
    cookies = {cookie.key: cookie.value for cookie in client._cookies.values()}
    assert platform.post(client, token, request["state"]).status_code == 303
    for name, value in cookies.items():  # the browser still has the pass: only the spent state stands in the way
        client.set_cookie(name, value, domain="city.test", secure=True)
    assert _answer(platform.post(client, token, request["state"]))[:2] == (401, "LTI-32")
    assert _visits(session) == 1


def test_the_same_answer_posted_twice_at_once_opens_one_visit(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    client = app.test_client()
    request = platform.log_in(client)
    token = platform.sign(platform.claims(nonce=request["nonce"]))
    cookies = {cookie.key: cookie.value for cookie in client._cookies.values()}
    start, statuses = Barrier(2), []

    def post() -> None:
        browser = app.test_client()
        for name, value in cookies.items():
            browser.set_cookie(name, value, domain="city.test", secure=True)
        start.wait()
        statuses.append(platform.post(browser, token, request["state"]).status_code)

    threads = [Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 401]
    assert _visits(session) == 1


def test_a_token_of_another_registration_of_the_same_issuer_is_refused(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    other = FakePlatform(client_id="client-2", key=other_key(), deployment_id="9")
    other.register(session)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    client = app.test_client()
    request = platform.log_in(client)
    token = other.sign(other.claims(nonce=request["nonce"]))
    assert _answer(platform.post(client, token, request["state"]))[:2] == (401, "LTI-44")
    mixed = other.sign(platform.claims(nonce=request["nonce"]))
    assert _answer(platform.post(client, mixed, request["state"]))[:2] == (401, "LTI-42")


def test_a_deployment_nobody_approved_is_told_so(app: Flask, platform: FakePlatform) -> None:
    client = app.test_client()
    request = platform.log_in(client, lti_deployment_id=ABSENT)
    body = platform.claims(nonce=request["nonce"], **{claims.DEPLOYMENT_ID: "unknown"})
    assert _answer(platform.post(client, platform.sign(body), request["state"]))[:2] == (403, "LTI-22")


def test_the_platforms_own_refusal_is_shown_and_spends_the_state(app: Flask, platform: FakePlatform) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    refusal = {
        "error": "login_required",
        "error_description": "<script>alert(1)</script>",
        "state": request["state"],
    }
    status, code, page = _answer(client.post("/lti/launch", data=refusal, base_url=platform.tool))
    assert (status, code) == (401, "LTI-50")
    assert "alert(1)" not in page
    token = platform.sign(platform.claims(nonce=request["nonce"]))
    assert _answer(platform.post(client, token, request["state"]))[1] == "LTI-32"
    unknown = client.post("/lti/launch", data={**refusal, "state": "state-x"}, base_url=platform.tool)
    assert _answer(unknown)[:2] == (401, "LTI-30")


def test_a_thousand_forged_tokens_leave_the_nonce_store_as_it_was(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    """L-22: the store is only written when a signature was proved."""
    client = app.test_client()
    request = platform.log_in(client)
    session.rollback()
    before = session.execute(select(LoginState.id, LoginState.nonce_hash, LoginState.spent_at)).all()
    forger = other_key()
    token = platform.sign(platform.claims(nonce=request["nonce"]), key=forger)
    body = platform.claims()
    for number in range(1000):
        other = unsigned({**body, "nonce": f"n{number}"}, {"alg": "RS256", "kid": "key-1"}) + "AA"
        forged = token if number % 2 else other
        assert platform.post(client, forged, request["state"]).status_code == 401
    session.rollback()
    assert session.execute(select(LoginState.id, LoginState.nonce_hash, LoginState.spent_at)).all() == before
    good = platform.sign(platform.claims(nonce=request["nonce"]))
    assert platform.post(client, good, request["state"]).status_code == 303, "the true owner still comes in"


def test_clocks_may_differ_by_less_than_a_minute(app: Flask, platform: FakePlatform) -> None:
    moment = int(now().timestamp())
    for iat, exp in ((moment + 50, moment + 110), (moment - 100, moment - 40)):
        assert platform.launch(app.test_client(), platform.claims(iat=iat, exp=exp)).status_code == 303


def test_an_unknown_key_id_makes_us_ask_again_once_a_minute(app: Flask, platform: FakePlatform) -> None:
    """L-14, K-05, K-06."""
    assert platform.launch(app.test_client()).status_code == 303
    fetched = platform.fetches
    for _ in range(5):
        _attempt(app, platform, platform.claims(), headers={"kid": "invented"})
    assert platform.fetches - fetched == 1


def test_a_key_that_was_just_rotated_in_works_at_once(app: Flask, platform: FakePlatform) -> None:
    assert platform.launch(app.test_client()).status_code == 303
    new = FakePlatform(key=other_key(), kid="key-2")
    platform.jwks["keys"].append(new.jwks["keys"][0])
    platform.key, platform.kid = new.key, new.kid
    assert platform.launch(app.test_client()).status_code == 303
