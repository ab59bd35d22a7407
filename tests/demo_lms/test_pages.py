"""What people see and may do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import lti_tool.demo_lms
from lti_tool.demo_lms.texts import RUSSIAN

from .conftest import LINE_ITEM, browser, enter

PACKAGE = Path(lti_tool.demo_lms.__file__).parent


@pytest.fixture
def teacher(lms: Flask) -> FlaskClient:
    client = browser(lms)
    enter(client, "olga")
    return client


@pytest.fixture
def pupil(lms: Flask) -> FlaskClient:
    client = browser(lms)
    enter(client, "timur")
    return client


def text_of(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.status
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)


def test_the_front_page_offers_three_people(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/").text, "html.parser")
    assert [heading.text for heading in page.select("h2")] == ["Ольга Сергеевна", "Тимур", "Алина"]


def test_one_browser_may_be_two_people_in_two_tabs(teacher: FlaskClient) -> None:
    enter(teacher, "timur")
    assert "Погода журнала" in text_of(teacher.get("/as/olga/gradebook"))
    assert "Погода журнала" not in text_of(teacher.get("/as/timur/gradebook"))
    assert teacher.post("/as/timur/leave").status_code == 303
    assert teacher.get("/as/timur/gradebook").status_code == 302
    assert teacher.get("/as/olga/gradebook").status_code == 200


def test_the_tool_stands_in_a_frame_of_another_site(pupil: FlaskClient) -> None:
    answer = pupil.get("/as/timur/activity")
    page = BeautifulSoup(answer.text, "html.parser")
    frame = page.select_one("iframe")
    assert frame is not None
    assert frame["src"] == "/as/timur/activity/start"
    assert frame["data-tool-origin"] == "http://localhost:8000"
    assert "frame-src 'self' http://localhost:8000" in answer.headers["Content-Security-Policy"]
    assert page.select_one("a[target=_blank][href*=window]") is not None


def test_a_pupil_sees_only_their_own_line(pupil: FlaskClient, send_score: Callable[..., TestResponse]) -> None:
    send_score(comment="Хорошая смена")
    send_score(userId="7", comment="Тоже хорошо")
    seen = text_of(pupil.get("/as/timur/gradebook"))
    assert "90 из 100" in seen
    assert "прислано 18 из 20" in seen
    assert "Хорошая смена" in seen
    assert "завершено, оценено" in seen
    assert "Алина" not in seen
    assert "Что пришло" not in seen


def test_a_comment_is_plain_text(pupil: FlaskClient, send_score: Callable[..., TestResponse]) -> None:
    send_score(comment="<img src=x onerror=alert(1)>")
    assert "&lt;img" in pupil.get("/as/timur/gradebook/live").text


def test_the_journal_tells_what_came_in(teacher: FlaskClient, send_score: Callable[..., TestResponse]) -> None:
    send_score()
    send_score()
    seen = text_of(teacher.get("/as/olga/gradebook/live"))
    assert "Тимур: оценка 18/20 записана в журнал" in seen
    assert "журнал отказал (409): время то же или раньше, чем у прежней записи (Тимур)" in seen
    assert "инструмент получил пропуск" in seen


def test_the_teacher_sets_takes_away_locks_and_unlocks(teacher: FlaskClient, client: FlaskClient) -> None:
    def act(**form: str) -> dict[str, Any]:
        assert teacher.post("/as/olga/gradebook/grade/1/6", data=form).status_code == 303
        return client.get("/control/grades").json["columns"][0]["grades"]["6"]

    assert act(action="override", score="77,5")["score"] == 77.5
    assert "77,5 из 100" in text_of(teacher.get("/as/olga/gradebook"))
    assert act(action="release")["score"] is None
    assert act(action="lock")["locked"] is True
    assert act(action="unlock")["locked"] is False


@pytest.mark.parametrize("score", ["", "x", "-1", "101", "nan", "inf"])
def test_a_grade_outside_the_scale_is_not_set(teacher: FlaskClient, client: FlaskClient, score: str) -> None:
    answer = teacher.post("/as/olga/gradebook/grade/1/6", data={"action": "override", "score": score})
    assert answer.status_code == 400
    assert client.get("/control/grades").json["columns"][0]["grades"] == {}


def test_the_teacher_takes_a_pupil_off_the_course_and_back(teacher: FlaskClient) -> None:
    for action, word in (("unenrol", "Зачислить снова"), ("enrol", "Отчислить")):
        assert teacher.post("/as/olga/gradebook/enrolment/6", data={"action": action}).status_code == 303
        page = BeautifulSoup(teacher.get("/as/olga/gradebook").text, "html.parser")
        form = page.select_one('form[action$="/enrolment/6"]')
        assert form is not None
        assert form.get_text(strip=True) == word


def test_the_teacher_deletes_the_column_and_puts_it_back(teacher: FlaskClient, pupil: FlaskClient) -> None:
    teacher.post("/as/olga/gradebook/column/1/delete")
    assert "Колонка удалена" in text_of(teacher.get("/as/olga/gradebook"))
    assert "Ничего не потеряно" in text_of(pupil.get("/as/timur/gradebook"))
    for _ in range(2):
        teacher.post("/as/olga/gradebook/column")
    page = BeautifulSoup(teacher.get("/as/olga/gradebook").text, "html.parser")
    assert len(page.select("table.grades")) == 1


def test_a_column_of_the_tool_shows_beside_the_activitys(
    teacher: FlaskClient, client: FlaskClient, bearer: dict[str, str]
) -> None:
    body = {"label": "Смена", "scoreMaximum": 5}
    client.post("/ags/2/lineitems", json=body, headers=bearer | {"Content-Type": LINE_ITEM})
    seen = text_of(teacher.get("/as/olga/gradebook"))
    assert "Смена завёл инструмент" in seen


def test_the_teacher_changes_the_weather(teacher: FlaskClient, client: FlaskClient) -> None:
    form = {"mode": "429", "seconds": "7", "count": "3"}
    assert teacher.post("/as/olga/gradebook/weather", data=form).status_code == 303
    assert client.get("/control/weather").json == {"mode": "429", "seconds": 7, "remaining": 3}
    assert "Сейчас журнал просит подождать (429) · ещё запросов: 3" in text_of(teacher.get("/as/olga/gradebook/live"))
    assert teacher.post("/as/olga/gradebook/weather", data={"mode": "rain"}).status_code == 400
    assert teacher.post("/as/olga/gradebook/weather", data=form | {"count": "x"}).status_code == 400


@pytest.mark.parametrize("path", ["grade/1/6", "enrolment/6", "column", "column/1/delete", "weather"])
def test_a_pupil_has_no_teachers_desk(pupil: FlaskClient, path: str) -> None:
    assert pupil.post(f"/as/timur/gradebook/{path}").status_code == 403
    assert pupil.post(f"/as/olga/gradebook/{path}").status_code == 302


def test_a_form_of_another_site_is_not_accepted(teacher: FlaskClient, client: FlaskClient) -> None:
    foreign = {"Origin": "http://localhost:8000"}
    assert teacher.post("/as/olga/gradebook/column/1/delete", headers=foreign).status_code == 403
    assert len(client.get("/control/grades").json["columns"]) == 1


def test_what_the_tool_says_on_return_is_shown_as_text(pupil: FlaskClient) -> None:
    answer = pupil.get("/as/timur/return?target=iframe&lti_errormsg=<b>Ой</b>&lti_msg=Готово")
    assert "Инструмент сообщает: Готово" in text_of(answer)
    assert "&lt;b&gt;Ой" in answer.text
    link = BeautifulSoup(answer.text, "html.parser").select_one("a.button")
    assert link is not None
    assert link["target"] == "_top"


def test_the_language_is_switched_and_the_page_kept(teacher: FlaskClient) -> None:
    answer = teacher.get("/language/en?next=/as/olga/gradebook")
    assert answer.headers["Location"] == "/as/olga/gradebook"
    page = teacher.get("/as/olga/gradebook")
    assert '<html lang="en">' in page.text
    assert "Gradebook weather" in text_of(page)


@pytest.mark.parametrize("following", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1"])
def test_the_language_switch_leads_nowhere_else(client: FlaskClient, following: str) -> None:
    answer = client.get("/language/en", query_string={"next": following})
    assert answer.headers["Location"] == "/"


def test_every_word_of_the_pages_has_its_russian() -> None:
    sources = [*PACKAGE.rglob("*.html"), *PACKAGE.glob("*.py")]
    literal = re.compile(r"""\b(?:say|error_page)\((?:\d+, )?(?:"([^"]+)"|'([^']+)')""")
    said = {a or b for source in sources for a, b in literal.findall(source.read_text(encoding="utf-8"))}
    assert len(said) > 60
    assert said - set(RUSSIAN) == set()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_opens_in_both_languages(
    teacher: FlaskClient, send_score: Callable[..., TestResponse], language: str
) -> None:
    enter(teacher, "timur")
    teacher.get(f"/language/{language}")
    progress = {"activityProgress": "InProgress", "gradingProgress": "Pending", "scoreGiven": None}
    send_score(**progress)
    for path in (
        "/",
        "/as/timur/",
        "/as/timur/activity",
        "/as/timur/gradebook",
        "/as/olga/gradebook",
        "/as/timur/return",
    ):
        answer = teacher.get(path)
        assert answer.status_code == 200, path
        assert f'<html lang="{language}">' in answer.text
    assert teacher.get("/nowhere").status_code == 404


def test_the_page_of_an_error_inside_says_so(teacher: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("made up")

    monkeypatch.setattr("lti_tool.demo_lms.pages.course.learners", broken)
    answer = teacher.get("/as/olga/gradebook")
    assert answer.status_code == 500
    assert "В демо-школе что-то сломалось" in answer.text
    assert "made up" not in answer.text
