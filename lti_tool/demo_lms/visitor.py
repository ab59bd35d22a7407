"""Who is looking: one browser may be several people at once, each under an address of their own."""

from __future__ import annotations

import secrets

from flask import abort, redirect, session, url_for

from . import database
from .course import Person, find_by_slug


def has_session() -> bool:
    """Whether the browser sent our cookie."""
    return "sid" in session


def session_id() -> str:
    """The random id of this browser's session, made on first need."""
    if "sid" not in session:
        session["sid"] = secrets.token_urlsafe(18)
    value: str = session["sid"]
    return value


def enter(person: Person) -> None:
    """Remember that this browser chose to be ``person`` too."""
    session_id()
    session["people"] = sorted({*session.get("people", []), person.id})


def leave(person: Person) -> None:
    """Forget ``person`` in this browser."""
    session["people"] = [known for known in session.get("people", []) if known != person.id]


def visiting(slug: str) -> Person:
    """The person whose pages are asked for; sends the browser to the front page unless it chose to be them."""
    person = find_by_slug(database.current(), slug)
    if person is None:
        abort(404)
    if person.id not in session.get("people", []):
        abort(redirect(url_for("pages.front")))
    return person


def teaching(slug: str) -> Person:
    """As ``visiting``, but teachers only; anybody else gets 403."""
    person = visiting(slug)
    if not person.teaches:
        abort(403)
    return person
