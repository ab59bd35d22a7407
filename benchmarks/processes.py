"""The servers under measurement, each in processes of its own on a free port of the loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import school
from benchmarks.client import Client

ROOT = Path(__file__).resolve().parents[1]
THREADS = 8  # the default of `lyceum-city serve`; the minimal tool gets the same
START_WITHIN = 60  # seconds


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; the block begins when the port takes connections.

    Raises:
        RuntimeError: it ended, or did not listen in time; the end of its log is in the text.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_for(port, process, log)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a process takes connections.

    Raises:
        RuntimeError: see :func:`running`.
    """
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            Client(port).close()
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise RuntimeError(f"a server did not start:\n{log.read_text(errors='replace')[-2000:]}")


@contextmanager
def key_server(folder: Path) -> Iterator[str]:
    """Publish the platform's keys; give its issuer."""
    port = free_port()
    document = folder / "jwks.json"
    document.write_text(json.dumps(school.key_set()), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.key_server", str(document), str(port)]
    with running(command, port, folder / "keys.log"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def lyceum_city(folder: Path, issuer: str) -> Iterator[tuple[int, int]]:
    """Serve our tool as its users do; give its port and process id."""
    port = free_port()
    command, environment = lyceum_city_command(folder, issuer, port)
    with running(command, port, folder / "lyceum-city.log", **environment) as process:
        yield port, process.pid


def lyceum_city_command(folder: Path, issuer: str, port: int) -> tuple[list[str], dict[str, str]]:
    """The command that serves our tool on a SQLite file, and its environment."""
    description = folder / "platform.json"
    description.write_text(json.dumps(school.description(issuer)), encoding="utf-8")
    options = ["--setup", "--platform-file", str(description), "--port", str(port), "--threads", str(THREADS)]
    return [sys.executable, "-m", "lti_tool.cli", "serve", *options], {
        "LYCEUM_DATA_DIR": str(folder / "data"),
        "LYCEUM_PUBLIC_URL": f"http://localhost:{port}",
    }


@contextmanager
def minimal_tool(folder: Path, issuer: str, *, cache_keys: bool = False, keys_ms: int = 0) -> Iterator[tuple[int, int]]:
    """Serve the minimal tool under the same server with the same options; give its port and process id."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "benchmarks.minimal_tool:from_environment()"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", str(THREADS)]
    command += ["--worker-class", "gthread", "--keep-alive", "15", "--log-level", "warning", "--no-control-socket"]
    environment = {
        "BENCHMARK_ISSUER": issuer,
        "BENCHMARK_CACHE_KEYS": str(int(cache_keys)),
        "BENCHMARK_KEYS_MS": str(keys_ms),
    }
    with running(command, port, folder / f"minimal-{port}.log", **environment) as process:
        yield port, process.pid


def processor_seconds(pid: int) -> float | None:
    """Return the processor time that a process and its children have used; None where the system does not tell."""
    ticks = 0
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (str(pid), *children):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])  # utime, stime
    except OSError:
        return None
    return ticks / os.sysconf("SC_CLK_TCK")


def start_seconds(folder: Path, issuer: str) -> float:
    """Return the seconds from `lyceum-city serve` to the first answer of /healthz; the folder is set up already."""
    port = free_port()
    command, environment = lyceum_city_command(folder, issuer, port)
    began = time.perf_counter()
    with running(command, port, folder / "start.log", **environment):
        client = Client(port)
        answer = client.get("/healthz")
        took = time.perf_counter() - began
        client.close()
    if answer.status != 200:
        raise RuntimeError(f"/healthz answered {answer.status}")
    return took
