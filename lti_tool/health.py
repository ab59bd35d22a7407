"""Whether the process lives, and whether it can work."""

from __future__ import annotations

from datetime import timedelta

import structlog
from flask import Blueprint, Response, jsonify
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from lti_tool import migrations
from lti_tool.clock import now
from lti_tool.db import db
from lti_tool.gradebook.models import OutgoingScore, ScoreState
from lti_tool.lti.visits import Guest, open_to

blueprint = Blueprint("health", __name__)
log = structlog.get_logger()

LATE = timedelta(minutes=10)  # a due score that nobody took up for so long: no worker is running


@blueprint.get("/healthz")
@open_to(Guest.ANYBODY)
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@open_to(Guest.ANYBODY)
def readyz() -> tuple[Response, int]:
    """The database answers, has the right shape, and scores do not lie about."""
    checks = {"database": "ok", "schema": "ok", "outbox": "ok"}
    try:
        if migrations.current() != migrations.head():
            checks["schema"] = "old"
        else:
            oldest = db.session.scalar(
                select(func.min(OutgoingScore.due_at)).where(
                    OutgoingScore.state == ScoreState.QUEUED, OutgoingScore.lease_until.is_(None)
                )
            )
            if oldest is not None and oldest < now() - LATE:
                checks["outbox"] = "late"
    except SQLAlchemyError as error:
        log.warning("readyz.database", error=type(error).__name__)
        checks = {"database": "unreachable"}
    ready = all(state == "ok" for state in checks.values())
    return jsonify(status="ok" if ready else "not ready", checks=checks), 200 if ready else 503
