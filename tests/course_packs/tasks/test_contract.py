"""What every task type promises, checked for all of them with any answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from importlib import import_module
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from course_packs import (
    TYPES,
    JudgedType,
    ResponseError,
    UnknownTaskTypeError,
    compile_pack,
    get_type,
    score_try,
    tasks,
)
from course_packs.format.compiler import compile_files
from course_packs.format.diagnostics import Report
from course_packs.format.folder import read_folder
from course_packs.format.model import CompiledPack, Task
from course_packs.format.pictures import Pictures
from course_packs.tasks import choice, concrete
from tests.course_packs.samples import Samples, task_findings

FOLDER = Path(__file__).parents[3] / "docs/authoring/every-task"
EXAMPLES = compile_pack(FOLDER)
TASKS = {task.id: concrete(task, 7) for task in EXAMPLES.tasks}
"""Every task of the authors' examples, as one learner meets it."""

SELF_MARKED = [name for name, task in TASKS.items() if not isinstance(get_type(task.type), JudgedType)]
"""Those that need no person; the others: test_rubric."""

# Read at once, not within a test: modules with property tests cannot be imported in the middle of one.
SAMPLES: Mapping[str, Samples] = {
    name: import_module(f"tests.course_packs.tasks.test_{name}").SAMPLES
    for name in dict.fromkeys(task.type for task in TASKS.values())
}


def forms(task: Task) -> st.SearchStrategy[dict[str, list[str]]]:
    """Forms that are nearly right, and any others."""
    own = SAMPLES[task.type]
    words = st.one_of(st.sampled_from([*own.words, "", "a", "1", "0"]), st.text(max_size=12))
    names = st.one_of(st.sampled_from(own.fields), st.text(max_size=8))
    return st.dictionaries(names, st.lists(words, max_size=4), max_size=len(own.fields) + 2)


def test_every_type_has_an_example() -> None:
    assert {task.type for task in TASKS.values()} == set(TYPES)


@pytest.mark.parametrize("name", TASKS)
@given(data=st.data())
def test_any_form_is_an_answer_or_a_response_error(name: str, data: st.DataObject) -> None:
    task = TASKS[name]
    task_type = get_type(task.type)
    form = data.draw(forms(task))
    assert json.loads(json.dumps(task_type.draft(task, form))) == task_type.draft(task, form)
    try:
        response = task_type.read(task, form)
    except ResponseError:
        return
    assert json.loads(json.dumps(response)) == response
    assert_sound(task, response)


@pytest.mark.parametrize("name", TASKS)
@given(data=st.data())
def test_marking_is_total_bounded_and_repeatable(name: str, data: st.DataObject) -> None:
    assert_sound(TASKS[name], data.draw(SAMPLES[TASKS[name].type].responses))


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize(
    "response",
    [{}, {"chosen": ["z"]}, {"order": ["z"]}, {"pairs": {"z": "z"}}, {"number": "NaN"}, {"cells": {"z": "z"}}],
)
def test_an_answer_of_another_shape_counts_as_not_answered(name: str, response: dict[str, Any]) -> None:
    task = TASKS[name]
    assert get_type(task.type).mark(task, response).verdict in {"wrong", "noted"}
    assert isinstance(get_type(task.type).describe(task, response, language="ru"), str)


def assert_sound(task: Task, response: Mapping[str, Any]) -> None:
    outcome = get_type(task.type).mark(task, response)
    assert 0 <= outcome.fraction <= 1
    assert -outcome.fraction.as_tuple().exponent == 5  # type: ignore[operator] # finite: the exponent is a number
    assert (outcome.verdict in {"correct", "noted"}) == (outcome.fraction == 1)
    assert (outcome.verdict in {"wrong", "pending"}) == (outcome.fraction == 0)
    assert outcome.verdict != "pending" or isinstance(get_type(task.type), JudgedType)
    assert outcome == get_type(task.type).mark(task, json.loads(json.dumps(response)))
    assert 0 <= score_try(task, outcome, 2) <= score_try(task, outcome, 1) <= task.points


@pytest.mark.parametrize(
    "name", [name for name, task in TASKS.items() if not isinstance(get_type(task.type), JudgedType)]
)
def test_the_solution_as_an_answer_earns_everything(name: str) -> None:
    task = TASKS[name]
    outcome = get_type(task.type).mark(task, get_type(task.type).solution(task, language="ru"))
    assert outcome.fraction == Decimal(1)
    assert all(outcome.parts.values())
    assert outcome.mistakes == ()


@pytest.mark.parametrize("name", TASKS)
@given(seed=st.integers(0, 2**31 - 1))
def test_the_view_is_stable_and_tells_nothing_of_the_key(name: str, seed: int) -> None:
    task = TASKS[name]
    view = get_type(task.type).view(task, language="ru", seed=seed)
    assert view == get_type(task.type).view(task, language="ru", seed=seed)
    text = json.dumps(view, ensure_ascii=False)
    for word in ("correct", "fraction", "feedback", "mistake", "accept", *SAMPLES[task.type].secrets):
        assert word not in text
    solution = get_type(task.type).solution(task, language="ru")
    assert not any(value in view.values() for key, value in solution.items() if key != "unit")


@pytest.mark.parametrize("name", TASKS)
@given(seed=st.integers(0, 2**31 - 1))
def test_the_same_seed_makes_the_same_task(name: str, seed: int) -> None:
    task = EXAMPLES.task(name)
    assert concrete(task, seed) == concrete(task, seed)


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


HOSTILE = '<img src=x onerror=alert(1)><b onclick="alert(1)">'


def hostile_examples() -> CompiledPack:
    """The examples with markup in every Russian text."""
    files = read_folder(FOLDER, Report("pack.yaml", Pictures()))
    spoilt = {
        path: re.sub(r'(?<=ru: ")(?=[^"]*")', HOSTILE.replace('"', "'"), content.decode()).encode()
        if path.endswith("tasks.yaml")
        else content
        for path, content in files.items()
    }
    report = Report("pack.yaml", Pictures())
    pack = compile_files(spoilt, report)
    assert pack is not None
    return pack


def html_in(value: Any) -> Iterator[str]:
    """Every string that a page shows as HTML."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from [str(one)] if key == "html" else html_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from html_in(one)


def test_no_text_of_an_author_reaches_a_page_as_markup_of_its_own() -> None:
    seen = 0
    for task in hostile_examples().tasks:
        one = concrete(task, 7)
        view = get_type(one.type).view(one, language="ru", seed=7)
        for html in [*html_in(view), *one.prompt.values(), *(one.hint or {}).values()]:
            seen += "alert" in html
            elements = BeautifulSoup(html, "html.parser").find_all(True)
            assert not [each for each in elements if any(key.startswith("on") for key in each.attrs)], one.id
    assert seen, "the texts were spoilt indeed"
