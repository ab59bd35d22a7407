"""A tool registers itself in the school: one pass for one registration, and plain words when something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.demo_lms.registration import PLATFORM, TOOL
from tests.demo_lms.conftest import enter, form_of

LINK = "http://localhost:8000/connect/an-invitation"


def request_document(**changes: Any) -> dict[str, Any]:
    """A faultless registration request; None takes a member away."""
    document = {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": "http://localhost:8000/lti/login",
        "redirect_uris": ["http://localhost:8000/lti/launch"],
        "client_name": "Инструмент",
        "jwks_uri": "http://localhost:8000/lti/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": "https://purl.imsglobal.org/spec/lti-ags/scope/score some:other",
        TOOL: {
            "domain": "localhost:8000",
            "target_link_uri": "http://localhost:8000/lti/launch",
            "claims": ["iss", "sub", "name"],
            "messages": [{"type": "LtiResourceLinkRequest"}, {"type": "LtiSubmissionReviewRequest"}],
        },
    }
    return {name: value for name, value in (document | changes).items() if value is not None}


def paste(client: FlaskClient, link: str = LINK) -> BeautifulSoup:
    """Paste a link as the administrator."""
    return BeautifulSoup(client.post("/tools/add", data={"link": link}).text, "html.parser")


@pytest.fixture
def token(client: FlaskClient) -> str:
    frame = paste(client).select_one("iframe")
    assert frame is not None
    return parse_qs(urlsplit(str(frame["src"])).query)["registration_token"][0]


@pytest.fixture
def register(client: FlaskClient, token: str) -> Callable[..., TestResponse]:
    def post(document: dict[str, Any] | None = None, bearer: str | None = None, **kwargs: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {bearer or token}"}
        return client.post("/register", json=document or request_document(), headers=headers, **kwargs)

    return post


def test_the_link_is_opened_in_a_frame_with_a_pass_and_the_address_of_the_configuration(client: FlaskClient) -> None:
    frame = paste(client, f"{LINK}?kept=1").select_one("iframe")
    assert frame is not None
    parts = urlsplit(str(frame["src"]))
    query = parse_qs(parts.query)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == LINK
    assert query["kept"] == ["1"]
    assert query["openid_configuration"] == ["http://127.0.0.1:8001/openid-configuration"]
    document = client.get("/openid-configuration").get_json()
    assert document["issuer"] == "http://127.0.0.1:8001"
    assert document["registration_endpoint"] == "http://127.0.0.1:8001/register"
    assert [one["type"] for one in document[PLATFORM]["messages_supported"]] == ["LtiResourceLinkRequest"]


def test_a_link_to_somewhere_else_is_not_opened(client: FlaskClient) -> None:
    answer = client.post("/tools/add", data={"link": "https://elsewhere.test/connect/x"})
    assert answer.status_code == 400
    assert "<iframe" not in answer.text


def test_a_registered_tool_waits_until_it_is_activated_and_then_opens_in_the_course(
    client: FlaskClient, register: Callable[..., TestResponse]
) -> None:
    answer = register()
    assert answer.status_code == 200
    made = answer.get_json()
    assert made["scope"] == "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    assert [one["type"] for one in made[TOOL]["messages"]] == ["LtiResourceLinkRequest"]
    client_id, deployment_id = made["client_id"], made[TOOL]["deployment_id"]
    enter(client, "timur")
    assert form_of(client.get("/as/timur/activity/start"))[1]["client_id"] == "demo-client"

    assert client.post(f"/tools/{client_id}/activate").status_code == 303
    fields = form_of(client.get("/as/timur/activity/start"))[1]
    assert (fields["client_id"], fields["lti_deployment_id"]) == (client_id, deployment_id)

    assert client.post(f"/tools/{client_id}/delete").status_code == 303
    assert form_of(client.get("/as/timur/activity/start"))[1]["client_id"] == "demo-client"
    assert client.post(f"/tools/{client_id}/delete").status_code == 404


def test_a_pass_is_good_once_and_for_an_hour(
    client: FlaskClient, token: str, register: Callable[..., TestResponse]
) -> None:
    assert register().status_code == 200
    again = register()
    assert (again.status_code, again.text) == (401, "token_already_used")
    unknown = register(bearer="unknown")
    assert (unknown.status_code, unknown.text) == (401, "invalid_token")
    with time_machine.travel(0) as clock:
        frame = paste(client).select_one("iframe")
        assert frame is not None
        late = parse_qs(urlsplit(str(frame["src"])).query)["registration_token"][0]
        clock.shift(3601)
        assert register(bearer=late).status_code == 401
    assert client.post("/register", json=request_document()).text == "missing_authorization"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"application_type": "native"}, "invalid_application_type"),
        ({"response_types": ["code"]}, "invalid_response_types"),
        ({"token_endpoint_auth_method": "none"}, "invalid_token_endpoint_auth_method"),
        ({"client_name": " "}, "missing required attribute client_name"),
        ({"jwks_uri": None}, "missing required attribute jwks_uri"),
        ({"jwks_uri": "http://elsewhere.test/jwks"}, "domain_mismatch"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({TOOL: {"target_link_uri": "http://localhost:8000/lti/launch"}}, "missing_domain"),
        (
            {TOOL: {"domain": "localhost", "target_link_uri": "http://localhost:8000/lti/launch"}},
            "domain_targetlinkuri_mismatch",
        ),
        ({TOOL: None}, "invalid_client_metadata"),
    ],
)
def test_what_is_wrong_is_said_in_a_word(
    register: Callable[..., TestResponse], changes: dict[str, Any], word: str
) -> None:
    answer = register(request_document(**changes))
    assert (answer.status_code, answer.text) == (400, word)


def test_only_json_is_read(client: FlaskClient, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert client.post("/register", data="{}", headers=headers).text == "invalid_content_type"


def test_a_registered_tool_gets_tokens_for_what_it_was_granted(
    client: FlaskClient,
    register: Callable[..., TestResponse],
    token_request: Callable[..., TestResponse],
    claims: dict[str, Any],
) -> None:
    client_id = register().get_json()["client_id"]
    own = claims | {"iss": client_id, "sub": client_id}
    assert token_request(own).status_code == 401, "it is not active yet"
    client.post(f"/tools/{client_id}/activate")
    assert token_request(own | {"jti": "a"}).status_code == 400, "more was asked for than was granted"
    score = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    assert token_request(own | {"jti": "b"}, scope=score).status_code == 200


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_administrators_page_speaks_both_languages(
    client: FlaskClient, register: Callable[..., TestResponse], language: str
) -> None:
    register()
    client.get(f"/language/{language}")
    text = client.get("/tools/").text
    assert ("Ожидание" if language == "ru" else "Pending") in text
    assert "Инструмент" in text
