"""How a person gives the right answer on a task's page: a module for each type of task.

Each has `by_keyboard(visitor, task, answer)` and `by_touch(visitor, task, answer)`: the fields of the page hold the
answer afterwards. `answer` is what the type's `solution` says of the task as this learner meets it. A type that is
played move by move plays the whole of it, until the page says that it is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

from course_packs import Task
from tests.e2e.browser import Visitor


class Playing(Protocol):
    """What a module of a type offers."""

    def by_keyboard(self, visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
        """With keys alone."""

    def by_touch(self, visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
        """With a finger."""


def playing(task: Task) -> Playing:
    """The module of a task's type."""
    module: Playing = import_module(f"tests.e2e.playing.{task.type}")  # type: ignore[assignment]  # a module will do
    return module
