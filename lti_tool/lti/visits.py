"""Visits: what a launch opened. One cookie for each visit, so that two tabs with two persons never mix.

The visit's id stands in the addresses and opens nothing by itself; the secret beside it lives in a partitioned cookie
that the browser sends only here, in this frame or window. Where the browser keeps no cookies, the platform's page has
the secret, and a script of ours carries it in a header (``Authorization: Visit …``) or in the body of a form, never in
an address: see ``js/carry-visit.js``.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

from flask import g, request, url_for
from markupsafe import Markup
from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.clock import now
from lti_tool.config import current_settings
from lti_tool.db import db, expect_writes, new_id
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.launch import Launch, MessageType
from lti_tool.lti.models import Visit
from lti_tool.lti.registrations import current_store, origin
from lti_tool.lti.states import hashed

FORM_FIELDS = frozenset({"csrf", "visit"})  # what our own forms carry beside what a person fills in
WINDOW_CODE = timedelta(seconds=60)
COOKIES_KEPT = 8  # in one browser and frame; older visits are closed by forgetting their cookie

_TABLE = cast("Table", Visit.__table__)
_INSERT = _TABLE.insert()  # one a launch: without the object-relational layer

P = ParamSpec("P")
R = TypeVar("R")


class Guest(StrEnum):
    """Who may come in by a route."""

    ANYBODY = "anybody"  # no visit needed: health, keys, static files, the way in itself
    VISITOR = "visitor"  # whoever came by a launch
    LEARNER = "learner"
    TEACHER = "teacher"
    MENTOR = "mentor"  # of the learners that the launch named
    ADMINISTRATOR = "administrator"  # looks after the LMS; sees the connection, and no more of a course than others


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the rest of the tool says of a launch: who it is, where they are, which page opens."""

    deployment_id: UUID
    identity_id: UUID
    placement_id: UUID | None
    endpoint: str
    extra: dict[str, Any]


class SecretInStorage(Exception):
    """A page was asked for whose visit's secret only the platform's page has: our script must fetch it first."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit.id)
        self.visit_id = visit.id
        self.platform_id = visit.platform_id
        self.target = visit.storage_target or "_parent"
        self.return_url = visit.extra.get("return_url")  # of deep linking: a form of the visit's pages leads there


def open_visit(
    session: Session, launch: Launch, arrival: Arrival, *, language: str, hours: int, storage_target: str | None = None
) -> tuple[UUID, str]:
    """Store a visit; return its id and the secret for its cookie, or for the platform's frame ``storage_target``."""
    visit_id, secret = new_id(), secrets.token_urlsafe(32)
    session.connection().execute(
        _INSERT,
        {
            "id": visit_id,
            "secret_hash": hashed(secret),
            "platform_id": launch.registration.id,
            "deployment_id": arrival.deployment_id,
            "identity_id": arrival.identity_id,
            "placement_id": arrival.placement_id,
            "message": launch.message,
            "teacher": launch.roles.teaches,
            "learner": launch.roles.learns,
            "administrator": launch.roles.administers,
            "language": language,
            "framed": launch.presentation.target != "window",
            "return_url": launch.presentation.return_url,
            "storage_target": storage_target,
            "extra": arrival.extra,
            "expires_at": now() + timedelta(hours=hours),
        },
    )
    return visit_id, secret


def set_visit_cookie(response: Response, visit_id: UUID, secret: str, cookies: Mapping[str, str]) -> None:
    """Give the browser the visit's secret, and let it forget the oldest ones."""
    response.set_cookie(visit_cookie(visit_id), secret, secure=True, httponly=True, samesite="None", partitioned=True)
    forget_oldest(response, cookies, "__Host-visit-", COOKIES_KEPT - 1)


def keeps_cookies(cookies: Mapping[str, str]) -> bool:
    """Whether a browser has shown, in this very frame or window, that our cookies come back."""
    return any(name.startswith(("__Host-visit-", "__Host-lti-")) for name in cookies)


def forget_oldest(response: Response, cookies: Mapping[str, str], prefix: str, keep: int) -> None:
    """Expire the oldest cookies of a kind beyond a number: their names end in sortable ids."""
    names = sorted(name for name in cookies if name.startswith(prefix))
    for name in names[: max(len(names) - keep, 0)]:
        forget(response, name)


def forget(response: Response, name: str) -> None:
    """Let the browser forget a cookie of ours."""
    response.delete_cookie(name, secure=True, httponly=True, samesite="None", partitioned=True)


def visit_cookie(visit_id: UUID) -> str:
    """The name of a visit's cookie."""
    return f"__Host-visit-{visit_id.hex}"


def open_to(guest: Guest, *, writes: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say who may come in by a view. Every view says it; a test walks all routes and looks.

    Views for visitors take the visit's id from the address (``visit_id``) and find the visit in ``g.visit``.
    ``writes``: the view stores something though it only shows a page; it must be known before the first query.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if writes:
                expect_writes(True)
            if guest is not Guest.ANYBODY:
                visit = enter(kwargs["visit_id"])  # type: ignore[arg-type]  # the route's converter makes it a UUID
                if not _may_enter(guest, visit):
                    raise LaunchError("not-allowed")
                if request.method not in {"GET", "HEAD"}:
                    check_form(visit)
            return view(*args, **kwargs)

        guarded.guest = guest  # type: ignore[attr-defined]  # for the walk over all routes
        return guarded

    return decorate


def _may_enter(guest: Guest, visit: Visit) -> bool:
    match guest:
        case Guest.TEACHER:
            return visit.teacher
        case Guest.LEARNER:
            return visit.learner or visit.teacher
        case Guest.MENTOR:
            return bool(visit.extra.get("mentees"))
        case Guest.ADMINISTRATOR:
            return visit.administrator
        case _:
            return True


def enter(visit_id: UUID) -> Visit:
    """Return the visit of an address when this browser holds its secret; it and its registration stand in ``g``.

    Raises:
        LaunchError: "visit-ended" when it is unknown, expired, another browser's, or its platform was switched off;
            "picking-ended" when it was opened to choose something and has expired.
        SecretInStorage: a page is opened without a secret that no cookie can hold.
    """
    visit = db.session.get(Visit, visit_id)
    if visit is None:
        raise LaunchError("visit-ended")
    secret = request.cookies.get(visit_cookie(visit_id)) if visit.storage_target is None else carried_secret()
    if secret is None and visit.storage_target is not None and request.method == "GET":
        raise SecretInStorage(visit)
    if not hmac.compare_digest(visit.secret_hash, hashed(secret or "")):
        raise LaunchError("visit-ended")
    picking = visit.message == MessageType.DEEP_LINKING
    if visit.expires_at <= now():
        raise LaunchError("picking-ended" if picking else "visit-ended")
    registration = current_store().get(visit.platform_id)
    if registration is None:  # the platform was switched off since
        raise LaunchError("visit-ended")
    g.registration = registration
    g.frame_origins = registration.origins
    g.visit = visit
    g.visit_secret = secret
    g.storage_origin = origin(registration.auth_url)
    g.return_url = visit.return_url  # error pages need it after a rollback
    if picking:
        # The platform waits for an answer: whatever goes wrong from here on, there is a way back to it.
        g.way_back = url_for("picking.cancel", visit_id=visit_id)
    return visit


def carried_secret() -> str | None:
    """The secret that a script of ours carries: in a header, or in a form that one of our own pages sends."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Visit" and secret:
        return secret
    if request.method == "POST" and from_own_page():
        return request.form.get("visit")
    return None


def from_own_page() -> bool:
    """Whether the browser says that a page of ours sent this request; it does so for every POST (Fetch §3.1)."""
    return request.headers.get("Origin") == origin(current_settings().public_url)


def offer_window(visit: Visit) -> str:
    """Return a code that moves the visit into a window of its own: it works once, within a minute."""
    code = secrets.token_urlsafe(32)
    visit.window_hash, visit.window_until = hashed(code), now() + WINDOW_CODE
    return code


def move_to_window(session: Session, visit_id: UUID, code: str) -> tuple[UUID, str]:
    """Spend a code; store the same visit once more, for the window, and return its id and the secret for its cookie.

    Raises:
        LaunchError: "visit-ended" when the code is unknown, spent or too old.
    """
    spent = session.connection().execute(
        update(_TABLE)
        .where(
            _TABLE.c.id == visit_id,
            _TABLE.c.window_hash == hashed(code),
            _TABLE.c.window_until > now(),
            _TABLE.c.expires_at > now(),
        )
        .values(window_hash=None, window_until=None)
    )
    if spent.rowcount != 1:
        raise LaunchError("visit-ended")
    row = dict(session.connection().execute(select(_TABLE).where(_TABLE.c.id == visit_id)).mappings().one())
    secret = secrets.token_urlsafe(32)
    row |= {
        "id": new_id(),
        "secret_hash": hashed(secret),
        "framed": False,
        "storage_target": None,
        "created_at": now(),
    }
    session.connection().execute(_INSERT, row)
    return row["id"], secret


def form_token() -> str:
    """The token that forms of the present visit carry: only our own pages can know it."""
    digest = hmac.digest(g.visit_secret.encode(), b"lyceum-city form", "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def form_field() -> Markup:
    """The hidden field with :func:`form_token`; nothing on a page that belongs to no visit."""
    if g.get("visit") is None:
        return Markup()
    return Markup('<input type="hidden" name="csrf" value="{}">').format(form_token())


def check_form(visit: Visit) -> None:
    """Refuse a form that another site made the browser send.

    Raises:
        LaunchError: "form-expired".
    """
    sent = request.form.get("csrf", "") or request.headers.get("X-Form-Token", "")
    if not hmac.compare_digest(sent.encode(), form_token().encode()):
        raise LaunchError("form-expired")


def purge(session: Session) -> int:
    """Delete visits that ended; return how many."""
    result = session.execute(delete(Visit).where(Visit.expires_at < now()))
    return result.rowcount  # type: ignore[attr-defined,no-any-return]
