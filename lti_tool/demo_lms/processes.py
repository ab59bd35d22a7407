"""One child process of the runner: started apart from the terminal, its output kept and read line by line."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

REMEMBERED_LINES = 25


class Child:
    """A server process. ``on_line`` gets each line it writes, in a thread of its own; all lines go to ``log`` too."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        on_line: Callable[[str], None],
    ) -> None:
        self.name = name
        self.log = log
        self.last_lines: deque[str] = deque(maxlen=REMEMBERED_LINES)
        self._on_line = on_line
        # A session of its own: Ctrl-C reaches the runner alone, and the runner ends its children in order.
        self._process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        output = self._process.stdout
        if output is None:
            return
        with self.log.open("a", encoding="utf-8") as log:
            for line in output:
                log.write(line)
                log.flush()
                self.last_lines.append(line.rstrip("\n"))
                self._on_line(line.rstrip("\n"))

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def ask_to_end(self) -> None:
        """SIGTERM to the process and all it started."""
        self._signal(signal.SIGTERM)

    def wait_or_kill(self, seconds: float) -> None:
        """Wait for the end; kill what is left of the process group then."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._reader.join(1)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def is_healthy(address: str) -> bool:
    """Whether ``address`` answers 200."""
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:  # noqa: S310 - http, made from a port number
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def wait_until_healthy(
    addresses: Sequence[str],
    children: Sequence[Child],
    stopped: threading.Event,
    patience: float,
    slow: Callable[[], None],
) -> bool:
    """Wait until all answer; False when a child died, the runner was stopped, or ``patience`` (seconds) ran out.

    ``slow`` is called once when it takes longer than a few seconds.
    """
    started = time.monotonic()
    waiting, told = list(addresses), False
    while not stopped.is_set() and all(child.exit_code is None for child in children):
        waiting = [address for address in waiting if not is_healthy(address)]
        if not waiting:
            return True
        elapsed = time.monotonic() - started
        if elapsed > patience:
            return False
        if elapsed > 4 and not told:
            told = True
            slow()
        stopped.wait(0.05)
    return False
