"""Formula: a number reckoned from values that differ from learner to learner.

The author writes the values' ranges, conditions between them and the answer as an expression; each attempt draws its
own values by its seed. Texts show a value where its name stands in braces: `{mass}`. The task so made is marked as one
of the type `number`, whose spec it gets. `parts` is {"answer": right?}.

An answer is rounded to `digits` decimals, halves away from zero. Where the author gives no tolerance, an answer that
needed no rounding has to be met exactly and any other to half of its last decimal.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any, Final, cast

from course_packs.format.canonical import dump_mistake, load_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, items_at, whole
from course_packs.format.model import Mistake, Spec, Task, Text
from course_packs.format.texts import text_or_none
from course_packs.format.yaml_source import MappingNode
from course_packs.tasks import number
from course_packs.tasks.contract import Form, Outcome, Response
from course_packs.tasks.formula_checks import check_texts, proven, ranges_at, source_at, sources_at
from course_packs.tasks.formula_values import MOST_DRAWS, PLACE, FormulaSpec, Near, Reckoning, shown
from course_packs.tasks.mistakes import mistake_data

name: Final = "formula"
SCHEMA: Final[Mapping[str, str]] = {
    "values": "1–8 × name: {from, to, step?} | {one_of: [numbers]}: what differs from learner to learner",
    "derived": "name: expression: numbers reckoned from the values and rounded to digits",
    "where": "list of conditions the values have to meet",
    "answer": "expression",
    "digits": "0–6 (3): decimals the answer is rounded to",
    "tolerance": "{absolute: 0.5} | {relative: 2%}; half of the last decimal of a rounded answer when absent",
    "unit": "text: the unit of the answer",
    "units": "{unit: factor}: units a learner may answer in",
    "near": "list of {answer: expression, tolerance?, feedback?, mistake?}",
}


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: see `formula_values.FormulaSpec`; numbers and expressions as strings."""
    before = len(report.found)
    for key in ("values", "answer"):
        if node.get(key) is None:
            report.add("P010", node, key=key)
    unit, units = number.units_at(node, report)
    values = ranges_at(node, report)
    derived, where = sources_at(node, tuple(values), report)
    names = (*values, *(one for one, _ in derived))
    near = [
        (_near(mapping, names, report), mapping)
        for item in items_at(node, "near", report, at_most=12)
        if (mapping := as_mapping(item, report)) is not None
    ]
    check_texts(node, values, derived, report)
    spec: FormulaSpec = {
        "values": values,
        "derived": derived,
        "where": where,
        "answer": source_at(node, "answer", names, report),
        "digits": whole(node, "digits", report, default=3, low=0, high=6),
        "tolerance": number.tolerance_at(node, Decimal(1), report),
        "unit": unit,
        "units": units,
        "near": [entry for entry, _ in near],
        "fallback": {},
        "variants": 0,
    }
    if not values or any(finding.severity == "error" for finding in report.found[before:]):
        return spec
    return proven(spec, node, [place for _, place in near], report)


def _near(node: MappingNode, names: tuple[str, ...], report: Report) -> Near:
    check_keys(node, report, ("answer", "tolerance", "feedback", "mistake"), required=("answer",))
    return {
        "answer": source_at(node, "answer", names, report),
        "tolerance": number.tolerance_at(node, Decimal(1), report),
        "feedback": text_or_none(node, "feedback", report, "block"),
        "mistake": mistake_data(node, report).get("mistake"),
    }


def generate(task: Task, seed: int) -> Task:
    """The task with this seed's values in its texts and a spec like that of `number`, with the formula beside it."""
    spec = cast("FormulaSpec", task.spec)
    reckoning = Reckoning(spec)
    numbers = _drawn(task, spec, reckoning, seed)
    target = reckoning.target(spec["answer"], spec["tolerance"], numbers)
    told = {**numbers, "answer": Decimal(target["answer"])}
    near = [
        {
            **reckoning.near_target(entry["answer"], entry["tolerance"], numbers),
            "feedback": None if entry["feedback"] is None else _filled(entry["feedback"], told),
            "mistake": None
            if entry["mistake"] is None
            else dump_mistake(_filled_mistake(load_mistake(entry["mistake"]), told)),
        }
        for entry in spec["near"]
    ]
    return replace(
        task,
        prompt=_filled(task.prompt, numbers),
        hints=tuple(_filled(hint, numbers) for hint in task.hints),
        feedback={verdict: _filled(text, told) for verdict, text in task.feedback.items()},
        mistake=None if task.mistake is None else _filled_mistake(task.mistake, told),
        spec={**target, "unit": spec["unit"], "units": spec["units"], "near": near, "formula": spec},
    )


def _drawn(task: Task, spec: FormulaSpec, reckoning: Reckoning, seed: int) -> dict[str, Decimal]:
    # A Random seeded with a string draws the same in every version of Python.
    random = Random(f"{seed}/{task.id}")
    for _ in range(MOST_DRAWS):
        try:
            numbers = reckoning.complete(reckoning.draw(random))
            if numbers is not None:
                reckoning.value(spec["answer"], numbers)
                for entry in spec["near"]:
                    reckoning.value(entry["answer"], numbers)
                return numbers
        except ArithmeticError:
            continue  # the linter looked at many values, not at all: a set without an answer is passed over
    return reckoning.complete({one: Decimal(value) for one, value in spec["fallback"].items()}) or {}


def _filled(text: Text, numbers: Mapping[str, Decimal]) -> Text:
    """The text with its numbers put in. They hold digits, signs and spaces only, so HTML stays what it was."""
    filled = {}
    for language, html in text.items():
        told = {one: shown(value, language) for one, value in numbers.items()}
        # Split by a pattern with one group: every second piece is a name.
        pieces = enumerate(PLACE.split(html))
        filled[language] = "".join(told.get(one, f"{{{one}}}") if index % 2 else one for index, one in pieces)
    return filled


def _filled_mistake(mistake: Mistake, numbers: Mapping[str, Decimal]) -> Mistake:
    return replace(mistake, note=_filled(mistake.note, numbers))


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{unit, units: [names]}, as of `number`."""
    return number.view(task, language=language, seed=seed)


def read(task: Task, form: Form) -> Response:
    """Fields and errors of `number`."""
    return number.read(task, form)


def mark(task: Task, response: Response) -> Outcome:
    """Parts: {"answer": right?}."""
    return number.mark(task, response)


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"number", "unit"}, as of `number`."""
    return number.solution(task, language=language)


def describe(task: Task, response: Response, *, language: str) -> str:
    """The number as it was typed, with its unit."""
    return number.describe(task, response, language=language)


def draft(task: Task, form: Form) -> Response:
    """{"number": as typed, "unit": as chosen}."""
    return number.draft(task, form)
