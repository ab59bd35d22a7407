"""The LMS's own SQLite file: tables and connections."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, current_app, g

SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE people (
    id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, short_name TEXT NOT NULL, given_name TEXT NOT NULL,
    family_name TEXT NOT NULL, email TEXT NOT NULL, role TEXT NOT NULL CHECK (role IN ('Instructor', 'Learner')),
    female INTEGER NOT NULL, enrolled INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE line_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT NOT NULL, score_maximum REAL NOT NULL, resource_link_id TEXT,
    resource_id TEXT, tag TEXT, further TEXT NOT NULL DEFAULT '{}', made_by TEXT NOT NULL
);
CREATE TABLE grades (
    line_item_id INTEGER NOT NULL REFERENCES line_items (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id),
    score REAL, sent_given REAL, sent_maximum REAL, comment TEXT, graded_second INTEGER, latest_second INTEGER,
    activity_progress TEXT, grading_progress TEXT, override_score REAL, locked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (line_item_id, person_id)
);
-- No foreign keys here: the record outlives a deleted column.
CREATE TABLE score_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_at REAL NOT NULL, line_item_id INTEGER NOT NULL,
    person_id TEXT NOT NULL, score_given REAL, score_maximum REAL, comment TEXT,
    activity_progress TEXT NOT NULL, grading_progress TEXT NOT NULL, timestamp TEXT NOT NULL, effect TEXT NOT NULL
);
CREATE TABLE service_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, event TEXT NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, status INTEGER, person_id TEXT, fields TEXT NOT NULL
);
CREATE TABLE launch_hints (
    hint_hash TEXT PRIMARY KEY, session_id TEXT NOT NULL, person_id TEXT NOT NULL, target TEXT NOT NULL,
    language TEXT NOT NULL, expires_at REAL NOT NULL, spent_at REAL
);
CREATE TABLE assertion_ids (jti TEXT PRIMARY KEY, forget_at REAL NOT NULL);
CREATE TABLE access_tokens (token_hash TEXT PRIMARY KEY, scopes TEXT NOT NULL, expires_at REAL NOT NULL);
CREATE TABLE weather (
    id INTEGER PRIMARY KEY CHECK (id = 1), mode TEXT NOT NULL, seconds REAL NOT NULL, remaining INTEGER
);
"""

# Made when they are not there: the data of an earlier edition go on.
ADDED = """
CREATE TABLE IF NOT EXISTS tools (
    id INTEGER PRIMARY KEY AUTOINCREMENT, client_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT NOT NULL,
    login_url TEXT NOT NULL, launch_url TEXT NOT NULL, jwks_url TEXT NOT NULL, scopes TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS registration_tokens (
    token_hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, expires_at REAL NOT NULL, spent_at REAL
);
CREATE TABLE IF NOT EXISTS activities (
    id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, text TEXT NOT NULL, url TEXT, custom TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS picks (
    token_hash TEXT PRIMARY KEY, person_id TEXT NOT NULL, client_id TEXT NOT NULL, expires_at REAL NOT NULL,
    spent_at REAL
);
"""


class OtherSchemaError(RuntimeError):
    """The file was made by another edition of the LMS."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file; statements commit by themselves unless inside ``transaction``."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def prepare(path: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Make the tables and ``fill`` them when the file is new; raises OtherSchemaError for a file of another edition."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection):
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in SCHEMA.split(";\n"):
                    connection.execute(statement)
                fill(connection)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            elif version != SCHEMA_VERSION:
                raise OtherSchemaError(str(path))
            for statement in ADDED.split(";\n"):
                connection.execute(statement)
    finally:
        connection.close()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; takes the write lock at once, so that what is read inside cannot change before it is written."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def current() -> sqlite3.Connection:
    """The connection of this request, opened on first use."""
    if "connection" not in g:
        g.connection = connect(current_app.extensions["demo_lms"].settings.database)
    connection: sqlite3.Connection = g.connection
    return connection


def init_app(app: Flask) -> None:
    """Close the request's connection when the request ends."""

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        connection = g.pop("connection", None)
        if connection is not None:
            connection.close()


def hashed(secret: str) -> str:
    """The form in which a secret is kept: who reads the file can use none of them."""
    return hashlib.sha256(secret.encode()).hexdigest()
