"""A browser of few words: one kept-alive connection, cookies, no redirects followed.

Requests are written by hand, so that the client costs far less than the server it measures.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

LIMIT = 2**16


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, where it sends the browser, the cookies it sets (names and values), the body."""

    status: int
    location: str
    cookies: dict[str, str]
    body: bytes


class Client:
    """One connection to ``127.0.0.1:port``; each exchange waits for the whole answer."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._host = f"localhost:{port}"

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def get(self, path: str, cookies: dict[str, str] | None = None) -> Answer:
        """Ask for a path."""
        return self._exchange("GET", path, cookies or {}, None)

    def post(self, path: str, form: bytes, cookies: dict[str, str] | None = None) -> Answer:
        """Send an encoded form."""
        return self._exchange("POST", path, cookies or {}, form)

    def _exchange(self, method: str, path: str, cookies: dict[str, str], form: bytes | None) -> Answer:
        head = [f"{method} {path} HTTP/1.1", f"Host: {self._host}", "Accept-Language: ru"]
        if cookies:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
        if form is not None:
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
        self._socket.sendall("\r\n".join([*head, "", ""]).encode() + (form or b""))
        return self._read()

    def _read(self) -> Answer:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        location, length, cookies = "", 0, {}
        for line in lines:
            name, _, value = line.partition(": ")
            match name.lower():
                case "location":
                    location = value
                case "content-length":
                    length = int(value)
                case "set-cookie":
                    key, _, rest = value.partition("=")
                    if content := rest.partition(";")[0]:
                        cookies[key] = content
        while len(body) < length:
            body += self._more()
        return Answer(int(first.split(" ")[1]), location, cookies, body)

    def _more(self) -> bytes:
        data = self._socket.recv(LIMIT)
        if not data:
            raise ConnectionError("the server hung up in the middle of an answer")
        return data
