"""A conversation: a button for each reply, to the end of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import expect

from course_packs import Task
from tests.e2e.browser import Visitor


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Tab to the reply, Enter."""
    for number, move in enumerate(answer["moves"]):
        visitor.tab_to(f"button[name=reply][value='{move['reply']}']")
        visitor.page.keyboard.press("Enter")
        _wait(visitor, number + 1)


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """A tap on the reply."""
    for number, move in enumerate(answer["moves"]):
        visitor.find(f"button[name=reply][value='{move['reply']}']").tap()
        _wait(visitor, number + 1)


def _wait(visitor: Visitor, said: int) -> None:
    expect(visitor.find(".talk__line--mine")).to_have_count(said)
    visitor.settle()
