"""Alembic's environment: migrations run on the application's own engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import JSON, Connection

import lti_tool.app  # noqa: F401  # every table is known
from lti_tool.db import UtcDateTime, db


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Write our own column types by their names."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, JSON):
        return "JsonValue"
    return False


def run() -> None:
    """Run the migrations in one transaction.

    SQLite changes a constraint by building the table anew under another name; while the old one is dropped, rows that
    point to it would be in the way. So its foreign keys rest meanwhile, as its handbook says, and are checked at the
    end.
    """
    engine = db.engine
    with engine.connect() as connection, _foreign_keys_rest(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite":
                orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if orphans:
                    raise RuntimeError(f"rows that point nowhere: {orphans[:5]}")
        connection.commit()


@contextmanager
def _foreign_keys_rest(connection: Connection) -> Iterator[None]:
    """Outside of any transaction, for within one SQLite does not listen."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


run()
