"""Launches: login initiation, the authorization endpoint, our key set (LTI Security 1.0, 5.1.1)."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import time
from dataclasses import dataclass

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from . import activities, database, gradebook, journal, runtime, tool_registry
from .activities import Activity
from .course import RESOURCE_LINK_ID, Person, find
from .id_token import key_set, mint
from .picking import PICKING, settings_claim
from .texts import language
from .tool_registry import Tool
from .visitor import has_session, session_id, visiting
from .wording import REASONS

HINT_SECONDS = 300

login = Blueprint("login", __name__)


class LaunchRefused(Exception):
    """The authentication request is answered with an OAuth ``error``; ``reason`` is a code of ``wording.REASONS``."""

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(reason)
        self.error = error
        self.reason = reason


@dataclass(frozen=True)
class Hint:
    """What a ``lti_message_hint`` stands for."""

    session_id: str
    person_id: str
    target: str
    language: str
    alive: bool
    opens: str  # the resource link id of an activity, or PICKING


@login.get("/jwks")
def jwks() -> Response:
    """The public keys of this platform."""
    here = runtime.current()
    answer = jsonify(key_set(here.settings, here.signing_key))
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@login.get("/as/<slug>/activity/start")
def start(slug: str) -> ResponseReturnValue:
    """Send the browser to the tool's login initiation URL by a form that submits itself (5.1.1.1)."""
    person = visiting(slug)
    target = "window" if request.args.get("target") == "window" else "iframe"
    if not person.enrolled:
        return render_template("demo_lms/not_enrolled.html", person=person, framed=target == "iframe"), 403
    settings = runtime.current().settings
    opens = PICKING if "pick" in request.args else request.args.get("link", RESOURCE_LINK_ID)
    found = activities.find(database.current(), settings, opens)
    if found is None and not (opens == PICKING and person.teaches):
        abort(404)
    tool = tool_registry.in_use(database.current(), settings)
    fields = {
        "iss": settings.issuer,
        "target_link_uri": target_of(tool, found),
        "login_hint": person.id,
        "lti_message_hint": _new_hint(database.current(), person, target, opens),
        "client_id": tool.client_id,
        "lti_deployment_id": tool.deployment_id,
    }
    if storage_target := runtime.current().storage.target:
        fields["lti_storage_target"] = storage_target
    journal.record("launch.requested", person=person)
    return _self_submitting(tool.login_url, fields)


@login.route("/auth", methods=["GET", "POST"])
def authorize() -> ResponseReturnValue:
    """Answer the tool's authentication request with a signed launch or an error (5.1.1.2, 5.1.1.3)."""
    sent = request.values
    repeated = any(len(sent.getlist(name)) > 1 for name in sent)
    tool = tool_registry.find(database.current(), runtime.current().settings, sent.get("client_id"))
    if repeated or tool is None or sent.get("redirect_uri") != tool.launch_url:
        # Nobody is answered at an address that was not registered: the error stays here.
        reason = "auth.repeated" if repeated else "auth.client" if tool is None else "auth.redirect_uri"
        journal.record("launch.refused", status=400, error="invalid_request", reason=reason)
        return render_template("demo_lms/refused.html", reason=REASONS[reason]), 400
    if not has_session() and "reposted" not in sent:
        # Coming from the tool's page the browser may withhold our cookie; a form of our own brings it (as in Moodle).
        return _self_submitting(runtime.current().settings.auth_url, sent.to_dict() | {"reposted": "1"})
    try:
        person, hint = _admitted(database.current(), sent)
    except LaunchRefused as refusal:
        journal.record("launch.refused", status=400, error=refusal.error, reason=refusal.reason)
        fields = {"error": refusal.error, "error_description": REASONS[refusal.reason][1]}
        if "state" in sent:
            fields["state"] = sent["state"]
        return _self_submitting(tool.launch_url, fields)
    return _launch(tool, person, hint, sent.to_dict())


def _launch(tool: Tool, person: Person, hint: Hint, authentication_request: dict[str, str]) -> ResponseReturnValue:
    here = runtime.current()
    connection = database.current()
    found = activities.find(connection, here.settings, hint.opens)
    signed = mint(
        here.settings,
        here.signing_key,
        person,
        authentication_request,
        activity=found,
        picking=settings_claim(connection, person, tool.client_id) if hint.opens == PICKING else None,
        launch_url=target_of(tool, found),
        line_item_url=gradebook.only_line_item_url(connection, here.settings, hint.opens),
        target=hint.target,
        language=hint.language,
        client_id=tool.client_id,
        deployment_id=tool.deployment_id,
    )
    journal.record("launch.granted", person=person)
    return _self_submitting(tool.launch_url, {"id_token": signed["id_token"], "state": signed["state"]})


def _admitted(connection: sqlite3.Connection, sent: dict[str, str]) -> tuple[Person, Hint]:
    expected = (
        ("response_type", "id_token", "unsupported_response_type", "auth.response_type"),
        ("scope", "openid", "invalid_scope", "auth.scope"),
        ("response_mode", "form_post", "invalid_request", "auth.response_mode"),
        ("prompt", "none", "invalid_request", "auth.prompt"),
    )
    for name, value, error, reason in expected:
        if sent.get(name) != value:
            raise LaunchRefused(error, reason)
    for name in ("nonce", "state"):
        if not sent.get(name):
            raise LaunchRefused("invalid_request", f"auth.{name}")
    hint = _hint(connection, sent.get("lti_message_hint", ""))
    if hint is None:
        raise LaunchRefused("invalid_request", "auth.hint_unknown")
    if not has_session() or hint.session_id != session_id():
        raise LaunchRefused("login_required", "auth.session")
    if sent.get("login_hint") != hint.person_id:
        raise LaunchRefused("access_denied", "auth.login_hint")
    person = find(connection, hint.person_id)
    if person is None or not person.enrolled:
        raise LaunchRefused("access_denied", "auth.not_enrolled")
    # Spent last and by one statement: of two equal requests one wins.
    if not hint.alive or not _spend(connection, sent["lti_message_hint"]):
        raise LaunchRefused("invalid_request", "auth.hint_spent")
    return person, hint


def target_of(tool: Tool, activity: Activity | None) -> str:
    """Where a launch leads: the activity's own address at the tool, else the tool's launch address."""
    return activity.url if activity is not None and activity.url else tool.launch_url


def _new_hint(connection: sqlite3.Connection, person: Person, target: str, opens: str) -> str:
    # JSON, as Moodle's: a tool that does not give it back byte for byte is found out.
    hint = json.dumps({"activity": opens, "launch": secrets.token_urlsafe(18)})
    now = time.time()
    with database.transaction(connection):
        connection.execute("DELETE FROM launch_hints WHERE expires_at < ?", (now - 3600,))
        connection.execute(
            "INSERT INTO launch_hints (hint_hash, session_id, person_id, target, language, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (_hash(hint), session_id(), person.id, target, language(), now + HINT_SECONDS),
        )
    return hint


def _hint(connection: sqlite3.Connection, hint: str) -> Hint | None:
    row = connection.execute("SELECT * FROM launch_hints WHERE hint_hash = ?", (_hash(hint),)).fetchone()
    if row is None:
        return None
    alive = row["spent_at"] is None and row["expires_at"] > time.time()
    # Its hash is one that we wrote down, so every letter of it is ours.
    opens = str(json.loads(hint)["activity"])
    return Hint(row["session_id"], row["person_id"], row["target"], row["language"], alive, opens)


def _spend(connection: sqlite3.Connection, hint: str) -> bool:
    spent = connection.execute(
        "UPDATE launch_hints SET spent_at = ? WHERE hint_hash = ? AND spent_at IS NULL", (time.time(), _hash(hint))
    )
    return spent.rowcount == 1


def _hash(hint: str) -> str:
    return hashlib.sha256(hint.encode()).hexdigest()


def _self_submitting(action: str, fields: dict[str, str]) -> Response:
    if not fields:
        abort(400)
    answer = Response(render_template("demo_lms/self_submitting.html", action=action, fields=fields))
    answer.headers["Cache-Control"] = "no-store"
    return answer
