"""Logins under way: made at the login, spent exactly once at the launch (Security Framework §5.1.1).

One secret binds a login to a browser. It lives in a partitioned cookie; where the browser keeps none, a new one lives
in the storage that the platform's own page offers (LTI Client Side postMessages). State and nonce are both derived from
it with a keyed hash, so neither tells anything of the other or of the secret, and the table needs to hold only their
hashes: who reads the table can open nothing.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, CursorResult, Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import new_id
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.models import LoginState

LIFETIME = timedelta(minutes=10)
STATE_PREFIX = "state-"  # the library's habit
WAITING = timedelta(seconds=60)  # a verified launch waits so long for its proof from the platform's storage
KEEP_SPENT = timedelta(hours=2)  # longer than any token may live, so that a replay is still recognised as one

# Every launch runs these: they are built once, and without the object-relational layer, which costs more than they do.
_TABLE = cast("Table", LoginState.__table__)
_COLUMNS = [
    _TABLE.c[name]
    for name in (
        "id",
        "platform_id",
        "nonce_hash",
        "binding_hash",
        "parameters",
        "storage_target",
        "waiting_since",
        "expires_at",
        "spent_at",
    )
]
_INSERT = _TABLE.insert()
_BY_ID = select(*_COLUMNS).where(_TABLE.c.id == bindparam("login"))
_BY_STATE = select(*_COLUMNS).where(_TABLE.c.state_hash == bindparam("state"))
_SPEND = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("login"), _TABLE.c.spent_at.is_(None))
    .values(spent_at=bindparam("moment"), waiting=None)
)


@dataclass(frozen=True, slots=True)
class Login:
    """A login under way, as stored."""

    id: UUID
    platform_id: UUID
    nonce_hash: bytes
    binding_hash: bytes
    parameters: dict[str, str]
    storage_target: str | None
    waiting_since: datetime | None
    expires_at: datetime
    spent_at: datetime | None


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


def begin(connection: Connection, platform_id: UUID, parameters: dict[str, str]) -> tuple[UUID, Binding]:
    """Store a login with its parameters; return its id and the secret for the browser's cookie."""
    binding, login_id = Binding.new(), new_id()
    connection.execute(
        _INSERT,
        {
            "id": login_id,
            "platform_id": platform_id,
            "state_hash": hashed(binding.state),
            "nonce_hash": hashed(binding.nonce),
            "binding_hash": hashed(binding.secret),
            "parameters": parameters,
            "expires_at": now() + LIFETIME,
        },
    )
    return login_id, binding


def by_id(connection: Connection, login_id: UUID) -> Login:
    """Return a login by its id.

    Raises:
        LaunchError: "state-unknown".
    """
    return _one(connection.execute(_BY_ID, {"login": login_id}))


def find(connection: Connection, state: str) -> Login:
    """Return the login that a state belongs to, when it may still be used.

    Raises:
        LaunchError: "state-unknown", "state-spent", "state-expired".
    """
    login = _one(connection.execute(_BY_STATE, {"state": hashed(state)}))
    if login.spent_at is not None:
        raise LaunchError("state-spent")
    if login.expires_at <= now():
        raise LaunchError("state-expired")
    return login


def spend(connection: Connection, login_id: UUID) -> None:
    """Spend state and nonce: one UPDATE, so that of two equal launches at the same moment exactly one goes through.

    Raises:
        LaunchError: "state-spent".
    """
    if connection.execute(_SPEND, {"login": login_id, "moment": now()}).rowcount != 1:
        raise LaunchError("state-spent")


def move_to_storage(connection: Connection, login_id: UUID, target: str) -> Binding:
    """Give a login a new secret, to be kept by a frame of the platform instead of a cookie; the old one is void.

    Raises:
        LaunchError: "state-spent" when it was moved or used before, or is over.
    """
    binding, moment = Binding.new(), now()
    moved = connection.execute(
        update(_TABLE)
        .where(
            _TABLE.c.id == login_id,
            _TABLE.c.storage_target.is_(None),
            _TABLE.c.spent_at.is_(None),
            _TABLE.c.expires_at > moment,
        )
        .values(
            storage_target=target,
            state_hash=hashed(binding.state),
            nonce_hash=hashed(binding.nonce),
            binding_hash=hashed(binding.secret),
        )
    )
    if moved.rowcount != 1:
        raise LaunchError("state-spent")
    return binding


def wait(connection: Connection, login_id: UUID, sealed: bytes) -> None:
    """Let a verified launch wait for its proof, for :data:`WAITING`. A login has one launch.

    Raises:
        LaunchError: "state-spent" when one waits already, or the login was used.
    """
    statement = (
        update(_TABLE)
        .where(_TABLE.c.id == login_id, _TABLE.c.spent_at.is_(None), _TABLE.c.waiting_since.is_(None))
        .values(waiting=sealed, waiting_since=now())
    )
    if connection.execute(statement).rowcount != 1:
        raise LaunchError("state-spent")


def waiting(connection: Connection, login: Login) -> bytes | None:
    """Return what :func:`wait` was given, if the time is not up."""
    if login.waiting_since is None or login.waiting_since + WAITING < now():
        return None
    return connection.execute(select(_TABLE.c.waiting).where(_TABLE.c.id == login.id)).scalar()


def purge(session: Session) -> int:
    """Delete logins that nobody can use or replay any more, and what waited in vain; return how many logins."""
    over = update(_TABLE).where(_TABLE.c.waiting_since < now() - WAITING, _TABLE.c.waiting.is_not(None))
    session.connection().execute(over.values(waiting=None))
    statement = delete(_TABLE).where(_TABLE.c.expires_at < now() - KEEP_SPENT)
    return session.connection().execute(statement).rowcount


def _one(found: CursorResult[Any]) -> Login:
    row = found.mappings().one_or_none()
    if row is None:
        raise LaunchError("state-unknown")
    return Login(**row)
