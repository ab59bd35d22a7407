"""Requests to the services of one registration, with access tokens (Security Framework §4).

Everything that has a bearer token in it goes only to web origins that the registration or a verified launch named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db, reading
from lti_tool.lti import keys
from lti_tool.lti.registrations import Registration
from lti_tool.lti.services import tokens
from lti_tool.lti.services.http import (
    AddressRefused,
    Answer,
    ClockReading,
    ServiceAnswer,
    ServiceError,
    ServiceHttp,
    current_http,
    origin_of,
    require_address,
)
from lti_tool.lti.services.tokens import Token, TokenKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEPLOYMENT_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"
DATED_BACK = timedelta(seconds=5)  # Moodle refuses an assertion that is one second ahead of its clock
ASSERTION_LIFE = timedelta(seconds=240)
LIFE_UNSAID = timedelta(seconds=300)
CLOCK_NOTICED = 3000  # milliseconds between clocks that are worth a second try
MAX_PAGES = 500


class TokenProblem(StrEnum):
    """Why a platform gives no token."""

    ADDRESS = "address"  # something that is no token endpoint answered
    UNAUTHORISED = "unauthorised"  # our key, client id or clock is not accepted
    SCOPE = "scope"
    PASSING = "passing"  # overloaded or broken for now


class TokenRefused(ServiceError):
    """The token endpoint answered without a token (RFC 6749 §5.2). ``words`` is its error code, if it gave one."""

    def __init__(self, problem: TokenProblem, answer: Answer, words: str = "") -> None:
        super().__init__(f"{problem}: HTTP {answer.status} {words}".rstrip())
        self.problem = problem
        self.answer = answer
        self.words = words


class ScopeMissing(ServiceError):
    """The platform did not grant the scope that a request needs."""


class PagingEndless(ServiceError):
    """A list that leads back to itself, or has more than 500 pages."""


class Connector:
    """The services of one registration, for one deployment.

    ``scopes``: what a verified launch offered; one token is asked for all of them that the registration was granted.
    ``named_urls``: addresses of that launch. ``before_exchange`` is called before each request that goes out and may
    raise to stop.
    """

    def __init__(
        self,
        registration: Registration,
        *,
        scopes: Collection[str],
        named_urls: Iterable[str | None] = (),
        deployment_id: str | None = None,
        http: ServiceHttp | None = None,
        before_exchange: Callable[[], None] | None = None,
    ) -> None:
        self._registration = registration
        self._deployment_id = deployment_id
        self._scopes = tokens.asked(registration.allowed(scopes))
        self._token_key = TokenKey(registration.id, deployment_id or "", self._scopes)
        self._http = http or current_http()
        self._before_exchange = before_exchange
        self._allow_http = urlsplit(registration.issuer).scheme == "http" or registration.token_url.startswith("http:")
        own = (registration.issuer, registration.auth_url, registration.token_url)
        self._origins = {origin_of(url) for url in (*own, *named_urls) if url} - {""}
        self.clock: ClockReading | None = None

    def token(self) -> Token:
        """Return a token, from the shared cache when it is good for another minute.

        Raises:
            TokenRefused: the platform gives none.
            ServiceUnreachable: no answer.
            ScopeMissing: the launch offered no scope at all.
        """
        return tokens.load(self._token_key) or self._renew(None)

    def new_token(self) -> Token:
        """Ask for a token whatever the cache holds: to see whether the platform still gives one. Raises as `token`."""
        return self._renew(tokens.load(self._token_key))

    def require(self, scope: str) -> Token:
        """Return a token that was granted a scope.

        Raises:
            ScopeMissing: it was not; besides, what :meth:`token` raises.
        """
        token = self.token()
        if scope not in token.granted:
            raise ScopeMissing(scope)
        return token

    def request(
        self,
        method: str,
        url: str,
        *,
        scope: str,
        accept: str = "*/*",
        content_type: str | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send one request with a bearer token; after a 401 once more with a new token. Returns any 2xx answer.

        Raises:
            ServiceAnswer: another status. ServiceUnreachable: no answer.
            AddressRefused: nobody vouched for the address's host. TokenRefused, ScopeMissing: see :meth:`require`.
        """
        if origin_of(url) not in self._origins:
            raise AddressRefused(f"no launch named {origin_of(url)}")
        headers = {"Accept": accept} | ({"Content-Type": content_type} if content_type else {})
        token = self.require(scope)
        answer = self._send(method, url, headers, token, body)
        if answer.status == 401:
            token = self._renew(token)
            if scope not in token.granted:
                raise ScopeMissing(scope)
            answer = self._send(method, url, headers, token, body)
        if not answer.ok:
            raise ServiceAnswer(answer)
        return answer

    def pages(self, url: str, *, scope: str, accept: str, max_pages: int = MAX_PAGES) -> Iterator[Answer]:
        """Yield the pages of a list, following ``rel="next"`` on the same web origin only (AGS §3.2.10, NRPS §2.4.2).

        Raises:
            AddressRefused: a page leads to another host, which must not get our token.
            PagingEndless: a page was seen before, or there are too many. Besides, what :meth:`request` raises.
        """
        seen: set[str] = set()
        following: str | None = url
        while following:
            if following in seen or len(seen) >= max_pages:
                raise PagingEndless(origin_of(url))
            seen.add(following)
            answer = self.request("GET", following, scope=scope, accept=accept)
            yield answer
            link = next_link(answer.headers.get("Link"))
            following = urljoin(following, link) if link else None
            if following and origin_of(following) != origin_of(url):
                raise AddressRefused(f"a page leads to {origin_of(following)}")

    def _send(self, method: str, url: str, headers: dict[str, str], token: Token, body: bytes | None) -> Answer:
        return self._exchange(method, url, {**headers, "Authorization": f"Bearer {token.value}"}, body)

    def _exchange(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        if self._before_exchange is not None:
            self._before_exchange()
        answer = self._http.exchange(method, url, headers=headers, body=body, allow_http=self._allow_http)
        self.clock = answer.clock or self.clock
        return answer

    def _renew(self, used: Token | None) -> Token:
        """Get a new token; ``used`` is the one that was refused, if one was."""
        if not self._scopes:
            raise ScopeMissing("none offered")
        require_address(self._registration.token_url, allow_http=self._allow_http)
        with tokens.single_flight(self._token_key):
            known = tokens.load(self._token_key)
            if known is not None and (used is None or known.value != used.value):
                return known  # another thread or process was quicker
            ahead = self._registration.clock_ahead_ms or 0
            answer = self._ask(ahead)
            if answer.status in {400, 401} and answer.clock is not None:
                measured = answer.clock.at_least_ms
                if abs(measured - ahead) > CLOCK_NOTICED and not _error_code(answer).startswith("invalid_scope"):
                    # An assertion is judged by the platform's clock; now that we know it, date the assertion by it.
                    answer = self._ask(measured)
            token = _granted(answer, self._scopes)
            tokens.save(self._token_key, token)
            return token

    def _ask(self, clock_ahead_ms: int) -> Answer:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(clock_ahead_ms),
            "scope": self._scopes,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return self._exchange("POST", self._registration.token_url, headers, urlencode(form).encode())

    def _assertion(self, clock_ahead_ms: int) -> str:
        """Sign the assertion that proves who asks (Security Framework §4.1.1, RFC 7523 §3)."""
        registration = self._registration
        issued = now() + timedelta(milliseconds=clock_ahead_ms) - DATED_BACK
        claims: dict[str, Any] = {
            "iss": registration.client_id,
            "sub": registration.client_id,
            "aud": registration.token_audience or registration.token_url,
            "iat": int(issued.timestamp()),
            "exp": int((issued + ASSERTION_LIFE).timestamp()),
            "jti": str(uuid4()),
        }
        if self._deployment_id is not None:
            claims[DEPLOYMENT_CLAIM] = self._deployment_id
        with reading(), Session(db.engine) as session:
            return keys.sign(session, claims)


def next_link(header: str | None) -> str | None:
    """Return the target of ``rel="next"`` of a ``Link`` header, or None. See :func:`linked`."""
    return linked(header, "next")


def linked(header: str | None, relation: str) -> str | None:
    """Return the target of a relation (in lower case) of a ``Link`` header (RFC 8288), or None.

    Tolerant: without quotes, in typographic quotes, with ``&amp;`` for ``&`` (Moodle), in any order.
    """
    if not header:
        return None
    # Headers arrive as latin-1, whatever they were; when it is no UTF-8, what matters of it is ASCII all the same.
    with suppress(UnicodeEncodeError, UnicodeDecodeError):
        header = header.encode("latin-1").decode()
    for target, parameters in re.findall(r"<([^>]*)>((?:\s*;[^,<]*)*)", header):
        relations = re.search(r";\s*rel\s*=\s*([^;]*)", parameters, re.IGNORECASE)
        if relations and relation in re.sub(r"[\"'“”„«»]", " ", relations[1]).lower().split():
            # Not html.unescape: it would turn `&region=` into `®ion=`.
            return str(target).strip().replace("&amp;", "&")
    return None


def _granted(answer: Answer, scopes: str) -> Token:
    """Read a token answer (RFC 6749 §5.1)."""
    if not answer.ok:
        raise TokenRefused(_token_problem(answer), answer, _error_code(answer))
    try:
        document = answer.json()
    except ValueError as error:
        raise TokenRefused(TokenProblem.ADDRESS, answer) from error
    value = document.get("access_token") if isinstance(document, dict) else None
    if not isinstance(value, str) or not value or str(document.get("token_type", "bearer")).lower() != "bearer":
        raise TokenRefused(TokenProblem.ADDRESS, answer)
    granted = document.get("scope")
    said = isinstance(granted, str) and bool(granted.strip())  # left out when all that was asked is granted
    return Token(value, frozenset((granted if said else scopes).split()), now() + _life(document.get("expires_in")))


def _life(expires_in: Any) -> timedelta:
    """Return how long a token lives: a number of seconds, also as a string; anything else means five minutes."""
    try:
        seconds = float(expires_in)
        return timedelta(seconds=min(seconds, tokens.LIFE_MAX.total_seconds())) if seconds > 0 else LIFE_UNSAID
    except (TypeError, ValueError, OverflowError):
        return LIFE_UNSAID


def _token_problem(answer: Answer) -> TokenProblem:
    if _error_code(answer).startswith("invalid_scope"):
        return TokenProblem.SCOPE
    if answer.status in {408, 425, 429} or answer.status >= 500:
        return TokenProblem.PASSING
    if answer.status in {400, 401, 403}:
        return TokenProblem.UNAUTHORISED
    return TokenProblem.ADDRESS


def _error_code(answer: Answer) -> str:
    """Return the `error` of a refusal. Moodle's is not always valid JSON: an unescaped quote inside."""
    try:
        document = answer.json()
    except ValueError:
        found = re.search(r'"error"\s*:\s*"(.{0,100}?)"\s*[,}\r\n]', answer.text)
        return found[1] if found else ""
    error = document.get("error") if isinstance(document, dict) else None
    return error[:100] if isinstance(error, str) else ""
