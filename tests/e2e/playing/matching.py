"""A list of choices for each left side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """The arrow keys in each list."""
    for left, right in answer["pairs"].items():
        visitor.find("main").focus()
        visitor.tab_to(f"select[name='match-{left}']")
        for _ in range(12):
            if visitor.frame.evaluate("document.activeElement.value") == right:
                break
            visitor.page.keyboard.press("ArrowDown")
        assert visitor.frame.evaluate("document.activeElement.value") == right


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """What the phone's own list would set."""
    for left, right in answer["pairs"].items():
        visitor.find(f"select[name='match-{left}']").tap()
        visitor.find(f"select[name='match-{left}']").select_option(right)
