"""What can only be said of a pack as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from course_packs.format.diagnostics import START, Report
from course_packs.format.markdown import plain_text
from course_packs.format.model import CompiledPack, Task
from course_packs.format.yaml_source import MappingNode, ScalarNode, SequenceNode

_UNIT_FILE: Final = re.compile(r"units/([^/]+)/([^/]+)")
_LEAVE_ALONE: Final = re.compile(r"(?:README|LICENSE|NOTICE)(?:\.[a-z]+)*", re.IGNORECASE)
_FEWEST_CHOICES: Final = 3


def check_pack(pack: CompiledPack, manifest: MappingNode, files: Mapping[str, bytes], report: Report) -> None:
    """Weights, minutes, give-away lengths, and files that nothing uses."""
    listed = listed_units(manifest)
    _check_files(pack, listed, files, report)
    if listed is None or len(pack.units) < len(listed):
        return  # a unit that could not be read would make every sum and every “unused” below a false alarm
    _check_weights(pack, manifest, report)
    _check_minutes(pack, manifest, report)
    _check_lengths(pack, report)
    report.pictures.report_unused(report)


def listed_units(manifest: MappingNode) -> frozenset[str] | None:
    """The ids under `units`, sound or not; None when it is no list."""
    units = manifest.get("units")
    if not isinstance(units, SequenceNode):
        return None
    return frozenset(node.value for node in units.items if isinstance(node, ScalarNode))


def _check_weights(pack: CompiledPack, manifest: MappingNode, report: Report) -> None:
    place = manifest.keys.get("units", manifest.mark)
    with_tasks = [unit for unit in pack.units if any(step.kind == "task" for step in unit.steps)]
    if pack.units and not with_tasks:
        report.add("P031", place)
    elif with_tasks and all(unit.weight == 0 for unit in with_tasks):
        report.add("P029", place)


def _check_minutes(pack: CompiledPack, manifest: MappingNode, report: Report) -> None:
    total = sum(unit.minutes for unit in pack.units)
    place = manifest.get("minutes")
    if place is not None and pack.units and abs(pack.minutes - total) > Decimal("0.2") * total:
        report.add("P030", place, pack=pack.minutes, units=total)


def _check_lengths(pack: CompiledPack, report: Report) -> None:
    """A learner who knows nothing picks the longest option; over a whole pack that must not pay."""
    verdicts = [verdict for task in pack.tasks if (verdict := _longest_is_right(task)) is not None]
    longest = sum(verdicts)
    if len(verdicts) >= _FEWEST_CHOICES and longest > Decimal("0.6") * len(verdicts):
        report.add("P205", START, count=longest, total=len(verdicts))


def _longest_is_right(task: Task) -> bool | None:
    if task.type != "choice" or task.spec["multiple"]:
        return None
    lengths = [(len(plain_text(next(iter(o["text"].values()), ""))), o["correct"]) for o in task.spec["options"]]
    right = max((length for length, correct in lengths if correct), default=0)
    return right > max((length for length, correct in lengths if not correct), default=0)


def _check_files(pack: CompiledPack, listed: frozenset[str] | None, files: Mapping[str, bytes], report: Report) -> None:
    pages = {unit.id: {step.id for step in unit.steps if step.kind == "read"} for unit in pack.units}
    unlisted: set[str] = set()
    for path in files:
        match = _UNIT_FILE.fullmatch(path)
        if path == "pack.yaml" or path.startswith("media/") or path in report.used or _LEAVE_ALONE.fullmatch(path):
            continue
        if match is not None and (listed is None or match[1] not in listed):
            unlisted.add(match[1])
        elif match is None or not _belongs(match[2], pack):
            report.in_file(path).add("P027", START, name=path)
        elif match[1] in pages and match[2].endswith(".md") and match[2].split(".")[0] not in pages[match[1]]:
            report.in_file(path).add("P025", START, name=path)
    for unit_id in sorted(unlisted if listed is not None else ()):
        report.in_file(f"units/{unit_id}/unit.yaml").add("P026", START, value=unit_id)


def _belongs(name: str, pack: CompiledPack) -> bool:
    stem, _, suffix = name.partition(".")
    pages = {"md", *(f"{language}.md" for language in pack.languages[1:])}
    return name in {"unit.yaml", "tasks.yaml"} or (bool(stem) and suffix in pages)
