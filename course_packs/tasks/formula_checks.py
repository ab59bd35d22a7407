"""Reading the values and expressions of a `formula` task, and trying them out before any learner does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from math import prod
from random import Random
from typing import Final

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
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode, SequenceNode
from course_packs.simulation.expressions import USAGE, ExpressionError
from course_packs.tasks import number
from course_packs.tasks.formula_values import (
    MOST_DRAWS,
    PLACE,
    FormulaSpec,
    Range,
    Reckoning,
    expression,
    nth,
    size,
)

MOST_VALUES: Final = 10_000
FEWEST_TASKS: Final = 12
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")
_RESERVED: Final = frozenset({*USAGE, "answer", "and", "or", "not", "if", "else", "in", "is", "for", "lambda"})
# Braces of LaTeX are no places for values: `\frac{m}{2}` shows the letter.
_MATHS: Final = re.compile(r"\$\$.+?\$\$|(?<![\d$\\])\$(?=\S)[^$\n]+?(?<=\S)\$(?!\d)", re.DOTALL)
_NO_VALUE: Final = ("a division by zero or a number too large", "деление на ноль или слишком большое число")
_NOTHING: Final[Range] = {"first": "1", "step": "1", "count": 1, "listed": []}


def ranges_at(node: MappingNode, report: Report) -> dict[str, Range]:
    """The values by name."""
    mapping = mapping_at(node, "values", report)
    if mapping is None:
        return {}
    if not 1 <= len(mapping.entries) <= 8:
        report.add("P016", mapping, count=len(mapping.entries), low=1, high=8)
    ranges: dict[str, Range] = {}
    for key, value in list(mapping.entries.items())[:8]:
        if _NAME.fullmatch(key) is None or key in _RESERVED:
            report.add("P240", mapping.keys[key], key=key)
            continue
        entry = as_mapping(value, report)
        ranges[key] = _NOTHING if entry is None else _range(key, entry, report)
    return ranges


def _range(key: str, node: MappingNode, report: Report) -> Range:
    check_keys(node, report, ("from", "to", "step", "one_of"))
    if (node.get("one_of") is None) == (node.get("from") is None):
        report.add("P241", node, key=key)
        return _NOTHING
    if node.get("one_of") is not None:
        listed = [_number(item) for item in items_at(node, "one_of", report, at_least=2, at_most=100)[:100]]
        known = [value for value in listed if value is not None]
        if len(known) < len(listed) or len(set(known)) < len(known):
            report.add("P241", node, key=key)
        return {**_NOTHING, "listed": [decimal_text(value) for value in known]} if known else _NOTHING
    first, last, step = (_number(node.get(one)) for one in ("from", "to", "step"))
    step = Decimal(1) if node.get("step") is None else step
    if first is None or last is None or step is None or step <= 0 or last <= first:
        report.add("P241", node, key=key)
        return _NOTHING
    count = int((last - first) / step) + 1
    if count > MOST_VALUES:
        report.add("P241", node, key=key)
        return _NOTHING
    return {"first": decimal_text(first), "step": decimal_text(step), "count": count, "listed": []}


def _number(node: Node | None) -> Decimal | None:
    return parse_decimal(node.value) if isinstance(node, ScalarNode) else None


def sources_at(node: MappingNode, names: tuple[str, ...], report: Report) -> tuple[list[list[str]], list[str]]:
    """The derived numbers [[name, expression]], each of which may use those before it, and the conditions."""
    derived: list[list[str]] = []
    mapping = mapping_at(node, "derived", report)
    for key in mapping.entries if mapping is not None else ():
        assert mapping is not None
        if _NAME.fullmatch(key) is None or key in _RESERVED or key in names:
            report.add("P240", mapping.keys[key], key=key)
            continue
        derived.append([key, source_at(mapping, key, names, report)])
        names = (*names, key)
    where = [
        _checked(item.value, "flag", names, item, report)
        for item in items_at(node, "where", report, at_most=12)
        if isinstance(item, ScalarNode)
    ]
    return derived, where


def source_at(node: MappingNode, key: str, names: tuple[str, ...], report: Report) -> str:
    """The expression of a number under `key`; "0" when it is absent or, after a diagnostic, no expression."""
    value = scalar_at(node, key, report)
    return "0" if value is None else _checked(value.value, "number", names, value, report)


def _checked(source: str, kind: str, names: tuple[str, ...], place: ScalarNode, report: Report) -> str:
    try:
        expression(source, kind, names)
    except ExpressionError as error:
        report.add("P400", place, problem=error.say(report.language))
        return "True" if kind == "flag" else "0"
    return source


def check_texts(
    node: MappingNode, values: Mapping[str, Range], derived: Sequence[Sequence[str]], report: Report
) -> None:
    """Names in braces that nobody knows, and values that no prompt tells."""
    known = {*values, *(one for one, _ in derived)}
    for key, allowed in (("prompt", known), ("hint", known), ("feedback", {*known, "answer"})):
        _check_places(node.get(key), allowed, report)
    near = node.get("near")
    for entry in near.items if isinstance(near, SequenceNode) else ():
        if isinstance(entry, MappingNode):
            _check_places(entry.get("feedback"), {*known, "answer"}, report)
    told = {one for scalar in _scalars(node.get("prompt")) for one in _places(scalar)}
    for one, source in reversed(derived):
        if one in told:
            told |= _words(source)
    mapping = node.get("values")
    for one in values:
        if one not in told and isinstance(mapping, MappingNode):
            report.add("P247", mapping.keys[one], key=one)


def _check_places(node: Node | None, known: set[str], report: Report) -> None:
    for scalar in _scalars(node):
        for one in _places(scalar):
            if one not in known:
                report.add("P242", scalar, key=one, guess=report.guess(one, known))


def _places(text: ScalarNode) -> list[str]:
    """The names in braces."""
    return [place[1] for place in PLACE.finditer(_MATHS.sub("", text.value))]


def _scalars(node: Node | None) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, MappingNode):
        for value in node.entries.values():
            yield from _scalars(value)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _scalars(item)


def _words(source: str) -> set[str]:
    return set(re.findall(r"[a-z_][a-z0-9_]*", source))


def proven(spec: FormulaSpec, node: MappingNode, near: Sequence[MappingNode], report: Report) -> FormulaSpec:
    """Try the formula with all values, or with many: the spec with values that fit and the number of tasks."""
    place = node.keys.get("answer", node.mark)
    reckoning = Reckoning(spec)
    total = prod(size(one) for one in spec["values"].values())
    tried, fitting, fallback = 0, 0, dict[str, str]()
    for drawn in _draws(spec, reckoning, total):
        tried += 1
        told = ", ".join(f"{one} = {decimal_text(value)}" for one, value in drawn.items())
        try:
            numbers = reckoning.complete(drawn)
            if numbers is None:
                continue
            problem = _problem(spec, reckoning, numbers, report.language)
        except ArithmeticError:
            problem = _NO_VALUE[report.language == "ru"]
        if problem:
            report.add("P243", place, values=told, problem=problem)
            return spec
        fitting += 1
        fallback = fallback or {one: decimal_text(value) for one, value in drawn.items()}
        same = _same_as_right(spec, reckoning, numbers or {})
        if same is not None:
            report.add("P244", near[same], values=told)
            return spec
    if not fitting:
        report.add("P245", node.keys.get("where", place), count=tried)
        return spec
    variants = fitting if tried == total else max(1, total * fitting // tried)
    if variants < FEWEST_TASKS:
        report.add("P246", node.keys["values"], count=variants)
    return {**spec, "fallback": fallback, "variants": variants}


def _draws(spec: FormulaSpec, reckoning: Reckoning, total: int) -> Iterator[dict[str, Decimal]]:
    """All sets of values when they are few, else many at random: the same ones each time."""
    if total <= MOST_DRAWS:
        names = sorted(spec["values"])
        ranges = [spec["values"][one] for one in names]
        for chosen in product(*(range(size(one)) for one in ranges)):
            yield {one: nth(spread, index) for one, spread, index in zip(names, ranges, chosen, strict=True)}
        return
    random = Random("lint")
    for _ in range(MOST_DRAWS):
        yield reckoning.draw(random)


def _problem(spec: FormulaSpec, reckoning: Reckoning, numbers: Mapping[str, Decimal], language: str) -> str:
    """Why these values make no sound task; an empty string when they do. Raises ArithmeticError."""
    value = reckoning.value(spec["answer"], numbers)
    if value and not Decimal(reckoning.target(spec["answer"], None, numbers)["answer"]):
        return "ответ округляется до нуля" if language == "ru" else "the answer is rounded to zero"
    for entry in spec["near"]:
        reckoning.value(entry["answer"], numbers)
    return ""


def _same_as_right(spec: FormulaSpec, reckoning: Reckoning, numbers: Mapping[str, Decimal]) -> int | None:
    right = reckoning.target(spec["answer"], spec["tolerance"], numbers)
    for index, entry in enumerate(spec["near"]):
        missed = Decimal(reckoning.near_target(entry["answer"], entry["tolerance"], numbers)["answer"])
        if number.within(missed, right, Decimal(1), Decimal(1)):
            return index
    return None
