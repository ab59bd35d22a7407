"""One task of each type, answered without the mouse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import expect

from course_packs import tasks
from tests.e2e.browser import CLOSED, Open, Visitor, wait_until
from tests.failure.demonstration import PACK, Demonstration

pytestmark = pytest.mark.e2e

FillIn = Callable[[Visitor, Mapping[str, Any]], None]


@pytest.fixture
def pupil(open_page: Open, demo: Demonstration) -> Visitor:
    """A new pupil before the map of the course."""
    pupil = open_page()
    pupil.enter(demo.add_pupil())
    return pupil


def choose(pupil: Visitor, answer: Mapping[str, Any]) -> None:
    pupil.tab_to("input[name=choice]")
    count = pupil.find("input[name=choice]").count()
    for _ in range(count):
        pupil.page.keyboard.press("ArrowDown")
        if pupil.frame.evaluate("document.activeElement.value") in answer["chosen"]:
            return
    raise AssertionError("the right option cannot be reached with the arrows")


def choose_several(pupil: Visitor, answer: Mapping[str, Any]) -> None:
    wanted = len(answer["chosen"])
    while wanted:
        pupil.tab_to("input[name=choice]")
        if pupil.frame.evaluate("document.activeElement.value") in answer["chosen"]:
            pupil.page.keyboard.press("Space")
            wanted -= 1


def write(pupil: Visitor, text: str) -> None:
    pupil.tab_to("input.input")
    pupil.page.keyboard.type(text)


def put_in_order(pupil: Visitor, answer: Mapping[str, Any]) -> None:
    for place, item in enumerate(answer["order"]):
        up = f"[data-item='{item}'] [data-move='-1']"
        if pupil.order().index(item) == place:
            continue
        # The upper buttons stand before the others in the order of Tab only as the items stand: begin from the top.
        pupil.find("main").focus()
        pupil.tab_to(up)
        while (now := pupil.order().index(item)) > place:
            pupil.page.keyboard.press("ArrowUp" if place % 2 else "Enter")
            wait_until(lambda item=item, now=now: pupil.order().index(item) == now - 1, "the item moved up")
    assert pupil.order() == answer["order"]


def pair(pupil: Visitor, answer: Mapping[str, Any]) -> None:
    for left, right in answer["pairs"].items():
        pupil.find("main").focus()
        pupil.tab_to(f"select[name='match-{left}']")
        for _ in range(12):
            if pupil.frame.evaluate("document.activeElement.value") == right:
                break
            pupil.page.keyboard.press("ArrowDown")
        assert pupil.frame.evaluate("document.activeElement.value") == right


@pytest.mark.parametrize(
    ("task_id", "fill_in"),
    [
        ("gate/neighbour", choose),
        ("library/portal", choose_several),
        ("square/missing-street", lambda pupil, answer: write(pupil, answer["text"])),
        ("library/ninety", lambda pupil, answer: write(pupil, answer["number"])),
        ("square/idea-path", put_in_order),
        ("gate/glossary", pair),
    ],
    ids=["choice of one", "choice of several", "short text", "number", "ordering", "matching"],
)
def test_a_task_is_answered_from_the_keyboard(pupil: Visitor, task_id: str, fill_in: FillIn) -> None:
    task = PACK.task(task_id)
    pupil.open(f"units/{task_id}")
    fill_in(pupil, tasks.get_type(task.type).solution(task, language="ru"))
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
