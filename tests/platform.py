"""A platform for tests: its keys are its own, and what it signs can be bent in any way."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.clock import now
from lti_tool.lti import claims
from lti_tool.lti.platform_keys import PlatformKeyring
from lti_tool.lti.services.http import FetchedJson
from lti_tool.schools.models import Deployment, Platform
from tests.factories import DeploymentFactory, PlatformFactory

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
ABSENT = object()  # for "this claim is not there"

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, str]:
    """Return the public half of a key, as platforms publish it."""
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {**jwk, "kid": kid, "alg": "RS256", "use": "sig"}


@dataclass
class FakePlatform:
    """One registration, seen from the platform's side."""

    issuer: str = "https://moodle.school.test"
    client_id: str = "client-1"
    deployment_id: str = "1"
    tool: str = "https://city.test"
    kid: str = "key-1"
    key: rsa.RSAPrivateKey = KEY
    family: str = "moodle"
    fetches: int = 0
    jwks: dict[str, Any] = field(default_factory=dict)
    row: Platform = field(init=False)
    deployment: Deployment = field(init=False)

    def __post_init__(self) -> None:
        self.jwks = self.jwks or {"keys": [public_jwk(self.key, self.kid)]}

    def register(self, session: Session) -> None:
        """Make the rows by which the tool knows this platform."""
        self.row = PlatformFactory(issuer=self.issuer, client_id=self.client_id, family=self.family)
        self.deployment = DeploymentFactory(platform=self.row, deployment_id=self.deployment_id)
        session.flush()

    def publish_keys(self, app: Flask) -> None:
        """Let the application fetch this platform's keys, and count how often it does."""

        def fetch(url: str) -> FetchedJson:
            self.fetches += 1
            return FetchedJson(self.jwks, {})

        app.extensions["lyceum.platform_keys"] = PlatformKeyring(fetch)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return the claims of a plain launch of a learner, with changes; ABSENT takes one away."""
        moment = int(now().timestamp())
        body: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "6",
            "iat": moment,
            "exp": moment + 60,
            "name": "Тимур П.",
            claims.VERSION: "1.3.0",
            claims.MESSAGE_TYPE: "LtiResourceLinkRequest",
            claims.DEPLOYMENT_ID: self.deployment_id,
            claims.TARGET_LINK_URI: f"{self.tool}/lti/launch",
            claims.RESOURCE_LINK: {"id": "1", "title": "Урок 1"},
            claims.ROLES: [LEARNER],
            claims.CONTEXT: {"id": "2", "label": "CITY10", "title": "Лицей-CITY", "type": ["CourseSection"]},
            claims.PRESENTATION: {"locale": "ru", "document_target": "iframe"},
            claims.PLATFORM: {"guid": "g", "product_family_code": self.family},
            claims.CUSTOM: {"pack": "small"},
        }
        body.update(changes)
        return {name: value for name, value in body.items() if value is not ABSENT}

    def with_gradebook(self, **changes: Any) -> dict[str, Any]:
        """Return the claims of a launch from a graded activity."""
        endpoint = {
            "scope": [claims.SCOPE_LINE_ITEM, claims.SCOPE_RESULT, claims.SCOPE_SCORE],
            "lineitems": f"{self.issuer}/2/lineitems?type_id=1",
            "lineitem": f"{self.issuer}/2/lineitems/2/lineitem?type_id=1",
        }
        return self.claims(**{claims.AGS: endpoint, **changes})

    def sign(self, body: dict[str, Any] | bytes, *, headers: dict[str, Any] | None = None, key: Any = None) -> str:
        """Sign claims, or any bytes in their place; ``headers`` may bend the header, a None takes a member away."""
        merged: dict[str, Any] = {"alg": "RS256", "kid": self.kid, "typ": "JWT", **(headers or {})}
        header = json.dumps({name: value for name, value in merged.items() if value is not None}).encode()
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = b".".join((encoded(header), encoded(payload)))
        algorithm = jwt.algorithms.get_default_algorithms()[merged["alg"]]
        return b".".join((signed, encoded(algorithm.sign(signed, key or self.key)))).decode()

    def login_parameters(self, **changes: Any) -> dict[str, str]:
        """Return the parameters of a login initiation, as Moodle sends them."""
        parameters = {
            "iss": self.issuer,
            "login_hint": "6",
            "target_link_uri": f"{self.tool}/lti/launch",
            "lti_message_hint": '{"cmid":3,"launchid":"ltilaunch1_751899214"}',
            "client_id": self.client_id,
            "lti_deployment_id": self.deployment_id,
            **changes,
        }
        return {name: value for name, value in parameters.items() if value is not ABSENT}

    def log_in(self, client: FlaskClient, **changes: Any) -> dict[str, str]:
        """Go through the login; return the parameters of the authentication request."""
        answer = client.post("/lti/login", data=self.login_parameters(**changes), base_url=self.tool)
        if answer.status_code == 303:  # a browser of which nothing is known yet
            answer = client.get(answer.location, base_url=self.tool)
        assert answer.status_code == 302, answer.text
        query = parse_qs(urlsplit(answer.location).query, keep_blank_values=True)
        return {name: values[0] for name, values in query.items()}

    def launch(self, client: FlaskClient, body: dict[str, Any] | None = None, **login: Any) -> TestResponse:
        """Log in and launch; return the tool's answer to the launch."""
        body = dict(body if body is not None else self.claims())
        login.setdefault("target_link_uri", body.get(claims.TARGET_LINK_URI, f"{self.tool}/lti/launch"))
        request = self.log_in(client, **login)
        body.setdefault("nonce", request["nonce"])
        return self.post(client, self.sign(body), request["state"])

    def post(self, client: FlaskClient, id_token: str, state: str) -> TestResponse:
        """Post an id_token to the tool, as a browser would."""
        return client.post("/lti/launch", data={"id_token": id_token, "state": state}, base_url=self.tool)


def encoded(value: bytes) -> bytes:
    """Return one part of a JWT."""
    return urlsafe_b64encode(value).rstrip(b"=")


def unsigned(body: dict[str, Any], header: dict[str, Any]) -> str:
    """Return a JWT without a signature."""
    parts = (encoded(json.dumps(part).encode()).decode() for part in (header, body))
    return ".".join([*parts, ""])


def other_key() -> rsa.RSAPrivateKey:
    """Return a key that nobody published."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def random_hint() -> str:
    """Return an opaque hint."""
    return secrets.token_urlsafe(8)
