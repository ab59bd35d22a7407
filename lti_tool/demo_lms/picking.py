"""Choosing content from the tool: the request, and what comes back (LTI Deep Linking 2.0)."""

from __future__ import annotations

import secrets
import sqlite3
import time
from typing import Any

import jwt
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from . import activities, course, database, journal, runtime, tool_registry
from .course import Person
from .texts import say
from .tool_registry import Tool
from .visitor import teaching

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
PICKING = "picking"
"""Stands in a launch hint where an activity's resource link id stands otherwise."""
PICK_SECONDS = 3600
MOST_ITEMS = 50

picking = Blueprint("picking", __name__)


class AnswerRefused(Exception):
    """The answer cannot be accepted; the reason is a text of the pages."""


@picking.get("/as/<slug>/pick")
def pick(slug: str) -> ResponseReturnValue:
    """The page with the tool's choice in a frame of the size that Moodle gives it."""
    person = teaching(slug)
    return render_template("demo_lms/pick.html", person=person, tool_origin=runtime.current().settings.tool_url)


def settings_claim(connection: sqlite3.Connection, person: Person, client_id: str) -> dict[str, Any]:
    """What the tool is told of the choice (3.1). ``data`` is a pass that brings the answer back once."""
    token = secrets.token_urlsafe(24)
    connection.execute(
        "INSERT INTO picks (token_hash, person_id, client_id, expires_at) VALUES (?, ?, ?, ?)",
        (database.hashed(token), person.id, client_id, time.time() + PICK_SECONDS),
    )
    return {
        "deep_link_return_url": runtime.current().settings.issuer + url_for("picking.picked"),
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "accept_lineitem": True,
        "auto_create": False,
        "data": token,
    }


@picking.post("/picked")
def picked() -> ResponseReturnValue:
    """Take the tool's answer and make activities of it. No cookie comes along: the pass in the answer tells whose."""
    connection = database.current()
    try:
        tool, claims = _answer(connection, request.form.get("JWT", ""))
        with database.transaction(connection):
            person = _spend(connection, tool, claims.get(DEEP_LINKING + "data"))
            items = _items(claims)
            made = [activities.add(connection, item) for item in items]
    except AnswerRefused as refusal:
        journal.record("picking.refused", status=400)
        return render_template("demo_lms/picked.html", problem=say(str(refusal)), made=[], course_url=None), 400
    journal.record("picking.done", person=person, count=len(made))
    return render_template(
        "demo_lms/picked.html", problem=None, made=made, course_url=url_for("pages.course_page", slug=person.slug)
    )


def _answer(connection: sqlite3.Connection, token: str) -> tuple[Tool, dict[str, Any]]:
    """The tool that signed the answer, and its claims: signature, issuer, audience, deployment, kind, times."""
    here = runtime.current()
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        kid = str(jwt.get_unverified_header(token).get("kid"))
        tool = tool_registry.find(connection, here.settings, issuer)
        key = here.keys_at(tool.jwks_url).find(kid) if tool is not None else None
        if tool is None or key is None:
            raise AnswerRefused("The choice was not signed by the tool.")
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=tool.client_id,
            audience=here.settings.issuer,
            options={"require": ["iss", "aud", "iat", "exp", "nonce"]},
        )
    except jwt.PyJWTError as error:
        raise AnswerRefused("The choice was not signed by the tool.") from error
    expected = {"message_type": "LtiDeepLinkingResponse", "version": "1.3.0", "deployment_id": tool.deployment_id}
    if any(claims.get(CLAIM + name) != value for name, value in expected.items()):
        raise AnswerRefused("The tool's answer could not be read.")
    return tool, claims


def _spend(connection: sqlite3.Connection, tool: Tool, data: object) -> Person:
    """The person who asked; each question is answered once."""
    spent = connection.execute(
        "UPDATE picks SET spent_at = ? WHERE token_hash = ? AND client_id = ? AND spent_at IS NULL AND expires_at > ?"
        " RETURNING person_id",
        (time.time(), database.hashed(str(data)), tool.client_id, time.time()),
    ).fetchone()
    person = course.find(connection, spent["person_id"]) if spent else None
    if person is None:
        raise AnswerRefused("This choice was made already, or too long ago.")
    return person


def _items(claims: dict[str, Any]) -> list[dict[str, Any]]:
    """The content items, each of the shape that was asked for."""
    items = claims.get(DEEP_LINKING + "content_items", [])
    if not isinstance(items, list) or len(items) > MOST_ITEMS or not all(map(_fits, items)):
        raise AnswerRefused("The tool's answer could not be read.")
    return items


def _fits(item: object) -> bool:
    if not isinstance(item, dict) or item.get("type") != "ltiResourceLink":
        return False
    title, custom, line_item = item.get("title"), item.get("custom", {}), item.get("lineItem", {"scoreMaximum": 1})
    if not isinstance(title, str) or not 0 < len(title) <= activities.LONGEST_TITLE:
        return False
    if not isinstance(custom, dict) or not all(isinstance(value, str) for value in custom.values()):
        return False
    maximum = line_item.get("scoreMaximum") if isinstance(line_item, dict) else None
    return isinstance(maximum, int | float) and not isinstance(maximum, bool) and maximum > 0
