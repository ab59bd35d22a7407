"""The weather of the gradebook: it misbehaves as told, and only as long as told."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .conftest import ROSTER

Send = Callable[..., TestResponse]


def weather(client: FlaskClient, **body: Any) -> None:
    assert client.post("/control/weather", json=body).status_code == 200


@pytest.mark.parametrize(
    ("mode", "status", "header"),
    [
        ("500", 500, None),
        ("429", 429, ("Retry-After", "7")),
        ("401", 401, ("WWW-Authenticate", 'Bearer error="invalid_token"')),
        ("down", 503, ("Connection", "close")),
    ],
)
def test_bad_weather_refuses_and_saves_nothing(
    client: FlaskClient, send_score: Send, mode: str, status: int, header: tuple[str, str] | None
) -> None:
    weather(client, mode=mode, seconds=7)
    answer = send_score()
    assert answer.status_code == status
    if header:
        assert answer.headers[header[0]] == header[1]
    assert client.get("/control/history").json["scores"] == []
    assert send_score().status_code == status, "until it is changed"
    weather(client, mode="works")
    assert send_score().status_code == 200


def test_a_counted_weather_clears_up_by_itself(client: FlaskClient, send_score: Send) -> None:
    weather(client, mode="500", count=2)
    assert [send_score(at=at).status_code for at in (-90, -80, -70)] == [500, 500, 200]
    assert client.get("/control/weather").json == {"mode": "works", "seconds": 5, "remaining": None}


def test_a_hanging_gradebook_saves_the_score_after_all(client: FlaskClient, send_score: Send) -> None:
    weather(client, mode="hang", seconds=0.2, count=1)
    started = time.monotonic()
    assert send_score().status_code == 200
    assert time.monotonic() - started >= 0.2
    assert send_score().status_code == 409, "the tool that did not wait meets its own score"


def test_the_roster_and_tokens_know_no_weather(client: FlaskClient, bearer: dict[str, str]) -> None:
    weather(client, mode="500")
    url = "/nrps/CourseSection/2/bindings/demo-1/memberships"
    assert client.get(url, headers=bearer | {"Accept": ROSTER}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"mode": "rain"},
        {"mode": "429", "seconds": 121},
        {"mode": "429", "seconds": -1},
        {"mode": "500", "count": 0},
    ],
    ids=str,
)
def test_a_weather_that_does_not_exist_is_refused(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post("/control/weather", json=body).status_code == 400
    assert client.get("/control/weather").json["mode"] == "works"
