"""Logins under way: made at the login, spent exactly once at the launch (Security Framework §5.1.1).

One secret binds a login to a browser; it travels in a partitioned cookie and nowhere else. State and nonce are both
derived from it with a keyed hash, so neither tells anything of the other or of the secret, and the table needs to hold
only their hashes: who reads the table can open nothing.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.models import LoginState

LIFETIME = timedelta(minutes=10)
STATE_PREFIX = "state-"  # the library's habit
KEEP_SPENT = timedelta(hours=2)  # longer than any token may live, so that a replay is still recognised as one

# Built once: each launch uses them, and putting a statement together costs as much as running it.
_OF_STATE = select(LoginState).where(LoginState.state_hash == bindparam("state_hash"))
_SPEND = (
    update(LoginState)
    .where(LoginState.id == bindparam("login"), LoginState.spent_at.is_(None))
    .values(spent_at=bindparam("moment"))
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True, slots=True)
class Binding:
    """The secret of one login, and what follows from it."""

    secret: str

    @classmethod
    def new(cls) -> Binding:
        """Make a secret of 256 bits."""
        return cls(secrets.token_urlsafe(32))

    @property
    def state(self) -> str:
        """The ``state`` of the authentication request; 256 bits."""
        return STATE_PREFIX + self._derive("state")

    @property
    def nonce(self) -> str:
        """The ``nonce`` of the authentication request; 256 bits, unrelated to the state for who lacks the secret."""
        return self._derive("nonce")

    def _derive(self, purpose: str) -> str:
        digest = hmac.digest(self.secret.encode(), f"lyceum-city {purpose}".encode(), "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def hashed(value: str) -> bytes:
    """Return the hash under which a secret value is kept."""
    return sha256(value.encode()).digest()


def begin(session: Session, platform_id: UUID, parameters: dict[str, str]) -> tuple[LoginState, Binding]:
    """Store a login with its parameters; return it and the secret for the browser's cookie."""
    binding = Binding.new()
    login = LoginState(
        platform_id=platform_id,
        state_hash=hashed(binding.state),
        nonce_hash=hashed(binding.nonce),
        binding_hash=hashed(binding.secret),
        parameters=parameters,
        expires_at=now() + LIFETIME,
    )
    session.add(login)
    session.flush()
    return login, binding


def find(session: Session, state: str) -> LoginState:
    """Return the login that a state belongs to, when it may still be used.

    Raises:
        LaunchError: "state-unknown", "state-spent", "state-expired".
    """
    login = session.scalar(_OF_STATE, {"state_hash": hashed(state)})
    if login is None:
        raise LaunchError("state-unknown")
    if login.spent_at is not None:
        raise LaunchError("state-spent")
    if login.expires_at <= now():
        raise LaunchError("state-expired")
    return login


def spend(session: Session, login_id: UUID) -> None:
    """Spend state and nonce: one UPDATE, so that of two equal launches at the same moment exactly one goes through.

    Raises:
        LaunchError: "state-spent".
    """
    spent = session.execute(_SPEND, {"login": login_id, "moment": now()})
    if spent.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult
        raise LaunchError("state-spent")


def purge(session: Session) -> int:
    """Delete logins that nobody can use or replay any more; return how many."""
    result = session.execute(delete(LoginState).where(LoginState.expires_at < now() - KEEP_SPENT))
    return result.rowcount  # type: ignore[attr-defined,no-any-return]
