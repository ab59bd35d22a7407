"""What came of one try, and how it is written down: the score's state, a line in the ledger, the platform's health."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.config import Settings, current_settings
from lti_tool.db import db
from lti_tool.gradebook import health, reconciliation
from lti_tool.gradebook.claim import Errand, changed, held_by, newer_waiting
from lti_tool.gradebook.models import Delivery, LineItem, Reason, ScoreState
from lti_tool.gradebook.policy import KEEP_TRYING, SILENT_AFTER, Again, Verdict, backoff
from lti_tool.lti.services.ags import RESULT_SCOPE
from lti_tool.lti.services.http import Answer, ClockReading
from lti_tool.schools.models import Platform

DETAIL_LENGTH = 200

log = structlog.get_logger(__name__)


class Happened(StrEnum):
    """One word for the ledger."""

    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    OVERRIDDEN = "overridden"
    NEWER_KEPT = "newer_kept"
    SEND_LATER = "send_later"
    FAILED = "failed"  # and will be tried again
    NEEDS_HELP = "needs_help"
    COLUMN_FOUND = "column_found"
    FAULT = "fault"  # ours


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try. ``due_at`` None: no further try is planned.

    ``trouble``: the platform did not answer as it should; ``away``: so that it is to be left alone at once, for
    ``wait`` if it said how long.
    """

    happened: Happened
    state: ScoreState
    reason: Reason | None = None
    due_at: datetime | None = None
    counted: bool = True  # as a try, which lengthens the back-off
    trouble: bool = False
    away: bool = False
    wait: timedelta | None = None
    http_status: int | None = None
    detail: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    line_item_url: str | None = None  # the column that was found


def accepted(
    happened: Happened,
    *,
    shown: tuple[Decimal | None, Decimal] | None = None,
    http_status: int | None = None,
    detail: str | None = None,
) -> Outcome:
    """The platform has the score, or keeps its own. ``shown``: score and maximum as read back from the grade book."""
    moment = now()
    state = {
        Happened.OVERRIDDEN: ScoreState.OVERRIDDEN,
        Happened.NEWER_KEPT: ScoreState.NEWER_KEPT,
    }.get(happened, ScoreState.DELIVERED)
    values: dict[str, Any] = {} if state is ScoreState.NEWER_KEPT else {"delivered_at": moment}
    if happened is Happened.CONFIRMED:
        values["confirmed_at"] = moment
    if shown is not None:
        values |= {"platform_score": shown[0], "platform_maximum": shown[1], "platform_read_at": moment}
    return Outcome(happened, state, http_status=http_status, detail=detail, values=values)


def needs_help(
    errand: Errand, verdict: Verdict, settings: Settings, *, http_status: int | None = None, detail: str | None = None
) -> Outcome:
    """A person has to look. What may be mended without our knowing is tried again, slowly, for 30 days."""
    due_at = None
    if verdict.again is Again.SLOWLY and now() - errand.queued_at < KEEP_TRYING:
        hour = settings.gradebook_retry_cap
        due_at = now() + timedelta(seconds=hour) + backoff(1, base=hour / 10, cap=hour / 10)
    return Outcome(
        Happened.NEEDS_HELP,
        ScoreState.NEEDS_HELP,
        verdict.reason,
        due_at,
        http_status=http_status,
        detail=detail,
    )


def passing(
    errand: Errand,
    settings: Settings,
    *,
    pause: bool,
    wait: timedelta | None = None,
    http_status: int | None = None,
    detail: str | None = None,
    happened: Happened = Happened.FAILED,
) -> Outcome:
    """It will pass: try again after what the platform asked for, or a jittered and doubling while.

    After a day it is said aloud that the platform is silent, and the tries go on; after thirty they end.
    """
    moment = now()
    delay = backoff(errand.tries + 1, base=settings.gradebook_retry_base, cap=settings.gradebook_retry_cap)
    if wait is not None:
        # A little later than asked, and not all at the same moment.
        delay = wait + backoff(1, base=2, cap=2)
    waited = moment - errand.queued_at
    state, reason = (ScoreState.NEEDS_HELP, errand.helpless) if errand.helpless else (ScoreState.QUEUED, None)
    if waited >= SILENT_AFTER and errand.helpless is None:
        state, reason = ScoreState.NEEDS_HELP, Reason.SILENT
    return Outcome(
        happened,
        state,
        reason,
        due_at=moment + delay if waited < KEEP_TRYING else None,
        trouble=happened is not Happened.FAULT,  # a fault of ours tells nothing of the platform
        away=pause,
        wait=wait,
        http_status=http_status,
        detail=detail,
    )


def write(errand: Errand, outcome: Outcome, clock: ClockReading | None) -> bool:
    """Write an outcome down, if this worker still holds the score; return whether it did.

    A score that would be tried again gives way to a later one of the same learner, and waits with its platform.
    """
    due_at = _note_health(errand, outcome)
    with Session(db.engine) as session, session.begin():
        values: dict[str, Any] = {
            "state": outcome.state,
            "reason": outcome.reason,
            "due_at": due_at,
            "tries": errand.tries + outcome.counted,
            "lease_until": None,
            "lease_owner": None,
            **outcome.values,
        }
        waits = outcome.state in {ScoreState.QUEUED, ScoreState.NEEDS_HELP}
        if waits and newer_waiting(session, errand) is not None:
            values |= {"state": ScoreState.SUPERSEDED, "reason": None, "due_at": None}
        held = bool(changed(session, held_by(errand).values(values)))
        session.add(
            Delivery(
                score_id=errand.score_id,
                http_status=outcome.http_status,
                outcome=outcome.happened,
                detail=outcome.detail,
            )
        )
        if outcome.line_item_url is not None:
            changed(
                session,
                update(LineItem).where(LineItem.id == errand.line_item_id).values(url=outcome.line_item_url),
            )
        _note_clock(session, errand, clock)
        if held and outcome.state is ScoreState.DELIVERED and RESULT_SCOPE in errand.scopes:
            reconciliation.plan(session, errand.line_item_id)
    log.info(
        "score.tried",
        outcome=outcome.happened,
        score=str(errand.score_id),
        platform=str(errand.registration.id),
        status=outcome.http_status,
        reason=outcome.reason,
        tries=values["tries"],
        due=due_at.isoformat() if due_at else None,
        kept=held,
    )
    return held


def words_of(answer: Answer) -> str:
    """Return what an answer says of itself: the reason phrase, and the error of a JSON body if it names one.

    Never the rest of the body: it may hold the score, and the names of people.
    """
    said = [answer.reason]
    try:
        document = answer.json()
    except ValueError:
        document = None
    if isinstance(document, dict):
        said += [document[name] for name in ("error", "reason") if isinstance(document.get(name), str)]
    return " · ".join(dict.fromkeys(part.strip() for part in said if part.strip()))


def scrubbed(text: str, subject: str) -> str | None:
    """Shorten a platform's words and take out what points at a person: Moodle echoes the score and the user's id."""
    text = re.split(r"[{\[<]", text, maxsplit=1)[0]
    text = re.sub(r"\S+@\S+", "…", text)
    if subject:
        text = re.sub(rf"(?<!\w){re.escape(subject)}(?!\w)", "…", text)
    text = re.sub(r"(?i)\b(user|student|member)\b(\s+)\S+", r"\1\2…", text)
    text = re.sub(r"\s+", " ", text).strip()
    return text[:DETAIL_LENGTH] or None


def _note_clock(session: Session, errand: Errand, clock: ClockReading | None) -> None:
    """Keep how far the host's clock is ahead of ours, at least. A bound stays while what is seen agrees with it."""
    if clock is None:
        return
    known = errand.registration.clock_ahead_ms
    if known is not None and clock.at_least_ms <= known <= clock.at_most_ms:
        return
    changed(
        session,
        update(Platform).where(Platform.id == errand.registration.id).values(clock_ahead_ms=clock.at_least_ms),
    )


def _note_health(errand: Errand, outcome: Outcome) -> datetime | None:
    """Note how well the platform is; return when the score is due again."""
    if outcome.trouble:
        until = health.note_trouble(
            errand.registration.id, current_settings(), away=outcome.away, wait=outcome.wait if outcome.away else None
        )
        return max(outcome.due_at, until) if outcome.due_at is not None else None
    if outcome.happened is not Happened.FAULT:
        health.note_answer(errand.registration.id)
    return outcome.due_at
