"""True or false: the verdict, and the reason behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import true_false
from tests.course_packs.samples import Samples, task_of

SAMPLES = Samples(
    fields=["answer", "reason"],
    words=["true", "false", "a", "b", "c"],
    responses=st.fixed_dictionaries(
        {"answer": st.sampled_from([True, False, None, "true", 1]), "reason": st.sampled_from([*"abcz", None])}
    ),
    secrets=["share", "answer", "холодная", "Неудобно"],
)

GLOVES = """\
type: true_false
answer: true
share: 0.4
mistake: {kind: safety, severity: major, note: Не знает правила}
feedback: {wrong: Нет, partial: Почти}
reasons:
  - {text: Сверло захватит, correct: true, feedback: Именно}
  - {text: Неудобно, feedback: Не в этом дело, mistake: {kind: safety, severity: minor, note: Не видит опасности}}
  - {text: Испачкаются}
"""


@pytest.fixture(scope="module")
def gloves() -> Task:
    return task_of(GLOVES)


def reason(task: Task, words: str) -> str:
    return next(one["id"] for one in true_false.view(task, language="ru", seed=1)["reasons"] if words in one["html"])


@pytest.mark.parametrize(
    ("answer", "words", "fraction", "said", "noted"),
    [
        (True, "Сверло", "1", ["<p>Именно</p>"], []),
        (True, "Неудобно", "0.4", ["<p>Не в этом дело</p>", "<p>Почти</p>"], ["Не видит опасности"]),
        (True, "Испачкаются", "0.4", ["<p>Почти</p>"], []),
        (False, "Сверло", "0", ["<p>Нет</p>"], ["Не знает правила"]),
        (False, "Неудобно", "0", ["<p>Нет</p>"], ["Не знает правила"]),
    ],
)
def test_the_reason_counts_only_behind_a_right_verdict(
    gloves: Task, answer: bool, words: str, fraction: str, said: list[str], noted: list[str]
) -> None:
    outcome = true_false.mark(gloves, {"answer": answer, "reason": reason(gloves, words)})
    assert outcome.fraction == Decimal(fraction)
    assert [text["ru"] for text in outcome.feedback] == said
    assert [mistake.note["ru"] for mistake in outcome.mistakes] == noted


def test_a_wrong_verdict_does_not_tell_which_reason_is_right(gloves: Task) -> None:
    outcomes = [true_false.mark(gloves, {"answer": False, "reason": one}) for one in ("a", "b", "c")]
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert outcomes[0].parts == {"answer": False}


@given(answer=st.booleans(), chosen=st.sampled_from("abcz"))
def test_one_more_right_part_never_costs_anything(gloves: Task, answer: bool, chosen: str) -> None:
    given_ = {"answer": answer, "reason": chosen}
    right = true_false.solution(gloves, language="ru")
    for part in right:
        better = true_false.mark(gloves, {**given_, part: right[part]}).fraction
        assert better >= true_false.mark(gloves, given_).fraction


def test_without_reasons_the_verdict_is_everything() -> None:
    task = task_of("type: true_false\nanswer: false")
    assert true_false.view(task, language="ru", seed=1) == {"reasons": []}
    assert true_false.read(task, {"answer": ["false"], "reason": ["a"]}) == {"answer": False, "reason": None}
    assert true_false.mark(task, {"answer": False}).verdict == "correct"
    assert true_false.mark(task, {"answer": True}).verdict == "wrong"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "empty"),
        ({"answer": ["true"]}, "incomplete"),
        ({"reason": ["a"]}, "incomplete"),
        ({"answer": ["true"], "reason": ["z"]}, "unknown-option"),
        ({"answer": ["yes"], "reason": ["a"]}, "unknown-option"),
    ],
)
def test_an_unfinished_form_costs_no_try(gloves: Task, form: dict[str, list[str]], code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        true_false.read(gloves, form)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("response", "language", "line"),
    [
        ({"answer": True, "reason": None}, "ru", "верно"),
        ({"answer": False, "reason": None}, "en", "false"),
        ({"answer": "x"}, "ru", ""),
    ],
)
def test_an_answer_is_told_in_one_line(gloves: Task, response: dict[str, Any], language: str, line: str) -> None:
    assert true_false.describe(gloves, response, language=language) == line
    told = true_false.describe(gloves, {"answer": True, "reason": reason(gloves, "Испачкаются")}, language="ru")
    assert told == "верно: Испачкаются"


def test_where_the_right_reason_stands_does_not_depend_on_the_key(gloves: Task) -> None:
    other = task_of(GLOVES.replace(", correct: true", "").replace("Испачкаются", "Испачкаются, correct: true"))
    assert true_false.view(other, language="ru", seed=5) == true_false.view(gloves, language="ru", seed=5)
