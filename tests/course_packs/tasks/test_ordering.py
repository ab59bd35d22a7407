"""Ordering: credit for what stands in the right relation."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import ordering
from tests.course_packs.samples import Samples, task_findings, task_of

SAMPLES = Samples(
    fields=[f"position-{entry}" for entry in "abcd"],
    words=["1", "2", "3", "4"],
    responses=st.permutations("abcd").map(lambda order: {"order": list(order)}),
)

DAY = """\
type: ordering
items: [Утро, День, Вечер, Ночь]
labels: {first: "**раньше**"}
"""


@pytest.fixture(scope="module")
def day() -> Task:
    return task_of(DAY)


def right_order(task: Task) -> list[str]:
    return list(ordering.solution(task, language="ru")["order"])


@pytest.mark.parametrize(
    ("places", "fraction"),
    [((0, 1, 2, 3), "1"), ((3, 0, 1, 2), "0.66667"), ((1, 0, 3, 2), "0.33333"), ((3, 2, 1, 0), "0")],
)
def test_one_item_out_of_place_costs_one_step(day: Task, places: tuple[int, ...], fraction: str) -> None:
    order = [right_order(day)[place] for place in places]
    outcome = ordering.mark(day, {"order": order})
    assert outcome.fraction == Decimal(fraction)
    assert [outcome.parts[item] for item in right_order(day)] == [place == i for i, place in enumerate(places)]


@given(st.lists(st.integers(0, 9), unique=True, max_size=8))
def test_the_longest_increasing_subsequence_is_right(numbers: list[int]) -> None:
    lengths = (length for length in range(len(numbers), 0, -1) if has_increasing(numbers, length))
    assert ordering.longest_increasing(numbers) == next(lengths, 0)


def has_increasing(numbers: list[int], length: int) -> bool:
    return any(list(chosen) == sorted(chosen) for chosen in combinations(numbers, length))


@given(st.integers())
def test_items_are_never_shown_in_the_right_order(seed: int) -> None:
    task = task_of(DAY) if seed == 0 else SHORT
    shown = [item["id"] for item in ordering.view(task, language="ru", seed=seed)["items"]]
    assert shown != right_order(task)
    assert sorted(shown) == sorted(right_order(task))


SHORT = task_of("type: ordering\nitems: [а, б, в]")


def test_ids_do_not_tell_the_order() -> None:
    # The same texts in any right order have the same ids: an id depends on the text alone.
    ids = set()
    for items in permutations(["Утро", "День", "Вечер"]):
        task = task_of(f"type: ordering\nitems: [{', '.join(items)}]")
        ids.add(tuple(sorted((item["text"]["ru"], item["id"]) for item in task.spec["items"])))
    assert len(ids) == 1


def test_labels_are_shown_in_the_language_asked_for(day: Task) -> None:
    assert ordering.view(day, language="en", seed=1)["labels"] == {"first": "<strong>раньше</strong>"}


def test_positions_are_read_into_an_order(day: Task) -> None:
    form = {f"position-{item}": [str(place)] for place, item in zip((2, 1, 4, 3), "abcd", strict=True)}
    assert ordering.read(day, form) == {"order": ["b", "a", "d", "c"]}


@pytest.mark.parametrize(
    ("positions", "code"),
    [
        (("", "", "", ""), "empty"),
        (("1", "2", "3", ""), "incomplete"),
        (("1", "2", "3", "5"), "not-a-position"),
        (("1", "2", "3", "x"), "not-a-position"),
        (("1", "2", "3", "3"), "repeated-position"),
    ],
)
def test_a_form_without_an_order_costs_no_try(day: Task, positions: tuple[str, ...], code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        ordering.read(day, {f"position-{item}": [place] for item, place in zip("abcd", positions, strict=True)})
    assert caught.value.code == code


def test_what_an_author_may_get_wrong() -> None:
    assert task_findings("type: ordering") == ["P010"]
    assert task_findings("type: ordering\nitems: [a, b, A]") == ["P204"]
    assert task_findings("type: ordering\nitems: [a, b, c]\nlabels: {frist: x}") == ["P009"]
