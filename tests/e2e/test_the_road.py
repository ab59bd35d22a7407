"""From the link in the LMS to the grade in its gradebook, in a real browser, inside the frame."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from course_packs import Step, Unit, score_pack, score_try, tasks
from tests.e2e.browser import Open, Visitor
from tests.failure.demonstration import ALINA, OLGA, PACK, TIMUR, Demonstration, eventually

pytestmark = pytest.mark.e2e

WALKED = ("gate", "library", "square")  # their tasks are of all five types
WRONG_FIRST, WITH_HINT = "gate/neighbour", "library/ninety"
LEFT_AT = "library/parent-2240"
SET_COOKIES = """
document.cookie = "unpartitioned=1; Secure; SameSite=None; Path=/";
document.cookie = "partitioned=1; Secure; SameSite=None; Path=/; Partitioned";
"""


def way() -> list[tuple[Unit, Step]]:
    """The steps that are walked, in order."""
    return [(unit, step) for unit in PACK.units if unit.id in WALKED for step in unit.steps]


def expected_score() -> Decimal:
    """What the answers of this story are worth, in points of a hundred."""
    points = {step.task.id: step.task.points for _, step in way() if step.task is not None}
    corrected = PACK.task(WRONG_FIRST)
    right = tasks.get_type(corrected.type).mark(
        corrected, tasks.get_type(corrected.type).solution(corrected, language="ru")
    )
    points[WRONG_FIRST] = score_try(corrected, right, 2)
    return score_pack(PACK, points) * 100


def walk(pupil: Visitor, steps: list[tuple[Unit, Step]], looked_at: set[str]) -> None:
    """Read and answer step after step; look closely at the first of each kind."""
    for unit, step in steps:
        expect(pupil.find(f"form[action*='/units/{unit.id}/{step.id}'], article")).not_to_have_count(0)
        assert pupil.frame.url.split("#")[0].endswith(f"/units/{unit.id}/{step.id}")
        kind = "read" if step.task is None else step.task.type
        first = kind not in looked_at
        looked_at.add(kind)
        if first:
            pupil.assert_accessible()
            pupil.picture(f"step-{kind}")
        if step.task is not None:
            if step.task.id == WRONG_FIRST:
                answer_wrongly(pupil)
            if step.task.id == WITH_HINT:
                pupil.find("button[form=hint-form]").click()
                expect(pupil.find("#hint aside")).to_contain_text("Сначала сколько это")
            pupil.answer(step.task)
        if first and step.task is not None:
            pupil.assert_accessible()
            pupil.picture(f"step-{kind}-answered")
        pupil.onward()


def answer_wrongly(pupil: Visitor) -> None:
    """One wrong answer: it says why, and that there is another try."""
    task = PACK.task(WRONG_FIRST)
    wrong = next(option["id"] for option in task.spec["options"] if not option["correct"])
    pupil.fill_in(task, {"chosen": [wrong]})
    pupil.send()
    feedback = pupil.find("#feedback.feedback--wrong")
    expect(feedback).to_be_focused()
    expect(feedback.locator(".prose").first).not_to_be_empty()
    expect(feedback).to_contain_text("Пока нет")
    pupil.settle()
    pupil.assert_accessible()
    pupil.picture("step-choice-wrong")


def test_a_pupil_walks_leaves_resumes_and_finishes_and_the_teacher_sees_it(
    open_page: Open, demo: Demonstration
) -> None:
    steps = way()
    keys = [f"{unit.id}/{step.id}" for unit, step in steps]
    half = keys.index(LEFT_AT)
    looked_at: set[str] = set()
    assert {step.task.type for _, step in steps if step.task} == {
        "choice",
        "short_text",
        "number",
        "ordering",
        "matching",
    }

    pupil = open_page()
    pupil.enter(TIMUR)
    assert_third_party_cookies_are_blocked(pupil)
    expect(pupil.find("h1")).to_have_text("Как работает лицей")
    pupil.assert_accessible()
    pupil.picture("course")
    pupil.click(pupil.find("header.hero a.button--main"))
    walk(pupil, steps[:half], looked_at)
    assert pupil.frame.url.endswith(LEFT_AT)
    pupil.assert_no_complaints()
    pupil.page.context.close()

    again = open_page()  # another browser: nothing but the server remembers
    again.enter(TIMUR)
    again.click(again.find("header.hero a.button--main"))
    walk(again, steps[half:], looked_at)
    again.open("course")
    again.picture("course-half-way")
    again.click(again.find("a[href$='/finish']"))
    expect(again.find("h1")).to_have_text("Завершить прохождение?")
    again.assert_accessible()
    again.picture("finish")
    again.click(again.find("form[method=post] button"))

    score = expected_score()
    percent = f"{score:.0f}"
    expect(again.find("p .score")).to_have_text(re.compile(rf"^{percent}\s%$"))
    expect(again.find("[data-delivery]")).to_contain_text(re.compile(r"Оценка в журнале с \d\d?:\d\d"))
    again.settle()
    again.assert_accessible()
    again.picture("result")
    eventually(lambda: demo.grade(TIMUR) == score, f"exactly {score} stands in the gradebook: {demo.grade(TIMUR)}")
    again.page.goto(f"{demo.school_url}/as/{TIMUR}/gradebook")
    shown = f"{score:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    expect(again.page.locator("tbody tr td strong")).to_have_text(f"{shown} из 100")
    again.picture("my-grades")
    again.assert_no_complaints()

    other = open_page()
    other.enter(ALINA)
    other.click(other.find("header.hero a.button--main"))
    other.onward()

    teacher = open_page()
    teacher.enter(OLGA)
    row = teacher.find("tbody tr")
    finished, working = row.filter(has_text="Тимур"), row.filter(has_text="Алина")
    expect(finished).to_contain_text("завершено")
    expect(finished).to_contain_text(re.compile(rf"{percent}\s%"))
    expect(finished).to_contain_text("в журнале с")
    expect(working).to_contain_text("в работе")
    expect(working).not_to_contain_text("%")
    expect(working).not_to_contain_text("журнал")
    teacher.assert_accessible()
    teacher.picture("desk")
    teacher.click(finished.locator("th a"))
    expect(teacher.find("h1")).to_contain_text("Тимур")
    teacher.assert_accessible()
    teacher.picture("learner")
    teacher.assert_no_complaints()
    teacher.page.goto(f"{demo.school_url}/as/{OLGA}/gradebook")
    expect(teacher.page.locator("tbody tr").filter(has_text="Тимур")).to_contain_text(f"{shown} из 100")
    teacher.picture("gradebook")


def assert_third_party_cookies_are_blocked(pupil: Visitor) -> None:
    """The browser of this test keeps nothing for a frame of another site but partitioned cookies."""
    assert pupil.page.url.startswith("http://127.0.0.1:")
    assert pupil.frame.url.startswith("http://localhost:")
    pupil.frame.evaluate(SET_COOKIES)
    assert pupil.frame.evaluate("document.cookie") == "partitioned=1"
    with pupil.page.expect_request("**/healthz") as asked:
        pupil.frame.evaluate("fetch('/healthz').then(answer => answer.text())")
    sent = asked.value.all_headers().get("cookie", "")
    assert "partitioned=1" in sent
    assert "unpartitioned" not in sent
    assert "__Host-visit-" in sent
