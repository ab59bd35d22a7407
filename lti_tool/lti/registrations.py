"""What the protocol must know of a registration, and where it asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app

# A host and a port. Origins stand in our content policy, where a semicolon or a comma would say more than was meant.
HOST = re.compile(r"^[A-Za-z0-9._\-\[\]:]+$")


@dataclass(frozen=True, slots=True)
class Registration:
    """One registration of the tool on a platform (Security Framework §5.1.1)."""

    id: UUID
    school_id: UUID
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str | None = None
    family: str | None = None
    allow_anonymous: bool = False
    clock_ahead_ms: int | None = None
    # What the platform granted when it registered itself; None: registered by hand, what a launch claims counts.
    granted_scopes: frozenset[str] | None = None
    granted_messages: frozenset[str] | None = None

    def allowed(self, scopes: Iterable[str]) -> frozenset[str]:
        """Return those of a launch's scopes that the registration was granted: others are never asked for."""
        offered = frozenset(scopes)
        return offered if self.granted_scopes is None else offered & self.granted_scopes

    @property
    def origins(self) -> tuple[str, ...]:
        """The web origins under which the platform's pages may frame ours."""
        return tuple(dict.fromkeys(origin(url) for url in (self.issuer, self.auth_url) if origin(url)))


class RegistrationStore(Protocol):
    """Where registrations are kept; :mod:`lti_tool.schools` has it, the protocol only asks."""

    def get(self, registration_id: UUID) -> Registration | None:
        """Return an active registration by its id."""

    def find(self, issuer: str, client_id: str | None, deployment_id: str | None) -> Registration | None:
        """Return the one active registration meant, or None when there is none.

        Raises:
            AmbiguousRegistration: the issuer has several and nothing tells them apart.
            PendingRegistration: there is one, and nobody has approved it yet.
        """

    def deployment_id_of(self, registration_id: UUID, deployment_id: str) -> UUID | None:
        """Return our key of an approved deployment, or None."""

    def introduce_deployment(self, registration_id: UUID, deployment_id: str) -> UUID | None:
        """Write down a deployment that a verified launch named for the first time.

        Returns our key of it when the registration lets new deployments in at once, else None: it waits for approval.
        """

    def forget(self) -> None:
        """Read afresh at the next question: registrations were changed."""


class PendingRegistration(LookupError):
    """The registration meant waits for the operator's approval."""


class AmbiguousRegistration(LookupError):
    """Several registrations share the issuer and the request does not say which is meant."""


def origin(url: str) -> str:
    """Return scheme, host and port of a URL, or an empty string when it has none that could stand in a header."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no IPv6 address
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and HOST.match(parts.netloc) else ""


def current_store() -> RegistrationStore:
    """Return the store of the running application."""
    store: RegistrationStore = current_app.extensions["lyceum.registrations"]
    return store
