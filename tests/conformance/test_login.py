"""L-01 … L-12: the login that a platform begins (Security Framework §5.1.1)."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.lti import checks
from lti_tool.lti.errors import LaunchError
from tests.conformance.door import course, knock, log_in, logins, post, read, second, visits
from tests.platform import ABSENT, FakePlatform

REQUEST = {
    "scope": "openid",
    "response_type": "id_token",
    "response_mode": "form_post",
    "prompt": "none",
    "client_id": "client-1",
    "redirect_uri": "https://city.test/lti/launch",
    "login_hint": "6",
    "lti_message_hint": '{"cmid":3,"launchid":"ltilaunch1_751899214"}',
}


def _request(app: Flask, platform: FakePlatform, method: str) -> tuple[str, dict[str, str]]:
    """Go through both hops of a login; return where it leads, and with which parameters."""
    client, parameters = app.test_client(), platform.login_parameters()
    sent = {"query_string": parameters} if method == "GET" else {"data": parameters}
    hop = client.open("/lti/login", method=method, base_url=platform.tool, **sent)
    assert hop.status_code == 303
    address = client.get(hop.location, base_url=platform.tool).location
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    assert len(pairs) == len(dict(pairs)), "no parameter stands there twice"
    return address.split("?")[0], dict(pairs)


def test_l_01_a_login_by_get_leads_to_the_registered_authorization_endpoint(app: Flask, platform: FakePlatform) -> None:
    address, request = _request(app, platform, "GET")
    assert address == platform.row.auth_url
    assert request["client_id"] == platform.client_id


def test_l_02_a_login_by_post_does_the_same_without_a_form_token(app: Flask, platform: FakePlatform) -> None:
    address, request = _request(app, platform, "POST")
    assert address == platform.row.auth_url
    assert request.keys() == _request(app, platform, "GET")[1].keys()


@pytest.mark.parametrize("name", ["iss", "login_hint", "target_link_uri"])
@pytest.mark.parametrize("fault", ["missing", "empty", "doubled", "in query and form"])
def test_l_03_what_is_required_must_stand_there_once(
    app: Flask, session: Session, platform: FakePlatform, name: str, fault: str
) -> None:
    parameters = platform.login_parameters()
    value = parameters.pop(name)
    given = {"missing": [], "empty": [""], "doubled": [value, value], "in query and form": [value]}[fault]
    query = {name: value} if fault == "in query and form" else {}
    answer = read(
        app.test_client().post(
            "/lti/login", data={**parameters, name: given}, query_string=query, base_url=platform.tool
        )
    )
    assert answer.verdict == (400, "LTI-01")
    assert not answer.location
    assert logins(session) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://unknown.test"},
        {"iss": "https://moodle.school.test/"},
        {"iss": "https://Moodle.school.test"},
        {"client_id": "client-2"},
        {"client_id": "CLIENT-1"},
    ],
)
def test_l_04_an_unknown_platform_leaves_no_trace(
    app: Flask, session: Session, platform: FakePlatform, changes: dict[str, str]
) -> None:
    answer = log_in(app, platform, **changes)
    assert answer.verdict == (403, "LTI-20")
    assert logins(session) == 0
    assert platform.fetches == 0


@pytest.mark.parametrize(
    ("changes", "client_id"),
    [
        ({"client_id": "client-2"}, "client-2"),
        ({"client_id": "client-1", "lti_deployment_id": ABSENT}, "client-1"),
        ({"client_id": ABSENT, "lti_deployment_id": "7"}, "client-2"),
        ({"client_id": ABSENT, "lti_deployment_id": "1"}, "client-1"),
        ({"client_id": "", "lti_deployment_id": "7"}, "client-2"),
    ],
)
def test_l_05_of_two_clients_of_one_issuer_the_one_that_is_meant_is_taken(
    app: Flask, session: Session, platform: FakePlatform, changes: dict[str, str], client_id: str
) -> None:
    second(app, session, client_id="client-2", deployment_id="7")
    assert platform.log_in(app.test_client(), **changes)["client_id"] == client_id


@pytest.mark.parametrize("deployment", [ABSENT, "", "5"])
def test_l_05_when_nothing_tells_two_clients_apart_none_is_taken(
    app: Flask, session: Session, platform: FakePlatform, deployment: str
) -> None:
    """A deployment that both have ("5") tells nothing."""
    from tests.factories import DeploymentFactory

    other = second(app, session, client_id="client-2", deployment_id="5")
    DeploymentFactory(platform=platform.row, deployment_id="5")
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    answer = log_in(app, other, client_id=ABSENT, lti_deployment_id=deployment)
    assert answer.verdict == (400, "LTI-21")
    assert logins(session) == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_l_06_the_authentication_request_holds_exactly_what_is_specified(
    app: Flask, platform: FakePlatform, method: str
) -> None:
    request = _request(app, platform, method)[1]
    assert {name: value for name, value in request.items() if name not in {"state", "nonce"}} == REQUEST
    assert {"state", "nonce"} < request.keys()


def test_l_06_the_redirect_uri_is_never_taken_from_the_request(app: Flask, platform: FakePlatform) -> None:
    request = platform.log_in(app.test_client(), redirect_uri="https://evil.test/", scope="all", state="mine")
    assert request["redirect_uri"] == "https://city.test/lti/launch"
    assert request["scope"] == "openid"
    assert request["state"] != "mine"


def test_l_08_states_and_nonces_are_long_and_tell_nothing_of_each_other(app: Flask, platform: FakePlatform) -> None:
    requests = [platform.log_in(app.test_client()) for _ in range(20)]
    secrets = [one["state"].removeprefix("state-") for one in requests] + [one["nonce"] for one in requests]
    assert len(set(secrets)) == 40
    decoded = [urlsafe_b64decode(secret + "=") for secret in secrets]
    assert {len(value) for value in decoded} == {32}, "256 bits each"
    # No half of a bit pattern that returns: each byte position takes many values.
    for place in range(32):
        assert len({value[place] for value in decoded}) > 20


def test_l_09_an_authorization_endpoint_keeps_its_own_query(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    platform.row.auth_url = "https://moodle.school.test/auth?tenant=5&x=a%20b"
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    client = app.test_client()
    hop = client.post("/lti/login", data=platform.login_parameters(), base_url=platform.tool)
    address = client.get(hop.location, base_url=platform.tool).location
    query = parse_qs(urlsplit(address).query)
    assert (query["tenant"], query["x"]) == (["5"], ["a b"])
    assert query["login_hint"] == ["6"]
    assert address.count("?") == 1


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/lti/launch",
        "https://city.test.evil.test/lti/launch",
        "https://city.test@evil.test/lti/launch",
        "https://city.test:444/lti/launch",
        "http://city.test/lti/launch",
        "//city.test/lti/launch",
        "javascript:alert(1)",
        "https://[city.test/lti/launch",
        "/lti/launch",
    ],
)
def test_l_10_a_target_on_another_host_is_refused(
    app: Flask, session: Session, platform: FakePlatform, target: str
) -> None:
    answer = log_in(app, platform, target_link_uri=target)
    assert answer.verdict == (400, "LTI-02")
    assert not answer.location
    assert logins(session) == 0


@pytest.mark.parametrize(
    ("target", "ours"),
    [
        ("https://host.test/tool/lti/launch", True),
        ("https://host.test/tool", True),
        ("https://host.test/toolbox/lti/launch", False),
        ("https://host.test/lti/launch", False),
        ("https://host.test", False),
    ],
)
def test_l_10_beside_other_tools_on_one_host_only_our_own_folder_is_ours(target: str, ours: bool) -> None:
    if ours:
        checks.own_target(target, "https://host.test/tool")
    else:
        with pytest.raises(LaunchError, match="foreign-target"):
            checks.own_target(target, "https://host.test/tool")


def _refusal(state: str, error: str = "login_required") -> dict[str, str]:
    return {"error": error, "error_description": "<script>alert(1)</script>", "state": state}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("login_required", "LTI-50"),
        ("access_denied", "LTI-51"),
        ("server_error", "LTI-51"),
        ("<script>alert(1)</script>", "LTI-51"),
    ],
)
def test_l_11_the_platforms_refusal_is_told_and_spends_the_state(
    app: Flask, session: Session, platform: FakePlatform, error: str, code: str
) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    answer = read(client.post("/lti/launch", data=_refusal(request["state"], error), base_url=platform.tool))
    assert answer.verdict == (401, code)
    assert "alert(1)" not in answer.text
    late = post(client, platform, platform.sign(platform.claims(nonce=request["nonce"])), request["state"])
    assert late.verdict == (401, "LTI-32")
    assert visits(session) == 0


def test_l_11_a_refusal_without_a_login_is_refused_itself(app: Flask, platform: FakePlatform) -> None:
    client = app.test_client()
    request = platform.log_in(client)
    unknown = read(client.post("/lti/launch", data=_refusal("state-invented"), base_url=platform.tool))
    assert unknown.verdict == (401, "LTI-30")
    elsewhere = read(app.test_client().post("/lti/launch", data=_refusal(request["state"]), base_url=platform.tool))
    assert elsewhere.verdict == (401, "LTI-33"), "nobody else can spend it"


def test_l_12_a_correct_launch_ends_at_an_address_without_a_secret(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    course(session)
    client = app.test_client()
    request = platform.log_in(client)
    token = platform.sign(platform.claims(nonce=request["nonce"]))
    answer = post(client, platform, token, request["state"])
    assert answer.status == 303
    assert "?" not in answer.location
    secrets = {request["state"], request["nonce"], *token.split("."), *(one.value for one in client._cookies.values())}
    assert not [secret for secret in secrets if secret and secret in answer.location]
    assert client.get(answer.location, base_url=platform.tool).status_code == 200


def test_l_12_the_pages_behind_the_door_want_the_pass_and_not_only_the_address(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    course(session)
    answer = knock(app, platform)
    assert app.test_client().get(answer.location, base_url=platform.tool).status_code == 401
