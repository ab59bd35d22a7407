"""Launches per second of one worker: our tool beside the minimal one, round after round in turn.

Of each launch only the exchanges with the tool are timed. The nonce is known only after the login, so all logins of a
round come first, then all tokens are signed with no clock running, then all launches come.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from benchmarks import school
from benchmarks.client import Client
from benchmarks.processes import THREADS, key_server, lyceum_city, minimal_tool, processor_seconds

CLIENTS = THREADS  # connections at once: every thread of the worker has something to do
OURS = 3  # so many of the contestants are ours: the first ones
AWAY_MS = 100  # a platform's key set over TLS, from a school's server: three round trips and a PHP script

T = TypeVar("T")
R = TypeVar("R")


class LaunchFailed(RuntimeError):
    """A tool did not answer as it should; a figure of such a run would mean nothing."""


@dataclass(slots=True)
class Contestant:
    """A tool under measurement.

    ``newcomers``: each launch brings somebody whom the tool has never seen. ``browsers``: what the browsers of people
    who come again have kept, by person; None where each launch comes in a fresh browser.
    """

    name: str
    port: int
    pid: int
    newcomers: bool = False
    browsers: dict[str, dict[str, str]] | None = None
    per_second: list[float] = field(default_factory=list)  # of each round
    processor_ms: list[float] = field(default_factory=list)  # of each round, per launch

    @property
    def target(self) -> str:
        """Where the tool is launched."""
        return f"http://localhost:{self.port}/lti/launch"


@dataclass(frozen=True, slots=True)
class _Begun:
    """A login that the platform was sent: what its answer must carry."""

    state: str
    nonce: str
    cookies: dict[str, str]


def compare(folder: Path, *, rounds: int, launches: int, people: int = 30) -> list[Contestant]:
    """Measure all contestants in turn; the first are ours: people who come again in the same browser, in another one,
    and new people.

    Args:
        folder: an empty folder for databases and logs.
        launches: in each round, of each contestant.
        people: how many different persons come again and again.

    Raises:
        LaunchFailed: a tool refused a launch.
    """
    with contestants(folder) as (issuer, tools):
        for tool in tools:  # caches, connections, and the people who come again
            measure(tool, issuer, launches=people, people=people, prefix="warm-up")
        for number in range(rounds):
            for tool in tools if number % 2 == 0 else reversed(tools):
                measure(tool, issuer, launches=launches, people=people, prefix=f"round-{number}")
        for tool in tools:
            del tool.per_second[0], tool.processor_ms[:1]
        return tools


@contextmanager
def contestants(folder: Path) -> Iterator[tuple[str, list[Contestant]]]:
    """Start all tools; give the issuer and the tools, stop them when the block ends."""
    with ExitStack() as stack:
        issuer = stack.enter_context(key_server(folder))
        ours = stack.enter_context(lyceum_city(folder, issuer))
        shown = stack.enter_context(minimal_tool(folder, issuer))
        away = stack.enter_context(minimal_tool(folder, issuer, keys_ms=AWAY_MS))
        cached = stack.enter_context(minimal_tool(folder, issuer, cache_keys=True))
        yield (
            issuer,
            [
                Contestant("Лицей-CITY, a known person, the same browser", *ours, browsers={}),
                Contestant("Лицей-CITY, a known person, another browser", *ours),
                Contestant("Лицей-CITY, a new person", *ours, newcomers=True),
                Contestant("minimal, as documented", *shown),
                Contestant(f"minimal, as documented, keys {AWAY_MS} ms away", *away),
                Contestant("minimal, keys cached", *cached),
            ],
        )


def measure(tool: Contestant, issuer: str, *, launches: int, people: int, prefix: str) -> None:
    """Do one round and add its figures to the contestant."""
    link = "2" if tool.newcomers else "1"
    subjects = [f"{prefix}-{n}" if tool.newcomers else str(n % people) for n in range(launches)]
    before = processor_seconds(tool.pid)
    begun, login_seconds = _spread(tool.port, lambda client, who: _log_in(client, tool, issuer, who), subjects)
    forms = [
        (one, school.launch_form(issuer, tool.target, state=one.state, nonce=one.nonce, subject=subject, link=link))
        for one, subject in zip(begun, subjects, strict=True)
    ]
    kept, launch_seconds = _spread(tool.port, lambda client, form: _launch(client, *form), forms)
    after = processor_seconds(tool.pid)
    if tool.browsers is not None:
        tool.browsers.update(zip(subjects, kept, strict=True))
    tool.per_second.append(launches / (login_seconds + launch_seconds))
    if before is not None and after is not None:
        tool.processor_ms.append((after - before) * 1000 / launches)


def ratio(one: Contestant, other: Contestant) -> float:
    """How many times more launches per second, as the median over the rounds: neighbours in time are compared."""
    return median(a / b for a, b in zip(one.per_second, other.per_second, strict=True))


def _log_in(client: Client, tool: Contestant, issuer: str, subject: str) -> _Begun:
    """From the login initiation to the redirect to the platform, over as many hops as the tool likes."""
    cookies = dict((tool.browsers or {}).get(subject, {}))
    answer = client.post("/lti/login", school.login_form(issuer, tool.target), cookies)
    cookies.update(answer.cookies)
    while answer.status in {302, 303} and not answer.location.startswith(issuer):
        answer = client.get(answer.location, cookies)
        cookies.update(answer.cookies)
    if answer.status not in {302, 303}:
        raise LaunchFailed(f"{tool.name}: the login was answered with {answer.status}: {answer.body[:300]!r}")
    query = parse_qs(urlsplit(answer.location).query)
    return _Begun(query["state"][0], query["nonce"][0], cookies)


def _launch(client: Client, begun: _Begun, form: bytes) -> dict[str, str]:
    """The launch itself; the cookies that the browser keeps of it."""
    answer = client.post("/lti/launch", form, begun.cookies)
    if answer.status != 303:
        raise LaunchFailed(f"a launch was answered with {answer.status}: {answer.body[:300]!r}")
    return answer.cookies


def _spread(port: int, work: Callable[[Client, T], R], items: Sequence[T]) -> tuple[list[R], float]:
    """Do the work over several connections; return the results in order and the seconds it took."""
    clients = [Client(port) for _ in range(CLIENTS)]

    def share(number: int) -> list[R]:
        return [work(clients[number], item) for item in items[number::CLIENTS]]

    with ThreadPoolExecutor(CLIENTS) as pool:
        began = time.perf_counter()
        shares = list(pool.map(share, range(CLIENTS)))
        took = time.perf_counter() - began
    for client in clients:
        client.close()
    return [shares[n % CLIENTS][n // CLIENTS] for n in range(len(items))], took
