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
        url = link[1 : link.index(">")].removeprefix("http://127.0.0.1:8001") if 'rel="next"' in link else None
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


def test_the_last_page_says_where_to_ask_later_who_came_and_who_left(
    client: FlaskClient, bearer: dict[str, str]
) -> None:
    first = roster(client, bearer, f"{URL}?limit=2")
    assert 'rel="next"' in first["link"]
    address = differences(roster(client, bearer))
    assert roster(client, bearer, address)["members"] == []
    client.post("/control/enrolment", json={"person": "alina", "enrolled": False})
    client.post("/control/people", json={"id": "10"})
    changed = roster(client, bearer, address)
    assert [(member["user_id"], member["status"]) for member in changed["members"]] == [
        ("7", "Deleted"),
        ("10", "Active"),
    ]
    later = roster(client, bearer, differences(changed))
    assert later["members"] == []


def test_what_changed_before_everything_began_again_is_not_known(client: FlaskClient, bearer: dict[str, str]) -> None:
    address = differences(roster(client, bearer))
    client.post("/control/reset")
    assert client.get(address, headers=bearer | {"Accept": ROSTER}).status_code in {401, 404}
    assert client.get(f"{URL}?since=soon", headers=bearer | {"Accept": ROSTER}).status_code in {401, 404}


def test_the_roster_tells_the_class_of_each_pupil(client: FlaskClient, bearer: dict[str, str]) -> None:
    members = {member["user_id"]: member["group_enrollments"] for member in roster(client, bearer)["members"]}
    assert members == {"3": [], "6": [{"group_id": "10a"}], "7": [{"group_id": "10b"}]}


def differences(answer: dict[str, Any]) -> str:
    address, relation = answer["link"].split(">; ")
    assert relation == 'rel="differences"'
    return str(address.removeprefix("<http://127.0.0.1:8001"))
