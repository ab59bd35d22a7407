"""The groups (Course Groups 1.0)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

GROUPS = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
SETS = "application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json"


def read(client: FlaskClient, bearer: dict[str, str], url: str, media: str = GROUPS) -> dict[str, Any]:
    answer = client.get(url, headers=bearer | {"Accept": media})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == media
    return answer.get_json(force=True) | {"link": answer.headers.get("Link")}


def test_the_classes_stand_in_one_set(client: FlaskClient, bearer: dict[str, str]) -> None:
    groups = read(client, bearer, "/groups/2")["groups"]
    assert [(group["id"], group["name"], group["set_ids"]) for group in groups] == [
        ("10a", "10 А", ["classes"]),
        ("10b", "10 Б", ["classes"]),
    ]
    assert read(client, bearer, "/groups/2/sets", SETS)["sets"] == [{"id": "classes", "name": "Классы"}]


def test_they_come_in_pages_and_person_by_person(client: FlaskClient, bearer: dict[str, str]) -> None:
    first = read(client, bearer, "/groups/2?limit=1")
    assert [group["id"] for group in first["groups"]] == ["10a"]
    assert 'rel="next"' in first["link"]
    assert [group["id"] for group in read(client, bearer, "/groups/2?user_id=7")["groups"]] == ["10b"]
    assert read(client, bearer, "/groups/2?user_id=99")["groups"] == []


@pytest.mark.parametrize(
    ("url", "accept", "status"), [("/groups/3", GROUPS, 404), ("/groups/2", "application/json", 400)]
)
def test_a_wrong_request_is_refused(
    client: FlaskClient, bearer: dict[str, str], url: str, accept: str, status: int
) -> None:
    assert client.get(url, headers=bearer | {"Accept": accept}).status_code == status


def test_without_a_token_nothing_is_told(client: FlaskClient) -> None:
    assert client.get("/groups/2", headers={"Accept": GROUPS}).status_code == 401
