"""Bringing a database to the shape that this edition needs."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from flask import current_app
from sqlalchemy import inspect, text

from lti_tool.db import db

FOLDER = Path(__file__).parent / "schema"


@cache
def head() -> str:
    """Return the newest revision, read from the files' names: Alembic itself need not be loaded for that.

    Revisions are named ``<number>_<slug>.py`` and follow each other in one line.
    """
    names = sorted(path.stem for path in (FOLDER / "versions").glob("*.py"))
    found = re.match(r"\d{4}", names[-1]) if names else None
    if found is None:
        raise RuntimeError("there are no migrations")
    return found[0]


def current() -> str | None:
    """Return the database's revision; None when it is empty."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def upgrade() -> bool:
    """Bring the database to the newest revision; return whether anything was to be done."""
    if current() == head():
        return False
    import flask_migrate  # takes half a second to load, and is seldom needed

    flask_migrate.Migrate(current_app, db, directory=str(FOLDER), compare_type=True)
    flask_migrate.upgrade(directory=str(FOLDER))
    return True
