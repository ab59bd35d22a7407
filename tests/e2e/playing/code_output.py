"""What a program prints, or its values: typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Typed where Tab leads, a line after the other."""
    if "output" in answer:
        visitor.tab_to("#output")
        visitor.page.keyboard.type(answer["output"])
    for number, value in answer.get("values", {}).items():
        visitor.tab_to(f"#value-{number}")
        visitor.page.keyboard.type(value)


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Tapped, then typed."""
    fields = {"output": answer["output"]} if "output" in answer else {}
    fields |= {f"value-{number}": value for number, value in answer.get("values", {}).items()}
    for field, text in fields.items():
        visitor.find(f"#{field}").tap()
        visitor.page.keyboard.type(text)
