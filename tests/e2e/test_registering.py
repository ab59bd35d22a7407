"""A school connects its LMS by a link: made by a command, pasted, looked at, confirmed; then the course opens by it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.e2e.browser import NARROW, WIDE, Open, Visitor
from tests.failure.demonstration import Demonstration

pytestmark = [pytest.mark.e2e, pytest.mark.browser_only]


def invite(demo: Demonstration, *options: str) -> str:
    """Make an invitation by the command; returns its link."""
    said = demo.command("invite", "--school", "demo-school", *options)
    found = re.search(r"http://localhost:\d+/connect/\S+", said)
    assert found is not None, said
    return found[0]


def paste(visitor: Visitor, link: str) -> FrameLocator:
    """As the administrator: from the front page to the list of tools, and the link into its field."""
    page = visitor.page
    page.goto(f"{visitor.demo.school_url}/language/ru")
    page.get_by_role("link", name="внешние инструменты").click()
    page.locator("input[name=link]").fill(link)
    page.get_by_role("button", name="Добавить LTI Advantage").click()
    return page.frame_locator("iframe.tool")


def delete_tools(page: Page, demo: Demonstration) -> None:
    """Leave the school as it was found."""
    page.goto(f"{demo.school_url}/tools/")
    while page.get_by_role("button", name="Удалить инструмент").count():
        page.get_by_role("button", name="Удалить инструмент").first.click()


def test_a_trusted_link_is_pasted_confirmed_and_the_course_opens_by_it(open_page: Open, demo: Demonstration) -> None:
    visitor = open_page()
    page = visitor.page
    frame = paste(visitor, invite(demo, "--trusted"))
    expect(frame.get_by_role("heading", level=1)).to_contain_text("127.0.0.1")
    for size, name in ((WIDE, "1280"), (NARROW, "360")):
        page.set_viewport_size(size)
        visitor.assert_fits()
        visitor.snap(f"registering-{name}")
    page.set_viewport_size(WIDE)
    visitor.assert_accessible()
    assert "registration_token" not in visitor.frame.url
    assert "/connect/asked/" in visitor.frame.url
    frame.get_by_role("button", name="Подключить").click()

    page.wait_for_url("**/tools/")  # the tool's page asked to be closed
    expect(page.get_by_text("Ожидание")).to_be_visible()
    visitor.snap("registered")
    page.get_by_role("button", name="Активировать").click()
    card = page.locator("section[data-tool]").first
    expect(card).to_contain_text("Работает")
    client_id = card.get_attribute("data-tool")
    try:
        visitor.enter("timur")
        expect(visitor.find("h1")).to_be_visible()
        granted = [entry for entry in demo.journal() if entry["event"] == "launch.granted"]
        assert granted
        assert client_id in demo.command("platform", "list")
        visitor.assert_no_complaints()
    finally:
        delete_tools(page, demo)


def test_a_link_that_is_not_trusted_waits_for_the_operator(open_page: Open, demo: Demonstration) -> None:
    visitor = open_page()
    page = visitor.page
    link = invite(demo)
    paste(visitor, link).get_by_role("button", name="Подключить").click()
    page.wait_for_url("**/tools/")
    page.get_by_role("button", name="Активировать").click()
    client_id = page.locator("section[data-tool]").first.get_attribute("data-tool")
    assert client_id is not None
    try:
        page.goto(f"{demo.school_url}/")
        page.locator("button[name=person][value=timur]").click()
        page.locator("h3 a").first.click()
        waiting = page.frame_locator("iframe.tool")
        expect(waiting.get_by_role("heading", level=1)).to_contain_text("ждёт подтверждения")
        expect(waiting.get_by_text("LTI-23")).to_be_visible()
        visitor.snap("pending")
        # The link was used: pasted again it says so.
        again = paste(visitor, link)
        expect(again.get_by_text("REG-03")).to_be_visible()

        assert "active" in demo.command("platform", "approve", client_id)
        demo.restart_tool()  # otherwise it may remember for ten seconds that the platform waits
        visitor.enter("timur")
        expect(visitor.find("h1")).to_be_visible()
    finally:
        delete_tools(page, demo)


def test_the_link_opened_by_hand_says_what_to_do_with_it(open_page: Open, demo: Demonstration) -> None:
    for language, word in (("ru-RU", "Управление инструментами"), ("en-GB", "Manage tools")):
        visitor = open_page(locale=language, permissions=["clipboard-read", "clipboard-write"])
        page = visitor.page
        link = invite(demo)
        page.goto(link)
        expect(page.get_by_text(word)).to_be_visible()
        expect(page.locator("#link")).to_have_value(link)
        page.locator("[data-copy] button").first.click()
        expect(page.locator("#announcer")).not_to_be_empty()
        assert page.evaluate("navigator.clipboard.readText()") == link
        page.get_by_role("link").last.click()
        expect(page.locator("#launch")).to_have_value(f"{demo.tool_url}/lti/launch")
        for name in ("Canvas", "Open edX", "Blackboard Learn", "D2L Brightspace"):
            page.get_by_role("heading", name=name).click()
            expect(page.locator("details[open]")).to_contain_text(name)
        visitor.assert_no_complaints()
