"""What a pupil earns in a shift, and how to see that exactly this stands in the gradebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from course_packs import Task, score_pack
from tests.failure.demonstration import PACK, Demonstration, eventually
from tests.failure.pupil import Visitor


@dataclass
class Shift:
    """An attempt in which some tasks are answered rightly and the others not at all."""

    tasks: Sequence[Task]

    @property
    def score(self) -> Decimal:
        """Points of a hundred, by the rules of the pack."""
        return score_pack(PACK, {task.id: task.points for task in self.tasks}) * 100

    def answer(self, pupil: Visitor) -> None:
        """Begin, and answer the tasks."""
        if pupil.get("course").text.count("/again"):
            pupil.again()
        for task in self.tasks:
            pupil.answer(task)

    def work(self, pupil: Visitor) -> None:
        """The whole attempt."""
        self.answer(pupil)
        pupil.finish()


def the_score_stands(demo: Demonstration, slug: str, score: Decimal) -> None:
    """Wait until the gradebook shows exactly this score."""

    def stands() -> bool:
        return demo.grade(slug) == score

    eventually(stands, f"{score} stands in the gradebook for {slug}: {demo.history(slug)}")


def assert_rising(history: Sequence[dict[str, Any]]) -> None:
    """Each score is dated later than the one before it: no two alike, none out of order."""
    moments = [datetime.fromisoformat(score["timestamp"]) for score in history]
    assert moments, "no score was accepted at all"
    assert all(earlier < later for earlier, later in pairwise(moments)), moments
