"""The tool's own keys: one ring for all platforms, with an overlap whenever the signing key changes.

Security Framework §6.3 (key sets) and the house's times: a key is published a day before it signs, because platforms
keep key sets for hours, and two days after its last signature, because what it signed may still be on its way.

The ring is read at each signature and each time the set is asked for, never remembered: both are rare (a token an
hour for each platform), and a key that is withdrawn in one process must not sign a minute longer in another.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import jwt
import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.lti.models import ToolKey
from lti_tool.lti.sealing import SealBroken, seal, unseal

ALGORITHM = "RS256"
MODULUS_BITS = 2048
PUBLISHED_BEFORE_USE = timedelta(hours=24)
PUBLISHED_AFTER_USE = timedelta(hours=48)

log = structlog.get_logger(__name__)


class NoKey(RuntimeError):
    """There is no key that can sign."""


class UnknownKey(LookupError):
    """The ring has no key with this id."""


class RotationUnderWay(RuntimeError):
    """A new key is published already and takes over at ``takes_over``."""

    def __init__(self, takes_over: datetime) -> None:
        super().__init__(f"a new key takes over at {takes_over.isoformat(timespec='minutes')}")
        self.takes_over = takes_over


class KeyState(StrEnum):
    """What a key of the ring does now."""

    COMING = "coming"  # published, signs from `active_from` on
    SIGNING = "signing"
    LEAVING = "leaving"  # signs no more, published until `published_until`
    UNREADABLE = "unreadable"  # sealed with a secret that we were not told


@dataclass(frozen=True, slots=True)
class RingKey:
    """One key of the ring, as the operator sees it."""

    kid: str
    state: KeyState
    created_at: datetime
    active_from: datetime
    published_until: datetime | None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its id."""

    kid: str
    private: rsa.RSAPrivateKey = field(repr=False)


def ensure_key(session: Session) -> str:
    """Make a key when there is none that can sign; return the id of the one that signs. The caller commits.

    A key is of no use any more when the installation's secret was changed, for it is sealed with it: it retires.
    """
    moment = now()
    found = _first_usable(_ring(session), moment)
    if found:
        return found.kid
    _retire_others(session, moment)
    return _add(session, active_from=moment).kid


def rotate(session: Session, *, at_once: bool = False) -> str:
    """Add a key that takes over in a day, when platforms will have seen it; return its id. The caller commits.

    ``at_once``: it takes over now (the one that is coming, if one is); platforms that do not know it yet will ask for
    our key set again, or refuse us until they do. The old keys stay published in both cases.

    Raises:
        RotationUnderWay: a key is coming already, and not ``at_once``.
    """
    moment = now()
    rows = _locked_ring(session)
    coming = [row for row in rows if row.active_from > moment and _private(row) is not None]
    if coming and not at_once:
        raise RotationUnderWay(min(row.active_from for row in coming))
    takes_over = moment if at_once else moment + PUBLISHED_BEFORE_USE
    if coming:
        following = coming[0]
        following.active_from = takes_over
    else:
        following = _add(session, active_from=takes_over)
    _retire_others(session, takes_over, following.kid)
    log.info("keys.rotated", kid=following.kid, at_once=at_once)
    return following.kid


def withdraw(session: Session, kids: Collection[str]) -> str:
    """Take compromised keys out of the ring at once; return the id of the key that signs now. The caller commits.

    When none is left that could sign, a new one is made. Platforms that keep a key set for ever (Moodle does) forget
    the old keys only when they meet the new one: ask each for a token afterwards (the connection check does).

    Raises:
        UnknownKey: the ring has no such key; nothing is done.
    """
    rows = _locked_ring(session)
    unknown = set(kids) - {row.kid for row in rows}
    if unknown:
        raise UnknownKey(", ".join(sorted(unknown)))
    session.execute(delete(ToolKey).where(ToolKey.kid.in_(kids)))
    session.expire_all()
    moment = now()
    states = [(row, _state(row, moment)) for row in _ring(session)]
    following = next((row for row, state in states if state in {KeyState.SIGNING, KeyState.COMING}), None)
    if following is not None:
        following.retired_at = None  # what was to follow it may have been withdrawn
        if all(state is not KeyState.SIGNING for _, state in states):
            following.active_from = moment
        session.flush()
    log.warning("keys.withdrawn", kids=sorted(kids))
    return ensure_key(session)


def ring(session: Session) -> list[RingKey]:
    """Return the keys of the ring, newest first, with what each does now."""
    moment = now()
    return [
        RingKey(row.kid, _state(row, moment), row.created_at, row.active_from, _published_until(row))
        for row in _ring(session)
        if _is_published(row, moment)
    ]


def tidy(session: Session) -> int:
    """Destroy private halves that sign no more, forget keys that are no longer published; return how many of both.

    The caller commits. Safe to run by several at once.
    """
    moment = now()
    gone = session.execute(delete(ToolKey).where(ToolKey.retired_at <= moment - PUBLISHED_AFTER_USE))
    emptied = session.execute(
        update(ToolKey)
        .where(ToolKey.retired_at <= moment, ToolKey.private_pem.is_not(None))
        .values(private_pem=None)
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount + emptied.rowcount)  # type: ignore[attr-defined]


def signing_key(session: Session) -> SigningKey:
    """Return the key that signs now.

    Raises:
        NoKey: there is none; call :func:`ensure_key` first.
    """
    key = _first_usable(_ring(session), now())
    if key is None:
        raise NoKey("no key can sign: ensure_key was not called, or the installation's secret was changed since")
    return key


def jwks(session: Session) -> dict[str, list[dict[str, str]]]:
    """Return the key set to publish (RFC 7517): kty, n, e, alg, use and kid of each key, nothing private.

    A retired key stays for 48 hours after its last signature; a coming one is in it a day before it signs.
    """
    moment = now()
    rows = session.execute(
        select(ToolKey.public_jwk)
        .where(ToolKey.retired_at.is_(None) | (ToolKey.retired_at > moment - PUBLISHED_AFTER_USE))
        .order_by(ToolKey.active_from.desc(), ToolKey.kid)
    )
    return {"keys": [dict(public) for (public,) in rows]}


def sign(session: Session, claims: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> str:
    """Return a JWT over the claims, signed RS256 with the current key; its header names the key id.

    Raises:
        NoKey: see :func:`signing_key`.
    """
    key = signing_key(session)
    return jwt.encode(
        dict(claims), key.private, algorithm=ALGORITHM, headers={**(headers or {}), "typ": "JWT", "kid": key.kid}
    )


def forget() -> None:
    """Drop the private keys that this process has opened."""
    current_app.extensions.pop("lti.keys", None)


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Return the RFC 7638 thumbprint (SHA-256, base64url without padding) of an RSA key."""
    canonical = json.dumps({name: jwk[name] for name in ("e", "kty", "n")}, separators=(",", ":"), sort_keys=True)
    return urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).rstrip(b"=").decode()


def _ring(session: Session) -> list[ToolKey]:
    return list(session.scalars(select(ToolKey).order_by(ToolKey.active_from.desc(), ToolKey.kid)))


def _locked_ring(session: Session) -> list[ToolKey]:
    """Return the ring when nobody else changes it: two who rotate at once must not both make a key."""
    session.scalars(select(ToolKey).order_by(ToolKey.kid).with_for_update()).all()
    session.expire_all()
    return _ring(session)


def _retire_others(session: Session, at: datetime, following: str | None = None) -> None:
    """Let every key but one sign no later than a moment."""
    for row in _ring(session):
        if row.kid != following and not _is_retired(row, at):
            row.retired_at = at
    session.flush()


def _is_retired(row: ToolKey, moment: datetime) -> bool:
    return row.retired_at is not None and row.retired_at <= moment


def _published_until(row: ToolKey) -> datetime | None:
    return row.retired_at + PUBLISHED_AFTER_USE if row.retired_at is not None else None


def _is_published(row: ToolKey, moment: datetime) -> bool:
    until = _published_until(row)
    return until is None or until > moment


def _state(row: ToolKey, moment: datetime) -> KeyState:
    if _is_retired(row, moment):
        return KeyState.LEAVING
    if _private(row) is None:
        return KeyState.UNREADABLE
    return KeyState.COMING if row.active_from > moment else KeyState.SIGNING


def _first_usable(rows: list[ToolKey], moment: datetime) -> SigningKey | None:
    """Return the newest key that is active and can be opened.

    When there is none, one that is only coming does: a clock that was set back must not leave us without a signature.
    """
    in_use = [row for row in rows if row.active_from <= moment and not _is_retired(row, moment)]
    coming = [row for row in reversed(rows) if row.active_from > moment]
    for row in in_use + coming:
        private = _private(row)
        if private is not None:
            return SigningKey(row.kid, private)
        # The installation's secret was changed: the key is lost, and a new one must take its place.
        log.warning("keys.unreadable", kid=row.kid)
    return None


def _private(row: ToolKey) -> rsa.RSAPrivateKey | None:
    """Open a key; this process keeps it open, for to open one takes longer than to sign."""
    opened: dict[str, rsa.RSAPrivateKey] = current_app.extensions.setdefault("lti.keys", {})
    if row.kid in opened or row.private_pem is None:
        return opened.get(row.kid) if row.private_pem is not None else None
    try:
        private = serialization.load_pem_private_key(unseal(row.private_pem), password=None)
    except SealBroken:
        return None
    if isinstance(private, rsa.RSAPrivateKey):
        opened[row.kid] = private
    return opened.get(row.kid)


def _add(session: Session, *, active_from: datetime) -> ToolKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=MODULUS_BITS)
    numbers = private.public_key().public_numbers()
    jwk = {"kty": "RSA", "n": _base64url(numbers.n), "e": _base64url(numbers.e)}
    kid = thumbprint(jwk)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = ToolKey(
        kid=kid,
        public_jwk={**jwk, "alg": ALGORITHM, "use": "sig", "kid": kid},
        private_pem=seal(pem),
        active_from=active_from,
    )
    session.add(key)
    session.flush()
    return key


def _base64url(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
