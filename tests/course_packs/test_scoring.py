"""From outcomes to points, from points to the score of an attempt."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import Outcome, score_pack, score_try
from tests.course_packs.samples import PACK as SAMPLE
from tests.course_packs.samples import SECOND_UNIT, UNIT, compiled, files_with

PACK = compiled(files_with())
POINTS = st.dictionaries(
    st.sampled_from([task.id for task in PACK.tasks] + ["first/unknown"]),
    st.decimals(min_value=-1, max_value=3, places=3, allow_nan=False),
)

PAID = [(1, 1), (1, 2), (2, 1), (4, 2)]


@pytest.mark.parametrize(("number", "points"), [(1, "2"), (2, "1.5"), (3, "1"), (5, "0"), (9, "0")])
def test_each_further_try_is_worth_a_quarter_less(number: int, points: str) -> None:
    task = PACK.task("second/mass")
    assert score_try(task, Outcome(Decimal(1), "correct"), number) == Decimal(points)


def test_each_hint_has_its_price_and_points_never_fall_below_nought() -> None:
    task = replace(PACK.task("second/mass"), hint_penalty=Decimal("0.2"))
    points = [score_try(task, Outcome(Decimal(1), "correct"), number, hints=hints) for number, hints in PAID]
    assert points == [Decimal("1.6"), Decimal("1.2"), Decimal("1.1"), Decimal(0)]


def test_tries_count_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        score_try(PACK.tasks[0], Outcome(Decimal(1), "correct"), 0)


def test_units_count_by_weight_not_by_points() -> None:
    assert score_pack(PACK, {"first/one": Decimal(1)}) == Decimal("0.25")
    assert score_pack(PACK, {"second/mass": Decimal(2)}) == Decimal("0.3")  # 3/4 × 2/5


def test_everything_right_is_one_and_nothing_is_nought() -> None:
    assert score_pack(PACK, {task.id: task.points for task in PACK.tasks}) == 1
    assert score_pack(PACK, {}) == 0


def test_a_unit_of_weight_nought_and_a_unit_without_tasks_do_not_count() -> None:
    light = compiled(files_with({"units/second/unit.yaml": SECOND_UNIT.replace("weight: 3", "weight: 0")}))
    assert score_pack(light, {"first/one": Decimal(1)}) == 1
    unread = files_with({"units/first/unit.yaml": UNIT.replace("  - task: one\n", ""), "units/first/tasks.yaml": None})
    assert score_pack(compiled(unread), {"second/mass": Decimal(2)}) == Decimal("0.4")


def test_a_pack_without_tasks_scores_nought() -> None:
    unread = {"units/first/unit.yaml": UNIT.replace("  - task: one\n", ""), "units/first/tasks.yaml": None}
    gone = {"units/second/unit.yaml": None, "units/second/tasks.yaml": None}
    alone = {"pack.yaml": SAMPLE.replace(", second]", "]")}
    assert score_pack(compiled(files_with({**unread, **gone, **alone})), {}) == 0


@given(POINTS, st.sampled_from(PACK.tasks), st.decimals(min_value=0, max_value=3, places=3, allow_nan=False))
def test_the_score_is_bounded_and_never_falls_with_more_points(
    points: dict[str, Decimal], task: object, more: Decimal
) -> None:
    before = score_pack(PACK, points)
    task_id = getattr(task, "id", "")
    after = score_pack(PACK, {**points, task_id: points.get(task_id, Decimal(0)) + more})
    assert 0 <= before <= after <= 1
