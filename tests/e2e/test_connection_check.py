"""The administrator presses «Проверка связи» inside the LMS, and sees what is wrong with it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Open, Visitor
from tests.failure.demonstration import OLGA, Demonstration

pytestmark = [pytest.mark.e2e, pytest.mark.browser_only]

STEPS = 13
FAULT = ".badge--help"


def check(olga: Visitor) -> None:
    """Press the button and wait until every step is there; nobody reloads."""
    olga.find("main form button").click()
    olga.frame.wait_for_load_state()
    expect(olga.find("[data-check][data-status-url]")).to_have_count(0)
    expect(olga.find("[data-check] li")).to_have_count(STEPS)
    olga.settle()


def step(olga: Visitor, title: str) -> str:
    """What stands beside a step."""
    heading = olga.frame.get_by_role("heading", name=title, exact=True)
    return olga.find("[data-check] li").filter(has=heading).inner_text()


def test_from_the_desk_to_a_check_that_goes_well(open_page: Open, demo: Demonstration) -> None:
    olga = open_page()
    olga.enter(OLGA)
    olga.click(olga.frame.get_by_role("link", name="Проверка связи"))
    olga.picture("check-before-ru")
    before = demo.last_entry()
    check(olga)
    assert "учителю оценок не ставят" in step(olga, "Пробная оценка")
    assert "В журнале от проверки ничего не осталось" in step(olga, "Уборка")
    assert olga.find(FAULT).count() == 0
    assert "Связь есть" in olga.find("[data-summary]").inner_text()
    olga.picture("check-well-ru")
    olga.assert_accessible()
    olga.assert_fits()
    seen = [entry["event"] for entry in demo.journal(before)]
    assert [event for event in seen if event.startswith("lineitem.")].count("lineitem.deleted") == 1
    assert not [event for event in seen if event.startswith("score.") and event != "score.refused"], "no grade was set"
    assert [column["label"] for column in demo.control("GET", "grades")["columns"]] == ["Как работает лицей"]
    olga.assert_no_complaints()


@pytest.mark.parametrize(
    ("mode", "columns"),
    [
        ("500", "перегружена или неисправна (HTTP 500)"),
        ("down", "перегружена или неисправна (HTTP 503)"),
        ("401", "здесь его не принимает (HTTP 401)"),
        ("hang", "за отведённое время нет ответа"),
    ],
)
def test_each_weather_is_named(open_page: Open, demo: Demonstration, mode: str, columns: str) -> None:
    demo.weather(mode, seconds=3)
    olga = open_page()
    olga.enter(OLGA)
    olga.open("check/")
    check(olga)
    told = step(olga, "Чтение столбцов журнала")
    assert "не работает" in told
    assert columns in told
    assert "Что делать:" in told
    assert "Прочитан" in step(olga, "Чтение списка участников"), "what does not depend on it was tried"
    assert "LMS даёт нам токен" in step(olga, "Разрешение на её службы")
    olga.picture(f"check-{mode}-ru")


def test_in_english(open_page: Open, demo: Demonstration) -> None:
    demo.weather("500")
    olga = open_page(locale="en-GB")
    olga.enter(OLGA, "en")
    olga.open("check/")
    check(olga)
    assert "overloaded or broken just now" in step(olga, "Reading the gradebook's columns")
    olga.picture("check-500-en")
    olga.assert_accessible()
    olga.assert_fits()
