"""Which test proves what of LTI 1.3 Advantage: ``python tools/conformance.py [--check | --gaps]``.

Reads the checklist and the names of the tests of ``tests/conformance`` and, for what only a browser can show, of
``tests/e2e``; writes ``docs/conformance.md``. A test named ``test_l_01_…`` proves L-01; ``test_l_01_l_02_…`` proves
both. ``--gaps`` lists what nothing proves yet; ``--check`` changes nothing and ends with 1 when the table would say
something untrue.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
FOLDERS = ("conformance", "e2e")
CHECKLIST = TESTS / "conformance" / "checklist.toml"
PAGE = ROOT / "docs" / "conformance.md"

_ID = re.compile(r"([a-z])_(\d\d)(?=_|$)_?", re.IGNORECASE)

HEAD = """\
# Соответствие LTI 1.3 Advantage

Что требуется от инструмента и какой тест это доказывает. Таблицу собирает `python tools/conformance.py` из
[перечня](../tests/conformance/checklist.toml) и имён тестов; тест следит, чтобы она не отставала. Доказательства
одного пункта:

```sh
.venv/bin/python -m pytest tests/conformance tests/e2e -k l_13
```

*In English: every demand of the checklist, where it comes from, and the tests that prove it. Generated from the names
of the tests.*
"""


@dataclass(frozen=True, slots=True)
class Demand:
    """One item of the checklist."""

    id: str
    requirement: str
    source: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A test whose name carries ids."""

    ids: tuple[str, ...]
    file: str
    name: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """All items by chapter, and those that are consciously not served, with the reason."""

    chapters: Mapping[str, Sequence[Demand]]
    declined: Mapping[str, str]

    @property
    def ids(self) -> list[str]:
        """The ids of all items, in their order."""
        return [demand.id for demands in self.chapters.values() for demand in demands]


def read_checklist(path: Path = CHECKLIST) -> Checklist:
    """Read the checklist."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    declined = document.pop("declined")
    return Checklist(
        chapters={
            chapter.pop("title"): [Demand(name, *texts) for name, texts in chapter.items()]
            for chapter in document.values()
        },
        declined=declined,
    )


def proofs(tests: Path = TESTS) -> list[Proof]:
    """Return the tests that carry ids, found in the source: nothing is imported."""
    found = []
    for path in (path for folder in FOLDERS for path in sorted((tests / folder).rglob("test_*.py"))):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [node.name for node in _functions(tree)]
        file = path.relative_to(tests).as_posix()
        found += [Proof(ids, file, name) for name in names if (ids := ids_of(name))]
    return found


def ids_of(name: str) -> tuple[str, ...]:
    """Return the ids at the head of a test's name: ``test_l_01_l_02_…`` → L-01, L-02."""
    rest, ids = name.removeprefix("test_"), []
    while name.startswith("test_") and (match := _ID.match(rest)):
        ids.append(f"{match[1].upper()}-{match[2]}")
        rest = rest[match.end() :]
    return tuple(ids)


def unproved(checklist: Checklist, found: Sequence[Proof]) -> list[str]:
    """Return the ids that have neither a test nor a reason."""
    proved = {one for proof in found for one in proof.ids}
    return [one for one in checklist.ids if one not in proved and one not in checklist.declined]


def contradictions(checklist: Checklist, found: Sequence[Proof]) -> list[str]:
    """Return what is wrong with the names: ids that nobody knows, and declined ones that have a test."""
    known = set(checklist.ids)
    wrong = [f"{one}: declined, but not on the list" for one in checklist.declined if one not in known]
    for proof in found:
        for one in proof.ids:
            if one not in known:
                wrong.append(f"{proof.file}::{proof.name}: {one} is not on the list")
            elif one in checklist.declined:
                wrong.append(f"{proof.file}::{proof.name}: {one} is declined")
    return wrong


def page(checklist: Checklist, found: Sequence[Proof]) -> str:
    """Return the document."""
    lines = [HEAD]
    proved = sum(any(one in proof.ids for proof in found) for one in checklist.ids)
    lines.append(f"Пунктов {len(checklist.ids)}: доказано {proved}, отклонено {len(checklist.declined)}.\n")
    for title, demands in checklist.chapters.items():
        lines += [f"## {title}\n", "| Id | What is demanded | Source | Proved by |", "| --- | --- | --- | --- |"]
        lines += [_row(demand, checklist, found) for demand in demands]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _row(demand: Demand, checklist: Checklist, found: Sequence[Proof]) -> str:
    reason = checklist.declined.get(demand.id)
    mine = [proof for proof in found if demand.id in proof.ids]
    tests = [f"[{proof.file}::{proof.name}](../tests/{proof.file})" for proof in mine]
    last = f"declined: {reason}" if reason else "<br>".join(tests) or "—"
    cells = (demand.id, demand.requirement, demand.source, last)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def main(arguments: Sequence[str]) -> int:
    """Do what the command says; return its exit status."""
    checklist, found = read_checklist(), proofs()
    gaps, wrong = unproved(checklist, found), contradictions(checklist, found)
    for line in wrong:
        print(line)
    if "--gaps" in arguments:
        print(f"{len(gaps)} of {len(checklist.ids)} without a test:", " ".join(gaps) or "none")
        return 0
    document = page(checklist, found)
    if "--check" not in arguments:
        PAGE.write_text(document, encoding="utf-8")
        return 1 if wrong else 0
    stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != document
    if stale:
        print(f"{PAGE.relative_to(ROOT)} is stale: python tools/conformance.py")
    return 1 if wrong or stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
