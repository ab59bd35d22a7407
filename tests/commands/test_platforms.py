"""``lyceum-city invite``, ``invitations`` and ``platform``, as an operator types them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli import main

pytestmark = pytest.mark.browser_only  # has a database of its own

Run = Callable[..., Result]
ISSUER = "https://moodle.school.test"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command of an installation that was set up."""
    settings = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "", "DATABASE_URL": "", "PUBLIC_URL": "https://city.test"}
    for name, value in settings.items():
        monkeypatch.setenv(f"LYCEUM_{name}", value)

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    assert command("setup").exit_code == 0
    return command


def add(run: Run, client_id: str = "client-1", *deployments: str) -> None:
    options = [part for one in deployments for part in ("--deployment-id", one)]
    done = run(
        "platform", "add", "--school", "s57", "--name", "Moodle", "--issuer", ISSUER, "--client-id", client_id,
        "--moodle", *options,
    )  # fmt: skip
    assert done.exit_code == 0, done.output


def test_an_invitation_is_a_link_and_what_to_tell_the_school(run: Run) -> None:
    done = run("invite", "--school", "s57", "--title", "Школа № 57")
    assert done.exit_code == 0
    assert re.search(r"https://city\.test/connect/[A-Za-z0-9_-]{43}\n", done.output)
    assert "Управление" in done.output
    assert "platform approve" in done.output
    assert "approve" not in run("invite", "--school", "s57", "--trusted", "--days", "3").output
    listed = run("invitations").output.splitlines()
    assert ["open" in line for line in listed if "s57" in line] == [True, False], "the newer one ends the older"
    assert "trusted" in listed[0]
    assert "connect/" not in run("invitations").output


@pytest.mark.parametrize(
    "arguments",
    [["--school", "s57"], ["--school", "Школа", "--title", "t"], ["--school", "s57", "--title", "t", "--days", "0"]],
)
def test_an_invitation_wants_to_know_for_whom(run: Run, arguments: list[str]) -> None:
    assert run("invite", *arguments).exit_code == 2


def test_platforms_are_listed_shown_switched_off_and_on(run: Run) -> None:
    add(run, "client-1", "1", "2")
    assert "deployments 1, 2" in run("platform", "list").output
    shown = run("platform", "show", "moodle.school.test").output
    assert "whatever a launch claims" in shown
    assert f"{ISSUER}/mod/lti/token.php" in shown
    assert run("platform", "switch-off", "client-1").output.startswith("off")
    assert "switched off" in run("platform", "list").output
    assert run("platform", "switch-on", ISSUER).output.startswith("active")


def test_a_key_must_mean_one_platform(run: Run) -> None:
    add(run, "client-1")
    add(run, "client-2")
    several = run("platform", "approve", "moodle.school.test")
    assert several.exit_code == 1
    assert "client-1" in several.output
    assert "client-2" in several.output
    assert run("platform", "show", "nobody").exit_code == 1
    number = run("platform", "list").output.split()[0]
    assert run("platform", "approve", number).output.startswith("active")


def test_an_unknown_deployment_is_not_approved(run: Run) -> None:
    add(run, "client-1", "1")
    assert run("platform", "approve", "client-1", "--deployment", "1").exit_code == 0
    assert run("platform", "approve", "client-1", "--deployment", "9").exit_code == 1


def test_a_platform_added_by_hand_is_not_renewed_from_here(run: Run) -> None:
    add(run)
    done = run("platform", "renew", "client-1")
    assert done.exit_code == 1
    assert "new invitation" in done.output


def test_what_to_enter_by_hand_is_printed(run: Run) -> None:
    assert "https://city.test/lti/jwks" in run("platform", "show").output
    assert "https://city.test/connect/manual" in run("platform", "show").output


def test_the_same_platform_is_not_added_twice(run: Run) -> None:
    add(run)
    again = ["platform", "add", "--school", "s57", "--name", "M", "--issuer", ISSUER, "--client-id", "client-1"]
    assert run(*again, "--moodle").exit_code == 1
    assert run(*again, "--moodle", "--if-absent").exit_code == 0
    assert run(*again).exit_code == 2
