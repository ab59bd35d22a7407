"""Table: the cells one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor
from tests.e2e.playing import blanks


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """From cell to cell with Tab."""
    for cell, value in answer["cells"].items():
        blanks.by_keyboard(visitor, f"cell-{cell}", value)


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Tap each cell and fill it."""
    for cell, value in answer["cells"].items():
        blanks.by_touch(visitor, f"cell-{cell}", value)
