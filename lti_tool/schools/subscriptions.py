"""Asking platforms to send notices: remembered at the first launch that offers it, done by regular work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import structlog
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session, joinedload

from lti_tool.clock import now
from lti_tool.config import current_settings
from lti_tool.db import db, expect_writes, reading
from lti_tool.lti.claims import SCOPE_NOTICE_HANDLERS
from lti_tool.lti.launch import Launch
from lti_tool.lti.models import NoticeSubscription
from lti_tool.lti.notices import NoticeType
from lti_tool.lti.services import notices as service
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.http import ServiceError
from lti_tool.schools.models import Deployment
from lti_tool.schools.registrations import to_registration

HANDLER = "/lti/notices"
EVERY = 30.0  # seconds between looks at what is to be asked
AT_ONCE = 10
TRIES = 12
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)

log = structlog.get_logger(__name__)


def remember(session: Session, launch: Launch, deployment_id: UUID) -> None:
    """Remember that a verified launch offers notices (Platform Notification Service §3.1); the caller commits.

    Asks the database one question, where the platform offers them at all; writes only when something changed.
    """
    offered = launch.notices
    if offered is None or SCOPE_NOTICE_HANDLERS not in launch.registration.allowed(offered.scopes):
        return
    types = sorted(offered.types.intersection(NoticeType))
    if not types:
        return
    known = session.get(NoticeSubscription, deployment_id)
    if known is None:
        session.add(
            NoticeSubscription(
                deployment_id=deployment_id,
                url=offered.url,
                types=types,
            )
        )
    elif (known.url, known.types) != (offered.url, types):
        known.url, known.types = offered.url, types
        known.due_at, known.tries, known.problem = now(), 0, None


def work() -> int:
    """Ask the platforms that are due; return how many said yes. Safe to run by several at once."""
    with reading(), Session(db.engine) as session:
        due = list(
            session.scalars(
                select(NoticeSubscription.deployment_id)
                .where(NoticeSubscription.due_at <= now())
                .order_by(NoticeSubscription.due_at)
                .limit(AT_ONCE)
            )
        )
    return sum(_subscribe(deployment_id) for deployment_id in due)


def _subscribe(deployment_id: UUID) -> bool:
    """Take one in hand, by putting off its next try, and ask; no transaction is open meanwhile."""
    expect_writes(True)
    moment = now()
    with Session(db.engine, expire_on_commit=False) as session, session.begin():
        row = session.get_one(NoticeSubscription, deployment_id)
        last = row.tries + 1 >= TRIES
        taken = cast(
            "CursorResult[Any]",
            session.execute(
                update(NoticeSubscription)
                .where(NoticeSubscription.deployment_id == deployment_id, NoticeSubscription.due_at <= moment)
                .values(tries=row.tries + 1, due_at=None if last else moment + _pause(row.tries))
                .execution_options(synchronize_session=False)
            ),
        )
        if taken.rowcount != 1:
            return False
        deployment = session.get_one(Deployment, deployment_id, options=[joinedload(Deployment.platform)])
    problem = _ask(deployment, row.url, row.types)
    values = {"problem": problem} if problem else {"problem": None, "done_at": now(), "due_at": None}
    with Session(db.engine) as session, session.begin():
        session.execute(
            update(NoticeSubscription)
            # A launch may have named another address meanwhile: that one is still to be asked.
            .where(NoticeSubscription.deployment_id == deployment_id, NoticeSubscription.url == row.url)
            .values(**values)
        )
    log.info("notices.subscribed" if not problem else "notices.subscribing_failed", problem=problem)
    return not problem


def _pause(tries: int) -> timedelta:
    return min(FIRST_PAUSE * 2**tries, LONGEST_PAUSE)


def _ask(deployment: Deployment, url: str, types: Sequence[str]) -> str | None:
    """Let the platform send us what we want of it; return what is in the way, in a few words for the operator."""
    if not deployment.platform.active:
        return "the platform is not active"
    handler = current_settings().public_url + HANDLER
    connector = Connector(
        to_registration(deployment.platform),
        scopes=[SCOPE_NOTICE_HANDLERS],
        named_urls=[url],
        deployment_id=deployment.deployment_id,
    )
    try:
        known = service.read_handlers(connector, url)
        for notice_type in types:
            if known.get(notice_type) != handler:
                service.set_handler(connector, url, notice_type=notice_type, handler=handler)
    except ServiceError as error:
        return f"{type(error).__name__}: {error}"[:200]
    return None
