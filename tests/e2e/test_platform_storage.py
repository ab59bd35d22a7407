"""A browser that keeps no cookies in a frame at all, and a platform whose page keeps data for the tool."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import BrowserContext, Playwright, Request, Route, expect

from tests.chromium import ARGUMENTS, chromium
from tests.e2e.browser import WIDE, Visitor, new_page
from tests.failure.demonstration import OLGA, PACK, Demonstration, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.browser_only]

TRY_A_COOKIE = "(document.cookie = 'kept=1; Secure; SameSite=None; Path=/; Partitioned', document.cookie)"
TASK = PACK.task("gate/eighty-two")


@pytest.fixture
def cookieless(playwright: Playwright, demo: Demonstration, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser in which the tool's pages inside the school's keep no cookie, not even a partitioned one."""
    blocked = {f"{demo.tool_url},{demo.school_url}": {"setting": 2}}
    preferences = {"profile": {"content_settings": {"exceptions": {"cookies": blocked}}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(preferences), encoding="utf-8")
    context = playwright.chromium.launch_persistent_context(
        tmp_path,
        executable_path=chromium(),
        args=ARGUMENTS,
        viewport=WIDE,
        locale="ru-RU",
        reduced_motion="reduce",
    )
    yield context
    context.close()


def come(context: BrowserContext, demo: Demonstration, slug: str) -> Visitor:
    """A person goes from the school's front page to the activity; what the tool shows is not awaited."""
    person = new_page(demo, context)
    person.page.goto(demo.school_url)
    person.page.locator(f"button[name=person][value={slug}]").click()
    person.page.locator("h3 a").first.click()
    return person


@pytest.mark.parametrize("mode", ["parent", "frame", "unnamed"])
def test_s_02_without_cookies_a_pupil_works_in_the_frame_from_the_first_page_to_the_grade(
    cookieless: BrowserContext, demo: Demonstration, mode: str
) -> None:
    demo.storage(mode)
    slug = demo.add_pupil()
    pupil = come(cookieless, demo, slug)
    expect(pupil.find("h1")).to_have_text("Как работает лицей")
    pupil.settle()
    assert pupil.frame.evaluate(TRY_A_COOKIE) == ""
    assert pupil.page.context.cookies(demo.tool_url) == []
    pupil.assert_accessible()

    pupil.click(pupil.find("header.hero a.button--main"))
    pupil.onward()
    pupil.open(f"units/{TASK.id}")
    pupil.answer(TASK)
    pupil.frame.evaluate("location.reload()")
    expect(pupil.find("#feedback.feedback--correct")).to_be_visible()
    pupil.settle()
    pupil.assert_accessible()
    pupil.onward()
    after = pupil.frame.url
    pupil.frame.evaluate("history.back()")
    pupil.frame.wait_for_url(f"**/units/{TASK.id}")
    expect(pupil.find("#feedback.feedback--correct")).to_be_visible()
    pupil.frame.evaluate("history.forward()")
    pupil.frame.wait_for_url(after)

    pupil.open("finish")
    pupil.click(pupil.find("form[method=post] button").last)
    expect(pupil.find("p .score")).to_have_text(re.compile(r"^\d+\s%$"))
    expect(pupil.find("[data-delivery]")).to_contain_text(re.compile(r"Оценка в журнале с \d\d?:\d\d"))
    eventually(lambda: demo.grade(slug) is not None, "the grade stands in the gradebook")
    pupil.assert_no_complaints()


def test_s_11_in_storage_mode_no_secret_stands_in_an_address_a_referer_or_the_log(
    cookieless: BrowserContext, demo: Demonstration
) -> None:
    demo.storage("parent")
    asked: list[Request] = []

    def note(request: Request) -> None:  # the driver wants a function that it can mark
        asked.append(request)

    cookieless.on("request", note)
    pupil = come(cookieless, demo, demo.add_pupil())
    expect(pupil.find("h1")).to_have_text("Как работает лицей")
    pupil.settle()
    pupil.click(pupil.find("header.hero a.button--main"))
    posts = {request.url.removeprefix(demo.tool_url): request for request in asked if request.method == "POST"}
    sent = parse_qs(posts["/lti/launch"].post_data or "")
    proof = parse_qs(posts["/lti/launch/proof"].post_data or "")["proof"]
    carried = {request.headers["authorization"].split()[1] for request in asked if "authorization" in request.headers}
    assert len(carried) == 1
    secrets = [*proof, *carried, *sent["id_token"]]
    state = sent["state"][0]
    for request in asked:
        where = request.url + request.all_headers().get("referer", "")
        assert not [secret for secret in secrets if secret in where]
        assert state not in where or request.url.startswith(demo.school_url)  # its own page has it, as it must
    log = (demo.folder / "tool.log").read_text(encoding="utf-8")
    assert not [secret for secret in [*secrets, state] if secret in log]


def test_s_02_without_cookies_a_teacher_works_at_the_desk(cookieless: BrowserContext, demo: Demonstration) -> None:
    demo.storage("parent")
    slug = demo.add_pupil()
    pupil = come(cookieless, demo, slug)
    expect(pupil.find("h1")).to_have_text("Как работает лицей")
    pupil.settle()
    pupil.click(pupil.find("header.hero a.button--main"))
    teacher = come(cookieless, demo, OLGA)
    row = teacher.find("tbody tr").filter(has_text=f"Ученик-{slug.removeprefix('p')}")
    expect(row).to_contain_text("в работе")
    teacher.settle()
    teacher.click(row.locator("th a"))
    expect(teacher.find("h1")).to_contain_text("Ученик")
    teacher.assert_no_complaints()


@pytest.mark.parametrize("mode", ["silent", "wrong_origin", "wrong_id", "wrong_subject", "refuses"])
def test_s_04_s_06_a_platform_that_answers_wrongly_or_not_at_all_leads_to_a_window_of_its_own_in_three_seconds(
    cookieless: BrowserContext, demo: Demonstration, mode: str
) -> None:
    demo.storage(mode)
    pupil = come(cookieless, demo, demo.add_pupil())
    pupil.page.frame_locator("iframe.tool").locator("[data-wait]").wait_for(state="attached")
    began = time.monotonic()
    expect(pupil.find("form button")).to_be_visible()
    assert time.monotonic() - began < 3.5
    expect(pupil.find("[data-wait]")).to_be_hidden()
    expect(pupil.find("h1")).to_have_text("Ещё одна дверь")
    with cookieless.expect_page() as opened:
        pupil.find("form button").click()
    expect(opened.value.locator("h1")).to_have_text("Как работает лицей")


def test_s_06_a_platform_that_forgot_the_pass_is_told_of_and_nobody_is_let_in(
    cookieless: BrowserContext, demo: Demonstration
) -> None:
    demo.storage("forgets")
    pupil = come(cookieless, demo, demo.add_pupil())
    expect(pupil.find("h1")).to_have_text("Страница платформы не вернула пропуск")
    expect(pupil.find(".support")).to_contain_text("LTI-37")
    assert "/v/" not in pupil.frame.url


def test_s_02_a_file_of_the_visit_is_fetched_with_the_secret_and_saved(
    cookieless: BrowserContext, demo: Demonstration
) -> None:
    demo.storage("parent")
    pupil = come(cookieless, demo, demo.add_pupil())
    expect(pupil.find("h1")).to_have_text("Как работает лицей")
    pupil.settle()
    carried: list[str] = []

    def answer(route: Route) -> None:
        carried.append(route.request.headers.get("authorization", ""))
        disposition = {"Content-Disposition": 'attachment; filename="answers.csv"', "Content-Type": "text/csv"}
        route.fulfill(body="a;b", headers=disposition)

    pupil.page.route("**/answers.csv", answer)
    pupil.frame.evaluate(
        "visit => document.body.insertAdjacentHTML('beforeend', `<a download href='${visit}/answers.csv'>файл</a>`)",
        pupil.visit,
    )
    with pupil.page.expect_download() as saved:
        pupil.find("a[download]").click()
    assert saved.value.suggested_filename == "answers.csv"
    assert carried[0].startswith("Visit ")
