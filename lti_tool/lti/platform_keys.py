"""The platforms' public keys: fetched seldom, shared by all processes, asked for again once when a key id is unknown.

Security Framework §6.3; times from the house's fact sheet §9: fresh for as long as the platform says, at least five
minutes and at most a day; an unknown key id makes us ask again, but not more often than once a minute per address;
while the platform is out of reach its last known keys serve for another day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from flask import current_app
from jwt import PyJWK, PyJWTError
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.models import PlatformKeys
from lti_tool.lti.services.http import FetchedJson, ServiceError

FRESH_MIN = timedelta(minutes=5)
FRESH_MAX = timedelta(hours=24)
STALE_MAX = timedelta(hours=24)
ASK_AGAIN_AFTER = timedelta(seconds=60)
IN_PROCESS = timedelta(seconds=30)
MIN_MODULUS_BITS = 2048

Fetch = Callable[[str], FetchedJson]


class PlatformKeyring:
    """Finds the key that signed a token, by its address and its id."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[str, tuple[datetime, dict[str, PyJWK]]] = {}
        self._lock = Lock()

    def find(self, url: str, kid: str) -> PyJWK:
        """Return the RSA key with this id.

        Raises:
            LaunchError: "key-unknown" when the platform does not publish it, "keys-unreachable" when it cannot be asked
                and nothing is remembered.
        """
        remembered = self._known.get(url)
        if remembered and remembered[0] > now() and kid in remembered[1]:
            return remembered[1][kid]
        with self._lock:
            keys = self._load(url, kid)
            self._known[url] = (now() + IN_PROCESS, keys)
        if kid not in keys:
            raise LaunchError("key-unknown", f"kid {kid[:40]!r}")
        return keys[kid]

    def forget(self) -> None:
        """Drop what this process remembers; the table stays."""
        self._known.clear()

    def _load(self, url: str, kid: str) -> dict[str, PyJWK]:
        # Sessions of our own: while the platform is asked, which may take seconds, no transaction is open.
        with Session(db.engine, expire_on_commit=False) as session:
            row = session.get(PlatformKeys, url)
        moment = now()
        if row is not None and row.fresh_until > moment:
            keys = usable_keys(row.document)
            if kid in keys or (row.missed_at is not None and row.missed_at > moment - ASK_AGAIN_AFTER):
                return keys
        try:
            fetched = self._fetch(url)
            document = _checked(fetched.document)
        except (ServiceError, ValueError) as error:
            if row is not None and row.fetched_at > moment - STALE_MAX - FRESH_MAX:
                _store(url, missed_at=moment)
                return usable_keys(row.document)
            raise LaunchError("keys-unreachable", str(error)) from error
        keys = usable_keys(document)
        _store(
            url,
            document=document,
            fetched_at=moment,
            fresh_until=moment + _lifetime(fetched.headers),
            missed_at=None if kid in keys else moment,
        )
        return keys


def usable_keys(document: Mapping[str, Any]) -> dict[str, PyJWK]:
    """Return the keys that may sign a token, by id: RSA from 2048 bits, for signing, RS256; others are skipped."""
    keys = {}
    for entry in document.get("keys", []):
        if not isinstance(entry, dict) or entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
            continue
        kid = entry.get("kid")
        if not isinstance(kid, str) or entry.get("alg", "RS256") != "RS256":
            continue
        try:
            key = PyJWK({"kty": "RSA", "n": entry["n"], "e": entry["e"]}, algorithm="RS256")
        except (PyJWTError, KeyError, ValueError, TypeError):
            continue
        if key.key.key_size >= MIN_MODULUS_BITS:
            keys[kid] = key
    return keys


def _store(url: str, **values: Any) -> None:
    """Write what was learned of a platform's keys; of two processes that learn it at once the later one stays."""
    with Session(db.engine) as session, session.begin():
        session.merge(PlatformKeys(url=url, **values))


def _checked(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("the answer is not a key set")
    return document


def _lifetime(headers: Mapping[str, str]) -> timedelta:
    found = re.search(r"max-age=(\d{1,9})", headers.get("Cache-Control", ""))
    return min(max(timedelta(seconds=int(found[1])), FRESH_MIN), FRESH_MAX) if found else timedelta(hours=1)


def current_keyring() -> PlatformKeyring:
    """Return the platforms' key ring of the running application."""
    keyring: PlatformKeyring = current_app.extensions["lyceum.platform_keys"]
    return keyring
