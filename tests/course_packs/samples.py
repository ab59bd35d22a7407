"""A small sound pack as files in memory, and ways to break it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from course_packs.format.compiler import compile_files
from course_packs.format.diagnostics import Diagnostic, Report
from course_packs.format.model import CompiledPack, Task
from course_packs.format.pictures import Pictures

PACK = """\
format: 1
id: small-pack
kind: course
languages: [ru, en]
title: {ru: Малый пакет, en: Small pack}
summary: {ru: Для проверок., en: For tests.}
minutes: 10
sources:
  - title: Устав лицея
    url: https://example.org/charter
grading: {pass_mark: 60, attempts: 3, attempt_grade: best}
units: [first, second]
"""

UNIT = """\
title: {ru: Раздел, en: Unit}
summary: {ru: О разделе., en: About it.}
minutes: 5
weight: 1
place: gate
steps:
  - read: intro.md
  - task: one
"""

PAGE = """\
# Заголовок

Текст **важный**.

![Круг](media/circle.svg)
"""

SECOND_UNIT = """\
title: {ru: Второй, en: Second}
summary: {ru: О втором., en: About the second.}
minutes: 5
weight: 3
steps:
  - task: word
  - task: mass
  - task: order
  - task: pairs
"""

TASKS = """\
one:
  type: choice
  prompt: Кого спросить?
  hint: Посмотрите на дверь.
  feedback: {correct: Да., wrong: Нет.}
  mistake: {kind: knowledge, severity: minor, note: Спросил не того}
  options:
    - text: Куратора
      correct: true
    - {text: Соседа, feedback: "Сосед занят.", mistake: {kind: communication, severity: major}}
    - text: Никого
"""

SECOND_TASKS = """\
word:
  type: short_text
  prompt: Как называется наставник ученика?
  accept:
    - тьютор
    - {text: наставник, fraction: 0.5, feedback: Точнее!}
  typos: 1
mass:
  type: number
  prompt: Сколько весит слиток?
  points: 2
  answer: 25
  unit: кг
  units: {кг: 1, т: 1000}
  tolerance: {absolute: 0.5}
  near:
    - {answer: 2.5, feedback: Потерян ноль., mistake: {kind: quality, severity: minor}}
order:
  type: ordering
  prompt: Расположите по порядку.
  items: [Утро, День, Вечер, Ночь]
  labels: {first: раньше, last: позже}
pairs:
  type: matching
  prompt: Найдите пары.
  pairs:
    - {left: Лёд, right: твёрдое}
    - {left: Вода, right: жидкое}
    - {left: Сталь, right: твёрдое}
  extra: [газ]
"""

CIRCLE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><circle r="9"/></svg>\n'

FILES: Mapping[str, str] = {
    "pack.yaml": PACK,
    "units/first/unit.yaml": UNIT,
    "units/first/intro.md": PAGE,
    "units/first/tasks.yaml": TASKS,
    "units/second/unit.yaml": SECOND_UNIT,
    "units/second/tasks.yaml": SECOND_TASKS,
    "media/circle.svg": CIRCLE,
}


def files_with(changes: Mapping[str, str | bytes | None] | None = None) -> dict[str, bytes]:
    """The sound pack's files; each change replaces, adds or (None) removes a file."""
    files: dict[str, str | bytes | None] = {**FILES, **(changes or {})}
    return {
        path: content.encode() if isinstance(content, str) else content
        for path, content in files.items()
        if content is not None
    }


def edited(path: str, old: str, new: str) -> dict[str, str | bytes | None]:
    """A change: one place of one sound file, which must be there exactly once."""
    assert FILES[path].count(old) == 1, (path, old)
    return {path: FILES[path].replace(old, new)}


def findings_of(files: Mapping[str, bytes], language: str = "ru") -> list[Diagnostic]:
    report = Report("pack.yaml", Pictures(), language)
    compile_files(files, report)
    return report.sorted()


def compiled(files: Mapping[str, bytes]) -> CompiledPack:
    """The pack of these files; the test fails with the diagnostics when there is an error."""
    report = Report("pack.yaml", Pictures())
    pack = compile_files(files, report)
    assert not report.has_errors, "\n".join(map(str, report.sorted()))
    assert pack is not None
    return pack


def task_of(definition: str, *, languages: str = "[ru]") -> Task:
    """One task from its YAML, through the whole compiler; `definition` starts with `type:`."""
    pack = compiled(files_with(one_task_files(_as_file(definition), languages)))
    return pack.task("first/task")


def task_findings(definition: str, *, languages: str = "[ru]") -> list[str]:
    """The codes reported for one task."""
    files = files_with(one_task_files(_as_file(definition), languages))
    return [finding.code for finding in findings_of(files)]


def _as_file(definition: str) -> str:
    """A definition as tasks.yaml, with a prompt when it brings none."""
    lines = definition.strip("\n").split("\n")
    prompt = [] if any(line.startswith("prompt:") for line in lines) else ["prompt: Вопрос"]
    return "task:\n" + "".join(f"  {line}\n" for line in [*prompt, *lines])


def one_task_files(tasks: str, languages: str) -> dict[str, str | bytes | None]:
    pack = PACK.replace("languages: [ru, en]", f"languages: {languages}").replace("[first, second]", "[first]")
    pack = pack.replace("minutes: 10", "minutes: 5")
    if languages == "[ru]":
        pack = pack.replace(", en: Small pack", "").replace(", en: For tests.", "")
    unit = UNIT.replace("task: one", "task: task")
    if languages == "[ru]":
        unit = unit.replace(", en: Unit", "").replace(", en: About it.", "")
    return {
        "pack.yaml": pack,
        "units/first/unit.yaml": unit,
        "units/first/tasks.yaml": tasks,
        "units/second/unit.yaml": None,
        "units/second/tasks.yaml": None,
    }


@dataclass(frozen=True)
class Samples:
    """What the tests of one type bring for those of the contract: `tests/course_packs/tasks/test_<type>.py` holds it as
    `SAMPLES`.

    `fields` are names of form fields, `words` what may be typed there, `responses` answers of the type's own shape (to
    the tasks of the examples), `secrets` what no view of them may hold.
    """

    fields: Sequence[str]
    words: Sequence[str]
    responses: st.SearchStrategy[dict[str, Any]]
    secrets: Sequence[str] = ()
