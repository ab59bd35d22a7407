"""Break the checks at the door one by one, and see whether a test notices: ``python tools/mutants.py [module …]``.

Each mutant is one module with one thing changed: a condition that never holds, a part of a condition left out, a
comparison that says the opposite, a call left out whose result nobody uses. The tests of login, token, launch, roles
and identities are run on it until the first failure, in a process of its own that has everything imported already.
A mutant that no test notices is printed with its line. Takes some minutes; nothing on the disk is changed.
"""

from __future__ import annotations

import ast
import copy
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = ("lti_tool/lti/checks.py", "lti_tool/lti/message.py", "lti_tool/lti/launch.py", "lti_tool/lti/roles.py")
TESTS = (
    "tests/conformance/test_token.py",
    "tests/conformance/test_launch.py",
    "tests/conformance/test_login.py",
    "tests/lti/test_roles.py",
    "tests/conformance/test_mentors.py",
    "tests/conformance/test_identities.py",
    "tests/conformance/test_storage_and_browser.py",
    "tests/conformance/test_deep_linking.py",
    "tests/conformance/test_messages.py",
)
LEFT_OUT = "not l_22"  # a thousand tokens: slow, and what it sees others see as well
WORKERS = 2

OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed module."""

    module: str
    line: int
    change: str
    source: str


def mutants(module: str) -> Iterator[Mutant]:
    """Yield every mutant of a module."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    count = sum(1 for _ in ast.walk(tree))
    for number in range(count):
        changed = copy.deepcopy(tree)
        node = list(ast.walk(changed))[number]
        for change in _changes(node):
            yield Mutant(module, getattr(node, "lineno", 0), change, ast.unparse(ast.fix_missing_locations(changed)))


def _changes(node: ast.AST) -> Iterator[str]:
    """Change a node, say how, and change it back when asked for the next change."""
    if isinstance(node, ast.If):
        test = node.test
        node.test = ast.Constant(value=False)
        yield "never so: if " + ast.unparse(test)
        node.test = test
    if isinstance(node, ast.BoolOp):
        values = node.values
        for left_out in range(len(values)):
            node.values = [value for place, value in enumerate(values) if place != left_out]
            if len(node.values) == 1:
                node.values = node.values * 2
            yield "left out: " + ast.unparse(values[left_out])
        node.values = values
    if isinstance(node, ast.Compare):
        operators = node.ops
        for place, operator in enumerate(operators):
            opposite = OPPOSITE[type(operator)]()
            node.ops = [opposite if at == place else one for at, one in enumerate(operators)]
            yield "turned round: " + ast.unparse(node)
        node.ops = operators
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        node.value = ast.Constant(value=None)
        yield "not called: " + ast.unparse(call)
        node.value = call


def survives(mutant: Mutant) -> bool:
    """Tell whether the tests say nothing of a mutant. Changes the running process, which must be one of its own."""
    name = mutant.module.removesuffix(".py").replace("/", ".")
    _put_in_place(importlib.import_module(name), compile(mutant.source, mutant.module, "exec"))
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    options = ["-q", "-x", "--assert=plain", "-p", "no:cacheprovider", "-k", LEFT_OUT]
    with tempfile.TemporaryDirectory() as folder:  # of its own: another run of pytest tidies up the usual place
        return pytest.main([*options, f"--basetemp={folder}/base", *TESTS]) == 0


def _put_in_place(owner: Any, code: CodeType) -> None:
    """Give the functions of a module or class the code of the mutant: whoever holds them already holds the mutant."""
    changed = {one.co_name: one for one in code.co_consts if isinstance(one, CodeType)}
    for name, value in vars(owner).items():
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if name not in changed or getattr(function, "__module__", None) != getattr(owner, "__module__", owner.__name__):
            continue
        if isinstance(function, FunctionType):
            if function.__code__.co_freevars == changed[name].co_freevars:
                function.__code__ = changed[name]
        elif isinstance(function, type):
            _put_in_place(function, changed[name])


def main(modules: Sequence[str]) -> int:
    """Try all mutants; print those that live."""
    tried = [mutant for module in modules or MODULES for mutant in mutants(module)]
    importlib.import_module("lti_tool.app")  # once for all of them
    alive = 0
    with get_context("fork").Pool(WORKERS, maxtasksperchild=1) as pool:
        for mutant, lives in zip(tried, pool.imap(survives, tried), strict=True):
            if lives:
                alive += 1
                print(f"{mutant.module}:{mutant.line}: {mutant.change}", flush=True)
    print(f"{len(tried)} mutants, {alive} not noticed")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
