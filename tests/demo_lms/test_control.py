"""The door for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.demo_lms.app import create_app
from lti_tool.demo_lms.settings import Settings


def test_without_the_switch_there_is_no_door(lms_settings: Settings, tmp_path: Path, platform_pem: bytes) -> None:
    (tmp_path / "lms-signing-key.pem").write_bytes(platform_pem)
    closed = create_app(replace(lms_settings, data_dir=tmp_path, control=False)).test_client()
    assert closed.get("/healthz").status_code == 200
    assert closed.get("/control/history").status_code == 404
    assert closed.post("/control/weather", json={"mode": "500"}).status_code == 404


def test_the_door_opens_only_from_this_machine(client: FlaskClient) -> None:
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/control/history", environ_overrides=elsewhere).status_code == 403
    assert client.get("/control/history", environ_overrides={"REMOTE_ADDR": "::1"}).status_code == 200


def test_the_history_can_be_asked_for_one_person(client: FlaskClient, send_score: Callable[..., TestResponse]) -> None:
    send_score()
    send_score(userId="7", scoreGiven=3)
    assert [kept["score_given"] for kept in client.get("/control/history?person=alina").json["scores"]] == [3]
    assert client.get("/control/history?person=nobody").status_code == 404


def test_the_log_goes_on_from_a_known_entry(client: FlaskClient, send_score: Callable[..., TestResponse]) -> None:
    send_score()
    entries = client.get("/control/log").json["entries"]
    assert [entry["event"] for entry in entries] == ["token.granted", "score.graded"]
    later = client.get(f"/control/log?after={entries[0]['id']}").json["entries"]
    assert [entry["event"] for entry in later] == ["score.graded"]
    assert later[0]["status"] == 200
    assert later[0]["path"] == "/ags/2/lineitems/1/lineitem/scores"


def test_tokens_can_be_revoked(client: FlaskClient, send_score: Callable[..., TestResponse]) -> None:
    assert client.post("/control/tokens/revoke").status_code == 204
    assert send_score().status_code == 401


def test_reset_brings_the_first_day_back(client: FlaskClient, send_score: Callable[..., TestResponse]) -> None:
    send_score()
    client.post("/control/weather", json={"mode": "500"})
    client.post("/control/enrolment", json={"person": "timur", "enrolled": False})
    assert client.post("/control/reset").status_code == 204
    assert client.get("/control/history").json["scores"] == []
    assert client.get("/control/weather").json["mode"] == "works"
    (column,) = client.get("/control/grades").json["columns"]
    assert column["grades"] == {}


@pytest.mark.parametrize("path", ["weather", "enrolment", "people", "grade"])
def test_a_body_that_is_no_object_is_refused(client: FlaskClient, path: str) -> None:
    assert client.post(f"/control/{path}", data="x").status_code == 400


def test_an_id_is_taken_once(client: FlaskClient) -> None:
    assert client.post("/control/people", json={"id": "50"}).status_code == 201
    assert client.post("/control/people", json={"id": "50"}).status_code == 409


def test_an_activity_can_be_added(client: FlaskClient) -> None:
    made = client.post("/control/activities", json={"title": "Пробы", "custom": {"pack": "x"}, "points": 5})
    assert made.status_code == 201
    listed = client.get("/control/activities").json["activities"]
    assert [one["title"] for one in listed][-1] == "Пробы"
    assert [one["score_maximum"] for one in client.get("/control/grades").json["columns"]][-1] == 5
    assert client.post("/control/activities", json={"title": "Пробы"}).status_code == 400
