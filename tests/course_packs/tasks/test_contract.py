"""What every task type promises, checked for all of them with any answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import TYPES, ResponseError, UnknownTaskTypeError, get_type, score_try, tasks
from course_packs.format.model import Task
from course_packs.tasks import choice
from tests.course_packs.samples import compiled, files_with, task_findings

TASKS = {task.type: task for task in compiled(files_with()).tasks}

WORDS = st.one_of(
    st.sampled_from(["", "a", "b", "c", "d", "1", "2", "3", "4", "25", "2,5", "25 т", "тьютор", "наставник", "кг"]),
    st.text(max_size=12),
)
FIELDS = [
    "choice",
    "text",
    "number",
    "unit",
    *(f"{kind}-{entry}" for kind in ("position", "match") for entry in "abcd"),
]
FORMS = st.dictionaries(st.sampled_from(FIELDS), st.lists(WORDS, max_size=4), max_size=11)

SHAPES: Mapping[str, Any] = {
    "choice": st.lists(st.sampled_from("abc"), unique=True).map(lambda chosen: {"chosen": chosen}),
    "short_text": WORDS.map(lambda text: {"text": text}),
    "number": st.builds(
        lambda value, unit: {"number": str(value), "unit": unit},
        st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=30000),
        st.sampled_from(["кг", "т", None]),
    ),
    "ordering": st.permutations("abcd").map(lambda order: {"order": list(order)}),
    "matching": st.dictionaries(st.sampled_from("abc"), st.sampled_from("abc")).map(lambda pairs: {"pairs": pairs}),
}


@pytest.mark.parametrize("name", TYPES)
@given(form=FORMS)
def test_any_form_is_an_answer_or_a_response_error(name: str, form: dict[str, list[str]]) -> None:
    task = TASKS[name]
    task_type = get_type(name)
    try:
        response = task_type.read(task, form)
    except ResponseError:
        return
    assert json.loads(json.dumps(response)) == response
    assert_sound(task, response)


@pytest.mark.parametrize("name", TYPES)
@given(data=st.data())
def test_marking_is_total_bounded_and_repeatable(name: str, data: st.DataObject) -> None:
    assert_sound(TASKS[name], data.draw(SHAPES[name]))


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize(
    "response", [{}, {"chosen": ["z"]}, {"order": ["z"]}, {"pairs": {"z": "z"}}, {"number": "NaN"}]
)
def test_an_answer_of_another_shape_counts_as_not_answered(name: str, response: dict[str, Any]) -> None:
    assert get_type(name).mark(TASKS[name], response).verdict == "wrong"


def assert_sound(task: Task, response: Mapping[str, Any]) -> None:
    outcome = get_type(task.type).mark(task, response)
    assert 0 <= outcome.fraction <= 1
    assert -outcome.fraction.as_tuple().exponent == 5  # type: ignore[operator] # finite: the exponent is a number
    assert (outcome.verdict == "correct") == (outcome.fraction == 1)
    assert (outcome.verdict == "wrong") == (outcome.fraction == 0)
    assert outcome == get_type(task.type).mark(task, json.loads(json.dumps(response)))
    assert 0 <= score_try(task, outcome, 2) <= score_try(task, outcome, 1) <= task.points


@pytest.mark.parametrize("name", TYPES)
def test_the_solution_as_an_answer_earns_everything(name: str) -> None:
    task = TASKS[name]
    outcome = get_type(name).mark(task, get_type(name).solution(task, language="ru"))
    assert (outcome.fraction, outcome.verdict) == (Decimal(1), "correct")
    assert all(outcome.parts.values())
    assert outcome.mistakes == ()


@pytest.mark.parametrize("name", TYPES)
@given(seed=st.integers())
def test_the_view_is_stable_and_tells_nothing_of_the_key(name: str, seed: int) -> None:
    task = TASKS[name]
    view = get_type(name).view(task, language="ru", seed=seed)
    assert view == get_type(name).view(task, language="ru", seed=seed)
    text = json.dumps(view, ensure_ascii=False)
    for word in (
        "correct",
        "fraction",
        "feedback",
        "mistake",
        "accept",
        "answer",
        "pairs",
        "near",
        "Сосед занят",
        "25",
    ):
        assert word not in text
    solution = get_type(name).solution(task, language="ru")
    assert not any(value in view.values() for value in solution.values() if value != "кг")


@pytest.mark.parametrize("name", TYPES)
def test_each_type_names_itself_and_its_keys(name: str) -> None:
    assert get_type(name).name == name
    assert get_type(name).SCHEMA


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(UnknownTaskTypeError):
        get_type("hologram")


def test_a_partner_s_type_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("hologram", "course_packs.tasks.choice", tasks.ENTRY_POINT_GROUP)
    other = EntryPoint("choice", "course_packs.tasks.number", tasks.ENTRY_POINT_GROUP)

    def found(**wanted: Any) -> EntryPoints:
        return EntryPoints([entry, other]).select(**wanted)

    monkeypatch.setattr(tasks, "entry_points", found)
    assert get_type("hologram") is choice
    assert get_type("choice") is choice
    assert tasks.type_names() == [*TYPES, "hologram"]


def test_a_slip_in_the_type_s_name_gets_a_guess() -> None:
    assert task_findings("type: matchnig") == ["P216"]
    assert task_findings("options: []") == ["P010"]
