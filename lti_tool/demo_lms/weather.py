"""«Погода журнала»: the gradebook service misbehaves on request, so that one can see what the tool makes of it."""

from __future__ import annotations

import math
import sqlite3
import time
from dataclasses import dataclass

from flask import Response

from . import database, journal

WORKS = "works"
MODES = (WORKS, "500", "429", "401", "hang", "down")
LONGEST_SECONDS = 120


@dataclass(frozen=True)
class Weather:
    """``seconds``: Retry-After for 429, waiting time for ``hang``; ``remaining``: requests left, None for no end."""

    mode: str
    seconds: float
    remaining: int | None


def now(connection: sqlite3.Connection) -> Weather:
    """The weather as it stands."""
    row = connection.execute("SELECT mode, seconds, remaining FROM weather WHERE id = 1").fetchone()
    return Weather(row["mode"], row["seconds"], row["remaining"])


def change(mode: str, seconds: float = 5, count: int | None = None) -> Weather:
    """Set the weather; raises ValueError for an unknown mode, seconds outside 0…120, or a count below 1."""
    if mode not in MODES or not math.isfinite(seconds) or not 0 <= seconds <= LONGEST_SECONDS:
        raise ValueError(mode)
    if count is not None and not 1 <= count <= 10_000:
        raise ValueError(str(count))
    weather = Weather(mode, seconds, None if mode == WORKS else count)
    connection = database.current()
    connection.execute(
        "UPDATE weather SET mode = ?, seconds = ?, remaining = ? WHERE id = 1",
        (weather.mode, weather.seconds, weather.remaining),
    )
    journal.record("weather.changed", mode=weather.mode, seconds=weather.seconds, count=weather.remaining)
    return weather


def take(connection: sqlite3.Connection) -> Weather:
    """The weather for one request; a counted one clears up after its last."""
    with database.transaction(connection):
        weather = now(connection)
        if weather.mode != WORKS and weather.remaining is not None:
            left = weather.remaining - 1
            connection.execute(
                "UPDATE weather SET mode = ?, remaining = ? WHERE id = 1",
                (weather.mode, left) if left > 0 else (WORKS, None),
            )
    return weather


def strike() -> Response | None:
    """Before a gradebook request is looked at: a bad answer, a long wait and then None, or None at once."""
    weather = take(database.current())
    if weather.mode == WORKS:
        return None
    if weather.mode == "hang":
        journal.record("weather.hang", seconds=weather.seconds)
        time.sleep(weather.seconds)
        # Too late for the tool, but the request is served all the same: this is how a slow host makes doubles.
        return None
    headers = {"Content-Type": "text/html; charset=utf-8"}
    status = {"500": 500, "429": 429, "401": 401, "down": 503}[weather.mode]
    if weather.mode == "429":
        headers["Retry-After"] = str(math.ceil(weather.seconds))
    if weather.mode == "401":
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if weather.mode == "down":
        headers["Connection"] = "close"
    journal.record("weather.struck", status=status)
    return Response("<h1>The gradebook is not well</h1>\n", status, headers)
