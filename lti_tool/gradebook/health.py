"""How well a platform is, as its answers tell: one that is unwell waits as a whole, so that others get their turn.

One that cannot be reached, or asks for patience, is left alone at once; one that answers with errors after a few in a
row, for a single error may be about a single person. While it is left alone nothing is sent there; afterwards one
request at a time is tried, and an answer ends it all.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.config import Settings
from lti_tool.db import db
from lti_tool.gradebook.models import LineItem, OutgoingScore, PlatformPause
from lti_tool.lti.services import tokens
from lti_tool.schools.models import Deployment

STRIKES = 5  # errors in a row after which a platform is left alone
PAUSE_MAX = timedelta(minutes=10)  # unless the platform itself asked for longer
SLOW = timedelta(seconds=3)  # a request that takes longer is not to be joined by others
LOOK_AGAIN = 3.0  # seconds at most

log = structlog.get_logger(__name__)


def unwell(moment: datetime) -> ColumnElement[bool]:
    """The condition of a platform that gets one request at a time, or none for now."""
    return (PlatformPause.until > moment) | (PlatformPause.failures >= STRIKES)


def is_busy(
    session: Session, platform_id: UUID, pause: PlatformPause | None, moment: datetime, lease: timedelta, score_id: UUID
) -> bool:
    """Whether others are on their way to a platform, and it is not to be joined by one more.

    So it is when it is being probed, when it has no token yet (whether it answers at all nobody knows), and when it has
    kept somebody waiting for a while. ``lease``: how long a worker holds a score; by it one sees since when they wait.
    """
    oldest = session.scalar(
        select(func.min(OutgoingScore.lease_until))
        .join(LineItem, LineItem.id == OutgoingScore.line_item_id)
        .join(Deployment, Deployment.id == LineItem.deployment_id)
        .where(OutgoingScore.lease_until > moment, OutgoingScore.id != score_id, Deployment.platform_id == platform_id)
    )
    if oldest is None:
        return False
    probed = pause is not None and pause.failures >= STRIKES
    return probed or oldest - lease < moment - SLOW or not tokens.any_good(session, platform_id)


def look_again() -> timedelta:
    """Return in how long to look again at a platform that is busy: jittered."""
    return timedelta(seconds=random.uniform(1, LOOK_AGAIN))


def note_answer(platform_id: UUID) -> None:
    """The platform answered as it should: what was held against it is forgotten."""
    with Session(db.engine) as session, session.begin():
        known = session.scalar(select(PlatformPause.platform_id).where(PlatformPause.platform_id == platform_id))
        if known is not None:
            session.execute(delete(PlatformPause).where(PlatformPause.platform_id == platform_id))


def note_trouble(platform_id: UUID, settings: Settings, *, away: bool, wait: timedelta | None = None) -> datetime:
    """Note an error; return until when the platform is left alone, a past moment when it is not.

    ``away``: it could not be reached or asked for patience; ``wait``: for how long it asked.
    """
    moment = now()
    try:
        with Session(db.engine) as session, session.begin():
            known = session.get(PlatformPause, platform_id, with_for_update=True)
            if known is not None and known.until > moment and wait is None:
                return known.until  # another worker met the same trouble a moment before: it counts once
            counted = max((known.failures if known else 0) + 1, STRIKES if away else 0)
            until = moment + (wait if wait is not None else pause_after(counted, settings))
            if known is None:
                session.add(PlatformPause(platform_id=platform_id, until=until, failures=counted))
            else:
                known.until, known.failures = until, counted
            return until
    except IntegrityError:
        log.debug("platform.trouble_known", platform=str(platform_id))
        return moment


def pause_after(failures: int, settings: Settings) -> timedelta:
    """Return how long to leave a platform alone after errors in a row: doubling and jittered, at most ten minutes."""
    if failures < STRIKES:
        return timedelta()
    cap = min(PAUSE_MAX.total_seconds(), settings.gradebook_retry_cap)
    ceiling = min(cap, settings.gradebook_retry_base * 2.0 ** min(failures - STRIKES, 30))
    return timedelta(seconds=random.uniform(ceiling / 2, ceiling))
