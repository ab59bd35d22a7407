"""Words and parts of a text: arrows and Space, or taps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor

MOST_WORDS = 150


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Tab into the text, then from word to word."""
    visitor.tab_to("input[name=word]")
    visitor.page.keyboard.press("Home")
    for token in answer["chosen"]:
        for _ in range(MOST_WORDS):
            if visitor.frame.evaluate("document.activeElement.value") == token:
                break
            visitor.page.keyboard.press("ArrowRight")
        visitor.page.keyboard.press("Space")
        assert visitor.find(f"input[name=word][value='{token}']").is_checked()


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """A tap on each."""
    for token in answer["chosen"]:
        visitor.find(f"label:has(input[value='{token}']) span").first.tap()
