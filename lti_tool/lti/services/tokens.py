"""Access tokens of platforms, shared by all processes through the database, sealed at rest.

A token belongs to one registration and one set of scopes (Security Framework §4.1): two registrations on one issuer
must never be given each other's.
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


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and the scopes it was granted."""

    value: str = field(repr=False)
    granted: frozenset[str]
    expires_at: datetime


def asked(scopes: Collection[str]) -> str:
    """Return a set of scopes as it is asked for and stored: sorted, separated by spaces."""
    return " ".join(sorted(set(scopes)))


def load(registration_id: UUID, scopes: str) -> Token | None:
    """Return a token that is good for at least another minute, or None."""
    with reading(), Session(db.engine) as session:
        row = session.get(AccessToken, (registration_id, scopes))
        if row is None or row.expires_at - MARGIN <= now():
            return None
        try:
            value = unseal(row.token).decode()
        except SealBroken:
            return None
        return Token(value, frozenset(row.granted.split()), row.expires_at)


def save(registration_id: UUID, scopes: str, token: Token) -> None:
    """Keep a token in the place of the former one. When two processes got one at once, either is as good."""
    try:
        with Session(db.engine) as session, session.begin():
            session.merge(
                AccessToken(
                    platform_id=registration_id,
                    scopes=scopes,
                    token=seal(token.value.encode()),
                    granted=" ".join(sorted(token.granted)),
                    expires_at=token.expires_at,
                )
            )
    except IntegrityError:
        with reading(), Session(db.engine) as session:
            if session.scalar(select(AccessToken.expires_at).where(AccessToken.platform_id == registration_id)) is None:
                raise  # it was not the other process's row, but a registration that is not there


def drop(registration_id: UUID) -> None:
    """Forget all tokens of a registration."""
    with Session(db.engine) as session, session.begin():
        session.execute(delete(AccessToken).where(AccessToken.platform_id == registration_id))


def single_flight(registration_id: UUID, scopes: str) -> Lock:
    """Return the lock under which this process asks for one token: twenty threads need one answer, not twenty."""
    locks: defaultdict[tuple[UUID, str], Lock] = current_app.extensions.setdefault("lti.token_locks", defaultdict(Lock))
    return locks[registration_id, scopes]
