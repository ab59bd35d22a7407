"""The sweep: finds scores that are due and that nobody is on the way with, and nudges them.

It picks up what a lost nudge, a full queue or a dead worker left behind. Nothing is deleted.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db, reading
from lti_tool.gradebook import nudges
from lti_tool.gradebook.claim import changed, due, unleased
from lti_tool.gradebook.health import unwell
from lti_tool.gradebook.models import LineItem, OutgoingScore, PlatformPause, Reason, ScoreState
from lti_tool.gradebook.policy import SILENT_AFTER
from lti_tool.schools.models import Deployment

BATCH = 100


def sweep(limit: int = BATCH) -> list[UUID]:
    """Nudge up to ``limit`` due scores and return their ids: the longest due first, but platforms in turn.

    A thousand scores for a school whose host is down must not stand before the one of a school whose host is up; and
    those of a platform that is left alone for now are put off until its time is over, which is what people are told.
    When it is over, one score goes first and sees whether the platform is well again.
    """
    if limit <= 0:
        return []
    moment = now()
    _put_off(moment)
    turn = func.row_number().over(
        partition_by=Deployment.platform_id, order_by=(OutgoingScore.due_at, OutgoingScore.id)
    )
    waiting = (
        select(
            OutgoingScore.id,
            OutgoingScore.due_at,
            turn.label("turn"),
            (PlatformPause.platform_id.is_not(None) & unwell(moment)).label("unwell"),
        )
        .join(LineItem, LineItem.id == OutgoingScore.line_item_id)
        .join(Deployment, Deployment.id == LineItem.deployment_id)
        .outerjoin(PlatformPause, PlatformPause.platform_id == Deployment.platform_id)
        .where(due(moment), unleased(moment))
        .subquery()
    )
    chosen = (
        select(waiting.c.id)
        .where(or_(~waiting.c.unwell, waiting.c.turn == 1))
        .order_by(waiting.c.turn, waiting.c.due_at, waiting.c.id)
        .limit(limit)
    )
    with reading(), Session(db.engine) as session:
        found = list(session.scalars(chosen))
    for score_id in found:
        nudges.now_or_at(score_id)
    return found


def _put_off(moment: datetime) -> None:
    """Put off what is due on platforms that are left alone for now; after a day of that it is said aloud."""
    with reading(), Session(db.engine) as session:
        paused = session.execute(
            select(PlatformPause.platform_id, PlatformPause.until).where(PlatformPause.until > moment)
        ).all()
    if not paused:
        return
    silent = (OutgoingScore.state == ScoreState.QUEUED) & (OutgoingScore.queued_at <= moment - SILENT_AFTER)
    with Session(db.engine) as session, session.begin():
        for platform_id, until in paused:
            columns = (
                select(LineItem.id)
                .join(Deployment, Deployment.id == LineItem.deployment_id)
                .where(Deployment.platform_id == platform_id)
            )
            changed(
                session,
                update(OutgoingScore)
                .where(due(moment), unleased(moment), OutgoingScore.line_item_id.in_(columns))
                .values(
                    due_at=until,
                    state=case((silent, ScoreState.NEEDS_HELP), else_=OutgoingScore.state),
                    reason=case((silent, Reason.SILENT), else_=OutgoingScore.reason),
                ),
            )
