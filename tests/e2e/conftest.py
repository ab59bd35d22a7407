"""A real Chromium beside the real servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.e2e.browser import ARGUMENTS, WIDE, Open, Visitor, chromium, new_page
from tests.failure.demonstration import Demonstration
from tests.failure.servers import demo, pytest_runtest_makereport, servers

__all__ = ["demo", "pytest_runtest_makereport", "servers"]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all tests of a process."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def open_page(demo: Demonstration, browser: Browser) -> Iterator[Open]:
    """Open a page in a browser context of its own; all of them are closed after the test."""
    contexts = []

    def open_page(**options: Any) -> Visitor:
        context = browser.new_context(**{"viewport": WIDE, "locale": "ru-RU", "reduced_motion": "reduce"} | options)
        contexts.append(context)
        return new_page(demo, context)

    yield open_page
    for context in contexts:
        context.close()
