"""Whom we may call when a stranger gives us the address: no machine behind our own walls (SSRF).

A name is resolved once, every address it has is judged, and the connection is made to a judged address: a name that
answers differently the second time (DNS rebinding) gains nothing by it. TLS still proves the name, not the address.
"""

from __future__ import annotations

import queue
import socket
import threading
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

RESOLVE_WITHIN = 3.0  # seconds; the system's resolver may take far longer
ADDRESSES_TRIED = 2
NAT64 = IPv6Network("64:ff9b::/96")
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class AddressForbidden(Exception):
    """The host has an address inside somebody's walls."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Which addresses are allowed beside public ones.

    ``loopback``: this very machine, to try things out. ``private_hosts``: names that the operator vouches for.
    """

    loopback: bool = False
    private_hosts: frozenset[str] = frozenset()

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host, all of them allowed.

        Raises:
            AddressForbidden: one of them is not: a name that points both ways is not to be trusted.
            OSError: the name cannot be resolved (in time).
        """
        found = resolve(host, port)
        if not found:
            raise OSError(f"{host} has no address")
        if host.lower() not in self.private_hosts:
            for one in found:
                if not is_public(one) and not (self.loopback and host.lower() in THIS_MACHINE):
                    raise AddressForbidden(f"{host} is inside a private network")
        return found

    def connect(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """Return a connection to an allowed address of the host.

        Raises:
            AddressForbidden, OSError: see :meth:`addresses`; no address answers.
        """
        problem: OSError = OSError("no address")
        for address in self.addresses(host, port)[:ADDRESSES_TRIED]:
            try:
                return socket.create_connection((address, port), timeout)
            except OSError as error:
                problem = error
        raise problem


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host as text, within a few seconds.

    Raises:
        OSError: it has none, or the resolver is too slow.
    """
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(one[4][0]) for one in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError("not a host name"))

    # A resolver cannot be interrupted: it is left behind when it is too slow.
    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=RESOLVE_WITHIN)
    except queue.Empty:
        raise TimeoutError(f"{host} could not be resolved in time") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def is_public(text: str) -> bool:
    """Whether an address is one of the open Internet; addresses that carry another inside are judged by that too."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = _inside(address) if isinstance(address, IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for: mapped, 6to4, Teredo, NAT64."""
    if address.teredo is not None:
        return address.teredo[1]
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
