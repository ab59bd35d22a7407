"""Code output: what a program prints, line by line, and what its variables hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.format.place_codes import PLACE_CODES
from course_packs.tasks import code_output
from tests.course_packs.samples import Samples, task_findings, task_of
from tests.course_packs.tasks import test_highlight, test_hotspot

LINES = st.lists(st.sampled_from(["1 1", "2 1", "3 2", "4 2", "", "x"]), max_size=6).map("\n".join)
SAMPLES = Samples(
    fields=["output", "value-1", "value-2"],
    words=["1 1\n2 1\n3 2", "3 2", "1515", "[1500,1520]"],
    responses=st.one_of(
        LINES.map(lambda text: {"output": text}),
        st.dictionaries(st.sampled_from("123"), st.sampled_from(["1515", "1520", "[1500, 1520]", ""])).map(
            lambda values: {"values": values}
        ),
    ),
    secrets=["1515", "3 2"],
)

PRINTED = """\
type: code_output
written_in: Python
listing: |
  for n in (1, 2, 3):
      print("n", n)
output: |
  n 1
  n 2
  n 3
wrong:
  - {output: "n 3", feedback: Печатает каждый раз, mistake: {kind: knowledge, severity: minor}}
"""
HELD = """\
type: code_output
listing: a = [1, 2]
predict:
  a: "[1, 2]"
  name: {value: "'печь'", wrong: [{value: печь, feedback: Кавычки — часть значения}]}
"""


@pytest.fixture(scope="module")
def printed() -> Task:
    return task_of(PRINTED)


@pytest.mark.parametrize(
    ("output", "fraction"),
    [
        ("n 1\nn 2\nn 3", "1"),
        ("n 1  \r\nn 2\t\r\nn 3\r\n\r\n", "1"),
        ("n 1\nn 2", "0.66667"),
        ("n 0\nn 1\nn 2\nn 3", "0.75"),
        ("n 1\nn 2\nn 4", "0.66667"),
        ("n1\nn2\nn3", "0"),
        ("n 3\nn 2\nn 1", "0.33333"),
        ("", "0"),
    ],
)
def test_lines_count_in_their_order_and_too_many_take_away(printed: Task, output: str, fraction: str) -> None:
    assert code_output.mark(printed, {"output": output}).fraction == Decimal(fraction)


def test_a_known_wrong_output_is_told_apart(printed: Task) -> None:
    outcome = code_output.mark(printed, {"output": "n 3\n"})
    assert [text["ru"] for text in outcome.feedback] == ["<p>Печатает каждый раз</p>"]
    assert [mistake.kind for mistake in outcome.mistakes] == ["knowledge"]
    assert outcome.parts == {"1": True}


def test_the_listing_keeps_its_lines_and_blanks(printed: Task) -> None:
    view = code_output.view(printed, language="ru", seed=1)
    assert view["listing"] == ["for n in (1, 2, 3):", '    print("n", n)']
    assert view["fields"] == []


@pytest.mark.parametrize(
    ("value", "right"),
    [("[1,2]", True), ("[ 1, 2 ]", True), ("[1 2]", False), ("1, 2", False), ("[1, 2, 3]", False)],
)
def test_values_are_compared_without_blanks_around_signs(value: str, right: bool) -> None:
    task = task_of(HELD)
    outcome = code_output.mark(task, {"values": {"1": value, "2": "«печь»"}})
    assert outcome.parts == {"1": right, "2": True}
    assert outcome.fraction == (1 if right else Decimal("0.5"))


def test_a_known_wrong_value_has_its_own_words() -> None:
    outcome = code_output.mark(task_of(HELD), {"values": {"1": "[1, 2]", "2": "печь"}})
    assert [text["ru"] for text in outcome.feedback] == ["<p>Кавычки — часть значения</p>"]
    assert code_output.describe(task_of(HELD), {"values": {"1": "5"}}, language="ru") == "a = 5"


@pytest.mark.parametrize(
    ("definition", "form", "code"),
    [
        (PRINTED, {}, "empty"),
        (PRINTED, {"output": [" \n "]}, "empty"),
        (PRINTED, {"output": ["x" * 2001]}, "too-long"),
        (HELD, {}, "empty"),
        (HELD, {"value-1": ["1"]}, "incomplete"),
        (HELD, {"value-1": ["1"], "value-2": ["2" * 201]}, "too-long"),
    ],
)
def test_a_form_that_is_no_answer_costs_no_try(definition: str, form: dict[str, list[str]], code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        code_output.read(task_of(definition), form)
    assert caught.value.code == code


PRINTED_TASK = task_of(PRINTED)


@given(st.permutations(["n 1", "n 2", "n 3"]), st.integers(0, 2))
def test_one_more_line_put_right_never_lowers_the_score(order: list[str], place: int) -> None:
    mended = list(order)
    mended[place] = ["n 1", "n 2", "n 3"][place]
    before = [line if at != place else "?" for at, line in enumerate(order)]
    first = code_output.mark(PRINTED_TASK, {"output": "\n".join(before)})
    second = code_output.mark(PRINTED_TASK, {"output": "\n".join(mended)})
    kept = [at for at, line in enumerate(before) if line == ["n 1", "n 2", "n 3"][at]]
    assert second.fraction >= Decimal(len(kept) + 1) / 3 - Decimal("0.00001")
    assert second.fraction >= first.fraction or len(kept) < 2


@given(st.lists(st.sampled_from("abc"), max_size=7), st.lists(st.sampled_from("abc"), max_size=7))
def test_common_lines_stand_in_both_in_the_same_order(given_lines: list[str], right: list[str]) -> None:
    common = [given_lines[index] for index in sorted(code_output.in_order(given_lines, right))]
    rest = iter(right)
    assert all(line in rest for line in common)


LISTING = "type: code_output\nlisting: print(1)\n"


@pytest.mark.parametrize(
    ("definition", "codes"),
    [
        (LISTING + "output: '1'", []),
        ("type: code_output\noutput: '1'", ["P010"]),
        (LISTING, ["P257"]),
        (LISTING + "output: '1'\npredict: {a: 1}", ["P257"]),
        (LISTING + "output: '1'\nwrong: [{output: '1 '}]", ["P258"]),
        (LISTING + "predict: {a: {value: '[1, 2]', wrong: [{value: '[1,2]'}]}}", ["P258"]),
        (LISTING + "predict: {}", ["P016"]),
        (LISTING + "predict: {a: [1]}", ["P018"]),
        ("type: code_output\noutput: '1'\nlisting: |\n" + "  x\n" * 61, ["P259"]),
    ],
)
def test_what_an_author_may_get_wrong(definition: str, codes: list[str]) -> None:
    assert task_findings(definition) == codes


def test_every_code_of_places_has_a_broken_task() -> None:
    tests = (test_highlight, test_hotspot)
    cases = [test_what_an_author_may_get_wrong, *(one.test_what_an_author_may_get_wrong for one in tests)]
    met = {code for case in cases for _, codes in case.pytestmark[0].args[1] for code in codes}
    assert set(PLACE_CODES) <= met
