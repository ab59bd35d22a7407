"""Items go into boxes: dragged by a mouse or a finger, or sent there from a list; without a script the list is all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.web.gallery import create_gallery, serving

pytestmark = [pytest.mark.e2e, pytest.mark.browser_only]

SAMPLE = "ru/categorise-whom-to-call"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(create_gallery()) as base:
        yield base


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    yield context
    context.close()


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def expect_in(page: Page, item: str, box: str) -> None:
    expect(page.locator(f"[data-box='{box}'] > [data-item='{item}']")).to_have_count(1)
    expect(page.locator(f"select[name='box-{item}']")).to_have_value(box)


def test_a_mouse_drags_an_item_into_a_box_and_out_again(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/{SAMPLE}")
    page.mouse.move(*middle(page.locator("#item-a")))
    page.mouse.down()
    page.mouse.move(*middle(page.locator("[data-target=b]")), steps=5)
    expect(page.locator("[data-target=b]")).to_have_class("sort-box over")
    page.mouse.up()
    expect_in(page, "a", "b")
    expect(page.locator("#announcer")).to_contain_text("теперь в «")

    page.mouse.move(*middle(page.locator("#item-a")))
    page.mouse.down()
    page.mouse.move(*middle(page.locator("[data-item=c] .sort-words")), steps=5)
    page.mouse.up()
    expect_in(page, "a", "")
    expect(page.locator("#announcer")).to_contain_text("снова не разложено")


def test_what_is_dropped_beside_the_boxes_stays_where_it_was(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/{SAMPLE}")
    page.mouse.move(*middle(page.locator("#item-a")))
    page.mouse.down()
    page.mouse.move(*middle(page.locator("h1")), steps=3)
    page.mouse.up()
    expect_in(page, "a", "")
    expect(page.locator(".lifted")).to_have_count(0)


def test_a_finger_drags_by_the_grip(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 1500}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/{SAMPLE}")
    touch = context.new_cdp_session(page)
    start, goal = middle(page.locator("[data-item=a] [data-grip]")), middle(page.locator("[data-target=c]"))
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start[0], "y": start[1]}]})
    for step in range(1, 6):
        x, y = (start[side] + (goal[side] - start[side]) * step / 5 for side in (0, 1))
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect_in(page, "a", "c")
    context.close()


def test_the_keyboard_keeps_its_place_while_the_item_moves(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/{SAMPLE}")
    page.locator("select[name=box-a]").focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
        expect(page.locator("select[name=box-a]")).to_be_focused()
    boxes = page.locator("[data-target]").evaluate_all("boxes => boxes.map(box => box.dataset.target)")
    expect_in(page, "a", boxes[1])


def test_without_a_script_each_item_has_its_list_and_no_empty_boxes_stand_about(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{SAMPLE}")
    assert page.locator("select[name^=box-]").count() == page.locator("[data-item]").count() == 5
    expect(page.locator("[data-boxes]")).to_be_hidden()
    expect(page.locator("[data-grip]").first).to_be_hidden()
    context.close()
