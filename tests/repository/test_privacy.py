"""What the documents say of personal data is what the tables hold."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Table

import lti_tool.app  # noqa: F401  # every table is known
from lti_tool.db import db

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
ABOUT_PEOPLE = {"person", "identity", "login_state"}


def _about_people() -> set[str]:
    """The tables that speak of a person: directly, or because each row belongs to one that does."""
    found = set(ABOUT_PEOPLE)
    tables: list[Table] = list(db.metadata.sorted_tables)
    for _ in tables:
        for table in tables:
            required = {
                key.column.table.name for column in table.columns if not column.nullable for key in column.foreign_keys
            }
            if required & found:
                found.add(table.name)
    return found


def test_every_table_that_speaks_of_people_is_named_with_its_purpose_and_its_time() -> None:
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = {name for line in rows for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert named == _about_people()
