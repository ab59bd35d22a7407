"""The tool's own keys: one ring for all platforms, with an overlap whenever the signing key changes.

Security Framework §6.3 (key sets) and the house's times: a key is published a day before it signs, because platforms
keep key sets for hours, and two days after its last signature, because what it signed may still be on its way.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
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
REMEMBERED = timedelta(seconds=60)
NEVER = datetime(2000, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)


class NoKey(RuntimeError):
    """There is no key that can sign."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its id."""

    kid: str
    private: rsa.RSAPrivateKey = field(repr=False)


@dataclass(slots=True)
class _Memory:
    """What this process remembers for a minute of the application's keys."""

    read_at: datetime = NEVER
    signing: SigningKey | None = None
    published: list[dict[str, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


def ensure_key(session: Session) -> str:
    """Make a key when there is none that can sign; return the id of the one that signs. The caller commits.

    A key is of no use any more when the installation's secret was changed, for it is sealed with it.
    """
    moment = now()
    found = _first_usable(_ring(session), moment)
    return found.kid if found else _add(session, active_from=moment).kid


def rotate(session: Session, *, compromised: bool = False) -> str:
    """Add a key that takes over in a day, when platforms will have seen it; return its id. The caller commits.

    ``compromised``: it takes over at once and the old keys are deleted. Platforms that keep a key set for ever (Moodle
    does) forget the old keys only when they meet the new one: ask each for a token afterwards.
    """
    moment = now()
    takes_over = moment if compromised else moment + PUBLISHED_BEFORE_USE
    if compromised:
        session.execute(delete(ToolKey))
    else:
        session.execute(update(ToolKey).where(ToolKey.retired_at.is_(None)).values(retired_at=takes_over))
    return _add(session, active_from=takes_over).kid


def signing_key(session: Session) -> SigningKey:
    """Return the key that signs now.

    Raises:
        NoKey: there is none; call :func:`ensure_key` first.
    """
    key = _remember(session).signing
    if key is None:
        raise NoKey("no key can sign: ensure_key was not called, or the installation's secret was changed since")
    return key


def jwks(session: Session) -> dict[str, list[dict[str, str]]]:
    """Return the key set to publish (RFC 7517): kty, n, e, alg, use and kid of each key, nothing private.

    A retired key stays for 48 hours after its last signature; a coming one is in it a day before it signs.
    """
    return {"keys": [dict(key) for key in _remember(session).published]}


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
    """Drop what this process remembers, so that a change of the ring is seen at once."""
    current_app.extensions.pop("lti.keys", None)


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Return the RFC 7638 thumbprint (SHA-256, base64url without padding) of an RSA key."""
    canonical = json.dumps({name: jwk[name] for name in ("e", "kty", "n")}, separators=(",", ":"), sort_keys=True)
    return urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).rstrip(b"=").decode()


def _remember(session: Session) -> _Memory:
    memory: _Memory = current_app.extensions.setdefault("lti.keys", _Memory())
    with memory.lock:
        moment = now()
        if not memory.read_at <= moment < memory.read_at + REMEMBERED:
            rows = _ring(session)
            memory.published = [
                dict(row.public_jwk)
                for row in rows
                if row.retired_at is None or row.retired_at > moment - PUBLISHED_AFTER_USE
            ]
            memory.signing = _first_usable(rows, moment)
            # A ring without a key is about to get one: it is not remembered.
            memory.read_at = moment if memory.signing else NEVER
    return memory


def _ring(session: Session) -> list[ToolKey]:
    return list(session.scalars(select(ToolKey).order_by(ToolKey.active_from.desc(), ToolKey.kid)))


def _first_usable(rows: list[ToolKey], moment: datetime) -> SigningKey | None:
    """Return the newest key that is active and can be opened.

    When there is none, one that is only coming does: a clock that was set back must not leave us without a signature.
    """
    in_use = [row for row in rows if row.active_from <= moment and (row.retired_at is None or row.retired_at > moment)]
    coming = [row for row in reversed(rows) if row.active_from > moment]
    for row in in_use + coming:
        try:
            private = serialization.load_pem_private_key(unseal(row.private_pem), password=None)
        except SealBroken:
            # The installation's secret was changed: the key is lost, and a new one must take its place.
            log.warning("signing_key_unreadable", kid=row.kid)
            continue
        if isinstance(private, rsa.RSAPrivateKey):
            return SigningKey(row.kid, private)
    return None


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
    forget()
    return key


def _base64url(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
