"""The demonstration LMS in a test client, with a tool that exists only as a key pair."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest
from bs4 import BeautifulSoup
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.demo_lms.app import create_app
from lti_tool.demo_lms.assertion import ToolKeys
from lti_tool.demo_lms.id_token import SCOPES
from lti_tool.demo_lms.platform_storage import Storage
from lti_tool.demo_lms.settings import Settings

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
ROSTER = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
SCORES_URL = "/ags/2/lineitems/1/lineitem/scores?type_id=1"
STARTED = int(time.time())
RESULTS_URL = "/ags/2/lineitems/1/lineitem/results?type_id=1"


class ToolKeySet:
    """The tool's published keys; a test may change them or take them away."""

    def __init__(self, keys: dict[str, rsa.RSAPrivateKey]) -> None:
        self.keys = keys
        self.fetches = 0

    def __call__(self, url: str) -> dict[str, Any]:
        assert url == "http://localhost:8000/lti/jwks"
        self.fetches += 1
        return {"keys": [public_jwk(kid, key) for kid, key in self.keys.items()]}


def public_jwk(kid: str, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    """The public half as a JWK."""
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return jwk | {"kid": kid, "alg": "RS256", "use": "sig"}


def new_key() -> rsa.RSAPrivateKey:
    """A fresh RSA key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def tool_key() -> rsa.RSAPrivateKey:
    return new_key()


@pytest.fixture(scope="session")
def stranger_key() -> rsa.RSAPrivateKey:
    return new_key()


@pytest.fixture(scope="session")
def platform_pem() -> bytes:
    return new_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture
def key_set(tool_key: rsa.RSAPrivateKey) -> ToolKeySet:
    return ToolKeySet({"tool-1": tool_key})


@pytest.fixture(scope="session")
def lms_settings(tmp_path_factory: pytest.TempPathFactory, platform_pem: bytes) -> Settings:
    folder = tmp_path_factory.mktemp("school")
    (folder / "lms-signing-key.pem").write_bytes(platform_pem)
    return Settings(data_dir=folder, control=True)


@pytest.fixture(scope="session")
def one_lms(lms_settings: Settings) -> Flask:
    """The application, made once; ``lms`` puts it back to its first day for each test."""
    lms = create_app(lms_settings)
    shutil.copy(lms_settings.database, lms_settings.data_dir / "first-day.sqlite3")
    return lms


@pytest.fixture
def lms(one_lms: Flask, lms_settings: Settings, key_set: ToolKeySet) -> Flask:
    """The LMS on its first day, with the keys of the tests' tool."""
    for leftover in lms_settings.data_dir.glob("lms.sqlite3-*"):
        leftover.unlink()
    shutil.copy(lms_settings.data_dir / "first-day.sqlite3", lms_settings.database)
    tool_keys = ToolKeys(lms_settings.tool_jwks_url, key_set)
    one_lms.extensions["demo_lms"] = replace(one_lms.extensions["demo_lms"], tool_keys=tool_keys, storage=Storage())
    return one_lms


@pytest.fixture
def client(lms: Flask) -> FlaskClient:
    """A browser without a history; also the tool, which carries no cookies."""
    return browser(lms)


def browser(lms: Flask) -> FlaskClient:
    """A test client at the address the LMS really has."""
    client = lms.test_client()
    client.environ_base["HTTP_HOST"] = "127.0.0.1:8001"
    return client


@pytest.fixture
def claims(lms_settings: Settings) -> dict[str, Any]:
    """The claims of a faultless assertion."""
    now = int(time.time())
    return {
        "iss": "demo-client",
        "sub": "demo-client",
        "aud": lms_settings.token_url,
        "iat": now - 5,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
    }


@pytest.fixture
def token_request(client: FlaskClient, tool_key: rsa.RSAPrivateKey) -> Callable[..., TestResponse]:
    """POST an assertion with these claims to the token endpoint; key, algorithm, headers and fields may differ."""

    def request(
        claims: dict[str, Any],
        *,
        key: Any = None,
        alg: str = "RS256",
        headers: dict[str, Any] | None = None,
        **form: str,
    ) -> TestResponse:
        headers = {"kid": "tool-1"} if headers is None else headers
        assertion = jwt.encode(claims, tool_key if key is None else key, alg, headers)
        fields = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
            "scope": " ".join(SCOPES),
        }
        return client.post("/token", data=fields | form)

    return request


@pytest.fixture
def bearer(token_request: Callable[..., TestResponse], claims: dict[str, Any]) -> dict[str, str]:
    """The Authorization header of an access token with every scope."""
    answer = token_request(claims)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


@pytest.fixture
def send_score(client: FlaskClient, bearer: dict[str, str]) -> Callable[..., TestResponse]:
    """POST a final score of Тимур, 18 of 20, dated 100 s ago; keyword arguments change or (None) remove members."""

    def send(url: str = SCORES_URL, at: float = -100, **members: Any) -> TestResponse:
        score = {
            "userId": "6",
            "timestamp": moment(at),
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreGiven": 18,
            "scoreMaximum": 20,
        }
        body = {name: value for name, value in (score | members).items() if value is not None}
        return client.post(url, json=body, headers=bearer | {"Content-Type": SCORE})

    return send


@pytest.fixture
def read_results(client: FlaskClient, bearer: dict[str, str]) -> Callable[..., list[dict[str, Any]]]:
    """The results of the activity's column."""

    def read(query: str = "") -> list[dict[str, Any]]:
        answer = client.get(RESULTS_URL + query, headers=bearer | {"Accept": RESULTS})
        assert answer.status_code == 200, answer.text
        return answer.get_json(force=True)

    return read


def moment(seconds_from_start: float) -> str:
    """An ISO 8601 time in UTC, counted from the start of the tests: equal seconds give equal times."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.250Z", time.gmtime(STARTED + seconds_from_start))


def enter(client: FlaskClient, slug: str) -> None:
    """Choose to be this person."""
    assert client.post("/enter", data={"person": slug}).status_code == 303


def form_of(answer: TestResponse) -> tuple[str, dict[str, str]]:
    """The address and the fields of the form that submits itself."""
    assert answer.status_code == 200, answer.text
    form = BeautifulSoup(answer.text, "html.parser").select_one("form#onward")
    assert form is not None
    return str(form["action"]), {str(field["name"]): str(field["value"]) for field in form.select("input[name]")}
