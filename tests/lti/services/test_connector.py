"""Tokens and bearers: got as the security framework says, shared, renewed once, and sent nowhere else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from lti_tool.clock import now
from lti_tool.lti import keys
from lti_tool.lti.services import tokens
from lti_tool.lti.services.connector import (
    DEPLOYMENT_CLAIM,
    Connector,
    PagingEndless,
    ScopeMissing,
    TokenProblem,
    TokenRefused,
    next_link,
)
from lti_tool.lti.services.http import AddressRefused, ServiceAnswer, ServiceUnreachable
from lti_tool.lti.services.tokens import TokenKey
from lti_tool.schools.registrations import to_registration
from tests.gradebook.host import ALL_SCOPES, TOKEN_PATH, Course, Host, at_once, make_course, respond

SCORE, RESULT = ALL_SCOPES[3], ALL_SCOPES[2]


@pytest.fixture
def connect(course: Course, host: Host):
    """Make a connector, with changes of its registration or itself."""

    def make(of: Course = course, *, scopes=tuple(ALL_SCOPES), deployment_id: str | None = "1", named=None, **changes):
        registration = replace(to_registration(of.platform), **changes)
        return Connector(
            registration, scopes=scopes, named_urls=named or (host.column_url,), deployment_id=deployment_id
        )

    return make


class TestAssertion:
    def test_it_proves_who_asks(self, connect, host: Host, course: Course):
        connect().token()
        (claims,) = host.assertions
        client_id = course.platform.client_id
        assert (claims["iss"], claims["sub"], claims["aud"]) == (client_id, client_id, host.url + TOKEN_PATH)
        assert claims[DEPLOYMENT_CLAIM] == "1"
        moment = now().timestamp()
        assert moment - 8 <= claims["iat"] <= moment - 4
        assert 60 <= claims["exp"] - claims["iat"] <= 300

    def test_it_is_signed_with_a_published_key(self, connect, host: Host, session):
        seen = []

        def look(request):
            seen.append((dict(request.form), request.content_type))
            return host._token(request)

        host.next("token", look)
        connect().token()
        form, content_type = seen[0]
        assert content_type == "application/x-www-form-urlencoded"
        assert form["grant_type"] == "client_credentials"
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        assert form["scope"] == " ".join(sorted(ALL_SCOPES))
        (key,) = keys.jwks(session)["keys"]
        assert jwt.get_unverified_header(form["client_assertion"])["kid"] == key["kid"]
        jwt.decode(form["client_assertion"], jwt.PyJWK(key), algorithms=["RS256"], audience=host.url + TOKEN_PATH)

    def test_each_has_an_id_of_its_own(self, connect, host: Host):
        host.token = "other"
        for _ in range(2):
            connect()._renew(None)
            with time_machine.travel(now() + timedelta(hours=2)):
                connect().token()
        assert len({claims["jti"] for claims in host.assertions}) == len(host.assertions) >= 2

    def test_a_platform_may_want_another_audience(self, connect, host: Host):
        connect(token_audience="https://api.example.test/auth/token").token()
        assert host.assertions[0]["aud"] == "https://api.example.test/auth/token"

    def test_without_a_deployment_nothing_is_said_of_one(self, connect, host: Host):
        connect(deployment_id=None).token()
        assert DEPLOYMENT_CLAIM not in host.assertions[0]

    def test_it_is_dated_by_the_hosts_clock_where_that_is_known(self, connect, host: Host):
        host.ahead = timedelta(minutes=10)
        connect(clock_ahead_ms=600_000).token()
        assert host.assertions[0]["iat"] > (now() + timedelta(minutes=9)).timestamp()


class TestCache:
    def test_a_token_is_shared_through_the_database(self, connect, host: Host):
        first, second = connect().token(), connect().token()
        assert first.value == second.value
        assert host.requests == ["token"]

    def test_threads_that_need_one_at_once_ask_once(self, connect, host: Host, app):
        def ask(_: int) -> str:
            with app.app_context():
                return connect().token().value

        with ThreadPoolExecutor(6) as pool:
            assert len(set(pool.map(ask, range(6)))) == 1
        assert host.requests == ["token"]

    def test_processes_that_got_one_at_once_do_not_trip_over_each_other(self, connect, host: Host, course: Course):
        token = connect().token()
        tokens.drop(course.platform.id)
        key = TokenKey(course.platform.id, "1", "a b")
        at_once(course, 4, lambda index: tokens.save(key, token))
        assert tokens.load(key) == token

    def test_a_token_of_no_registration_is_not_kept(self, connect, host: Host):
        with pytest.raises(IntegrityError):
            tokens.save(TokenKey(uuid4(), "1", "a b"), connect().token())

    def test_other_scopes_are_another_token(self, connect, host: Host):
        connect().token()
        connect(scopes=(SCORE,)).token()
        assert host.requests == ["token", "token"]

    def test_the_order_of_scopes_does_not_matter(self, connect, host: Host):
        connect(scopes=(SCORE, RESULT)).token()
        connect(scopes=(RESULT, SCORE)).token()
        assert host.requests == ["token"]

    def test_two_registrations_on_one_issuer_never_share_one(self, connect, host: Host, session, course: Course):
        other = make_course(session, host, client_id="another-client")
        assert connect().token()
        assert connect(other).token()
        assert [claims["iss"] for claims in host.assertions] == [course.platform.client_id, "another-client"]

    @pytest.mark.parametrize(("life", "seconds"), [({"expires_in": 3600}, 3540), ({}, 240), ({"expires_in": "x"}, 240)])
    def test_it_is_renewed_a_minute_before_it_ends(self, connect, host: Host, life, seconds: int):
        answer = {"access_token": "t", "token_type": "bearer", **life}
        host.next("token", respond(200, "OK", answer))
        connect().token()
        with time_machine.travel(now() + timedelta(seconds=seconds - 5)):
            connect().token()
        assert host.requests == ["token"]
        with time_machine.travel(now() + timedelta(seconds=seconds + 5)):
            connect().token()
        assert host.requests == ["token", "token"]

    def test_what_another_secret_sealed_is_asked_for_again(self, connect, host: Host, app, monkeypatch, session):
        connect().token()
        monkeypatch.setitem(app.config, "SECRET_KEY", "another secret of the tests, long enough")
        keys.forget()
        keys.ensure_key(session)
        session.commit()
        connect().token()
        assert host.requests == ["token", "token"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("answer", "problem", "words"),
        [
            (lambda: respond(404, "Not Found", "<html>"), TokenProblem.ADDRESS, ""),
            (lambda: respond(200, "OK", "<html>"), TokenProblem.ADDRESS, ""),
            (lambda: respond(200, "OK", []), TokenProblem.ADDRESS, ""),
            (lambda: respond(200, "OK", {"access_token": 5}), TokenProblem.ADDRESS, ""),
            (lambda: respond(200, "OK", {"access_token": "t", "token_type": "mac"}), TokenProblem.ADDRESS, ""),
            (lambda: respond(400, "Bad", {"error": "invalid_client"}), TokenProblem.UNAUTHORISED, "invalid_client"),
            (
                lambda: respond(400, "Bad", '{"error":""kid" invalid"\r\n}'),
                TokenProblem.UNAUTHORISED,
                '"kid" invalid',
            ),
            (lambda: respond(403, "Forbidden"), TokenProblem.UNAUTHORISED, ""),
            (lambda: respond(400, "Bad", {"error": "invalid_scope"}), TokenProblem.SCOPE, "invalid_scope"),
            (lambda: respond(429, "Slow down"), TokenProblem.PASSING, ""),
            (lambda: respond(500, "Oops", "[]"), TokenProblem.PASSING, ""),
        ],
    )
    def test_are_told_apart(self, connect, host: Host, answer, problem, words):
        host.next("token", answer())
        with pytest.raises(TokenRefused) as error:
            connect().token()
        assert (error.value.problem, error.value.words) == (problem, words)

    def test_a_platform_that_is_down_is_unreachable(self, connect, host: Host):
        host.server.stop()
        with pytest.raises(ServiceUnreachable):
            connect().token()

    def test_the_words_of_errors_hold_no_secret(self, connect, host: Host):
        host.next("score", respond(422, "Somebody is no student", "secret"))
        with pytest.raises(ServiceAnswer) as error:
            connect().request("POST", f"{host.url}/lineitem/scores", scope=SCORE, body=b"{}")
        assert str(error.value) == "HTTP 422"

    def test_a_scope_that_was_not_granted_is_not_used(self, connect, host: Host):
        host.granted = [RESULT]
        with pytest.raises(ScopeMissing):
            connect().request("POST", f"{host.url}/lineitem/scores", scope=SCORE, body=b"{}")
        assert host.requests == ["token"]

    def test_a_launch_that_offered_nothing_asks_for_nothing(self, connect, host: Host):
        with pytest.raises(ScopeMissing):
            connect(scopes=()).token()
        assert host.requests == []


class TestBearer:
    @pytest.mark.parametrize(
        "url", ["https://evil.test/lineitem", "http://127.0.0.1:1/x", "https://127.0.0.1/x", "file:///etc/passwd"]
    )
    def test_it_goes_to_no_host_that_nobody_named(self, connect, host: Host, url: str):
        with pytest.raises(AddressRefused):
            connect().request("GET", url, scope=RESULT)
        assert host.requests == []

    def test_http_is_not_enough_for_a_platform_that_has_https(self, connect, host: Host):
        secure = connect(
            issuer="https://moodle.test",
            token_url="https://moodle.test/token",
            auth_url="https://moodle.test/auth",
            named=(host.column_url,),
        )
        with pytest.raises(AddressRefused):
            secure._exchange("GET", host.column_url, {}, None)
        assert host.requests == []

    def test_it_goes_where_a_launch_named_a_service(self, connect, host: Host, course: Course):
        answer = connect().request("GET", host.column_url, scope=ALL_SCOPES[1])
        assert answer.json()["label"] == "Урок 1"

    def test_a_401_renews_it_once(self, connect, host: Host):
        connect().token()
        host.token = "token-2"
        assert connect().request("GET", host.column_url, scope=ALL_SCOPES[1]).ok
        assert host.requests == ["token", "column", "token", "column"]

    def test_and_not_twice(self, connect, host: Host):
        host.always("column", lambda: respond(401, "Unauthorized"))
        with pytest.raises(ServiceAnswer, match="401"):
            connect().request("GET", host.column_url, scope=ALL_SCOPES[1])
        assert host.requests == ["token", "column", "token", "column"]

    def test_another_threads_new_token_is_taken_over(self, connect, host: Host):
        used = connect().token()
        host.token = "token-2"
        connect()._renew(used)
        assert connect()._renew(used).value == "token-2"
        assert host.requests == ["token", "token"]


class TestPaging:
    def pages(self, host: Host, *links: str | None) -> None:
        for number, link in enumerate(links):
            headers = {"Link": link} if link else {}
            host.next("container", respond(200, "OK", [number], headers))

    def read(self, connect, host: Host, **options) -> list[int]:
        found = connect().pages(host.container_url, scope=ALL_SCOPES[1], accept="x/y", **options)
        return [answer.json()[0] for answer in found]

    def test_all_pages_are_read(self, connect, host: Host):
        url = host.container_url
        self.pages(host, f'<{url}&from=1>; rel="next"', f'<{url}&from=2>; rel="prev", <{url}&from=3>; rel=next', None)
        assert self.read(connect, host) == [0, 1, 2]

    def test_a_relative_link_is_understood(self, connect, host: Host):
        self.pages(host, "</x/lineitems?from=1>; rel=next", None)
        assert self.read(connect, host) == [0, 1]

    def test_another_host_gets_no_token(self, connect, host: Host):
        self.pages(host, '<https://evil.test/lineitems>; rel="next"')
        with pytest.raises(AddressRefused):
            self.read(connect, host)

    def test_another_host_gets_none_even_if_a_launch_named_it(self, connect, host: Host):
        self.pages(host, '<https://files.test/lineitems>; rel="next"')
        found = connect(named=(host.column_url, "https://files.test/")).pages(
            host.container_url, scope=ALL_SCOPES[1], accept="x/y"
        )
        with pytest.raises(AddressRefused):
            list(found)

    def test_a_list_that_leads_back_to_itself_ends(self, connect, host: Host):
        self.pages(host, f'<{host.container_url}>; rel="next"')
        with pytest.raises(PagingEndless):
            self.read(connect, host)

    def test_a_list_without_end_ends(self, connect, host: Host):
        self.pages(host, *(f'<{host.container_url}&from={number}>; rel="next"' for number in range(9)))
        with pytest.raises(PagingEndless):
            self.read(connect, host, max_pages=5)


class TestNextLink:
    @pytest.mark.parametrize(
        ("header", "link"),
        [
            ('<https://a.test/?p=2>; rel="next"', "https://a.test/?p=2"),
            ("<https://a.test/?p=2>; rel=next", "https://a.test/?p=2"),
            ("<https://a.test/?p=2>; rel='next'", "https://a.test/?p=2"),
            ("<https://a.test/?p=2&amp;q=3>; rel=“next”", "https://a.test/?p=2&q=3"),
            ("<https://a.test/?p=2>; rel=“next”".encode().decode("latin-1"), "https://a.test/?p=2"),
            ('<https://a.test/?p=1>; rel="prev", <https://a.test/?P=Two>; rel="next"', "https://a.test/?P=Two"),
            ('<https://a.test/2>; title="x"; REL="next last"', "https://a.test/2"),
            ('<https://a.test/?a=1&region=2>; rel="next"', "https://a.test/?a=1&region=2"),
            ('<https://a.test/a,b>; rel="next"', "https://a.test/a,b"),
            ('<https://a.test/>; rel="differences"', None),
            ('<https://a.test/next>; rel="last"', None),
            ("", None),
            (None, None),
            ("nonsense", None),
        ],
    )
    def test_is_found_however_it_is_written(self, header, link):
        assert next_link(header) == link

    @given(st.text(max_size=200))
    def test_no_header_breaks_it(self, header: str):
        next_link(header)
