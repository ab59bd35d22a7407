"""Requests to platforms. None may hold us longer than its time, however the other side behaves.

A read time-out alone bounds the wait for the *next* byte; a server that drips one byte in ten seconds would hold a
worker for hours. So each exchange is watched: when its total time is over, its socket is shut, whether headers or body
are still coming.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http.cookiejar import DefaultCookiePolicy
from socket import gaierror
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from flask import Flask, current_app

from lti_tool import __name__ as product
from lti_tool.clock import now
from lti_tool.config import Settings
from lti_tool.lti.services.guard import AddressForbidden, Guard
from lti_tool.lti.services.watch import Watch, WatchedAdapter, watching

MAX_BODY = 5 * 2**20  # bytes
MAX_REDIRECTS = 3
CHUNK = 2**15
RETRY_AFTER_MAX = timedelta(days=1)
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Cause(StrEnum):
    """Why there is no answer."""

    TIMEOUT = "timeout"
    REFUSED = "refused"
    NAME = "name"  # the host name is not found
    TLS = "tls"
    BROKEN = "broken"  # the connection ended in the middle, or what came is not HTTP
    TOO_LARGE = "too_large"


class ServiceError(Exception):
    """A platform's service did not do what was asked. Texts carry no token, no body and no personal data."""


class ServiceUnreachable(ServiceError):
    """There was no whole answer: time-out, refused, TLS, unknown name."""

    def __init__(self, cause: Cause, origin: str) -> None:
        super().__init__(f"{cause} ({origin})")
        self.cause = cause


class ServiceAnswer(ServiceError):
    """There was an answer, and it was not a success."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"HTTP {answer.status}")
        self.answer = answer


class AddressRefused(ServiceError):
    """We do not send to this address: not https, not HTTP at all, or of a host that nobody vouched for."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """How far a host's clock is ahead of ours, in milliseconds: between two bounds, for ``Date`` has whole seconds."""

    at_least_ms: int
    at_most_ms: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Of ``headers`` case does not matter; ``clock`` is what it told of the host's clock."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    url: str
    clock: ClockReading | None

    @property
    def ok(self) -> bool:
        """Whether the status is any 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as UTF-8; bytes that are not are replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Parse the body, whatever its media type says.

        Raises:
            ValueError: it is not JSON.
        """
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class FetchedJson:
    """A JSON document and the headers it came with."""

    document: Any
    headers: Mapping[str, str]


class ServiceHttp:
    """One pooled session for all platforms: bounded, no cookies, no proxies or passwords from the environment."""

    def __init__(
        self, *, connect_timeout: float, read_timeout: float, max_body: int = MAX_BODY, guard: Guard | None = None
    ) -> None:
        """``guard``: connect only to addresses that it allows, and let ``read_timeout`` bound the whole exchange."""
        self._timeouts = (connect_timeout, read_timeout)
        self._max_body = max_body
        self._guard = guard
        self._session = requests.Session()
        # The environment may name proxies and a .netrc, and the latter would replace our bearer by a password.
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self._session.headers.update({"User-Agent": f"{product} (LTI 1.3)", "Accept-Encoding": "identity"})
        for prefix in ("https://", "http://"):
            self._session.mount(prefix, WatchedAdapter(guard))

    def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        allow_http: bool = False,
        within: float | None = None,
    ) -> Answer:
        """Send one request and return the answer, whatever its status. Redirects are not followed.

        ``within``: seconds, when less than usual is left for this exchange.

        Raises:
            AddressRefused: the address is not https (nor http where that is allowed), or the guard forbids it.
            ServiceUnreachable: no whole answer within the time, or larger than what is read (5 MB unless said).
        """
        require_address(url, allow_http=allow_http)
        connect, read = (min(seconds, within or seconds) for seconds in self._timeouts)
        watch = Watch(read)
        sent = now()
        try:
            with (
                watching(watch, at_once=self._guard is not None),
                self._session.request(
                    method, url, headers=headers, data=body, timeout=(connect, read), stream=True, allow_redirects=False
                ) as response,
            ):
                received = now()
                content = _read(response, self._max_body)
                if watch.expired:
                    # A shut socket looks like an end: headers and bodies without a length seem whole.
                    raise ServiceUnreachable(Cause.TIMEOUT, origin_of(url))
                return Answer(
                    status=response.status_code,
                    reason=response.reason or "",
                    headers=response.headers,
                    body=content,
                    url=url,
                    clock=read_clock(response.headers.get("Date"), sent, received),
                )
        except AddressForbidden as error:
            raise AddressRefused(str(error)) from error
        except _TooLarge as error:
            raise ServiceUnreachable(Cause.TOO_LARGE, origin_of(url)) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
            cause = Cause.TIMEOUT if watch.expired else _cause(error)
            raise ServiceUnreachable(cause, origin_of(url)) from error

    def fetch_json(self, url: str) -> FetchedJson:
        """Fetch a public document that a registration names (key set, configuration); a few redirects are followed.

        http only where the address itself is http, and never after https.

        Raises:
            AddressRefused: a redirect leads from https to http, or away from HTTP.
            ServiceUnreachable: no whole answer within the time.
            ServiceAnswer: the status is not 200, or the body is not JSON.
        """
        allow_http = urlsplit(url).scheme == "http"
        for _ in range(MAX_REDIRECTS + 1):
            answer = self.exchange("GET", url, headers={"Accept": "application/json"}, allow_http=allow_http)
            if answer.status not in REDIRECTS or not answer.headers.get("Location"):
                break
            url = urljoin(url, answer.headers["Location"])
        if answer.status != 200:
            raise ServiceAnswer(answer)
        try:
            return FetchedJson(answer.json(), answer.headers)
        except ValueError as error:
            raise ServiceAnswer(answer) from error


def init_app(app: Flask, settings: Settings) -> None:
    """Give an application its pooled session, with the time-outs of the settings."""
    app.extensions["lti.http"] = ServiceHttp(
        connect_timeout=settings.http_connect_timeout, read_timeout=settings.http_read_timeout
    )


def current_http() -> ServiceHttp:
    """Return the pooled session of the running application."""
    http: ServiceHttp = current_app.extensions["lti.http"]
    return http


def require_address(url: str, *, allow_http: bool = False) -> None:
    """Refuse an address we must not send to.

    Raises:
        AddressRefused: not https (nor http where allowed), no host, or a user name in it.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ({"https", "http"} if allow_http else {"https"}) and bool(parts.hostname)
        if not usable or parts.username is not None or parts.password is not None:
            raise AddressRefused(f"not an address to send to: {origin_of(url) or 'no origin'}")
    except ValueError as error:
        raise AddressRefused("not an address at all") from error


def origin_of(url: str) -> str:
    """Return the web origin of a URL in its one spelling (RFC 6454 §4), or an empty string when it has none."""
    try:
        parts = urlsplit(url)
        default = {"https": 443, "http": 80}[parts.scheme]
        if not parts.hostname:
            return ""
        port = parts.port or default
    except (ValueError, KeyError):
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port == default else f":{port}")


def read_clock(date: str | None, sent: datetime, received: datetime) -> ClockReading | None:
    """Read a ``Date`` header against our moments of sending and receiving; None when it cannot be read."""
    if not date:
        return None
    try:
        stamp = parsedate_to_datetime(date)
    except ValueError:
        return None
    stamp = stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp
    # The header was written between sending and receiving, and says the whole second in which that was.
    at_least = (stamp - received) / timedelta(milliseconds=1)
    at_most = (stamp + timedelta(seconds=1) - sent) / timedelta(milliseconds=1)
    return ClockReading(int(at_least // 1), int(at_most // 1))


def retry_after(headers: Mapping[str, str], moment: datetime) -> timedelta | None:
    """Return how long the other side asks us to wait (RFC 9110 §10.2.3: seconds or a date), at most a day."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=min(int(value), int(RETRY_AFTER_MAX.total_seconds())))
    else:
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
        # The date is of the host's clock: when it says what time it has, the difference is what it means.
        with suppress(ValueError):
            host = parsedate_to_datetime(headers.get("Date", ""))
            moment = host.replace(tzinfo=UTC) if host.tzinfo is None else host
        wait = until - moment
    return min(max(wait, timedelta()), RETRY_AFTER_MAX)


class _TooLarge(Exception):
    """The body is larger than we read."""


def _read(response: requests.Response, most: int) -> bytes:
    content = bytearray()
    for chunk in response.raw.stream(CHUNK, decode_content=True):
        content += chunk
        if len(content) > most:
            raise _TooLarge
    return bytes(content)


def _cause(error: BaseException) -> Cause:
    """Name what an exception of requests or urllib3 means; the cause often sits deep inside."""
    seen: set[int] = set()
    inner: BaseException | None = error
    while inner is not None and id(inner) not in seen:
        seen.add(id(inner))
        if isinstance(inner, urllib3.exceptions.NameResolutionError | gaierror):
            return Cause.NAME
        if isinstance(inner, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
            return Cause.TLS
        if isinstance(inner, urllib3.exceptions.NewConnectionError | ConnectionRefusedError):
            return Cause.REFUSED  # asked before time-outs: urllib3 derives the one from the other
        if isinstance(inner, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
            return Cause.TIMEOUT
        reasons = [getattr(inner, "reason", None), inner.__cause__, inner.__context__, *inner.args]
        inner = next((found for found in reasons if isinstance(found, BaseException)), None)
    return Cause.BROKEN
