"""The way in for every browser, and what keeps it safe. In a real browser: tests/e2e/test_platform_storage.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from lti_tool.learning.models import Participation
from lti_tool.lti import claims, keys, states
from lti_tool.lti import visits as visits_module
from lti_tool.lti.models import LoginState, Visit
from tests.factories import published
from tests.platform import ABSENT, INSTRUCTOR, FakePlatform
from tests.walker import Walker


@dataclass
class Framed:
    """A browser without cookies inside a platform's page that keeps data: the scripts' part, played here."""

    app: Flask
    platform: FakePlatform
    kept: dict[str, str] = field(default_factory=dict)

    def client(self) -> FlaskClient:
        return self.app.test_client(use_cookies=False)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client().get(path, base_url=self.platform.tool, headers=headers)

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.client().post(path, data=fields, base_url=self.platform.tool)

    def log_in(self, frame: str = "_parent") -> dict[str, str]:
        """Keep the login's secret; return the parameters of the authentication request."""
        login = self.post("/lti/login", **self.platform.login_parameters(lti_storage_target=frame))
        page = BeautifulSoup(self.get(login.location).text, "html.parser").select_one("[data-otherwise]")
        assert page is not None
        answer = self.post(str(page["data-url"]), tx=str(page["data-ticket"]), frame=frame).get_json()
        self.kept[answer["key"]] = answer["secret"]
        query = parse_qs(urlsplit(answer["address"]).query)
        return {name: values[0] for name, values in query.items()}

    def launch(self, request: dict[str, str], body: dict[str, Any] | None = None) -> TestResponse:
        """Bring the platform's answer; the tool answers with the page that asks for the proof."""
        body = {"nonce": request["nonce"], **(body or self.platform.claims())}
        return self.platform.post(self.client(), self.platform.sign(body), request["state"])

    def prove(self, state: str, proof: str | None = None) -> TestResponse:
        proof = self.kept[f"lti_state_{state}"] if proof is None else proof
        return self.post("/lti/launch/proof", state=state, proof=proof)

    def come_in(self, body: dict[str, Any] | None = None) -> tuple[str, dict[str, str]]:
        """Walk the whole way; return the visit's first address and the header that its pages need."""
        request = self.log_in()
        self.launch(request, body)
        answer = self.prove(request["state"]).get_json()
        return answer["address"], {"Authorization": f"Visit {answer['secret']}"}


@pytest.fixture
def framed(app: Flask, session: Session, platform: FakePlatform) -> Framed:
    published(session)
    session.commit()
    return Framed(app, platform)


def visits(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Visit)) or 0


@pytest.mark.parametrize(
    "hint", ["", '{"cmid":3,"launchid":"x y"}', "50%25+%26", "a&b=c+d", "«ёлка» \"'", "%", "&", "a%2Fb", "=?#"]
)
@pytest.mark.parametrize("way", ["cookie", "storage"])
def test_l_07_the_message_hint_comes_back_byte_for_byte(framed: Framed, hint: str, way: str) -> None:
    platform = framed.platform
    client = framed.app.test_client(use_cookies=way == "cookie")
    login = client.post("/lti/login", data=platform.login_parameters(lti_message_hint=hint), base_url=platform.tool)
    answer = client.get(login.location, base_url=platform.tool)
    if way == "storage":
        tx = parse_qs(urlsplit(login.location).query)["tx"][0]
        address = framed.post("/lti/login/storage", tx=tx, frame="").get_json()["address"]
    else:
        address = answer.location
    assert parse_qs(urlsplit(address).query, keep_blank_values=True)["lti_message_hint"] == [hint]


def test_l_07_a_hint_that_was_not_sent_is_not_invented(framed: Framed) -> None:
    assert "lti_message_hint" not in framed.platform.log_in(framed.app.test_client(), lti_message_hint=ABSENT)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://lms.test/course?id=5&sesskey=Xy%2B1", ["id=5&sesskey=Xy%2B1&lti_errormsg=", "lti_errorlog=LTI-07+"]),
        ("https://lms.test/course", ["https://lms.test/course?lti_errormsg="]),
        ("https://lms.test/course?a=1#part", ["?a=1&lti_errormsg=", "#part"]),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//lms.test/course", None),
        ("/course", None),
        (7, None),
    ],
)
def test_l_39_the_way_back_is_a_web_address_with_the_messages_appended(
    framed: Framed, url: Any, wanted: list[str] | None
) -> None:
    broken = framed.platform.claims(
        **{claims.RESOURCE_LINK: {}, claims.PRESENTATION: {"return_url": url, "document_target": "iframe"}}
    )
    page = framed.platform.launch(framed.app.test_client(), broken)
    assert page.status_code == 400
    links = [str(link["href"]) for link in BeautifulSoup(page.text, "html.parser").select("main a[href]")]
    if wanted is None:
        assert links == []
        return
    (link,) = links
    for part in wanted:
        assert part in link
    said = parse_qs(urlsplit(link).query)
    assert said["lti_errormsg"][0].startswith(("Сообщение платформы", "The platform's message"))
    assert "Тимур" not in link


def test_l_39_a_way_back_that_was_never_signed_is_not_offered(framed: Framed) -> None:
    client = framed.app.test_client()
    request = framed.platform.log_in(client)
    body = framed.platform.claims(
        nonce=request["nonce"], **{claims.PRESENTATION: {"return_url": "https://evil.test/"}, claims.RESOURCE_LINK: {}}
    )
    forged = framed.platform.sign(body)[:-8] + "AAAAAAAA"
    assert "evil.test" not in framed.platform.post(client, forged, request["state"]).text


def test_l_39_a_key_in_the_way_back_is_in_no_log(framed: Framed) -> None:
    client = framed.app.test_client()
    way_back = {"return_url": "https://lms.test/return?sesskey=SECRETKEY1"}
    with capture_logs() as lines:
        home = framed.platform.launch(client, framed.platform.claims(**{claims.PRESENTATION: way_back})).location
        client.get(home, base_url=framed.platform.tool)
        client.get(home.replace("course", "units/none/none"), base_url=framed.platform.tool)
    assert lines
    assert "SECRETKEY1" not in repr(lines)


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("ru", "ru"),
        ("en", "en"),
        ("en-GB", "en"),
        ("ru_RU", "ru"),
        ("RU-ru", "ru"),
        ("tlh", "ru"),
        ("", "ru"),
        (5, "ru"),
    ],
)
def test_l_43_the_language_follows_the_platform_and_an_unknown_one_is_the_default(
    framed: Framed, session: Session, locale: Any, language: str
) -> None:
    client = framed.app.test_client()
    body = framed.platform.claims(**{claims.PRESENTATION: {"locale": locale, "document_target": "iframe"}})
    page = client.get(framed.platform.launch(client, body).location, base_url=framed.platform.tool)
    assert BeautifulSoup(page.text, "html.parser").html["lang"] == language  # type: ignore[index]


@pytest.mark.parametrize(
    ("target", "framed_page"),
    [("iframe", True), ("frame", True), ("window", False), ("hologram", True), (None, True), (["window"], True)],
)
def test_l_43_the_layout_follows_the_document_target(
    framed: Framed, session: Session, target: Any, framed_page: bool
) -> None:
    way_back = "https://lms.test/back"
    client = framed.app.test_client()
    body = framed.platform.claims(**{claims.PRESENTATION: {"document_target": target, "return_url": way_back}})
    page = client.get(framed.platform.launch(client, body).location, base_url=framed.platform.tool)
    assert session.scalars(select(Visit.framed)).one() is framed_page
    assert (way_back in page.text) is not framed_page  # in a frame the platform's own page stands around ours


def test_s_01_when_the_cookie_comes_back_the_platform_is_asked_at_once(framed: Framed, session: Session) -> None:
    """In a real browser with a partitioned cookie: tests/e2e/test_the_road.py."""
    answer = framed.platform.launch(framed.app.test_client(), lti_storage_target="_parent")
    assert answer.status_code == 303
    assert session.scalars(select(LoginState.storage_target)).all() == [None]
    assert session.scalars(select(Visit.storage_target)).all() == [None]


def test_s_02_the_secret_is_kept_before_the_platform_is_asked_and_the_visit_works_by_it(
    framed: Framed, session: Session
) -> None:
    request = framed.log_in("lti_frame")
    login = session.scalars(select(LoginState)).one()
    assert login.storage_target == "lti_frame"
    page = framed.launch(request)
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert visits(session) == 0
    answer = framed.prove(request["state"])
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    opened = answer.get_json()
    assert opened["secret"] not in opened["address"]
    plain = framed.get(opened["address"])
    assert plain.status_code == 200
    assert "Проба города" not in plain.text
    full = framed.get(opened["address"], Authorization=f"Visit {opened['secret']}")
    assert full.status_code == 200
    assert "Проба города" in full.text


def test_s_02_what_waits_for_its_proof_is_sealed_and_wiped(framed: Framed, session: Session) -> None:
    request = framed.log_in()
    framed.launch(request)
    waiting = session.scalars(select(LoginState.waiting)).one()
    assert waiting is not None
    assert b"sub" not in waiting
    framed.prove(request["state"])
    session.rollback()
    session.expire_all()
    assert session.scalars(select(LoginState.waiting)).one() is None


def test_s_03_without_cookie_and_storage_the_window_is_offered_before_the_platform_is_asked(framed: Framed) -> None:
    login = framed.post("/lti/login", **framed.platform.login_parameters(lti_storage_target="_parent"))
    page = BeautifulSoup(framed.get(login.location).text, "html.parser")
    form = page.select_one("form[target=_blank]")
    assert form is not None
    fields = {str(one["name"]): str(one["value"]) for one in form.select("input")}
    kept = framed.platform.login_parameters()
    assert fields == {**kept, "window": "1"}  # all but the storage target: the window has no page around it
    assert page.select_one("[data-wait]").has_attr("hidden")  # type: ignore[union-attr]  # and all this without scripts


def test_s_05_the_only_origin_that_is_spoken_to_is_that_of_the_registered_authorization_endpoint(
    framed: Framed, session: Session
) -> None:
    framed.platform.row.auth_url = "https://sso.school.test:8443/auth?x=1"
    session.commit()
    framed.app.extensions["lyceum.registrations"].forget()
    login = framed.post("/lti/login", **framed.platform.login_parameters(lti_storage_target="evil' onload='"))
    spoken = [BeautifulSoup(framed.get(login.location).text, "html.parser").select_one("[data-otherwise]")]
    request = framed.log_in()
    spoken.append(BeautifulSoup(framed.launch(request).text, "html.parser").select_one("[data-otherwise]"))
    address = framed.prove(request["state"]).get_json()["address"]
    spoken.append(BeautifulSoup(framed.get(address).text, "html.parser").select_one("meta[name=visit]"))
    assert [one and one["data-origin"] for one in spoken] == ["https://sso.school.test:8443"] * 3


@pytest.mark.parametrize("way", ["cookie", "storage"])
def test_s_07_a_stolen_or_planted_launch_opens_nothing_in_another_browser(
    framed: Framed, session: Session, way: str
) -> None:
    attacker = framed.log_in() if way == "storage" else framed.platform.log_in(framed.app.test_client())
    victim = Framed(framed.app, framed.platform)
    page = victim.launch(attacker)
    assert "Set-Cookie" not in page.headers
    if way == "storage":
        assert page.status_code == 200  # it asks the platform's page, and that has nothing for this browser
        assert victim.kept == {}
        assert victim.prove(attacker["state"], "").status_code == 401
    else:
        assert page.status_code == 401
    assert visits(session) == 0


def test_s_07_a_login_in_storage_mode_is_not_opened_by_a_cookie(framed: Framed, session: Session) -> None:
    client = framed.app.test_client()
    login = client.post("/lti/login", data=framed.platform.login_parameters(), base_url=framed.platform.tool)
    tx = parse_qs(urlsplit(login.location).query)["tx"][0]
    moved = framed.post("/lti/login/storage", tx=tx, frame="").get_json()
    assert client.get(login.location, base_url=framed.platform.tool).status_code == 200  # the cookie is void
    client.set_cookie(f"__Host-lti-{tx}", moved["secret"], domain="city.test", secure=True)
    query = parse_qs(urlsplit(moved["address"]).query)
    body = framed.platform.claims(nonce=query["nonce"][0])
    framed.platform.post(client, framed.platform.sign(body), query["state"][0])
    assert visits(session) == 0


def test_s_07_a_login_is_moved_to_storage_once(framed: Framed) -> None:
    login = framed.post("/lti/login", **framed.platform.login_parameters())
    tx = parse_qs(urlsplit(login.location).query)["tx"][0]
    assert framed.post("/lti/login/storage", tx=tx, frame="").status_code == 200
    assert framed.post("/lti/login/storage", tx=tx, frame="").status_code == 401


def test_s_08_a_proof_works_once_and_only_for_its_own_launch(framed: Framed, session: Session) -> None:
    first, second = framed.log_in(), framed.log_in()
    framed.launch(first)
    framed.launch(second)
    other = framed.kept[f"lti_state_{second['state']}"]
    for proof in (other, "", "x" * 43):
        refused = framed.prove(first["state"], proof)
        assert refused.status_code == 401
        assert "LTI-37" in refused.text
    assert visits(session) == 0
    assert framed.prove(first["state"]).status_code == 200
    assert framed.prove(first["state"]).status_code == 401
    assert visits(session) == 1


def test_s_08_a_proof_without_a_verified_launch_opens_nothing(framed: Framed, session: Session) -> None:
    request = framed.log_in()
    assert framed.prove(request["state"]).status_code == 401
    assert framed.launch(request, framed.platform.claims(iss="https://evil.test")).status_code == 401
    assert framed.prove(request["state"]).status_code == 401
    assert visits(session) == 0


def test_s_08_a_verified_launch_waits_a_minute_and_no_longer(
    framed: Framed, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = framed.log_in()
    framed.launch(request)
    moment = states.now()
    monkeypatch.setattr(states, "now", lambda: moment + timedelta(seconds=61))
    assert framed.prove(request["state"]).status_code == 401
    states.purge(session)
    session.commit()
    session.expire_all()
    assert session.scalars(select(LoginState.waiting)).one() is None
    assert visits(session) == 0


def test_s_08_a_second_token_does_not_take_the_place_of_the_one_that_waits(framed: Framed, session: Session) -> None:
    request = framed.log_in()
    framed.launch(request)
    again = framed.launch(request, framed.platform.claims(sub="7"))
    assert again.status_code == 401
    assert "LTI-32" in again.text
    framed.prove(request["state"])
    assert visits(session) == 1


def test_s_09_two_persons_in_two_tabs_are_not_mixed(framed: Framed, session: Session) -> None:
    here, my = framed.come_in(framed.platform.claims(sub="6"))
    there, your = framed.come_in(framed.platform.claims(sub="3", **{claims.ROLES: [INSTRUCTOR]}))
    assert framed.get(here, **my).status_code == 200
    assert framed.get(there, **your).status_code == 200
    assert framed.get(here, **your).status_code == 401
    assert framed.get(there, **my).status_code == 401


def test_s_09_parallel_logins_of_one_browser_keep_their_own_secrets(framed: Framed, session: Session) -> None:
    client = framed.app.test_client()
    first, second = framed.platform.log_in(client), framed.platform.log_in(client)
    for request, sub in ((second, "7"), (first, "6")):
        body = framed.platform.claims(sub=sub, nonce=request["nonce"])
        assert framed.platform.post(client, framed.platform.sign(body), request["state"]).status_code == 303
    assert visits(session) == 2


def test_s_09_a_cookie_visit_is_not_opened_by_a_header_nor_a_storage_visit_by_a_cookie(framed: Framed) -> None:
    client = framed.app.test_client()
    answer = framed.platform.launch(client)
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-visit-"))
    secret = cookie.split(";")[0].split("=", 1)[1]
    assert framed.get(answer.location, Authorization=f"Visit {secret}").status_code == 401
    address, header = framed.come_in()
    visit = address.split("/")[2].replace("-", "")
    client.set_cookie(f"__Host-visit-{visit}", header["Authorization"].split()[1], domain="city.test", secure=True)
    assert "Проба города" not in client.get(address, base_url=framed.platform.tool).text


def test_s_09_a_form_carries_the_secret_only_from_our_own_pages(framed: Framed, session: Session) -> None:
    address, header = framed.come_in()
    framed.get(address.replace("course", "units/gate/intro"), **header)
    page = framed.get(address.replace("course", "finish"), **header)
    token = str(BeautifulSoup(page.text, "html.parser").select_one("input[name=csrf]")["value"])  # type: ignore[index]
    fields = {"csrf": token, "visit": header["Authorization"].split()[1]}
    finish, base = address.replace("course", "finish"), framed.platform.tool
    for origin in ({}, {"Origin": "https://evil.test"}, {"Origin": "null"}):
        assert framed.client().post(finish, data=fields, base_url=base, headers=origin).status_code == 401
    assert framed.client().post(finish, data=fields, base_url=base, headers={"Origin": base}).status_code == 303


@pytest.mark.parametrize("path", ["course", "units/gate/intro", "nothing-here"])
def test_s_10_only_the_platform_of_the_visit_may_frame_its_pages(framed: Framed, session: Session, path: str) -> None:
    """In a real browser: tests/e2e/test_platform_storage.py."""
    other = FakePlatform(issuer="https://other.test")
    other.register(session)
    session.commit()
    framed.app.extensions["lyceum.registrations"].forget()
    address, header = framed.come_in()
    for headers in (header, {}):
        page = framed.get(address.replace("course", path), **headers)
        policy = page.headers["Content-Security-Policy"]
        ancestors = policy.split("frame-ancestors ")[1].split(";")[0].split()
        if path != "nothing-here":
            assert ancestors == ["'self'", framed.platform.issuer]
        assert "*" not in ancestors
        assert "X-Frame-Options" not in page.headers


def test_s_11_no_secret_stands_in_addresses_headers_or_logs(framed: Framed, session: Session) -> None:
    with capture_logs() as lines:
        request = framed.log_in()
        page = framed.launch(request)
        answer = framed.prove(request["state"]).get_json()
        full = framed.get(answer["address"], Authorization=f"Visit {answer['secret']}")
        client = framed.app.test_client()
        launched = framed.platform.launch(client)
    cookie = next(one for one in launched.headers.getlist("Set-Cookie") if one.startswith("__Host-visit-"))
    by_cookie = cookie.split(";")[0].split("=", 1)[1]
    secrets = [*framed.kept.values(), answer["secret"], request["state"], request["nonce"], by_cookie]
    assert not [secret for secret in secrets if secret in repr(lines)]
    assert not [secret for secret in secrets if secret in answer["address"] + launched.location]
    assert by_cookie not in client.get(launched.location, base_url=framed.platform.tool).text
    assert answer["secret"] not in full.text
    for shown in (page, full, launched):
        assert shown.headers["Referrer-Policy"] == "strict-origin"
    for shown in (page, full):
        assert shown.headers["Cache-Control"] == "no-store"


def test_s_12_a_teacher_of_one_course_gets_nothing_of_another(framed: Framed, session: Session) -> None:
    pupil = Walker(framed.app.test_client(), framed.platform, framed.platform.claims(name="Секретный Ученик"))
    pupil.get("units/gate/intro")
    elsewhere = {claims.CONTEXT: {"id": "99"}, claims.RESOURCE_LINK: {"id": "77"}}
    teacher = Walker(
        framed.app.test_client(),
        framed.platform,
        framed.platform.claims(sub="3", **{claims.ROLES: [INSTRUCTOR], **elsewhere}),
    )
    pupil_id = session.scalars(select(Participation.identity_id)).first()
    for path in ("", "/delivery"):
        page = teacher.get(f"desk/learners/{pupil_id}{path}")
        assert page.status_code == 403, path
        assert "Секретный" not in page.text
    token = teacher.fields("desk/terms", "form[method=post]")["csrf"]
    assert teacher.post(f"desk/learners/{pupil_id}/resend", {"csrf": token}).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {claims.RESOURCE_LINK: {}},
        {claims.DEPLOYMENT_ID: "unknown-deployment-id"},
        {"iss": "https://evil.test"},
        {"exp": 1},
        {claims.ROLES: ABSENT},
    ],
)
def test_s_13_error_pages_reveal_nothing_and_carry_a_number(framed: Framed, changes: dict[str, Any]) -> None:
    body = framed.platform.claims(email="timur@school.test", **changes)
    page = framed.platform.launch(framed.app.test_client(), body)
    assert page.status_code >= 400
    for private in (
        "Тимур",
        "timur@",
        "unknown-deployment-id",
        "evil.test",
        "key-1",
        "Traceback",
        "sqlalchemy",
        "nonce",
    ):
        assert private not in page.text
    number = page.headers["X-Request-Id"][-8:].upper()
    assert number in BeautifulSoup(page.text, "html.parser").select_one(".support").text  # type: ignore[union-attr]


def test_s_13_a_crash_reveals_nothing_and_carries_a_number(framed: Framed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setitem(framed.app.extensions, "lyceum.arrive", broken)
    framed.app.config["PROPAGATE_EXCEPTIONS"] = False
    page = framed.platform.launch(framed.app.test_client())
    assert page.status_code == 500
    assert "hunter2" not in page.text
    assert "Traceback" not in page.text
    assert page.headers["X-Request-Id"][-8:].upper() in page.text


@dataclass
class Code:
    """What a page in a frame sends to open a window."""

    framed: Framed
    home: str
    header: dict[str, str]

    def ask(self) -> dict[str, str]:
        finish = self.framed.get(self.home.replace("course", "finish"), **self.header)
        token = str(BeautifulSoup(finish.text, "html.parser").select_one("input[name=csrf]")["value"])  # type: ignore[index]
        offered = self.framed.client().post(
            self.home.replace("course", "window"),
            headers={**self.header, "X-Form-Token": token},
            base_url=self.framed.platform.tool,
        )
        return {"visit": self.home.split("/")[2], "code": offered.get_json()["code"], "page": "units/gate/intro"}

    def open(self, fields: dict[str, str], origin: str | None = None) -> TestResponse:
        base = self.framed.platform.tool
        headers = {"Origin": base if origin is None else origin}
        return self.framed.client().post("/lti/window", data=fields, base_url=base, headers=headers)


@pytest.fixture
def code(framed: Framed) -> Code:
    home, header = framed.come_in()
    framed.get(home.replace("course", "units/gate/intro"), **header)
    return Code(framed, home, header)


def test_s_11_a_visit_moves_to_a_window_by_a_code_that_works_once_and_stands_in_no_address(code: Code) -> None:
    fields = code.ask()
    opened = code.open(fields)
    assert opened.status_code == 303
    assert opened.location.endswith("/units/gate/intro")
    assert fields["code"] not in opened.location
    assert fields["visit"] not in opened.location  # the window has a visit, and a secret, of its own
    cookie = opened.headers["Set-Cookie"].split(";")[0]
    window = code.framed.get(opened.location, Cookie=cookie)
    assert window.status_code == 200
    assert "data-own-window" not in window.text
    assert code.open(fields).status_code == 401
    assert code.framed.get(code.home, **code.header).status_code == 200  # the frame goes on


@pytest.mark.parametrize("origin", ["https://evil.test", "null", ""])
def test_s_07_another_site_cannot_put_a_person_into_a_window_of_somebody_else(code: Code, origin: str) -> None:
    fields = code.ask()
    refused = code.open(fields, origin)
    assert refused.status_code == 400
    assert "Set-Cookie" not in refused.headers
    assert code.open(fields).status_code == 303


@pytest.mark.parametrize(
    "changes", [{"code": ""}, {"code": "x" * 43}, {"visit": "0" * 32}, {"visit": "x"}, {"page": "//evil.test"}]
)
def test_s_08_a_code_opens_its_own_visit_and_nothing_else(code: Code, changes: dict[str, str]) -> None:
    refused = code.open({**code.ask(), **changes})
    assert refused.status_code in {400, 401}
    assert "Set-Cookie" not in refused.headers


def test_s_08_a_code_is_good_for_a_minute(code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = code.ask()
    moment = visits_module.now()
    monkeypatch.setattr(visits_module, "now", lambda: moment + timedelta(seconds=61))
    assert code.open(fields).status_code == 401


def test_s_02_a_choice_made_without_cookies_may_be_posted_to_the_platform(framed: Framed, session: Session) -> None:
    """The empty page that fetches the answer's page allows the very form that the answer's page holds."""
    keys.ensure_key(session)
    session.commit()
    settings = {
        "deep_link_return_url": "https://lms.school.test/return?a=1",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe"],
    }
    home, header = framed.come_in(
        framed.platform.claims(
            **{
                claims.MESSAGE_TYPE: "LtiDeepLinkingRequest",
                claims.DEEP_LINKING: settings,
                claims.ROLES: [INSTRUCTOR],
                claims.RESOURCE_LINK: ABSENT,
            }
        )
    )
    cancel = "/".join([*home.split("/")[:3], "picking", "cancel"])
    empty, full = framed.get(cancel), framed.get(cancel, **header)
    assert 'action="https://lms.school.test/return?a=1"' in full.text
    for page in (empty, full):
        assert "form-action 'self' https://lms.school.test;" in page.headers["Content-Security-Policy"]
