"""``lyceum-city keys``, as an operator types it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli import main

pytestmark = pytest.mark.browser_only  # has a database of its own

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command of an installation that was set up."""
    for name, value in {"DATA_DIR": str(tmp_path), "SECRET_KEY": "", "OLD_SECRET_KEYS": "", "DATABASE_URL": ""}.items():
        monkeypatch.setenv(f"LYCEUM_{name}", value)

    def command(*arguments: str, **options: str) -> Result:
        return CliRunner().invoke(main, list(arguments), **options)

    assert command("setup").exit_code == 0
    return command


def kids(run: Run) -> dict[str, str]:
    """The published keys and what is said of each."""
    lines = run("keys", "list").output.splitlines()
    return {line.split()[0]: line.split()[1] for line in lines if line and not line.startswith("{")}


def test_rotation_publishes_a_key_that_signs_tomorrow(run: Run) -> None:
    ((first, state),) = kids(run).items()
    assert state == "signing"
    done = run("keys", "rotate")
    assert done.exit_code == 0
    assert "published: " in done.output
    assert sorted(kids(run).values()) == ["coming", "signing"]
    assert kids(run)[first] == "signing"


def test_a_second_rotation_says_that_one_is_under_way(run: Run) -> None:
    run("keys", "rotate")
    again = run("keys", "rotate")
    assert again.exit_code == 1
    assert "--now" in again.output
    assert len(kids(run)) == 2


def test_now_means_now(run: Run) -> None:
    (first,) = kids(run)
    assert run("keys", "rotate", "--now").exit_code == 0
    assert kids(run)[first] == "leaving"
    assert sorted(kids(run).values()) == ["leaving", "signing"]


def test_withdrawal_asks_first(run: Run) -> None:
    (first,) = kids(run)
    assert run("keys", "withdraw", first, input="n\n").exit_code == 1
    assert list(kids(run)) == [first]
    done = run("keys", "withdraw", first, input="y\n")
    assert done.exit_code == 0
    assert "platform check --all" in done.output
    assert first not in kids(run)
    assert list(kids(run).values()) == ["signing"]


def test_withdrawal_of_all(run: Run) -> None:
    before = set(kids(run))
    run("keys", "rotate")
    assert run("keys", "withdraw", "--all", "--yes").exit_code == 0
    assert not before & set(kids(run))
    assert list(kids(run).values()) == ["signing"]


@pytest.mark.parametrize("arguments", [[], ["some", "--all"]])
def test_withdrawal_wants_to_know_what(run: Run, arguments: list[str]) -> None:
    assert run("keys", "withdraw", "--yes", *arguments).exit_code == 2


def test_withdrawal_of_an_unknown_key(run: Run) -> None:
    done = run("keys", "withdraw", "--yes", "nothing")
    assert done.exit_code == 1
    assert "no such key" in done.output


def test_a_new_secret(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = kids(run)
    monkeypatch.setenv("LYCEUM_SECRET_KEY", "a new secret of the tests, long enough")
    assert kids(run)[first] == "unreadable"
    assert run("keys", "reseal").exit_code == 1
    monkeypatch.setenv("LYCEUM_OLD_SECRET_KEYS", f"another {(tmp_path / 'secret_key').read_text()}")
    assert kids(run)[first] == "signing"
    done = run("keys", "reseal")
    assert (done.exit_code, "sealed anew: 1" in done.output) == (0, True)
    monkeypatch.setenv("LYCEUM_OLD_SECRET_KEYS", "")
    assert kids(run)[first] == "signing"
