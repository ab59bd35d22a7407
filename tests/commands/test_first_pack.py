"""The guide «Первый пакет за полчаса» is true: its files are written, its commands run, their output is as shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from lti_tool.cli import main

pytestmark = pytest.mark.browser_only  # has a database of its own

GUIDE = (Path(__file__).parents[2] / "docs/authoring/guide.md").read_text(encoding="utf-8")
PARTS = re.compile(
    r"^`(?P<file>[\w./-]+)`\n\n```\w+\n(?P<content>.*?)^```$"
    r"|^```sh\n(?P<commands>.*?)^```$"
    r"|^```text\n(?P<output>.*?)^```$"
    r"|[Бб]ыло `(?P<old>[^`]+)` — стало `(?P<new>[^`]+)` \(в файле\s`(?P<where>[^`]+)`\)",
    re.MULTILINE | re.DOTALL,
)


def run(line: str) -> str:
    program, *arguments = line.partition("#")[0].split()
    if program == "mkdir":
        Path(arguments[-1]).mkdir(parents=True)
        return ""
    assert program == "lyceum-city"
    done = CliRunner().invoke(main, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.output


def test_the_way_from_an_empty_folder_to_a_published_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"DATA_DIR": str(tmp_path / "data"), "SECRET_KEY": "", "DATABASE_URL": ""}.items():
        monkeypatch.setenv(f"LYCEUM_{name}", value)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    run("lyceum-city setup")
    output, seen = "", 0
    for part in PARTS.finditer(GUIDE):
        seen += 1
        if part["file"]:
            Path(part["file"]).write_text(part["content"], encoding="utf-8")
        elif part["commands"]:
            output = "".join(map(run, part["commands"].splitlines()))
        elif part["output"]:
            for line in part["output"].splitlines():
                assert line in output
        else:
            text = Path(part["where"]).read_text(encoding="utf-8")
            assert text.count(part["old"]) == 1
            Path(part["where"]).write_text(text.replace(part["old"], part["new"]), encoding="utf-8")
    assert seen == 17
    assert output == "withdrawn: clean-desk, release 1\n"
    assert "Смету щёткой" in Path("clean-desk.html").read_text(encoding="utf-8")
    assert "Лист для учителя" in Path("list.html").read_text(encoding="utf-8")
