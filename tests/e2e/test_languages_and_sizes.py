"""The same pages in English, and on a phone of 360 px."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import NARROW, Open
from tests.failure.demonstration import OLGA, PACK, Demonstration

pytestmark = [pytest.mark.e2e, pytest.mark.browser_only]

ONE_OF_EACH = (
    "gate/neighbour",
    "library/portal",
    "gate/glossary",
    "library/ninety",
    "library/hierarchy",
    "bridge/triz",
)


def test_in_english_the_map_and_the_tasks_speak_english(open_page: Open, demo: Demonstration) -> None:
    pupil = open_page(locale="en-GB")
    pupil.enter(demo.add_pupil(), language="en")
    expect(pupil.find("html")).to_have_attribute("lang", "en")
    expect(pupil.find("h1")).to_have_text("How the lyceum works")
    expect(pupil.find("header.hero a.button--main")).to_have_text("Start")
    expect(pupil.find("h3").first).to_have_text("The gate: half past nine")
    pupil.assert_accessible()
    pupil.picture("course-en")
    pupil.open("units/gate/neighbour")
    expect(pupil.find("legend")).to_have_text("Choose one")
    expect(pupil.find("form[data-answer] button.button--main")).to_have_text("Answer")
    pupil.assert_accessible()
    pupil.picture("step-choice-en")
    pupil.answer(PACK.task("gate/neighbour"))
    expect(pupil.find("#feedback h2")).to_have_text("Correct")
    pupil.assert_no_complaints()


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page: Open, demo: Demonstration) -> None:
    pupil = open_page(viewport=NARROW)
    pupil.enter(demo.add_pupil())
    pupil.assert_fits()
    for task_id in ONE_OF_EACH:
        pupil.open(f"units/{task_id}")
        pupil.assert_fits()
        pupil.answer(PACK.task(task_id))
        pupil.assert_fits()
    pupil.open("units/gate/mission")
    pupil.assert_fits()
    pupil.open("finish")
    pupil.assert_fits()
    pupil.find("form[method=post] button").click()
    expect(pupil.find("p .score")).to_be_visible()
    pupil.settle()
    pupil.assert_fits()
    pupil.assert_no_complaints()

    teacher = open_page(viewport=NARROW)
    teacher.enter(OLGA)
    teacher.assert_fits()
    teacher.click(teacher.find("tbody tr th a").last)
    teacher.assert_fits()
    teacher.page.goto(f"{demo.school_url}/as/{OLGA}/gradebook")
    width = teacher.page.evaluate("document.documentElement.scrollWidth")
    assert width <= NARROW["width"], width
