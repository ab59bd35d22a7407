"""The administrator's page: who may see it, what it shows while a check runs and afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from lti_tool import jobs
from lti_tool.clock import now
from lti_tool.console import checks
from lti_tool.console.advice import advise
from lti_tool.console.findings import Finding, Step, StepName, Verdict
from lti_tool.console.models import ConnectionCheck
from lti_tool.console.wording import say, title_of
from lti_tool.lti import claims
from tests.factories import published
from tests.gradebook.host import statements
from tests.platform import INSTRUCTOR, LEARNER, FakePlatform
from tests.walker import Walker

INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"

VALUES: dict[str, Any] = {
    "url": "https://lms.test/x",
    "host": "https://lms.test",
    "issuer": "https://lms.test",
    "client": "c",
    "cause": "timeout",
    "status": 500,
    "words": "invalid_client",
    "number": 2,
    "seconds": 7,
    "ahead": 1,
    "missing": "score lineitem",
    "label": "Column",
}


@pytest.fixture
def administrator(app: Flask, session: Session, platform: FakePlatform) -> Walker:
    published(session)
    session.commit()
    return come(app, platform, INSTRUCTOR, INSTITUTION + "Administrator")


def come(app: Flask, platform: FakePlatform, *roles: str) -> Walker:
    return Walker(app.test_client(), platform, platform.claims(**{claims.ROLES: list(roles), "sub": "2"}))


def begin(walker: Walker) -> None:
    fields = walker.fields("check/", "main form")
    assert walker.post("check/", fields).status_code == 303


def walk_it(app: Flask) -> None:
    """Do what a worker does."""
    queue = jobs.jobs_of(app).huey
    while (task := queue.dequeue()) is not None:
        queue.execute(task)


class TestWhoMaySeeIt:
    @pytest.mark.parametrize("role", [INSTITUTION + "Administrator", SYSTEM + "Administrator", SYSTEM + "SysAdmin"])
    def test_who_looks_after_the_lms_finds_it_on_the_desk(self, app, session, platform, role: str):
        published(session)
        walker = come(app, platform, INSTRUCTOR, role)
        assert f"/v/{walker.visit}/check/" in walker.soup("desk/").decode()
        assert walker.soup("check/").h1.text == "Проверка связи"

    @pytest.mark.parametrize("roles", [[INSTRUCTOR], [LEARNER], [INSTRUCTOR, INSTITUTION + "Faculty"]])
    def test_others_do_not(self, app, session, platform, roles):
        published(session)
        walker = come(app, platform, *roles)
        for path in ("check/", "check/steps"):
            assert walker.get(path).status_code == 403
        if INSTRUCTOR in roles:
            assert "check/" not in walker.soup("desk/").decode()

    def test_an_administrator_without_a_part_in_the_course_comes_straight_to_it(self, app, session, platform):
        walker = come(app, platform, INSTITUTION + "Administrator")
        assert walker.home.endswith("/check/")
        assert walker.get("desk/").status_code == 403

    def test_a_form_of_another_site_begins_nothing(self, administrator: Walker, session: Session):
        assert administrator.post("check/", {"csrf": "guessed"}).status_code == 400
        assert session.query(ConnectionCheck).count() == 0


class TestACheck:
    def test_before_the_first_there_is_a_button_and_nothing_else(self, administrator: Walker):
        page = administrator.soup("check/")
        assert page.select_one("main form button").text.strip() == "Проверить связь"
        assert page.select("[data-check] li") == []

    def test_while_it_waits_the_page_asks_for_the_steps(self, administrator: Walker):
        begin(administrator)
        section = administrator.soup("check/").select_one("[data-check]")
        assert section["data-status-url"].endswith("/check/steps")
        assert "Проверка идёт" in section.text
        assert "Сам инструмент" in section.text, "the step that is next"
        assert section.select_one("a")["href"].endswith("/check/"), "without a script one reloads"

    def test_pressing_again_starts_no_second_one(self, app, administrator: Walker):
        begin(administrator)
        begin(administrator)
        assert jobs.jobs_of(app).waiting() == 1

    def test_when_nobody_takes_it_up_the_page_says_so(self, administrator: Walker):
        begin(administrator)
        with time_machine.travel(now() + timedelta(seconds=30)):
            assert "фоновые задания инструмента не запущены" in administrator.soup("check/steps").text

    def test_when_it_died_the_page_says_so(self, administrator: Walker):
        begin(administrator)
        with time_machine.travel(now() + timedelta(minutes=5)):
            page = administrator.soup("check/")
            assert "Проверка прервалась" in page.text
            assert "data-status-url" not in page.select_one("[data-check]").attrs
            begin(administrator)
            assert "Проверка идёт" in administrator.soup("check/").text

    def test_afterwards_it_shows_each_step_and_what_to_do(self, app, administrator: Walker):
        begin(administrator)
        walk_it(app)  # moodle.school.test is nowhere
        page = administrator.soup("check/")
        assert len(page.select("[data-check] li")) == len(StepName)
        assert "data-status-url" not in page.select_one("[data-check]").attrs
        assert "имя узла не найдено" in page.text
        assert "Что делать:" in page.text
        assert page.select_one(".alert--help") is not None
        assert page.select_one("main form button").text.strip() == "Проверить ещё раз"

    def test_it_is_of_this_platform_only(self, app, session, administrator: Walker):
        other = FakePlatform(issuer="https://other.test", client_id="client-2", deployment_id="1")
        other.register(session)
        other.publish_keys(app)
        session.commit()
        app.extensions["lyceum.registrations"].forget()
        begin(administrator)
        stranger = come(app, other, INSTRUCTOR, INSTITUTION + "Administrator")
        page = stranger.soup("check/")
        assert "other.test" in page.text
        assert page.select("[data-check] li") == []

    def test_its_page_asks_the_database_little(self, administrator: Walker):
        begin(administrator)
        with statements() as said:
            administrator.get("check/")
        assert len([one for one in said if one.startswith("SELECT")]) <= 6


class TestWords:
    @pytest.mark.parametrize("language", ["ru", "en"])
    @pytest.mark.parametrize("finding", list(Finding))
    def test_every_finding_has_its_words(self, app: Flask, finding: Finding, language: str):
        with app.test_request_context(), force_locale(language):
            line = say(Step(StepName.TOKEN, finding, VALUES), family="moodle")
            assert len(line.text) > 10
            assert "%(" not in line.text
            assert language == "en" or any("а" <= letter <= "я" for letter in line.text)

    @pytest.mark.parametrize("family", ["moodle", "canvas", None])
    def test_every_fault_says_what_to_do(self, app: Flask, family: str | None):
        with app.test_request_context(), force_locale("ru"):
            for finding in Finding:
                verdict = Step(StepName.TOKEN, finding).verdict
                if verdict in {Verdict.FAULT, Verdict.WARNING}:
                    assert advise(finding, family), finding
                if verdict is Verdict.OK:
                    assert advise(finding, family) is None, finding

    def test_every_step_has_a_name(self, app: Flask):
        with app.test_request_context(), force_locale("ru"):
            assert len({title_of(name) for name in StepName}) == len(StepName)

    @pytest.mark.parametrize(
        ("steps", "tone", "words"),
        [
            ([Finding.KEYS_FOUND], "ok", "Связь есть: все шаги прошли."),
            ([Finding.TOKEN_PART, Finding.COLUMN_LEFT], "partial", "Связь есть. На 2 шага стоит взглянуть."),
            ([Finding.TOKEN_PART, Finding.KEYS_SILENT], "help", "Не вышел 1 шаг."),
            ([Finding.KEYS_FOUND, Finding.ROSTER_NO_ADDRESS], "info", "Некоторые шаги пока не попробовать"),
        ],
    )
    def test_the_summary(self, app, session, administrator: Walker, platform, steps, tone: str, words: str):
        run_id = checks.begin(session, platform.row.id, begun_by=checks.OPERATOR)
        row = session.get_one(ConnectionCheck, platform.row.id)
        row.started_at = row.finished_at = now()
        row.steps = [Step(StepName.KEYS, finding, VALUES).to_json() for finding in steps]
        session.commit()
        assert run_id is not None
        page = administrator.soup("check/")
        alert = page.select_one("[data-summary] .alert")
        assert words in alert.text
        assert f"alert--{tone}" in alert["class"]
