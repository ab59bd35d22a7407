"""The RSA key the platform signs launches with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .kept_secret import kept_secret


@dataclass(frozen=True)
class SigningKey:
    """The platform's RSA key pair as PEM text."""

    private_pem: str
    public_pem: str


def load_signing_key(path: Path) -> SigningKey:
    """The key kept in ``path``; a 2048-bit RSA key is made when there is none."""
    if not path.exists():
        fresh = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        kept_secret(
            path,
            fresh.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )
    private_pem = path.read_bytes()
    # Our own file: the costly proof that the numbers are prime would only slow the start.
    private = serialization.load_pem_private_key(private_pem, password=None, unsafe_skip_rsa_key_validation=True)
    public = private.public_key()
    public_pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return SigningKey(private_pem.decode(), public_pem.decode())
