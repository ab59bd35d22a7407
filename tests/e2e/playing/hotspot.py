"""Places on a picture: by the cross that the arrows move, by taps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor

COARSE = 5


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """From the middle of the picture to each place, in large steps and then in small ones."""
    visitor.tab_to("[data-stage]")
    at = [50, 50]
    for point in answer["points"]:
        for axis, keys in enumerate((("ArrowLeft", "ArrowRight"), ("ArrowUp", "ArrowDown"))):
            way = round(float(point[axis])) - at[axis]
            key = keys[way > 0]
            for _ in range(abs(way) // COARSE):
                visitor.page.keyboard.press(key)
            for _ in range(abs(way) % COARSE):
                visitor.page.keyboard.press(f"Shift+{key}")
            at[axis] += way
        visitor.page.keyboard.press("Enter")


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """A tap on each place."""
    stage = visitor.find("[data-stage]")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box is not None
    for x, y in answer["points"]:
        stage.tap(position={"x": float(x) / 100 * box["width"], "y": float(y) / 100 * box["height"]})
