"""True or false: two rows of radio buttons, or one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor


def wanted(answer: Mapping[str, Any]) -> dict[str, str]:
    """Name of the group → value of the button."""
    values = {"answer": "true" if answer["answer"] else "false", "reason": answer["reason"]}
    return {name: value for name, value in values.items() if value}


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Tab into each group, arrows to the right button."""
    for name, value in wanted(answer).items():
        visitor.tab_to(f"input[name={name}]")
        visitor.page.keyboard.press("Space")
        for _ in range(visitor.find(f"input[name={name}]").count()):
            if visitor.find(f"input[name={name}][value='{value}']").is_checked():
                break
            visitor.page.keyboard.press("ArrowDown")
        assert visitor.find(f"input[name={name}][value='{value}']").is_checked()


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Tap the whole row, as a finger does."""
    for name, value in wanted(answer).items():
        visitor.find(f"label:has(input[name={name}][value='{value}'])").tap()
