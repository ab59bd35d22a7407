"""Categorise: each item into its box, or one of its boxes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import categorise
from tests.course_packs.samples import Samples, task_of

SAMPLES = Samples(
    fields=[f"box-{item}" for item in "abcde"],
    words=["a", "b", "c", "d", "z"],
    responses=st.dictionaries(st.sampled_from("abcdez"), st.sampled_from("abcdz")).map(
        lambda placed: {"placed": placed}
    ),
    secrets=["wrong", "проводк", "браке", "master", "placed"],
)

WASTE = """\
type: categorise
boxes:
  none:
  metal: Металл
  paper: Бумага
items:
  - text: Стружка
    box: metal
    wrong:
      none: {feedback: Её переплавят, mistake: {kind: economy, severity: minor, note: Выбросил металл}}
      paper: {feedback: Это железо}
  - {text: Картон, box: paper}
  - {text: Скоросшиватель, box: [paper, metal]}
  - {text: Батарейка, box: none}
"""


@pytest.fixture(scope="module")
def waste() -> Task:
    return task_of(WASTE)


def ids(task: Task, side: str) -> dict[str, str]:
    return {entry["html"]: entry["id"] for entry in categorise.view(task, language="ru", seed=1)[side]}


def placed(task: Task, **where: str) -> dict[str, dict[str, str]]:
    """The right answer, save for some items."""
    items, boxes = ids(task, "items"), ids(task, "boxes")
    right = categorise.solution(task, language="ru")["placed"]
    return {"placed": {**right, **{items[item]: boxes[box] for item, box in where.items()}}}


def test_the_box_of_what_fits_nowhere_has_words_of_its_own_and_stands_last(waste: Task) -> None:
    assert [box["html"] for box in categorise.view(waste, language="ru", seed=1)["boxes"]] == [
        "Металл",
        "Бумага",
        "Ни в один",
    ]


def test_credit_is_the_share_of_items_in_a_right_box(waste: Task) -> None:
    outcome = categorise.mark(waste, placed(waste, Стружка="Ни в один", Картон="Металл"))
    assert (outcome.fraction, outcome.verdict) == (Decimal("0.5"), "partial")
    items = ids(waste, "items")
    assert outcome.parts == {items["Стружка"]: False, items["Картон"]: False} | {
        items[right]: True for right in ("Скоросшиватель", "Батарейка")
    }
    assert [text["ru"] for text in outcome.feedback] == ["<p><strong>Стружка.</strong> Её переплавят</p>"]
    assert [mistake.note["ru"] for mistake in outcome.mistakes] == ["Выбросил металл"]


@pytest.mark.parametrize("box", ["Металл", "Бумага"])
def test_any_box_that_fits_is_right(waste: Task, box: str) -> None:
    assert categorise.mark(waste, placed(waste, Скоросшиватель=box)).verdict == "correct"


@given(where=st.dictionaries(st.sampled_from("abcd"), st.sampled_from("abcz")))
def test_one_more_right_item_never_costs_anything(waste: Task, where: dict[str, str]) -> None:
    before = categorise.mark(waste, {"placed": where})
    for item, box in categorise.solution(waste, language="ru")["placed"].items():
        after = categorise.mark(waste, {"placed": {**where, item: box}})
        assert after.fraction >= before.fraction
        assert after.parts == {**before.parts, item: True}


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "empty"),
        ({"box-a": ["a"]}, "incomplete"),
        ({"box-a": ["a"], "box-b": ["a"], "box-c": ["z"], "box-d": ["a"]}, "unknown-option"),
    ],
)
def test_an_unfinished_form_costs_no_try(waste: Task, form: dict[str, list[str]], code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        categorise.read(waste, form)
    assert caught.value.code == code


def test_a_form_is_read_by_the_ids_of_the_items(waste: Task) -> None:
    form = {f"box-{item}": ["b"] for item in "abcd"}
    assert categorise.read(waste, form) == {"placed": dict.fromkeys("abcd", "b")}


def test_an_answer_is_told_box_by_box(waste: Task) -> None:
    told = categorise.describe(waste, placed(waste, Скоросшиватель="Бумага"), language="ru")
    assert told == "Металл: Стружка; Бумага: Картон, Скоросшиватель; Ни в один: Батарейка"


def test_what_is_shown_does_not_depend_on_the_key(waste: Task) -> None:
    other = task_of(WASTE.replace("Картон, box: paper", "Картон, box: metal"))
    assert categorise.view(other, language="ru", seed=3) == categorise.view(waste, language="ru", seed=3)
