"""The pack that has every type of task, played through: by keyboard alone, and by touch on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from course_packs import CompiledPack, JudgedType, Task, compile_pack, tasks
from tests.e2e.browser import CLOSED, NARROW, Open, Visitor
from tests.e2e.playing import playing
from tests.failure.demonstration import Demonstration
from tools.authoring import EXAMPLES

pytestmark = [pytest.mark.e2e, pytest.mark.browser_only, pytest.mark.timeout(900)]

TITLE = "Все задания города"


@pytest.fixture(scope="session")
def every_task() -> CompiledPack:
    return compile_pack(EXAMPLES)


@pytest.fixture
def activity(demo: Demonstration) -> str:
    """An activity with this pack in the course; returns its title."""
    demo.command("pack", "publish", str(EXAMPLES))
    titles = [one["title"] for one in demo.control("GET", "activities")["activities"]]
    if TITLE not in titles:
        demo.control("POST", "activities", {"title": TITLE, "custom": {"pack": "every-task"}})
    return TITLE


@pytest.fixture
def seeds(demo: Demonstration) -> Iterator[sa.Engine]:
    """The tool's database: what luck an attempt has is known there alone."""
    engine = sa.create_engine(demo.database_url)
    yield engine
    engine.dispose()


def concrete(task: Task, engine: sa.Engine) -> Task:
    """The task as the newest attempt meets it."""
    with engine.connect() as connection:
        seed = connection.scalar(sa.text("SELECT seed FROM attempt ORDER BY id DESC LIMIT 1"))
    return tasks.concrete(task, int(seed or 0))


def test_every_task_is_answered_by_keyboard_alone(
    open_page: Open, demo: Demonstration, every_task: CompiledPack, activity: str, seeds: sa.Engine
) -> None:
    pupil = open_page()
    pupil.enter(demo.add_pupil(), activity=activity)
    _press(pupil, "header.hero a.button--main")
    for step in (step for unit in every_task.units for step in unit.steps):
        if step.task is not None:
            pupil.assert_accessible()
            task = concrete(step.task, seeds)
            pupil.snap_task(task.id.partition("/")[0])
            playing(task).by_keyboard(pupil, task, tasks.get_type(task.type).solution(task, language="ru"))
            if not pupil.find(CLOSED).count():
                pupil.tab_to("form[data-answer] button.button--main")
                pupil.page.keyboard.press("Enter")
            _see_that_it_was_right(pupil, task)
            # A screen reader says it, and Tab goes on from there.
            expect(pupil.find("#feedback"), f"{task.id}: the focus is on what was said").to_be_focused()
        _press(pupil, "nav.onward a.button--main")
    pupil.assert_no_complaints()
    _press(pupil, "form button.button--main")
    expect(pupil.find("h1")).to_be_visible()
    judged = sum(_is_judged(task) for task in every_task.tasks)
    assert f"{judged} " in pupil.find("main .alert--wait").inner_text(), "what people judge waits for them"
    won = sum(unit.weight for unit in every_task.units if unit.points and not any(map(_is_judged, unit.tasks)))
    possible = sum(unit.weight for unit in every_task.units if unit.points)
    share = int((100 * Decimal(won) / possible).quantize(Decimal(1), ROUND_HALF_UP))
    assert f"{share}" in pupil.find("main .score").inner_text(), "all the rest adds up to everything"


def _is_judged(task: Task) -> bool:
    return isinstance(tasks.get_type(task.type), JudgedType)


def _press(pupil: Visitor, selector: str) -> None:
    """Go on by Tab and Enter, to another page."""
    pupil.tab_to(selector)
    before = pupil.frame.url
    with pupil.page.expect_event("framenavigated", lambda frame: frame == pupil.frame):
        pupil.page.keyboard.press("Enter")
    pupil.settle()
    assert pupil.frame.url.split("#")[0] != before.split("#")[0]


def test_every_task_is_answered_by_touch_on_a_phone(
    open_page: Open, demo: Demonstration, every_task: CompiledPack, activity: str, seeds: sa.Engine
) -> None:
    pupil = open_page(viewport=NARROW, has_touch=True, is_mobile=True)
    pupil.enter(demo.add_pupil(), activity=activity)
    for generic in every_task.tasks:
        pupil.open(f"units/{generic.id}")
        pupil.assert_fits()
        task = concrete(generic, seeds)
        pupil.snap(task.id.replace("/", "-"))
        playing(task).by_touch(pupil, task, tasks.get_type(task.type).solution(task, language="ru"))
        if not pupil.find(CLOSED).count():
            pupil.find("form[data-answer] button.button--main").tap()
        _see_that_it_was_right(pupil, task)
        pupil.snap(f"{task.id.replace('/', '-')}-right")
        pupil.assert_fits()
    pupil.assert_no_complaints()


def _see_that_it_was_right(pupil: Visitor, task: Task) -> None:
    """Or that it was handed in, where people tell what is right."""
    said = "pending" if _is_judged(task) else "correct"
    expect(pupil.find(CLOSED), f"{task.id} is taken").to_be_visible()
    expect(pupil.find(f"#feedback.feedback--{said}"), f"{task.id} is {said}").to_be_visible()
    pupil.settle()
    pupil.assert_accessible()
