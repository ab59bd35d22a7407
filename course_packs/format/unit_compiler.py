"""One unit of a pack: unit.yaml, its pages and its tasks."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from course_packs.format.diagnostics import START, Mark, Report
from course_packs.format.fields import (
    MAX_SLUG,
    as_mapping,
    check_keys,
    decimal,
    is_slug,
    items_at,
    one_of,
    slug_key,
    whole,
)
from course_packs.format.markdown import render_page
from course_packs.format.model import Step, Task, Unit
from course_packs.format.texts import text_at
from course_packs.format.yaml_source import MappingNode, ScalarNode, read_mapping, read_utf8
from course_packs.tasks.definition import compile_task

PLACES: Final = (
    "gate", "square", "library", "workshop", "lab", "hall", "bridge", "tower", "observatory", "garden",
)  # fmt: skip
_KEYS: Final = ("title", "summary", "minutes", "weight", "place", "steps")
_MAX_PAGE_BYTES: Final = 100_000


def compile_unit(unit_id: str, mark: Mark, files: Mapping[str, bytes], report: Report) -> Unit | None:
    """The unit in `units/<unit_id>/`; `mark` is where the manifest names it. None when unit.yaml cannot be read."""
    folder = f"units/{unit_id}/"
    path = folder + "unit.yaml"
    if path not in files:
        report.add("P001", mark, name=path)
        return None
    report = report.in_file(path)
    node = read_mapping(files[path], report)
    if node is None:
        return None
    check_keys(node, report, _KEYS, required=("title", "summary", "minutes", "steps"))
    tasks, task_marks = _tasks(folder, files, report)
    steps = _steps(node, folder, files, tasks, task_marks, report)
    shown = {step.id for step in steps if step.kind == "task"}
    for task_id, task_mark in task_marks.items():
        if task_id not in shown:
            report.in_file(folder + "tasks.yaml").add("P024", task_mark, value=task_id)
    return Unit(
        id=unit_id,
        title=text_at(node, "title", report, "title"),
        summary=text_at(node, "summary", report, "summary"),
        minutes=whole(node, "minutes", report, default=1, low=1, high=600),
        weight=decimal(node, "weight", report, default=Decimal(1), high=1000),
        place=one_of(node, "place", report, PLACES, "") or None,
        steps=steps,
    )


def _tasks(
    folder: str, files: Mapping[str, bytes], report: Report
) -> tuple[Mapping[str, Task | None] | None, Mapping[str, Mark]]:
    """Sound tasks (None for broken ones) by id, and the place of each. No mapping when tasks.yaml cannot be read."""
    path = folder + "tasks.yaml"
    if path not in files:
        return {}, {}
    report = report.in_file(path)
    node = read_mapping(files[path], report)
    if node is None:
        return None, {}
    unit_id = folder.split("/")[1]
    tasks = {
        key: compile_task(f"{unit_id}/{key}", value, report)
        for key, value in node.entries.items()
        if slug_key(key, node.keys[key], report)
    }
    return tasks, {key: node.keys[key] for key in tasks}


def _steps(
    node: MappingNode,
    folder: str,
    files: Mapping[str, bytes],
    tasks: Mapping[str, Task | None] | None,
    task_marks: Mapping[str, Mark],
    report: Report,
) -> tuple[Step, ...]:
    steps: dict[str, Step] = {}
    for item in items_at(node, "steps", report, at_least=1, at_most=200):
        mapping = as_mapping(item, report)
        if mapping is None:
            continue
        check_keys(mapping, report, ("read", "task"))
        kinds = [kind for kind in ("read", "task") if mapping.get(kind) is not None]
        value = mapping.get(kinds[0]) if len(kinds) == 1 else None
        if not isinstance(value, ScalarNode):
            report.add("P022", mapping)
            continue
        if kinds[0] == "read":
            step = _read_step(value, folder, files, report)
        else:
            step = _task_step(value, tasks, task_marks, report)
        if step is not None and step.id in steps:
            report.add("P017", value, value=step.id)
        elif step is not None:
            steps[step.id] = step
    return tuple(steps.values())


def _task_step(
    value: ScalarNode, tasks: Mapping[str, Task | None] | None, task_marks: Mapping[str, Mark], report: Report
) -> Step | None:
    if tasks is None:
        return None  # the fault is in tasks.yaml, and reported there
    if value.value not in tasks:
        report.add("P023", value, value=value.value, guess=report.guess(value.value, task_marks))
        return None
    return Step(id=value.value, kind="task", title={}, task=tasks[value.value])


def _read_step(value: ScalarNode, folder: str, files: Mapping[str, bytes], report: Report) -> Step | None:
    name = value.value
    stem = name.removesuffix(".md")
    if not name.endswith(".md") or not is_slug(stem) or len(stem) > MAX_SLUG:
        report.add("P033", value, value=name)
        return None
    if folder + name not in files:
        report.add("P001", value, name=folder + name)
        return None
    title: dict[str, str] = {}
    html: dict[str, str] = {}
    for language in report.languages:
        main = language == report.languages[0]
        path = folder + (name if main else f"{stem}.{language}.md")
        if path not in files:
            continue
        page_report = report.in_file(path)
        if len(files[path]) > _MAX_PAGE_BYTES:
            page_report.add("P003", START, size=len(files[path]) // 1000, limit=_MAX_PAGE_BYTES // 1000)
            continue
        source = read_utf8(files[path], page_report)
        if source is not None:
            page = render_page(source, page_report, language)
            title[language], html[language] = page.title, page.html
    return Step(id=stem, kind="read", title=title, html=html)
