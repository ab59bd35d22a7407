"""Reckoning with the values of a `formula` task: drawing them, evaluating expressions, showing numbers in texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from random import Random
from typing import Any, Final, TypedDict

from course_packs.format.fields import decimal_text
from course_packs.format.model import Text
from course_packs.simulation.expressions import Evaluator, Expression, Scope, Value
from course_packs.simulation.expressions import read as read_expression
from course_packs.tasks.number import Target

PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
MOST_DRAWS: Final = 400
_SIGNIFICANT: Final = 12  # binary fractions leave dust behind the fifteenth digit: 2.675 must round as people see it
_NARROW_SPACE: Final = "\u202f"


class Range(TypedDict):
    """The values one name may have: `count` of them, `step` apart, or those listed."""

    first: str
    step: str
    count: int
    listed: list[str]


class Near(TypedDict):
    answer: str
    tolerance: list[str] | None
    feedback: Text | None
    mistake: Mapping[str, Any] | None


class FormulaSpec(TypedDict):
    values: dict[str, Range]
    derived: list[list[str]]  # [name, expression], in the order to reckon them
    where: list[str]
    answer: str
    digits: int
    tolerance: list[str] | None
    unit: str | None
    units: list[list[str]]
    near: list[Near]
    fallback: dict[str, str]  # values known to fit, for a seed that finds none
    variants: int  # how many different tasks there are, about


@lru_cache(maxsize=4096)
def expression(source: str, kind: str, names: tuple[str, ...]) -> Expression:
    """The checked expression over these names. Raises ExpressionError."""
    return read_expression(source, "flag" if kind == "flag" else "number", Scope(dict.fromkeys(names, "number")))


def rounded(value: Value | Decimal, digits: int) -> Decimal:
    """The decimal nearest to a binary number, halves away from zero, without trailing zeros."""
    exact = Decimal(f"{float(value):.{_SIGNIFICANT}g}")
    return Decimal(decimal_text(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)))


def shown(value: Decimal, language: str) -> str:
    """A number as a text shows it: a decimal comma save in English, a true minus, thousands apart from 10 000 on."""
    whole_part, _, fraction = decimal_text(abs(value)).partition(".")
    if len(whole_part) > 4:
        whole_part = f"{int(whole_part):,}".replace(",", "," if language == "en" else _NARROW_SPACE)
    point = "." if language == "en" else ","
    return ("−" if value < 0 else "") + whole_part + (point + fraction if fraction else "")


class Reckoning:
    """One drawing of values after another, for one task."""

    def __init__(self, spec: FormulaSpec) -> None:
        self._spec = spec
        self._engine = Evaluator({})
        self._names = tuple(sorted(spec["values"]))

    def draw(self, random: Random) -> dict[str, Decimal]:
        """Values that may or may not fit the conditions, by name in alphabetical order."""
        values = self._spec["values"]
        return {one: nth(values[one], random.randrange(size(values[one]))) for one in self._names}

    def complete(self, drawn: Mapping[str, Decimal]) -> dict[str, Decimal] | None:
        """The values with the derived ones; None when they do not meet the conditions. Raises ArithmeticError."""
        numbers = dict(drawn)
        for one, source in self._spec["derived"]:
            numbers[one] = rounded(self.value(source, numbers), self._spec["digits"])
        fits = all(self._compute(source, "flag", numbers) for source in self._spec["where"])
        return numbers if fits else None

    def value(self, source: str, numbers: Mapping[str, Decimal]) -> float:
        """The value of an expression. Raises ArithmeticError."""
        return float(self._compute(source, "number", numbers))

    def _compute(self, source: str, kind: str, numbers: Mapping[str, Decimal]) -> Value:
        self._engine.look_at({one: float(value) for one, value in numbers.items()})
        return self._engine.compute(expression(source, kind, tuple(numbers)))

    def target(self, source: str, tolerance: list[str] | None, numbers: Mapping[str, Decimal]) -> Target:
        """{answer, tolerance} as `number` has them. Raises ArithmeticError."""
        value, digits = self.value(source, numbers), self._spec["digits"]
        answer = rounded(value, digits)
        if tolerance is None and answer != rounded(value, _SIGNIFICANT):
            tolerance = ["absolute", decimal_text(Decimal(5).scaleb(-digits - 1))]
        return {"answer": decimal_text(answer), "tolerance": tolerance}

    def near_target(self, source: str, tolerance: list[str] | None, numbers: Mapping[str, Decimal]) -> Target:
        """The same of a near miss, which is not rounded: nobody tells a learner how far to round a wrong number.

        Raises ArithmeticError.
        """
        answer = rounded(self.value(source, numbers), _SIGNIFICANT)
        if tolerance is None and answer != rounded(answer, self._spec["digits"]):
            whole_task = self._spec["tolerance"]
            half = ["absolute", decimal_text(Decimal(5).scaleb(-self._spec["digits"] - 1))]
            tolerance = whole_task if whole_task is not None and whole_task[0] == "relative" else half
        return {"answer": decimal_text(answer), "tolerance": tolerance}


def size(one: Range) -> int:
    """How many values there are."""
    return len(one["listed"]) or one["count"]


def nth(one: Range, index: int) -> Decimal:
    """The value of this index."""
    if one["listed"]:
        return Decimal(one["listed"][index])
    return Decimal(decimal_text(Decimal(one["first"]) + index * Decimal(one["step"])))
