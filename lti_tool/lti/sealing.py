"""Encryption at rest: what would harm a school in a stolen copy of the database is kept sealed.

The key is derived from the installation's secret (HKDF, RFC 5869), so that it lies nowhere beside the data. When the
secret is changed, what former secrets sealed can still be opened as long as they are told (`LYCEUM_OLD_SECRET_KEYS`),
and :func:`reseal` puts everything under the new one. A column that holds sealed bytes says so: ``info=SEALED``.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import Column, Table, select, update
from sqlalchemy.orm import Session

from lti_tool.db import Base

PURPOSE = b"lyceum-city sealing 1"
SEALED: Final[dict[Any, Any]] = {"sealed": True}  # the `info` of a column


class SealBroken(ValueError):
    """The bytes were not sealed by this installation's secret, or were changed since."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """What came of resealing: how many values were put under the new secret, how many no known secret opens."""

    renewed: int
    lost: int


def seal(data: bytes) -> bytes:
    """Encrypt and authenticate bytes with a key derived from the application's secret."""
    return _fernet(_secrets()[0]).encrypt(data)


def unseal(sealed: bytes) -> bytes:
    """Give sealed bytes back in clear, whether the present secret sealed them or a former one that we were told.

    Raises:
        SealBroken: another secret sealed them, or they were changed.
    """
    for secret in _secrets():
        try:
            return _fernet(secret).decrypt(sealed)
        except InvalidToken:
            continue
    raise SealBroken("sealed with another secret, or changed since")


def reseal(session: Session) -> Resealed:
    """Put everything that a former secret sealed under the present one, in all tables. The caller commits."""
    renewed = lost = 0
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("sealed"):
                of_column = _reseal_column(session, table, column)
                renewed, lost = renewed + of_column.renewed, lost + of_column.lost
    return Resealed(renewed, lost)


def _reseal_column(session: Session, table: Table, column: Column[bytes]) -> Resealed:
    renewed = lost = 0
    keys = list(table.primary_key)
    present = _fernet(_secrets()[0])
    for sealed, *values in session.execute(select(column, *keys).where(column.is_not(None))).all():
        try:
            present.decrypt(sealed)
        except InvalidToken:
            try:
                opened = unseal(sealed)
            except SealBroken:
                lost += 1
                continue
            where = [key == value for key, value in zip(keys, values, strict=True)]
            session.execute(update(table).where(*where).values({column: present.encrypt(opened)}))
            renewed += 1
    return Resealed(renewed, lost)


def _secrets() -> list[str]:
    """Return the application's secret, and after it the former ones."""
    secrets = [current_app.secret_key, *(current_app.config.get("SECRET_KEY_FALLBACKS") or [])]
    if not secrets[0]:
        raise RuntimeError("the application has no secret key")
    return [secret if isinstance(secret, str) else secret.decode() for secret in secrets]


@lru_cache(maxsize=8)
def _fernet(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Fernet(urlsafe_b64encode(key))
