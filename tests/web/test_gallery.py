"""The pages in a real browser: axe finds nothing, nothing spills over, and the scripts keep what a learner gave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.gallery import create_gallery, serving
from tests.web.pages import PAGES

pytestmark = [pytest.mark.e2e, pytest.mark.browser_only]

# A page that submits itself at once cannot be looked at for long.
STANDING = [name for name in PAGES if name != "auto-post"]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture(scope="module")
def gallery() -> Flask:
    return create_gallery()


@pytest.fixture(scope="module")
def address(gallery: Flask) -> Iterator[str]:
    with serving(gallery) as base:
        yield base


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    yield watched(context)
    context.close()


complaints: list[str] = []


def watched(context: BrowserContext) -> Page:
    """A page whose errors, a refused style or script among them, are collected."""
    complaints.clear()
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    browser: Browser, address: str, scheme: Literal["light", "dark"], lang: str
) -> None:
    context = browser.new_context(
        viewport={"width": 360 if lang == "ru" else 1280, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = watched(context)
    found = {}
    for name in STANDING:
        page.goto(f"{address}/{lang}/{name}")
        results = Axe().run(page, options=RULES)
        if results.violations_count:
            found[name] = results.generate_report()
    context.close()
    assert found == {}
    assert complaints == []


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_spills_over_the_side(browser: Browser, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    wide = {}
    for name in STANDING:
        page.goto(f"{address}/ru/{name}")
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wide[name] = needed
    context.close()
    assert wide == {}


def test_what_is_pressed_is_large_enough(page: Page, address: str) -> None:
    small = []
    for name in ("course", "choice", "ordering", "matching", "result"):
        page.goto(f"{address}/ru/{name}")
        small += page.evaluate(
            """() => [...document.querySelectorAll("button, select, .button, .option, .dot")]
                .filter((e) => !e.hidden).map((e) => [e.className, e.getBoundingClientRect()])
                .filter(([name, box]) => Math.min(box.width, box.height) < (name.includes("dot") ? 24 : 44))
                .map(([name]) => name)"""
        )
    assert small == []


def test_an_answer_is_shown_in_place_and_focus_goes_to_what_it_was_worth(page: Page, address: str) -> None:
    page.goto(f"{address}/ru/choice")
    page.get_by_label("Куратору класса").check()
    page.get_by_role("button", name="Ответить").click()
    expect(page.locator("#feedback")).to_be_focused()
    expect(page.locator("#feedback")).to_contain_text("Верно")
    assert page.url.endswith("/ru/choice")


def test_an_answer_is_sent_again_as_it_was_until_the_server_takes_it(page: Page, address: str, gallery: Flask) -> None:
    gallery.extensions["accepted"] = []
    page.goto(f"{address}/ru/short-text")
    page.get_by_label("Ответ словом").fill("наставник")
    gallery.extensions["failures"] = 1
    page.get_by_role("button", name="Ответить").click()
    expect(page.get_by_text("Нет связи. Ответ сохранён на этой странице").first).to_be_visible()
    expect(page.locator("#text")).to_have_value("наставник")
    expect(page.locator("#feedback")).to_be_visible()
    assert [form["text"] for form in gallery.extensions["accepted"]] == [["наставник"]]


def test_a_cut_line_waits_and_sends_once_when_the_line_returns(page: Page, address: str, gallery: Flask) -> None:
    gallery.extensions["accepted"] = []
    page.goto(f"{address}/ru/number")
    page.get_by_label("Ответ числом").fill("25")
    page.context.set_offline(True)
    page.get_by_role("button", name="Ответить").dblclick()
    expect(page.get_by_role("button", name="Отправить сейчас")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#feedback")).to_be_visible()
    assert len(gallery.extensions["accepted"]) == 1


def test_a_hint_leaves_the_answer_being_given_as_it_is(page: Page, address: str) -> None:
    page.goto(f"{address}/ru/choice")
    page.get_by_label("Никому").check()
    page.get_by_role("button", name="Подсказка").click()
    expect(page.locator("#hint")).to_be_focused()
    expect(page.get_by_label("Никому")).to_be_checked()


def test_an_answer_goes_without_a_script_too(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/ru/ordering")
    page.locator("select[name=position-c]").select_option("3")
    page.get_by_role("button", name="Ответить").click()
    expect(page.locator("#feedback")).to_contain_text("Верно")
    assert page.url.endswith("/ru/ordering#feedback")
    context.close()


def test_items_are_ordered_from_the_keyboard_and_each_move_is_said(page: Page, address: str, gallery: Flask) -> None:
    gallery.extensions["accepted"] = []
    page.goto(f"{address}/ru/ordering")
    first = page.locator("[data-item=c] [data-move='1']")
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_have_text("Закрепить заготовку: место 2 из 4")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    assert page.locator(".order > li").evaluate_all("items => items.map((item) => item.dataset.item)") == [
        "a",
        "d",
        "c",
        "b",
    ]
    page.get_by_role("button", name="Ответить").press("Enter")
    expect(page.locator("#feedback")).to_be_visible()
    (sent,) = gallery.extensions["accepted"]
    assert {name: value for name, value in sent.items() if name.startswith("position-")} == {
        "position-a": ["1"],
        "position-d": ["2"],
        "position-c": ["3"],
        "position-b": ["4"],
    }


def test_items_are_ordered_by_dragging(page: Page, address: str) -> None:
    page.goto(f"{address}/ru/ordering")
    grip = page.locator("[data-item=c] .order-grip").bounding_box()
    last = page.locator("[data-item=b]").bounding_box()
    assert grip is not None
    assert last is not None
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 10, last["y"] + last["height"] - 2, steps=24)
    page.mouse.up()
    assert page.locator(".order > li").evaluate_all("items => items.map((item) => item.dataset.item)") == [
        "a",
        "d",
        "b",
        "c",
    ]
    assert page.locator(".order select").evaluate_all("selects => selects.map((select) => select.value)") == [
        "1",
        "2",
        "3",
        "4",
    ]


def test_a_grade_on_its_way_is_asked_about_until_it_has_arrived(page: Page, address: str) -> None:
    page.clock.install()
    page.goto(f"{address}/ru/result")
    expect(page.locator("[data-delivery]")).to_have_text("Результат сохранён, оценка в пути")
    page.clock.run_for(5000)
    expect(page.locator("[data-delivery]")).to_have_text("Оценка в журнале с 12:03")
    expect(page.locator("#announcer")).to_have_text("Оценка в журнале с 12:03")
    assert page.locator("[data-status-url]").count() == 0


def test_a_frame_is_told_the_height_of_the_page(page: Page, address: str) -> None:
    page.add_init_script(
        "window.heard = []; window.addEventListener('message', (event) => window.heard.push(event.data))"
    )
    page.goto(f"{address}/host")
    page.wait_for_function(
        "window.heard.some((message) => message.subject === 'lti.frameResize' && message.height > 600)"
    )
    inside = page.frames[1].evaluate("document.documentElement.scrollHeight")
    as_object, as_text = page.evaluate("window.heard.slice(-2)")  # there are platforms for either
    assert json.loads(as_text) == as_object
    assert abs(as_object["height"] - inside) <= 1


def test_a_form_that_carries_onward_submits_itself(page: Page, address: str) -> None:
    page.goto(f"{address}/ru/auto-post")
    page.wait_for_url("**/ru/new-window")


def test_the_first_load_is_small_on_the_wire(page: Page, address: str) -> None:
    sizes: dict[str, int] = {}
    page.on("response", lambda response: sizes.__setitem__(response.url, len(response.body())))
    page.goto(f"{address}/ru/course-all", wait_until="networkidle")
    assert sum(sizes.values()) <= 150_000
    assert len(sizes) <= 12
