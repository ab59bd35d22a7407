"""What a pack says about itself reaches the teacher who looks at it from near."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask

from course_packs import Author, Completion
from lti_tool.catalog.about import about_lines
from tests.packs import small_pack


def test_nothing_said_nothing_shown(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        assert about_lines(small_pack(), {}, "ru") == []


def test_everything_said_is_shown_in_words(app: Flask) -> None:
    pack = replace(
        small_pack(),
        audience=("mentors", "learners"),
        competences={"2.1": Decimal(1), "3.tables": Decimal(2)},
        skills={"tables": {"ru": "таблицы"}},
        prerequisites=("first", "another-schools"),
        completion=Completion("units", ("square",)),
        authors=(Author("expert", organisation={"ru": "Цех"}), Author("editor")),
        licence="CC-BY-4.0",
    )
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        lines = dict(about_lines(pack, {"first": {"ru": "Первый шаг"}}, "ru"))
    assert lines == {
        "Для кого": "наставники, ученики",
        "Тренирует": "работа в команде, таблицы",
        "Лучше пройти раньше": "«Первый шаг»",
        "Пройдено, когда": "пройдены разделы: «Площадь»",
        "Сделали": "эксперт: Цех; редактор",
        "Лицензия": "CC-BY-4.0",
    }


@pytest.mark.parametrize(("rule", "words"), [("pass", "набран порог"), ("all-steps", "пройдены все шаги")])
def test_rules_of_completion(app: Flask, rule: str, words: str) -> None:
    pack = replace(small_pack(), completion=Completion(rule))  # type: ignore[arg-type]
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        assert about_lines(pack, {}, "ru") == [("Пройдено, когда", words)]
