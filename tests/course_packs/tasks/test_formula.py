"""Formulas: every learner has values of their own, and every set of values makes a sound task."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs.format.formula_codes import FORMULA_CODES
from course_packs.format.model import Task
from course_packs.simulation.expressions import Evaluator, Scope, read
from course_packs.tasks import concrete, formula
from course_packs.tasks.formula_values import rounded, shown
from tests.course_packs.samples import Samples, task_findings, task_of

SAMPLES = Samples(
    fields=["number", "unit"],
    words=["641", "641 м", "0,641", "м", "км"],
    responses=st.builds(
        lambda value, unit: {"number": str(value), "unit": unit},
        st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=30000),
        st.sampled_from(["м", "км", None]),
    ),
    secrets=["formula", "answer"],
)

SPEED = """\
type: formula
prompt: "Поезд прошёл {way} км за {hours} ч. Какова скорость? Не {speed}"
hint: "Раздели {way} на {hours}."
mistake: {kind: knowledge, severity: minor, note: "Было {way} км"}
values:
  way: {from: 1200, to: 24000, step: 300}
  hours: {one_of: [2, 4.5, 7]}
derived:
  speed: way * hours
where: [way > hours * 10, way < 20000]
answer: way / hours
digits: 1
unit: км/ч
feedback: {correct: "Да, {answer}"}
near:
  - {answer: hours / way, feedback: "Наоборот: {way} на {hours}", mistake: {kind: quality, severity: minor}}
"""


@pytest.fixture(scope="module")
def speed() -> Task:
    return task_of(SPEED)


def test_texts_show_the_values_of_the_seed_as_the_language_writes_them(speed: Task) -> None:
    seen = {concrete(speed, seed).prompt["ru"] for seed in range(40)}
    assert len(seen) > 30
    assert not any("{" in text for text in seen)
    assert any("4,5 ч" in text for text in seen)
    assert any("\u202f" in text for text in seen)  # 13 500 km with a space between


def test_the_answer_is_told_only_after_it_was_given(speed: Task) -> None:
    task = concrete(speed, 3)
    answer = formula.solution(task, language="ru")["number"]
    assert f"Да, {shown(Decimal(answer), 'ru')}" in task.feedback["correct"]["ru"]
    assert task.mistake is not None
    assert "{" not in task.mistake.note["ru"]


@given(seed=st.integers())
def test_the_key_of_every_seed_is_right_and_its_near_miss_is_not(seed: int) -> None:
    task = concrete(SPEED_TASK, seed)
    right = formula.mark(task, formula.solution(task, language="ru"))
    assert right.verdict == "correct"
    near = task.spec["near"][0]
    wrong = formula.mark(task, {"number": near["answer"], "unit": None})
    assert (wrong.verdict, wrong.mistakes[0].kind) == ("wrong", "quality")
    assert "{" not in wrong.feedback[0]["ru"]


SPEED_TASK = task_of(SPEED)


@given(seed=st.integers(0, 10_000))
def test_a_task_read_back_from_its_release_draws_the_same(seed: int) -> None:
    stored = json.loads(json.dumps(SPEED_TASK.spec, sort_keys=True))
    again = Task(**{**vars(SPEED_TASK), "spec": stored})
    assert concrete(again, seed) == concrete(SPEED_TASK, seed)


def test_an_exact_answer_is_met_exactly_and_a_rounded_one_to_half_of_its_last_digit() -> None:
    task = task_of("type: formula\nprompt: '{a}'\nvalues: {a: {from: 1, to: 30}}\nanswer: a / 3\ndigits: 1")
    made = [concrete(task, seed) for seed in range(60)]
    exact = next(one for one in made if "." not in one.spec["answer"])
    assert exact.spec["tolerance"] is None
    third = next(one for one in made if one.spec["answer"].endswith(".3"))
    assert third.spec["tolerance"] == ["absolute", "0.05"]
    answer = Decimal(third.spec["answer"])
    for given_, verdict in (
        (answer, "correct"),
        (answer + Decimal("0.033"), "correct"),
        (answer + Decimal("0.06"), "wrong"),
    ):
        assert formula.mark(third, {"number": str(given_), "unit": None}).verdict == verdict


@pytest.mark.parametrize(
    ("value", "digits", "decimal"),
    [(2.675, 2, "2.68"), (-2.5, 0, "-3"), (0.1 + 0.2, 3, "0.3"), (1e-9, 3, "0"), (12.0, 2, "12"), (0.05, 1, "0.1")],
)
def test_rounding_is_that_of_school(value: float, digits: int, decimal: str) -> None:
    assert str(rounded(value, digits)) == decimal


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        ("1234.5", "ru", "1234,5"),
        ("12345", "ru", "12\u202f345"),
        ("-1234567.25", "ru", "−1\u202f234\u202f567,25"),
        ("12345.6", "en", "12,345.6"),
        ("0", "ru", "0"),
    ],
)
def test_numbers_are_shown_as_people_write_them(value: str, language: str, text: str) -> None:
    assert shown(Decimal(value), language) == text


def test_a_set_without_an_answer_that_the_linter_never_met_is_passed_over() -> None:
    task = task_of("type: formula\nprompt: '{a}'\nvalues: {a: {from: 1, to: 30}}\nanswer: 60 / a")
    spec = {**task.spec, "values": {"a": {"first": "0", "step": "1", "count": 2, "listed": []}}}
    zeros = Task(**{**vars(task), "spec": spec})
    assert {concrete(zeros, seed).spec["answer"] for seed in range(20)} == {"60"}
    nothing = Task(**{**vars(task), "spec": {**spec, "where": ["a > 5"], "fallback": {"a": "10"}}})
    assert "where" in nothing.spec


def test_the_number_of_different_tasks_is_counted_or_reckoned() -> None:
    few = task_of("type: formula\nprompt: '{a} {b}'\nvalues: {a: {from: 1, to: 5}, b: {from: 1, to: 5}}\nanswer: a * b")
    assert few.spec["variants"] == 25
    many = task_of(SPEED)
    assert 150 < many.spec["variants"] <= 77 * 3


BASE = "type: formula\nprompt: '{a}'\nvalues: {a: {from: 1, to: 20}}\nanswer: a * 2\n"


@pytest.mark.parametrize(
    ("definition", "codes"),
    [
        (BASE, []),
        ("type: formula", ["P010", "P010"]),
        (BASE.replace("a:", "A:").replace("{a}", "x"), ["P240", "P400"]),
        (BASE.replace("a:", "max:").replace("{a}", "x"), ["P240", "P400"]),
        (BASE + "derived: {a: 1}", ["P240"]),
        (BASE + "derived: {answer: 1}", ["P240"]),
        (BASE.replace("from: 1, to: 20", "from: 5, to: 1"), ["P241"]),
        (BASE.replace("to: 20", "to: 20000"), ["P241"]),
        (BASE.replace("from: 1, to: 20", "from: 1, to: 20, step: 0"), ["P241"]),
        (BASE.replace("from: 1, to: 20", "one_of: [1, x, 3]"), ["P241"]),
        (BASE.replace("from: 1, to: 20", "from: 1, to: 20, one_of: [1, 2]"), ["P241"]),
        (BASE.replace("from: 1, to: 20", "one_of: [1, 2, 3]"), ["P246"]),
        (BASE.replace("{a: {from: 1, to: 20}}", "{}"), ["P242", "P016", "P400"]),
        (BASE + "hint: 'Дай {answer}'", ["P242"]),
        (BASE + "near: [{answer: a, feedback: 'Тут {aa}'}]", ["P242"]),
        (BASE.replace("a * 2", "a / (a - 7)"), ["P243"]),
        (BASE.replace("a * 2", "a / 100000"), ["P243"]),
        (BASE.replace("a * 2", "a / rand()"), ["P243"]),
        (BASE.replace("a * 2", "a **"), ["P400"]),
        (BASE.replace("a * 2", "b * 2"), ["P400"]),
        (BASE + "where: [a + 1]", ["P400"]),
        (BASE + "where: [a > 100]", ["P245"]),
        (BASE + "near: [{answer: a * a}]", ["P244"]),
        (BASE + "near: [{answer: a * a}]\nwhere: [a > 2]", []),
        (BASE + "near: [{answer: 1 / (a - 2)}]", ["P243"]),
        (BASE.replace("'{a}'", "Сколько?"), ["P247"]),
        (BASE.replace("'{a}'", r"'$\frac{x}{a}$ при {a}'"), []),
        (BASE.replace("'{a}'", r"'$\frac{x}{a}$'"), ["P247"]),
        (BASE.replace("'{a}'", "'{b}'") + "derived: {b: a * 3}", []),
    ],
)
def test_what_an_author_may_get_wrong(definition: str, codes: list[str]) -> None:
    assert task_findings(definition) == codes


def test_every_code_of_formulas_is_met_above() -> None:
    (cases,) = (mark.args[1] for mark in test_what_an_author_may_get_wrong.pytestmark)  # type: ignore[attr-defined]
    assert set(FORMULA_CODES) <= {code for _, codes in cases for code in codes}


def test_without_a_past_no_function_asks_for_one() -> None:
    engine = Evaluator({})
    engine.look_at({"a": 1.0})
    expression = read("rand() + a", "number", Scope({"a": "number"}))
    assert engine.evaluate(expression) == 0
    with pytest.raises(ArithmeticError):
        engine.compute(expression)
