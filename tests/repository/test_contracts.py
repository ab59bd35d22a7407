"""The contracts on imports leave no module out; see ``[tool.importlinter]`` in pyproject.toml."""

from __future__ import annotations

import re
from typing import Any

import pytest


@pytest.fixture(scope="module")
def contracts(pyproject: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {contract["id"]: contract for contract in pyproject["tool"]["importlinter"]["contracts"]}


@pytest.fixture(scope="module")
def modules(root) -> set[str]:
    """The modules and packages that stand directly in lti_tool."""
    packages = {path.parent.name for path in (root / "lti_tool").glob("*/__init__.py")}
    files = {path.stem for path in (root / "lti_tool").glob("*.py")}
    return (packages | files) - {"__init__", "__main__"}


def test_the_demonstration_lms_is_kept_from_every_module_of_the_tool(contracts, modules) -> None:
    forbidden = {name.removeprefix("lti_tool.") for name in contracts["stranger"]["forbidden_modules"]}
    assert modules - {"demo_lms"} - forbidden == set()


def test_every_module_of_the_tool_has_its_floor(contracts, modules) -> None:
    floors = {name.strip("() ") for layer in contracts["rooms"]["layers"] for name in re.split(r"[|:]", layer)}
    assert modules - {"demo_lms"} - floors == set()


def test_strict_typing_stands_where_it_was_promised(pyproject) -> None:
    strict = [override["module"] for override in pyproject["tool"]["mypy"]["overrides"] if "extra_checks" in override]
    assert strict == [["course_packs.*", "lti_tool.lti.*", "lti_tool.gradebook.*"]]
