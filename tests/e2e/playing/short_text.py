"""A word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Typed where Tab leads."""
    visitor.tab_to("input.input")
    visitor.page.keyboard.type(answer["text"])


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Tapped, then typed."""
    visitor.find("#text").tap()
    visitor.page.keyboard.type(answer["text"])
