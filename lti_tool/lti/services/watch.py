"""The clock over an exchange: when its total time is over its socket is shut, in whatever state it is.

Underneath are ``requests`` and ``urllib3``; here are the connections and the adapter that tell the watch of their
sockets and, where a guard stands, ask it where to connect.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import Timeout

from lti_tool.lti.services.guard import Guard


class Watch:
    """Shuts the socket of an exchange when its total time is over."""

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._seconds = seconds
        self._timer: threading.Timer | None = None
        self._socket: socket | None = None
        self._double: socket | None = None

    def start(self) -> None:
        """Count from now on, if not already."""
        if self._timer is None:
            self._timer = threading.Timer(self._seconds, self._shut)
            self._timer.daemon = True
            self._timer.start()

    def begin(self, connected: socket) -> None:
        """The request was sent, the answer is awaited."""
        self._socket = connected
        self.start()

    def hold(self, connected: socket) -> None:
        """A connection was just made; TLS may take it over, so a double of the socket is kept to shut it by."""
        self._double = connected.dup()
        if self.expired:
            self._shut()

    def end(self) -> None:
        """The exchange is over."""
        if self._timer is not None:
            self._timer.cancel()
        if self._double is not None:
            self._double.close()

    def _shut(self) -> None:
        self.expired = True
        for one in (self._socket, self._double):
            if one is not None:
                # Not SSLSocket.shutdown: that would take the TLS layer away under the reading thread.
                with suppress(OSError):
                    socket.shutdown(one, SHUT_RDWR)


_local = threading.local()


@contextmanager
def watching(watch: Watch, *, at_once: bool) -> Iterator[None]:
    """Let this watch see the exchange of this thread; ``at_once``: the time counts before there is a connection."""
    _local.watch = watch
    if at_once:
        watch.start()
    try:
        yield
    finally:
        watch.end()
        _local.watch = None


def _current() -> Watch | None:
    watch: Watch | None = getattr(_local, "watch", None)
    return watch


class _Watched:
    """What plain and TLS connections share."""

    guard: Guard | None = None
    sock: Any
    host: str
    port: int
    timeout: Any

    def _new_conn(self) -> socket:
        if self.guard is None:
            connected: socket = super()._new_conn()  # type: ignore[misc]  # of urllib3's connection
            return connected
        connected = self.guard.connect(self.host.strip("[]"), self.port, Timeout.resolve_default_timeout(self.timeout))
        watch = _current()
        if watch is not None:
            watch.hold(connected)
        return connected

    def getresponse(self) -> Any:
        watch = _current()
        if watch is not None and self.sock is not None:
            watch.begin(self.sock)
        return super().getresponse()  # type: ignore[misc]  # of urllib3's connection


class _WatchedConnection(_Watched, HTTPConnection):
    """Plain HTTP."""


class _WatchedTlsConnection(_Watched, HTTPSConnection):
    """HTTP over TLS."""


class WatchedAdapter(HTTPAdapter):
    """Twenty kept connections to each of twenty hosts, watched and, with a guard, guarded."""

    def __init__(self, guard: Guard | None = None) -> None:
        self._guard = guard
        super().__init__(pool_connections=20, pool_maxsize=20)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of our own connections."""
        super().init_poolmanager(*args, **kwargs)
        plain = type("Plain", (_WatchedConnection,), {"guard": self._guard})
        tls = type("Tls", (_WatchedTlsConnection,), {"guard": self._guard})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
        }
