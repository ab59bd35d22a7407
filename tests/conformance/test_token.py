"""L-13 … L-22: the token must be the platform's own, fresh, for us, for this login, and used once."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from threading import Barrier, Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.lti import checks
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.models import LoginState
from tests.conformance.door import Answer, course, knock, post, read, second, visits
from tests.platform import ABSENT, KEY, FakePlatform, other_key, public_jwk, unsigned


def _encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


@pytest.mark.parametrize("doubled", ["state", "id_token"])
def test_state_and_token_stand_there_once(app: Flask, session: Session, platform: FakePlatform, doubled: str) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    form = {"state": request["state"], "id_token": platform.sign(platform.claims(nonce=request["nonce"]))}
    for given in ([], [form[doubled], "other"], [form[doubled]] * 2):
        answer = read(client.post("/lti/launch", data={**form, doubled: given}, base_url=platform.tool))
        assert answer.status == 400
    assert client.get("/lti/launch", query_string=form, base_url=platform.tool).status_code == 405
    assert visits(session) == 0


def test_a_state_that_expired_is_refused(app: Flask, session: Session, platform: FakePlatform) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    session.rollback()
    session.execute(update(LoginState).values(expires_at=now()))
    session.commit()
    token = platform.sign(platform.claims(nonce=request["nonce"]))
    assert post(client, platform, token, request["state"]).verdict == (401, "LTI-31")
    assert post(client, platform, token, "state-invented").verdict == (401, "LTI-30")
    assert visits(session) == 0


def test_a_platform_that_was_switched_off_meanwhile_is_refused(
    app: Flask, session: Session, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    monkeypatch.setattr(app.extensions["lyceum.registrations"], "get", lambda _: None)
    token = platform.sign(platform.claims(nonce=request["nonce"]))
    assert post(client, platform, token, request["state"]).verdict == (403, "LTI-20")
    assert visits(session) == 0


def test_an_answer_counts_only_in_the_browser_that_asked(app: Flask, session: Session, platform: FakePlatform) -> None:
    request = platform.log_in(app.test_client())
    token = platform.sign(platform.claims(nonce=request["nonce"]))
    assert post(app.test_client(), platform, token, request["state"]).verdict == (401, "LTI-33")
    assert visits(session) == 0


@pytest.mark.parametrize(
    "token", ["abc", "a.b", "a.b.c", "e30.e30.e30.e30", "W10.W10.x", "." * 50, "й.й.й", "e30.bnVsbA.x", "!.!.!"]
)
def test_what_is_no_token_is_refused(app: Flask, platform: FakePlatform, token: str) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    assert post(client, platform, token, request["state"]).verdict == (400, "LTI-03")


@pytest.mark.parametrize("depth", [33, 200, 100_000])
def test_a_token_that_is_nested_without_end_is_refused(app: Flask, platform: FakePlatform, depth: int) -> None:
    payload = json.dumps(platform.claims()).encode()[:-1] + b',"a":' + b"[" * depth + b"]" * depth + b"}"
    client = app.test_client()
    request = platform.log_in(client)
    assert post(client, platform, platform.sign(payload), request["state"]).verdict == (400, "LTI-03")


def test_a_token_that_is_longer_than_any_is_refused() -> None:
    body = _encoded(json.dumps({"a": "x" * checks.MAX_TOKEN}).encode())
    with pytest.raises(LaunchError, match="token-format"):
        checks.token_parts(f"e30.{body}.x")


def test_l_13_a_signature_by_a_key_that_was_not_published_is_refused(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    assert knock(app, platform, key=other_key()).verdict == (401, "LTI-42")
    assert visits(session) == 0


@pytest.mark.parametrize("part", [1, 2])
def test_l_13_a_token_that_was_altered_is_refused(
    app: Flask, session: Session, platform: FakePlatform, part: int
) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    parts = platform.sign(platform.claims(nonce=request["nonce"])).split(".")
    if part == 1:
        body = json.loads(urlsafe_b64decode(parts[1] + "==")) | {"sub": "1"}
        parts[1] = _encoded(json.dumps(body).encode())
    else:
        raw = bytearray(urlsafe_b64decode(parts[2] + "=="))
        raw[7] ^= 1
        parts[2] = _encoded(bytes(raw))
    assert post(client, platform, ".".join(parts), request["state"]).verdict == (401, "LTI-42")
    assert visits(session) == 0


def test_l_13_another_platforms_key_with_the_same_id_is_refused(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    other = second(app, session, issuer="https://other.test", key=other_key(), kid=platform.kid)
    assert knock(app, platform, signer=other).verdict == (401, "LTI-42")


@pytest.mark.parametrize("kid", [None, "", 7, ["key-1"]])
def test_l_14_a_token_without_a_key_id_is_refused_and_nobody_is_asked(
    app: Flask, platform: FakePlatform, kid: Any
) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    header, body, signature = platform.sign(platform.claims(nonce=request["nonce"])).split(".")
    head = {**json.loads(urlsafe_b64decode(header + "==")), "kid": kid}
    if kid is None:
        del head["kid"]
    forged = ".".join([_encoded(json.dumps(head).encode()), body, signature])
    assert post(client, platform, forged, request["state"]).verdict == (401, "LTI-41")
    assert platform.fetches == 0


def test_l_14_an_unknown_key_id_makes_us_ask_once_more_and_then_refuse(app: Flask, platform: FakePlatform) -> None:
    assert knock(app, platform).status == 303
    known = platform.fetches
    for _ in range(3):
        assert knock(app, platform, headers={"kid": "invented"}).verdict == (401, "LTI-41")
    assert platform.fetches == known + 1


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "HS256", "PS256", "RS384", "RS512", "ES256", "", None, ["RS256"]]
)
def test_l_15_an_algorithm_that_is_not_allowed_is_refused(app: Flask, platform: FakePlatform, algorithm: Any) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    signed = unsigned(platform.claims(nonce=request["nonce"]), {"alg": algorithm, "kid": platform.kid}).rstrip(".")
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for signature in ("", _encoded(hmac.digest(public, signed.encode(), "sha256"))):
        assert post(client, platform, f"{signed}.{signature}", request["state"]).verdict == (401, "LTI-40")
    assert platform.fetches == 0


@pytest.mark.parametrize("crit", [["b64"], [], "exp"])
def test_l_15_an_extension_that_must_be_understood_is_refused(app: Flask, platform: FakePlatform, crit: Any) -> None:
    answer = knock(app, platform, headers={"crit": crit, "b64": True})
    assert answer.verdict == (401, "LTI-40")


def test_l_15_keys_that_the_token_brings_along_are_never_looked_at(app: Flask, platform: FakePlatform) -> None:
    key = other_key()
    brought = {
        "jku": "https://evil.test/keys",
        "jwk": public_jwk(key, platform.kid),
        "x5u": "https://evil.test/certificate",
        "x5c": ["MIIB"],
    }
    asked: list[str] = []
    keyring = app.extensions["lyceum.platform_keys"]
    fetch = keyring._fetch
    keyring._fetch = lambda url: asked.append(url) or fetch(url)
    assert knock(app, platform, headers=brought, key=key).verdict == (401, "LTI-42")
    assert asked == [platform.row.jwks_url]
    assert knock(app, platform, headers=brought).status == 303, "and do no harm beside a good signature"


@pytest.mark.parametrize(
    "issuer", ["https://other.test", "https://moodle.school.test/", "https://unknown.test", ABSENT, 7]
)
def test_l_16_another_issuer_than_the_logins_is_refused(
    app: Flask, session: Session, platform: FakePlatform, issuer: Any
) -> None:
    """Mix-up: a token of another platform, registered here as well, answers a login that was begun for the first."""
    other = second(app, session, issuer="https://other.test")
    for signer in (platform, other):
        assert knock(app, platform, platform.claims(iss=issuer), signer=signer).verdict == (401, "LTI-43")
    assert visits(session) == 0


@pytest.mark.parametrize(
    "audience",
    [
        "client-2",
        ["client-2"],
        ["client-1", "evil"],
        ["evil", "client-1"],
        [],
        {},
        7,
        True,
        None,
        ABSENT,
        [["client-1"]],
    ],
)
def test_l_17_an_audience_that_is_not_us_alone_is_refused(app: Flask, platform: FakePlatform, audience: Any) -> None:
    assert knock(app, platform, platform.claims(aud=audience)).verdict == (401, "LTI-44")
    assert knock(app, platform, platform.claims(aud=audience, azp=platform.client_id)).verdict == (401, "LTI-44")


def test_l_17_a_list_with_us_alone_is_right(app: Flask, platform: FakePlatform) -> None:
    assert knock(app, platform, platform.claims(aud=[platform.client_id])).status == 303


@pytest.mark.parametrize("azp", ["client-2", "", None, 7, ["client-1"]])
@pytest.mark.parametrize("audience", ["client-1", ["client-1"]])
def test_l_18_a_token_made_for_another_party_is_refused(
    app: Flask, platform: FakePlatform, audience: Any, azp: Any
) -> None:
    assert knock(app, platform, platform.claims(aud=audience, azp=azp)).verdict == (401, "LTI-44")


def test_l_18_several_audiences_without_a_party_are_refused_and_our_own_party_is_right(
    app: Flask, platform: FakePlatform
) -> None:
    assert knock(app, platform, platform.claims(aud=["client-1", "client-2"])).verdict == (401, "LTI-44")
    assert knock(app, platform, platform.claims(azp="client-1")).status == 303


@pytest.mark.parametrize(
    ("issued", "expires", "code"),
    [
        (-100, -61, "LTI-45"),
        (-3700, 60, "LTI-45"),
        (70, 600, "LTI-46"),
        ("now", 60, "LTI-47"),
        (0, "later", "LTI-47"),
        (True, 60, "LTI-47"),
        (0, True, "LTI-47"),
        (None, 60, "LTI-47"),
        (0, None, "LTI-47"),
        (0, float("nan"), "LTI-47"),
        (0, float("inf"), "LTI-47"),
        (0, 10**400, "LTI-47"),
        ([0], 60, "LTI-47"),
    ],
)
def test_l_19_times_that_make_no_sense_are_refused(
    app: Flask, session: Session, platform: FakePlatform, issued: Any, expires: Any, code: str
) -> None:
    assert knock(app, platform, _timed(platform, issued, expires)).verdict == (401, code)
    assert visits(session) == 0


@pytest.mark.parametrize("name", ["iat", "exp"])
def test_l_19_both_times_are_required(app: Flask, platform: FakePlatform, name: str) -> None:
    assert knock(app, platform, platform.claims(**{name: ABSENT})).verdict == (401, "LTI-47")


@pytest.mark.parametrize(("issued", "expires"), [(50, 110), (-100, -50), (-3600, 0), (-3640, 60), (0.5, 60.5)])
def test_l_19_clocks_may_differ_by_less_than_a_minute(
    app: Flask, platform: FakePlatform, issued: float, expires: float
) -> None:
    assert knock(app, platform, _timed(platform, issued, expires)).status == 303


def _timed(platform: FakePlatform, issued: Any, expires: Any) -> dict[str, Any]:
    """Claims with these times, counted in seconds from now; what is no number, or no sane one, is taken as it is."""
    moment = int(now().timestamp())

    def at(value: Any) -> Any:
        return moment + value if type(value) in {int, float} and abs(value) < 10**9 else value

    return platform.claims(iat=at(issued), exp=at(expires))


@pytest.mark.parametrize("nonce", [None, "", "another", 7, ["n"], {"n": 1}, "\ud800", "x" * 5000])
def test_l_20_a_nonce_that_is_not_the_logins_is_refused(
    app: Flask, session: Session, platform: FakePlatform, nonce: Any
) -> None:
    assert knock(app, platform, platform.claims(nonce=nonce)).verdict == (401, "LTI-35")
    assert visits(session) == 0


def test_l_20_the_nonce_of_another_login_of_the_same_browser_is_refused(app: Flask, platform: FakePlatform) -> None:
    client = app.test_client()
    other = platform.log_in(client)["nonce"]
    assert knock(app, platform, platform.claims(nonce=other), client=client).verdict == (401, "LTI-35")


def test_l_21_the_same_answer_twice_opens_one_visit(app: Flask, session: Session, platform: FakePlatform) -> None:
    course(session)
    statuses = [answer.verdict for answer in _twice(app, platform, at_once=False)]
    assert statuses == [(303, ""), (401, "LTI-32")]
    assert visits(session) == 1


def test_l_21_the_same_answer_twice_at_once_opens_one_visit(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    course(session)
    statuses = sorted(answer.status for answer in _twice(app, platform, at_once=True))
    assert statuses == [303, 401]
    assert visits(session) == 1


def _twice(app: Flask, platform: FakePlatform, *, at_once: bool) -> list[Answer]:
    """Post one answer from two windows that both hold the pass: only the spent state stands in the way."""
    client = app.test_client()
    request = platform.log_in(client)
    token = platform.sign(platform.claims(nonce=request["nonce"]))
    passes = [(one.key, one.value) for one in client._cookies.values()]
    start, answers = Barrier(2 if at_once else 1), []

    def send() -> None:
        window = app.test_client()
        for name, value in passes:
            window.set_cookie(name, value, domain="city.test", secure=True)
        start.wait()
        answers.append(read(platform.post(window, token, request["state"])))

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
        if not at_once:
            thread.join()
    for thread in threads:
        thread.join()
    return answers


def test_l_22_a_thousand_forged_tokens_leave_the_nonce_store_as_it_was(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    session.rollback()
    store = select(LoginState.id, LoginState.nonce_hash, LoginState.spent_at)
    before = session.execute(store).all()
    forged = [
        platform.sign(platform.claims(nonce=request["nonce"]), key=other_key()),
        platform.sign(platform.claims(nonce="guessed")),
        unsigned(platform.claims(nonce=request["nonce"]), {"alg": "none"}),
        platform.sign(platform.claims(nonce=request["nonce"], exp=1)),
    ]
    for number in range(1000):
        assert post(client, platform, forged[number % len(forged)], request["state"]).status == 401
    session.rollback()
    assert session.execute(store).all() == before
    good = platform.sign(platform.claims(nonce=request["nonce"]))
    assert post(client, platform, good, request["state"]).status == 303, "the true owner still comes in"
