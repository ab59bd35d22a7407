"""An LMS with dynamic registration, on this machine: it answers as a test says and remembers what it was asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer
from sqlalchemy.orm import Session
from werkzeug import Request, Response
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.config import Settings
from lti_tool.db import db
from lti_tool.lti import claims
from lti_tool.lti.registration.configuration import PLATFORM_CONFIGURATION
from lti_tool.lti.registration.request import TOOL_CONFIGURATION
from lti_tool.schools.invitations import find_school, invite
from tests.client import SeparateClient

TOOL = "http://localhost:8000"
TOKEN = "a-registration-token-that-nobody-may-see"
PATH = "/mod/lti/openid-configuration.php"


@dataclass
class RegisteringLms:
    """The LMS's side. ``configuration`` and ``answer`` may be bent; ``posted`` is what came to the registration."""

    server: HTTPServer
    client_id: str = "client-new"
    posted: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    configuration: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    body: Any = None
    granted: dict[str, Any] = field(default_factory=dict)
    tool_granted: dict[str, Any] = field(default_factory=lambda: {"deployment_id": "7"})

    def __post_init__(self) -> None:
        self.configuration = {
            "issuer": self.root,
            "authorization_endpoint": f"{self.root}/auth",
            "token_endpoint": f"{self.root}/token",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": f"{self.root}/certs",
            "registration_endpoint": f"{self.root}/register",
            "scopes_supported": ["openid", claims.SCOPE_SCORE, claims.SCOPE_LINE_ITEM, claims.SCOPE_ROSTER],
            "response_types_supported": ["id_token"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
            PLATFORM_CONFIGURATION: {
                "product_family_code": "moodle",
                "version": "4.5",
                "messages_supported": [
                    {"type": "LtiResourceLinkRequest"},
                    {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
                ],
                "variables": ["Context.id.history", "Moodle.Person.userGroupIds"],
            },
        }
        self.server.expect_request(PATH, method="GET").respond_with_handler(self._describe)
        self.server.expect_request("/register", method="POST").respond_with_handler(self._register)

    @property
    def root(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def address(self) -> str:
        """Where its configuration stands."""
        return self.root + PATH

    def _describe(self, request: Request) -> Response:
        return Response(json.dumps(self.configuration), content_type="application/json")

    def _register(self, request: Request) -> Response:
        document = json.loads(request.get_data())
        self.posted.append((dict(request.headers), document))
        if self.status not in {200, 201} or self.body is not None:
            body = self.body if isinstance(self.body, str) else json.dumps(self.body)
            return Response(body, self.status, content_type="text/html; charset=utf-8")
        tool = {**document[TOOL_CONFIGURATION], **self.tool_granted}
        answer = {**document, "client_id": self.client_id, TOOL_CONFIGURATION: tool, **self.granted}
        return Response(json.dumps(answer), self.status, content_type="application/json")


@dataclass
class Administrator:
    """The school's administrator at a browser, inside the LMS's frame."""

    client: FlaskClient
    secret: str

    def get(self, path: str, **query: str) -> TestResponse:
        """Open a page of the tool."""
        return self.client.get(path, query_string=query or None, base_url=TOOL)

    def paste(self, lms: RegisteringLms, token: str | None = TOKEN, secret: str | None = None) -> TestResponse:
        """Paste the link into the LMS, which opens it with its parameters; the answer is not followed."""
        query = {"openid_configuration": lms.address} | ({"registration_token": token} if token else {})
        return self.get(f"/connect/{secret or self.secret}", **query)

    def ask(self, lms: RegisteringLms, **kwargs: Any) -> tuple[str, BeautifulSoup]:
        """Come to the page that asks for confirmation; returns its address and itself."""
        led = self.paste(lms, **kwargs)
        assert led.status_code == 303, led.text
        page = self.get(led.location)
        assert page.status_code == 200, page.text
        return led.location, BeautifulSoup(page.text, "html.parser")

    def confirm(self, address: str, page: BeautifulSoup) -> TestResponse:
        """Press the button."""
        form = page.select_one("form")
        assert form is not None
        fields = {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}
        return self.client.post(str(form["action"]), data=fields, base_url=TOOL)

    def connect(self, lms: RegisteringLms, **kwargs: Any) -> TestResponse:
        """The whole way; returns the last page, or the refusal."""
        address, page = self.ask(lms, **kwargs)
        answer = self.confirm(address, page)
        return self.get(answer.location) if answer.status_code == 303 else answer


def code_of(answer: TestResponse) -> str:
    """The code that an error page shows."""
    found = re.search(r"(REG|LTI|WEB)-\d+", answer.text)
    return found[0] if found else ""


@pytest.fixture(scope="session")
def trial_app(settings: Settings) -> Iterator[Flask]:
    """The application as it runs on somebody's own machine, where an LMS may stand on the same machine."""
    app = create_app(replace(settings, public_url=TOOL))
    app.test_client_class = SeparateClient
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def local_app(app: Flask, trial_app: Flask) -> Iterator[Flask]:
    """That application on the empty database of the test."""
    trial_app.extensions["lyceum.registrations"].forget()
    with trial_app.app_context():
        yield trial_app
        db.session.remove()


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """A server of the test's own."""
    made = HTTPServer(host="127.0.0.1", port=0)
    made.start()
    yield made
    made.clear()
    made.stop()


@pytest.fixture
def lms(server: HTTPServer) -> RegisteringLms:
    """An LMS that registers tools."""
    return RegisteringLms(server)


def invited(session: Session, slug: str = "school", *, trusted: bool = False, days: int = 14) -> str:
    """Make an invitation; returns its secret."""
    school = find_school(session, slug, f"Школа {slug}")
    secret = invite(session, school, days=days, trusted=trusted)
    session.commit()
    return secret


@pytest.fixture
def administrator(local_app: Flask, session: Session) -> Administrator:
    """An administrator with an invitation."""
    return Administrator(local_app.test_client(), invited(session))
