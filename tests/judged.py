"""A small pack with work that people judge, for tests of everything that follows from it."""

from __future__ import annotations

from functools import cache

from course_packs import CompiledPack
from course_packs.format.compiler import compile_files
from course_packs.format.diagnostics import Report
from course_packs.format.pictures import Pictures

_PACK = """\
format: 1
id: judged
kind: course
languages: [ru, en]
title: {{ru: "Мастерская слова", en: "A workshop of words"}}
summary: {{ru: "Маленький курс.", en: "A small course."}}
minutes: 10
grading: {{pass_mark: 60, attempts: 3, attempt_grade: {attempt_grade}}}
units: [note, word]
"""
_NOTE = """\
title: {ru: "Записка", en: "The note"}
summary: {ru: "Написать.", en: "Write it."}
minutes: 5
steps: [{task: handover}]
"""
_NOTE_TASKS = """\
handover:
  type: open_answer
  prompt: {{ru: "Напиши записку сменщику.", en: "Write a note to the next shift."}}
  points: 4
  tries: {tries}
  rubric:
    facts:
      title: {{ru: "Факты", en: "Facts"}}
      levels:
        - text: {{ru: "Нет", en: "None"}}
          mistake: {{kind: communication, severity: major, note: {{ru: "Без чисел", en: "No figures"}}}}
        - {{ru: "Есть", en: "There"}}
    watch:
      title: {{ru: "Предупреждение", en: "Warning"}}
      levels:
        - {{ru: "Нет его", en: "Not there"}}
        - text: {{ru: "Общее", en: "General"}}
          points: 1
        - text: {{ru: "Точное", en: "Exact"}}
          points: 3
  model_answer: {{ru: "Расход упал до 9.", en: "The flow fell to 9."}}
"""
_WORD = """\
title: {ru: "Слово", en: "The word"}
summary: {ru: "Назвать.", en: "Name it."}
minutes: 5
steps: [{task: river}]
"""
_WORD_TASKS = """\
river:
  type: short_text
  prompt: {ru: "Как зовут реку?", en: "What is the river called?"}
  points: 4
  accept: [Урал]
"""


@cache
def judged_pack(*, tries: int = 1, attempt_grade: str = "best") -> CompiledPack:
    """A text to be judged (units/note/handover: facts 1–2, watch 1–3) and a word that marks itself, half each."""
    files = {
        "pack.yaml": _PACK.format(attempt_grade=attempt_grade),
        "units/note/unit.yaml": _NOTE,
        "units/note/tasks.yaml": _NOTE_TASKS.format(tries=tries),
        "units/word/unit.yaml": _WORD,
        "units/word/tasks.yaml": _WORD_TASKS,
    }
    report = Report("pack.yaml", Pictures())
    pack = compile_files({path: text.encode() for path, text in files.items()}, report)
    assert pack is not None, "\n".join(map(str, report.sorted()))
    assert not report.has_errors, "\n".join(map(str, report.sorted()))
    return pack


WORK = "note/handover"
TEXT = "Расход воды упал с 12 до 9.\nСледи: ниже 8 — зови мастера. <script>alert(1)</script>"
BEST = {"facts": "2", "watch": "3"}
MIDDLING = {"facts": "2", "watch": "1"}
WORST = {"facts": "1", "watch": "1"}
