"""Requests to platforms: bounded in time and size, and nothing that was not asked for."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from lti_tool.lti.services import http
from lti_tool.lti.services.http import AddressRefused, Cause, ServiceAnswer, ServiceHttp, ServiceUnreachable

Behaviour = Callable[[socket.socket], None]
MOMENT = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def client() -> ServiceHttp:
    return ServiceHttp(connect_timeout=1, read_timeout=0.6)


@pytest.fixture
def raw() -> Iterator[Callable[[Behaviour], str]]:
    """A server that does to each connection what a test says; returns its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve(behaviour: Behaviour) -> None:
        while not stop.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    behaviour(connection)

    def start(behaviour: Behaviour) -> str:
        threading.Thread(target=serve, args=(behaviour,), daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    stop.set()
    listener.close()


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    made = HTTPServer(host="127.0.0.1", port=0)
    made.start()
    yield made
    made.clear()
    made.stop()


def drip(head: bytes) -> Behaviour:
    """Send a beginning, and then one byte at a time for ever: each comes long before a read time-out."""

    def behaviour(connection: socket.socket) -> None:
        connection.sendall(head)
        with suppress(OSError):
            for _ in range(200):
                connection.sendall(b"a")
                time.sleep(0.05)

    return behaviour


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
    ],
    ids=["status", "headers", "body", "body without length", "chunk"],
)
def test_a_server_that_drips_does_not_hold_us(client: ServiceHttp, raw, head: bytes):
    url = raw(drip(head))
    began = time.monotonic()
    with pytest.raises(ServiceUnreachable) as error:
        client.exchange("GET", url, allow_http=True)
    assert error.value.cause is Cause.TIMEOUT
    assert time.monotonic() - began < 1.5


def test_a_server_that_says_nothing_does_not_hold_us(client: ServiceHttp, raw):
    url = raw(lambda connection: time.sleep(2))
    with pytest.raises(ServiceUnreachable) as error:
        client.exchange("POST", url, body=b"x", allow_http=True)
    assert error.value.cause is Cause.TIMEOUT


def test_a_server_that_hangs_up_is_broken(client: ServiceHttp, raw):
    url = raw(lambda connection: None)
    with pytest.raises(ServiceUnreachable) as error:
        client.exchange("GET", url, allow_http=True)
    assert error.value.cause is Cause.BROKEN


def test_what_is_not_http_is_broken(client: ServiceHttp, raw):
    url = raw(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9\r\n"))
    with pytest.raises(ServiceUnreachable) as error:
        client.exchange("GET", url, allow_http=True)
    assert error.value.cause is Cause.BROKEN


def test_plain_http_behind_an_https_address_is_told_as_tls(client: ServiceHttp, raw):
    url = raw(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")).replace("http:", "https:")
    with pytest.raises(ServiceUnreachable) as error:
        client.exchange("GET", url)
    assert error.value.cause is Cause.TLS


def test_nobody_there_is_refused(client: ServiceHttp):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ServiceUnreachable) as error:
        client.exchange("GET", f"http://127.0.0.1:{port}/", allow_http=True)
    assert error.value.cause is Cause.REFUSED


def test_an_unknown_name_is_told_as_such(client: ServiceHttp):
    with pytest.raises(ServiceUnreachable) as error:
        client.exchange("GET", "https://there-is-no-such-host.invalid/")
    assert error.value.cause in {Cause.NAME, Cause.TIMEOUT}


def test_a_body_is_read_up_to_five_megabytes(client: ServiceHttp, server: HTTPServer):
    server.expect_request("/fits").respond_with_data(b"a" * http.MAX_BODY)
    server.expect_request("/large").respond_with_data(b"a" * (http.MAX_BODY + 1))
    patient = ServiceHttp(connect_timeout=1, read_timeout=10)
    assert len(patient.exchange("GET", server.url_for("/fits"), allow_http=True).body) == http.MAX_BODY
    with pytest.raises(ServiceUnreachable) as error:
        patient.exchange("GET", server.url_for("/large"), allow_http=True)
    assert error.value.cause is Cause.TOO_LARGE


def test_redirects_are_not_followed(client: ServiceHttp, server: HTTPServer):
    server.expect_request("/old").respond_with_response(Response(status=302, headers={"Location": "/new"}))
    server.expect_request("/new").respond_with_data("here")
    answer = client.exchange("POST", server.url_for("/old"), body=b"{}", allow_http=True)
    assert answer.status == 302
    assert len(server.log) == 1


def test_a_public_document_is_fetched_through_a_redirect_or_two(client: ServiceHttp, server: HTTPServer):
    server.expect_request("/old").respond_with_response(Response(status=302, headers={"Location": "/new"}))
    server.expect_request("/new").respond_with_json({"keys": []}, headers={"Cache-Control": "max-age=60"})
    fetched = client.fetch_json(server.url_for("/old"))
    assert fetched.document == {"keys": []}
    assert fetched.headers["cache-control"] == "max-age=60"


def test_but_not_round_and_round(client: ServiceHttp, server: HTTPServer):
    server.expect_request("/").respond_with_response(Response(status=302, headers={"Location": "/"}))
    with pytest.raises(ServiceAnswer, match="302"):
        client.fetch_json(server.url_for("/"))
    assert len(server.log) == http.MAX_REDIRECTS + 1


@pytest.mark.parametrize(("status", "body"), [(404, "{}"), (500, "{}"), (200, "<html>")])
def test_what_is_no_document_is_an_error(client: ServiceHttp, server: HTTPServer, status: int, body: str):
    server.expect_request("/").respond_with_data(body, status=status)
    with pytest.raises(ServiceAnswer):
        client.fetch_json(server.url_for("/"))


def test_we_say_who_we_are_and_keep_no_cookies(client: ServiceHttp, server: HTTPServer, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server.expect_request("/").respond_with_data("", headers={"Set-Cookie": "a=b"})
    for _ in range(2):
        client.exchange("GET", server.url_for("/"), headers={"Authorization": "Bearer t"}, allow_http=True)
    second = server.log[1][0]
    assert second.headers["User-Agent"].startswith("lti_tool")
    assert second.headers["Authorization"] == "Bearer t"
    assert "Cookie" not in second.headers


@pytest.mark.parametrize(
    "url",
    [
        "http://moodle.test/token",
        "ftp://moodle.test/",
        "file:///etc/passwd",
        "https://",
        "https://user:password@moodle.test/",
        "https://[::1",
        "javascript:alert(1)",
        "",
    ],
)
def test_some_addresses_are_not_sent_to(client: ServiceHttp, url: str):
    with pytest.raises(AddressRefused):
        client.exchange("GET", url)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Moodle.test/a?b#c", "https://moodle.test"),
        ("https://moodle.test:443/", "https://moodle.test"),
        ("http://moodle.test:80", "http://moodle.test"),
        ("https://moodle.test:8443/", "https://moodle.test:8443"),
        ("http://[::1]:8100/x", "http://[::1]:8100"),
        ("mailto:a@b", ""),
        ("https://moodle.test:port/", ""),
        ("//moodle.test", ""),
    ],
)
def test_an_origin_has_one_spelling(url: str, origin: str):
    assert http.origin_of(url) == origin


class TestClock:
    def test_a_date_bounds_how_far_the_host_is_ahead(self):
        sent, received = MOMENT, MOMENT + timedelta(milliseconds=200)
        reading = http.read_clock("Mon, 23 Nov 2026 12:01:30 GMT", sent, received)
        assert reading is not None
        assert (reading.at_least_ms, reading.at_most_ms) == (89_800, 91_000)

    @pytest.mark.parametrize("value", [None, "", "yesterday", "Mon, 99 Nov 2026 12:00:00 GMT"])
    def test_what_cannot_be_read_says_nothing(self, value):
        assert http.read_clock(value, MOMENT, MOMENT) is None


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"Retry-After": "120"}, 120),
            ({"Retry-After": " 0 "}, 0),
            ({"Retry-After": "9" * 30}, 86_400),
            ({"Retry-After": "Mon, 23 Nov 2026 12:01:00 GMT"}, 60),
            ({"Retry-After": "Mon, 23 Nov 2026 11:00:00 GMT"}, 0),
            ({"Retry-After": "Mon, 23 Nov 2029 12:01:00 GMT"}, 86_400),
            # The host's clock is a quarter of an hour behind: it means one minute.
            ({"Retry-After": "Mon, 23 Nov 2026 11:46:00 GMT", "Date": "Mon, 23 Nov 2026 11:45:00 GMT"}, 60),
        ],
    )
    def test_seconds_or_a_date(self, headers, seconds: int):
        assert http.retry_after(headers, MOMENT) == timedelta(seconds=seconds)

    @pytest.mark.parametrize("value", ["", "soon", "-5", "1.5"])
    def test_anything_else_says_nothing(self, value: str):
        assert http.retry_after({"Retry-After": value}, MOMENT) is None
