"""A small pack with one task of each type, for tests of everything that stands on packs."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from course_packs import CompiledPack, compile_files, compile_pack
from course_packs.format.diagnostics import Report
from course_packs.format.pictures import Pictures

PACK = """\
format: 1
id: {id}
kind: course
languages: [ru, en]
title: {{ru: "Проба города", en: "A taste of the city"}}
summary: {{ru: "Маленький курс.", en: "A small course."}}
minutes: 10
sources: [{{title: "Положение о проверке"}}]
grading: {{pass_mark: 60, attempts: {attempts}, attempt_grade: {attempt_grade}}}
units: [gate, square]
"""
GATE = """\
title: {ru: "Ворота", en: "The gate"}
summary: {ru: "Войти.", en: "Come in."}
minutes: 5
weight: 1
place: gate
steps:
  - read: intro.md
  - task: one
  - task: word
"""
GATE_TASKS = """\
one:
  type: choice
  prompt: "Куда идти?"
  hint: "Туда, где свет."
  shuffle: false
  options:
    - {text: "Прямо", correct: true, feedback: "Верно, прямо."}
    - {text: "Назад", feedback: "Там уже были.", mistake: {kind: knowledge, severity: minor, note: "Не туда"}}
word:
  type: short_text
  prompt: "Как зовут реку?"
  hint: ["Она делит город надвое.", "По ней назван весь край."]
  hint_penalty: 0.25
  accept: [{text: "Урал"}]
"""
SQUARE = """\
title: {ru: "Площадь", en: "The square"}
summary: {ru: "Осмотреться.", en: "Look around."}
minutes: 5
weight: 1
place: square
steps:
  - task: number
  - task: order
  - task: pairs
"""
SQUARE_TASKS = """\
number:
  type: number
  prompt: "Сколько процентов — 38 из 49?"
  answer: 77.55
  tolerance: {absolute: 0.5}
  unit: "%"
order:
  type: ordering
  prompt: "По порядку"
  items: ["Первое", "Второе", "Третье"]
pairs:
  type: matching
  prompt: "Соедините"
  pairs: [{left: "Огонь", right: "Сталь"}, {left: "Вода", right: "Урал"}]
"""

RIGHT = {
    "gate/one": {"choice": ["a"]},
    "gate/word": {"text": ["урал"]},
    "square/number": {"number": ["77,6"]},
}


@cache
def small_pack(
    id: str = "small", attempts: str = "3", attempt_grade: str = "best", intro: str = "Добро пожаловать."
) -> CompiledPack:
    """Compile the small pack, or a variant of it."""
    with tempfile.TemporaryDirectory() as folder:
        return compile_pack(write_small(Path(folder), id, attempts, attempt_grade, intro))


def write_small(
    root: Path,
    id: str = "small",
    attempts: str = "3",
    attempt_grade: str = "best",
    intro: str = "Добро пожаловать.",
) -> Path:
    """Write the small pack, or a variant of it, into a folder; return the folder."""
    files = {
        "pack.yaml": PACK.format(id=id, attempts=attempts, attempt_grade=attempt_grade),
        "units/gate/unit.yaml": GATE,
        "units/gate/tasks.yaml": GATE_TASKS,
        "units/gate/intro.md": f"# Начало\n\n{intro}\n",
        "units/square/unit.yaml": SQUARE,
        "units/square/tasks.yaml": SQUARE_TASKS,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


DESCRIBED = """\
format: 1
id: {id}
kind: {kind}
languages: [ru]
title: {title}
summary: {summary}
minutes: {minutes}
{further}units: [gate]
"""
DESCRIBED_UNIT = """\
title: Ворота
summary: Войти.
minutes: {minutes}
place: gate
steps: [{{read: intro.md}}, {{task: one}}]
"""


@cache
def described_pack(
    id: str,
    title: str,
    *,
    kind: str = "course",
    summary: str = "Для поиска.",
    minutes: int = 10,
    grades: str = "",
    fields: str = "",
    skills: str = "",
) -> CompiledPack:
    """Compile a pack of one unit with one task that says of itself what a search can ask; YAML in the last three."""
    further = "".join(
        f"{key}: {value}\n" for key, value in (("grades", grades), ("fields", fields), ("skills", skills)) if value
    )
    report = Report("pack.yaml", Pictures())
    files = {
        "pack.yaml": DESCRIBED.format(id=id, kind=kind, title=title, summary=summary, minutes=minutes, further=further),
        "units/gate/unit.yaml": DESCRIBED_UNIT.format(minutes=minutes),
        "units/gate/tasks.yaml": GATE_TASKS.split("word:", maxsplit=1)[0],
        "units/gate/intro.md": "# Начало\n\nДобро пожаловать.\n",
    }
    pack = compile_files({name: text.encode() for name, text in files.items()}, report)
    assert pack is not None, report.sorted()
    assert not report.has_errors, report.sorted()
    return pack
