"""The lock files say what is installed, to the byte, and not where it comes from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK_FILES = ("run", "demo", "dev")
ADDRESSES = ("://", "--index", "--extra-index", "--find-links", "--trusted-host", "file:", " @ ", "-e ")


def entries(name: str) -> list[str]:
    """Return each pinned package as one line: continuation lines joined, comments dropped."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def versions(name: str) -> dict[str, str]:
    pins = [Requirement(entry.split(" --hash")[0]) for entry in entries(name)]
    return {canonicalize_name(pin.name): str(pin.specifier) for pin in pins}


@pytest.mark.parametrize("name", LOCK_FILES)
def test_every_package_has_one_version_and_its_hashes(name: str) -> None:
    one_version_with_hashes = re.compile(r"[\w.\[\]-]+==[\w.+!]+(?: ;[^#]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+")
    assert entries(name)
    assert [entry for entry in entries(name) if not one_version_with_hashes.fullmatch(entry)] == []


@pytest.mark.parametrize("name", LOCK_FILES)
def test_no_address_of_any_place_is_named(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert [word for word in ADDRESSES if word in text] == []


@pytest.mark.parametrize("name", ["run", "demo"])
def test_what_runs_is_what_was_tested(name: str) -> None:
    smaller, tested = versions(name), versions("dev")
    assert {package: version for package, version in smaller.items() if tested.get(package) != version} == {}


@pytest.mark.parametrize(
    ("name", "extras"),
    [
        ("run", ["build", "postgres", "redis"]),
        ("demo", ["build", "demo"]),
        ("dev", ["build", "postgres", "redis", "demo", "dev"]),
    ],
)
def test_every_dependency_of_the_project_is_locked_within_its_bounds(name, extras, pyproject) -> None:
    project = pyproject["project"]
    wanted = [Requirement(text) for extra in extras for text in project["optional-dependencies"][extra]]
    wanted += [Requirement(text) for text in project["dependencies"]]
    bounds = {canonicalize_name(requirement.name): requirement.specifier for requirement in wanted}
    bounds.pop(project["name"], None)  # the extra `dev` names the others through the project itself
    pinned = {package: version.removeprefix("==") for package, version in versions(name).items()}
    assert [package for package, bound in bounds.items() if not bound.contains(pinned.get(package, "0"))] == []
