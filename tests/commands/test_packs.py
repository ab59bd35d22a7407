"""``lyceum-city pack publish``, as an operator types it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli import main
from tests.packs import write_small

pytestmark = pytest.mark.browser_only  # has a database of its own

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command of an installation that was set up."""
    for name, value in {"DATA_DIR": str(tmp_path / "data"), "SECRET_KEY": "", "DATABASE_URL": ""}.items():
        monkeypatch.setenv(f"LYCEUM_{name}", value)

    def command(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(one) for one in arguments])

    assert command("setup").exit_code == 0
    return command


def test_a_folder_becomes_a_release_and_an_edit_the_next(run: Run, tmp_path: Path) -> None:
    folder = write_small(tmp_path / "small")
    assert "published: small, release 1\n" in run("pack", "publish", folder).output
    again = run("pack", "publish", folder)
    assert again.exit_code == 0
    assert "published already" in again.output
    write_small(folder, intro="Другими словами.")
    assert "published: small, release 2\n" in run("pack", "publish", folder).output


def test_a_pack_with_errors_is_not_published(run: Run, tmp_path: Path) -> None:
    folder = write_small(tmp_path / "small")
    (folder / "units" / "gate" / "intro.md").write_text("Без заголовка.\n", encoding="utf-8")
    done = run("pack", "publish", folder)
    assert done.exit_code == 1
    assert "intro.md:1:1: error P106" in done.output


def test_a_pack_belongs_to_one_school_or_to_all(run: Run, tmp_path: Path) -> None:
    folder = write_small(tmp_path / "small")
    unknown = run("pack", "publish", folder, "--school", "s57")
    assert unknown.exit_code == 2
    assert "no school s57" in unknown.output
    assert run("invite", "--school", "s57", "--title", "Школа № 57").exit_code == 0
    assert run("pack", "publish", folder, "--school", "s57").exit_code == 0
    write_small(folder, intro="Для всех.")
    refused = run("pack", "publish", folder)
    assert refused.exit_code == 1
    assert "another school" in refused.output


def test_publishing_tells_what_changed_and_whether_marks_may_differ(run: Run, tmp_path: Path) -> None:
    folder = write_small(tmp_path / "small")
    run("pack", "publish", folder)
    write_small(folder, intro="Другими словами.")
    told = run("pack", "publish", folder).output
    assert "  страница «Начало» (gate/intro): другие слова\n" in told
    assert "На результаты это не влияет." in told
    tasks = folder / "units" / "gate" / "tasks.yaml"
    tasks.write_text(tasks.read_text(encoding="utf-8").replace('"Урал"', '"Волга"'), encoding="utf-8")
    told = run("pack", "publish", folder, "--language", "en").output
    assert "task “Как зовут реку?” (gate/word): another key" in told
    assert "may earn another result" in told


def test_a_pack_is_withdrawn_and_offered_again(run: Run, tmp_path: Path) -> None:
    folder = write_small(tmp_path / "small")
    run("pack", "publish", folder)
    assert run("pack", "withdraw", "small").output.endswith("withdrawn: small, release 1\n")
    assert "withdrawn already" in run("pack", "withdraw", "small").output
    assert run("pack", "withdraw", "small", "--undo").output.endswith("offered again: small, release 1\n")
    unknown = run("pack", "withdraw", "small", "--release", "7")
    assert unknown.exit_code == 1
    assert "no pack small, release 7" in unknown.output
