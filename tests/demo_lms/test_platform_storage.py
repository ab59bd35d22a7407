"""What the school's pages offer to keep for the tool."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.demo_lms.conftest import enter, form_of

PAGE = "/as/timur/activity"


@pytest.fixture(autouse=True)
def entered(client: FlaskClient) -> None:
    enter(client, "timur")


def test_at_first_nothing_is_offered_as_in_moodle(client: FlaskClient) -> None:
    _, fields = form_of(client.get(f"{PAGE}/start"))
    assert "lti_storage_target" not in fields
    assert "storage.js" not in client.get(PAGE).text


@pytest.mark.parametrize(("mode", "target"), [("parent", "_parent"), ("frame", "lti_storage"), ("silent", "_parent")])
def test_a_login_names_the_frame_that_keeps_data(client: FlaskClient, mode: str, target: str) -> None:
    assert client.post("/control/storage", json={"mode": mode}).get_json() == {"mode": mode}
    _, fields = form_of(client.get(f"{PAGE}/start"))
    assert fields["lti_storage_target"] == target
    page = BeautifulSoup(client.get(PAGE).text, "html.parser")
    assert page.body is not None
    assert page.body["data-storage"] == mode
    assert (page.select_one("iframe[name=lti_storage]") is not None) == (mode == "frame")


def test_the_capabilities_may_be_the_only_sign(client: FlaskClient) -> None:
    client.post("/control/storage", json={"mode": "unnamed"})
    _, fields = form_of(client.get(f"{PAGE}/start"))
    assert "lti_storage_target" not in fields
    assert "storage.js" in client.get(PAGE).text


def test_an_unknown_mode_is_refused(client: FlaskClient) -> None:
    assert client.post("/control/storage", json={"mode": "perhaps"}).status_code == 400
