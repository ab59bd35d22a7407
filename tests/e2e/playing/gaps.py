"""Gaps: fields within the sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course_packs import Task
from tests.e2e.browser import Visitor
from tests.e2e.playing import blanks


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """From gap to gap with Tab."""
    for gap, value in answer["gaps"].items():
        blanks.by_keyboard(visitor, f"gap-{gap}", value)


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Tap each gap and fill it."""
    for gap, value in answer["gaps"].items():
        blanks.by_touch(visitor, f"gap-{gap}", value)
