"""Open answers: what is a text, and how long it may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import open_answer
from tests.course_packs.samples import Samples, task_of

SAMPLES = Samples(
    fields=["text"],
    words=[
        "Расход упал с 12 до 9, фильтр чистый, стало 11: следи, ниже 8 зови мастера, ниже 10 чисть фильтр.",
        "  ",
    ],
    responses=st.text(max_size=60).map(lambda text: {"text": text}),
    secrets=["Проверяй каждые полчаса"],
)

LETTER = """\
type: open_answer
min_words: 3
max_words: 5
rubric: {a: {title: Т, levels: [А, Б]}}
model_answer: Так **тоже** можно.
"""


@pytest.fixture(scope="module")
def letter() -> Task:
    return task_of(LETTER)


def test_a_text_is_kept_as_it_was_written(letter: Task) -> None:
    assert open_answer.read(letter, {"text": ["  Раз,\r\nдва — и\rтри.  "]}) == {"text": "Раз,\nдва — и\nтри."}
    assert open_answer.describe(letter, {"text": "Раз"}, language="ru") == "Раз"
    assert open_answer.draft(letter, {"text": ["Раз\r\n"]}) == {"text": "Раз\n"}


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        ("   ", "empty", {}),
        ("раз два", "too-few-words", {"count": "2", "limit": "3"}),
        ("раз два три четыре пять шесть", "too-many-words", {"count": "6", "limit": "5"}),
        ("а" * 20_001, "too-long", {"limit": "20000"}),
    ],
)
def test_what_is_no_answer_yet_says_why(letter: Task, text: str, code: str, params: dict[str, str]) -> None:
    with pytest.raises(ResponseError) as refused:
        open_answer.read(letter, {"text": [text]})
    assert (refused.value.code, refused.value.params) == (code, params)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("—", 0), ("что-то там", 2), ("12,5 т", 3), ("don't stop", 2), ("а_б", 2), ("Ещё раз!", 2)],
)
def test_words_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert open_answer.count_words(text) == count


@given(st.text(max_size=2000))
def test_any_text_is_counted_in_no_time(text: str) -> None:
    assert 0 <= open_answer.count_words(text) <= len(text)


def test_the_model_answer_is_shown_as_safe_html(letter: Task) -> None:
    assert open_answer.solution(letter, language="ru") == {"html": "<p>Так <strong>тоже</strong> можно.</p>"}
    assert open_answer.solution(task_of(LETTER.replace("model_answer: Так **тоже** можно.\n", "")), language="ru") == {}
