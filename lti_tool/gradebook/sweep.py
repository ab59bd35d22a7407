"""The sweep: finds scores that are due and that nobody is on the way with, and nudges them.

It picks up what a lost nudge, a full queue or a dead worker left behind. It changes nothing and deletes nothing.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db, reading
from lti_tool.gradebook import nudges
from lti_tool.gradebook.claim import due, unleased
from lti_tool.gradebook.models import LineItem, OutgoingScore, PlatformPause
from lti_tool.schools.models import Deployment

BATCH = 100


def sweep(limit: int = BATCH) -> list[UUID]:
    """Nudge up to ``limit`` due scores and return their ids: the longest due first, but platforms in turn.

    A thousand scores for a school whose host is down must not stand before the one of a school whose host is up; and
    those of a platform that is left alone for now do not stand in the queue at all.
    """
    if limit <= 0:
        return []
    moment = now()
    turn = func.row_number().over(
        partition_by=Deployment.platform_id, order_by=(OutgoingScore.due_at, OutgoingScore.id)
    )
    waiting = (
        select(OutgoingScore.id, OutgoingScore.due_at, turn.label("turn"))
        .join(LineItem, LineItem.id == OutgoingScore.line_item_id)
        .join(Deployment, Deployment.id == LineItem.deployment_id)
        .outerjoin(PlatformPause, PlatformPause.platform_id == Deployment.platform_id)
        .where(due(moment), unleased(moment), or_(PlatformPause.until.is_(None), PlatformPause.until <= moment))
        .subquery()
    )
    with reading(), Session(db.engine) as session:
        found = list(
            session.scalars(select(waiting.c.id).order_by(waiting.c.turn, waiting.c.due_at, waiting.c.id).limit(limit))
        )
    for score_id in found:
        nudges.now_or_at(score_id)
    return found
