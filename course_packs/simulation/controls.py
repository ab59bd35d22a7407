"""Reading the controls of a simulation, and the numbers they and other parts are made of."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final, cast

from course_packs.format.diagnostics import Report
from course_packs.format.fields import flag, mapping_at, one_of, parse_decimal, scalar_at
from course_packs.format.texts import read_text, text_at
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode, SequenceNode
from course_packs.simulation.expressions import Kind, Value
from course_packs.simulation.model import CONTROL_TYPES, Control, ControlType, Option, Table

LARGEST: Final = 10**9


def read_control(name: str, node: MappingNode, report: Report) -> Control:
    """A control without its condition and cost: those speak of other names."""
    control = Control(
        id=name,
        title=text_at(node, "title", report, "plain"),
        type=cast("ControlType", one_of(node, "type", report, CONTROL_TYPES, "switch")),
        start=False,
        hint=text_at(node, "hint", report, "plain"),
        unit=text_at(node, "unit", report, "plain"),
        once=flag(node, "once", report, default=False),
    )
    match control.type:
        case "slider":
            return _slider(control, node, report)
        case "choice":
            return _choice(control, node, report)
    return replace(control, start=flag(node, "start", report, default=False))


def _slider(control: Control, node: MappingNode, report: Report) -> Control:
    if node.get("unit") is None:
        report.add("P405", node, key=control.id)
    low, high = read_number(node, "min", report) or 0.0, read_number(node, "max", report) or 0.0
    step = read_number(node, "step", report) or 1.0
    start = low if node.get("start") is None else read_number(node, "start", report) or 0.0
    if not low < high or step <= 0 or not low <= start <= high or not _on_step(start, low, step):
        report.add("P407", node, key=control.id)
        return replace(control, start=0.0)
    return replace(control, start=start, low=low, high=high, step=step)


def _choice(control: Control, node: MappingNode, report: Report) -> Control:
    mapping = mapping_at(node, "options", report)
    if mapping is None or len(mapping.entries) < 2:
        report.add("P408", node)
        return replace(control, start=0.0)
    options = tuple(Option(name, read_text(value, report, "plain")) for name, value in mapping.entries.items())
    names = [option.id for option in options]
    start = scalar_at(node, "start", report)
    number = 0
    if start is not None and start.value in names:
        number = names.index(start.value)
    elif start is not None:
        guess = report.guess(start.value, names)
        report.add("P011", start, value=start.value, guess=guess, allowed=", ".join(names))
    return replace(control, start=float(number), high=float(len(options) - 1), options=options)


def setting_of(control: Control, value: Node) -> Value | None:
    """The setting that an author wrote in a plan; None when the control has no such place."""
    if not isinstance(value, ScalarNode):
        return None
    if control.type == "switch":
        return value.value.lower() == "true" if value.kind == "flag" else None
    if control.type == "choice":
        names = [option.id for option in control.options]
        return float(names.index(value.value)) if value.value in names else None
    number = parse_decimal(value.value)
    if number is None or not control.low <= number <= control.high:
        return None
    return float(number) if _on_step(float(number), control.low, control.step) else None


def read_start(node: MappingNode, report: Report) -> tuple[Value, Kind]:
    """The first value of a quantity, and by it whether it is a number or yes-or-no."""
    value = scalar_at(node, "start", report)
    if value is not None and value.kind == "flag":
        return value.value.lower() == "true", "flag"
    return read_number(node, "start", report) or 0.0, "number"


def read_number(node: MappingNode, key: str, report: Report) -> float | None:
    """The number under `key`; None when absent or, after a diagnostic, when it is none."""
    value = scalar_at(node, key, report)
    if value is None:
        return None
    number = parse_decimal(value.value)
    if number is None or abs(number) > LARGEST:
        expected = "число" if report.language == "ru" else "a number"
        report.add("P012", value, value=value.value, expected=expected)
        return None
    return float(number)


def read_pair(node: MappingNode, key: str, report: Report) -> tuple[float, float] | None:
    """Two numbers, the smaller first; None when absent or, after a diagnostic, when they are not that."""
    value = node.get(key)
    if value is None:
        return None
    pair = _floats(value)
    if pair is None or len(pair) != 2 or pair[0] > pair[1]:
        report.add("P414", value, key=key)
        return None
    return pair[0], pair[1]


def read_table(node: Node, report: Report) -> Table:
    """Points [x, y] with a rising x."""
    items = node.items if isinstance(node, SequenceNode) else ()
    pairs = [pair for item in items if (pair := _floats(item)) is not None and len(pair) == 2]
    xs = [x for x, _ in pairs]
    if len(pairs) < max(len(items), 2) or sorted(set(xs)) != xs:
        report.add("P409", node)
        return ((0.0, 0.0), (1.0, 0.0))
    return tuple((x, y) for x, y in pairs)


def _floats(node: Node) -> list[float] | None:
    if not isinstance(node, SequenceNode):
        return None
    numbers = [parse_decimal(item.value) if isinstance(item, ScalarNode) else None for item in node.items]
    if any(number is None or abs(number) > LARGEST for number in numbers):
        return None
    return [float(number) for number in numbers if number is not None]


def _on_step(value: float, low: float, step: float) -> bool:
    steps = (value - low) / step
    return math.isclose(steps, round(steps), abs_tol=1e-6)
