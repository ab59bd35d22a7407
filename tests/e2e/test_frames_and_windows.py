"""The frame that holds the tool: who may put one around it, how it grows, the way out of it."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Open
from tests.failure.demonstration import Demonstration

pytestmark = [pytest.mark.e2e, pytest.mark.browser_only]

NARROW_FRAME = "frame => { frame.style.width = '700px'; }"


@pytest.fixture
def stranger() -> Iterator[ThreadingHTTPServer]:
    """A site that nobody registered; it frames whatever its query names."""

    class Frames(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            framed = self.path.split("?", 1)[-1]
            self.wfile.write(f'<!doctype html><iframe src="{framed}"></iframe>'.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Frames)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_s_10_a_site_that_is_no_registered_platform_cannot_frame_a_page(
    open_page: Open, demo: Demonstration, stranger: ThreadingHTTPServer
) -> None:
    pupil = open_page()
    pupil.enter(demo.add_pupil())
    pages = [pupil.frame.url, f"{demo.tool_url}/lti/login/continue?tx={'0' * 32}"]
    for page in pages:
        other = pupil.page.context.new_page()
        refused: list[str] = []
        other.on("console", lambda message, refused=refused: refused.append(message.text))
        other.goto(f"http://127.0.0.1:{stranger.server_port}/?{page}")
        other.wait_for_timeout(500)
        assert any("frame-ancestors" in text for text in refused), page
        assert [frame.url for frame in other.frames][1:] in ([], ["chrome-error://chromewebdata/"], [":"]), page


def test_s_01_s_09_two_persons_in_two_frames_of_one_browser_keep_their_own_visits(
    open_page: Open, demo: Demonstration
) -> None:
    """Third-party cookies are blocked here but for partitioned ones: the usual browser of today."""
    first = open_page()
    first.enter(demo.add_pupil())
    home = first.frame.url
    second = type(first)(demo, first.page.context.new_page())
    second.enter(demo.add_pupil())
    assert second.frame.url != home
    for person in (first, second, first):
        visit = person.visit
        person.click(person.find("header.hero a.button--main, nav.onward a").last)
        assert person.frame.url.startswith(visit)
        person.open("course")


def test_a_page_in_a_small_frame_opens_in_a_window_of_its_own_and_goes_on_there(
    open_page: Open, demo: Demonstration
) -> None:
    pupil = open_page()
    pupil.enter(demo.add_pupil())
    pupil.page.locator("iframe.tool").evaluate(NARROW_FRAME)
    pupil.click(pupil.find("header.hero a.button--main"))
    button = pupil.find("form[data-own-window] button")
    expect(button).to_be_visible()
    pupil.settle()
    pupil.assert_accessible()
    pupil.picture("small-frame")
    pupil.page.locator("iframe.tool").evaluate(NARROW_FRAME)
    with pupil.page.context.expect_page() as opened:
        button.click()
    window = opened.value
    window.wait_for_url(f"{demo.tool_url}/v/**")
    assert window.url.split("/v/")[1].split("/", 1)[1] == pupil.frame.url.split("/v/")[1].split("/", 1)[1]
    assert not window.url.startswith(pupil.visit)  # a visit of its own, with a secret of its own
    assert window.locator("h1").inner_text() == pupil.find("h1").inner_text()
    expect(window.locator("form[data-own-window]")).to_have_count(0)
    window.locator("nav.onward a").last.click()
    window.reload()
    expect(window.locator("nav.onward")).to_be_visible()
    expect(window.get_by_text("Вернуться").first).to_be_visible()
    pupil.assert_no_complaints()


def test_l_39_after_the_end_the_way_back_leads_to_the_course_with_a_word(open_page: Open, demo: Demonstration) -> None:
    pupil = open_page()
    pupil.enter(demo.add_pupil())
    pupil.click(pupil.find("header.hero a.button--main"))
    pupil.open("finish")
    pupil.click(pupil.find("form[method=post] button").last)
    back = pupil.find("main a[href*='/return?']")
    expect(back).to_be_visible()
    back.click()
    expect(pupil.page.locator("main")).to_contain_text("Прохождение завершено")
    assert pupil.page.url.startswith(demo.school_url)
    pupil.assert_no_complaints()
