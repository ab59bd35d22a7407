"""The journal «что пришло»: each request of the tool and what was decided. No token, key or cookie goes in."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from dataclasses import dataclass
from typing import Any

from flask import has_request_context, request

from . import database, runtime
from .course import Person


@dataclass(frozen=True)
class Entry:
    """One line of the journal; ``at`` in seconds of the epoch."""

    id: int
    at: float
    event: str
    method: str
    path: str
    status: int | None
    fields: dict[str, Any]


def record(event: str, *, status: int | None = None, person: Person | None = None, **fields: Any) -> None:
    """Write an event down, and tell the runner when there is one listening."""
    if person is not None:
        fields |= {"person": person.short_name, "female": person.female}
    if status is not None:
        fields["status"] = status
    method, path = (request.method, request.path) if has_request_context() else ("", "")
    database.current().execute(
        "INSERT INTO service_log (at, event, method, path, status, person_id, fields) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            time.time(),
            event,
            method,
            path,
            status,
            person.id if person else None,
            json.dumps(fields, ensure_ascii=False),
        ),
    )
    if runtime.current().settings.announce:
        sys.stdout.write(json.dumps({"event": event} | fields, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def latest(connection: sqlite3.Connection, limit: int = 30) -> list[Entry]:
    """The newest entries, newest first."""
    rows = connection.execute("SELECT * FROM service_log ORDER BY id DESC LIMIT ?", (limit,))
    return [
        Entry(row["id"], row["at"], row["event"], row["method"], row["path"], row["status"], json.loads(row["fields"]))
        for row in rows
    ]
