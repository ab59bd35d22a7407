"""What platforms tell of their own accord, and what it changes here."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db, expect_writes, reading
from lti_tool.learning import copies
from lti_tool.lti.models import Notice
from lti_tool.lti.notices import NoticeType

SWEEP_EVERY = 60.0  # seconds
LEFT_AFTER = timedelta(seconds=30)  # a job should have done it by then
AT_ONCE = 200

log = structlog.get_logger(__name__)


def handle(notice_row_id: UUID) -> bool:
    """Let a notice have its effect; return whether this call did it. Handled in one transaction, so once."""
    expect_writes(True)
    with Session(db.engine) as session, session.begin():
        notice = session.scalar(
            select(Notice).where(Notice.id == notice_row_id, Notice.handled_at.is_(None)).with_for_update()
        )
        if notice is None:
            return False
        if notice.type == NoticeType.CONTEXT_COPY and notice.context_id is not None and notice.origins:
            known = copies.prepare(
                session,
                deployment_id=notice.deployment_id,
                context_id=notice.context_id,
                origins=notice.origins,
            )
            log.info("notice.copy_prepared", origins=len(notice.origins), known=known)
        notice.handled_at = now()
    return True


def handle_left() -> int:
    """Handle what a lost job or a dead worker left behind; return how many. Safe to run by several at once."""
    with reading(), Session(db.engine) as session:
        left = list(
            session.scalars(
                select(Notice.id)
                .where(Notice.handled_at.is_(None), Notice.received_at < now() - LEFT_AFTER)
                .order_by(Notice.id)
                .limit(AT_ONCE)
            )
        )
    return sum(handle(one) for one in left)
