"""Columns, grades and the record of scores: what the gradebook holds and how a score changes it."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from .course import ACTIVITY_TITLE, COURSE_ID, RESOURCE_LINK_ID
from .database import transaction
from .settings import Settings

ACTIVITY_MAXIMUM = 100.0


@dataclass(frozen=True)
class Column:
    """A line item; ``further`` holds members this platform stores without using them."""

    id: int
    label: str
    score_maximum: float
    resource_link_id: str | None
    resource_id: str | None
    tag: str | None
    further: dict[str, Any]
    made_by: str


@dataclass(frozen=True)
class Grade:
    """What the gradebook shows for one person: points on the column's scale, None for no grade."""

    person_id: str
    score: float | None
    maximum: float
    comment: str | None
    graded_second: int | None
    activity_progress: str | None
    grading_progress: str | None
    sent_given: float | None
    sent_maximum: float | None
    overridden: bool
    locked: bool


@dataclass(frozen=True)
class Score:
    """A score as the tool sent it (AGS 2.0, 3.4.3), already checked; ``second`` is its time in whole seconds."""

    person_id: str
    timestamp: str
    second: int
    activity_progress: str
    grading_progress: str
    given: float | None
    maximum: float | None
    comment: str | None


class ScoreTooOld(Exception):
    """The gradebook already heard of this person at the same or a later second."""


class GradeLocked(Exception):
    """The teacher closed this grade."""


def columns(connection: sqlite3.Connection) -> list[Column]:
    """All columns of the course, oldest first."""
    return [_column(row) for row in connection.execute("SELECT * FROM line_items ORDER BY id")]


def column(connection: sqlite3.Connection, column_id: int) -> Column | None:
    """One column, or None when it is not (any more) there."""
    row = connection.execute("SELECT * FROM line_items WHERE id = ?", (column_id,)).fetchone()
    return _column(row) if row else None


def _column(row: sqlite3.Row) -> Column:
    values = dict(row)
    return Column(**values | {"further": json.loads(values["further"])})


def column_url(settings: Settings, column_id: int) -> str:
    """The address of a line item; with a query, as Moodle's has."""
    return f"{settings.issuer}/ags/{COURSE_ID}/lineitems/{column_id}/lineitem?type_id=1"


def only_line_item_url(connection: sqlite3.Connection, settings: Settings, resource_link_id: str) -> str | None:
    """The claim ``lineitem``: present only when exactly one line item hangs on the link (AGS 2.0, 3.1)."""
    on_link = [item for item in columns(connection) if item.resource_link_id == resource_link_id]
    return column_url(settings, on_link[0].id) if len(on_link) == 1 else None


def add_column(
    connection: sqlite3.Connection,
    *,
    label: str,
    score_maximum: float,
    resource_link_id: str | None,
    resource_id: str | None = None,
    tag: str | None = None,
    further: dict[str, Any] | None = None,
    made_by: str = "tool",
) -> int:
    """Make a column and return its id."""
    connection.execute(
        "INSERT INTO line_items (label, score_maximum, resource_link_id, resource_id, tag, further, made_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (label, score_maximum, resource_link_id, resource_id, tag, json.dumps(further or {}), made_by),
    )
    column_id: int = connection.execute("SELECT last_insert_rowid()").fetchone()[0]
    return column_id


def add_activity_column(connection: sqlite3.Connection) -> int:
    """The activity's own column, out of 100 as Moodle makes it."""
    return add_column(
        connection,
        label=ACTIVITY_TITLE,
        score_maximum=ACTIVITY_MAXIMUM,
        resource_link_id=RESOURCE_LINK_ID,
        made_by="activity",
    )


def change_column(connection: sqlite3.Connection, old: Column, new: Column) -> None:
    """Write a column anew; grades follow a changed maximum in proportion."""
    with transaction(connection):
        connection.execute(
            "UPDATE line_items SET label = ?, score_maximum = ?, resource_id = ?, tag = ?, further = ? WHERE id = ?",
            (new.label, new.score_maximum, new.resource_id, new.tag, json.dumps(new.further), old.id),
        )
        connection.execute(
            "UPDATE grades SET score = score * ?1, override_score = override_score * ?1 WHERE line_item_id = ?2",
            (new.score_maximum / old.score_maximum, old.id),
        )


def delete_column(connection: sqlite3.Connection, column_id: int) -> None:
    """Remove a column with its grades; the record of scores stays."""
    connection.execute("DELETE FROM line_items WHERE id = ?", (column_id,))


def grades(connection: sqlite3.Connection, item: Column) -> dict[str, Grade]:
    """The grades of a column by person id; people nobody said anything about are absent."""
    rows = connection.execute("SELECT * FROM grades WHERE line_item_id = ?", (item.id,))
    return {row["person_id"]: _grade(row, item) for row in rows}


def _grade(row: sqlite3.Row, item: Column) -> Grade:
    overridden = row["override_score"] is not None
    # Under the teacher's own grade nothing of the tool's shows: what comes meanwhile waits until it is taken away.
    return Grade(
        person_id=row["person_id"],
        score=row["override_score"] if overridden else row["score"],
        maximum=item.score_maximum,
        comment=None if overridden else row["comment"],
        graded_second=None if overridden else row["graded_second"],
        activity_progress=row["activity_progress"],
        grading_progress=row["grading_progress"],
        sent_given=None if overridden else row["sent_given"],
        sent_maximum=None if overridden else row["sent_maximum"],
        overridden=overridden,
        locked=bool(row["locked"]),
    )


def override(connection: sqlite3.Connection, column_id: int, person_id: str, score: float | None) -> None:
    """Put the teacher's own grade over the tool's; None takes it away and the tool's shows again."""
    connection.execute(
        "INSERT INTO grades (line_item_id, person_id, override_score) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (line_item_id, person_id) DO UPDATE SET override_score = ?3",
        (column_id, person_id, score),
    )


def lock(connection: sqlite3.Connection, column_id: int, person_id: str, locked: bool) -> None:
    """Close a grade against every change by the tool, or open it again."""
    connection.execute(
        "INSERT INTO grades (line_item_id, person_id, locked) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (line_item_id, person_id) DO UPDATE SET locked = ?3",
        (column_id, person_id, int(locked)),
    )


def record_score(connection: sqlite3.Connection, item: Column, score: Score) -> str:
    """Let a checked score take effect and keep it in the record; one transaction.

    Returns what it did: ``graded``; ``cleared`` (FullyGraded without points); ``progress`` (not FullyGraded: the grade
    that is there stays, unlike Moodle); ``overridden`` (the teacher's stays on show). Raises ScoreTooOld, GradeLocked.
    """
    with transaction(connection):
        row = connection.execute(
            "SELECT latest_second, locked, override_score FROM grades WHERE line_item_id = ? AND person_id = ?",
            (item.id, score.person_id),
        ).fetchone()
        if row and row["latest_second"] is not None and score.second <= row["latest_second"]:
            raise ScoreTooOld
        if row and row["locked"]:
            raise GradeLocked
        final = score.grading_progress == "FullyGraded"
        if not final:
            effect = "progress"
        elif row and row["override_score"] is not None:
            effect = "overridden"
        else:
            effect = "cleared" if score.given is None else "graded"
        connection.execute(
            "INSERT INTO grades (line_item_id, person_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (item.id, score.person_id),
        )
        connection.execute(
            "UPDATE grades SET latest_second = ?, activity_progress = ?, grading_progress = ?"
            " WHERE line_item_id = ? AND person_id = ?",
            (score.second, score.activity_progress, score.grading_progress, item.id, score.person_id),
        )
        if final:
            _write_points(connection, item, score)
        connection.execute(
            "INSERT INTO score_history (received_at, line_item_id, person_id, score_given, score_maximum, comment,"
            " activity_progress, grading_progress, timestamp, effect) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                time.time(),
                item.id,
                score.person_id,
                score.given,
                score.maximum,
                score.comment,
                score.activity_progress,
                score.grading_progress,
                score.timestamp,
                effect,
            ),
        )
    return effect


def _write_points(connection: sqlite3.Connection, item: Column, score: Score) -> None:
    points = None
    if score.given is not None and score.maximum is not None:
        points = score.given / score.maximum * item.score_maximum
    connection.execute(
        "UPDATE grades SET score = ?, sent_given = ?, sent_maximum = ?, comment = ?, graded_second = ?"
        " WHERE line_item_id = ? AND person_id = ?",
        (points, score.given, score.maximum, score.comment, score.second, item.id, score.person_id),
    )


def history(connection: sqlite3.Connection, person_id: str | None = None) -> list[dict[str, Any]]:
    """Every accepted score, oldest first, as plain values."""
    rows = connection.execute(
        "SELECT * FROM score_history WHERE ?1 IS NULL OR person_id = ?1 ORDER BY id", (person_id,)
    )
    return [dict(row) for row in rows]
