"""Break the checks at the door one by one, and see whether a test notices: ``python tools/mutants.py [module …]``.

Each mutant is a copy of one module with one thing changed: a condition turned round or made always false, a comparison
that says the opposite, a refusal left out, a call whose only purpose is to refuse left out. For each the tests of
login, token, launch and roles are run in a process of their own until the first failure. A mutant that no test
notices is printed with its line. Takes some minutes; nothing in the working copy is changed.
"""

from __future__ import annotations

import ast
import copy
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
MODULES = ("lti_tool/lti/checks.py", "lti_tool/lti/message.py", "lti_tool/lti/launch.py", "lti_tool/lti/roles.py")
TESTS = (
    "tests/conformance/test_token.py",
    "tests/conformance/test_launch.py",
    "tests/conformance/test_login.py",
    "tests/lti/test_roles.py",
    "tests/conformance/test_mentors.py",
    "tests/conformance/test_identities.py",
)
WORKERS = 2
PATIENCE = 600  # seconds for one mutant; one that hangs is noticed as well

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
    """Tell whether the tests say nothing of a mutant."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mutant.py"
        path.write_text(mutant.source, encoding="utf-8")
        name = mutant.module.removesuffix(".py").replace("/", ".")
        told = {"MUTANT_MODULE": name, "MUTANT_SOURCE": str(path), "PYTHONPATH": str(ROOT)}
        # This very module is the plugin that puts the mutant in the place of the module, see the end.
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tools.mutants", "-p", "no:cacheprovider", *TESTS]
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=os.environ | told, capture_output=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


class _Mutated:
    """Finds one module in another file than its own."""

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return where the mutant is."""
        if name != os.environ["MUTANT_MODULE"]:
            return None
        return importlib.util.spec_from_file_location(name, os.environ["MUTANT_SOURCE"])


def main(modules: Sequence[str]) -> int:
    """Try all mutants; print those that live."""
    tried = [mutant for module in modules or MODULES for mutant in mutants(module)]
    with ThreadPoolExecutor(WORKERS) as pool:
        alive = [one for one, lives in zip(tried, pool.map(survives, tried), strict=True) if lives]
    for mutant in alive:
        print(f"{mutant.module}:{mutant.line}: {mutant.change}")
    print(f"{len(tried)} mutants, {len(alive)} not noticed")
    return 1 if alive else 0


if "MUTANT_MODULE" in os.environ:
    sys.meta_path.insert(0, _Mutated())

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
