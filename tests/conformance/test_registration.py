"""Dynamic registration: R-01 to R-12."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from werkzeug import Request, Response

from lti_tool.gradebook.models import LineItem
from lti_tool.lti import claims
from lti_tool.lti.registration.configuration import PLATFORM_CONFIGURATION, judge
from lti_tool.lti.registration.errors import RegistrationError
from lti_tool.lti.registration.request import TOOL_CONFIGURATION
from lti_tool.lti.sealing import unseal
from lti_tool.lti.services import guard as guard_module
from lti_tool.lti.services.connector import Connector, ScopeMissing
from lti_tool.lti.services.guard import Guard, is_public
from lti_tool.schools.models import Connection, Deployment, Invitation, Platform
from lti_tool.schools.registrations import to_registration
from lti_tool.web.assets import ROOT as STATIC
from tests.platform import FakePlatform
from tests.registering import (
    PATH,
    TOKEN,
    TOOL,
    Administrator,
    RegisteringLms,
    administrator,
    code_of,
    invited,
    lms,
    local_app,
    server,
    trial_app,
)

__all__ = ["administrator", "lms", "local_app", "server", "trial_app"]


def platforms(session: Session) -> list[Platform]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Platform).order_by(Platform.id)))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "REG-10"),
        ("http://lms.test/openid", "REG-10"),
        ("ftp://lms.test/openid", "REG-10"),
        ("https://user:word@lms.test/openid", "REG-10"),
        ("https://", "REG-10"),
        ("https://[::1", "REG-10"),
        ("https://127.0.0.1:{port}/openid", "REG-11"),
        ("https://localhost:{port}/openid", "REG-11"),
        ("https://2130706433:{port}/openid", "REG-11"),
        ("https://[::ffff:127.0.0.1]:{port}/openid", "REG-11"),
        ("https://10.0.0.7/openid", "REG-11"),
        ("https://169.254.169.254/latest/meta-data", "REG-11"),
        ("https://[fd00::1]/openid", "REG-11"),
    ],
)
def test_r_01_an_address_that_is_missing_insecure_or_leads_inside_is_refused_and_not_called(
    app: Flask, session: Session, server: HTTPServer, address: str, code: str
) -> None:
    client = app.test_client()
    query = {"openid_configuration": address.format(port=server.port), "registration_token": TOKEN}
    answer = client.get(f"/connect/{invited(session)}", query_string=query, base_url="https://city.test")
    assert (answer.status_code, code_of(answer)) == (400, code)
    assert server.log == []
    assert platforms(session) == []


@pytest.mark.parametrize("where", ["https://10.0.0.1/x", "http://169.254.169.254/x", "https://other.test/x"])
def test_r_01_a_redirect_to_another_host_is_not_followed(
    administrator: Administrator, lms: RegisteringLms, server: HTTPServer, where: str
) -> None:
    server.clear()
    server.expect_request(PATH).respond_with_data("", 302, headers={"Location": where})
    answer = administrator.paste(lms)
    assert (answer.status_code, code_of(answer)) == (400, "REG-10")
    assert len(server.log) == 1


def test_r_01_a_name_is_resolved_once_and_the_judged_address_is_connected_to(
    app: Flask, session: Session, server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: first a public address, then ours. There is no second question that could be answered so."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    connected: list[str] = []

    def connect(address: tuple[str, int], *rest: Any) -> Any:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(guard_module, "resolve", lambda host, port: answers.pop(0))
    monkeypatch.setattr(guard_module.socket, "create_connection", connect)
    query = {"openid_configuration": f"https://lms.test:{server.port}/openid"}
    answer = app.test_client().get(f"/connect/{invited(session)}", query_string=query, base_url="https://city.test")
    assert (answer.status_code, code_of(answer)) == (400, "REG-12")
    assert connected == ["93.184.216.34"]
    assert server.log == []


def test_r_01_a_name_that_points_both_outside_and_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_module, "resolve", lambda host, port: ["93.184.216.34", "192.168.1.4"])
    with pytest.raises(guard_module.AddressForbidden):
        Guard().addresses("lms.test", 443)
    assert Guard(private_hosts=frozenset({"lms.test"})).addresses("lms.test", 443)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("239.255.255.250", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:0a00:0001::", False),
        ("64:ff9b::a00:1", False),
        ("nonsense", False),
    ],
)
def test_r_01_only_addresses_of_the_open_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "issuer",
    ["https://evil.test", "http://127.0.0.2:{port}", "{root}?a=1", "{root}#a", "", None, 7, "javascript:alert(1)"],
)
def test_r_02_an_issuer_of_another_host_is_refused(
    administrator: Administrator, lms: RegisteringLms, session: Session, issuer: Any
) -> None:
    text = issuer.format(port=lms.server.port, root=lms.root) if isinstance(issuer, str) else issuer
    lms.configuration["issuer"] = text
    answer = administrator.paste(lms)
    assert (answer.status_code, code_of(answer)) == (400, "REG-14")
    assert lms.posted == []
    assert session.scalar(select(Connection.id)) is None


def test_r_02_a_vendor_that_is_known_to_keep_it_elsewhere_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_module, "resolve", lambda host, port: ["93.184.216.34"])
    document = {
        "issuer": "https://blackboard.com",
        "authorization_endpoint": "https://developer.blackboard.com/auth",
        "token_endpoint": "https://developer.blackboard.com/token",
        "jwks_uri": "https://developer.blackboard.com/jwks",
        "registration_endpoint": "https://developer.blackboard.com/register",
        "response_types_supported": ["id_token"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    }
    assert judge(document, "https://developer.blackboard.com/.well-known/openid", Guard()).issuer == document["issuer"]
    with pytest.raises(RegistrationError) as error:
        judge(document, "https://developer.evil.test/.well-known/openid", Guard())
    assert error.value.reason == "issuer-mismatch"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"authorization_endpoint": None}, "REG-15"),
        ({"token_endpoint": ""}, "REG-15"),
        ({"jwks_uri": "http://elsewhere.test/jwks"}, "REG-15"),
        ({"registration_endpoint": ["x"]}, "REG-15"),
        ({"registration_endpoint": "https://192.168.0.4/register"}, "REG-11"),
        ({"id_token_signing_alg_values_supported": ["ES256"]}, "REG-16"),
        ({"token_endpoint_auth_methods_supported": ["client_secret_post"]}, "REG-16"),
        ({"token_endpoint_auth_signing_alg_values_supported": ["HS256"]}, "REG-16"),
        ({"response_types_supported": "id_token"}, "REG-16"),
    ],
)
def test_r_03_a_platform_that_lacks_what_lti_needs_is_refused_in_words(
    administrator: Administrator, lms: RegisteringLms, change: dict[str, Any], code: str
) -> None:
    lms.configuration |= change
    answer = administrator.paste(lms)
    assert (answer.status_code, code_of(answer)) == (400, code)
    assert "What to do:" in answer.text or "Что делать:" in answer.text


def test_r_04_the_token_goes_to_the_registration_endpoint_alone(
    administrator: Administrator, lms: RegisteringLms, session: Session
) -> None:
    with capture_logs() as logs:
        led = administrator.paste(lms)
        assert TOKEN not in led.location
        assert TOKEN not in led.text
        page = administrator.get(led.location)
        assert TOKEN not in page.text
        row = session.scalars(select(Connection)).one()
        assert row.registration_token is not None
        assert TOKEN.encode() not in row.registration_token
        assert unseal(row.registration_token).decode() == TOKEN
        answer = administrator.confirm(led.location, BeautifulSoup(page.text, "html.parser"))
    assert answer.status_code == 303
    asked = [request for request, _ in lms.server.log if request.path == PATH]
    assert all("Authorization" not in request.headers for request in asked)
    assert [headers["Authorization"] for headers, _ in lms.posted] == [f"Bearer {TOKEN}"]
    assert TOKEN not in str(logs)
    assert administrator.secret not in str(logs)
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Connection.registration_token)).one() is None, "used, it is not kept"


def test_r_04_a_platform_without_a_token_is_asked_without_one(
    administrator: Administrator, lms: RegisteringLms
) -> None:
    assert administrator.connect(lms, token=None).status_code == 200
    ((headers, _),) = lms.posted
    assert "Authorization" not in headers


def test_r_05_no_more_is_asked_for_than_is_offered(administrator: Administrator, lms: RegisteringLms) -> None:
    lms.configuration["scopes_supported"] = [claims.SCOPE_SCORE, "https://purl.imsglobal.org/spec/lti-xx/scope/other"]
    lms.configuration["claims_supported"] = ["sub", "iss", "name", "email"]
    lms.configuration[PLATFORM_CONFIGURATION]["messages_supported"] = [{"type": "LtiDeepLinkingRequest"}, {"type": 7}]
    administrator.connect(lms)
    ((_, asked),) = lms.posted
    tool = asked[TOOL_CONFIGURATION]
    assert asked["scope"] == claims.SCOPE_SCORE
    assert [one["type"] for one in tool["messages"]] == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
    assert tool["claims"] == ["iss", "sub", "name"]
    assert tool["custom_parameters"] == {
        "context_id_history": "$Context.id.history",
        "moodle_group_ids": "$Moodle.Person.userGroupIds",
    }


def test_r_05_what_is_asked_for_leaves_an_administrator_nothing_to_click(
    administrator: Administrator, lms: RegisteringLms
) -> None:
    administrator.connect(lms)
    ((headers, asked),) = lms.posted
    tool = asked[TOOL_CONFIGURATION]
    assert headers["Content-Type"] == "application/json"
    assert asked["application_type"] == "web"
    assert asked["response_types"] == ["id_token"]
    assert set(asked["grant_types"]) == {"implicit", "client_credentials"}
    assert asked["initiate_login_uri"] == f"{TOOL}/lti/login"
    assert asked["redirect_uris"] == [f"{TOOL}/lti/launch"]
    assert asked["jwks_uri"] == f"{TOOL}/lti/jwks"
    assert asked["token_endpoint_auth_method"] == "private_key_jwt"
    assert asked["client_name"] == asked["client_name#ru"] == "Лицей-CITY"
    assert asked["client_name#en"] == "Lyceum CITY"
    assert tool["domain"] == "localhost:8000", "with its port: Moodle compares it with the target's"
    assert tool["target_link_uri"] == f"{TOOL}/lti/launch"
    assert "email" not in tool["claims"]
    assert set(asked["scope"].split()) == {claims.SCOPE_SCORE, claims.SCOPE_LINE_ITEM, claims.SCOPE_ROSTER}


@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (200, {"scope": ""}, "REG-22", ""),
        (200, {"client_id": ""}, "REG-22", ""),
        (200, {"client_id": {"a": 1}}, "REG-22", ""),
        (200, "not json", "REG-22", "not json"),
        (200, [1], "REG-22", ""),
        (201, "[" * 100_000, "REG-22", ""),
        (400, {"error": "invalid_redirect_uri", "error_description": "no <b>such</b>"}, "REG-20", "no &lt;b&gt;such"),
        (400, "domain_targetlinkuri_mismatch", "REG-20", "domain_targetlinkuri_mismatch"),
        (404, "<html>a whole page</html>", "REG-20", ""),
        (401, {"error": "token_already_used"}, "REG-21", "token_already_used"),
        (500, "", "REG-20", ""),
        (302, "", "REG-20", ""),
    ],
)
def test_r_06_an_answer_that_cannot_be_used_leaves_nothing_and_says_why(
    administrator: Administrator,
    lms: RegisteringLms,
    session: Session,
    status: int,
    body: Any,
    code: str,
    words: str,
) -> None:
    lms.status, lms.body = status, body
    answer = administrator.connect(lms)
    assert answer.status_code == 502
    assert code_of(answer) == code
    assert words in answer.text
    assert platforms(session) == []
    assert session.scalars(select(Invitation.used_at)).one() is None, "the invitation is still good"
    lms.status, lms.body = 200, None
    assert administrator.connect(lms).status_code == 200


def test_r_06_no_answer_at_all_leaves_nothing(
    administrator: Administrator, lms: RegisteringLms, session: Session
) -> None:
    address, page = administrator.ask(lms)
    lms.server.stop()
    answer = administrator.confirm(address, page)
    lms.server.start()
    assert (answer.status_code, code_of(answer)) == (502, "REG-23")
    assert platforms(session) == []
    assert session.scalars(select(Invitation.used_at)).one() is None


def test_r_07_a_deployment_in_the_answer_is_kept(
    administrator: Administrator, lms: RegisteringLms, session: Session
) -> None:
    administrator.connect(lms)
    (platform,) = platforms(session)
    assert [(one.deployment_id, one.approved) for one in platform.deployments] == [("7", True)]
    assert platform.state == "pending"


def _register_fake(session: Session, app: Flask, **columns: Any) -> FakePlatform:
    fake = FakePlatform()
    fake.register(session)
    session.delete(fake.deployment)
    for name, value in columns.items():
        setattr(fake.row, name, value)
    fake.publish_keys(app)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    return fake


def test_r_07_without_one_the_first_verified_launch_introduces_it_and_it_waits(app: Flask, session: Session) -> None:
    fake = _register_fake(session, app)
    for _ in range(2):
        answer = fake.launch(app.test_client())
        assert (answer.status_code, code_of(answer)) == (403, "LTI-22")
    introduced = session.scalars(select(Deployment)).all()
    assert [(one.deployment_id, one.approved) for one in introduced] == [("1", False)]
    introduced[0].approved = True
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    assert fake.launch(app.test_client()).status_code == 303


def test_r_07_of_a_trusted_registration_it_comes_in_at_once(app: Flask, session: Session) -> None:
    fake = _register_fake(session, app, accept_deployments=True)
    with capture_logs() as logs:
        assert fake.launch(app.test_client()).status_code == 303
    assert [one["approved"] for one in logs if one["event"] == "deployment.introduced"] == [True]
    assert fake.launch(app.test_client()).status_code == 303
    assert len(session.scalars(select(Deployment)).all()) == 1


def test_r_07_a_forged_launch_introduces_nothing(app: Flask, session: Session) -> None:
    fake = _register_fake(session, app, accept_deployments=True)
    client = app.test_client()
    request = fake.log_in(client)
    token = FakePlatform(kid="other").sign({**fake.claims(), "nonce": request["nonce"]}, headers={"kid": "key-1"})
    body, signature = token.rsplit(".", 1)
    assert fake.post(client, f"{body}.{signature[::-1]}", request["state"]).status_code == 401
    assert session.scalars(select(Deployment)).all() == []


def test_r_07_a_trusted_invitation_of_a_platform_that_names_none_lets_it_come(
    local_app: Flask, session: Session, lms: RegisteringLms
) -> None:
    lms.tool_granted = {}
    Administrator(local_app.test_client(), invited(session, trusted=True)).connect(lms)
    (platform,) = platforms(session)
    assert (platform.state, platform.accept_deployments, platform.deployments) == ("active", True, [])


def test_r_08_a_known_platform_is_renewed_after_a_question(
    administrator: Administrator, local_app: Flask, session: Session, lms: RegisteringLms
) -> None:
    administrator.connect(lms)
    (before,) = platforms(session)
    identity, deployments, title = before.id, [one.id for one in before.deployments], before.title
    before.state = "active"  # type: ignore[assignment]  # as the table has it
    session.commit()
    lms.configuration["token_endpoint"] = f"{lms.root}/token2"
    again = Administrator(local_app.test_client(), invited(session))
    address, page = again.ask(lms)
    assert title in page.get_text()
    assert "обнов" in page.get_text() or "renew" in page.get_text()
    assert platforms(session)[0].token_url.endswith("/token"), "nothing before the confirmation"
    again.confirm(address, page)
    (after,) = platforms(session)
    assert (after.id, [one.id for one in after.deployments], after.title) == (identity, deployments, title)
    assert after.token_url.endswith("/token2")
    assert after.state == "active", "what was approved stays so"


def test_r_08_a_new_client_of_a_known_lms_stands_beside_the_old_one(
    administrator: Administrator, local_app: Flask, session: Session, lms: RegisteringLms
) -> None:
    administrator.connect(lms)
    lms.client_id = "client-second"
    Administrator(local_app.test_client(), invited(session)).connect(lms)
    assert [one.client_id for one in platforms(session)] == ["client-new", "client-second"]


def test_r_08_another_schools_invitation_changes_nothing(
    administrator: Administrator, local_app: Flask, session: Session, lms: RegisteringLms
) -> None:
    administrator.connect(lms)
    lms.configuration["token_endpoint"] = f"{lms.root}/evil"
    answer = Administrator(local_app.test_client(), invited(session, "other", trusted=True)).connect(lms)
    assert (answer.status_code, code_of(answer)) == (409, "REG-24")
    (platform,) = platforms(session)
    assert platform.token_url.endswith("/token")
    assert (platform.school.slug, platform.state) == ("school", "pending")


def test_r_08_a_renewed_registration_that_was_switched_off_stays_off(
    administrator: Administrator, local_app: Flask, session: Session, lms: RegisteringLms
) -> None:
    administrator.connect(lms)
    platforms(session)[0].state = "off"  # type: ignore[assignment]  # as the table has it
    session.commit()
    Administrator(local_app.test_client(), invited(session, trusted=True)).connect(lms)
    assert [one.state for one in platforms(session)] == ["off"]


def test_r_09_the_last_page_asks_to_be_closed_and_reads_without_script(
    administrator: Administrator, lms: RegisteringLms
) -> None:
    answer = administrator.connect(lms)
    soup = BeautifulSoup(answer.text, "html.parser")
    assert [one for one in soup.select("script") if "/js/close.js" in str(one["src"])]
    script = (STATIC / "js" / "close.js").read_text()
    assert "org.imsglobal.lti.close" in script
    assert "window.opener || " in script
    assert "window.parent" in script
    text = soup.get_text()
    assert "можно закрыть" in text or "may be closed" in text
    for secret in (TOKEN, administrator.secret, "client-new"):
        assert secret not in answer.text


@pytest.mark.parametrize("secret", ["", "x" * 43, "manual2"])
def test_r_10_an_uninvited_visitor_gets_no_further(
    administrator: Administrator, lms: RegisteringLms, session: Session, secret: str
) -> None:
    answer = administrator.paste(lms, secret=secret or administrator.secret[:-1])
    assert (answer.status_code, code_of(answer)) == (404, "REG-01")
    assert lms.server.log == []


def test_r_10_an_expired_or_used_invitation_opens_nothing(
    administrator: Administrator, local_app: Flask, session: Session, lms: RegisteringLms
) -> None:
    expired = invited(session, "late", days=-1)
    assert code_of(administrator.paste(lms, secret=expired)) == "REG-02"
    administrator.connect(lms)
    assert code_of(administrator.paste(lms)) == "REG-03"
    assert len(lms.posted) == 1


def test_r_10_without_the_confirmation_nothing_is_registered(
    administrator: Administrator, local_app: Flask, session: Session, lms: RegisteringLms
) -> None:
    address, page = administrator.ask(lms)
    csrf = page.select_one("input[name=csrf]")
    assert csrf is not None
    attempts = [
        administrator.client.post(address, data={}, base_url=TOOL),
        administrator.client.post(address, data={"csrf": "x"}, base_url=TOOL),
        # Another browser, made to send the form: it lacks the cookie.
        local_app.test_client().post(address, data={"csrf": str(csrf["value"])}, base_url=TOOL),
    ]
    assert [(one.status_code, code_of(one)) for one in attempts] == [(400, "REG-05")] * 3
    assert lms.posted == []
    assert platforms(session) == []
    assert administrator.confirm(address, page).status_code == 303


def test_r_10_pressed_twice_it_registers_once(
    administrator: Administrator, session: Session, lms: RegisteringLms
) -> None:
    address, page = administrator.ask(lms)
    assert [administrator.confirm(address, page).status_code for _ in range(2)] == [303, 303]
    assert len(lms.posted) == 1
    assert len(platforms(session)) == 1


def test_r_11_what_was_not_granted_is_neither_taken_from_a_launch_nor_asked_for(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    platform.row.granted_scopes = [claims.SCOPE_LINE_ITEM]
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    assert platform.launch(app.test_client(), platform.with_gradebook()).status_code == 303
    assert session.scalars(select(LineItem)).all() == [], "no score may be sent, so no column is remembered"
    connector = Connector(to_registration(platform.row), scopes=[claims.SCOPE_SCORE])
    with pytest.raises(ScopeMissing):
        connector.token()


def test_r_11_only_the_granted_part_is_written_down(
    administrator: Administrator, session: Session, lms: RegisteringLms
) -> None:
    lms.granted = {"scope": f"{claims.SCOPE_SCORE} {claims.SCOPE_RESULT} something:else"}
    lms.tool_granted = {"deployment_id": "7", "messages": [{"type": "LtiDeepLinkingRequest"}]}
    administrator.connect(lms)
    (platform,) = platforms(session)
    assert platform.granted_scopes == [claims.SCOPE_SCORE], "what was not asked for is not granted either"
    assert platform.granted_messages == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]


def test_r_11_an_answer_that_names_no_scopes_granted_them_all_and_an_empty_one_none(
    administrator: Administrator, local_app: Flask, session: Session, lms: RegisteringLms
) -> None:
    lms.granted = {"scope": None}
    administrator.connect(lms)
    lms.client_id, lms.granted = "client-second", {"scope": ""}
    Administrator(local_app.test_client(), invited(session)).connect(lms)
    first, second = platforms(session)
    assert set(first.granted_scopes or ()) == {claims.SCOPE_SCORE, claims.SCOPE_LINE_ITEM, claims.SCOPE_ROSTER}
    assert second.granted_scopes == []


BOMB = gzip.compress(b" " * 50_000_000)


def _slow() -> Response:
    def body() -> Any:
        for _ in range(100):
            yield b" "
            time.sleep(0.05)

    return Response(body(), content_type="application/json")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(lambda: Response(b'"' + b"a" * 2**20 + b'"'), "REG-13", id="huge"),
        pytest.param(lambda: Response(BOMB, headers={"Content-Encoding": "gzip"}), "REG-13", id="packed"),
        pytest.param(_slow, "REG-12", id="slow"),
        pytest.param(lambda: Response("[" * 50_000 + "]" * 50_000), "REG-13", id="bottomless"),
        pytest.param(
            lambda: Response(json.dumps({"a": [[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]})), "REG-13", id="deep"
        ),
        pytest.param(lambda: Response("<html></html>"), "REG-13", id="a page"),
        pytest.param(lambda: Response("[]"), "REG-13", id="no object"),
        pytest.param(lambda: Response("{}", 404), "REG-12", id="not found"),
        pytest.param(lambda: Response("", 302, {"Location": PATH}), "REG-12", id="in a circle"),
    ],
)
def test_r_12_a_configuration_that_is_huge_slow_packed_or_deep_fails_within_bounds(
    administrator: Administrator, lms: RegisteringLms, session: Session, make: Any, code: str
) -> None:
    def respond(request: Request) -> Response:
        response: Response = make()
        return response

    lms.server.clear()
    lms.server.expect_request(PATH).respond_with_handler(respond)
    began = time.monotonic()
    answer = administrator.paste(lms)
    assert (answer.status_code, code_of(answer)) == (400, code)
    assert time.monotonic() - began < 4
    assert platforms(session) == []
