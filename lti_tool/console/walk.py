"""Walking the connection with a platform, step by step, as the tool itself uses it.

Steps that do not need each other are tried even when an earlier one failed. A score goes to a test column of our own
that is deleted again, and carries the id of a teacher: no learner's grade is touched, not even a total. Most platforms
refuse a teacher's score with a 400 that could only come from a working score service; that is proof enough.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from ipaddress import ip_address
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.console.causes import not_granted, silent, why_no_service, why_no_token
from lti_tool.console.findings import Finding, Step, StepName
from lti_tool.console.subject import Subject
from lti_tool.db import db, reading
from lti_tool.lti import keys
from lti_tool.lti.platform_keys import usable_keys
from lti_tool.lti.services import ags
from lti_tool.lti.services.connector import Connector, ScopeMissing, TokenProblem, TokenRefused
from lti_tool.lti.services.containers import entries
from lti_tool.lti.services.http import (
    AddressRefused,
    Answer,
    ClockReading,
    ServiceAnswer,
    ServiceError,
    ServiceHttp,
    ServiceUnreachable,
    origin_of,
    read_clock,
)
from lti_tool.lti.services.nrps import MEMBERSHIPS
from lti_tool.lti.services.nrps import SCOPE as ROSTER_SCOPE
from lti_tool.schools.models import PlatformState

TAG = "lyceum-check"
LABEL = "Лицей-CITY: проверка связи (можно удалить)"
ROSTER_PAGE = "50"
CONNECT_TIMEOUT, READ_TIMEOUT = 3.0, 6.0  # seconds
TIME = 60.0  # seconds for the whole walk: what is not reached by then is not tried
CLOCK_NOTICED, CLOCK_WRONG = 5_000, 45_000  # milliseconds; launches bear a minute


class Keeper(Protocol):
    """Remembers the test column before it is made, so that a crash leaves nothing behind for good."""

    def __call__(self, *, container: str | None, column: str | None) -> None:
        """Remember where a column is being made, or was; None and None: it is gone."""


def walk(subject: Subject, http: ServiceHttp, keep: Keeper) -> Iterator[Step]:
    """Yield the steps as they are walked. Never raises for what a platform does."""
    return _Walk(subject, http, keep).steps()


class _Walk:
    def __init__(self, subject: Subject, http: ServiceHttp, keep: Keeper) -> None:
        self._subject = subject
        self._registration = subject.registration
        self._http = http
        self._keep = keep
        self._until = monotonic() + TIME
        self._clocks: list[ClockReading] = []
        self._connector: Connector | None = None
        self._granted: frozenset[str] = frozenset()
        self._column: str | None = None

    def steps(self) -> Iterator[Step]:
        yield self._tool()
        yield self._registered()
        yield self._deployed()
        yield self._launched()
        yield self._in_time(StepName.SIGN_IN, self._sign_in)
        yield self._in_time(StepName.KEYS, self._keys)
        yield self._in_time(StepName.TOKEN, self._token)
        yield self._clock()
        yield self._in_time(StepName.COLUMNS, self._columns)
        yield self._in_time(StepName.ROSTER, self._roster)
        yield self._in_time(StepName.TEST_COLUMN, self._test_column)
        yield self._in_time(StepName.SCORE, self._score)
        yield self._cleanup()  # in time or not

    def _in_time(self, name: StepName, walk_it: Callable[[], Step]) -> Step:
        return walk_it() if monotonic() < self._until else Step(name, Finding.NO_TIME)

    # What stands in our own database

    def _tool(self) -> Step:
        with reading(), Session(db.engine) as session:
            try:
                keys.signing_key(session)
            except keys.NoKey:
                return Step(StepName.TOOL, Finding.NO_KEY)
        return Step(StepName.TOOL, Finding.TOOL_READY, {"url": self._subject.public_url})

    def _registered(self) -> Step:
        values: dict[str, str | int] = {"issuer": self._registration.issuer, "client": self._registration.client_id}
        if self._subject.state != PlatformState.ACTIVE:
            waits = self._subject.state == PlatformState.PENDING
            return Step(StepName.REGISTRATION, Finding.PENDING if waits else Finding.SWITCHED_OFF, values)
        addresses = (self._registration.auth_url, self._registration.token_url, self._registration.jwks_url)
        plain = any(urlsplit(url).scheme != "https" for url in addresses)
        return Step(StepName.REGISTRATION, Finding.PLAIN_HTTP if plain else Finding.REGISTERED, values)

    def _deployed(self) -> Step:
        if not self._subject.deployments:
            return Step(StepName.DEPLOYMENT, Finding.NO_DEPLOYMENT)
        return Step(StepName.DEPLOYMENT, Finding.DEPLOYED, {"number": self._subject.deployments})

    def _launched(self) -> Step:
        seen = self._subject.last_launch
        if seen is None and not self._subject.ever_launched:
            return Step(StepName.LAUNCHES, Finding.NEVER_LAUNCHED)
        return Step(StepName.LAUNCHES, Finding.LAUNCHED, {"at": seen.isoformat()} if seen is not None else {})

    # What the platform answers

    def _sign_in(self) -> Step:
        url = self._registration.auth_url
        try:
            answer = self._get(url)
        except ServiceUnreachable as error:
            return Step(StepName.SIGN_IN, Finding.SIGN_IN_SILENT, silent(error.cause, origin_of(url)))
        except AddressRefused:
            return Step(StepName.SIGN_IN, Finding.SIGN_IN_MISSING, {"status": 0, "url": url})
        values: dict[str, str | int] = {"status": answer.status, "url": url}
        # Moodle's own error page, for a request without parameters, may be a 404 too.
        if answer.status in {404, 410} and self._registration.family != "moodle":
            return Step(StepName.SIGN_IN, Finding.SIGN_IN_MISSING, values)
        broken = answer.status >= 500
        return Step(StepName.SIGN_IN, Finding.SIGN_IN_BROKEN if broken else Finding.SIGN_IN_ANSWERS, values)

    def _keys(self) -> Step:
        url = self._registration.jwks_url
        values: dict[str, str | int] = {"url": url}
        sent = now()
        try:
            fetched = self._http.fetch_json(url)
        except ServiceUnreachable as error:
            return Step(StepName.KEYS, Finding.KEYS_SILENT, silent(error.cause, origin_of(url)))
        except ServiceAnswer as error:
            status = error.answer.status
            finding = Finding.KEYS_NONSENSE if status == 200 else Finding.KEYS_STATUS
            return Step(StepName.KEYS, finding, {**values, "status": status})
        except ServiceError:
            return Step(StepName.KEYS, Finding.KEYS_NONSENSE, values)
        self._note(read_clock(fetched.headers.get("Date"), sent, now()))
        document = fetched.document
        if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
            return Step(StepName.KEYS, Finding.KEYS_NONSENSE, values)
        usable = len(usable_keys(document))
        finding = Finding.KEYS_FOUND if usable else Finding.KEYS_UNUSABLE
        return Step(StepName.KEYS, finding, {**values, "number": usable or len(document["keys"])})

    def _token(self) -> Step:
        connector = self._connect(self._subject.scopes)
        try:
            granted = connector.new_token().granted
        except TokenRefused as error:
            if error.problem is not TokenProblem.SCOPE:
                return self._no_token(error)
            granted = self._granted_singly()
        except ServiceUnreachable as error:
            where = origin_of(self._registration.token_url)
            return Step(StepName.TOKEN, Finding.TOKEN_SILENT, silent(error.cause, where))
        except keys.NoKey:
            return Step(StepName.TOKEN, Finding.NO_TOKEN)
        except ScopeMissing:  # none of ours was granted when the platform registered itself
            return Step(StepName.TOKEN, Finding.TOKEN_SCOPE)
        except ServiceError:
            return Step(StepName.TOKEN, Finding.TOKEN_ADDRESS, {"status": 0, "words": ""})
        finally:
            self._note(connector.clock)
        self._granted = granted & frozenset(self._subject.scopes)
        missing = not_granted(self._granted)
        if not self._granted:
            return Step(StepName.TOKEN, Finding.TOKEN_SCOPE)
        if missing:
            return Step(StepName.TOKEN, Finding.TOKEN_PART, {"missing": " ".join(missing)})
        return Step(StepName.TOKEN, Finding.TOKEN_WHOLE)

    def _no_token(self, error: TokenRefused) -> Step:
        finding = why_no_token(error)
        url = self._subject.public_url
        # Moodle that may not read our keys answers with a page and 404; its words about a key mean another setting.
        unread = {Finding.TOKEN_ADDRESS}
        if self._registration.family != "moodle":
            unread.add(Finding.TOKEN_SIGNATURE)
        if finding in unread and is_hidden(url):
            finding = Finding.TOKEN_HIDDEN
        return Step(StepName.TOKEN, finding, {"status": error.answer.status, "words": error.words, "url": url})

    def _granted_singly(self) -> frozenset[str]:
        """Ask for one scope after another: some platforms refuse all when one is not allowed."""
        granted: set[str] = set()
        for scope in sorted(self._subject.scopes):
            try:
                granted |= self._connect([scope]).new_token().granted & {scope}
            except ServiceError:
                continue
        if granted:
            self._connect(granted)
        return frozenset(granted)

    def _clock(self) -> Step:
        if not self._clocks:
            return Step(StepName.CLOCK, Finding.CLOCK_UNKNOWN)
        # Several readings narrow it down: each says between which bounds the difference lies.
        least = max(one.at_least_ms for one in self._clocks)
        most = min(one.at_most_ms for one in self._clocks)
        ahead = 0 if least <= 0 <= most else min(least, most, key=abs)
        values: dict[str, str | int] = {"seconds": round(abs(ahead) / 1000), "ahead": int(ahead > 0)}
        if abs(ahead) >= CLOCK_WRONG:
            return Step(StepName.CLOCK, Finding.CLOCK_WRONG, values)
        return Step(
            StepName.CLOCK, Finding.CLOCK_DIFFERS if abs(ahead) >= CLOCK_NOTICED else Finding.CLOCK_AGREES, values
        )

    def _columns(self) -> Step:
        container = self._subject.container_url
        if container is None:
            return Step(StepName.COLUMNS, Finding.COLUMNS_NO_ADDRESS)
        connector, stop = self._ready(StepName.COLUMNS, ags.LINE_ITEM_SCOPE, ags.LINE_ITEM_READ_SCOPE)
        if connector is None:
            return stop
        try:
            found = ags.list_line_items(connector, container)
        except ServiceError as error:
            return why_no_service(StepName.COLUMNS, error, container)
        return Step(StepName.COLUMNS, Finding.COLUMNS_READ, {"number": len(found)})

    def _roster(self) -> Step:
        url = self._subject.roster_url
        if url is None:
            return Step(StepName.ROSTER, Finding.ROSTER_NO_ADDRESS)
        connector, stop = self._ready(StepName.ROSTER, ROSTER_SCOPE)
        if connector is None:
            return stop
        try:
            answer = connector.request(
                "GET", ags.with_query(url, limit=ROSTER_PAGE), scope=ROSTER_SCOPE, accept=MEMBERSHIPS
            )
            listed = [member for member in entries(answer, "members") if isinstance(member, dict)]
        except ServiceError as error:
            return why_no_service(StepName.ROSTER, error, url)
        nameless = listed and not any(member.get("name") or member.get("given_name") for member in listed)
        finding = Finding.ROSTER_NAMELESS if nameless else Finding.ROSTER_READ
        more = int('rel="next"' in answer.headers.get("Link", ""))
        return Step(StepName.ROSTER, finding, {"number": len(listed), "more": more})

    # A column of our own

    def _test_column(self) -> Step:
        container = self._subject.container_url
        if container is None:
            return Step(StepName.TEST_COLUMN, Finding.COLUMNS_NO_ADDRESS)
        connector, stop = self._ready(StepName.TEST_COLUMN, ags.LINE_ITEM_SCOPE)
        if connector is None:
            return stop
        try:
            self._remove_left(connector, container)
            self._keep(container=container, column=None)
            made = ags.create_line_item(connector, container, label=LABEL, score_maximum=Decimal(1), tag=TAG)
        except ServiceError as error:
            return why_no_service(StepName.TEST_COLUMN, error, container)
        self._column = made.id
        self._keep(container=container, column=made.id)
        return Step(StepName.TEST_COLUMN, Finding.COLUMN_MADE)

    def _score(self) -> Step:
        connector, stop = self._ready(StepName.SCORE, ags.SCORE_SCOPE)
        if connector is None:
            return stop
        if self._column is None:
            return Step(StepName.SCORE, Finding.NO_TEST_COLUMN)
        if self._subject.person is None:
            return Step(StepName.SCORE, Finding.SCORE_NO_PERSON)
        score = ags.Score(
            user_id=self._subject.person,
            timestamp=now(),
            activity_progress="Completed",
            grading_progress="FullyGraded",
            score_given=Decimal(1),
            score_maximum=Decimal(1),
        )
        try:
            answer = ags.post_score(connector, self._column, score)
        except ServiceAnswer as error:
            if error.answer.status in {400, 422}:
                return Step(StepName.SCORE, Finding.SCORE_UNDERSTOOD, {"status": error.answer.status})
            return why_no_service(StepName.SCORE, error, self._column)
        except ServiceError as error:
            return why_no_service(StepName.SCORE, error, self._column)
        # Moodle answers 200 with an empty list when it refused and lost the status on the way.
        refused = answer.text.strip() == "[]"
        finding = Finding.SCORE_UNDERSTOOD if refused else Finding.SCORE_TAKEN
        return Step(StepName.SCORE, finding, {"status": answer.status})

    def _cleanup(self) -> Step:
        left = self._column or self._subject.left_column
        if self._connector is None or left is None:
            return Step(StepName.CLEANUP, Finding.COLUMN_LEFT if left else Finding.CLEAN, {"label": LABEL})
        try:
            ags.delete_line_item(self._connector, left)
        except ServiceError:
            return Step(StepName.CLEANUP, Finding.COLUMN_LEFT, {"label": LABEL})
        self._keep(container=None, column=None)
        return Step(StepName.CLEANUP, Finding.CLEAN)

    def _remove_left(self, connector: Connector, container: str) -> None:
        """Delete what an earlier check left behind when it was interrupted."""
        if self._subject.left_column is not None:
            ags.delete_line_item(connector, self._subject.left_column)
        for place in {container, self._subject.left_container or container}:
            if origin_of(place) == origin_of(container) and ags.may_list(self._granted):
                for item in ags.list_line_items(connector, place, tag=TAG):
                    ags.delete_line_item(connector, item.id)

    def _connect(self, scopes: Collection[str]) -> Connector:
        subject = self._subject
        self._connector = Connector(
            self._registration,
            scopes=scopes,
            named_urls=(subject.container_url, subject.roster_url),
            deployment_id=subject.deployment_id,
            http=self._http,
        )
        return self._connector

    def _ready(self, name: StepName, *one_of: str) -> tuple[Connector, Step] | tuple[None, Step]:
        """Return the connector when one of the scopes was granted; else the step that says what is in the way."""
        if not self._granted:
            return None, Step(name, Finding.NO_TOKEN)
        if not self._granted & set(one_of) or self._connector is None:
            return None, Step(name, Finding.NOT_GRANTED)
        return self._connector, Step(name, Finding.NO_TOKEN)

    def _get(self, url: str) -> Answer:
        answer = self._http.exchange("GET", url, allow_http=urlsplit(url).scheme == "http")
        self._note(answer.clock)
        return answer

    def _note(self, reading_of_clock: ClockReading | None) -> None:
        if reading_of_clock is not None:
            self._clocks.append(reading_of_clock)


def is_hidden(url: str) -> bool:
    """Whether platforms that filter their own requests (Moodle does, by default) would not read our key set here."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        private = not ip_address(host).is_global
    except ValueError:
        private = host == "localhost" or "." not in host
    return private or parts.port not in {None, 80, 443}
