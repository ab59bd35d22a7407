"""The content engine: reading a large pack, marking, and holding many releases in memory."""

from __future__ import annotations

import gc
import shutil
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from course_packs import CompiledPack, compile_pack, get_type, lint_pack
from course_packs.tasks import concrete
from lti_tool.catalog.releases import Packs

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "authoring" / "every-task"
SHORTEST = 0.2  # seconds that a throughput is watched for


@dataclass(slots=True)
class Content:
    """What was measured: processor seconds, marks a second by type, bytes."""

    units: int
    tasks: int
    lint_seconds: float = 0
    compile_seconds: float = 0
    read_back_seconds: float = 0
    marks_per_second: dict[str, float] = field(default_factory=dict)
    releases: int = 0
    all_bytes: int = 0
    held: int = 0
    held_bytes: int = 0


def read_large_pack(folder: Path, *, units: int, releases: int) -> Content:
    """Write a pack of so many units, read it, mark with its tasks, and load so many releases of it.

    Args:
        folder: an empty folder for the pack.
    """
    source = compile_pack(EXAMPLES)
    path = _write(folder / "large", source, units)
    measured = Content(units=units, tasks=0)
    measured.lint_seconds = _best(lambda: lint_pack(path))
    measured.compile_seconds = _best(lambda: compile_pack(path))
    pack = compile_pack(path)
    measured.tasks = len(pack.tasks)
    text = pack.to_json()
    measured.read_back_seconds = _best(lambda: CompiledPack.from_json(text))
    measured.marks_per_second = _marking(source)
    _memory(measured, source, releases)
    return measured


def _write(path: Path, source: CompiledPack, units: int) -> Path:
    """The pack of examples, its units repeated until there are enough."""
    shutil.copytree(EXAMPLES, path)
    names = [unit.id for unit in source.units]
    copies = {f"{names[number % len(names)]}-{number}": names[number % len(names)] for number in range(units)}
    for copy, name in copies.items():
        shutil.copytree(EXAMPLES / "units" / name, path / "units" / copy)
    for name in names:
        shutil.rmtree(path / "units" / name)
    manifest = (path / "pack.yaml").read_text(encoding="utf-8")
    head = manifest[: manifest.index("units:")]
    (path / "pack.yaml").write_text(head + "units:\n" + "".join(f"  - {copy}\n" for copy in copies), encoding="utf-8")
    return path


def _best(work: Callable[[], object], times: int = 3) -> float:
    """Processor seconds, the fewest of a few: what the work costs when nothing else happens on the machine."""
    seconds = []
    for _ in range(times):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return min(seconds)


def _marking(pack: CompiledPack) -> dict[str, float]:
    """Marks a second with the right answer of each type's first example."""
    rates: dict[str, float] = {}
    for task in (concrete(one, 7) for one in pack.tasks):
        if task.type in rates:
            continue
        kind = get_type(task.type)
        answer = kind.solution(task, language="ru")
        begun, count = time.process_time(), 0
        while (spent := time.process_time() - begun) < SHORTEST:
            kind.mark(task, answer)
            count += 1
        rates[task.type] = count / spent
    return rates


def _memory(measured: Content, source: CompiledPack, releases: int) -> None:
    """Different releases read from their stored text, as a process reads them: all at once, and as many as it holds."""
    texts = [replace(source, id=f"pack-{number}").to_json() for number in range(releases)]
    measured.releases = releases
    measured.all_bytes = _bytes_of(texts)
    measured.held = min(Packs().size, releases)
    measured.held_bytes = _bytes_of(texts[: measured.held])


def _bytes_of(texts: list[str]) -> int:
    gc.collect()
    tracemalloc.start()
    packs = [CompiledPack.from_json(text) for text in texts]
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(packs) == len(texts)
    return taken
