"""Access tokens of platforms, shared by all processes through the database, sealed at rest.

A token belongs to one registration, one deployment and one set of scopes (Security Framework §4.1): two registrations
on one issuer must never be given each other's, nor two deployments of one registration, for the assertion names one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db, reading
from lti_tool.lti.models import AccessToken
from lti_tool.lti.sealing import SealBroken, seal, unseal

MARGIN = timedelta(seconds=60)
LIFE_MAX = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and the scopes it was granted."""

    value: str = field(repr=False)
    granted: frozenset[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenKey:
    """What a token is good for: a registration, a deployment (the platform's own id of it), and the scopes asked for.

    ``scopes`` as :func:`asked` writes them; ``deployment_id`` empty: none was named.
    """

    registration_id: UUID
    deployment_id: str
    scopes: str


def asked(scopes: Collection[str]) -> str:
    """Return a set of scopes as it is asked for and stored: sorted, separated by spaces."""
    return " ".join(sorted(set(scopes)))


def load(key: TokenKey) -> Token | None:
    """Return a token that need not be renewed yet, or None."""
    with reading(), Session(db.engine) as session:
        row = session.get(AccessToken, (key.registration_id, key.deployment_id, key.scopes))
        if row is None or row.renew_at <= now():
            return None
        try:
            value = unseal(row.token).decode()
        except SealBroken:
            return None
        return Token(value, frozenset(row.granted.split()), row.expires_at)


def any_good(session: Session, registration_id: UUID) -> bool:
    """Whether a platform has given a token that is still good, for whatever scopes."""
    good = (AccessToken.platform_id == registration_id) & (AccessToken.expires_at > now())
    return session.scalar(select(AccessToken.platform_id).where(good).limit(1)) is not None


def save(key: TokenKey, token: Token) -> None:
    """Keep a token in the place of the former one. When two processes got one at once, either is as good."""
    moment = now()
    expires_at = min(token.expires_at, moment + LIFE_MAX)
    # A token that lives two minutes or less is used for half of that: otherwise each request would ask for a new one.
    margin = min(MARGIN, max(expires_at - moment, timedelta()) / 2)
    try:
        with Session(db.engine) as session, session.begin():
            session.merge(
                AccessToken(
                    platform_id=key.registration_id,
                    deployment_id=key.deployment_id,
                    scopes=key.scopes,
                    token=seal(token.value.encode()),
                    granted=" ".join(sorted(token.granted)),
                    expires_at=expires_at,
                    renew_at=expires_at - margin,
                )
            )
    except IntegrityError:
        mine = select(AccessToken.expires_at).where(AccessToken.platform_id == key.registration_id)
        with reading(), Session(db.engine) as session:
            if session.scalar(mine) is None:
                raise  # it was not the other process's row, but a registration that is not there


def drop(registration_id: UUID) -> None:
    """Forget all tokens of a registration."""
    with Session(db.engine) as session, session.begin():
        session.execute(delete(AccessToken).where(AccessToken.platform_id == registration_id))


def purge(session: Session) -> int:
    """Delete tokens that expired; return how many."""
    result = session.execute(delete(AccessToken).where(AccessToken.expires_at < now()))
    return result.rowcount  # type: ignore[attr-defined,no-any-return]


def single_flight(key: TokenKey) -> Lock:
    """Return the lock under which this process asks for one token: twenty threads need one answer, not twenty."""
    locks: defaultdict[TokenKey, Lock] = current_app.extensions.setdefault("lti.token_locks", defaultdict(Lock))
    return locks[key]
