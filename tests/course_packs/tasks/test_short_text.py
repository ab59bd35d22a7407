"""Short text: what a fair reader would accept."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import short_text
from tests.course_packs.samples import Samples, task_findings, task_of

SAMPLES = Samples(
    fields=["text"],
    words=["тьютор", "наставник", "тьюторр"],
    responses=st.sampled_from(["тьютор", "наставник", "x"]).map(lambda text: {"text": text}),
    secrets=["тьютор", "наставник"],
)

TUTOR = """\
type: short_text
accept:
  - социально-педагогический центр
  - {text: Тьютор, feedback: Точно}
  - {text: наставник, fraction: 0.5, feedback: Ближе к делу}
  - {text: "(ново|перво)классник(а|у)?", regex: true}
typos: 1
"""


@pytest.fixture(scope="module")
def tutor() -> Task:
    return task_of(TUTOR)


@pytest.mark.parametrize(
    "text",
    [
        "тьютор",
        "  ТЬЮТОР. ",
        "«Тьютор»",
        "тьютр",
        "тьюторр",
        "тьтюор",
        "новоклассник",
        "Первоклассника",
        "Социально — педагогический   центр",
        "социально–педагогический центр",
        "социально-педагогическийцентр",
    ],
)
def test_right_answers_in_any_reasonable_spelling(tutor: Task, text: str) -> None:
    outcome = short_text.mark(tutor, {"text": text})
    assert (outcome.fraction, outcome.verdict, outcome.parts) == (Decimal(1), "correct", {"answer": True})


@pytest.mark.parametrize("text", ["тютор2", "тьюто ры", "двоечник", "второклассник", "классник", "?!", ""])
def test_other_words_are_wrong(tutor: Task, text: str) -> None:
    outcome = short_text.mark(tutor, {"text": text})
    assert (outcome.fraction, outcome.verdict, outcome.parts) == (Decimal(0), "wrong", {"answer": False})


def test_an_answer_may_earn_a_share_and_its_own_feedback(tutor: Task) -> None:
    outcome = short_text.mark(tutor, {"text": "наставник"})
    assert (outcome.fraction, outcome.verdict) == (Decimal("0.5"), "partial")
    assert outcome.feedback == ({"ru": "<p>Ближе к делу</p>"},)


def test_an_exact_match_goes_before_a_match_with_slips() -> None:
    task = task_of("type: short_text\ntypos: 1\naccept: [{text: роста, fraction: 0.2}, {text: роста2}, {text: ростак}]")
    assert short_text.mark(task, {"text": "ростак"}).fraction == 1


def test_letter_case_counts_when_the_author_says_so() -> None:
    task = task_of("type: short_text\ncase: true\naccept: [МВт]")
    assert short_text.mark(task, {"text": "МВт"}).verdict == "correct"
    assert short_text.mark(task, {"text": "мВт"}).verdict == "wrong"


def test_yo_counts_as_ye_both_ways_and_in_patterns() -> None:
    task = task_of("type: short_text\naccept: [ёлка, {text: '[а-яё]*мёд', regex: true}]")
    for text in ("Елка", "ЁЛКА", "гречишный".replace(" ", "") + "мед", "мёд"):
        assert short_text.mark(task, {"text": text}).verdict == "correct", text


def test_any_language_of_an_accepted_answer_counts() -> None:
    task = task_of(
        "type: short_text\naccept: [{text: {ru: сталь, en: steel}}, {ru: чугун, en: iron}]", languages="[ru, en]"
    )
    for text in ("сталь", "Steel", "iron", "чугун"):
        assert short_text.mark(task, {"text": text}).verdict == "correct"
    assert short_text.solution(task, language="en") == {"text": "steel"}


def test_the_solution_is_the_first_plain_answer_with_full_marks() -> None:
    task = task_of("type: short_text\naccept: [{text: 'a+', regex: true}, {text: b, fraction: 0.5}, {text: c}]")
    assert short_text.solution(task, language="ru") == {"text": "c"}


@pytest.mark.parametrize(("text", "code"), [("", "empty"), (" \t", "empty"), ("x" * 11, "too-long")])
def test_a_form_without_an_answer_costs_no_try(text: str, code: str) -> None:
    task = task_of("type: short_text\nmax_length: 10\naccept: [слово]")
    with pytest.raises(ResponseError) as caught:
        short_text.read(task, {"text": [text]})
    assert caught.value.code == code


def test_the_answer_is_kept_as_written(tutor: Task) -> None:
    assert short_text.read(tutor, {"text": [" Тьютор! "]}) == {"text": "Тьютор!"}
    assert short_text.view(tutor, language="ru", seed=1) == {"max_length": 200}


def test_numbers_and_years_may_be_accepted_answers() -> None:
    task = task_of("type: short_text\naccept: [1943, {text: 1944}]")
    assert short_text.mark(task, {"text": "1943"}).verdict == "correct"


@pytest.mark.parametrize(
    ("accept", "codes"),
    [
        ("[]", ["P016"]),
        ("[Ель, ёль, ЕЛЬ]", ["P204"]),
        ("[{txet: a}]", ["P010", "P009"]),
        ("[{text: [a], regex: true}, b]", ["P020"]),
        ("[[a], b]", ["P020"]),
        ("[{text: a, fraction: 2}]", ["P012"]),
    ],
)
def test_what_an_author_may_get_wrong(accept: str, codes: list[str]) -> None:
    found = task_findings(f"type: short_text\naccept: {accept}")
    assert list(dict.fromkeys(found)) == codes


def test_a_task_without_answers_is_incomplete() -> None:
    assert task_findings("type: short_text") == ["P010"]
