"""The life of a check: asked for, walked by a job or a command, kept until the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog
from flask import Flask, current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.config import current_settings
from lti_tool.console.findings import Step
from lti_tool.console.models import ConnectionCheck
from lti_tool.console.subject import subject_of
from lti_tool.console.walk import CONNECT_TIMEOUT, READ_TIMEOUT, TIME, walk
from lti_tool.db import db, new_id, reading
from lti_tool.lti.services.http import ServiceHttp
from lti_tool.schools.models import Platform

GIVEN_UP_AFTER = timedelta(seconds=3 * TIME)  # whoever walks for longer than this has died over it
ADMINISTRATOR, OPERATOR = "administrator", "operator"

log = structlog.get_logger(__name__)

Enqueue = Callable[[UUID, UUID], None]


def begin(
    session: Session,
    platform_id: UUID,
    *,
    begun_by: str,
    placement_id: UUID | None = None,
    identity_id: UUID | None = None,
) -> UUID | None:
    """Write down that a check is asked for; return its id, or None when one is under way. The caller commits."""
    row = session.scalars(
        select(ConnectionCheck).where(ConnectionCheck.platform_id == platform_id).with_for_update()
    ).one_or_none()
    if row is not None and is_under_way(row):
        return None
    if row is None:
        row = ConnectionCheck(platform_id=platform_id, begun_by=begun_by)
        session.add(row)
    row.run_id = new_id()
    row.begun_by, row.placement_id, row.identity_id = begun_by, placement_id, identity_id
    row.asked_at, row.started_at, row.finished_at, row.steps = now(), None, None, []
    session.flush()
    return row.run_id


def run(platform_id: UUID, run_id: UUID, told: Callable[[Step], None] | None = None) -> list[Step]:
    """Walk a check that was asked for and store each step as it is done; return them.

    One that was overtaken by another goes on to clean up after itself, but what it finds is not stored.

    ``told`` hears of each step. No transaction is open while the platform is talked to.
    """
    with reading(), Session(db.engine, expire_on_commit=False) as session:
        row = session.get(ConnectionCheck, platform_id)
        platform = session.get(Platform, platform_id)
        if row is None or platform is None or row.run_id != run_id or row.started_at is not None:
            return []
        subject = subject_of(
            session,
            platform,
            public_url=current_settings().public_url,
            placement_id=row.placement_id,
            identity_id=row.identity_id,
        )
        subject = replace(subject, left_container=row.test_container, left_column=row.test_column)

    def write(**values: object) -> bool:
        with Session(db.engine) as own, own.begin():
            mine = (ConnectionCheck.platform_id == platform_id, ConnectionCheck.run_id == run_id)
            done = own.execute(update(ConnectionCheck).where(*mine).values(**values))
            return bool(done.rowcount)  # type: ignore[attr-defined]

    def keep(*, container: str | None, column: str | None) -> None:
        write(test_container=container, test_column=column)

    write(started_at=now())
    settings = current_settings()
    http = ServiceHttp(
        connect_timeout=min(CONNECT_TIMEOUT, settings.http_connect_timeout),
        read_timeout=min(READ_TIMEOUT, settings.http_read_timeout),
    )
    steps: list[Step] = []
    for step in walk(subject, http, keep):
        steps.append(step)
        if told is not None:
            told(step)
        write(steps=[one.to_json() for one in steps])
    write(finished_at=now())
    return steps


def run_as_job(platform_id: UUID, run_id: UUID) -> None:
    """Walk a check that somebody asked for on a page; what it found stands in the log, too."""
    steps = run(platform_id, run_id)
    if steps:
        log.info("check.finished", platform=str(platform_id), findings=[str(step.finding) for step in steps])


def last_check(session: Session, platform_id: UUID) -> ConnectionCheck | None:
    """Return the last check of a platform, which may be under way."""
    return session.get(ConnectionCheck, platform_id)


def steps_of(row: ConnectionCheck) -> list[Step]:
    """Return the steps that were walked so far."""
    return [Step.from_json(stored) for stored in row.steps]


def is_under_way(row: ConnectionCheck) -> bool:
    """Whether a check waits or is being walked, and whoever walks it is still alive."""
    return row.finished_at is None and now() - row.asked_at < GIVEN_UP_AFTER


def register(app: Flask, enqueue: Enqueue) -> None:
    """Say how a check gets into the queue; whoever puts the application together does."""
    app.extensions["console.enqueue_check"] = enqueue


def enqueue(platform_id: UUID, run_id: UUID) -> None:
    """Let a job walk a check that was asked for and committed."""
    put: Enqueue = current_app.extensions["console.enqueue_check"]
    put(platform_id, run_id)
