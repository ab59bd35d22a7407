"""The one course of the LMS: its names, its people, who is enrolled."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

COURSE_ID = "2"
COURSE_LABEL = "CITY10"
COURSE_TITLE = "Лицей-CITY"
RESOURCE_LINK_ID = "1"
ACTIVITY_TITLE = "Как работает лицей"
ACTIVITY_TEXT = "Короткое занятие о том, как устроена учёба в лицее."
CLASSES = {"10a": ("10 А", ("6",)), "10b": ("10 Б", ("7",))}  # group id: name, ids of the pupils in it
CLASSES_SET = ("classes", "Классы")


@dataclass(frozen=True)
class Person:
    """Somebody with an account; ``id`` is what the tool sees as ``sub``."""

    id: str
    slug: str
    short_name: str
    given_name: str
    family_name: str
    email: str
    role: str
    female: bool
    enrolled: bool

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def classes(self) -> list[str]:
        """The ids of the groups that the person is in."""
        return [group_id for group_id, (_name, pupils) in CLASSES.items() if self.id in pupils]

    @property
    def teaches(self) -> bool:
        return self.role == "Instructor"


def _person(row: sqlite3.Row) -> Person:
    values = dict(row)
    return Person(**values | {"female": bool(values["female"]), "enrolled": bool(values["enrolled"])})


def people(connection: sqlite3.Connection) -> list[Person]:
    """Everybody with an account, teachers first."""
    rows = connection.execute("SELECT * FROM people ORDER BY role, CAST(id AS INTEGER), id")
    return [_person(row) for row in rows]


def learners(connection: sqlite3.Connection) -> list[Person]:
    """All pupils, enrolled or not."""
    return [person for person in people(connection) if not person.teaches]


def find(connection: sqlite3.Connection, person_id: str) -> Person | None:
    """The person with this id (the ``sub`` of a launch), or None."""
    row = connection.execute("SELECT * FROM people WHERE id = ?", (person_id,)).fetchone()
    return _person(row) if row else None


def find_by_slug(connection: sqlite3.Connection, slug: str) -> Person | None:
    """The person named so in page addresses, or None."""
    row = connection.execute("SELECT * FROM people WHERE slug = ?", (slug,)).fetchone()
    return _person(row) if row else None


def set_enrolled(connection: sqlite3.Connection, person_id: str, enrolled: bool) -> None:
    """Enrol or unenrol; grades stay, as they do in Moodle."""
    connection.execute("UPDATE people SET enrolled = ? WHERE id = ?", (int(enrolled), person_id))


def add_learner(connection: sqlite3.Connection, person_id: str, given_name: str, family_name: str) -> None:
    """Add one more pupil (tests fill a class with it); raises sqlite3.IntegrityError when the id is taken."""
    connection.execute(
        "INSERT INTO people (id, slug, short_name, given_name, family_name, email, role, female)"
        " VALUES (?, ?, ?, ?, ?, ?, 'Learner', 0)",
        (person_id, f"p{person_id}", given_name, given_name, family_name, f"p{person_id}@school.example"),
    )
