"""The activities of the course: the one of the first day, and those a teacher chose from the tool."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from .course import ACTIVITY_TEXT, ACTIVITY_TITLE, RESOURCE_LINK_ID
from .gradebook import ACTIVITY_MAXIMUM, add_column
from .settings import Settings

LONGEST_TITLE = 255


@dataclass(frozen=True)
class Activity:
    """An activity; ``link`` is its resource link id, ``url`` where it opens (None: the tool's own launch address)."""

    link: str
    title: str
    text: str
    url: str | None
    custom: dict[str, str]


def first(settings: Settings) -> Activity:
    """The activity that was there on the first day."""
    return Activity(RESOURCE_LINK_ID, ACTIVITY_TITLE, ACTIVITY_TEXT, None, {"pack": settings.pack})


def listed(connection: sqlite3.Connection, settings: Settings) -> list[Activity]:
    """All activities, oldest first."""
    rows = connection.execute("SELECT * FROM activities ORDER BY id")
    return [first(settings), *(_activity(row) for row in rows)]


def find(connection: sqlite3.Connection, settings: Settings, link: str) -> Activity | None:
    """The activity of a resource link, or None."""
    return next((one for one in listed(connection, settings) if one.link == link), None)


def add(connection: sqlite3.Connection, item: dict[str, Any]) -> Activity:
    """Make an activity of a content item that was already checked, with its column when it has a line item.

    As in Moodle: a maximum that is no whole number from 1 to 100 becomes 100.
    """
    connection.execute(
        "INSERT INTO activities (title, text, url, custom) VALUES (?, ?, ?, ?)",
        (item["title"], item.get("text", ""), item.get("url"), json.dumps(item.get("custom", {}))),
    )
    row = connection.execute("SELECT * FROM activities WHERE id = last_insert_rowid()").fetchone()
    made = _activity(row)
    if line_item := item.get("lineItem"):
        maximum = line_item["scoreMaximum"]
        fits = float(maximum).is_integer() and 1 <= maximum <= ACTIVITY_MAXIMUM
        add_column(
            connection,
            label=made.title,
            score_maximum=float(maximum) if fits else ACTIVITY_MAXIMUM,
            resource_link_id=made.link,
            resource_id=line_item.get("resourceId"),
            tag=line_item.get("tag"),
            further={name: value for name, value in line_item.items() if name == "submissionReview"},
            made_by="activity",
        )
    return made


def _activity(row: sqlite3.Row) -> Activity:
    # The activity of the first day has the number before the first of these.
    link = str(int(RESOURCE_LINK_ID) + row["id"])
    return Activity(link, row["title"], row["text"], row["url"], json.loads(row["custom"]))
