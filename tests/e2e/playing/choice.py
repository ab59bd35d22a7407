"""One or several options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Arrows within radio buttons, Tab and Space between boxes."""
    if task.spec["multiple"]:
        _tick(visitor, answer)
    else:
        _choose(visitor, answer)


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """A tap on the whole row."""
    for chosen in answer["chosen"]:
        visitor.find(f"label.option:has(input[value='{chosen}'])").tap()


def _choose(visitor: Visitor, answer: Mapping[str, Any]) -> None:
    visitor.tab_to("input[name=choice]")
    count = visitor.find("input[name=choice]").count()
    for _ in range(count):
        visitor.page.keyboard.press("ArrowDown")
        if visitor.frame.evaluate("document.activeElement.value") in answer["chosen"]:
            return
    raise AssertionError("the right option cannot be reached with the arrows")


def _tick(visitor: Visitor, answer: Mapping[str, Any]) -> None:
    wanted = len(answer["chosen"])
    while wanted:
        visitor.tab_to("input[name=choice]")
        if visitor.frame.evaluate("document.activeElement.value") in answer["chosen"]:
            visitor.page.keyboard.press("Space")
            wanted -= 1
