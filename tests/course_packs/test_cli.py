"""The commands an author runs."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from course_packs import CompiledPack
from course_packs.cli import pack
from course_packs.preview import preview_html, preview_server
from tests.course_packs.samples import compiled, edited, files_with


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "small-pack"
    for path, content in files_with().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(pack, [str(argument) for argument in arguments])


def break_pack(folder: Path) -> None:
    (folder / "pack.yaml").write_text(str(edited("pack.yaml", "kind: course", "kind: x")["pack.yaml"]))


def test_lint_is_content_with_a_sound_pack(folder: Path) -> None:
    result = run("lint", folder, "--no-advice")
    assert (result.exit_code, result.output) == (0, f"{folder.as_posix()}: всё в порядке\n")


def test_advice_does_not_fail_and_is_counted(folder: Path) -> None:
    result = run("lint", folder)
    assert result.exit_code == 0
    assert "advice P512" in result.output
    assert "ошибок 0, предупреждений 0, советов " in result.output
    assert "errors 0, warnings 0, advice " in run("lint", folder, "--language", "en").output


def test_lint_names_file_line_and_remedy_and_fails(folder: Path) -> None:
    break_pack(folder)
    result = run("lint", folder, "--language", "en")
    assert result.exit_code == 1
    assert f"{folder.as_posix()}/pack.yaml:3:7: error P011: value “x” does not fit" in result.output
    assert "errors 1, warnings 0" in result.output


def test_warnings_do_not_fail(folder: Path) -> None:
    (folder / "notes.txt").write_text("x")
    result = run("lint", folder)
    assert result.exit_code == 0
    assert "warning P027" in result.output


def test_lint_speaks_json_to_machines(folder: Path) -> None:
    break_pack(folder)
    (report,) = json.loads(run("lint", folder, "--format", "json").output)
    assert report["diagnostics"][0] | {"message": "", "remedy": ""} == {
        "file": "pack.yaml", "line": 3, "column": 7, "severity": "error", "code": "P011", "message": "", "remedy": "",
    }  # fmt: skip


def test_build_writes_the_canonical_json(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "pack.json"
    result = run("build", folder, "-o", target)
    assert result.exit_code == 0
    built = CompiledPack.from_json(target.read_text())
    assert built == compiled(files_with())
    assert built.digest in result.output


def test_build_refuses_a_broken_pack_and_writes_nothing(folder: Path, tmp_path: Path) -> None:
    break_pack(folder)
    result = run("build", folder, "-o", tmp_path / "pack.json")
    assert result.exit_code == 1
    assert not (tmp_path / "pack.json").exists()


def test_preview_shows_everything_and_marks_the_keys(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "preview.html"
    assert run("preview", folder, "-o", target).exit_code == 0
    html = target.read_text()
    for words in ("Малый пакет", "Заголовок", "Кого спросить?", "тьютор", "25 ± 0.5", "Сталь", "газ", "Потерян ноль"):
        assert words in html
    assert re.search(r'class="right"><span class="sign">✓</span> a\) Куратора', html)
    assert 'src="data:image/svg+xml;base64,' in html
    assert "media:circle.svg" not in html


def test_preview_refuses_a_broken_pack(folder: Path, tmp_path: Path) -> None:
    break_pack(folder)
    result = run("preview", folder, "-o", tmp_path / "preview.html")
    assert result.exit_code == 1
    assert not (tmp_path / "preview.html").exists()


def test_preview_needs_a_file_or_a_port(folder: Path) -> None:
    assert run("preview", folder).exit_code == 2


def test_preview_speaks_english_and_falls_back_to_the_main_language() -> None:
    html = preview_html(compiled(files_with()), "en")
    assert '<html lang="en">' in html
    assert "Small pack" in html
    assert "Кого спросить?" in html


def test_the_module_runs_by_itself_and_serves_until_interrupted(folder: Path) -> None:
    command = [sys.executable, "-m", "course_packs", "preview", str(folder), "--serve", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = re.match(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
            assert address is not None
            assert "Малый пакет" in get(int(address[1]))[1]
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()  # whatever went wrong: the block waits for its end


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    with preview_server(folder, "ru", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def get(port: int, path: str = "/", host: str = "127.0.0.1") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    response = connection.getresponse()
    status, body = response.status, response.read().decode()
    connection.close()
    return status, body


def test_the_served_preview_follows_the_author_s_changes(folder: Path, port: int) -> None:
    assert "Малый пакет" in get(port)[1]
    break_pack(folder)
    status, body = get(port)
    assert status == 200
    assert "pack.yaml:3:7: error P011" in body
    assert "Малый пакет" not in body


def test_the_served_preview_answers_this_machine_only(port: int) -> None:
    assert get(port, host="evil.example")[0] == 404
    assert get(port, path="/etc/passwd")[0] == 404
