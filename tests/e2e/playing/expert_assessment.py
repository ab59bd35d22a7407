"""Work away from the screen: it is said to be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Ticked, and a word added."""
    visitor.tab_to("input[name=done]")
    visitor.page.keyboard.press("Space")
    visitor.tab_to("textarea.input")
    visitor.page.keyboard.type("Стойка у окна.")


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """The same with a finger."""
    visitor.find("label.option").tap()
    visitor.find("#note").tap()
    visitor.page.keyboard.type("Стойка у окна.")
