"""Knocking at the door: a login and a launch that may be bent in any way, and what the door answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.lti import claims
from lti_tool.lti.models import LoginState, Visit
from tests.factories import published
from tests.platform import FakePlatform


@dataclass(frozen=True)
class Answer:
    """What the door says: its status, the code on its page, the page, and where it leads."""

    status: int
    code: str
    text: str
    location: str

    @property
    def verdict(self) -> tuple[int, str]:
        """Status and code."""
        return self.status, self.code


def read(response: TestResponse) -> Answer:
    """Return what a response says."""
    found = re.search(r"\b(?:LTI|WEB)-\d+", response.text)
    return Answer(response.status_code, found[0] if found else "", response.text, response.location or "")


def log_in(app: Flask, platform: FakePlatform, method: str = "POST", **changes: Any) -> Answer:
    """Begin a login with these parameters."""
    client, parameters = app.test_client(), platform.login_parameters(**changes)
    if method == "GET":
        return read(client.get("/lti/login", query_string=parameters, base_url=platform.tool))
    return read(client.post("/lti/login", data=parameters, base_url=platform.tool))


def knock(
    app: Flask,
    platform: FakePlatform,
    body: dict[str, Any] | None = None,
    *,
    login: dict[str, Any] | None = None,
    client: FlaskClient | None = None,
    signer: FakePlatform | None = None,
    **signing: Any,
) -> Answer:
    """Log in as it should be, then post a token of these claims; ``signer`` may be another platform.

    The nonce is put in when the claims have none; a None there leaves it out.
    """
    client = client or app.test_client()
    body = dict(platform.claims() if body is None else body)
    request = platform.log_in(client, **(login or {}))
    body.setdefault("nonce", request["nonce"])
    if body["nonce"] is None:
        del body["nonce"]
    return post(client, platform, (signer or platform).sign(body, **signing), request["state"])


def post(client: FlaskClient, platform: FakePlatform, token: str, state: str) -> Answer:
    """Post a token."""
    return read(platform.post(client, token, state))


def visits(session: Session) -> int:
    """Return how many visits were opened."""
    return _count(session, Visit)


def logins(session: Session) -> int:
    """Return how many logins were stored."""
    return _count(session, LoginState)


def _count(session: Session, model: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def second(app: Flask, session: Session, **differences: Any) -> FakePlatform:
    """Register one more platform; its keys are not published."""
    other = FakePlatform(**differences)
    other.register(session)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    return other


def course(session: Session) -> None:
    """Publish the small pack, so that a launch has something to show."""
    published(session)
    session.commit()


def with_roles(platform: FakePlatform, *roles: Any, **changes: Any) -> dict[str, Any]:
    """Return the claims of somebody with these roles."""
    return platform.claims(**{claims.ROLES: list(roles), **changes})
