"""The platforms' public keys: fetched seldom, shared by all processes, asked for again once when a key id is unknown.

Security Framework §6.3; times from the house's fact sheet §9: fresh for as long as the platform says, at least five
minutes and at most a day; an unknown key id makes us ask again, but not more often than once a minute per address,
however many threads and processes meet it; while the platform is out of reach its last known keys serve for another
day, and launches do not wait for it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic, sleep
from typing import Any

import structlog
from flask import current_app
from jwt import PyJWK, PyJWTError
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.clock import now
from lti_tool.db import db, reading
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.models import PlatformKeys
from lti_tool.lti.services.http import FetchedJson, ServiceError

FRESH_MIN = timedelta(minutes=5)
FRESH_UNSAID = timedelta(hours=1)
FRESH_MAX = timedelta(hours=24)
STALE_MAX = timedelta(hours=24)
ASK_AGAIN_AFTER = timedelta(seconds=60)
OUTAGE_PAUSE = timedelta(minutes=5)  # between questions to a platform that is down, while its known keys serve
IN_PROCESS = timedelta(seconds=30)
PRESUMED_DEAD = timedelta(seconds=30)  # whoever asks for longer than this has died over it
WAIT_FOR_OTHERS = 8.0  # seconds
LOOK_EVERY = 0.05  # seconds
RENEW_AHEAD = timedelta(minutes=2)
RENEW_PAUSE = FRESH_MIN - RENEW_AHEAD
RENEW_BATCH = 20
MIN_MODULUS_BITS = 2048
MAX_MODULUS_CHARACTERS = 2800  # of base64: 16384 bits; to check a signature with more would take too long
MAX_KEYS = 100

Fetch = Callable[[str], FetchedJson]

log = structlog.get_logger(__name__)


class PlatformKeyring:
    """Finds the key that signed a token, by its address and its id."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[str, tuple[datetime, dict[str, PyJWK]]] = {}
        # One for each address: a platform that is slow to answer holds up nobody else's launches.
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    def find(self, url: str, kid: str) -> PyJWK:
        """Return the RSA key with this id.

        Raises:
            LaunchError: "key-unknown" when the platform does not publish it, "keys-unreachable" when it cannot be asked
                and nothing is remembered.
        """
        remembered = self._known.get(url)
        if remembered and remembered[0] > now() and kid in remembered[1]:
            return remembered[1][kid]
        with self._locks[url]:
            keys = self._load(url, kid)
            self._known[url] = (now() + IN_PROCESS, keys)
        if kid not in keys:
            raise LaunchError("key-unknown", f"kid {kid[:40]!r}")
        return keys[kid]

    def renew_due(self, used: Collection[str]) -> int:
        """Fetch the key sets that are about to expire, so that launches need not; return how many were fetched.

        ``used``: the addresses that active registrations name. Regular work: safe to do by several at once.
        """
        moment = now()
        due = (
            select(PlatformKeys.url)
            .where(
                PlatformKeys.fresh_until.between(moment - STALE_MAX, moment + RENEW_AHEAD),
                PlatformKeys.asked_at <= moment - RENEW_PAUSE,
                PlatformKeys.url.in_(used),
            )
            .order_by(PlatformKeys.fresh_until)
            .limit(RENEW_BATCH)
        )
        with reading(), Session(db.engine) as session:
            urls = session.scalars(due).all()
        renewed = 0
        for url in urls:
            if _claim(url, now(), RENEW_PAUSE, PlatformKeys.asked_at):
                renewed += self._ask(url) is None
        return renewed

    def forget(self) -> None:
        """Drop what this process remembers; the table stays."""
        self._known.clear()

    def _load(self, url: str, kid: str) -> dict[str, PyJWK]:
        # Sessions of our own: while the platform is asked, which may take seconds, no transaction is open.
        moment = now()
        row = _read(url)
        keys = _keys_of(row, moment)
        fresh = row is not None and row.fresh_until is not None and row.fresh_until > moment
        if keys is not None and kid in keys and (fresh or not _may_ask(row, moment, OUTAGE_PAUSE)):
            return keys
        missed = keys is not None and kid not in keys
        error: ServiceError | ValueError | None = None
        if _claim(url, moment, ASK_AGAIN_AFTER, PlatformKeys.missed_at if missed else PlatformKeys.asked_at):
            error = self._ask(url)
        row = _answered(url)
        keys = _keys_of(row, now())
        if keys is None:
            raise LaunchError("keys-unreachable", str(error or "asked in vain less than a minute ago"))
        if kid not in keys and not missed:
            _write(url, missed_at=moment)
        return keys

    def _ask(self, url: str) -> ServiceError | ValueError | None:
        """Fetch a key set and store it; return why it could not be, or None. The caller has claimed it."""
        try:
            fetched = self._fetch(url)
            document = _checked(fetched.document)
        except (ServiceError, ValueError) as error:
            _write(url, answered_at=now())
            log.warning("platform_keys.unreachable", url=url, error=str(error))
            return error
        moment = now()
        _write(
            url,
            document=document,
            fetched_at=moment,
            fresh_until=moment + _lifetime(fetched.headers),
            answered_at=moment,
        )
        return None


def usable_keys(document: Mapping[str, Any]) -> dict[str, PyJWK]:
    """Return the keys that may sign a token, by id: RSA from 2048 bits, for signing, RS256; others are skipped."""
    keys = {}
    for entry in document.get("keys", [])[:MAX_KEYS]:
        if not isinstance(entry, dict) or entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
            continue
        kid, modulus = entry.get("kid"), entry.get("n")
        if not isinstance(kid, str) or entry.get("alg", "RS256") != "RS256":
            continue
        if not isinstance(modulus, str) or len(modulus) > MAX_MODULUS_CHARACTERS:
            continue
        try:
            key = PyJWK({"kty": "RSA", "n": modulus, "e": entry["e"]}, algorithm="RS256")
        except (PyJWTError, KeyError, ValueError, TypeError):
            continue
        if key.key.key_size >= MIN_MODULUS_BITS:
            keys[kid] = key
    return keys


def _read(url: str) -> PlatformKeys | None:
    with reading(), Session(db.engine, expire_on_commit=False) as session:
        return session.get(PlatformKeys, url)


def _keys_of(row: PlatformKeys | None, moment: datetime) -> dict[str, PyJWK] | None:
    """Return the keys of a row that is fresh, or stale by a day at most; None when it has nothing to serve with."""
    if row is None or row.document is None or row.fresh_until is None or row.fresh_until <= moment - STALE_MAX:
        return None
    return usable_keys(row.document)


def _may_ask(row: PlatformKeys | None, moment: datetime, pause: timedelta) -> bool:
    return row is None or not moment - pause < row.asked_at <= moment + pause


def _claim(url: str, moment: datetime, pause: timedelta, since: InstrumentedAttribute[Any]) -> bool:
    """Take it upon this process to ask a platform for its keys; False when somebody did within the pause.

    ``since``: `asked_at`, or `missed_at` when it is an unknown key id that makes us ask: that may be the next moment
    after a regular question, but only once a minute. A moment that is far ahead is of a clock that was set back since.
    """
    not_lately = or_(since.is_(None), since <= moment - pause, since > moment + pause)
    marks = {"asked_at": moment} | ({"missed_at": moment} if since is PlatformKeys.missed_at else {})
    try:
        with Session(db.engine) as session, session.begin():
            claimed = session.execute(update(PlatformKeys).where(PlatformKeys.url == url, not_lately).values(**marks))
            if claimed.rowcount == 0:  # type: ignore[attr-defined]
                session.add(PlatformKeys(url=url, **marks))
    except IntegrityError:  # the row is there, and somebody was quicker
        return False
    return True


def _answered(url: str) -> PlatformKeys | None:
    """Return the row when nobody asks any more, or after some seconds as it is.

    Another process may be asking just now: when a platform changes its keys, a whole class meets the unknown one.
    """
    until = monotonic() + WAIT_FOR_OTHERS
    while True:
        row = _read(url)
        asking = row is not None and (row.answered_at is None or row.answered_at < row.asked_at)
        if not asking or row is None or now() - row.asked_at > PRESUMED_DEAD or monotonic() >= until:
            return row
        sleep(LOOK_EVERY)


def _write(url: str, **values: Any) -> None:
    with Session(db.engine) as session, session.begin():
        session.execute(update(PlatformKeys).where(PlatformKeys.url == url).values(**values))


def _checked(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("the answer is not a key set")
    return document


def _lifetime(headers: Mapping[str, str]) -> timedelta:
    """Return how long a key set stays fresh: as its `Cache-Control` says, within our bounds."""
    said = headers.get("Cache-Control", "").lower()
    found = re.search(r"(?<![\w-])max-age=(\d{1,9})", said)
    if found is None:
        return FRESH_MIN if "no-store" in said or "no-cache" in said else FRESH_UNSAID
    return min(max(timedelta(seconds=int(found[1])), FRESH_MIN), FRESH_MAX)


def current_keyring() -> PlatformKeyring:
    """Return the platforms' key ring of the running application."""
    keyring: PlatformKeyring = current_app.extensions["lyceum.platform_keys"]
    return keyring
