"""From outcomes to points and from points to the pack's score."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from course_packs.format.model import CompiledPack, Task
from course_packs.tasks.contract import FRACTION_STEP, Outcome


def score_try(task: Task, outcome: Outcome, try_number: int, *, hints: int = 0) -> Decimal:
    """Points for the outcome of the k-th try, k from 1, given after so many hints.

    points × fraction × (1 − retry_penalty × (k − 1) − hint_penalty × hints), never below 0, in steps of 0.00001.
    Raises ValueError for a try number below 1.
    """
    if try_number < 1:
        raise ValueError("tries count from 1")
    share = max(Decimal(0), 1 - task.retry_penalty * (try_number - 1) - task.hint_penalty * hints)
    return (task.points * outcome.fraction * share).quantize(FRACTION_STEP)


def score_pack(pack: CompiledPack, points_by_task: Mapping[str, Decimal]) -> Decimal:
    """The score of an attempt, 0 to 1 in steps of 0.00001, from the points won by task id (`unit/task`).

    Σ weight·(points won / points possible) / Σ weight over the units that have points and a weight above 0.
    Tasks without an entry count as 0, entries without a task are ignored, points outside 0…possible are cut.
    """
    counting = [unit for unit in pack.units if unit.weight > 0 and unit.points > 0]
    if not counting:
        return Decimal(0)
    total = Decimal(0)
    for unit in counting:
        won = sum((_won(task, points_by_task) for task in unit.tasks), Decimal(0))
        total += unit.weight * won / unit.points
    weights = sum((unit.weight for unit in counting), Decimal(0))
    return min(Decimal(1), total / weights).quantize(FRACTION_STEP)


def _won(task: Task, points_by_task: Mapping[str, Decimal]) -> Decimal:
    return min(max(points_by_task.get(task.id, Decimal(0)), Decimal(0)), task.points)
