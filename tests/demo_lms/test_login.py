"""Launches: what the LMS sends, and which authentication requests it refuses (LTI Security 1.0, 5.1.1)."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from lti_tool.demo_lms.settings import Settings

from .conftest import LINE_ITEM, browser, enter, form_of

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
LAUNCH = "http://localhost:8000/lti/launch"


@pytest.fixture
def visitor(lms: Flask) -> FlaskClient:
    """A browser in which Тимур was chosen."""
    client = browser(lms)
    enter(client, "timur")
    return client


def initiation(client: FlaskClient, slug: str = "timur", target: str = "iframe") -> dict[str, str]:
    """The login initiation the browser is sent away with."""
    action, fields = form_of(client.get(f"/as/{slug}/activity/start?target={target}"))
    assert action == "http://localhost:8000/lti/login"
    return fields


def authentication(started: dict[str, str], **changes: str | None) -> dict[str, str]:
    """The tool's answer to it; None removes a parameter."""
    request: dict[str, str | None] = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": started["client_id"],
        "redirect_uri": LAUNCH,
        "login_hint": started["login_hint"],
        "lti_message_hint": started["lti_message_hint"],
        "state": "a-state",
        "nonce": "a-nonce",
    }
    return {name: value for name, value in (request | changes).items() if value is not None}


def launch_claims(client: FlaskClient, slug: str = "timur", target: str = "iframe") -> dict[str, Any]:
    """The verified claims of a launch from start to end."""
    action, fields = form_of(client.get("/auth", query_string=authentication(initiation(client, slug, target))))
    assert action == LAUNCH
    assert fields["state"] == "a-state"
    key_set = jwt.PyJWKSet.from_dict(client.get("/jwks").json)
    key = key_set[jwt.get_unverified_header(fields["id_token"])["kid"]]
    return jwt.decode(fields["id_token"], key, algorithms=["RS256"], audience="demo-client")


def error_of(client: FlaskClient, request: dict[str, str]) -> str:
    """The ``error`` posted to the tool."""
    action, fields = form_of(client.get("/auth", query_string=request))
    assert action == LAUNCH
    assert "id_token" not in fields
    assert fields["error_description"]
    return fields["error"]


def test_the_login_initiation_carries_what_the_specification_asks_for(visitor: FlaskClient) -> None:
    fields = initiation(visitor)
    assert fields["iss"] == "http://127.0.0.1:8001"
    assert fields["target_link_uri"] == LAUNCH
    assert fields["login_hint"] == "6"
    assert (fields["client_id"], fields["lti_deployment_id"]) == ("demo-client", "demo-1")
    assert fields["lti_message_hint"] != initiation(visitor)["lti_message_hint"]


def test_the_id_token_says_what_a_moodle_would(visitor: FlaskClient) -> None:
    claims = launch_claims(visitor)
    assert (claims["iss"], claims["aud"], claims["sub"], claims["nonce"]) == (
        "http://127.0.0.1:8001",
        "demo-client",
        "6",
        "a-nonce",
    )
    assert claims["exp"] - claims["iat"] == 60
    assert (claims["name"], claims["given_name"], claims["locale"]) == ("Тимур Ясенев", "Тимур", "ru")
    assert claims[CLAIM + "message_type"] == "LtiResourceLinkRequest"
    assert claims[CLAIM + "version"] == "1.3.0"
    assert claims[CLAIM + "deployment_id"] == "demo-1"
    assert claims[CLAIM + "target_link_uri"] == LAUNCH
    assert claims[CLAIM + "roles"] == ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]
    assert claims[CLAIM + "context"]["type"] == ["CourseSection"]
    assert claims[CLAIM + "resource_link"]["title"] == "Как работает лицей"
    assert claims[CLAIM + "custom"] == {"pack": "kak-rabotaet-licej"}
    assert claims[CLAIM + "tool_platform"]["product_family_code"] == "lyceum-demo-lms"
    assert claims[CLAIM + "launch_presentation"] == {
        "document_target": "iframe",
        "locale": "ru",
        "return_url": "http://127.0.0.1:8001/as/timur/return?target=iframe",
    }
    assert claims[AGS]["lineitem"] == "http://127.0.0.1:8001/ags/2/lineitems/1/lineitem?type_id=1"
    assert claims[AGS]["lineitems"] == "http://127.0.0.1:8001/ags/2/lineitems?type_id=1"
    assert {scope.rsplit("/", 1)[1] for scope in claims[AGS]["scope"]} == {
        "lineitem",
        "lineitem.readonly",
        "result.readonly",
        "score",
    }


def test_a_teacher_in_a_window_of_their_own_and_in_english(lms: Flask) -> None:
    client = browser(lms)
    enter(client, "olga")
    client.get("/language/en")
    claims = launch_claims(client, "olga", "window")
    assert claims[CLAIM + "roles"] == [
        "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
    ]
    assert claims[CLAIM + "launch_presentation"]["document_target"] == "window"
    assert claims["locale"] == "en"


def test_the_authentication_request_may_be_posted(visitor: FlaskClient) -> None:
    _, fields = form_of(visitor.post("/auth", data=authentication(initiation(visitor))))
    assert "id_token" in fields


def test_the_published_key_has_no_private_part(client: FlaskClient) -> None:
    (key,) = client.get("/jwks").json["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"response_mode": None}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"prompt": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"lti_message_hint": None}, "invalid_request"),
        ({"lti_message_hint": "guess"}, "invalid_request"),
        ({"login_hint": None}, "access_denied"),
        ({"login_hint": "7"}, "access_denied"),
    ],
    ids=str,
)
def test_a_wrong_parameter_is_answered_with_an_error(
    visitor: FlaskClient, changes: dict[str, str | None], error: str
) -> None:
    request = authentication(initiation(visitor), **changes)
    action, fields = form_of(visitor.get("/auth", query_string=request))
    assert action == LAUNCH
    assert fields["error"] == error
    assert fields.get("state") == request.get("state")
    assert "id_token" not in fields


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"client_id": None},
        {"redirect_uri": LAUNCH + "/"},
        {"redirect_uri": "https://elsewhere.example/lti/launch"},
        {"redirect_uri": None},
    ],
    ids=str,
)
def test_nothing_is_sent_to_an_address_that_was_not_registered(
    visitor: FlaskClient, changes: dict[str, str | None]
) -> None:
    answer = visitor.get("/auth", query_string=authentication(initiation(visitor), **changes))
    assert answer.status_code == 400
    assert "onward" not in answer.text


def test_a_repeated_parameter_stays_here_too(visitor: FlaskClient) -> None:
    request = authentication(initiation(visitor))
    answer = visitor.post("/auth", query_string={"state": "one"}, data=request)
    assert answer.status_code == 400


def test_a_launch_serves_once(visitor: FlaskClient) -> None:
    request = authentication(initiation(visitor))
    assert "id_token" in form_of(visitor.get("/auth", query_string=request))[1]
    assert error_of(visitor, request) == "invalid_request"


def test_a_refused_request_does_not_spend_the_launch(visitor: FlaskClient) -> None:
    started = initiation(visitor)
    assert error_of(visitor, authentication(started, nonce=None)) == "invalid_request"
    assert "id_token" in form_of(visitor.get("/auth", query_string=authentication(started)))[1]


def test_a_launch_grows_old(visitor: FlaskClient) -> None:
    request = authentication(initiation(visitor))
    with time_machine.travel(time.time() + 301):
        assert error_of(visitor, request) == "invalid_request"


def test_a_launch_started_in_another_browser_is_refused(lms: Flask, visitor: FlaskClient) -> None:
    other = browser(lms)
    enter(other, "timur")
    assert error_of(other, authentication(initiation(visitor))) == "login_required"


def test_a_browser_that_sent_no_cookie_is_asked_once_more(lms: Flask, visitor: FlaskClient) -> None:
    request = authentication(initiation(visitor))
    action, again = form_of(browser(lms).get("/auth", query_string=request))
    assert action == "http://127.0.0.1:8001/auth"
    assert again == request | {"reposted": "1"}
    assert error_of(browser(lms), again) == "login_required"
    assert "id_token" in form_of(visitor.post("/auth", data=again))[1], "with the cookie it goes on"


def test_who_was_taken_off_the_course_does_not_get_in(visitor: FlaskClient) -> None:
    request = authentication(initiation(visitor))
    visitor.post("/control/enrolment", json={"person": "timur", "enrolled": False})
    assert error_of(visitor, request) == "access_denied"
    assert visitor.get("/as/timur/activity").status_code == 403
    assert visitor.get("/as/timur/activity/start").status_code == 403


def test_no_line_item_is_named_when_there_is_none_or_more_than_one(
    visitor: FlaskClient, bearer: dict[str, str], lms_settings: Settings
) -> None:
    second = {"label": "Вторая", "scoreMaximum": 5, "resourceLinkId": "1"}
    made = visitor.post("/ags/2/lineitems", json=second, headers=bearer | {"Content-Type": LINE_ITEM})
    assert made.status_code == 201
    assert "lineitem" not in launch_claims(visitor)[AGS]
    for column in (1, 2):
        assert visitor.delete(f"/ags/2/lineitems/{column}/lineitem?type_id=1", headers=bearer).status_code == 204
    assert "lineitem" not in launch_claims(visitor)[AGS]


def test_the_launch_starts_only_for_somebody_this_browser_chose(visitor: FlaskClient) -> None:
    answer = visitor.get("/as/alina/activity/start")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert visitor.get("/as/nobody/activity/start").status_code == 404
