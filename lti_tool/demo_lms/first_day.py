"""The school as it is on its first day: invented people, one empty column, calm weather."""

from __future__ import annotations

import sqlite3

from .gradebook import add_activity_column

PEOPLE = [
    ("3", "olga", "Ольга Сергеевна", "Ольга Сергеевна", "Ветрова", "olga@school.example", "Instructor", 1),
    ("6", "timur", "Тимур", "Тимур", "Ясенев", "timur@school.example", "Learner", 0),
    ("7", "alina", "Алина", "Алина", "Речная", "alina@school.example", "Learner", 1),
]

FILLED = (
    "activities",
    "picks",
    "grades",
    "line_items",
    "people",
    "weather",
    "score_history",
    "service_log",
    "access_tokens",
)


def fill(connection: sqlite3.Connection) -> None:
    """Put everything into empty tables."""
    connection.executemany(
        "INSERT INTO people (id, slug, short_name, given_name, family_name, email, role, female)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        PEOPLE,
    )
    connection.execute("INSERT INTO weather (id, mode, seconds) VALUES (1, 'works', 5)")
    add_activity_column(connection)


def begin_again(connection: sqlite3.Connection) -> None:
    """Empty the tables and fill them anew; keys and open browser sessions stay."""
    for table in FILLED:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the names stand above
    fill(connection)
