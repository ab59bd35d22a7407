"""Categorise: a list of boxes beside each item, or the item dragged into its box."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor
from tests.e2e.playing import blanks


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """The list of each item; the item goes into the box that is chosen."""
    for item, box in answer["placed"].items():
        blanks.by_keyboard(visitor, f"box-{item}", box)
        assert visitor.find(f"[data-box='{box}'] [data-item='{item}']").count() == 1


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """What the phone's own list would set; dragging with a finger is in tests/web/test_categorise.py."""
    for item, box in answer["placed"].items():
        blanks.by_touch(visitor, f"box-{item}", box)
        assert visitor.find(f"[data-box='{box}'] [data-item='{item}']").count() == 1
