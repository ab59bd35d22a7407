"""The tool and the demonstration LMS as real processes, on the database that the suite runs on.

Both listen on free ports of this machine, on two sites as a browser sees it: the tool on ``localhost``, the LMS on
``127.0.0.1``. Everything they write goes to files; :meth:`Demonstration.logs` shows their ends when a test fails.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import requests

from course_packs import CompiledPack, compile_pack
from lti_tool.demo_lms.runner import registration
from lti_tool.demo_lms.settings import Settings
from onboarding_course import plugin

ROOT = Path(__file__).resolve().parents[2]
PACK: CompiledPack = compile_pack(plugin.packs[0])
OLGA, TIMUR, ALINA = "olga", "timur", "alina"

# Real waits, only shorter. The lease outlives a request (connect and read time-out); it is prolonged before the next.
SHORT = {
    "LYCEUM_GRADEBOOK_RETRY_BASE": "0.2",
    "LYCEUM_GRADEBOOK_RETRY_CAP": "1",
    "LYCEUM_GRADEBOOK_LEASE": "4",
    "LYCEUM_GRADEBOOK_SWEEP_EVERY": "0.3",
    "LYCEUM_HTTP_CONNECT_TIMEOUT": "1",
    "LYCEUM_HTTP_READ_TIMEOUT": "1",
}
START_SECONDS = 60.0
PATIENCE = 40.0

T = TypeVar("T")


def eventually(look: Callable[[], T], what: str, within: float = PATIENCE, every: float = 0.05) -> T:
    """Look until something true is seen and return it; a server that is just away counts as nothing seen.

    Raises:
        AssertionError: nothing true was seen ``within`` so many seconds.
    """
    deadline = time.monotonic() + within
    seen: T | None = None
    while time.monotonic() < deadline:
        with suppress(requests.ConnectionError):
            if seen := look():
                return seen
        time.sleep(every)
    raise AssertionError(f"not within {within:g} s: {what}; last seen: {seen!r}")


@dataclass
class Process:
    """A server process in a session of its own, so that a signal reaches all that it started."""

    popen: subprocess.Popen[bytes]

    def kill(self) -> None:
        """SIGKILL to all of it, at once: nothing can be tidied up."""
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait(10)

    @property
    def running(self) -> bool:
        return self.popen.poll() is None


@dataclass
class Demonstration:
    """A tool and an LMS that can be stopped, killed and started again; their data stay."""

    folder: Path
    database_url: str
    settings: Settings
    tool: Process | None = None
    lms: Process | None = None
    workers: list[Process] = field(default_factory=list)
    tool_told: dict[str, str] = field(default_factory=dict)
    """What the tool that runs was told beyond the usual."""
    pupils: int = 100

    @property
    def tool_url(self) -> str:
        return self.settings.tool_url

    @property
    def school_url(self) -> str:
        return self.settings.issuer

    def start_tool(self, **environment: str) -> None:
        """Start the tool with some settings of its own, and wait until it answers."""
        self.tool_told = environment
        arguments = ["serve", "--port", str(self.settings.tool_port)]
        platform = self.folder / "platform.json"
        if not platform.exists():
            platform.write_text(json.dumps(registration(self.settings)), encoding="utf-8")
            arguments += ["--setup", "--platform-file", str(platform)]
        self.tool = self._start("tool", ["-m", "lti_tool.cli", *arguments], self._tool_environment(environment))
        self._wait_for(f"{self.tool_url}/healthz", self.tool)

    def start_lms(self) -> None:
        """Start the LMS with its door for tests, and wait until it answers."""
        environment = {
            "LYCEUM_DEMO_DIR": str(self.settings.data_dir),
            "LYCEUM_DEMO_LMS_PORT": str(self.settings.lms_port),
            "LYCEUM_DEMO_TOOL_PORT": str(self.settings.tool_port),
        }
        self.lms = self._start("lms", ["-m", "lti_tool.demo_lms.server", "--control"], environment)
        self._wait_for(f"{self.school_url}/healthz", self.lms)

    def start_worker(self, **environment: str) -> None:
        """Start one more process that delivers scores, and wait until it is at work."""
        name = f"worker-{len(self.workers) + 1}"
        worker = self._start(name, ["-m", "lti_tool.cli", "worker"], self._tool_environment(environment))
        self.workers.append(worker)
        log = self.folder / f"{name}.log"
        eventually(lambda: "worker.started" in log.read_text(encoding="utf-8"), f"{name} is at work", START_SECONDS)

    def kill_tool(self) -> None:
        """SIGKILL to the tool and its threads and children."""
        assert self.tool is not None
        self.tool.kill()

    def restart_tool(self, **environment: str) -> None:
        """Start the tool anew with other settings."""
        self.kill_tool()
        self.start_tool(**environment)

    def make_whole(self) -> None:
        """Before a test: both run as usual, the weather is calm."""
        self.end_workers()
        if self.lms is None or not self.lms.running:
            self.start_lms()
        self.weather("works")
        self.storage("off")
        if self.tool is None or not self.tool.running:
            self.start_tool()
        elif self.tool_told:
            self.restart_tool()

    def end_workers(self) -> None:
        """End the delivering processes."""
        for worker in self.workers:
            worker.kill()
        self.workers.clear()

    def end(self) -> None:
        """End everything."""
        self.end_workers()
        for process in (self.tool, self.lms):
            if process is not None:
                process.kill()

    def command(self, *arguments: str) -> str:
        """Run a command of the tool beside the server; returns what it said."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("LYCEUM_")}
        told = {**inherited, "PYTHONUTF8": "1", **self._tool_environment({})}
        command = [sys.executable, "-m", "lti_tool.cli", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def weather(self, mode: str, seconds: float = 5, count: int | None = None) -> None:
        """Set the weather of the LMS's gradebook service."""
        self.control("POST", "weather", {"mode": mode, "seconds": seconds, "count": count})

    def storage(self, mode: str) -> None:
        """Set what the pages of the LMS keep for the tool, or how they misbehave."""
        self.control("POST", "storage", {"mode": mode})

    def add_pupil(self) -> str:
        """Enrol one more pupil and return the person's slug, under which the LMS's pages know them."""
        self.pupils += 1
        names = {"id": str(self.pupils), "given_name": f"Ученик-{self.pupils}", "family_name": "Новый"}
        slug: str = self.control("POST", "people", names)["slug"]
        return slug

    def history(self, slug: str, *, final: bool = False) -> list[dict[str, Any]]:
        """The scores that the LMS accepted for a person, oldest first; ``final``: without messages of progress."""
        scores: list[dict[str, Any]] = self.control("GET", f"history?person={slug}")["scores"]
        return [score for score in scores if not final or score["grading_progress"] == "FullyGraded"]

    def grade(self, slug: str) -> Decimal | None:
        """What the LMS's gradebook shows for a person, in points of a hundred, to four places as they are sent."""
        person = self.person_id(slug)
        for column in self.control("GET", "grades")["columns"]:
            if shown := column["grades"].get(person):
                return None if shown["score"] is None else Decimal(shown["score"]).quantize(Decimal("0.0001"))
        return None

    def person_id(self, slug: str) -> str:
        """The id under which the tool knows a person."""
        return {OLGA: "3", TIMUR: "6", ALINA: "7"}.get(slug, slug.removeprefix("p"))

    def journal(self, after: int = 0) -> list[dict[str, Any]]:
        """What the LMS wrote down, oldest first."""
        entries: list[dict[str, Any]] = self.control("GET", f"log?after={after}")["entries"]
        return entries

    def last_entry(self) -> int:
        """The number of the newest line in the LMS's journal."""
        return max((entry["id"] for entry in self.journal()), default=0)

    def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Knock at the LMS's door for tests."""
        answer = requests.request(method, f"{self.school_url}/control/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def logs(self, lines: int = 40) -> str:
        """The ends of all logs."""
        ends = []
        for path in sorted(self.folder.glob("*.log")):
            text = path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
            ends.append("\n".join([f"── {path.name}", *text]))
        return "\n".join(ends)

    def _tool_environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        own = {
            "LYCEUM_DATA_DIR": str(self.folder / "tool"),
            "LYCEUM_PUBLIC_URL": self.tool_url,
            "LYCEUM_SECRET_KEY": "the secret of the failure tests, long enough",
            "LYCEUM_DATABASE_URL": self.database_url,
        }
        return own | SHORT | dict(environment)

    def _start(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> Process:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("LYCEUM_")}
        told = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", **environment}
        with (self.folder / f"{name}.log").open("ab") as log:
            popen = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=inherited | told,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return Process(popen)

    def _wait_for(self, address: str, process: Process) -> None:
        def answers() -> bool:
            assert process.running, f"it ended by itself\n{self.logs()}"
            return requests.get(address, timeout=5).ok

        eventually(answers, f"{address} answers", START_SECONDS)


@contextmanager
def demonstration(folder: Path, database_url: str) -> Iterator[Demonstration]:
    """A demonstration on free ports; nothing of it runs afterwards."""
    tool_port, lms_port = free_ports(2)
    settings = Settings(data_dir=folder / "lms", lms_port=lms_port, tool_port=tool_port, control=True)
    settings.data_dir.mkdir()
    made = Demonstration(folder, database_url, settings)
    try:
        yield made
    finally:
        made.end()


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment.

    Below those that the system gives to outgoing connections: a server that is killed wants its own port back.
    """
    found: set[int] = set()
    while len(found) < count:
        port = random.randint(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.add(port)
    return sorted(found)
