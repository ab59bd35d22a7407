"""Number: a value with a tolerance, in one unit or in any of several.

All arithmetic is decimal and without division, so a limit of tolerance is met exactly. An answer right but for its unit
earns 0.5. `parts` is {"answer": right?}.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal, localcontext
from itertools import combinations
from typing import Any, Final, TypedDict, cast

from course_packs.format.canonical import load_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import (
    as_mapping,
    check_keys,
    decimal_text,
    items_at,
    mapping_at,
    parse_decimal,
    scalar_at,
)
from course_packs.format.model import Spec, Task, Text
from course_packs.format.texts import text_or_none
from course_packs.format.yaml_source import MappingNode, ScalarNode
from course_packs.tasks.contract import Form, Outcome, Response, ResponseError, only, outcome
from course_packs.tasks.mistakes import mistake_data
from course_packs.tasks.quantities import MAX_LENGTH, fold_spaces, parse_number, same_unit, split_unit

name: Final = "number"
SCHEMA: Final[Mapping[str, str]] = {
    "answer": "number",
    "tolerance": "{absolute: 0.5} | {relative: 2%}; exact when absent",
    "unit": "text: the unit of the answer",
    "units": "{unit: factor}: units a learner may answer in",
    "near": "list of {answer, tolerance?, feedback?, mistake?}",
}
WRONG_UNIT: Final[Text] = {
    "ru": "<p>Число верное, а единица другая. Проверьте, в чём измерено.</p>",
    "en": "<p>The number is right, the unit is not. Check what it is measured in.</p>",
}
_EXACT: Final = Context(prec=120)


class Target(TypedDict):
    """An answer and how far off it may be."""

    answer: str
    tolerance: list[str] | None  # [absolute | relative, amount]; lists, not tuples: a spec equals its JSON


class _Near(Target):
    feedback: Text | None
    mistake: Mapping[str, Any] | None


class _Spec(Target):
    unit: str | None
    units: list[list[str]]  # [name, factor]
    near: list[_Near]


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {answer, tolerance: [kind, value] | null, unit, units: [[name, factor]], near: […]}, numbers as strings."""
    if node.get("answer") is None:
        report.add("P010", node, key="answer")
    unit, units = units_at(node, report)
    target = _target(node, report)
    near: list[tuple[_Near, MappingNode]] = []
    for item in items_at(node, "near", report, at_most=12):
        mapping = as_mapping(item, report)
        if mapping is None:
            continue
        check_keys(mapping, report, ("answer", "tolerance", "feedback", "mistake"), required=("answer",))
        near.append((_near(mapping, report), mapping))
    _check_overlaps(target, near, report)
    return {**target, "unit": unit, "units": units, "near": [entry for entry, _ in near]}


def _near(node: MappingNode, report: Report) -> _Near:
    return {
        **_target(node, report),
        "feedback": text_or_none(node, "feedback", report, "block"),
        "mistake": mistake_data(node, report).get("mistake"),
    }


def _target(node: MappingNode, report: Report) -> Target:
    value = scalar_at(node, "answer", report)
    answer = Decimal(0)
    if value is not None:
        number = parse_decimal(value.value)
        if number is None:
            expected = "число, например 12.5" if report.language == "ru" else "a number such as 12.5"
            report.add("P012", value, value=value.value, expected=expected)
        else:
            answer = number
    return {"answer": decimal_text(answer), "tolerance": tolerance_at(node, answer, report)}


def tolerance_at(node: MappingNode, answer: Decimal, report: Report) -> list[str] | None:
    """[absolute | relative, amount] under `tolerance`; None when absent (exact) or, after a diagnostic, unreadable."""
    mapping = mapping_at(node, "tolerance", report)
    if mapping is None:
        return None
    check_keys(mapping, report, ("absolute", "relative"))
    given = [key for key in ("absolute", "relative") if mapping.get(key) is not None]
    value = scalar_at(mapping, given[0], report) if len(given) == 1 else None
    if value is None:
        report.add("P210", mapping)
        return None
    percent = given[0] == "relative" and value.value.endswith("%")
    amount = parse_decimal(value.value.removesuffix("%").strip() if percent else value.value)
    if amount is None or amount < 0 or (given[0] == "relative" and answer == 0):
        report.add("P210", value)
        return None
    if given[0] == "absolute":
        return ["absolute", decimal_text(amount)]
    return ["relative", decimal_text(amount.scaleb(-2) if percent else amount)]


def units_at(node: MappingNode, report: Report) -> tuple[str | None, list[list[str]]]:
    """The unit of the answer, and all units a learner may answer in: [[name, factor]]."""
    unit_node = scalar_at(node, "unit", report)
    unit = None if unit_node is None else fold_spaces(unit_node.value)
    units: list[list[str]] = []
    mapping = mapping_at(node, "units", report)
    if mapping is None:
        return unit, [] if unit is None else [[unit, "1"]]
    for key, value in mapping.entries.items():
        factor = parse_decimal(value.value) if isinstance(value, ScalarNode) else None
        if factor is None or factor <= 0:
            expected = "число больше 0" if report.language == "ru" else "a number above 0"
            shown = value.value if isinstance(value, ScalarNode) else "…"
            report.add("P012", value, value=shown, expected=expected)
            factor = Decimal(1)
        units.append([fold_spaces(key), decimal_text(factor)])
    if unit_node is None:
        report.add("P010", mapping, key="unit")
    elif unit not in [name for name, _ in units]:
        report.add("P211", unit_node, value=unit)
    return unit, units


def _check_overlaps(target: Target, near: list[tuple[_Near, MappingNode]], report: Report) -> None:
    everything: list[tuple[Target, MappingNode | None]] = [(target, None), *near]
    for (first, _), (second, place) in combinations(everything, 2):
        # Neighbouring ranges may touch or overlap (the earlier one wins); a near miss nobody can reach is an error.
        if place is not None and within(Decimal(second["answer"]), first, Decimal(1), Decimal(1)):
            report.add("P212", place)


def within(value: Decimal, target: Target, given: Decimal, base: Decimal) -> bool:
    """Whether `value` in a unit of factor `given` meets the target, stated in a unit of factor `base`."""
    with localcontext(_EXACT):
        answer = Decimal(target["answer"]) * base
        if target["tolerance"] is None:
            return value * given == answer
        kind, amount = target["tolerance"]
        margin = Decimal(amount) * (base if kind == "absolute" else abs(answer))
        return abs(value * given - answer) <= margin


def _spec(task: Task) -> _Spec:
    return cast("_Spec", task.spec)


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{unit, units: [names]}: `unit` is null when there is none; several units ask for a choice."""
    spec = _spec(task)
    return {"unit": spec["unit"], "units": [unit for unit, _ in spec["units"]]}


def read(task: Task, form: Form) -> Response:
    """Fields `number`, `unit` → {"number": "12.5", "unit": "кг" | null}.

    ResponseError: empty, too-long, not-a-number, unknown-unit.
    The unit may also be typed behind the number; a unit typed there goes before the one chosen in the field.
    """
    text = only(form, "number")
    if not text.strip():
        raise ResponseError("empty")
    if len(text) > MAX_LENGTH:
        raise ResponseError("too-long", limit=str(MAX_LENGTH))
    digits, typed = split_unit(text)
    unit, known = _known_unit(task, typed or fold_spaces(only(form, "unit")))
    number = parse_number(digits)
    # “7 or 8” is no number, whatever the second half looks like.
    if number is None or (not known and any(sign.isdigit() for sign in typed)):
        raise ResponseError("not-a-number")
    if not known:
        raise ResponseError("unknown-unit", unit=(typed or only(form, "unit"))[:20])
    return {"number": decimal_text(number), "unit": unit}


def _known_unit(task: Task, given: str) -> tuple[str | None, bool]:
    """The author's spelling of a unit, and whether there is one; letter case decides only between мВт and МВт."""
    names = [unit for unit, _ in _spec(task)["units"]]
    if not given or given in names:
        return given or None, True
    alike = [unit for unit in names if same_unit(unit, given)]
    return (alike[0], True) if len(alike) == 1 else (None, False)


def mark(task: Task, response: Response) -> Outcome:
    """Parts: {"answer": right?}."""
    spec = _spec(task)
    number = parse_decimal(str(response.get("number", "")))
    factors = {unit: Decimal(factor) for unit, factor in spec["units"]}
    base = factors.get(spec["unit"] or "", Decimal(1))
    given = factors.get(response.get("unit") or "", base)
    if number is None:
        return outcome(task, Decimal(0), parts={"answer": False})
    if within(number, spec, given, base):
        return outcome(task, Decimal(1), parts={"answer": True})
    if given != base and within(number, spec, base, base):
        return outcome(task, Decimal("0.5"), feedback=[WRONG_UNIT], parts={"answer": False})
    for near in spec["near"]:
        if within(number, near, given, base):
            feedback, mistake = near["feedback"], near["mistake"]
            return outcome(
                task,
                Decimal(0),
                feedback=[] if feedback is None else [feedback],
                mistakes=[] if mistake is None else [load_mistake(mistake)],
                parts={"answer": False},
            )
    return outcome(task, Decimal(0), parts={"answer": False})


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"number": plain spelling with a dot, "unit": unit of the answer or null}."""
    spec = _spec(task)
    return {"number": spec["answer"], "unit": spec["unit"]}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The number as it was typed, with its unit."""
    return " ".join(str(part) for part in (response.get("number"), response.get("unit")) if part)


def draft(task: Task, form: Form) -> Response:
    """{"number": as typed, "unit": as chosen}."""
    return {"number": only(form, "number"), "unit": only(form, "unit") or None}
