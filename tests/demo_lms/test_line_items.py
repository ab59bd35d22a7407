"""The line items service (AGS 2.0, 3.2), as strict as Moodle's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .conftest import LINE_ITEM, LINE_ITEMS

CONTAINER = "/ags/2/lineitems?type_id=1"
FIRST = "/ags/2/lineitems/1/lineitem?type_id=1"


@pytest.fixture
def call(client: FlaskClient, bearer: dict[str, str]) -> Callable[..., TestResponse]:
    """A request with a token and, unless told otherwise, the right media types."""

    def request(method: str, url: str, body: Any = None, **headers: str) -> TestResponse:
        accept = LINE_ITEM if "/lineitem?" in url else LINE_ITEMS
        right = bearer | {"Accept": accept, "Content-Type": LINE_ITEM}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.open(url, method=method, json=body, headers=right | named)

    return request


def labels(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["label"] for item in answer.get_json(force=True)]


def test_the_activity_has_its_column_from_the_first_day(call: Callable[..., TestResponse]) -> None:
    answer = call("GET", CONTAINER)
    assert answer.mimetype == LINE_ITEMS
    assert answer.get_json(force=True) == [
        {
            "id": "http://127.0.0.1:8001/ags/2/lineitems/1/lineitem?type_id=1",
            "label": "Как работает лицей",
            "scoreMaximum": 100,
            "resourceLinkId": "1",
        }
    ]


@pytest.mark.parametrize("accept", ["application/json", "*/*", LINE_ITEM, ""])
def test_only_the_exact_media_type_is_served(call: Callable[..., TestResponse], accept: str) -> None:
    assert call("GET", CONTAINER, Accept=accept).status_code == 400


def test_a_column_can_be_made_read_changed_and_deleted(call: Callable[..., TestResponse]) -> None:
    body = {
        "label": "Смена в литейном",
        "scoreMaximum": 20,
        "resourceId": "shift-1",
        "tag": "final",
        "resourceLinkId": "1",
        "https://tool.example/extra": {"kept": True},
    }
    made = call("POST", CONTAINER, body)
    assert made.status_code == 201
    assert made.mimetype == LINE_ITEM
    item = made.get_json(force=True)
    assert item == body | {"id": "http://127.0.0.1:8001/ags/2/lineitems/2/lineitem?type_id=1"}

    url = item["id"].removeprefix("http://127.0.0.1:8001")
    assert call("GET", url).get_json(force=True) == item
    changed = call("PUT", url, {"label": "Смена", "scoreMaximum": 10, "resourceLinkId": "1"})
    assert changed.get_json(force=True) == {
        "id": item["id"],
        "label": "Смена",
        "scoreMaximum": 10,
        "resourceLinkId": "1",
    }
    assert call("DELETE", url).status_code == 204
    assert call("GET", url).status_code == 404
    assert call("DELETE", url).status_code == 404


def test_the_same_post_twice_makes_two_columns(call: Callable[..., TestResponse]) -> None:
    body = {"label": "Двойник", "scoreMaximum": 5, "resourceId": "twin"}
    assert [call("POST", CONTAINER, body).status_code for _ in range(2)] == [201, 201]
    assert labels(call("GET", CONTAINER + "&resource_id=twin")) == ["Двойник", "Двойник"]


def test_filters_hold_together(call: Callable[..., TestResponse]) -> None:
    for tag in ("a", "b"):
        call("POST", CONTAINER, {"label": tag, "scoreMaximum": 5, "resourceId": "r", "tag": tag, "resourceLinkId": "1"})
    assert labels(call("GET", CONTAINER + "&resource_id=r&tag=b")) == ["b"]
    assert labels(call("GET", CONTAINER + "&resource_link_id=1")) == ["Как работает лицей", "a", "b"]
    assert labels(call("GET", CONTAINER + "&resource_link_id=9")) == []


def test_pages_follow_one_another_and_keep_the_filter(call: Callable[..., TestResponse]) -> None:
    for number in range(5):
        call("POST", CONTAINER, {"label": str(number), "scoreMaximum": 5, "tag": "t"})
    call("POST", CONTAINER, {"label": "other", "scoreMaximum": 5})
    url: str | None = CONTAINER + "&tag=t&limit=2"
    pages = []
    while url:
        answer = call("GET", url)
        pages.append(labels(answer))
        link = answer.headers.get("Link")
        if link:
            assert link.endswith('; rel="next"')
            url = link[1 : link.index(">")].removeprefix("http://127.0.0.1:8001")
        else:
            url = None
    assert pages == [["0", "1"], ["2", "3"], ["4"]]


def test_without_a_limit_everything_comes_at_once(call: Callable[..., TestResponse]) -> None:
    assert "Link" not in call("GET", CONTAINER).headers


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=2&from=x"])
def test_a_limit_is_a_whole_number(call: Callable[..., TestResponse], query: str) -> None:
    assert call("GET", f"{CONTAINER}&{query}").status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"label": ""},
        {"label": "  "},
        {"label": None},
        {"scoreMaximum": 0},
        {"scoreMaximum": -1},
        {"scoreMaximum": "10"},
        {"scoreMaximum": True},
        {"scoreMaximum": None},
        {"tag": 5},
        {"startDateTime": "tomorrow"},
        {"endDateTime": "2026-01-10T10:00:00"},
    ],
    ids=str,
)
def test_a_wrong_member_is_refused(call: Callable[..., TestResponse], change: dict[str, Any]) -> None:
    body = {"label": "Колонка", "scoreMaximum": 10} | change
    assert call("POST", CONTAINER, body).status_code == 400
    assert call("PUT", FIRST, body).status_code == 400


def test_a_body_of_another_media_type_is_refused(call: Callable[..., TestResponse]) -> None:
    body = {"label": "Колонка", "scoreMaximum": 10}
    assert call("POST", CONTAINER, body, Content_Type="application/json").status_code == 400


def test_a_column_of_a_foreign_link_is_forbidden(call: Callable[..., TestResponse]) -> None:
    body = {"label": "Колонка", "scoreMaximum": 10, "resourceLinkId": "77"}
    assert call("POST", CONTAINER, body).status_code == 403


def test_id_and_resource_link_cannot_be_changed(call: Callable[..., TestResponse]) -> None:
    body = {"label": "Колонка", "scoreMaximum": 10}
    assert call("PUT", FIRST, body | {"resourceLinkId": "77"}).status_code == 400
    assert call("PUT", FIRST, body | {"id": "https://elsewhere.example"}).status_code == 400


def test_grades_follow_a_changed_maximum(
    call: Callable[..., TestResponse], send_score: Callable[..., TestResponse], read_results: Callable[..., Any]
) -> None:
    send_score()
    call("PUT", FIRST, {"label": "Как работает лицей", "scoreMaximum": 10})
    (result,) = read_results()
    assert (result["resultScore"], result["resultMaximum"]) == (9, 10)


def test_another_course_holds_nothing(call: Callable[..., TestResponse]) -> None:
    assert call("GET", "/ags/3/lineitems?type_id=1").status_code == 404
    assert call("GET", "/ags/3/lineitems/1/lineitem?type_id=1").status_code == 404
