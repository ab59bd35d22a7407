"""``make demo``: both programs start, are told of in plain words, and end together."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from lti_tool.demo_lms import __main__ as program
from lti_tool.demo_lms.runner import registration, tool_environment
from lti_tool.demo_lms.settings import Settings, SettingsError, from_environment

STUB = Path(__file__).with_name("stub_tool.py")
START_WITH_STUB = f"""
import sys
from lti_tool.demo_lms.runner import run
from lti_tool.demo_lms.settings import from_environment
sys.exit(run(from_environment(), [sys.executable, {str(STUB)!r}]))
"""


def free_ports() -> tuple[int, int]:
    """Two ports nobody listens on just now."""
    with socket.socket() as one, socket.socket() as two:
        for probe in (one, two):
            probe.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    tool, lms = free_ports()
    return dict(os.environ) | {
        "LYCEUM_DEMO_DIR": str(tmp_path / "demo"),
        "LYCEUM_DEMO_TOOL_PORT": str(tool),
        "LYCEUM_DEMO_LMS_PORT": str(lms),
    }


@contextmanager
def running(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The runner with the stub as its tool, ready; whatever happens it is gone afterwards."""
    demo = subprocess.Popen(
        [sys.executable, "-c", START_WITH_STUB],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    try:
        yield demo
    finally:
        if demo.poll() is None:
            demo.send_signal(signal.SIGTERM)
        demo.wait(40)
        assert demo.stdout is not None
        demo.stdout.close()


def read_until(demo: subprocess.Popen[str], words: str) -> str:
    """The output up to the line with these words."""
    assert demo.stdout is not None
    seen = ""
    for line in demo.stdout:
        seen += line
        if words in line:
            return seen
    raise AssertionError(f"«{words}» never came:\n{seen}")


def run_module(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lti_tool.demo_lms", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )


def test_from_start_to_ctrl_c(environment: dict[str, str]) -> None:
    school = f"http://127.0.0.1:{environment['LYCEUM_DEMO_LMS_PORT']}"
    with running(environment) as demo:
        seen = read_until(demo, "In English")
        assert school in seen
        assert f"http://localhost:{environment['LYCEUM_DEMO_TOOL_PORT']}" in seen

        browser = requests.Session()
        browser.post(f"{school}/enter", data={"person": "timur"}, timeout=30)
        page = browser.get(f"{school}/as/timur/activity/start", timeout=30).text
        for _ in range(3):
            page = submit(browser, page)
        assert "Тимур Ясенев" in page
        assert "Тимур открыл занятие" in read_until(demo, "открыл занятие")
        assert "инструмент  занятие открыто" in read_until(demo, "инструмент  занятие открыто")

        again = subprocess.run(
            [sys.executable, "-c", START_WITH_STUB.replace("sys.exit(run", "print(run")],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert "уже идёт в другом окне" in again.stderr

        demo.send_signal(signal.SIGINT)
        assert demo.wait(40) == 0
        assert "Данные сохранены" in read_until(demo, "Данные сохранены")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{school}/healthz", timeout=2)

    before = processor_seconds()
    with running(environment) as demo:
        read_until(demo, "In English")
        browser.cookies.clear()
        browser.post(f"{school}/enter", data={"person": "olga"}, timeout=30)
        assert "Тимур открыл занятие" in browser.get(f"{school}/as/olga/gradebook", timeout=30).text, "data stay"
    assert processor_seconds() - before < 4, "a second start may take five seconds, the tool included"


def processor_seconds() -> float:
    """What all processes of this test that have ended took; unlike the clock it does not mind a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def submit(browser: requests.Session, page: str) -> str:
    """Send the self-submitting form of a page, or give back a page without one."""
    action = re.search(r'<form id="onward" method="post" action="([^"]+)"', page)
    if action is None:
        return page
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    fields = {name: value.replace("&#34;", '"').replace("&amp;", "&") for name, value in fields.items()}
    return browser.post(action[1], data=fields, timeout=30).text


def test_when_one_program_dies_the_other_is_ended_and_it_is_said(environment: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("print('the course could not be read'); raise SystemExit(3)")
    script = START_WITH_STUB.replace(str(STUB), str(broken))
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert "Инструмент неожиданно остановился (код 3)" in done.stdout
    assert "the course could not be read" in done.stdout
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{environment['LYCEUM_DEMO_LMS_PORT']}/healthz", timeout=2)


@pytest.mark.parametrize("variable", ["LYCEUM_DEMO_TOOL_PORT", "LYCEUM_DEMO_LMS_PORT"])
def test_a_taken_port_is_named_with_its_variable(
    environment: dict[str, str], variable: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        for name, value in (environment | {variable: port}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(program, "_tool_command", lambda: [sys.executable, str(STUB)])
        assert program.main([]) == 2
    said = capsys.readouterr().out
    assert f"Порт {port} занят" in said
    assert f"{variable}=" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("port", ["0", "70000", "eight", "-1", "8 0"])
def test_a_port_that_is_none_is_said_in_plain_words(environment: dict[str, str], port: str) -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment(environment | {"LYCEUM_DEMO_TOOL_PORT": port})
    assert refused.value.variable == "LYCEUM_DEMO_TOOL_PORT"


def test_a_wrong_variable_ends_the_program_with_a_message(environment: dict[str, str]) -> None:
    done = run_module(environment | {"LYCEUM_DEMO_LMS_PORT": "eight"})
    assert done.returncode == 2
    assert "LYCEUM_DEMO_LMS_PORT = «eight» не подходит" in done.stdout
    assert done.stderr == ""


def test_the_two_ports_differ() -> None:
    with pytest.raises(SettingsError):
        from_environment({"LYCEUM_DEMO_TOOL_PORT": "8001"})


def test_reset_deletes_the_demonstrations_data_only(environment: dict[str, str], tmp_path: Path) -> None:
    data = tmp_path / "demo"
    assert "удалять нечего" in run_module(environment, "--reset").stdout
    data.mkdir()
    (data / "thesis.txt").write_text("years of work")
    refused = run_module(environment, "--reset")
    assert refused.returncode == 2
    assert "ничего не удаляем" in refused.stdout
    assert (data / "thesis.txt").exists()
    (data / ".lyceum-demo").touch()
    assert "удалены" in run_module(environment, "--reset").stdout
    assert not data.exists()


def test_settings_of_a_real_installation_do_not_reach_the_demonstration(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    shell = {"PATH": "/bin", "LYCEUM_DATABASE_URL": "postgresql://real", "LYCEUM_SECRET_KEY": "real"}
    environment = tool_environment(settings, shell)
    assert "LYCEUM_DATABASE_URL" not in environment
    assert environment["PATH"] == "/bin"
    assert environment["LYCEUM_PUBLIC_URL"] == "http://localhost:8000"
    assert environment["LYCEUM_DATA_DIR"] == str(tmp_path / "tool")
    assert environment["LYCEUM_SECRET_KEY"] != "real"
    assert environment["LYCEUM_SECRET_KEY"] == tool_environment(settings, shell)["LYCEUM_SECRET_KEY"], "made once"
    assert stat.S_IMODE((tmp_path / "tool-secret-key").stat().st_mode) == 0o600


def test_the_tool_is_told_of_the_platform_in_one_file() -> None:
    assert json.loads(json.dumps(registration(Settings(data_dir=Path())))) == {
        "school": "demo-school",
        "name": "Демо-школа",
        "issuer": "http://127.0.0.1:8001",
        "client_id": "demo-client",
        "deployment_ids": ["demo-1"],
        "auth_url": "http://127.0.0.1:8001/auth",
        "token_url": "http://127.0.0.1:8001/token",
        "jwks_url": "http://127.0.0.1:8001/jwks",
        "family": "lyceum-demo-lms",
    }
