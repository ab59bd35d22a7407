"""One task of each type, answered without the mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from course_packs import tasks
from tests.e2e.browser import CLOSED, Open, Visitor
from tests.e2e.playing import playing
from tests.failure.demonstration import PACK, Demonstration

pytestmark = pytest.mark.e2e


@pytest.fixture
def pupil(open_page: Open, demo: Demonstration) -> Visitor:
    """A new pupil before the map of the course."""
    pupil = open_page()
    pupil.enter(demo.add_pupil())
    return pupil


@pytest.mark.parametrize(
    "task_id",
    [
        "gate/neighbour",
        "library/portal",
        "square/missing-street",
        "library/ninety",
        "square/idea-path",
        "gate/glossary",
    ],
    ids=["choice of one", "choice of several", "short text", "number", "ordering", "matching"],
)
def test_a_task_is_answered_from_the_keyboard(pupil: Visitor, task_id: str) -> None:
    task = PACK.task(task_id)
    pupil.open(f"units/{task_id}")
    playing(task).by_keyboard(pupil, task, tasks.get_type(task.type).solution(task, language="ru"))
    pupil.tab_to("form[data-answer] button.button--main")
    pupil.page.keyboard.press("Enter")

    expect(pupil.find(CLOSED)).to_be_visible()
    feedback = pupil.find("#feedback.feedback--correct")
    expect(feedback).to_be_focused()  # a screen reader says it, and Tab goes on from there
    pupil.settle()
    pupil.tab_to("nav.onward a.button--main")
    before = pupil.frame.url
    with pupil.page.expect_event("framenavigated", lambda frame: frame == pupil.frame):
        pupil.page.keyboard.press("Enter")
    pupil.settle()
    assert pupil.frame.url.split("#")[0] != before.split("#")[0]
    pupil.assert_no_complaints()


def test_the_way_in_needs_no_mouse(pupil: Visitor) -> None:
    pupil.tab_to("header.hero a.button--main")
    with pupil.page.expect_event("framenavigated", lambda frame: frame == pupil.frame):
        pupil.page.keyboard.press("Enter")
    pupil.settle()
    assert pupil.frame.url.endswith("/units/gate/arrival")
