"""The fields of a task of the type survey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor
from tests.e2e.playing.scales import choose_by_keyboard, choose_by_touch


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Choose a step in every row."""
    choose_by_keyboard(visitor, "statement", answer["steps"])


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """The same with a finger."""
    choose_by_touch(visitor, "statement", answer["steps"])
