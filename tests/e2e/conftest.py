"""A real Chromium beside the real servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import WIDE, Open, Visitor, new_page
from tests.failure.demonstration import Demonstration
from tests.failure.servers import demo, pytest_runtest_makereport, servers

__all__ = ["demo", "pytest_runtest_makereport", "servers"]


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
