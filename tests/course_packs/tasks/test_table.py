"""Tables: cells marked one by one, rows in their order or in any."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import table
from tests.course_packs.samples import Samples, task_of

CELLS = ["r1c4", "r1c5", "r2c2", "r2c5", "r3c3", "r3c5", "r1c1", "r1c2", "r2c1", "r3c1", "r3c2", "r9c9"]
WORDS = ["7.8", "7,8", "3120", "54", "20", "a", "b", "c", "z", "очки", "каска", "беруши", "шарф", ""]

SAMPLES = Samples(
    fields=[f"cell-{cell}" for cell in CELLS],
    words=WORDS,
    responses=st.dictionaries(st.sampled_from(CELLS), st.sampled_from(WORDS)).map(lambda cells: {"cells": cells}),
    secrets=["7.8", "3120", "54", "очки", "каска", "умножили", "near"],
)

LOG = """\
type: table
columns: [Образец, Масса, Плотность]
rows:
  - [Сталь, {answer: 156, weight: 2}, "7,8"]
  - - Медь
    - ~
    - {answer: 8.9, feedback: Посмотри ещё раз, mistake: {kind: quality, severity: minor}}
"""

GEAR = """\
type: table
row_order: any
columns: [Надеть, От чего]
rows:
  - [{accept: [очки, щиток]}, {options: [{text: стружки, correct: true}, {text: шума}], feedback: Подумай}]
  - [{accept: [беруши]}, {options: [{text: стружки}, {text: шума, correct: true}]}]
  - [{accept: [берет], weight: 2}, {options: [{text: стружки, correct: true}, {text: шума}]}]
"""


@pytest.fixture(scope="module")
def log() -> Task:
    return task_of(LOG)


@pytest.fixture(scope="module")
def gear() -> Task:
    return task_of(GEAR)


def option(task: Task, words: str) -> str:
    return next(
        one["id"]
        for one in table.view(task, language="ru", seed=1)["rows"][0][1]["blank"]["options"]
        if one["html"] == words
    )


def rows(task: Task, *pairs: tuple[str, str]) -> dict[str, dict[str, str]]:
    return {
        "cells": {
            f"r{number}c{column}": value if column == 1 else option(task, value)
            for number, pair in enumerate(pairs, start=1)
            for column, value in enumerate(pair, start=1)
        }
    }


def test_what_is_given_stands_and_the_rest_are_fields(log: Task) -> None:
    assert table.view(log, language="ru", seed=1) == {
        "columns": [{"html": "Образец"}, {"html": "Масса"}, {"html": "Плотность"}],
        "rows": [
            [{"html": "Сталь"}, {"id": "r1c2", "blank": {"kind": "number", "unit": None}}, {"html": "7,8"}],
            [{"html": "Медь"}, {"html": ""}, {"id": "r2c3", "blank": {"kind": "number", "unit": None}}],
        ],
        "any_order": False,
    }


def test_cells_are_marked_one_by_one_by_their_weight(log: Task) -> None:
    outcome = table.mark(log, {"cells": {"r1c2": "156", "r2c3": "8"}})
    assert outcome.fraction == Decimal("0.66667")
    assert outcome.parts == {"r1c2": True, "r2c3": False}
    assert [text["ru"] for text in outcome.feedback] == ["<p><strong>Медь, Плотность.</strong> Посмотри ещё раз</p>"]
    assert [mistake.kind for mistake in outcome.mistakes] == ["quality"]


RIGHT = [("очки", "стружки"), ("беруши", "шума"), ("берет", "стружки")]


@pytest.mark.parametrize("order", list(permutations(RIGHT)))
def test_rows_in_any_order_are_all_right(gear: Task, order: tuple[tuple[str, str], ...]) -> None:
    assert table.mark(gear, rows(gear, *order)).verdict == "correct"


def test_a_row_of_the_key_counts_once(gear: Task) -> None:
    outcome = table.mark(gear, rows(gear, ("очки", "стружки"), ("щиток", "шума"), ("беруши", "шума")))
    # Six cells weigh seven: очки 1 + 1, беруши 1 + 1; the second row has nothing left but the beret's.
    assert outcome.fraction == Decimal("0.57143")
    assert outcome.parts == {"r1c1": True, "r1c2": True, "r2c1": False, "r2c2": False, "r3c1": True, "r3c2": True}


def test_among_equals_the_first_column_says_which_row_is_meant(gear: Task) -> None:
    given_ = rows(gear, ("беруши", "стружки"), ("шарф", "шума"), ("берет", "стружки"))
    given_["cells"]["r2c2"] = ""
    outcome = table.mark(gear, given_)
    assert (outcome.parts["r1c1"], outcome.parts["r1c2"]) == (True, False)


def test_feedback_names_the_learner_s_own_row(gear: Task) -> None:
    (said,) = table.mark(gear, rows(gear, ("беруши", "шума"), ("очки", "шума"), ("берет", "стружки"))).feedback
    assert said == {"ru": "<p><strong>Строка 2, От чего.</strong> Подумай</p>"}


@pytest.mark.parametrize("definition", [LOG, GEAR], ids=["fixed", "any order"])
@settings(deadline=None)  # a task is compiled for each example
@given(data=st.data())
def test_one_more_right_cell_never_costs_anything(definition: str, data: st.DataObject) -> None:
    task = task_of(definition)
    right = table.solution(task, language="ru")["cells"]
    words = st.sampled_from(["156", "8.9", "очки", "беруши", "берет", "a", "b", ""])
    cells = data.draw(st.fixed_dictionaries(dict.fromkeys(right, words)))
    # What a cell's rightness is depends on the other rows when their order is free: so compare whole worth only.
    rights_so_far: dict[str, str] = {}
    worth = table.mark(task, {"cells": {}}).fraction
    for key in data.draw(st.permutations(sorted(right))):
        rights_so_far[key] = right[key]
        now = table.mark(task, {"cells": rights_so_far}).fraction
        assert now > worth
        worth = now
    assert worth == 1
    if not task.spec["any_order"]:
        before = table.mark(task, {"cells": cells}).fraction
        assert all(table.mark(task, {"cells": {**cells, key: right[key]}}).fraction >= before for key in right)


def test_a_form_is_read_cell_by_cell(log: Task) -> None:
    assert table.read(log, {"cell-r1c2": ["156,0"], "cell-r2c3": [" 8.9 "]}) == {
        "cells": {"r1c2": "156", "r2c3": "8.9"}
    }


@pytest.mark.parametrize(
    ("form", "code"),
    [({}, "empty"), ({"cell-r1c2": ["1"]}, "incomplete"), ({"cell-r1c2": ["1"], "cell-r2c3": ["x"]}, "no-number")],
)
def test_an_unfinished_form_costs_no_try(log: Task, form: dict[str, list[str]], code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        table.read(log, form)
    assert caught.value.code == code


def test_an_answer_is_told_cell_by_cell(log: Task, gear: Task) -> None:
    assert table.describe(log, {"cells": {"r1c2": "156"}}, language="ru") == "Сталь, Масса: 156"
    assert table.describe(gear, rows(gear, RIGHT[0]), language="ru") == (
        "Строка 1, Надеть: очки; Строка 1, От чего: стружки"
    )


def test_eight_loose_rows_are_marked_at_once() -> None:
    lines = "\n".join(f"  - [{{accept: [слово{number}]}}, {{accept: [дело{number}]}}]" for number in range(8))
    task = task_of(f"type: table\nrow_order: any\ncolumns: [А, Б]\nrows:\n{lines}")
    right = table.solution(task, language="ru")["cells"]
    turned = {f"r{8 - int(key[1]) + 1}{key[2:]}": value for key, value in right.items()}
    assert table.mark(task, {"cells": turned}).verdict == "correct"
