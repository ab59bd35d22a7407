"""What the documents promise is there: commands, links, variables, the version."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/README.md", "docs/operations.md")


def targets(root: Path) -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_command_that_is_spoken_of_exists(name: str, root: Path) -> None:
    text = (root / name).read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"`([^`\n]+)`", text) + re.findall(r"```\w*\n(.*?)```", text, re.DOTALL))
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code)) - targets(root) == set()


def test_the_first_screen_of_the_readme_is_the_two_commands(root: Path) -> None:
    first_screen = "\n".join((root / "README.md").read_text(encoding="utf-8").splitlines()[:15])
    assert re.findall(r"^make ([a-z-]+)", first_screen, re.MULTILINE) == ["demo", "test"]


def test_make_alone_explains_every_command(root: Path) -> None:
    shown = subprocess.run(["make"], cwd=root, check=True, capture_output=True, text=True).stdout
    assert {target for target in targets(root) if f"make {target}" not in shown} == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_within_the_repository_leads_somewhere(name: str, root: Path) -> None:
    document = root / name
    links = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    inside = [unquote(link.split("#")[0]) for link in links if "://" not in link and not link.startswith("#")]
    assert [link for link in inside if not (document.parent / link).exists()] == []


def test_the_changelog_knows_the_version(root: Path, pyproject) -> None:
    headings = re.findall(r"^## \[([^\]]+)\]", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert pyproject["project"]["version"] in headings


def test_every_setting_stands_in_the_operations_guide(root: Path) -> None:
    code = (root / "lti_tool" / "config.py").read_text(encoding="utf-8")
    guide = (root / "docs" / "operations.md").read_text(encoding="utf-8")
    read = set(re.findall(r"""\b(?:get|seconds|count)\(\s*"([A-Z_]+)\"""", code))
    assert read
    assert read == set(re.findall(r"^\| `LYCEUM_([A-Z_]+)`", guide, re.MULTILINE))
