"""The tools this school knows: the one it was born with, and those that registered themselves."""

from __future__ import annotations

import secrets
import sqlite3
import time
from dataclasses import dataclass

from . import database
from .id_token import SCOPES
from .settings import CLIENT_ID, DEPLOYMENT_ID, Settings


@dataclass(frozen=True)
class Tool:
    """A tool as the platform knows it. ``deletable``: it registered itself."""

    client_id: str
    deployment_id: str
    name: str
    description: str
    login_url: str
    launch_url: str
    jwks_url: str
    scopes: tuple[str, ...]
    active: bool
    deletable: bool = True


def born_with(settings: Settings) -> Tool:
    """The tool that was registered by hand on the first day."""
    return Tool(
        CLIENT_ID, DEPLOYMENT_ID, "Лицей-CITY", "", settings.tool_login_url, settings.tool_launch_url,
        settings.tool_jwks_url, SCOPES, active=True, deletable=False,
    )  # fmt: skip


def registered(connection: sqlite3.Connection) -> list[Tool]:
    """Those that registered themselves, newest first."""
    rows = connection.execute("SELECT * FROM tools ORDER BY id DESC").fetchall()
    return [_tool(row) for row in rows]


def in_use(connection: sqlite3.Connection, settings: Settings) -> Tool:
    """The tool that the activity opens: the newest active one."""
    return next((tool for tool in registered(connection) if tool.active), born_with(settings))


def find(connection: sqlite3.Connection, settings: Settings, client_id: str | None) -> Tool | None:
    """The active tool of a client id."""
    known = [*registered(connection), born_with(settings)]
    return next((tool for tool in known if tool.client_id == client_id and tool.active), None)


def add(connection: sqlite3.Connection, client_id: str, **described: str) -> Tool:
    """Write down a tool that registered itself: it waits to be activated."""
    with database.transaction(connection):
        connection.execute(
            "INSERT INTO tools (client_id, name, description, login_url, launch_url, jwks_url, scopes)"
            " VALUES (:client_id, :name, :description, :login_url, :launch_url, :jwks_url, :scopes)",
            {"client_id": client_id, **described},
        )
        row = connection.execute("SELECT * FROM tools WHERE client_id = ?", (client_id,)).fetchone()
    return _tool(row)


def activate(connection: sqlite3.Connection, client_id: str) -> Tool | None:
    """Let a tool be used; None when there is no such."""
    connection.execute("UPDATE tools SET active = 1 WHERE client_id = ?", (client_id,))
    return next((tool for tool in registered(connection) if tool.client_id == client_id), None)


def remove(connection: sqlite3.Connection, client_id: str) -> Tool | None:
    """Forget a tool that registered itself; returns it, None when there is no such."""
    gone = next((tool for tool in registered(connection) if tool.client_id == client_id), None)
    connection.execute("DELETE FROM tools WHERE client_id = ?", (client_id,))
    return gone


def new_registration_token(connection: sqlite3.Connection, seconds: int) -> str:
    """A pass for one registration; the id of the client to be is bound to it."""
    token = secrets.token_urlsafe(32)
    with database.transaction(connection):
        connection.execute("DELETE FROM registration_tokens WHERE expires_at < ?", (time.time() - 86400,))
        connection.execute(
            "INSERT INTO registration_tokens (token_hash, client_id, expires_at) VALUES (?, ?, ?)",
            (database.hashed(token), secrets.token_urlsafe(12), time.time() + seconds),
        )
    return token


def spend_registration_token(connection: sqlite3.Connection, token: str) -> str | None:
    """The client id that a pass is for, once; None when it is unknown, too old or spent."""
    spent = connection.execute(
        "UPDATE registration_tokens SET spent_at = ? WHERE token_hash = ? AND spent_at IS NULL AND expires_at > ?"
        " RETURNING client_id",
        (time.time(), database.hashed(token), time.time()),
    ).fetchone()
    return str(spent["client_id"]) if spent else None


def knows_registration_token(connection: sqlite3.Connection, token: str) -> bool:
    """Whether a pass is one of ours, spent or not."""
    query = "SELECT 1 FROM registration_tokens WHERE token_hash = ?"
    return connection.execute(query, (database.hashed(token),)).fetchone() is not None


def _tool(row: sqlite3.Row) -> Tool:
    return Tool(
        client_id=row["client_id"],
        deployment_id=f"tool-{row['id']}",
        name=row["name"],
        description=row["description"],
        login_url=row["login_url"],
        launch_url=row["launch_url"],
        jwks_url=row["jwks_url"],
        scopes=tuple(row["scopes"].split()),
        active=bool(row["active"]),
    )
