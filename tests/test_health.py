"""Health: the process lives; it can work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool import migrations
from lti_tool.clock import now
from tests.factories import OutgoingScoreFactory


def test_the_process_answers(app: Flask) -> None:
    assert app.test_client().get("/healthz").json == {"status": "ok"}


def test_a_working_installation_is_ready(app: Flask) -> None:
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "schema": "ok", "outbox": "ok"}},
    )


def test_a_score_that_nobody_takes_up_is_told(app: Flask, session: Session) -> None:
    OutgoingScoreFactory(due_at=now() - timedelta(hours=1))
    session.commit()
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["checks"]["outbox"] == "late"


def test_an_old_schema_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "current", lambda: "0000")
    assert app.test_client().get("/readyz").status_code == 503


def test_a_page_that_is_not_there_says_so_in_the_readers_language(app: Flask) -> None:
    russian = app.test_client().get("/nowhere", headers={"Accept-Language": "ru"})
    english = app.test_client().get("/nowhere", headers={"Accept-Language": "en"})
    assert russian.status_code == english.status_code == 404
    assert "WEB-404" in russian.text
    assert "There is no such page" in english.text
    assert "There is no such page" not in russian.text


def test_a_crash_shows_a_number_and_nothing_of_the_inside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("the secret of the inside")

    monkeypatch.setitem(app.view_functions, "health.healthz", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 500
    assert "secret of the inside" not in answer.text
    assert answer.headers["X-Request-Id"][-8:].upper() in answer.text
