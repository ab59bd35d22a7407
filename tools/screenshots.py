"""Pictures of every page at 1280 and 360 px, to be looked at: ``python tools/screenshots.py FOLDER [gallery|demo]``.

``gallery`` takes the pages one by one with sample views, in both languages, light and dark. ``demo`` starts the
demonstration on free ports with empty data and walks it in a browser as a pupil and as the teacher: the tool in its
frame, as people see it.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, FrameLocator, Page, Route, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
WIDTHS = (1280, 360)
LANGUAGES = ("ru", "en")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
START_SECONDS = 240
MOST_STEPS = 80
SETTLE_MS = 300


def main(arguments: list[str]) -> int:
    """Take the pictures asked for; both sets when none is named."""
    folder = Path(arguments[0] if arguments else "screenshots")
    wanted = arguments[1:] or ["gallery", "demo"]
    with sync_playwright() as playwright, ExitStack() as stack:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        stack.callback(browser.close)
        if "gallery" in wanted:
            gallery(browser, folder / "gallery")
        if "demo" in wanted:
            with demonstration() as school:
                walk(browser, school, folder / "demo")
    print(f"✓ {sum(1 for _ in folder.rglob('*.png'))} → {folder}")
    return 0


def chromium() -> str:
    """Return where the browser is.

    Raises:
        SystemExit: there is none.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise SystemExit("Нет Chromium: tools/bootstrap.sh browser · There is no Chromium")


def gallery(browser: Browser, folder: Path) -> None:
    """Every template with its sample view."""
    sys.path.insert(0, str(ROOT))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    from tests.web.gallery import create_gallery, serving
    from tests.web.pages import PAGES

    with serving(create_gallery()) as address:
        for theme in THEMES:
            page = browser.new_context(color_scheme=theme, reduced_motion="reduce").new_page()
            page.route("**", still)
            for language in LANGUAGES:
                for name in PAGES:
                    page.goto(f"{address}/{language}/{name}")
                    picture(page, folder / f"{name}-{language}-{theme}")
            page.context.close()


def still(route: Route) -> None:
    """Let nothing be sent: a page that submits itself is wanted as it looks before that."""
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


@contextmanager
def demonstration() -> Iterator[str]:
    """The whole of ``make demo`` on free ports, with data of its own; yields the address of the school.

    Raises:
        SystemExit: it ended, or did not answer in time.
    """
    tool, lms = free_ports(2)
    with tempfile.TemporaryDirectory() as data:
        told = {"LYCEUM_DEMO_TOOL_PORT": str(tool), "LYCEUM_DEMO_LMS_PORT": str(lms), "LYCEUM_DEMO_DIR": data}
        command = [sys.executable, "-m", "lti_tool.demo_lms"]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | told, stdout=subprocess.DEVNULL)
        try:
            for address in (f"http://localhost:{tool}/healthz", f"http://127.0.0.1:{lms}/healthz"):
                wait_for(address, process)
            yield f"http://127.0.0.1:{lms}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return when ``address`` answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own address on this machine
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    raise SystemExit("Демонстрация не запустилась · The demonstration did not start: make demo")


def walk(browser: Browser, school: str, folder: Path) -> None:
    """A pupil's shift from the front page to the grade, then the teacher's look at it."""
    pupil = browser.new_context(locale="ru-RU", reduced_motion="reduce").new_page()
    enter(pupil, school, "Тимур", folder, "1-pupil")
    through_the_course(pupil, folder)
    pupil.goto(pupil.url.replace("/activity", "/gradebook"))
    picture(pupil, folder / "1-pupil-gradebook")
    pupil.context.close()

    teacher = browser.new_context(locale="ru-RU", reduced_motion="reduce").new_page()
    enter(teacher, school, "Ольга", folder, "2-teacher")
    tool = teacher.frame_locator("iframe")
    tool.get_by_role("link", name="Тимур").first.click()
    tool.get_by_role("heading", level=1).wait_for()
    picture(teacher, folder / "2-teacher-learner")
    teacher.goto(teacher.url.replace("/activity", "/gradebook"))
    picture(teacher, folder / "2-teacher-gradebook")
    teacher.context.close()


def enter(page: Page, school: str, name: str, folder: Path, label: str) -> None:
    """From the school's front page to the tool in its frame."""
    page.goto(school)
    picture(page, folder / "0-front")
    page.get_by_role("button", name=name).click()
    page.get_by_role("heading", level=1).wait_for()
    picture(page, folder / f"{label}-course-in-lms")
    page.get_by_role("heading", level=3).get_by_role("link").first.click()
    page.frame_locator("iframe").get_by_role("heading", level=1).wait_for()
    picture(page, folder / f"{label}-activity")


def through_the_course(page: Page, folder: Path) -> None:
    """All steps in order; one picture of each kind of step, before and after an answer."""
    tool = page.frame_locator("iframe")
    tool.locator("header.hero a.button").first.click()
    seen: set[str] = set()
    for _ in range(MOST_STEPS):
        tool.get_by_role("heading", level=1).wait_for()
        form = tool.locator("form[data-answer]")
        if tool.locator("nav.onward").count() == 0:
            break
        kind = kind_of_task(tool) if form.count() else "read"
        if kind not in seen:
            picture(page, folder / f"1-pupil-step-{kind}")
        if form.count():
            answer(tool)
            if kind not in seen:
                picture(page, folder / f"1-pupil-step-{kind}-answered")
        seen.add(kind)
        onward = tool.locator("nav.onward a").last
        following = onward.get_attribute("href")
        onward.dispatch_event("click")  # not with the mouse: the frame may just be growing under it
        tool.locator(f'nav.onward a[href="{following}"]').wait_for(state="detached")
    picture(page, folder / "1-pupil-finish")
    question = tool.get_by_role("heading", level=1)
    words = question.inner_text()
    tool.locator("form[method=post] button").last.click()
    expect(question).not_to_have_text(words)
    picture(page, folder / "1-pupil-result")


def kind_of_task(tool: FrameLocator) -> str:
    """Tell the types of task apart by their fields."""
    fields = tool.locator("[data-fields]")
    for kind, mark in {
        "ordering": "[data-ordering]",
        "matching": "select",
        "choice-single": "input[type=radio]",
        "choice-multiple": "input[type=checkbox]",
        "number": "input[inputmode=decimal]",
    }.items():
        if fields.locator(mark).count():
            return kind
    return "short-text"


def answer(tool: FrameLocator) -> None:
    """Give some answer: the first of everything."""
    fields = tool.locator("[data-fields]")
    for select in fields.locator("select:visible").all():
        select.select_option(index=1)
    choices = fields.locator("input[type=radio], input[type=checkbox]")
    if choices.count():
        choices.first.check(force=True)
    for text in fields.locator("input.input:visible").all():
        text.fill("12")
    tool.locator("form[data-answer] .answer-bar button").first.click()
    tool.locator("#feedback").wait_for()


def picture(page: Page, path: Path) -> None:
    """The whole page at each width."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        # A frame from another site is a process of its own: it follows late, tells the page around it its height,
        # and is torn by `full_page`, which resizes the page behind its back. So the window is made as high as the page.
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(SETTLE_MS)
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=f"{path}-{width}.png")
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
