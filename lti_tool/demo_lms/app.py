"""The Flask application of the LMS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from . import database, first_day, journal, runtime, texts
from .assertion import ToolKeys, fetch_key_set
from .control import control
from .groups import groups
from .kept_secret import kept_secret
from .line_items import line_items
from .login import login
from .memberships import nrps
from .pages import clock_time, error_page, pages, points
from .picking import picking
from .registration import registration
from .runtime import Runtime
from .scores import scores
from .settings import Settings
from .signing_key import load_signing_key
from .teacher_desk import teacher_desk
from .tokens import tokens
from .tool_admin import tool_admin

SERVICES = (tokens, line_items, scores, nrps, groups)
SERVICE_PATHS = ("/ags/", "/nrps/", "/groups/", "/token", "/control/", "/jwks", "/healthz", "/register")


def create_app(settings: Settings, fetch: Callable[[str], dict[str, Any]] = fetch_key_set) -> Flask:
    """Make the application; data and keys are made in ``settings.data_dir`` when they are not there yet.

    ``fetch`` reads the tool's key set from its address. Raises database.OtherSchemaError for data of another edition.
    """
    app = Flask(__name__, static_folder=None)
    database.prepare(settings.database, first_day.fill)
    app.config.update(
        SECRET_KEY=kept_secret(settings.data_dir / "lms-cookie-key"),
        SESSION_COOKIE_NAME="demo_lms",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=1024 * 1024,
    )
    app.extensions["demo_lms"] = Runtime(
        settings, load_signing_key(settings.data_dir / "lms-signing-key.pem"), ToolKeys(settings.tool_jwks_url, fetch)
    )
    database.init_app(app)
    for blueprint in (*SERVICES, pages, login, teacher_desk, registration, tool_admin, picking):
        app.register_blueprint(blueprint)
    if settings.control:
        app.register_blueprint(control)
    app.jinja_env.globals.update(say=texts.say, language=texts.language, clock_time=clock_time, points=points)
    app.before_request(_only_our_forms)
    app.after_request(_guard_pages)
    app.register_error_handler(Exception, _failed)
    return app


def _only_our_forms() -> ResponseReturnValue | None:
    # The session cookie is SameSite=Lax already; Origin settles the same-site case (another port of this host).
    own = request.host_url.rstrip("/")
    foreign = request.headers.get("Origin", own) != own
    if foreign and request.method == "POST" and request.path.startswith(("/as/", "/enter", "/tools/")):
        return error_page(403, "That cannot be set")
    return None


def _guard_pages(answer: Response) -> Response:
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    if answer.mimetype == "text/html":
        tool = runtime.current().settings.tool_url
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            f"frame-src 'self' {tool}; form-action 'self' {tool}; frame-ancestors 'self'; base-uri 'none'"
        )
    return answer


def _failed(error: Exception) -> ResponseReturnValue:
    if isinstance(error, HTTPException) and error.response is not None:
        return error.response
    status = error.code or 500 if isinstance(error, HTTPException) else 500
    if status == 500:
        current_app.logger.error("request failed", exc_info=error)
        journal.record("lms.error", status=500, kind=type(error).__name__)
    if request.path.startswith(SERVICE_PATHS):
        return {"status": status, "reason": "error"}, status
    headings = {403: "This page is for the teacher", 404: "There is no such page", 400: "That cannot be set"}
    return error_page(status, headings.get(status, "Something went wrong in the demo school"))
