"""A teacher chooses three packs in a frame of Moodle's size; they become activities with the right points, and open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Frame, Page, expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from lti_tool.catalog.releases import publish
from tests.e2e.browser import Open
from tests.failure.demonstration import ALINA, OLGA, Demonstration
from tests.packs import described_pack

pytestmark = [pytest.mark.e2e, pytest.mark.browser_only]

PACKS = {"furnace": "Одна смена у печи", "talk": "Первый разговор"}


@pytest.fixture
def packs(demo: Demonstration) -> Iterator[None]:
    """Two packs more than the one that is installed; the columns that are made of them go again."""
    engine = create_engine(demo.database_url)
    with Session(engine) as session:
        for pack_id, title in PACKS.items():
            publish(session, described_pack(pack_id, title, grades="8-9"))
        session.commit()
    engine.dispose()
    known = [one["id"] for one in demo.control("GET", "grades")["columns"]]
    yield
    for column in demo.control("GET", "grades")["columns"]:
        if column["id"] not in known:
            demo.control("DELETE", f"columns/{column['id']}")


def frame_of(page: Page) -> Frame:
    frame = page.locator("iframe.tool").element_handle().content_frame()
    assert frame is not None
    return frame


@pytest.mark.usefixtures("packs")
def test_three_items_become_three_activities_with_the_right_points_and_open(
    open_page: Open, demo: Demonstration
) -> None:
    teacher = open_page()
    page = teacher.page
    page.goto(demo.school_url)
    page.locator(f"button[name=person][value={OLGA}]").click()
    before = page.locator("h3").count()
    page.get_by_role("link", name="Выбрать материал").click()
    tool = frame_of(page)
    tool.wait_for_url("**/choose")
    assert (tool.evaluate("innerWidth"), tool.evaluate("innerHeight")) == pytest.approx((735, 550), abs=4)
    assert tool.evaluate("document.documentElement.scrollWidth <= innerWidth")

    offered = tool.locator(".pack-card").count()

    # Search is lively, and what is picked stays picked while one searches on.
    tool.get_by_role("checkbox", name="Отметить: Как работает лицей").check()
    tool.locator("#q").fill("печь")
    expect(tool.locator(".pack-card")).to_have_count(1)
    tool.get_by_role("checkbox", name="Отметить: Одна смена у печи").check()
    tool.locator("#q").fill("")
    expect(tool.locator(".pack-card")).to_have_count(offered)
    expect(tool.locator("[data-picked]")).to_have_text("Отмечено: 2")

    # A look from near, and back with the third.
    tool.get_by_role("button", name="Посмотреть ближе: Первый разговор").click()
    expect(tool.locator("fieldset[disabled]")).to_be_visible()
    tool.get_by_role("button", name="Отметить").click()
    expect(tool.locator("[data-picked]")).to_have_text("Отмечено: 3")
    tool.get_by_role("button", name="Дальше").click()

    # One mistake: it is told at its place, the rest is kept.
    tool.locator("[name='furnace.points']").fill("20")
    tool.locator("[name='furnace.title']").fill("Смена у печи, 8Б")
    tool.locator("[name='talk.points']").fill("-5")
    tool.get_by_role("button", name="Добавить в курс").click()
    expect(tool.locator("[name='talk.points']")).to_have_attribute("aria-invalid", "true")
    expect(tool.locator("[name='furnace.title']")).to_have_value("Смена у печи, 8Б")
    tool.locator("[name='talk.points']").fill("7")
    tool.get_by_role("button", name="Добавить в курс").click()
    expect(frame_of(page).get_by_role("heading", name="Добавлено в курс")).to_be_visible()
    frame_of(page).get_by_role("link", name="Вернуться к курсу").click()

    expect(page.locator("h3")).to_have_count(before + 3)
    page.wait_for_load_state()
    added = [one.strip() for one in page.locator("h3").all_text_contents()[before:]]
    assert sorted(added) == ["Как работает лицей", "Первый разговор", "Смена у печи, 8Б"]
    columns = {one["label"]: one["score_maximum"] for one in demo.control("GET", "grades")["columns"][-3:]}
    assert columns == {"Как работает лицей": 100, "Первый разговор": 7, "Смена у печи, 8Б": 20}

    # Each of them opens for a pupil, with its own pack.
    pupil = open_page()
    pupil.page.goto(demo.school_url)
    pupil.page.locator(f"button[name=person][value={ALINA}]").click()
    course = pupil.page.url
    for title, inside in (("Смена у печи, 8Б", "Одна смена у печи"), ("Первый разговор", "Первый разговор")):
        pupil.page.goto(course)
        pupil.page.get_by_role("heading", name=title, exact=True).get_by_role("link").last.click()
        pupil.settle()
        expect(pupil.find("h1")).to_have_text(inside)
    # Chromium calls the page with the mistake an error of its own.
    assert [one for one in teacher.complaints if "422" not in one] == []
    pupil.assert_no_complaints()


def test_cancelling_leads_back_to_the_school(open_page: Open, demo: Demonstration) -> None:
    page = open_page().page
    page.goto(demo.school_url)
    page.locator(f"button[name=person][value={OLGA}]").click()
    page.get_by_role("link", name="Выбрать материал").click()
    frame_of(page).get_by_role("link", name="Отмена").click()
    expect(frame_of(page).get_by_role("heading", name="Ничего не выбрано")).to_be_visible()
