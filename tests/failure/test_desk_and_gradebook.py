"""The teacher's page about the gradebook, with a real LMS behind it: columns come and go, and what differs is told."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.failure.demonstration import PACK, Demonstration, eventually
from tests.failure.pupil import Teacher, Visitor, words
from tests.failure.scores import Shift, the_score_stands

pytestmark = pytest.mark.slow

UNIT = next(unit for unit in PACK.units if unit.points > 0)


def columns(demo: Demonstration) -> list[dict[str, Any]]:
    """What columns the LMS has, with their grades."""
    found: list[dict[str, Any]] = demo.control("GET", "grades")["columns"]
    return found


def press(teacher: Teacher, action: str, page: str = "desk/gradebook/", **values: str) -> None:
    """Send a form of the page."""
    shown = teacher.get(page)
    form = BeautifulSoup(shown.text, "html.parser").select_one(f'form[action$="{action}"]')
    assert form is not None, f"{action} is not on {shown.url}:\n{words(shown.text, 'main')}"
    hidden = {str(one["name"]): str(one.get("value", "")) for one in form.select("input")}
    teacher._post(teacher.demo.tool_url + str(form["action"]), {**hidden, **values})


def test_a_grade_set_by_hand_is_found_and_told_and_stays(demo: Demonstration) -> None:
    pupil, teacher = Visitor(demo, demo.add_pupil()), Teacher(demo)
    shift = Shift(PACK.tasks[:2])
    shift.work(pupil)
    the_score_stands(demo, pupil.slug, shift.score)
    demo.control("POST", "grade", {"person": demo.person_id(pupil.slug), "override": 3})
    accepted = len(demo.history(pupil.slug, final=True))
    press(teacher, "/compare")
    name = f"Ученик-{demo.person_id(pupil.slug)}"

    def told() -> bool:
        table = words(teacher.get("desk/gradebook/").text, "table.sheet")
        return name in table and "Поставлена вручную и остаётся" in table

    eventually(told, "the desk tells of the grade that was set by hand")
    assert len(demo.history(pupil.slug, final=True)) == accepted  # nothing was sent unasked
    demo.control("POST", "grade", {"person": demo.person_id(pupil.slug), "override": None})
    press(teacher, "/compare")
    eventually(lambda: not told(), "the difference is gone")


def test_parts_have_columns_of_their_own_as_long_as_a_teacher_wants_them(demo: Demonstration) -> None:
    pupil, teacher = Visitor(demo, demo.add_pupil()), Teacher(demo)
    before = len(columns(demo))
    marked = [unit for unit in PACK.units if unit.points > 0]
    press(teacher, "/units", maximum="20")
    eventually(lambda: len(columns(demo)) == before + len(marked), "the columns stand in the LMS")
    shift = Shift(UNIT.tasks)
    shift.work(pupil)
    person = demo.person_id(pupil.slug)

    def of_parts() -> list[float]:
        return [
            float(column["grades"][person]["score"])
            for column in columns(demo)
            if column.get("tag") == "unit" and person in column["grades"]
        ]

    eventually(lambda: len(of_parts()) == len(marked), "each part has its grade")
    assert sorted(of_parts()) == [0.0] * (len(marked) - 1) + [20.0]
    the_score_stands(demo, pupil.slug, shift.score)  # in the column of the whole
    press(teacher, "/units/off", page="desk/gradebook/units/off")
    eventually(lambda: len(columns(demo)) == before, "the columns are gone again")
    the_score_stands(demo, pupil.slug, shift.score)
