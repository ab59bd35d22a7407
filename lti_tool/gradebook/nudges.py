"""Saying «look at this» to whoever works, once what is to be looked at is surely stored.

The gradebook knows nothing of jobs: an application registers how to nudge, and without one the sweeps find the row. A
nudge is a hint, so losing one loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session

Nudge = Callable[[UUID, datetime | None], None]


class Kind(StrEnum):
    """What is to be looked at."""

    SCORE = "score"  # an outgoing score, to be delivered
    COLUMN = "column"  # a column of our own, to be made, looked after or removed
    READING = "reading"  # a column to be read back


PENDING = "gradebook.nudges"

log = structlog.get_logger(__name__)


def register(app: Flask, nudge: Nudge, kind: Kind = Kind.SCORE) -> None:
    """Say how this application is nudged: a function of a row's id and the moment to look at it (None: now)."""
    app.extensions.setdefault(PENDING, {})[kind] = nudge


def now_or_at(row_id: UUID, at: datetime | None = None, kind: Kind = Kind.SCORE) -> None:
    """Nudge at once: the row is already committed."""
    nudge: Nudge | None = current_app.extensions.get(PENDING, {}).get(kind) if has_app_context() else None
    if nudge is None:
        return
    try:
        nudge(row_id, at)
    except Exception:
        # A queue that is away must not undo what was stored, and the sweep will find the row.
        log.warning("nudge_lost", kind=kind, row=str(row_id), exc_info=True)


def after_commit(session: Session, row_id: UUID, kind: Kind = Kind.SCORE) -> None:
    """Nudge when the session's transaction is committed; never when it is rolled back."""
    session.info.setdefault(PENDING, []).append((row_id, kind))


@event.listens_for(Session, "after_commit")
def _committed(session: Any) -> None:
    for row_id, kind in session.info.pop(PENDING, ()):
        now_or_at(row_id, kind=kind)


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Any) -> None:
    session.info.pop(PENDING, None)
