"""Choice: one right option, or several with partial credit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Mistake, Task
from course_packs.tasks import choice
from tests.course_packs.samples import Samples, task_findings, task_of

SAMPLES = Samples(
    fields=["choice"],
    words=["a", "b", "c", "d"],
    responses=st.lists(st.sampled_from("abcd"), unique=True).map(lambda chosen: {"chosen": chosen}),
    secrets=["Так поломка", "неисправном"],
)

SINGLE = """\
type: choice
feedback: {correct: Да, wrong: Нет}
mistake: {kind: knowledge, severity: minor}
options:
  - {text: Каска, correct: true, feedback: Верно}
  - {text: Кепка, feedback: Не спасёт, mistake: {kind: safety, severity: critical, note: Без каски}}
  - {text: Ничего}
"""

MULTIPLE = """\
type: choice
multiple: true
options:
  - {text: Очки, correct: true}
  - {text: Щиток, correct: true}
  - {text: Перчатки, correct: true}
  - {text: Шарф}
  - {text: Кольцо, mistake: {kind: safety, severity: major}}
"""


@pytest.fixture(scope="module")
def single() -> Task:
    return task_of(SINGLE)


@pytest.fixture(scope="module")
def multiple() -> Task:
    return task_of(MULTIPLE)


def test_the_right_option_earns_everything(single: Task) -> None:
    outcome = choice.mark(single, {"chosen": ["a"]})
    assert (outcome.fraction, outcome.verdict, outcome.parts) == (Decimal(1), "correct", {"a": True})
    assert outcome.feedback == ({"ru": "<p>Верно</p>"}, {"ru": "<p>Да</p>"})
    assert outcome.mistakes == ()


def test_a_wrong_option_brings_its_own_and_the_task_s_mistake(single: Task) -> None:
    outcome = choice.mark(single, {"chosen": ["b"]})
    assert (outcome.fraction, outcome.verdict, outcome.parts) == (Decimal(0), "wrong", {"b": False})
    assert outcome.feedback == ({"ru": "<p>Не спасёт</p>"}, {"ru": "<p>Нет</p>"})
    assert outcome.mistakes == (
        Mistake("safety", "critical", {"ru": "Без каски"}),
        Mistake("knowledge", "minor", {}),
    )


@pytest.mark.parametrize(
    ("chosen", "fraction", "verdict"),
    [
        ("abc", "1", "correct"),
        ("ab", "0.66667", "partial"),
        ("abcd", "0.66667", "partial"),
        ("abde", "0", "wrong"),
        ("abcde", "0.33333", "partial"),
        ("d", "0", "wrong"),
    ],
)
def test_several_answers_earn_right_minus_wrong(multiple: Task, chosen: str, fraction: str, verdict: str) -> None:
    outcome = choice.mark(multiple, {"chosen": list(chosen)})
    assert (outcome.fraction, outcome.verdict) == (Decimal(fraction), verdict)
    assert set(outcome.parts) == set(chosen)


def test_a_chosen_mistake_is_recorded_even_when_the_answer_is_partly_right(multiple: Task) -> None:
    outcome = choice.mark(multiple, {"chosen": ["a", "b", "e"]})
    assert outcome.verdict == "partial"
    assert [mistake.kind for mistake in outcome.mistakes] == ["safety"]


def test_the_task_s_own_mistake_is_for_wrong_answers_only() -> None:
    task = task_of(MULTIPLE + "mistake: {kind: knowledge, severity: minor}\n")
    assert choice.mark(task, {"chosen": ["a"]}).mistakes == ()
    assert choice.mark(task, {"chosen": ["a", "b", "c"]}).mistakes == ()
    assert [mistake.kind for mistake in choice.mark(task, {"chosen": ["d"]}).mistakes] == ["knowledge"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "empty"),
        ({"choice": [""]}, "empty"),
        ({"choice": ["z"]}, "unknown-option"),
        ({"choice": ["a", "b"]}, "too-many"),
    ],
)
def test_a_form_without_an_answer_costs_no_try(single: Task, form: dict[str, list[str]], code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        choice.read(single, form)
    assert caught.value.code == code


def test_chosen_options_are_read_once_and_in_order(multiple: Task) -> None:
    assert choice.read(multiple, {"choice": ["c", "a", "c"]}) == {"chosen": ["a", "c"]}


@given(seed=st.integers(), right=st.sets(st.integers(0, 4), min_size=1, max_size=4))
def test_what_is_shown_does_not_depend_on_what_is_right(seed: int, right: set[int]) -> None:
    base = task_of_options({0})
    assert choice.view(task_of_options(right), language="ru", seed=seed) == choice.view(base, language="ru", seed=seed)


def task_of_options(right: set[int]) -> Task:
    options = [
        {"id": "abcde"[i], "text": {"ru": str(i)}, "correct": i in right, "feedback": None, "mistake": None}
        for i in range(5)
    ]
    spec = {"multiple": True, "shuffle": True, "options": options}
    return Task("u/t", "choice", Decimal(1), 2, Decimal(0), {"ru": "?"}, spec)


def test_the_author_s_order_stays_when_shuffling_is_off() -> None:
    task = task_of(SINGLE + "shuffle: false\n")
    assert [option["id"] for option in choice.view(task, language="ru", seed=5)["options"]] == ["a", "b", "c"]


def test_options_show_in_the_language_asked_for() -> None:
    task = task_of(SINGLE.replace("text: Кепка", "text: {ru: Кепка, en: Cap}"), languages="[ru, en]")
    shown = {option["id"]: option["html"] for option in choice.view(task, language="en", seed=1)["options"]}
    assert shown == {"a": "Каска", "b": "Cap", "c": "Ничего"}


def test_one_right_option_is_enough_even_for_several_answers() -> None:
    assert task_findings("type: choice\nmultiple: true\noptions: [{text: a, correct: true}, {text: b}]") == []


def test_an_option_that_is_no_mapping_is_reported() -> None:
    assert "P018" in task_findings("type: choice\noptions: [a, {text: b, correct: true}, {text: c}]")
    assert task_findings("type: choice") == ["P010"]
