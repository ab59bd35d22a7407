"""What an error of a column's services means: will it pass, or must a person look at it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lti_tool.clock import now
from lti_tool.config import Settings
from lti_tool.gradebook import health, policy
from lti_tool.gradebook.models import Reason
from lti_tool.gradebook.policy import Again, Step, Verdict
from lti_tool.lti.registrations import Registration
from lti_tool.lti.services.connector import ScopeMissing, TokenRefused
from lti_tool.lti.services.http import ServiceAnswer, ServiceError, ServiceUnreachable, retry_after

SLOW_TRIES = 24  # of something that may be mended without our knowing
PASSING = frozenset({Step.RETRY, Step.PROBE, Step.PROBE_LOCK})
SCOPE: Final = Verdict(Step.HELP, Reason.SCOPE, Again.SLOWLY)
FOREIGN: Final = Verdict(Step.HELP, Reason.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error, judged. ``reason`` None: it will pass; ``due_at`` None: it is not tried again by itself."""

    reason: Reason | None
    due_at: datetime | None
    status: int | None


def judge(error: ServiceError, registration: Registration, settings: Settings, tries: int) -> Trouble:
    """Judge an error, and note what it tells of the platform's health. ``tries``: how many went before this one."""
    answer = error.answer if isinstance(error, ServiceAnswer | TokenRefused) else None
    if isinstance(error, TokenRefused):
        verdict = policy.classify_token(error.problem, error.answer.reason, error.answer.text, error.answer.headers)
    elif isinstance(error, ServiceAnswer):
        verdict = policy.classify(
            registration.family, error.answer.status, error.answer.reason, "", error.answer.headers
        )
    elif isinstance(error, ServiceUnreachable):
        verdict = policy.UNREACHABLE
    else:
        verdict = SCOPE if isinstance(error, ScopeMissing) else FOREIGN
    if verdict.step not in PASSING:
        health.note_answer(registration.id)
        slowly = verdict.again is Again.SLOWLY and tries < SLOW_TRIES
        due_at = now() + timedelta(seconds=settings.gradebook_retry_cap) if slowly else None
        return Trouble(verdict.reason or Reason.REFUSED, due_at, answer.status if answer else None)
    wait = retry_after(answer.headers, now()) if answer is not None else None
    until = health.note_trouble(registration.id, settings, away=verdict.pause, wait=wait if verdict.pause else None)
    delay = policy.backoff(tries + 1, base=settings.gradebook_retry_base, cap=settings.gradebook_retry_cap)
    return Trouble(None, max(now() + delay, until), answer.status if answer else None)
