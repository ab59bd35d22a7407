"""Encryption at rest: what would harm a school in a stolen copy of the database is kept sealed.

The key is derived from the installation's secret (HKDF, RFC 5869), so that it lies nowhere beside the data.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

PURPOSE = b"lyceum-city sealing 1"


class SealBroken(ValueError):
    """The bytes were not sealed by this installation's secret, or were changed since."""


def seal(data: bytes) -> bytes:
    """Encrypt and authenticate bytes with a key derived from the application's secret."""
    return _fernet(_secret()).encrypt(data)


def unseal(sealed: bytes) -> bytes:
    """Give sealed bytes back in clear.

    Raises:
        SealBroken: another secret sealed them, or they were changed.
    """
    try:
        return _fernet(_secret()).decrypt(sealed)
    except InvalidToken as error:
        raise SealBroken("sealed with another secret, or changed since") from error


def _secret() -> str:
    secret = current_app.secret_key
    if not secret:
        raise RuntimeError("the application has no secret key")
    return secret if isinstance(secret, str) else secret.decode()


@lru_cache(maxsize=8)
def _fernet(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Fernet(urlsafe_b64encode(key))
