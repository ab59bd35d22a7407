"""Items in their order, moved by the buttons that each has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor, wait_until


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Each item is moved up to its place, by the arrow keys or by Enter."""
    for place, item in enumerate(answer["order"]):
        up = f"[data-item='{item}'] [data-move='-1']"
        if visitor.order().index(item) == place:
            continue
        # The upper buttons stand before the others in the order of Tab only as the items stand: begin from the top.
        visitor.find("main").focus()
        visitor.tab_to(up)
        while (now := visitor.order().index(item)) > place:
            visitor.page.keyboard.press("ArrowUp" if place % 2 else "Enter")
            wait_until(lambda item=item, now=now: visitor.order().index(item) == now - 1, "the item moved up")
    assert visitor.order() == answer["order"]


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Each item is tapped up to its place."""
    for place, item in enumerate(answer["order"]):
        while (now := visitor.order().index(item)) > place:
            visitor.find(f"[data-item='{item}'] [data-move='-1']").tap()
            wait_until(lambda item=item, now=now: visitor.order().index(item) < now, "the item moved up")
