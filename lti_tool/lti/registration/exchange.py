"""The two requests of a registration: the platform's configuration is fetched, and we are registered there.

Both go to addresses that somebody from outside named, so they go through the guard, and are bounded in time, size and
depth. The registration token goes to the registration endpoint and nowhere else.
"""

from __future__ import annotations

import json
from time import monotonic
from typing import Any
from urllib.parse import urljoin

from flask import Flask, current_app

from lti_tool.config import Settings
from lti_tool.lti.registration.answer import Granted, read_answer
from lti_tool.lti.registration.configuration import (
    PlatformConfiguration,
    allows_http,
    judge,
    require_public_address,
)
from lti_tool.lti.registration.errors import RegistrationError
from lti_tool.lti.registration.request import Tool, messages_to_ask, registration_request, scopes_to_ask
from lti_tool.lti.services.guard import Guard
from lti_tool.lti.services.http import (
    REDIRECTS,
    AddressRefused,
    Answer,
    Cause,
    ServiceHttp,
    ServiceUnreachable,
    origin_of,
)

WITHIN = 10.0  # seconds for the whole of either exchange, redirects and all
CONNECT_WITHIN = 3.0
MAX_BODY = 2**20  # bytes, unpacked
MAX_DEPTH = 20
MAX_REDIRECTS = 3


class Registrar:
    """Speaks with platforms that are not known yet."""

    def __init__(self, http: ServiceHttp, guard: Guard) -> None:
        self._http = http
        self._guard = guard

    def fetch_configuration(self, address: str) -> PlatformConfiguration:
        """Fetch and judge the configuration of a platform.

        Raises:
            RegistrationError: "configuration-…", or what :func:`.judge` raises.
        """
        require_public_address(address, self._guard)
        answer = self._get(address)
        if answer.status != 200:
            raise RegistrationError("configuration-unreachable", f"HTTP {answer.status}")
        return judge(_read(answer), address, self._guard)

    def register(self, configuration: PlatformConfiguration, tool: Tool, token: str | None) -> Granted:
        """Register the tool on a platform whose configuration was judged.

        Raises:
            RegistrationError: "refused", "token-refused", "answer-…".
        """
        return self._send("POST", configuration.registration_endpoint, configuration, tool, token)

    def renew(
        self, configuration: PlatformConfiguration, tool: Tool, *, client_id: str, client_uri: str, token: str | None
    ) -> Granted:
        """Put our description in the place of the one that the platform has (RFC 7592 §2.2); the client id stays.

        Raises:
            RegistrationError: see :meth:`register`; also "answer-unreadable" when the client id was changed.
        """
        granted = self._send("PUT", client_uri, configuration, tool, token, client_id=client_id)
        if granted.client_id != client_id:
            raise RegistrationError("answer-unreadable", "another client_id")
        return granted

    def _send(
        self,
        method: str,
        endpoint: str,
        configuration: PlatformConfiguration,
        tool: Tool,
        token: str | None,
        **further: str,
    ) -> Granted:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        document = registration_request(configuration, tool) | further
        try:
            answer = self._http.exchange(
                method,
                endpoint,
                headers=headers,
                body=json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(),
                allow_http=allows_http(endpoint, self._guard),
            )
        except AddressRefused as error:
            raise RegistrationError("configuration-private", str(error)) from error
        except ServiceUnreachable as error:
            reason = "answer-unreadable" if error.cause is Cause.TOO_LARGE else "answer-missing"
            raise RegistrationError(reason, str(error)) from error
        return read_answer(
            answer,
            asked_scopes=scopes_to_ask(configuration),
            asked_messages=[str(kind) for kind in messages_to_ask(configuration)],
            endpoint=endpoint,
        )

    def _get(self, address: str) -> Answer:
        """Fetch; a few redirects are followed, on the same origin only, each judged again as it is connected."""
        url, until = address, monotonic() + WITHIN
        try:
            for _ in range(MAX_REDIRECTS + 1):
                answer = self._http.exchange(
                    "GET",
                    url,
                    headers={"Accept": "application/json"},
                    allow_http=allows_http(url, self._guard),
                    within=max(until - monotonic(), 0.1),
                )
                location = answer.headers.get("Location")
                if answer.status not in REDIRECTS or not location:
                    return answer
                url = urljoin(url, location)
                if origin_of(url) != origin_of(address):
                    raise RegistrationError("configuration-address", "leads to another host")
        except AddressRefused as error:
            raise RegistrationError("configuration-private", str(error)) from error
        except ServiceUnreachable as error:
            reason = "configuration-unreadable" if error.cause is Cause.TOO_LARGE else "configuration-unreachable"
            raise RegistrationError(reason, str(error)) from error
        raise RegistrationError("configuration-unreachable", "redirects without end")


def init_app(app: Flask, settings: Settings) -> None:
    """Give an application its registrar."""
    guard = Guard(loopback=settings.on_trial, private_hosts=settings.private_platforms)
    http = ServiceHttp(
        connect_timeout=min(settings.http_connect_timeout, CONNECT_WITHIN),
        read_timeout=min(settings.http_read_timeout, WITHIN),
        max_body=MAX_BODY,
        guard=guard,
    )
    app.extensions["lti.registrar"] = Registrar(http, guard)


def current_registrar() -> Registrar:
    """Return the registrar of the running application."""
    registrar: Registrar = current_app.extensions["lti.registrar"]
    return registrar


def _read(answer: Answer) -> Any:
    try:
        document = answer.json()
    except (ValueError, RecursionError):
        raise RegistrationError("configuration-unreadable", "not JSON") from None
    if _deeper_than(document, MAX_DEPTH):
        raise RegistrationError("configuration-unreadable", "nested too deep")
    return document


def _deeper_than(document: Any, most: int) -> bool:
    level = [document]
    for _ in range(most):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
