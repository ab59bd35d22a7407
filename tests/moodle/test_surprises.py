"""Each surprise of a real Moodle is answered by a test: the list of them all, and the tests that stand nowhere else."""

from __future__ import annotations

import ast
import json
import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import Client

from lti_tool.app import create_app
from lti_tool.catalog.settings_form import read_zone
from lti_tool.clock import now
from lti_tool.config import Settings
from lti_tool.db import db
from lti_tool.lti import claims
from lti_tool.lti.launch import Launch, parse_launch
from lti_tool.lti.registrations import Registration
from lti_tool.lti.services import ags
from lti_tool.lti.services.connector import Connector
from lti_tool.schools.registrations import to_registration
from tests.factories import published
from tests.gradebook.host import ALL_SCOPES, Course, Host, respond
from tests.platform import FakePlatform
from tests.registering import Administrator, RegisteringLms, administrator, lms, local_app, server, trial_app

__all__ = ["administrator", "lms", "local_app", "server", "trial_app"]

TESTS = Path(__file__).parents[1]
RECORDINGS = Path(__file__).parent / "recordings"
LIST = (Path(__file__).parent / "surprises.toml").read_text(encoding="utf-8")
SURPRISES: dict[str, dict[str, list[str]]] = tomllib.loads(LIST)
LIS = "https://purl.imsglobal.org/spec/lti/claim/lis"
LAUNCHES = sorted(path.stem for path in RECORDINGS.glob("launch-*.json"))
REFUSALS = sorted(path.stem for path in RECORDINGS.glob("auth-error-*.json"))


def recorded(name: str) -> dict[str, Any]:
    recording: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return recording


@pytest.fixture
def registration(platform: FakePlatform) -> Registration:
    return to_registration(platform.row)


def parsed(registration: Registration, name: str) -> Launch:
    return parse_launch(recorded(name)["claims"], registration)


@pytest.mark.parametrize(
    ("surprise", "proofs"), [(name, tests) for group in SURPRISES.values() for name, tests in group.items()]
)
def test_every_surprise_has_a_test_that_is_there(surprise: str, proofs: list[str]) -> None:
    assert proofs, surprise
    for proof in proofs:
        file, _, test = proof.partition("::")
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert test in found, f"{surprise}: {proof}"


@pytest.mark.parametrize("name", LAUNCHES)
def test_custom_parameters_that_are_null_empty_or_unresolved(registration: Registration, name: str) -> None:
    """Null and what nobody resolved count as unset; an empty string is one."""
    sent = recorded(name)["claims"].get(claims.CUSTOM, {})
    custom = parsed(registration, name).custom
    for key, value in sent.items():
        assert custom.get(key) == (None if value is None or str(value).startswith("$") else value)


def test_the_recordings_hold_every_kind_of_them() -> None:
    sent = [value for name in LAUNCHES for value in recorded(name)["claims"].get(claims.CUSTOM, {}).values()]
    assert None in sent
    assert "" in sent
    assert any(value and value.startswith("$") for value in sent)


def test_the_type_of_the_course_is_a_short_word(registration: Registration) -> None:
    context = parsed(registration, "launch-student1").context
    assert context is not None
    assert context.types == ("CourseSection",)


def test_an_empty_sourced_id_joins_nobody(registration: Registration) -> None:
    """Several people have the same empty one; who they are is told by their id alone."""
    empty = [name for name in LAUNCHES if recorded(name)["claims"].get(LIS, {}).get("person_sourcedid") == ""]
    subjects = {parsed(registration, name).subject for name in empty}
    assert len(subjects) > 1
    assert None not in subjects


def test_a_time_zone_of_99_is_not_believed(registration: Registration) -> None:
    zone = parsed(registration, "launch-student1").custom["tz"]
    assert zone == "99"
    assert read_zone({"zone": zone}, "Asia/Yekaterinburg") == ZoneInfo("Asia/Yekaterinburg")


@pytest.mark.parametrize(("seconds", "status"), [(59, 303), (185, 401)])
def test_a_token_that_lives_a_minute_is_taken_within_it_and_not_after(
    app: Flask, session: Session, platform: FakePlatform, seconds: int, status: int
) -> None:
    body = recorded("launch-student1")["claims"]
    assert body["exp"] - body["iat"] == 60
    published(session)
    session.commit()
    client = app.test_client()
    request = platform.log_in(client)
    fresh = platform.claims(nonce=request["nonce"])
    assert fresh["exp"] - fresh["iat"] == 60
    token = platform.sign(fresh)
    with time_machine.travel(now() + timedelta(seconds=seconds)):
        answer = client.post("/lti/launch", data={"id_token": token, "state": request["state"]}, base_url=platform.tool)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("name", REFUSALS)
def test_what_moodle_says_instead_of_a_token_is_told_in_words(app: Flask, platform: FakePlatform, name: str) -> None:
    client = app.test_client()
    state = platform.log_in(client)["state"]
    said = {key: values[0] for key, values in recorded(name)["received_by_tool"].items()}
    answer = client.post("/lti/launch", data={**said, "state": state}, base_url=platform.tool)
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 401
    assert "LTI-51" in page.get_text()
    assert not page.select("form")


def test_results_are_asked_for_with_their_own_media_type(course: Course, host: Host) -> None:
    """`application/json` is answered with 400 (`ags-results-accept-json`)."""
    assert recorded("ags-results-accept-json")["response"]["status"] == 400
    connector = Connector(
        to_registration(course.platform), scopes=ALL_SCOPES, named_urls=(host.column_url,), deployment_id="1"
    )
    asked: list[str] = []

    def take(request: Any) -> Any:
        asked.append(request.headers["Accept"])
        return respond(200, "OK", [])

    host.next("results", take)
    ags.read_results(connector, host.column_url)
    assert asked == ["application/vnd.ims.lis.v2.resultcontainer+json"]


def test_whoever_registers_with_moodle_is_told_of_the_activity_chooser(
    administrator: Administrator, lms: RegisteringLms
) -> None:
    done = BeautifulSoup(administrator.connect(lms).text, "html.parser").get_text()
    assert "Активировать" in done
    assert "в списке выбора элементов" in done


@pytest.mark.parametrize(("proxies", "reached"), [(1, True), (0, False)])
def test_the_scheme_that_a_proxy_forwards_counts_where_it_is_trusted(
    app: Flask, settings: Settings, proxies: int, reached: bool
) -> None:
    """Behind TLS that ends before us the address is https all the same; from nobody else is it believed."""
    behind = create_app(replace(settings, trusted_proxies=proxies))
    seen: list[str] = []
    behind.before_request(lambda: seen.append(_scheme()))
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "city.test", "X-Forwarded-For": "192.0.2.7"}
    Client(behind).get("/healthz", headers=forwarded, base_url="http://127.0.0.1:8000")
    with behind.app_context():
        db.engine.dispose()
    assert seen == ["https://city.test/" if reached else "http://127.0.0.1:8000/"]


def _scheme() -> str:
    from flask import request

    return request.host_url
