"""Delivering one score: claim it, send it, find out what the grade book shows, write down what came of it.

No database transaction is open while a platform is talked to. Whatever happens on the way, the row tells the truth: it
is changed before the request goes out (lease, time stamp) and after the answer came, and a worker that dies in between
leaves a lease that runs out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from lti_tool.clock import now
from lti_tool.config import Settings, current_settings
from lti_tool.gradebook import claim, nudges, policy
from lti_tool.gradebook.claim import Errand, Held, Hold, LeaseLost
from lti_tool.gradebook.columns import find_column
from lti_tool.gradebook.models import Reason, ScoreState
from lti_tool.gradebook.outcome import Happened, Outcome, accepted, needs_help, passing, scrubbed, words_of, write
from lti_tool.gradebook.policy import Again, Conflict, Shown, Step, Verdict
from lti_tool.lti.services import ags
from lti_tool.lti.services.connector import Connector, PagingEndless, ScopeMissing, TokenRefused
from lti_tool.lti.services.http import (
    AddressRefused,
    Answer,
    ServiceAnswer,
    ServiceError,
    ServiceUnreachable,
    retry_after,
)

SCOPE_MISSING = Verdict(Step.HELP, Reason.SCOPE, Again.SLOWLY)
NO_COLUMN = Verdict(Step.HELP, Reason.NO_COLUMN)
COLUMN_DELETED = Verdict(Step.HELP, Reason.COLUMN_DELETED)
FOREIGN = Verdict(Step.HELP, Reason.FORBIDDEN)

log = structlog.get_logger(__name__)


def deliver(score_id: UUID) -> Outcome | Held | None:
    """Try to deliver a score now. Returns what came of it, why it was not tried, or None when another worker took over.

    Safe to call at any time, from any number of workers at once.
    """
    settings = current_settings()
    errand = claim.claim(score_id, lease=timedelta(seconds=settings.gradebook_lease))
    if isinstance(errand, Held):
        # What waits for its platform is found by the sweep: a class of thirty need not knock again one by one.
        if errand.until is not None and errand.until > now() and errand.why is Hold.NOT_DUE:
            nudges.now_or_at(score_id, errand.until)
        return errand
    journey = _Journey(errand, settings)
    try:
        came = journey.go()
    except LeaseLost:
        log.warning("score.lease_lost", score=str(score_id))
        return None
    except Exception:
        # A fault of ours must neither leave the score leased nor bring it back at once, again and again.
        log.exception("score.fault", score=str(score_id))
        came = passing(errand, settings, pause=False, happened=Happened.FAULT)
    if isinstance(came, Held):
        if came.until is not None:
            nudges.now_or_at(score_id, came.until)
        _wake_later(errand)
        return came
    kept = write(errand, came, journey.connector.clock)
    if kept and came.due_at is not None:
        nudges.now_or_at(score_id, came.due_at)
    _wake_later(errand)
    return came if kept else None


def _wake_later(errand: Errand) -> None:
    """A later score of this learner that came meanwhile had to wait for this one: it is its turn."""
    later = claim.later_of_learner(errand)
    if later is not None:
        nudges.now_or_at(later)


class _Journey:
    """One try, from the token to the grade book."""

    def __init__(self, errand: Errand, settings: Settings) -> None:
        self._errand = errand
        self._settings = settings
        self._url = errand.url
        self._found: str | None = None
        self._renewed_at = now()
        self.connector = Connector(
            errand.registration,
            scopes=errand.scopes,
            named_urls=(errand.url, errand.container_url),
            deployment_id=errand.deployment_id,
            before_exchange=self._keep_lease,
        )

    def go(self) -> Outcome | Held:
        """Try once."""
        try:
            return self._try()
        except TokenRefused as error:
            answer = error.answer
            verdict = policy.classify_token(error.problem, answer.reason, answer.text, answer.headers)
            words = f"token: {error.words or words_of(answer)}"
            if verdict.step is Step.RETRY:
                return self._passing(verdict, answer, words)
            return self._help(verdict, answer, words)
        except ScopeMissing:
            return self._help(SCOPE_MISSING)
        except ServiceUnreachable as error:
            return passing(self._errand, self._settings, pause=True, detail=error.cause)
        except ServiceAnswer as error:
            return self._not_looked_up(error.answer)
        except (AddressRefused, PagingEndless) as error:
            return self._help(FOREIGN, words=str(error))

    def _try(self) -> Outcome | Held:
        self.connector.require(ags.SCORE_SCOPE)
        if self._url is None:
            self._url = self._found = find_column(self.connector, self._errand)
            if self._url is None:
                return self._help(NO_COLUMN)
        arrived = self._arrived_before(self._url)
        if arrived is not None:
            return self._accepted(Happened.CONFIRMED, arrived)
        ahead = self._clock_ahead(self._url)
        timestamp = claim.choose_timestamp(self._errand, ahead)
        if isinstance(timestamp, Held):
            return timestamp
        self._renewed_at = now()
        try:
            answer = ags.post_score(self.connector, self._url, self._score(timestamp))
        except ServiceAnswer as error:
            answer = error.answer
        verdict = policy.classify(
            self._errand.registration.family, answer.status, answer.reason, answer.text, answer.headers
        )
        return self._act(verdict, answer, self._url, timestamp)

    def _act(self, verdict: Verdict, answer: Answer, url: str, timestamp: datetime) -> Outcome:
        match verdict.step:
            case Step.READ_BACK:
                return self._read_back(answer, url)
            case Step.CONSULT:
                return self._consult(verdict, answer, url, timestamp)
            case Step.RETRY:
                return self._passing(verdict, answer)
            case Step.PROBE_LOCK:
                return self._help(verdict, answer) if self._answers(url) else self._passing(verdict, answer)
            case Step.PROBE:
                persists = self._errand.tries + 1 >= policy.PERSISTENT_TRIES
                if persists and self._answers(url):
                    return self._help(verdict, answer)
                return self._passing(verdict, answer)
            case Step.FIND_COLUMN:
                return self._find_other_column(verdict, answer, url)
            case Step.HELP:
                return self._help(verdict, answer)

    def _arrived_before(self, url: str) -> ags.Result | None:
        """Return what the grade book shows if it is this score, sent by a try whose answer was lost.

        A platform that took a score and answered too late would otherwise be sent it twice.
        """
        errand = self._errand
        if errand.sent_timestamp is None or errand.score_given is None:
            return None
        try:
            result = self._result(url)
        except ServiceUnreachable:
            raise
        except ServiceError:
            return None
        shown = policy.compare(errand.score_given, errand.score_maximum, result)
        if result is None or shown is not Shown.OURS:
            return None
        # The same number may have stood there before; where the platform says since when, that is taken into account.
        return result if result.timestamp is None or result.timestamp >= errand.sent_timestamp else None

    def _read_back(self, answer: Answer, url: str) -> Outcome:
        """The platform said yes; look whether the grade book shows it."""
        errand = self._errand
        if errand.score_given is None and not errand.clears:
            return self._accepted(Happened.DELIVERED, None, answer)
        try:
            result = self._result(url)
        except ServiceError:
            return self._accepted(Happened.DELIVERED, None, answer)
        if errand.score_given is None:
            wiped = result is None or result.score is None
            return self._accepted(Happened.CONFIRMED if wiped else Happened.OVERRIDDEN, result, answer)
        shown = policy.compare(errand.score_given, errand.score_maximum, result)
        happened = {
            Shown.OURS: Happened.CONFIRMED,
            Shown.OTHER: Happened.OVERRIDDEN,
            Shown.NOTHING: Happened.DELIVERED,
        }[shown]
        return self._accepted(happened, result, answer)

    def _consult(self, verdict: Verdict, answer: Answer, url: str, timestamp: datetime) -> Outcome:
        """The answer is a refusal, but what stands in the grade book says what it means."""
        errand = self._errand
        result = None
        try:
            result = self._result(url)
        except ServiceUnreachable:
            return self._passing(verdict, answer)
        except ServiceError:
            log.debug("score.result_unreadable", score=str(errand.score_id))
        about_time = answer.status == 409 or policy.speaks_of_time(answer.reason, answer.text)
        shown = (
            policy.compare(errand.score_given, errand.score_maximum, result)
            if errand.score_given is not None
            else Shown.NOTHING
        )
        settled = policy.settle(
            shown,
            result,
            # Theirs is dated by their clock.
            submitted_at=errand.submitted_at + timedelta(milliseconds=self._ahead_ms()),
            about_time=about_time,
            exhausted=errand.tries + 1 >= policy.CONFLICT_TRIES,
        )
        match settled:
            case Conflict.DELIVERED:
                return self._accepted(Happened.CONFIRMED, result, answer)
            case Conflict.NEWER_KEPT:
                return self._accepted(Happened.NEWER_KEPT, result, answer)
            case Conflict.REFUSED:
                return self._help(verdict, answer)
            case Conflict.SEND_LATER:
                theirs = result.timestamp if result is not None and result.timestamp else timestamp
                return self._send_later(max(theirs, timestamp), answer)

    def _send_later(self, after: datetime, answer: Answer) -> Outcome:
        """Send again, dated later than what the grade book holds, as soon as that is not ahead of any clock."""
        claim.date_after(self._errand, after)
        behind = timedelta(milliseconds=min(self._ahead_ms(), 0))
        due_at = after.replace(microsecond=0) + claim.SECOND - behind
        if self._errand.tries > 0:
            due_at = max(due_at, now() + policy.backoff(self._errand.tries, base=2, cap=60))
        return Outcome(
            Happened.SEND_LATER,
            ScoreState.QUEUED,
            due_at=max(due_at, now()),
            http_status=answer.status,
            detail=self._words(answer),
            line_item_url=self._found,
        )

    def _find_other_column(self, verdict: Verdict, answer: Answer, url: str) -> Outcome:
        """The column is gone; if the activity has another one now, that is the one."""
        other = None
        try:
            if self._errand.tries < policy.CONFLICT_TRIES:
                other = find_column(self.connector, self._errand, gone=url)
        except ServiceUnreachable:
            return self._passing(verdict, answer)
        except ServiceError:
            log.debug("score.columns_unreadable", score=str(self._errand.score_id))
        if other is None:
            return self._help(COLUMN_DELETED, answer)
        return Outcome(
            Happened.COLUMN_FOUND,
            ScoreState.QUEUED,
            due_at=now(),
            http_status=answer.status,
            detail=self._words(answer),
            line_item_url=other,
        )

    def _not_looked_up(self, answer: Answer) -> Outcome:
        """The platform would not list its columns."""
        verdict = policy.classify(self._errand.registration.family, answer.status, answer.reason, "", answer.headers)
        if verdict.step is Step.FIND_COLUMN:  # the course itself is gone
            return self._help(NO_COLUMN, answer)
        refused = verdict.step in {Step.HELP, Step.CONSULT}
        return self._help(verdict, answer) if refused else self._passing(verdict, answer)

    def _result(self, url: str) -> ags.Result | None:
        return ags.read_result(self.connector, url, self._errand.subject)

    def _answers(self, url: str) -> bool:
        """Whether the platform otherwise answers for this column: the result of the learner, or the column itself."""
        for ask in (lambda: self._result(url), lambda: ags.get_line_item(self.connector, url)):
            try:
                ask()
            except ServiceError:
                continue
            return True
        return False

    def _clock_ahead(self, url: str) -> int:
        """Return how far the host's clock is ahead of ours, at least; ask the host when it was never seen."""
        known = self._errand.registration.clock_ahead_ms
        if known is None and self.connector.clock is None and ags.RESULT_SCOPE in self.connector.token().granted:
            try:
                self._result(url)
            except (ServiceAnswer, AddressRefused, PagingEndless):
                log.debug("score.clock_unknown", score=str(self._errand.score_id))
        return self._ahead_ms()

    def _ahead_ms(self) -> int:
        known, seen = self._errand.registration.clock_ahead_ms, self.connector.clock
        if seen is None:
            return known or 0
        return known if known is not None and seen.at_least_ms <= known <= seen.at_most_ms else seen.at_least_ms

    def _score(self, timestamp: datetime) -> ags.Score:
        errand = self._errand
        return ags.Score(
            user_id=errand.subject,
            timestamp=timestamp,
            activity_progress=errand.activity_progress,
            grading_progress=errand.grading_progress,
            score_given=errand.score_given,
            score_maximum=errand.score_maximum,
            comment=errand.comment,
            started_at=errand.started_at,
            submitted_at=errand.submitted_at if errand.score_given is not None else None,
        )

    def _accepted(self, happened: Happened, result: ags.Result | None, answer: Answer | None = None) -> Outcome:
        shown = (result.score, result.maximum) if result is not None else None
        status = answer.status if answer is not None else None
        came = accepted(happened, shown=shown, http_status=status, detail=self._words(answer))
        return self._with_column(came)

    def _passing(self, verdict: Verdict, answer: Answer, words: str | None = None) -> Outcome:
        came = passing(
            self._errand,
            self._settings,
            pause=verdict.pause,
            wait=retry_after(answer.headers, now()),
            http_status=answer.status,
            detail=self._words(answer, words),
        )
        return self._with_column(came)

    def _help(self, verdict: Verdict, answer: Answer | None = None, words: str | None = None) -> Outcome:
        came = needs_help(
            self._errand,
            verdict,
            self._settings,
            http_status=answer.status if answer else None,
            detail=self._words(answer, words),
        )
        return self._with_column(came)

    def _with_column(self, came: Outcome) -> Outcome:
        return replace(came, line_item_url=self._found) if self._found else came

    def _words(self, answer: Answer | None, words: str | None = None) -> str | None:
        if words is None and answer is not None:
            words = words_of(answer)
        return scrubbed(words, self._errand.subject) if words else None

    def _keep_lease(self) -> None:
        """Prolong the lease before a request when less than half of it is left."""
        if now() - self._renewed_at >= self._errand.lease / 2:
            claim.renew(self._errand)
            self._renewed_at = now()
