"""The strict check of the tool's client assertion (LTI Security 1.0, 4.1; RFC 7523, 3)."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

LARGEST_KEY_SET = 256 * 1024
KEEP_KEYS_SECONDS = 600
LIFETIME_SECONDS = 300
OLDEST_SECONDS = 600


class AssertionRefused(Exception):
    """The assertion does not prove who sent it; ``reason`` is a code of ``wording.REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeySetUnreachable(Exception):
    """The tool's key set could not be read, so nothing can be said about the assertion."""


@dataclass(frozen=True)
class Assertion:
    """A proven assertion: its id and the moment (seconds of the epoch) until which it could be replayed."""

    jti: str
    kid: str
    replayable_until: float


def fetch_key_set(url: str) -> dict[str, Any]:
    """Read a JWKS document; raises KeySetUnreachable for anything but a small JSON object answered with 200."""
    try:
        with requests.get(url, timeout=(3, 5), allow_redirects=False, stream=True) as response:
            if response.status_code != 200:
                raise KeySetUnreachable(f"HTTP {response.status_code}")
            body = response.raw.read(LARGEST_KEY_SET + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise KeySetUnreachable(type(error).__name__) from error
    try:
        document = json.loads(body) if len(body) <= LARGEST_KEY_SET else None
    except ValueError:
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise KeySetUnreachable("not a JWKS document")
    return document


class ToolKeys:
    """The tool's public keys by ``kid``: kept ten minutes, read again when one is not known or does not fit."""

    def __init__(self, url: str, fetch: Callable[[str], dict[str, Any]] = fetch_key_set) -> None:
        self._url = url
        self._fetch = fetch
        self._lock = threading.Lock()
        self._keys: dict[str, RSAPublicKey] = {}
        self._fetched_at = float("-inf")

    def find(self, kid: str) -> RSAPublicKey | None:
        """The key named so, or None when the tool does not publish it; raises KeySetUnreachable."""
        with self._lock:
            known = self._keys.get(kid)
            if known is not None and time.monotonic() - self._fetched_at < KEEP_KEYS_SECONDS:
                return known
            return self._read().get(kid)

    def read_again(self, kid: str) -> RSAPublicKey | None:
        """As ``find``, but never from memory."""
        with self._lock:
            return self._read().get(kid)

    def _read(self) -> dict[str, RSAPublicKey]:
        self._keys = dict(filter(None, map(_usable_key, self._fetch(self._url)["keys"])))
        self._fetched_at = time.monotonic()
        return self._keys


def _usable_key(published: Any) -> tuple[str, RSAPublicKey] | None:
    if not isinstance(published, dict) or published.get("kty") != "RSA" or published.get("use", "sig") != "sig":
        return None
    if published.get("alg", "RS256") != "RS256" or not isinstance(published.get("kid"), str):
        return None
    try:
        key = jwt.PyJWK(published, algorithm="RS256").key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    return (published["kid"], key) if isinstance(key, RSAPublicKey) and key.key_size >= 2048 else None


def check_assertion(encoded: str, *, client_id: str, token_url: str, tool_keys: ToolKeys) -> Assertion:
    """Check everything that can be checked without memory: signature, issuer, audience, times, presence of ``jti``.

    Whether ``jti`` was seen before is the caller's to ask. No leeway: a careful tool dates its assertion back a little.
    Raises AssertionRefused, KeySetUnreachable.
    """
    kid, claims = _verified_claims(encoded, tool_keys)
    if claims.get("iss") != client_id:
        raise AssertionRefused("assertion.iss")
    if claims.get("sub") != client_id:
        raise AssertionRefused("assertion.sub")
    audience = claims.get("aud")
    if audience not in (token_url, [token_url]):
        raise AssertionRefused("assertion.aud")
    now = time.time()
    expires, issued = _moment(claims, "exp"), _moment(claims, "iat")
    if expires <= now:
        raise AssertionRefused("assertion.expired")
    if expires > now + LIFETIME_SECONDS:
        raise AssertionRefused("assertion.exp_far")
    if issued > now:
        raise AssertionRefused("assertion.iat_ahead")
    if issued < now - OLDEST_SECONDS:
        raise AssertionRefused("assertion.iat_old")
    if "nbf" in claims and _moment(claims, "nbf") > now:
        raise AssertionRefused("assertion.nbf_ahead")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti or len(jti) > 255:
        raise AssertionRefused("assertion.jti")
    return Assertion(jti, kid, expires)


def claimed_client(encoded: str) -> str | None:
    """Who an assertion says it is from; nothing of it is proven yet."""
    try:
        claims = jwt.decode(encoded, options={"verify_signature": False})
    except jwt.PyJWTError:
        return None
    sender = claims.get("iss")
    return sender if isinstance(sender, str) else None


def _verified_claims(encoded: str, tool_keys: ToolKeys) -> tuple[str, dict[str, Any]]:
    try:
        header = jwt.get_unverified_header(encoded)
    except jwt.PyJWTError as error:
        raise AssertionRefused("assertion.malformed") from error
    if header.get("alg") != "RS256":
        raise AssertionRefused("assertion.alg")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise AssertionRefused("assertion.no_kid")
    key = tool_keys.find(kid)
    if key is None:
        raise AssertionRefused("assertion.unknown_kid")
    try:
        return kid, _decode(encoded, key)
    except jwt.InvalidSignatureError:
        # The tool may have made a new key under the old name (its data were deleted): one fresh look, as Moodle does.
        fresh = tool_keys.read_again(kid)
        if fresh is None:
            raise AssertionRefused("assertion.unknown_kid") from None
    except jwt.PyJWTError as error:
        raise AssertionRefused("assertion.malformed") from error
    try:
        return kid, _decode(encoded, fresh)
    except jwt.PyJWTError as error:
        raise AssertionRefused("assertion.signature") from error


def _decode(encoded: str, key: RSAPublicKey) -> dict[str, Any]:
    # Claims are checked one by one above, each with a reason of its own; here only the signature counts.
    options: Any = {f"verify_{claim}": False for claim in ("exp", "iat", "nbf", "aud", "iss", "sub", "jti")} | {
        "verify_signature": True
    }
    return jwt.decode(encoded, key, algorithms=["RS256"], options=options)


def _moment(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    # bool is an int to Python, and NaN compares false to everything: both would slip through.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise AssertionRefused(f"assertion.{name}_missing")
    return float(value)
