"""The token endpoint gives a token for a faultless assertion only (LTI Security 1.0, 4.1)."""

from __future__ import annotations

import hmac
import json
import sqlite3
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.demo_lms.assertion import KeySetUnreachable
from lti_tool.demo_lms.id_token import LINE_ITEM_READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE
from lti_tool.demo_lms.settings import Settings

from .conftest import LINE_ITEMS, RESULTS_URL, ToolKeySet, new_key

Request = Callable[..., TestResponse]
Claims = dict[str, Any]

WRONG_CLAIMS: dict[str, Callable[[Claims], Claims]] = {
    "iss is not the client_id": lambda good: good | {"iss": "somebody"},
    "sub is not the client_id": lambda good: good | {"sub": "somebody"},
    "iss missing": lambda good: without(good, "iss"),
    "aud is the issuer": lambda good: good | {"aud": "http://127.0.0.1:8001"},
    "aud has a trailing slash": lambda good: good | {"aud": good["aud"] + "/"},
    "aud names somebody else too": lambda good: good | {"aud": [good["aud"], "https://other.example/token"]},
    "aud missing": lambda good: without(good, "aud"),
    "expired": lambda good: good | {"exp": int(time.time()) - 1},
    "exp more than five minutes ahead": lambda good: good | {"exp": int(time.time()) + 400},
    "exp missing": lambda good: without(good, "exp"),
    "exp is a string": lambda good: good | {"exp": str(good["exp"])},
    "iat ahead": lambda good: good | {"iat": int(time.time()) + 30},
    "iat older than ten minutes": lambda good: good | {"iat": int(time.time()) - 610},
    "iat missing": lambda good: without(good, "iat"),
    "iat is a boolean": lambda good: good | {"iat": True},
    "nbf ahead": lambda good: good | {"nbf": int(time.time()) + 30},
    "jti missing": lambda good: without(good, "jti"),
    "jti empty": lambda good: good | {"jti": ""},
    "jti is a number": lambda good: good | {"jti": 5},
}


def without(claims: Claims, name: str) -> Claims:
    return {key: value for key, value in claims.items() if key != name}


def refused(answer: TestResponse, status: int, error: str) -> bool:
    return answer.status_code == status and answer.json["error"] == error and "access_token" not in answer.json


def test_a_faultless_assertion_gets_a_token(token_request: Request, claims: Claims) -> None:
    answer = token_request(claims, scope=f"{SCORE_SCOPE} {RESULT_SCOPE}")
    assert answer.status_code == 200
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == 3600
    assert set(answer.json["scope"].split()) == {SCORE_SCOPE, RESULT_SCOPE}
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_audience_may_be_a_list_of_one(token_request: Request, claims: Claims) -> None:
    assert token_request(claims | {"aud": [claims["aud"]]}).status_code == 200


@pytest.mark.parametrize("change", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS.keys())
def test_a_wrong_claim_is_refused(token_request: Request, claims: Claims, change: Callable[[Claims], Claims]) -> None:
    assert refused(token_request(change(claims)), 401, "invalid_client")


def test_another_key_under_our_kid_is_refused(token_request: Request, claims: Claims, stranger_key: Any) -> None:
    assert refused(token_request(claims, key=stranger_key), 401, "invalid_client")


def test_an_unknown_kid_is_refused(token_request: Request, claims: Claims) -> None:
    assert refused(token_request(claims, headers={"kid": "tool-2"}), 401, "invalid_client")


def test_no_kid_is_refused(token_request: Request, claims: Claims) -> None:
    assert refused(token_request(claims, headers={}), 401, "invalid_client")


@pytest.mark.parametrize("alg", ["RS512", "PS256"])
def test_another_algorithm_is_refused(token_request: Request, claims: Claims, alg: str) -> None:
    assert refused(token_request(claims, alg=alg), 401, "invalid_client")


def test_no_signature_is_refused(token_request: Request, claims: Claims) -> None:
    assert refused(token_request(claims, key="", alg="none"), 401, "invalid_client")


def test_the_public_key_as_a_shared_secret_is_refused(token_request: Request, claims: Claims, tool_key: Any) -> None:
    public = tool_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    # By hand: PyJWT refuses to sign such a thing.
    parts = [{"alg": "HS256", "kid": "tool-1"}, claims]
    signed = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    signature = urlsafe_b64encode(hmac.digest(public, signed, "sha256")).rstrip(b"=")
    forged = (signed + b"." + signature).decode()
    assert refused(token_request(claims, client_assertion=forged), 401, "invalid_client")


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.é.é"])
def test_what_is_no_jwt_is_refused(token_request: Request, claims: Claims, text: str) -> None:
    answer = token_request(claims, client_assertion=text)
    assert refused(answer, 401 if text else 400, "invalid_client" if text else "invalid_request")


def test_an_assertion_serves_once(token_request: Request, claims: Claims) -> None:
    assert token_request(claims).status_code == 200
    assert refused(token_request(claims), 401, "invalid_client")
    assert refused(token_request(claims | {"exp": claims["exp"] + 1}), 401, "invalid_client"), "same jti, signed anew"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"client_assertion_type": "urn:other"}, "invalid_request"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"scope": f"{SCORE_SCOPE} https://example.org/more"}, "invalid_scope"),
    ],
)
def test_a_wrong_form_field_is_refused(
    token_request: Request, claims: Claims, form: dict[str, str], error: str
) -> None:
    assert refused(token_request(claims, **form), 400, error)


def test_a_repeated_field_is_refused(client: FlaskClient) -> None:
    answer = client.post("/token", data={"grant_type": ["client_credentials", "client_credentials"]})
    assert refused(answer, 400, "invalid_request")


def test_json_is_refused(client: FlaskClient) -> None:
    assert refused(client.post("/token", json={"grant_type": "client_credentials"}), 400, "invalid_request")


def test_the_key_set_is_read_once_and_again_for_a_new_key(
    token_request: Request, claims: Claims, key_set: ToolKeySet, stranger_key: Any
) -> None:
    for number in range(3):
        assert token_request(claims | {"jti": f"first-{number}"}).status_code == 200
    assert key_set.fetches == 1
    key_set.keys["tool-2"] = stranger_key
    answer = token_request(claims | {"jti": "second"}, key=stranger_key, headers={"kid": "tool-2"})
    assert answer.status_code == 200
    assert key_set.fetches == 2


def test_a_new_key_under_the_old_name_is_found(token_request: Request, claims: Claims, key_set: ToolKeySet) -> None:
    assert token_request(claims).status_code == 200
    fresh = new_key()
    key_set.keys["tool-1"] = fresh
    assert token_request(claims | {"jti": "again"}, key=fresh).status_code == 200


def test_an_unreachable_key_set_is_not_the_tools_fault(
    token_request: Request, claims: Claims, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(self: ToolKeySet, url: str) -> dict[str, Any]:
        raise KeySetUnreachable(url)

    monkeypatch.setattr(ToolKeySet, "__call__", unreachable)
    assert refused(token_request(claims), 503, "temporarily_unavailable")


def test_an_access_token_ends_after_its_time(client: FlaskClient, bearer: dict[str, str]) -> None:
    asked = bearer | {"Accept": LINE_ITEMS}
    assert client.get("/ags/2/lineitems?type_id=1", headers=asked).status_code == 200
    with time_machine.travel(time.time() + 3570):
        assert client.get("/ags/2/lineitems?type_id=1", headers=asked).status_code == 200
    with time_machine.travel(time.time() + 3601):
        late = client.get("/ags/2/lineitems?type_id=1", headers=asked)
    assert late.status_code == 401
    assert 'error="invalid_token"' in late.headers["WWW-Authenticate"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer guess"}, {"Authorization": "Basic eDp5"}])
def test_no_or_unknown_token_opens_nothing(client: FlaskClient, header: dict[str, str]) -> None:
    assert client.get("/ags/2/lineitems", headers=header | {"Accept": LINE_ITEMS}).status_code == 401


def test_a_token_opens_only_what_its_scopes_allow(client: FlaskClient, token_request: Request, claims: Claims) -> None:
    token = token_request(claims, scope=LINE_ITEM_READ_SCOPE).json["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": LINE_ITEMS}
    assert client.get("/ags/2/lineitems", headers=headers).status_code == 200
    refusals = [
        client.post("/ags/2/lineitems", headers=headers),
        client.put("/ags/2/lineitems/1/lineitem", headers=headers),
        client.delete("/ags/2/lineitems/1/lineitem", headers=headers),
        client.post("/ags/2/lineitems/1/lineitem/scores", headers=headers),
        client.get(RESULTS_URL, headers=headers),
        client.get("/nrps/CourseSection/2/bindings/demo-1/memberships", headers=headers),
    ]
    assert [answer.status_code for answer in refusals] == [403] * 6


def test_neither_tokens_nor_assertions_are_kept_in_the_clear(
    token_request: Request, claims: Claims, lms_settings: Settings
) -> None:
    token = token_request(claims).json["access_token"]
    with sqlite3.connect(lms_settings.database) as connection:
        everything = "\n".join(connection.iterdump())
    connection.close()
    assert "token.granted" in everything
    assert token not in everything
    assert "eyJ" not in everything
