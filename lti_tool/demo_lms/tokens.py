"""The token endpoint (LTI Security 1.0, 4.1; RFC 6749, 4.4 and 5) and the check of bearer tokens."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from . import database, journal, runtime, tool_registry
from .assertion import AssertionRefused, KeySetUnreachable, check_assertion, claimed_client
from .wording import REASONS

GRANT = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

P = ParamSpec("P")

tokens = Blueprint("tokens", __name__)


@tokens.post("/token")
def token() -> ResponseReturnValue:
    """Exchange a client assertion for an access token."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return _refuse(400, "invalid_request", "token.media_type")
    if any(len(request.form.getlist(name)) > 1 for name in request.form):
        return _refuse(400, "invalid_request", "token.repeated")
    if request.form.get("grant_type") != GRANT:
        return _refuse(400, "unsupported_grant_type", "token.grant_type")
    if request.form.get("client_assertion_type") != ASSERTION_TYPE:
        return _refuse(400, "invalid_request", "token.assertion_type")
    if not request.form.get("client_assertion"):
        return _refuse(400, "invalid_request", "token.no_assertion")
    here = runtime.current()
    tool = tool_registry.find(database.current(), here.settings, claimed_client(request.form["client_assertion"]))
    tool = tool or tool_registry.born_with(here.settings)
    try:
        assertion = check_assertion(
            request.form["client_assertion"],
            client_id=tool.client_id,
            token_url=here.settings.token_url,
            tool_keys=here.keys_at(tool.jwks_url),
        )
    except AssertionRefused as refusal:
        return _refuse(401, "invalid_client", refusal.reason)
    except KeySetUnreachable:
        return _refuse(503, "temporarily_unavailable", "token.key_set")
    connection = database.current()
    if not _spend(connection, assertion.jti, assertion.replayable_until):
        return _refuse(401, "invalid_client", "assertion.replayed")
    asked = request.form.get("scope", "").split()
    if not asked or not set(asked) <= set(tool.scopes):
        return _refuse(400, "invalid_scope", "token.scope")
    return _grant(connection, sorted(set(asked)), here.settings.token_seconds)


def _spend(connection: sqlite3.Connection, jti: str, until: float) -> bool:
    with database.transaction(connection):
        connection.execute("DELETE FROM assertion_ids WHERE forget_at < ?", (time.time(),))
        spent = connection.execute(
            "INSERT INTO assertion_ids (jti, forget_at) VALUES (?, ?) ON CONFLICT DO NOTHING", (jti, until + 60)
        )
    return spent.rowcount == 1


def _grant(connection: sqlite3.Connection, scopes: list[str], seconds: int) -> Response:
    access_token = secrets.token_urlsafe(32)
    now = time.time()
    with database.transaction(connection):
        connection.execute("DELETE FROM access_tokens WHERE expires_at < ?", (now - 86400,))
        connection.execute(
            "INSERT INTO access_tokens (token_hash, scopes, expires_at) VALUES (?, ?, ?)",
            (_hash(access_token), " ".join(scopes), now + seconds),
        )
    journal.record("token.granted", status=200, scopes=[scope.rsplit("/", 1)[-1] for scope in scopes])
    answer = jsonify(
        access_token=access_token,
        token_type="Bearer",  # noqa: S106 - the kind of token, not the token
        expires_in=seconds,
        scope=" ".join(scopes),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _refuse(status: int, error: str, reason: str) -> Response:
    journal.record("token.refused", status=status, error=error, reason=reason)
    answer = jsonify(error=error, error_description=REASONS[reason][1])
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def revoke_all(connection: sqlite3.Connection) -> None:
    """Make every access token expire now."""
    connection.execute("UPDATE access_tokens SET expires_at = 0")


def requires_scope(
    *one_of: str,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Let a request in only with a live access token that carries one of the scopes (RFC 6750, 3)."""

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            scopes = _scopes_of_bearer()
            if scopes is None:
                return _deny(401, "invalid_token", "access.token")
            if not scopes & set(one_of):
                return _deny(403, "insufficient_scope", "access.scope")
            return view(*args, **kwargs)

        return guarded

    return decorate


def _scopes_of_bearer() -> set[str] | None:
    scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not presented:
        return None
    row = (
        database.current()
        .execute(
            "SELECT scopes FROM access_tokens WHERE token_hash = ? AND expires_at > ?",
            (_hash(presented.strip()), time.time()),
        )
        .fetchone()
    )
    return set(row["scopes"].split()) if row else None


def _deny(status: int, error: str, reason: str) -> Response:
    journal.record("access.refused", status=status, error=error, reason=reason)
    answer = jsonify(error=error, error_description=REASONS[reason][1])
    answer.status_code = status
    answer.headers["WWW-Authenticate"] = f'Bearer error="{error}"'
    return answer
