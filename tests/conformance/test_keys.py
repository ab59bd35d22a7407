"""Keys and tokens: ours, the platforms', and what is bought with them (K-01 … K-07)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from flask import Flask
from jwcrypto.jwk import JWK
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.lti import keys
from lti_tool.lti.deep_linking import signed_answer
from lti_tool.lti.platform_keys import PlatformKeyring
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.http import Cause, FetchedJson, ServiceUnreachable
from lti_tool.schools.registrations import to_registration
from tests.gradebook.host import ALL_SCOPES, Course, Host, course, host, make_course, respond
from tests.platform import FakePlatform, other_key, public_jwk

__all__ = ["course", "host"]  # fixtures

PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def _key_set(app: Flask) -> Any:
    return app.test_client().get("/lti/jwks")


def _by_id(app: Flask) -> dict[str, Any]:
    return {key["kid"]: jwt.PyJWK(key) for key in _key_set(app).json["keys"]}


def _connector(of: Course, host: Host, deployment: str | None = "1", scopes: Any = tuple(ALL_SCOPES)) -> Connector:
    registration = to_registration(of.platform)
    return Connector(registration, scopes=scopes, named_urls=(host.column_url,), deployment_id=deployment)


def _token_forms(host: Host, number: int = 1) -> list[dict[str, list[str]]]:
    """Look at the next token requests as they come over the wire."""
    seen: list[dict[str, list[str]]] = []

    def look(request: Any) -> Any:
        assert request.content_type == "application/x-www-form-urlencoded"
        seen.append(parse_qs(request.get_data().decode(), strict_parsing=True))
        return host._token(request)

    host.next("token", *[look] * number)
    return seen


class TestOurKeys:
    def test_k_01_our_key_set_is_json_with_public_members_unique_ids_and_a_time_to_keep_it(
        self, app: Flask, session: Session
    ) -> None:
        keys.ensure_key(session)
        keys.rotate(session)
        session.commit()
        answer = _key_set(app)
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        published = answer.json["keys"]
        assert len(published) == 2
        assert len({key["kid"] for key in published}) == 2
        for key in published:
            assert set(key) == {"kty", "n", "e", "alg", "use", "kid"}
            assert not PRIVATE_MEMBERS & set(key)
            assert not JWK(**key).has_private

    def test_k_02_while_keys_change_both_are_published_and_the_new_one_signs(
        self, app: Flask, session: Session, course: Course, host: Host
    ) -> None:
        old = keys.ensure_key(session)
        signed_before = keys.sign(session, {"iss": "us"})
        new = keys.rotate(session)
        session.commit()
        assert set(_by_id(app)) == {old, new}, "the new key can be learned a day before it is used"
        with time_machine.travel(now() + timedelta(hours=25)):
            published = _by_id(app)
            assert set(published) == {old, new}
            forms = _token_forms(host)
            _connector(course, host).token()
            assertion = forms[0]["client_assertion"][0]
            answer = signed_answer(session, to_registration(course.platform), _picker(), [])
            for token in (assertion, answer):
                assert jwt.get_unverified_header(token)["kid"] == new
                jwt.decode(token, published[new], algorithms=["RS256"], options={"verify_aud": False})
            jwt.decode(signed_before, published[old], algorithms=["RS256"])
        with time_machine.travel(now() + timedelta(hours=24 + 47)):
            assert old in _by_id(app), "what it signed may still be on its way"
        with time_machine.travel(now() + timedelta(hours=24 + 49)):
            assert set(_by_id(app)) == {new}

    @pytest.mark.parametrize("audience", [None, "https://api.example.test/auth/token"])
    def test_k_03_an_assertion_has_the_right_audience_a_fresh_id_and_five_minutes_at_most(
        self, course: Course, host: Host, audience: str | None
    ) -> None:
        course.platform.token_audience = audience
        forms = _token_forms(host, 2)
        first = _connector(course, host)
        first.token()
        first.new_token()
        ids = set()
        for form in forms:
            assert form["grant_type"] == ["client_credentials"]
            assert form["client_assertion_type"] == ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
            assert form["scope"] == [" ".join(sorted(ALL_SCOPES))]
            (encoded,) = form["client_assertion"]
            claims = jwt.decode(encoded, options={"verify_signature": False})
            assert claims["aud"] == audience or claims["aud"] == course.platform.token_url
            assert (claims["aud"] == audience) == (audience is not None)
            assert claims["iss"] == claims["sub"] == course.platform.client_id
            assert 0 < claims["exp"] - claims["iat"] <= 300
            assert claims["iat"] <= now().timestamp()
            ids.add(claims["jti"])
        assert len(ids) == 2

    def test_k_04_a_token_serves_only_the_registration_deployment_and_scopes_it_was_asked_for(
        self, course: Course, host: Host, session: Session
    ) -> None:
        other = make_course(session, host, client_id="another-client")
        asked = [
            _connector(course, host),
            _connector(course, host, scopes=ALL_SCOPES[:2]),
            _connector(course, host, deployment="2"),
            _connector(course, host, deployment=None),
            _connector(other, host),
        ]
        for number, connector in enumerate(asked, 1):
            host.token = f"token-{number}"
            assert connector.token().value == f"token-{number}", "its own, not another's"
        assert [connector.token().value for connector in asked] == [f"token-{number}" for number in range(1, 6)]
        assert host.requests == ["token"] * 5

    @pytest.mark.parametrize(
        ("life", "used_for"),
        [(3600, 3540), ("3600", 3540), (100, 50), (None, 240), ("soon", 240), (-5, 240), (1e308, 24 * 3600 - 60)],
    )
    def test_k_04_a_token_is_renewed_before_it_expires(
        self, course: Course, host: Host, life: Any, used_for: int
    ) -> None:
        body = {"access_token": "first", "token_type": "BEARER"} | ({"expires_in": life} if life is not None else {})
        host.next("token", respond(200, "OK", body))
        began = now()
        assert _connector(course, host).token().value == "first"
        with time_machine.travel(began + timedelta(seconds=used_for - 5)):
            assert _connector(course, host).token().value == "first"
        with time_machine.travel(began + timedelta(seconds=used_for + 5)):
            assert _connector(course, host).token().value == host.token


class TestPlatformsKeys:
    def test_k_05_a_platforms_new_key_works_at_the_next_launch(self, app: Flask, platform: FakePlatform) -> None:
        assert platform.launch(app.test_client()).status_code == 303
        new = other_key()
        platform.jwks["keys"] = [public_jwk(new, "key-2")]
        platform.key, platform.kid = new, "key-2"
        assert platform.launch(app.test_client()).status_code == 303

    def test_k_06_while_the_key_set_is_out_of_reach_known_keys_serve(
        self, app: Flask, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert platform.launch(app.test_client()).status_code == 303

        def down(url: str) -> FetchedJson:
            raise ServiceUnreachable(Cause.REFUSED, url)

        monkeypatch.setitem(app.extensions, "lyceum.platform_keys", PlatformKeyring(down))
        with time_machine.travel(now() + timedelta(hours=24)):
            assert platform.launch(app.test_client()).status_code == 303
        with time_machine.travel(now() + timedelta(hours=26)):
            answer = platform.launch(app.test_client())
            assert answer.status_code == 401
            assert "LTI-48" in answer.text

    def test_k_06_a_flood_of_unknown_ids_makes_one_fetch_a_minute(self, app: Flask, platform: FakePlatform) -> None:
        assert platform.launch(app.test_client()).status_code == 303
        fetched = platform.fetches
        for second in range(0, 120, 10):
            with time_machine.travel(now() + timedelta(seconds=second)):
                _forged(app, platform, f"invented-{second}")
        assert platform.fetches - fetched == 2

    @pytest.mark.parametrize(
        "bend",
        [
            lambda key: JWK.from_pyca(ec.generate_private_key(ec.SECP256R1()).public_key()).export(as_dict=True),
            lambda key: {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ", "alg": "HS256", "use": "sig"},
            lambda key: {**public_jwk(key, ""), "use": "enc"},
            lambda key: public_jwk(rsa.generate_private_key(public_exponent=65537, key_size=1024), ""),
        ],
        ids=["elliptic curve", "symmetric", "for encryption", "1024 bits"],
    )
    def test_k_07_keys_that_are_not_for_rsa_signatures_or_too_short_are_skipped(
        self, app: Flask, platform: FakePlatform, bend: Any
    ) -> None:
        platform.jwks["keys"].insert(0, {**bend(platform.key), "kid": "bent"})
        assert platform.launch(app.test_client()).status_code == 303, "the good key beside it serves"
        assert _forged(app, platform, "bent") == 401


def _forged(app: Flask, platform: FakePlatform, kid: str) -> int:
    """Launch with a rightly made token whose header names another key; return the status."""
    client = app.test_client()
    request = platform.log_in(client)
    token = platform.sign(platform.claims(nonce=request["nonce"]), headers={"kid": kid})
    return platform.post(client, token, request["state"]).status_code


def _picker() -> dict[str, Any]:
    return {"deployment_id": "1", "return_url": "https://moodle.test/return", "data": None}
