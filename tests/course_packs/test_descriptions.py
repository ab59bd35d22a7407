"""An answer in one line, for a teacher who looks at many."""

from __future__ import annotations

from typing import Any

import pytest

from course_packs import get_type
from tests.packs import small_pack


@pytest.mark.parametrize(
    ("task_id", "response", "words"),
    [
        ("gate/one", {"chosen": ["b"]}, "Назад"),
        ("gate/word", {"text": "Волга"}, "Волга"),
        ("square/number", {"number": "77,6", "unit": None}, "77,6"),
        ("square/number", {"number": "77,6", "unit": "%"}, "77,6 %"),
    ],
)
def test_an_answer_is_told_in_words(task_id: str, response: dict[str, Any], words: str) -> None:
    task = small_pack().task(task_id)
    assert get_type(task.type).describe(task, response, language="ru") == words


def test_orders_and_pairs_are_told_as_the_solution_has_them() -> None:
    order, pairs = small_pack().task("square/order"), small_pack().task("square/pairs")
    told = get_type("ordering").describe(order, get_type("ordering").solution(order, language="ru"), language="ru")
    assert told == "1. Первое; 2. Второе; 3. Третье"
    told = get_type("matching").describe(pairs, get_type("matching").solution(pairs, language="ru"), language="ru")
    assert set(told.split("; ")) == {"Огонь — Сталь", "Вода — Урал"}


@pytest.mark.parametrize("task_id", ["gate/one", "gate/word", "square/number", "square/order", "square/pairs"])
@pytest.mark.parametrize("response", [{}, {"chosen": ["z"], "order": ["z"], "pairs": {"z": "z"}}])
def test_what_is_no_answer_is_told_as_nothing(task_id: str, response: dict[str, Any]) -> None:
    task = small_pack().task(task_id)
    assert get_type(task.type).describe(task, response, language="ru") == ""
