"""A browser that lets nothing in a frame remember anything: the course opens in a window of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.chromium import ARGUMENTS, chromium
from tests.e2e.browser import CLOSED, WIDE, new_page
from tests.failure.demonstration import PACK, Demonstration

pytestmark = [pytest.mark.e2e, pytest.mark.browser_only]

TRY_A_COOKIE = "(document.cookie = 'kept=1; Secure; SameSite=None; Path=/; Partitioned', document.cookie)"


def test_with_all_cookies_blocked_in_the_frame_a_window_opens_and_works(
    playwright: Playwright, demo: Demonstration, tmp_path: Path
) -> None:
    blocked = {f"{demo.tool_url},{demo.school_url}": {"setting": 2}}  # the tool within the school: partitioned ones too
    preferences = {"profile": {"content_settings": {"exceptions": {"cookies": blocked}}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(preferences), encoding="utf-8")
    context = playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=chromium(), args=ARGUMENTS, viewport=WIDE, locale="ru-RU"
    )
    try:
        pupil = new_page(demo, context)
        slug = demo.add_pupil()
        pupil.page.goto(demo.school_url)
        pupil.page.locator(f"button[name=person][value={slug}]").click()
        pupil.page.locator("h3 a").first.click()
        expect(pupil.find("h1")).to_have_text("Ещё одна дверь")
        expect(pupil.find("form button")).to_be_visible()
        assert pupil.frame.evaluate(TRY_A_COOKIE) == ""
        pupil.assert_accessible()
        pupil.picture("new-window")

        with context.expect_page() as opened:
            pupil.find("form button").click()
        window = opened.value
        expect(window.locator("h1")).to_have_text("Как работает лицей")
        assert window.url.startswith(f"{demo.tool_url}/v/")
        task = PACK.task("gate/eighty-two")
        window.goto(window.url.replace("/course", f"/units/{task.id}"))
        right = next(option["id"] for option in task.spec["options"] if option["correct"])
        window.locator(f"input[value='{right}']").check()
        window.locator("form[data-answer] button.button--main").click()
        expect(window.locator(CLOSED)).to_be_visible()
        pupil.assert_no_complaints()
    finally:
        context.close()
