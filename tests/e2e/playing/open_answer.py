"""A text of one's own. What would be a good one no type can tell: any text of the right length is handed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor

TEXT = (
    "15:40, третий холодильник: расход упал с 12 до 9. Прочистил фильтр, сейчас 11. "
    "Проверяй каждые полчаса; ниже 10 снова фильтр, ниже 8 зови мастера."
)


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Typed where Tab leads."""
    visitor.tab_to("textarea.input")
    visitor.page.keyboard.type(TEXT)


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Tapped, then typed."""
    visitor.find("#text").tap()
    visitor.page.keyboard.type(TEXT)
