"""The roster (NRPS 2.0)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from .conftest import ROSTER

URL = "/nrps/CourseSection/2/bindings/demo-1/memberships"


def roster(client: FlaskClient, bearer: dict[str, str], url: str = URL) -> dict[str, Any]:
    answer = client.get(url, headers=bearer | {"Accept": ROSTER})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == ROSTER
    return answer.get_json(force=True) | {"link": answer.headers.get("Link")}


def test_everybody_enrolled_is_listed_with_short_roles(client: FlaskClient, bearer: dict[str, str]) -> None:
    answer = roster(client, bearer)
    assert answer["context"] == {"id": "2", "label": "CITY10", "title": "Лицей-CITY"}
    assert [(member["user_id"], member["roles"], member["status"]) for member in answer["members"]] == [
        ("3", ["Instructor"], "Active"),
        ("6", ["Learner"], "Active"),
        ("7", ["Learner"], "Active"),
    ]
    assert answer["members"][1]["name"] == "Тимур Ясенев"


def test_who_left_is_simply_absent(client: FlaskClient, bearer: dict[str, str]) -> None:
    client.post("/control/enrolment", json={"person": "alina", "enrolled": False})
    assert [member["user_id"] for member in roster(client, bearer)["members"]] == ["3", "6"]


@pytest.mark.parametrize(
    "role", ["Learner", "http%3A%2F%2Fpurl.imsglobal.org%2Fvocab%2Flis%2Fv2%2Fmembership%23Learner"]
)
def test_pages_keep_the_role_asked_for(client: FlaskClient, bearer: dict[str, str], role: str) -> None:
    for number in range(10, 13):
        client.post("/control/people", json={"id": str(number)})
    url: str | None = f"{URL}?role={role}&limit=2"
    seen = []
    while url:
        answer = roster(client, bearer, url)
        assert len(answer["members"]) <= 2
        seen += [member["user_id"] for member in answer["members"]]
        link = answer["link"]
        url = link[1 : link.index(">")].removeprefix("http://127.0.0.1:8001") if link else None
    assert seen == ["6", "7", "10", "11", "12"]


def test_a_resource_link_adds_its_custom_values(client: FlaskClient, bearer: dict[str, str]) -> None:
    (message,) = roster(client, bearer, f"{URL}?rlid=1")["members"][0]["message"]
    assert message["https://purl.imsglobal.org/spec/lti/claim/custom"] == {"pack": "kak-rabotaet-licej"}


@pytest.mark.parametrize(
    ("url", "accept", "status"),
    [
        (URL, "application/json", 400),
        (URL, "*/*", 400),
        (f"{URL}?limit=0", ROSTER, 400),
        (f"{URL}?rlid=9", ROSTER, 404),
        (URL.replace("demo-1", "demo-2"), ROSTER, 404),
        (URL.replace("/2/", "/3/"), ROSTER, 404),
    ],
)
def test_a_wrong_request_is_refused(
    client: FlaskClient, bearer: dict[str, str], url: str, accept: str, status: int
) -> None:
    assert client.get(url, headers=bearer | {"Accept": accept}).status_code == status
