"""The demonstration LMS is an independent judge: it knows nothing of the tool, and the tool nothing of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import lti_tool.demo_lms

PACKAGE = Path(lti_tool.demo_lms.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
OURS = ("lti_tool", "course_packs", "mentor_training", "onboarding_course", "pylti1p3", "tests")


def imported(module: Path) -> Iterator[str]:
    """What a module imports; relative names as they are written, with their dots."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_no_module_imports_the_tool(module: Path) -> None:
    for name in imported(module):
        assert not name.startswith(".."), f"{module.name} looks outside its package: {name}"
        assert name.lstrip(".").split(".")[0] not in OURS or name.startswith("."), f"{module.name} imports {name}"


def test_nothing_of_the_tool_imports_it() -> None:
    root = PACKAGE.parent.parent
    others = [
        module
        for folder in ("lti_tool", "course_packs", "mentor_training", "onboarding_course")
        for module in (root / folder).rglob("*.py")
        if not module.is_relative_to(PACKAGE)
    ]
    assert [module.name for module in others if any("demo_lms" in name for name in imported(module))] == []
