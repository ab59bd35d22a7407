"""Numbers: read as people write them, marked exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import number
from course_packs.tasks.quantities import parse_number
from tests.course_packs.samples import Samples, task_findings, task_of

SAMPLES = Samples(
    fields=["number", "unit"],
    words=["3900", "3,9", "3,9 т", "кг", "т"],
    responses=st.builds(
        lambda value, unit: {"number": str(value), "unit": unit},
        st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=30000),
        st.sampled_from(["кг", "т", None]),
    ),
    secrets=["3900", "15600", "разделили"],
)

MASS = """\
type: number
answer: 25
unit: кг
units: {кг: 1, т: 1000, г: 0.001}
tolerance: {absolute: 0.5}
feedback: {partial: Почти}
near:
  - {answer: 2.5, feedback: Потерян ноль, mistake: {kind: quality, severity: minor, note: Порядок}}
  - {answer: 250, tolerance: {relative: 10%}}
"""


@pytest.fixture(scope="module")
def mass() -> Task:
    return task_of(MASS)


def answer(task: Task, text: str, unit: str = "") -> dict[str, str | None]:
    return dict(number.read(task, {"number": [text], "unit": [unit]}))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("+7", "7"),
        ("−3", "-3"),
        ("- 3", "-3"),
        ("–0,5", "-0.5"),
        (",5", "0.5"),
        ("1 234 567,8", "1234567.8"),
        ("1\u202f234", "1234"),
        ("1\u00a0234,50", "1234.50"),
        ("1\u2009234", "1234"),
        ("1'234.5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1,234", "1.234"),
        ("007", "7"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", ".", "1e5", "NaN", "inf", "1 23", "12 34", "1,2,3", "1.2.3", "1 234,5,6", "٣", "½", "0x10", "1--2"),
        *("1 234'567", "9" * 25),
    ],
)
def test_everything_else_is_no_number(text: str) -> None:
    assert parse_number(text) is None


DECIMALS = st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False, allow_infinity=False)


@given(
    DECIMALS,
    st.sampled_from(
        [
            (" ", ","),
            ("\u00a0", ","),
            ("\u202f", ","),
            ("\u2009", "."),
            ("'", "."),
            (",", "."),
            (".", ","),
            ("", ","),
            ("", "."),
        ]
    ),
    st.sampled_from(["-", "−", "–"]),
)
def test_localised_spellings_come_back_as_the_same_number(value: Decimal, marks: tuple[str, str], minus: str) -> None:
    group, point = marks
    text = f"{value:,.4f}".replace(",", "\x00").replace(".", point).replace("\x00", group).replace("-", minus)
    assert parse_number(text) == value


@given(st.text(max_size=30))
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    value = parse_number(text)
    assert value is None or value.is_finite()


@pytest.mark.parametrize(
    ("text", "unit", "response"),
    [
        ("25", "", {"number": "25", "unit": None}),
        ("25,0", "кг", {"number": "25", "unit": "кг"}),
        ("0,025 т", "", {"number": "0.025", "unit": "т"}),
        ("0,025т.", "кг", {"number": "0.025", "unit": "т"}),
        ("25 КГ", "", {"number": "25", "unit": "кг"}),
        ("25.", "", {"number": "25", "unit": None}),
    ],
)
def test_the_unit_may_be_chosen_or_typed(mass: Task, text: str, unit: str, response: dict[str, str | None]) -> None:
    assert answer(mass, text, unit) == response


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("", "", "empty"),
        ("  ", "кг", "empty"),
        ("много", "", "not-a-number"),
        ("около 25", "", "not-a-number"),
        ("25 или 26", "", "not-a-number"),
        ("NaN", "", "not-a-number"),
        ("25 м", "", "unknown-unit"),
        ("25", "фунт", "unknown-unit"),
        ("1" * 61, "", "too-long"),
        ("1" * 30, "", "not-a-number"),
    ],
)
def test_a_form_without_an_answer_costs_no_try(mass: Task, text: str, unit: str, code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        answer(mass, text, unit)
    assert caught.value.code == code


def test_units_that_differ_in_case_only_must_be_written_exactly() -> None:
    task = task_of("type: number\nanswer: 5\nunit: МВт\nunits: {МВт: 1000000, мВт: 0.001}")
    assert answer(task, "5 МВт")["unit"] == "МВт"
    assert answer(task, "5 мВт")["unit"] == "мВт"
    with pytest.raises(ResponseError):
        answer(task, "5 мвт")


def test_units_may_hold_digits_and_full_stops() -> None:
    assert answer(task_of("type: number\nanswer: 5\nunit: м2"), "5 м2") == {"number": "5", "unit": "м2"}
    assert answer(task_of("type: number\nanswer: 5\nunit: чел."), "5 чел") == {"number": "5", "unit": "чел."}
    assert answer(task_of('type: number\nanswer: 5\nunit: "%"'), "5%") == {"number": "5", "unit": "%"}


@pytest.mark.parametrize(
    ("value", "unit", "fraction"),
    [
        ("25", None, "1"),
        ("25.5", "кг", "1"),
        ("24.5", "кг", "1"),
        ("25.500000001", "кг", "0"),
        ("0.025", "т", "1"),
        ("25499.99", "г", "1"),
        ("25", "т", "0.5"),
        ("25.4", "г", "0.5"),
        ("2.5", "кг", "0"),
        ("-25", "кг", "0"),
    ],
)
def test_values_are_converted_and_compared_exactly(mass: Task, value: str, unit: str | None, fraction: str) -> None:
    assert number.mark(mass, {"number": value, "unit": unit}).fraction == Decimal(fraction)


def test_a_right_number_in_a_wrong_unit_is_told_so(mass: Task) -> None:
    outcome = number.mark(mass, {"number": "25", "unit": "т"})
    assert outcome.verdict == "partial"
    assert "единица" in outcome.feedback[0]["ru"]
    assert outcome.feedback[1] == {"ru": "<p>Почти</p>"}


def test_a_near_miss_has_its_feedback_and_its_mistake(mass: Task) -> None:
    outcome = number.mark(mass, {"number": "2.5", "unit": "кг"})
    assert (outcome.verdict, outcome.feedback) == ("wrong", ({"ru": "<p>Потерян ноль</p>"},))
    assert [mistake.note for mistake in outcome.mistakes] == [{"ru": "Порядок"}]
    assert number.mark(mass, {"number": "0.0025", "unit": "т"}).feedback == outcome.feedback


def test_without_a_tolerance_only_the_exact_value_counts() -> None:
    task = task_of("type: number\nanswer: 0.1")
    assert number.mark(task, {"number": "0.1", "unit": None}).verdict == "correct"
    assert number.mark(task, {"number": "0.1000001", "unit": None}).verdict == "wrong"
    assert number.view(task, language="ru", seed=1) == {"unit": None, "units": []}


@pytest.mark.parametrize(("tolerance", "most"), [("2%", "102"), ("0.02", "102"), ("0.5 %", "100.5")])
def test_a_relative_tolerance_is_a_share_of_the_answer(tolerance: str, most: str) -> None:
    task = task_of(f"type: number\nanswer: -100\ntolerance: {{relative: {tolerance}}}")
    assert number.mark(task, {"number": f"-{most}", "unit": None}).verdict == "correct"
    assert number.mark(task, {"number": f"-{most}1", "unit": None}).verdict == "wrong"


def test_the_solution_names_answer_and_unit(mass: Task) -> None:
    assert number.solution(mass, language="ru") == {"number": "25", "unit": "кг"}
    assert number.view(mass, language="ru", seed=1) == {"unit": "кг", "units": ["кг", "т", "г"]}


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        ("answer: 2,5", "P012"),
        ("answer: .inf", "P012"),
        ("answer: 1e99", "P012"),
        ("answer: [1]", "P020"),
        ("answer: 0\ntolerance: {relative: 2%}", "P210"),
        ("answer: 1\ntolerance: {absolute: -1}", "P210"),
        ("answer: 1\ntolerance: {}", "P210"),
        ("answer: 1\ntolerance: 2", "P018"),
        ("answer: 1\nunits: {кг: 1}", "P010"),
        ("answer: 1\nunit: кг\nunits: {кг: 0}", "P012"),
        ("unit: кг", "P010"),
    ],
)
def test_what_an_author_may_get_wrong(definition: str, code: str) -> None:
    assert task_findings(f"type: number\n{definition}") == [code]
