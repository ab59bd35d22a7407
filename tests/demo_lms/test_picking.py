"""A teacher chooses material from the tool: what is asked, which answers are taken, what becomes of them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from bs4 import BeautifulSoup
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .conftest import browser, enter, form_of
from .test_login import CLAIM, LAUNCH, authentication, initiation

DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
ITEM = {
    "type": "ltiResourceLink",
    "title": "Смена у печи",
    "url": LAUNCH + "?pack=furnace",
    "custom": {"pack": "furnace", "attempts": "2"},
    "lineItem": {"scoreMaximum": 20, "resourceId": "furnace", "tag": "grade"},
}

Answer = Callable[..., TestResponse]


@pytest.fixture
def teacher(lms: Flask) -> FlaskClient:
    client = browser(lms)
    enter(client, "olga")
    return client


def asked(client: FlaskClient) -> dict[str, Any]:
    """The claims of the request that the tool gets."""
    _action, started = form_of(client.get("/as/olga/activity/start?pick=1"))
    _action, fields = form_of(client.get("/auth", query_string=authentication(started)))
    return verified(client, fields["id_token"])


def verified(client: FlaskClient, token: str) -> dict[str, Any]:
    key_set = jwt.PyJWKSet.from_dict(client.get("/jwks").json)
    claims: dict[str, Any] = jwt.decode(token, key_set.keys[0], algorithms=["RS256"], audience="demo-client")
    return claims


@pytest.fixture
def answer(teacher: FlaskClient, lms: Flask, tool_key: rsa.RSAPrivateKey) -> Answer:
    """Answer a request as the tool would; claims may be changed."""
    data = asked(teacher)[DEEP_LINKING + "deep_linking_settings"]["data"]

    def send(items: Any = (ITEM,), key: Any = None, **changes: Any) -> TestResponse:
        now = int(time.time())
        claims = {
            "iss": "demo-client",
            "aud": "http://127.0.0.1:8001",
            "iat": now - 5,
            "exp": now + 60,
            "nonce": secrets.token_hex(8),
            CLAIM + "message_type": "LtiDeepLinkingResponse",
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": "demo-1",
            DEEP_LINKING + "data": data,
            DEEP_LINKING + "content_items": list(items) if isinstance(items, tuple) else items,
            **changes,
        }
        token = jwt.encode(claims, key or tool_key, "RS256", {"kid": "tool-1"})
        return browser(lms).post("/picked", data={"JWT": token})  # from the tool's page, without our cookie

    return send


def titles(client: FlaskClient) -> list[str]:
    return [one.text for one in BeautifulSoup(client.get("/as/olga/").text, "html.parser").select("h3")]


def test_the_tool_is_asked_for_links_and_for_no_activity(teacher: FlaskClient) -> None:
    claims = asked(teacher)
    assert claims[CLAIM + "message_type"] == "LtiDeepLinkingRequest"
    assert CLAIM + "resource_link" not in claims
    settings = claims[DEEP_LINKING + "deep_linking_settings"]
    assert settings["accept_types"] == ["ltiResourceLink"]
    assert settings["accept_multiple"] is True
    assert settings["deep_link_return_url"] == "http://127.0.0.1:8001/picked"


def test_what_was_chosen_becomes_activities_with_columns_that_open(answer: Answer, teacher: FlaskClient) -> None:
    plain = {"type": "ltiResourceLink", "title": "Без оценки"}
    page = answer((ITEM, plain, {**ITEM, "title": "Половины", "lineItem": {"scoreMaximum": 12.5}}))
    assert page.status_code == 200
    assert titles(teacher)[1:] == ["Смена у печи", "Без оценки", "Половины"]
    gradebook = teacher.get("/as/olga/gradebook").text
    assert "из 20" in gradebook or "Смена у печи" in gradebook
    started = form_of(teacher.get("/as/olga/activity/start?link=2"))[1]
    assert started["target_link_uri"] == ITEM["url"]
    action, fields = form_of(teacher.get("/auth", query_string=authentication(started)))
    assert action == LAUNCH
    claims = verified(teacher, fields["id_token"])
    assert claims[CLAIM + "resource_link"]["id"] == "2"
    assert claims[CLAIM + "resource_link"]["title"] == "Смена у печи"
    assert claims[CLAIM + "custom"] == ITEM["custom"]
    assert claims[CLAIM + "target_link_uri"] == ITEM["url"]
    assert "lineitem" in claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]


def test_nothing_chosen_is_an_answer_too(answer: Answer, teacher: FlaskClient) -> None:
    assert "Ничего не выбрано" in answer(()).text
    assert len(titles(teacher)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"aud": "https://elsewhere.test"},
        {"exp": 1},
        {CLAIM + "message_type": "LtiResourceLinkRequest"},
        {CLAIM + "deployment_id": "2"},
        {DEEP_LINKING + "data": "guessed"},
        {DEEP_LINKING + "content_items": [{"type": "html"}]},
        {DEEP_LINKING + "content_items": [{**ITEM, "title": "Д" * 256}]},
        {DEEP_LINKING + "content_items": [{**ITEM, "custom": {"pack": 5}}]},
        {DEEP_LINKING + "content_items": [{**ITEM, "lineItem": {"scoreMaximum": 0}}]},
    ],
)
def test_an_answer_that_is_not_as_it_must_be_adds_nothing(
    answer: Answer, teacher: FlaskClient, changes: dict[str, Any]
) -> None:
    assert answer(**changes).status_code == 400
    assert len(titles(teacher)) == 1


def test_a_strangers_signature_and_a_second_answer_are_refused(
    answer: Answer, teacher: FlaskClient, stranger_key: rsa.RSAPrivateKey
) -> None:
    assert answer(key=stranger_key).status_code == 400
    assert answer().status_code == 200
    assert answer().status_code == 400
    assert len(titles(teacher)) == 2


def test_only_a_teacher_chooses(lms: Flask) -> None:
    pupil = browser(lms)
    enter(pupil, "timur")
    assert pupil.get("/as/timur/pick").status_code == 403
    assert pupil.get("/as/timur/activity/start?pick=1").status_code == 404
    assert pupil.get("/as/timur/activity/start?link=77").status_code == 404
    assert initiation(pupil)["target_link_uri"] == LAUNCH
