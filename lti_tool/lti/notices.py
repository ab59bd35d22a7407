"""Notices that platforms send of their own accord: each is proved like a launch, kept once, and handled by a job.

Platform Notification Service §5: a POST of ``{"notices": [{"jwt": …}]}``, to be answered quickly. Nobody is there to
read a page, so what is refused goes to the log, and the rest of the batch is taken all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, current_app
from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import expect_writes, insert_into, new_id
from lti_tool.lti import checks, claims
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.models import Notice, SpentNonce
from lti_tool.lti.platform_keys import PlatformKeyring
from lti_tool.lti.registrations import AmbiguousRegistration, PendingRegistration, Registration, RegistrationStore
from lti_tool.lti.states import hashed

MOST_AT_ONCE = 200
MOST_ORIGINS = 50
KEEP_HANDLED = timedelta(days=90)  # so long the same notice is known to be the same
NUDGE = "lti.notice_nudge"

log = structlog.get_logger(__name__)


class NoticeType(StrEnum):
    """The notices that are taken."""

    HELLO = "LtiHelloWorldNotice"
    CONTEXT_COPY = "LtiContextCopyNotice"


@dataclass(frozen=True, slots=True)
class ProvedNotice:
    """A notice whose signature and claims were found good. ``origins``: ids of courses, the nearest ancestor first."""

    registration: Registration
    deployment_id: UUID
    id: str
    type: str
    context_id: str | None
    origins: tuple[str, ...]
    nonce_hash: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch. ``refused`` are the reasons, one for each notice that was not believed."""

    taken: int
    refused: tuple[str, ...]


def receive(tokens: Sequence[str], *, session: Session, store: RegistrationStore, keyring: PlatformKeyring) -> Receipt:
    """Take a batch: keep what is proved and new, skip and log the rest. Commits, then nudges whoever handles them."""
    proved, refused = [], []
    for token in tokens:
        try:
            proved.append(prove(token, store=store, keyring=keyring))
        except LaunchError as error:
            log.info("notice.refused", reason=error.reason, code=error.rule.code, detail=error.detail[:120])
            refused.append(error.reason)
    session.commit()
    expect_writes(True)  # only now: proving may have waited for a platform's keys
    kept = [row_id for notice in proved if (row_id := _keep(session, notice)) is not None]
    session.commit()
    nudge: Callable[[UUID], None] | None = current_app.extensions.get(NUDGE)
    for row_id in kept:
        if nudge is not None:
            nudge(row_id)
    return Receipt(taken=len(proved), refused=tuple(refused))


def prove(token: str, *, store: RegistrationStore, keyring: PlatformKeyring) -> ProvedNotice:
    """Check one notice as a launch is checked, save what needs a browser (Security Framework §5.1.3).

    Raises:
        LaunchError: a check failed.
    """
    header, body = checks.token_parts(token)
    checks.algorithm(header)
    registration = _registration(body, store)
    checks.issuer(body, registration)
    checks.audience(body, registration)
    checks.authorized_party(body, registration)
    checks.signature(token, keyring.find(registration.jwks_url, checks.key_id(header)))
    checks.times(body, now().timestamp())
    if body.get(claims.VERSION) != "1.3.0":
        raise LaunchError("version")
    deployment_id = store.deployment_id_of(registration.id, checks.deployment(body))
    if deployment_id is None:
        raise LaunchError("unknown-deployment")
    notice = _mapping(body.get(claims.NOTICE))
    context = _mapping(body.get(claims.CONTEXT)).get("id")
    origins = body.get(claims.ORIGIN_CONTEXTS)
    expires = datetime.fromtimestamp(body["exp"], UTC)
    return ProvedNotice(
        registration=registration,
        deployment_id=deployment_id,
        id=checks.required_id(notice.get("id"), "parameters"),
        type=checks.required_id(notice.get("type"), "message-type"),
        context_id=checks.required_id(context, "parameters") if context is not None else None,
        origins=_ids(origins),
        nonce_hash=hashed(checks.required_id(body.get("nonce"), "nonce")),
        # `exp` may lie years ahead, but what was issued too long ago is refused anyway.
        expires_at=min(expires, now() + timedelta(seconds=checks.MAX_AGE)) + timedelta(seconds=2 * checks.LEEWAY),
    )


def purge(session: Session) -> int:
    """Delete nonces that no signature covers any more, and notices handled long ago; return how many."""
    nonces = session.execute(delete(SpentNonce).where(SpentNonce.expires_at < now()))
    handled = session.execute(delete(Notice).where(Notice.handled_at < now() - KEEP_HANDLED))
    return int(nonces.rowcount + handled.rowcount)  # type: ignore[attr-defined]  # a DELETE's result is a CursorResult


def register(app: Flask, nudge: Callable[[UUID], None]) -> None:
    """Say how this application is told of a notice to handle: a function of its row's id."""
    app.extensions[NUDGE] = nudge


def _registration(body: checks.Json, store: RegistrationStore) -> Registration:
    """The registration that a notice says it is of; nothing is believed before its key has been asked."""
    issuer, audience = body.get("iss"), body.get("aud")
    client_id = audience[0] if isinstance(audience, list) and audience else audience
    if not isinstance(issuer, str) or not isinstance(client_id, str):
        raise LaunchError("unknown-platform")
    try:
        found = store.find(issuer, client_id, None)
    except AmbiguousRegistration:
        raise LaunchError("ambiguous-platform") from None
    except PendingRegistration:
        raise LaunchError("pending-platform") from None
    if found is None:
        raise LaunchError("unknown-platform")
    return found


def _keep(session: Session, notice: ProvedNotice) -> UUID | None:
    """Spend the nonce and keep the notice; return its row's id when it is to be handled: it is new, and of a kind that
    is taken."""
    spent = session.scalar(
        insert_into(session, SpentNonce)
        .values(platform_id=notice.registration.id, nonce_hash=notice.nonce_hash, expires_at=notice.expires_at)
        .on_conflict_do_nothing()
        .returning(SpentNonce.platform_id)
    )
    if spent is None:
        log.info("notice.repeated", platform=str(notice.registration.id))
        return None
    if notice.type not in set(NoticeType):
        log.info("notice.not_served", platform=str(notice.registration.id), type=notice.type[:60])
        return None
    row_id = new_id()
    kept = session.scalar(
        insert_into(session, Notice)
        .values(
            id=row_id,
            deployment_id=notice.deployment_id,
            notice_id=notice.id,
            type=notice.type,
            context_id=notice.context_id,
            origins=list(notice.origins),
            received_at=now(),
        )
        .on_conflict_do_nothing()
        .returning(Notice.id)
    )
    if kept is None:
        return None  # signed anew, but the same notice: it has had its effect
    log.info("notice.received", platform=str(notice.registration.id), type=notice.type)
    return row_id


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _ids(value: object) -> tuple[str, ...]:
    """Ids of courses, or objects with an ``id``: both are seen."""
    found = [item.get("id") if isinstance(item, dict) else item for item in value] if isinstance(value, list) else []
    wanted = (item for item in found if isinstance(item, str) and 0 < len(item) <= checks.MAX_ID)
    return tuple(dict.fromkeys(wanted))[:MOST_ORIGINS]
