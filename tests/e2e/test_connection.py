"""The connection breaks while a pupil answers: nothing is lost, nothing counts twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import create_engine, text

from tests.e2e.browser import CLOSED, Open, Visitor
from tests.failure.demonstration import PACK, Demonstration

pytestmark = pytest.mark.e2e

TASK = PACK.task("gate/neighbour")
CALM = "Нет связи. Ответ сохранён на этой странице, отправим, когда связь вернётся."


@pytest.fixture
def pupil(open_page: Open, demo: Demonstration) -> Visitor:
    """A new pupil before the first task, with the answer chosen but not sent."""
    pupil = open_page()
    pupil.enter(demo.add_pupil())
    pupil.open(f"units/{TASK.id}")
    pupil.fill_in(TASK)
    return pupil


def answers(demo: Demonstration) -> int:
    """How many answers the tool has stored, of everybody."""
    engine = create_engine(demo.database_url)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM answer")).scalar_one())
    finally:
        engine.dispose()


def assert_stored_once(pupil: Visitor, before: int) -> None:
    """The answer came in, once, and the page says so."""
    expect(pupil.find(CLOSED)).to_be_visible(timeout=40_000)
    expect(pupil.find("#feedback.feedback--correct")).to_be_visible()
    expect(pupil.find("[data-line]")).to_be_hidden()
    assert answers(pupil.demo) == before + 1


def test_an_answer_given_without_a_connection_is_sent_when_it_is_back(pupil: Visitor, demo: Demonstration) -> None:
    before = answers(demo)
    pupil.page.context.set_offline(True)
    pupil.send()
    expect(pupil.find("[data-line]")).to_contain_text(CALM)
    expect(pupil.find("#announcer")).to_have_text(CALM)
    pupil.picture("no-connection")
    pupil.assert_accessible()
    assert answers(demo) == before

    pupil.page.context.set_offline(False)

    assert_stored_once(pupil, before)


def test_an_answer_whose_acknowledgement_was_lost_counts_once(pupil: Visitor, demo: Demonstration) -> None:
    before = answers(demo)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)  # the server has stored it …
            route.abort()  # … but the browser never hears of it
        else:
            route.continue_()

    pupil.page.route(f"**/units/{TASK.id}", lose_the_first)
    pupil.send()

    assert_stored_once(pupil, before)
    assert lost == [200]


def test_the_tool_is_killed_and_started_again_under_an_open_page(pupil: Visitor, demo: Demonstration) -> None:
    before = answers(demo)
    demo.kill_tool()
    pupil.send()
    expect(pupil.find("[data-line]")).to_contain_text(CALM)

    demo.start_tool()

    assert_stored_once(pupil, before)
    pupil.settle()
    pupil.onward()
    assert pupil.frame.url.endswith("/units/gate/eighty-two")


def test_send_now_does_not_wait_for_the_next_try(pupil: Visitor, demo: Demonstration) -> None:
    before = answers(demo)
    pupil.page.route(f"**/units/{TASK.id}", lambda route: route.abort())
    pupil.send()
    button = pupil.find("[data-line] button")
    expect(button).to_have_text("Отправить сейчас")
    pupil.page.unroute_all()
    button.click()

    assert_stored_once(pupil, before)
