"""Self-assessment: a level for each criterion, under ids that stay."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import self_assessment
from tests.course_packs.samples import Samples, task_findings, task_of

SAMPLES = Samples(
    fields=["criterion-safety", "criterion-quality", "criterion-time"],
    words=["1", "2", "3", "4"],
    responses=st.dictionaries(st.sampled_from(["safety", "quality", "time"]), st.sampled_from("01234")).map(
        lambda levels: {"levels": levels}
    ),
)

TALK = """\
type: self_assessment
criteria:
  voice: {title: Голос, levels: [Читаю, Говорю, Говорю и смотрю на людей]}
  time: {title: Время, levels: [Не слежу, Укладываюсь]}
"""


@pytest.fixture(scope="module")
def talk() -> Task:
    return task_of(TALK)


def test_levels_are_kept_under_the_author_s_ids(talk: Task) -> None:
    form = {"criterion-voice": ["3"], "criterion-time": ["1"]}
    response = self_assessment.read(talk, form)
    assert response == {"levels": {"voice": "3", "time": "1"}}
    assert self_assessment.mark(talk, response).verdict == "noted"
    assert self_assessment.describe(talk, response, language="ru") == "Голос: 3 из 3; Время: 1 из 2"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "empty"),
        ({"criterion-voice": ["1"]}, "incomplete"),
        ({"criterion-voice": ["1"], "criterion-time": ["3"]}, "unknown-option"),
    ],
)
def test_an_unfinished_form_is_no_answer(talk: Task, form: dict[str, list[str]], code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        self_assessment.read(talk, form)
    assert caught.value.code == code
    assert self_assessment.draft(talk, form)["levels"] == {
        field.removeprefix("criterion-"): values[0] for field, values in form.items()
    }


def test_an_answer_that_leaves_something_open_earns_nothing(talk: Task) -> None:
    assert self_assessment.mark(talk, {"levels": {"voice": "1"}}).verdict == "wrong"


@pytest.mark.parametrize(
    ("definition", "codes"),
    [
        ("", ["P010"]),
        ("criteria: {a: x}", ["P018"]),
        ("criteria: {a: {title: A}}", ["P010"]),
        ("criteria: {a: {title: A, levels: [x]}}", ["P016"]),
        ("criteria: {a: {title: A, levels: [x, X]}}", ["P204"]),
        ("criteria: {a: {title: A, levels: [x, y], weight: 2}}", ["P009"]),
    ],
)
def test_what_an_author_may_get_wrong(definition: str, codes: list[str]) -> None:
    assert task_findings(f"type: self_assessment\n{definition}") == codes
