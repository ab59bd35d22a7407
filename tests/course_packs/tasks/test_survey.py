"""Surveys: every answer is taken as it is, and an anonymous one is not told."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import strategies as st

from course_packs import ResponseError, score_pack
from course_packs.format.model import Task
from course_packs.tasks import survey
from tests.course_packs.samples import Samples, compiled, files_with, one_task_files, task_findings, task_of

SAMPLES = Samples(
    fields=["statement-calm", "statement-tools", "statement-help", "statement-listen", "statement-share"],
    words=["1", "2", "3", "4", "5", "6"],
    responses=st.dictionaries(
        st.sampled_from(["calm", "tools", "help", "listen", "share"]), st.sampled_from("0123456")
    ).map(lambda steps: {"steps": steps}),
)

MOOD = """\
type: survey
scale: {steps: 4, low: нет, high: да}
statements: {calm: Было спокойно, clear: Было понятно}
feedback: {noted: Спасибо}
"""


@pytest.fixture(scope="module")
def mood() -> Task:
    return task_of(MOOD)


def test_every_answer_is_noted_and_earns_everything(mood: Task) -> None:
    for steps in ({"calm": "1", "clear": "4"}, {"calm": "3", "clear": "3"}):
        outcome = survey.mark(mood, {"steps": steps})
        assert (outcome.verdict, outcome.fraction, outcome.parts) == ("noted", Decimal(1), {})
        assert [text["ru"] for text in outcome.feedback] == ["<p>Спасибо</p>"]


def test_the_ends_of_a_scale_have_words_and_the_steps_between_have_none(mood: Task) -> None:
    row = survey.view(mood, language="ru", seed=1)["rows"][0]
    assert row["steps"] == [{"value": "1", "html": "нет"}, {"value": "2"}, {"value": "3"}, {"value": "4", "html": "да"}]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "empty"),
        ({"statement-calm": ["2"]}, "incomplete"),
        ({"statement-calm": ["2"], "statement-clear": ["5"]}, "unknown-option"),
    ],
)
def test_an_unfinished_form_is_no_answer(mood: Task, form: dict[str, list[str]], code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        survey.read(mood, form)
    assert caught.value.code == code


def test_statements_may_be_passed_over_where_the_author_says_so() -> None:
    task = task_of(MOOD + "optional: true")
    response = survey.read(task, {"statement-calm": ["2"]})
    assert response == {"steps": {"calm": "2"}}
    assert survey.mark(task, response).verdict == "noted"


def test_an_answer_is_told_in_words_unless_it_is_anonymous(mood: Task) -> None:
    response = {"steps": {"calm": "1", "clear": "4", "gone": "1"}}
    assert survey.describe(mood, response, language="ru") == "Было спокойно: 1 из 4; Было понятно: 4 из 4"
    secret = task_of(MOOD + "anonymous: true")
    assert survey.describe(secret, response, language="ru") == ""
    assert survey.mark(secret, response).feedback == survey.mark(mood, response).feedback


def test_a_survey_may_be_worth_nothing_and_then_counts_for_nothing() -> None:
    files = one_task_files(f"task:\n  prompt: Вопрос\n  points: 0\n{_indented(MOOD)}", "[ru]")
    pack = compiled(files_with(files))
    assert pack.task("first/task").points == 0
    assert pack.task("first/task").tries == 1
    assert score_pack(pack, {"first/task": Decimal(0)}) == 0
    assert task_findings("type: number\npoints: 0\nanswer: 1") == ["P012"]


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.strip().split("\n"))


@pytest.mark.parametrize(
    ("definition", "codes"),
    [
        ("", ["P010", "P010"]),
        ("statements: {calm: Да}", ["P010"]),
        ("statements: [Да]\nscale: [a, b, c]", ["P018"]),
        ("statements: {}\nscale: [a, b, c]", ["P016"]),
        ("statements: {Calm: Да}\nscale: [a, b, c]", ["P013"]),
        ("statements: {calm: Да}\nscale: [a, b]", ["P016"]),
        ("statements: {calm: Да}\nscale: {steps: 8, low: a, high: b}", ["P012"]),
        ("statements: {calm: Да}\nscale: {steps: 5}", ["P010", "P010"]),
        ("statements: {calm: Да}\nscale: 5", ["P010"]),
        ("statements: {calm: Да}\nscale: [a, b, c]\nanonymous: может", ["P021"]),
    ],
)
def test_what_an_author_may_get_wrong(definition: str, codes: list[str]) -> None:
    assert task_findings(f"type: survey\n{definition}") == codes
