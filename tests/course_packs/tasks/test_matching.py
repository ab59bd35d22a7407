"""Matching: each left side finds its right side."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import matching
from tests.course_packs.samples import Samples, task_findings, task_of

SAMPLES = Samples(
    fields=[f"match-{entry}" for entry in "abc"],
    words=["a", "b", "c", "d"],
    responses=st.dictionaries(st.sampled_from("abc"), st.sampled_from("abcd")).map(lambda pairs: {"pairs": pairs}),
    secrets=["pairs"],
)

STATES = """\
type: matching
pairs:
  - {left: Лёд, right: твёрдое}
  - {left: Вода, right: жидкое}
  - {left: Сталь, right: твёрдое}
extra: [газ]
"""


@pytest.fixture(scope="module")
def states() -> Task:
    return task_of(STATES)


def ids(task: Task, side: str) -> dict[str, str]:
    return {entry["html"]: entry["id"] for entry in matching.view(task, language="ru", seed=1)[side]}


def test_equal_right_sides_are_one_and_extras_are_among_them(states: Task) -> None:
    assert set(ids(states, "left")) == {"Лёд", "Вода", "Сталь"}
    assert set(ids(states, "right")) == {"твёрдое", "жидкое", "газ"}


def test_credit_is_the_share_of_right_pairs(states: Task) -> None:
    left, right = ids(states, "left"), ids(states, "right")
    pairs = {left["Лёд"]: right["твёрдое"], left["Вода"]: right["газ"], left["Сталь"]: right["твёрдое"]}
    outcome = matching.mark(states, {"pairs": pairs})
    assert (outcome.fraction, outcome.verdict) == (Decimal("0.66667"), "partial")
    assert outcome.parts == {left["Лёд"]: True, left["Вода"]: False, left["Сталь"]: True}


def test_a_form_is_read_by_left_ids(states: Task) -> None:
    assert matching.read(states, {"match-a": ["b"], "match-b": ["b"], "match-c": ["a"]}) == {
        "pairs": {"a": "b", "b": "b", "c": "a"}
    }


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "empty"),
        ({"match-a": ["a"]}, "incomplete"),
        ({"match-a": ["a"], "match-b": ["a"], "match-c": ["z"]}, "unknown-option"),
    ],
)
def test_an_unfinished_form_costs_no_try(states: Task, form: dict[str, list[str]], code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        matching.read(states, form)
    assert caught.value.code == code


RIGHTS = ("твёрдое", "жидкое", "газ")
PAIRED_DIFFERENTLY = [
    task_of(f"type: matching\npairs: [{', '.join(f'{{left: {left}, right: {right}}}' for left, right in pairs)}]")
    for pairs in (zip(lefts, RIGHTS, strict=True) for lefts in permutations("абв"))
]


@given(st.integers())
def test_what_is_shown_does_not_depend_on_the_pairs(seed: int) -> None:
    first, *others = (matching.view(task, language="ru", seed=seed) for task in PAIRED_DIFFERENTLY)
    assert all(view == first for view in others)


@pytest.mark.parametrize(
    ("definition", "codes"),
    [
        ("", ["P010"]),
        ("pairs: [{left: a, right: b}]", ["P016"]),
        ("pairs: [{left: a, right: b}, {left: A, right: c}]", ["P204"]),
        ("pairs: [{left: a, right: b}, {left: c, right: d}]\nextra: [b]", ["P204"]),
        ("pairs: [{left: a, right: b}, {left: c}]", ["P010"]),
        ("pairs: [x, {left: a, right: b}]", ["P018"]),
    ],
)
def test_what_an_author_may_get_wrong(definition: str, codes: list[str]) -> None:
    assert list(dict.fromkeys(task_findings(f"type: matching\n{definition}")))[: len(codes)] == codes
