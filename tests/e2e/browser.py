"""A person at a real browser: from the LMS's front page into the tool's frame, and what can be done there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Frame, Locator, Page, ViewportSize, expect

from course_packs import Task, tasks
from tests.failure.demonstration import Demonstration

WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 360, "height": 740}
CLOSED = "[data-task][data-state=closed]"
PATIENCE_MS = 20_000
MOST_TABS = 120
LOWEST_FRAME = 320
PICTURE_HEIGHT = 3000

expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Visitor:
    """One person in one page, whose tool stands in a frame; everything the browser complains of is kept."""

    demo: Demonstration
    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{error}"))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def enter(self, slug: str, language: str = "ru", activity: str | None = None) -> None:
        """From the front page of the school, by what is there to click, to the activity with the tool in its frame;
        ``activity`` is its title, the first one if none is named."""
        self.page.goto(f"{self.demo.school_url}/language/{language}")
        self.picture(f"front-{language}")
        self.page.locator(f"button[name=person][value={slug}]").click()
        if activity is None:
            self.page.locator("h3 a").first.click()
        else:
            self.page.get_by_role("heading", name=activity, exact=True).get_by_role("link").last.click()
        self.settle()

    @property
    def frame(self) -> Frame:
        """The tool's frame."""
        frame = self.page.locator("iframe.tool").element_handle().content_frame()
        assert frame is not None
        return frame

    def find(self, selector: str) -> Locator:
        """Something in the frame."""
        return self.frame.locator(selector)

    @property
    def visit(self) -> str:
        """The address that all pages of this visit begin with."""
        return "/".join(self.frame.url.split("/")[:5])

    def settle(self) -> None:
        """Wait until the tool's page is there and the frame has grown to its height: then nothing moves any more."""
        self.frame.wait_for_url(f"{self.demo.tool_url}/v/**")
        self.frame.wait_for_load_state()
        expect(self.find("h1")).to_be_visible()
        outside = self.page.locator("iframe.tool")

        def grown() -> bool:
            inner = float(self.frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)"))
            outer = float(outside.evaluate("frame => frame.clientHeight"))
            return abs(outer - max(inner, LOWEST_FRAME)) < 2  # a smaller difference is not told

        wait_until(grown, "the frame is as high as its page")

    def open(self, path: str) -> None:
        """Go to a page of the visit."""
        self.frame.goto(f"{self.visit}/{path}")
        self.settle()

    def click(self, target: Locator) -> None:
        """Click what leads to another page, and wait for it."""
        with self.page.expect_event("framenavigated", lambda frame: frame == self.frame):
            target.click()
        self.settle()

    def onward(self) -> None:
        """The way on, below every step."""
        self.click(self.find("nav.onward a").last)

    def fill_in(self, task: Task, solution: dict[str, Any] | None = None) -> None:
        """Put an answer into the fields with mouse and keyboard; the right one unless another is given."""
        answer = solution or tasks.get_type(task.type).solution(task, language="ru")
        match task.type:
            case "choice":
                for chosen in answer["chosen"]:
                    self.find(f"input[name=choice][value='{chosen}']").check()
            case "short_text":
                self.find("#text").fill(answer["text"])
            case "number":
                self.find("#number").fill(str(answer["number"]).replace(".", ","))
            case "ordering":
                for place, item in enumerate(answer["order"]):
                    while (now := self.order().index(item)) > place:
                        self.find(f"[data-item='{item}'] [data-move='-1']").click()
                        wait_until(lambda item=item, now=now: self.order().index(item) < now, "the item moved up")
            case "matching":
                for left, right in answer["pairs"].items():
                    self.find(f"select[name='match-{left}']").select_option(right)

    def order(self) -> list[str]:
        """The items of an ordering task as they stand."""
        order: list[str] = self.find("[data-item]").evaluate_all("items => items.map(item => item.dataset.item)")
        return order

    def send(self) -> None:
        """Press «answer»."""
        self.find("form[data-answer] button.button--main").click()

    def answer(self, task: Task) -> None:
        """Answer the task of the page rightly, and see that it was taken."""
        self.fill_in(task)
        self.send()
        expect(self.find(CLOSED)).to_be_visible()
        expect(self.find("#feedback.feedback--correct")).to_be_visible()
        self.settle()

    def tab_to(self, selector: str) -> None:
        """Press Tab until the focus is on something; no mouse."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.frame.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
                return
        raise AssertionError(f"{selector} cannot be reached with Tab on {self.frame.url}")

    def assert_accessible(self) -> None:
        """No violation that axe knows of on the page in the frame."""
        violations = Axe().run(self.frame).response["violations"]
        shown = [f"{one['id']}: {one['help']} {[node['html'][:200] for node in one['nodes']]}" for one in violations]
        assert not shown, "\n".join([self.frame.url, *shown])

    def assert_fits(self) -> None:
        """Nothing is wider than the window, neither the page nor what is in the frame."""
        for where in (self.page.main_frame, self.frame):
            wide = where.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert wide[0] <= wide[1], f"{where.url} is {wide[0]} px wide in a window of {wide[1]}"

    def assert_no_complaints(self) -> None:
        """The browser had nothing to complain of: no error, nothing that the content policy forbade."""
        assert self.complaints == []

    def snap(self, name: str) -> None:
        """Keep one picture of the page as it stands, in the folder ``LYCEUM_SCREENSHOTS`` when that is set."""
        folder = os.environ.get("LYCEUM_SCREENSHOTS")
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size or WIDE
        # The window is made as high as the page: `full_page` tears a frame of another site.
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": height})
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=f"{folder}/{name}.png")
        self.page.set_viewport_size(size)

    def snap_task(self, name: str) -> None:
        """Keep a picture of the task alone, in the folder ``LYCEUM_EXAMPLES`` when that is set; the first one stays."""
        folder = os.environ.get("LYCEUM_EXAMPLES")
        if not folder or (path := Path(folder) / f"{name}.png").exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size or WIDE
        # The window is made as high as the page: a frame of another site is torn where the window ends.
        self.page.set_viewport_size({"width": size["width"], "height": PICTURE_HEIGHT})
        self.settle()
        self.page.wait_for_timeout(300)
        self.find("[data-task] form.task").first.screenshot(path=path)
        self.page.set_viewport_size(size)
        self.settle()

    def picture(self, name: str) -> None:
        """Keep pictures of the page at both widths in the folder ``LYCEUM_SCREENSHOTS``, when that is set."""
        folder = os.environ.get("LYCEUM_SCREENSHOTS")
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        before = self.page.viewport_size or WIDE
        for size in (WIDE, NARROW):
            self.page.set_viewport_size(size)
            if self.page.locator("iframe.tool").count() and "/v/" in self.frame.url:
                self.settle()
            # The window is made as high as the page: `full_page` tears a frame of another site.
            height = self.page.evaluate("document.documentElement.scrollHeight")
            self.page.set_viewport_size({"width": size["width"], "height": height})
            self.page.wait_for_timeout(300)
            self.page.screenshot(path=f"{folder}/{name}-{size['width']}.png")
        self.page.set_viewport_size(before)


def wait_until(look: Callable[[], bool], what: str) -> None:
    """Look until it is true; a page that is just being replaced is looked at again.

    Raises:
        AssertionError: it did not become true in time.
    """
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        with suppress(Error):
            if look():
                return
        time.sleep(0.03)
    raise AssertionError(f"not in time: {what}")


Open = Callable[..., Visitor]
"""Opens a new browser context with one page; keyword arguments are those of ``Browser.new_context``."""


def new_page(demo: Demonstration, context: BrowserContext) -> Visitor:
    """A new page in a browser context."""
    return Visitor(demo, context.new_page())
