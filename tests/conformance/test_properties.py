"""Whatever is sent, the door answers with a page, in time; and it opens only to what is right in every part."""

from __future__ import annotations

import json
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.clock import now
from lti_tool.lti import claims, keys
from lti_tool.lti.launch import MessageType
from tests.conformance import strategies as odd
from tests.conformance.door import course, visits
from tests.platform import INSTRUCTOR, FakePlatform

# One application and database for all examples of a test: they may see each other's rows, as launches do.
tried = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
PATIENCE = 10.0  # seconds for one example, on a machine with much else to do
REFUSED = {400, 401, 403, 413}


@pytest.fixture
def door(app: Flask, session: Session, platform: FakePlatform) -> FakePlatform:
    """A platform whose launches have a course to open; answers can be signed."""
    keys.ensure_key(session)
    course(session)
    return platform


def _launch(client: FlaskClient, platform: FakePlatform, payload: bytes, state: str, **signing: Any) -> TestResponse:
    began = perf_counter()
    answer = platform.post(client, platform.sign(payload, **signing), state)
    if answer.status_code == 303:
        page = client.get(answer.location, base_url=platform.tool)
        assert page.status_code in {200, 303, 400, 403, 404}, page.text
    assert perf_counter() - began < PATIENCE
    return answer


def _judge(answer: TestResponse, session: Session, before: int, *, valid: bool) -> None:
    """A refusal leaves no visit; a visit means that everything was right."""
    opened = visits(session) - before
    if answer.status_code == 303:
        assert opened == 1
        assert valid, "this must not have come in"
    else:
        assert answer.status_code in REFUSED, answer.text
        assert opened == 0


def _valid(body: dict[str, Any], platform: FakePlatform, nonce: str) -> bool:
    """Whether a message is one that may open a visit: written down a second time, apart from the code under test."""

    def is_id(value: Any, longest: int = 255) -> bool:
        return isinstance(value, str) and 0 < len(value) <= longest

    def is_time(value: Any, earliest: float, latest: float) -> bool:
        return type(value) in {int, float} and earliest <= value <= latest

    moment = now().timestamp()
    message = body.get(claims.MESSAGE_TYPE)
    link = body.get(claims.RESOURCE_LINK)
    return all(
        (
            body.get("iss") == platform.issuer,
            body.get("aud") in (platform.client_id, [platform.client_id]),
            body.get("azp", platform.client_id) == platform.client_id,
            is_time(body.get("exp"), moment - 61, 10**11),
            is_time(body.get("iat"), moment - 3670, moment + 61),
            body.get("nonce") == nonce,
            is_id(body.get("sub")),
            body.get(claims.VERSION) == "1.3.0",
            isinstance(message, str) and message in set(MessageType),
            body.get(claims.DEPLOYMENT_ID) == platform.deployment_id,
            body.get(claims.TARGET_LINK_URI) == f"{platform.tool}/lti/launch",
            isinstance(body.get(claims.ROLES), list) or message != MessageType.RESOURCE_LINK,
            message != MessageType.RESOURCE_LINK or (isinstance(link, dict) and is_id(link.get("id"))),
        )
    )


@given(changes=odd.bends(odd.PLACES), teacher=st.booleans(), doubled=st.dictionaries(st.just("sub"), odd.VALUES))
@tried
def test_claims_of_any_kind_are_answered_and_open_nothing_that_is_wrong(
    app: Flask,
    session: Session,
    door: FakePlatform,
    changes: list[odd.Bend],
    teacher: bool,
    doubled: dict[str, Any],
) -> None:
    client, before = app.test_client(), visits(session)
    request = door.log_in(client)
    plain = door.with_gradebook(nonce=request["nonce"], **({claims.ROLES: [INSTRUCTOR]} if teacher else {}))
    payload = odd.written(odd.bent(plain, changes), doubled)
    answer = _launch(client, door, payload, request["state"])
    _judge(answer, session, before, valid=_valid(json.loads(payload), door, request["nonce"]))


@given(changes=odd.bends([*odd.DEEP_LINKING, (claims.DEEP_LINKING,)]))
@tried
def test_settings_of_any_kind_are_answered_by_the_picker(
    app: Flask, session: Session, door: FakePlatform, changes: list[odd.Bend]
) -> None:
    client, before = app.test_client(), visits(session)
    request = door.log_in(client)
    wanted = {
        "deep_link_return_url": f"{door.issuer}/mod/lti/contentitem_return.php",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
    }
    plain = door.claims(
        nonce=request["nonce"],
        **{
            claims.MESSAGE_TYPE: "LtiDeepLinkingRequest",
            claims.ROLES: [INSTRUCTOR],
            claims.DEEP_LINKING: wanted,
        },
    )
    answer = _launch(client, door, odd.written(odd.bent(plain, changes)), request["state"])
    _judge(answer, session, before, valid=True)
    if answer.status_code == 303:
        visit = answer.location.split("/")[2]
        returned = client.get(f"/v/{visit}/choose/cancel", base_url=door.tool)
        assert returned.status_code in {200, 303, 400, 403, 404, 405}, returned.text


@given(changes=odd.bends(odd.SERVICES))
@tried
def test_services_of_any_kind_do_not_keep_a_launch_from_opening(
    app: Flask, session: Session, door: FakePlatform, changes: list[odd.Bend]
) -> None:
    client, before = app.test_client(), visits(session)
    request = door.log_in(client)
    body = odd.bent(door.with_gradebook(nonce=request["nonce"]), changes)
    answer = _launch(client, door, odd.written(body), request["state"])
    _judge(answer, session, before, valid=True)


@given(
    headers=st.dictionaries(
        st.sampled_from(["kid", "typ", "cty", "crit", "b64", "jku", "jwk", "x5u", "x5c", "enc", "zip"]),
        odd.ODD_VALUES,
        min_size=1,
    )
)
@tried
def test_headers_of_any_kind_are_answered(
    app: Flask, session: Session, door: FakePlatform, headers: dict[str, Any]
) -> None:
    client, before = app.test_client(), visits(session)
    request = door.log_in(client)
    payload = odd.written(door.claims(nonce=request["nonce"]))
    answer = _launch(client, door, payload, request["state"], headers=headers)
    right = headers.get("kid") in (door.kid, None) and headers.get("crit") is None
    _judge(answer, session, before, valid=right)


@given(payload=st.one_of(st.binary(max_size=200), st.builds(lambda n: b"[" * n, st.sampled_from([10, 1000, 50_000]))))
@tried
def test_a_signed_token_that_holds_no_message_is_answered(
    app: Flask, session: Session, door: FakePlatform, payload: bytes
) -> None:
    client, before = app.test_client(), visits(session)
    request = door.log_in(client)
    answer = _launch(client, door, payload, request["state"])
    _judge(answer, session, before, valid=False)


PARAMETERS = ["iss", "login_hint", "target_link_uri", "lti_message_hint", "lti_deployment_id", "client_id"]


@given(
    changes=st.dictionaries(
        st.sampled_from([*PARAMETERS, "lti_storage_target", "window", "canvas_region"]), odd.FORM_TEXTS, min_size=1
    ),
    post=st.booleans(),
)
@tried
def test_login_parameters_of_any_kind_are_answered_and_hints_come_back_as_they_came(
    app: Flask, door: FakePlatform, changes: dict[str, str], post: bool
) -> None:
    client, parameters = app.test_client(), {**door.login_parameters(), **changes}
    sent = {"data": parameters} if post else {"query_string": urlencode(parameters)}
    began = perf_counter()
    answer = client.open("/lti/login", method="POST" if post else "GET", base_url=door.tool, **sent)
    assert answer.status_code in {303, *REFUSED}, answer.text
    if answer.status_code == 303:
        onward = client.get(answer.location, base_url=door.tool)
        assert onward.status_code == 302, onward.text
        assert onward.location.startswith(door.row.auth_url)
        query = parse_qs(urlsplit(onward.location).query, keep_blank_values=True)
        for hint in ("login_hint", "lti_message_hint"):
            assert query[hint] == [parameters[hint]]
    assert perf_counter() - began < PATIENCE


@given(
    raw=st.one_of(
        st.binary(max_size=300),
        st.builds(
            lambda pairs: urlencode(pairs).encode(),
            st.lists(st.tuples(st.sampled_from(["state", "id_token", "error", "x"]), odd.FORM_TEXTS), max_size=6),
        ),
    ),
    kind=st.sampled_from(
        ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "", "\u00ff/x"]
    ),
    path=st.sampled_from(["/lti/launch", "/lti/login", "/lti/login/continue"]),
)
@tried
def test_bodies_of_any_kind_are_answered(
    app: Flask, session: Session, door: FakePlatform, raw: bytes, kind: str, path: str
) -> None:
    before = visits(session)
    answer = app.test_client().post(path, data=raw, content_type=kind, base_url=door.tool)
    assert answer.status_code in {*REFUSED, 405, 415}, answer.text
    assert visits(session) == before
