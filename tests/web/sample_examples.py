"""The authors' examples of some task types as the player shows them: before an answer, and closed after a wrong one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from course_packs import CompiledPack, Task, compile_pack, get_type, pick
from course_packs.tasks import concrete, outcome_of
from lti_tool.catalog.rendering import task_values
from tests.web.sample_steps import Sample, View, says, step, task

SEED: Final = 7
# Answers that are right in part, or not at all, for the closed pages; nothing where no answer is wrong.
WRONG: Final[Mapping[str, Mapping[str, Any]]] = {
    "formula/coil": {"number": "100", "unit": "м"},
    "hotspot/hazards": {"points": [["22", "45"], ["70", "40"], ["26", "87"]], "regions": []},
    "hotspot/fire": {"points": [["33", "18"]], "regions": []},
    "highlight/log": {"chosen": ["ru-3", "ru-4", "en-3", "en-4"]},
    "highlight/steel": {"chosen": ["ru-5", "ru-2"]},
    "code-output/batch": {"output": "1 1\n2 1\n3 2\n4 2"},
    "code-output/trace": {"values": {"1": "1520", "2": "[1500, 1520]"}},
    "survey/workshop": {"steps": {"calm": "4", "tools": "2", "help": "5"}},
    "survey/team": {"steps": {"listen": "3"}},
    "true-false/spare-guard": {"answer": True, "reason": "b"},
    "true-false/hot-or-cold": {"answer": True, "reason": None},
    "gaps/shift-report": {"gaps": {"g1": "b", "g2": "1520", "g3": "a", "g4": "мастеру"}},
    "gaps/steel-table": {"gaps": {"g1": "45", "g2": "железо"}},
    "categorise/whom-to-call": {"placed": {"a": "a", "b": "b", "c": "c", "d": "d", "e": "a"}},
    "table/samples": {"cells": {"r1c4": "3120", "r1c5": "a", "r2c2": "54", "r2c5": "c", "r3c3": "20", "r3c5": "b"}},
    "table/protection": {
        "cells": {"r1c1": "каску", "r1c2": "a", "r2c1": "очки", "r2c2": "a", "r3c1": "шарф", "r3c2": "c"}
    },
    "self-assessment/shift": {"levels": {"safety": "3", "quality": "1", "time": "2"}},
}

NOTE: Final = "15:40 — третий холодильник: расход упал с 12 до 9, фильтр прочищен, сейчас 11.\nПосматривай на него."
# Work that people judge: what is handed in, and what they find of it.
JUDGED: Final[Mapping[str, tuple[Mapping[str, Any], Mapping[str, str]]]] = {
    "open-answer/handover": ({"text": NOTE}, {"facts": "3", "watch": "2"}),
    "expert-assessment/weld": ({"done": True, "note": "Стойка у окна."}, {"safety": "2", "quality": "2"}),
}
COMMENT: Final = (
    "Числа есть. Добавь, при каком звать мастера.",
    "The figures are there. Add when to call.",
)


@cache
def examples() -> CompiledPack:
    return compile_pack(Path(__file__).resolve().parents[2] / "docs" / "authoring" / "every-task")


def example(
    task_id: str, lang: str, response: Mapping[str, Any] | None = None, levels: Mapping[str, str] | None = None
) -> Sample:
    """A task of the examples, closed when there is an answer to it; ``levels``: what people found of it."""
    pack = examples()
    one: Task = concrete(pack.task(task_id), SEED)
    kind = get_type(one.type)
    changes: dict[str, Any] = {"points_possible": one.points, "tries_total": one.tries}
    if response is not None:
        judgement = None if levels is None else {"levels": levels}
        found = outcome_of(one, response, judgement)
        changes |= {
            "state": "closed",
            "response": response,
            "verdict": found.verdict,
            "parts": found.parts,
            "feedback": [pick(text, lang) for text in found.feedback],
            "solution": None if found.verdict == "pending" else html_values(kind.solution(one, language=lang)),
            "judgement": None
            if levels is None
            else View(levels=levels, by_label=says(lang, "учитель", "the teacher"), comment=says(lang, *COMMENT)),
            "tries_used": one.tries,
            "points": one.points * found.fraction,
        }
    view = html_values(kind.view(one, language=lang, seed=SEED))
    title = pick(pack.unit(task_id.partition("/")[0]).title, lang)
    return step(lang, "task", title, task=task(lang, one.type, pick(one.prompt, lang), view, **changes))


def html_values(data: Any) -> Any:
    """As the player makes them; the gallery serves the pictures of the examples at /media."""
    return task_values(json.loads(json.dumps(data).replace("media:", "/media/")), None)


def _page(
    task_id: str, response: Mapping[str, Any] | None, levels: Mapping[str, str] | None = None
) -> Callable[[str], Sample]:
    return lambda lang: example(task_id, lang, response, levels)


PAGES: dict[str, Callable[[str], Sample]] = {
    f"{task_id.replace('/', '-')}{ending}": _page(task_id, response if ending else None)
    for task_id, response in WRONG.items()
    for ending in ("", "-closed")
}
for task_id, (response, levels) in JUDGED.items():
    name = task_id.replace("/", "-")
    PAGES |= {
        name: _page(task_id, None),
        f"{name}-pending": _page(task_id, response),
        f"{name}-judged": _page(task_id, response, levels),
    }
