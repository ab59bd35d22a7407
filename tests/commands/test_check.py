"""``lyceum-city platform check``, as an operator or a program runs it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.commands import check as command
from lti_tool.console.models import ConnectionCheck
from lti_tool.schools.models import PlatformState
from tests.console.lms import Connection, Lms, connection, lms
from tests.gradebook.host import respond

__all__ = ["connection", "lms"]  # fixtures


@pytest.fixture
def run(app: Flask, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command on the application of the tests."""
    monkeypatch.setattr(command, "open_app", lambda: app)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(command.check, list(arguments))

    return invoke


def test_it_says_step_by_step_what_it_finds(run: Any, connection: Connection) -> None:
    done = run("--platform", connection.platform.client_id)
    assert done.exit_code == 0, done.output
    assert connection.platform.title in done.output
    assert "✓ Ключи LMS: Опубликован 1 годный ключ." in done.output
    assert "✓ Чтение списка участников: Прочитаны 2 участника." in done.output
    assert "– Пробная оценка" in done.output, "no teacher came in lately"


def test_a_fault_ends_it_with_one_and_says_where_to_click(run: Any, lms: Lms) -> None:
    lms.always("token", lambda: respond(404, "Not Found", "<!DOCTYPE html>"))
    done = run("--all")
    assert done.exit_code == 1
    assert "✗ Разрешение на её службы" in done.output
    assert "cURL blocked hosts list" in done.output


def test_in_english(run: Any) -> None:
    assert "✓ The LMS's keys: One key that can be used is published." in run("--all", "--language", "en").output


def test_for_programs(run: Any, connection: Connection) -> None:
    (told,) = json.loads(run("--all", "--json").output)
    assert told["platform"] == str(connection.platform.id)
    by_name = {step["name"]: step for step in told["steps"]}
    assert (by_name["keys"]["verdict"], by_name["keys"]["finding"]) == ("ok", "keys-found")
    assert by_name["score"]["verdict"] == "impossible"


def test_all_leaves_out_what_is_switched_off(run: Any, connection: Connection, session: Session) -> None:
    connection.platform.state = PlatformState.OFF
    session.commit()
    assert "no such platform" in run("--all").output
    assert run("--platform", connection.platform.client_id).exit_code == 1


def test_what_it_found_is_kept(run: Any, connection: Connection, session: Session) -> None:
    run("--all")
    row = session.get_one(ConnectionCheck, connection.platform.id, populate_existing=True)
    assert (row.begun_by, len(row.steps)) == ("operator", 13)


@pytest.mark.parametrize("arguments", [(), ("--all", "--platform", "x")])
def test_it_wants_to_know_which(run: Any, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_an_unknown_platform(run: Any) -> None:
    assert "no such platform" in run("--platform", "nowhere.test").output
