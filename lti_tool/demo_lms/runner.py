"""``make demo``: start the LMS and the tool side by side, tell in plain words what happens, end both on Ctrl-C."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from .kept_secret import kept_secret
from .processes import Child, wait_until_healthy
from .settings import (
    CLIENT_ID,
    DEPLOYMENT_ID,
    FAMILY,
    LMS_PORT,
    SCHOOL,
    TOOL_PORT,
    Settings,
)
from .wording import describe, describe_tool, is_told

MARK = ".lyceum-demo"
FIRST_START_SECONDS = 180
ENDING_SECONDS = 8

WELCOME = """
Всё готово.

  Школа (начните здесь):      {lms}
  Инструмент «Лицей-CITY»:    {tool}

Что попробовать:
  1. Откройте школу, войдите как Тимур и пройдите занятие «Как работает лицей».
  2. В другой вкладке войдите как Ольга Сергеевна: оценка сама появится в журнале.
  3. Там же смените «Погоду журнала» на ошибку 500, пройдите занятие за Алину и верните «работает»:
     оценка всё равно дойдёт.

Ctrl-C — остановить. Данные останутся в {data}; начать с чистого листа: make demo-reset.
In English: open {lms}, enter as Тимур (a pupil) or Ольга Сергеевна (the teacher); «English» is at the top right.
"""


class CannotStart(Exception):
    """The message says to a person what is in the way and what to do."""


def run(settings: Settings, tool_command: Sequence[str]) -> int:
    """Run until Ctrl-C, SIGTERM or the end of a child. Returns 0 when stopped on purpose, 1 when a part failed.

    ``tool_command`` is what starts the tool's command line; its arguments are added. Raises CannotStart.
    """
    with _own_data(settings.data_dir):
        _require_free(settings.tool_port, TOOL_PORT)
        _require_free(settings.lms_port, LMS_PORT)
        stopped = _stop_on_signals()
        print("Запускаем школу и инструмент…", flush=True)
        children = _start(settings, tool_command)
        try:
            return _accompany(settings, children, stopped)
        finally:
            for child in children:
                child.ask_to_end()
            for child in children:
                child.wait_or_kill(ENDING_SECONDS)


def _accompany(settings: Settings, children: list[Child], stopped: threading.Event) -> int:
    addresses = [f"{settings.issuer}/healthz", f"{settings.tool_url}/healthz"]
    ready = wait_until_healthy(
        addresses,
        children,
        stopped,
        FIRST_START_SECONDS,
        lambda: print("Готовим курсы и базу — в первый раз это занимает немного времени…", flush=True),
    )
    if ready:
        shown = _shortened(settings.data_dir)
        print(WELCOME.format(lms=settings.issuer, tool=settings.tool_url, data=shown), flush=True)
        while not stopped.wait(0.2) and all(child.exit_code is None for child in children):
            pass
    if stopped.is_set():
        print("\nОстанавливаем. Данные сохранены. / Stopped, the data are kept.", flush=True)
        return 0
    _say_what_died(children)
    return 1


def _say_what_died(children: list[Child]) -> None:
    dead = [child for child in children if child.exit_code is not None]
    for child in dead:
        print(f"\n{child.name} неожиданно остановился (код {child.exit_code}). Последние строки:", flush=True)
        for line in child.last_lines:
            print(f"    {line}")
        print(f"Весь вывод: {_shortened(child.log)}")
    if not dead:
        print(f"\nНе дождались ответа за {FIRST_START_SECONDS} с. Вывод программ: {_shortened(children[0].log.parent)}")
    print("Останавливаем остальное. Данные сохранены. / A part ended by itself; the rest is stopped.", flush=True)


def _start(settings: Settings, tool_command: Sequence[str]) -> list[Child]:
    data = settings.data_dir
    (data / "tool").mkdir(exist_ok=True)
    (data / "log").mkdir(exist_ok=True)
    platform_file = data / "platform.json"
    platform_file.write_text(json.dumps(registration(settings), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    lms_command = [sys.executable, "-m", "lti_tool.demo_lms.server", "--announce"]
    serve = ["serve", "--port", str(settings.tool_port), "--setup", "--platform-file", str(platform_file)]
    for name in ("lms", "tool"):
        # One start, one log: yesterday's lines would only confuse.
        (data / "log" / f"{name}.log").unlink(missing_ok=True)
    tool = Child(
        "Инструмент",
        [*tool_command, *serve],
        tool_environment(settings, os.environ),
        data / "log" / "tool.log",
        _tell_tool,
    )
    lms = Child("Школа", lms_command, _lms_environment(os.environ), data / "log" / "lms.log", _tell_lms)
    return [tool, lms]


def registration(settings: Settings) -> dict[str, Any]:
    """What the tool must know of this platform (the file of ``lyceum-city serve --platform-file``)."""
    return {
        "school": SCHOOL,
        "name": "Демо-школа",
        "issuer": settings.issuer,
        "client_id": CLIENT_ID,
        "deployment_ids": [DEPLOYMENT_ID],
        "auth_url": settings.auth_url,
        "token_url": settings.token_url,
        "jwks_url": settings.jwks_url,
        "family": FAMILY,
    }


def tool_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """The tool's environment; settings of a real installation in this shell must not reach the demonstration."""
    own = {name: value for name, value in environ.items() if not name.startswith("LYCEUM_")}
    return own | {
        "LYCEUM_DATA_DIR": str(settings.data_dir / "tool"),
        "LYCEUM_PUBLIC_URL": settings.tool_url,
        "LYCEUM_SECRET_KEY": kept_secret(settings.data_dir / "tool-secret-key").decode(),
        "LYCEUM_LANGUAGE": "ru",
        "LYCEUM_TIME_ZONE": "Asia/Yekaterinburg",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def _lms_environment(environ: Mapping[str, str]) -> dict[str, str]:
    # The lyceum's own time, as the tool shows it, written so that no table of time zones is needed.
    return dict(environ) | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "TZ": "<+05>-5"}


def _tell_lms(line: str) -> None:
    record = _json_object(line)
    if record and is_told(str(record.get("event"))):
        _tell("школа     ", describe(str(record.pop("event")), record))


def _tell_tool(line: str) -> None:
    record = _json_object(line)
    words = describe_tool(record) if record else None
    if words:
        _tell("инструмент", words)


def _tell(who: str, words: str) -> None:
    print(f"{datetime.now(UTC).astimezone():%H:%M:%S}  {who}  {words}", flush=True)


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line) if line.startswith("{") else None
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _stop_on_signals() -> threading.Event:
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    return stopped


def _require_free(port: int, variable: str) -> None:
    # 127.0.0.1 alone is looked at: both servers listen there, and `localhost` leads there.
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Порт {port} занят другой программой (или недоступен). Остановите её или выберите другой порт:\n"
                f"    {variable}={port + 10 if port < 65000 else port - 10} make demo\n"
                f"Port {port} is taken: set {variable} to another one."
            ) from error


@contextmanager
def _own_data(data_dir: Path) -> Iterator[None]:
    """Make the directory, mark it as ours, and hold it for one runner at a time."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        mark = (data_dir / MARK).open("a")
    except OSError as error:
        raise CannotStart(f"Не удаётся писать в {_shortened(data_dir)}: {error.strerror}.") from error
    with mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotStart(
                f"Демонстрация с данными {_shortened(data_dir)} уже идёт в другом окне. Остановите её там (Ctrl-C).\n"
                "The demonstration is already running in another window."
            ) from error
        yield


def reset(data_dir: Path) -> str:
    """Delete the demonstration's data and return what to say about it; raises CannotStart when that is not safe."""
    shown = _shortened(data_dir)
    if not data_dir.exists():
        return f"Данных демонстрации нет ({shown}): удалять нечего."
    if not (data_dir / MARK).exists():
        raise CannotStart(
            f"В {shown} лежат не данные демонстрации — ничего не удаляем. Проверьте LYCEUM_DEMO_DIR.\n"
            f"{shown} does not hold the demonstration's data: nothing was deleted."
        )
    with _own_data(data_dir):
        shutil.rmtree(data_dir)
    return f"Данные демонстрации удалены ({shown}). Следующий make demo начнёт с чистого листа."


def _shortened(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
