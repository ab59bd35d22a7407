"""Saying «look at this score» to whoever delivers, once the score is surely stored.

The outbox knows nothing of jobs: an application registers how to nudge, and without one the sweep finds the row. A
nudge is a hint, so losing one loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session

Nudge = Callable[[UUID, datetime | None], None]
PENDING = "gradebook.nudges"

log = structlog.get_logger(__name__)


def register(app: Flask, nudge: Nudge) -> None:
    """Say how this application is nudged: a function of a score's id and the moment of the next try (None: now)."""
    app.extensions[PENDING] = nudge


def now_or_at(score_id: UUID, at: datetime | None = None) -> None:
    """Nudge at once: the row is already committed."""
    nudge: Nudge | None = current_app.extensions.get(PENDING) if has_app_context() else None
    if nudge is None:
        return
    try:
        nudge(score_id, at)
    except Exception:
        # A queue that is away must not undo what was stored, and the sweep will find the row.
        log.warning("nudge_lost", score_id=str(score_id), exc_info=True)


def after_commit(session: Session, score_id: UUID) -> None:
    """Nudge when the session's transaction is committed; never when it is rolled back."""
    session.info.setdefault(PENDING, []).append(score_id)


@event.listens_for(Session, "after_commit")
def _committed(session: Any) -> None:
    for score_id in session.info.pop(PENDING, ()):
        now_or_at(score_id)


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Any) -> None:
    session.info.pop(PENDING, None)
