"""What a platform's answer means, and what may be sent to whom. Pure: no database, no network, no clock.

Most lines here were seen on a real platform; the tests replay them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from lti_tool.gradebook.models import Reason, ScoreState
from lti_tool.lti.services.ags import Result
from lti_tool.lti.services.connector import TokenProblem

SILENT_AFTER = timedelta(hours=24)
KEEP_TRYING = timedelta(days=30)
PERSISTENT_TRIES = 6  # of 5xx answers while the platform otherwise answers
CONFLICT_TRIES = 6

# Families on which a message of progress (no score, not FullyGraded) was seen to leave an existing grade alone.
# Moodle is not among them and must never be: there it wipes the grade, its comment and its time.
PROGRESS_FAMILIES: Mapping[str, str] = {
    "canvas": "counts a score only when FullyGraded or PendingManual",
    "lyceum-demo-lms": "keeps a grade unless a FullyGraded score replaces it",
}

RATE_LIMIT = re.compile(r"rate.?limit|throttl|too many", re.IGNORECASE)
TIMESTAMP = re.compile(r"timestamp|earlier|newer|out of order", re.IGNORECASE)
NOT_GRADABLE = re.compile(r"incorrect score received", re.IGNORECASE)


class Step(StrEnum):
    """What to do next with an answer."""

    READ_BACK = "read_back"  # accepted; look whether the grade book shows it
    CONSULT = "consult"  # the answer alone does not tell: what the grade book shows decides
    RETRY = "retry"  # it will pass
    PROBE_LOCK = "probe_lock"  # if results can be read, the grade is locked; otherwise it will pass
    PROBE = "probe"  # passing at first; when it persists while the platform otherwise answers, it is a refusal
    FIND_COLUMN = "find_column"
    HELP = "help"


class Again(StrEnum):
    """When a score that needs help is tried again by itself."""

    NEVER = "never"
    SLOWLY = "slowly"  # the cause can be mended on the platform's side without our knowing


@dataclass(frozen=True, slots=True)
class Verdict:
    """The meaning of an answer. ``pause``: the whole platform should be left alone for a while."""

    step: Step
    reason: Reason | None = None
    again: Again = Again.NEVER
    pause: bool = False


_STATUS: Mapping[int, Verdict] = {
    401: Verdict(Step.HELP, Reason.UNAUTHORISED, Again.SLOWLY),
    403: Verdict(Step.HELP, Reason.FORBIDDEN),
    404: Verdict(Step.FIND_COLUMN, Reason.COLUMN_DELETED),
    408: Verdict(Step.RETRY),
    409: Verdict(Step.CONSULT, Reason.REFUSED),
    410: Verdict(Step.FIND_COLUMN, Reason.COLUMN_DELETED),
    412: Verdict(Step.HELP, Reason.REFUSED),
    422: Verdict(Step.HELP, Reason.REFUSED),
    425: Verdict(Step.RETRY),
    429: Verdict(Step.RETRY, pause=True),
    503: Verdict(Step.RETRY, pause=True),
}
UNREACHABLE = Verdict(Step.RETRY, pause=True)


def classify(
    family: str | None, status: int, phrase: str, body: str, headers: Mapping[str, str] | None = None
) -> Verdict:
    """Say what an answer to a score means.

    ``family``: the platform's product family code in lower case, None when unknown; ``phrase``: the HTTP reason phrase,
    in which alone Moodle says why (HTTP/2 drops it); ``body``: the answer's body as text.
    """
    empty_list = body.strip() == "[]"
    if 200 <= status < 300:
        # A real save has an empty body; Moodle's refusal loses its status when the reason holds a line break.
        return Verdict(Step.CONSULT, Reason.REFUSED) if empty_list else Verdict(Step.READ_BACK)
    if status == 400:
        if NOT_GRADABLE.search(phrase) or (family == "moodle" and empty_list):
            return Verdict(Step.HELP, Reason.NOT_GRADABLE)
        return Verdict(Step.CONSULT, Reason.REFUSED)
    if status == 403 and is_rate_limit(phrase, body, headers or {}):
        return Verdict(Step.RETRY, pause=True)
    if status == 500 and empty_list:
        return Verdict(Step.PROBE_LOCK, Reason.LOCKED, Again.SLOWLY)
    if status in _STATUS:
        return _STATUS[status]
    if status >= 500 or status < 400:
        # A redirect is no answer of a score service either: a maintenance page, a login form.
        return Verdict(Step.PROBE, Reason.REFUSED, Again.SLOWLY)
    return Verdict(Step.HELP, Reason.REFUSED)


_TOKEN: Mapping[TokenProblem, Verdict] = {
    TokenProblem.ADDRESS: Verdict(Step.HELP, Reason.TOKEN_ADDRESS, Again.SLOWLY),
    TokenProblem.UNAUTHORISED: Verdict(Step.HELP, Reason.UNAUTHORISED, Again.SLOWLY),
    TokenProblem.SCOPE: Verdict(Step.HELP, Reason.SCOPE, Again.SLOWLY),
    TokenProblem.PASSING: Verdict(Step.RETRY, pause=True),
}


def classify_token(problem: TokenProblem, phrase: str, body: str, headers: Mapping[str, str]) -> Verdict:
    """Say what the token endpoint's refusal means for a score."""
    if problem is TokenProblem.UNAUTHORISED and is_rate_limit(phrase, body, headers):
        return _TOKEN[TokenProblem.PASSING]
    return _TOKEN[problem]


def is_rate_limit(phrase: str, body: str, headers: Mapping[str, str]) -> bool:
    """Whether a 403 asks for patience (Canvas) rather than forbids."""
    remaining = headers.get("X-Rate-Limit-Remaining", "").strip()
    return bool(RATE_LIMIT.search(phrase) or RATE_LIMIT.search(body)) or remaining in {"0", "0.0"}


def speaks_of_time(phrase: str, body: str) -> bool:
    """Whether a refusal is about the score's time stamp (Canvas and Open edX answer 400 for it)."""
    return bool(TIMESTAMP.search(phrase) or TIMESTAMP.search(body))


class Shown(StrEnum):
    """What the grade book shows, compared with a score of ours."""

    OURS = "ours"
    NOTHING = "nothing"
    OTHER = "other"


def compare(given: Decimal, maximum: Decimal, result: Result | None) -> Shown:
    """Compare a score with the grade book's number on the grade book's own maximum.

    Platforms round: a whole number may be half a point off where the scale is ten or more; else 0.5 % of the maximum.
    Extra credit beyond the maximum may be cut down to it.
    """
    if result is None or result.score is None:
        return Shown.NOTHING
    expected = given / maximum * result.maximum
    whole = result.score == result.score.to_integral_value() and result.maximum >= 10
    if expected > result.maximum == result.score:
        return Shown.OURS
    tolerance = Decimal("0.5") if whole else result.maximum * Decimal("0.005")
    return Shown.OURS if abs(result.score - expected) <= tolerance else Shown.OTHER


def reconcile(
    given: Decimal, maximum: Decimal, earlier: Iterable[tuple[Decimal, Decimal]], result: Result | None, *, kept: bool
) -> ScoreState:
    """Say where a score stands that is through, by what the grade book shows now.

    ``earlier``: scores of ours before this one, each with its maximum; ``kept``: the platform kept a newer grade of its
    own when ours came. Numbers are compared as fractions, so another maximum of the column changes nothing.
    """
    match compare(given, maximum, result):
        case Shown.OURS:
            return ScoreState.DELIVERED
        case Shown.NOTHING:
            return ScoreState.MISSING
        case Shown.OTHER:
            if any(compare(one, of, result) is Shown.OURS for one, of in earlier):
                return ScoreState.OLDER
            return ScoreState.NEWER_KEPT if kept else ScoreState.OVERRIDDEN


class Conflict(StrEnum):
    """How a refusal that may be about time is settled."""

    DELIVERED = "delivered"  # the grade book shows our number
    NEWER_KEPT = "newer_kept"  # it shows another one, given after our learner was ready
    SEND_LATER = "send_later"  # ours is the newer: send it again, dated after theirs
    REFUSED = "refused"


def settle(
    shown: Shown, result: Result | None, *, submitted_at: datetime, about_time: bool, exhausted: bool
) -> Conflict:
    """Settle a refusal by what the grade book shows.

    ``submitted_at``: when our learner's result was complete; ``about_time``: the platform spoke of time stamps;
    ``exhausted``: it was sent again often enough.
    """
    if shown is Shown.OURS:
        return Conflict.DELIVERED
    if not about_time:
        return Conflict.REFUSED
    if shown is Shown.OTHER and result is not None and result.timestamp and result.timestamp > submitted_at:
        return Conflict.NEWER_KEPT
    return Conflict.REFUSED if exhausted else Conflict.SEND_LATER


def backoff(tries: int, *, base: float, cap: float) -> timedelta:
    """Return how long to wait after a number of tries (1, 2, …): full jitter, doubling, at least a second.

    ``base`` and ``cap`` are seconds. Jitter over the whole range, so that a class that finished together does not
    knock together.
    """
    ceiling = min(cap, base * 2.0 ** min(max(tries, 1) - 1, 30))
    return timedelta(seconds=max(min(1.0, ceiling), random.uniform(0, ceiling)))


def may_send_progress(family: str | None) -> bool:
    """Whether a message of progress, or that a person has to mark, cannot hurt on this platform."""
    return (family or "").lower() in PROGRESS_FAMILIES
