"""Expressions: what may be written, what it is worth, and that nothing else gets through."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course_packs.simulation.expressions import MAX_LENGTH, Evaluator, ExpressionError, Kind, Scope, Value, read

TABLES = {"bend": ((0.0, 0.0), (10.0, 100.0), (20.0, 100.0))}
SCOPE = Scope(
    {"heat": "number", "coke": "number", "open": "flag"}, frozenset({"gas"}), frozenset({"rain"}), tables=TABLES
)


@dataclass
class Past:
    """Yesterday: heat 1, coke 2 turns ago 7; one mistake; it has rained."""

    def before(self, name: str, turns: int) -> Value:
        return {("heat", 1): 1.0, ("coke", 2): 7.0, ("open", 1): True}[name, turns]

    def mistakes(self, name: str) -> int:
        return 1

    def happened(self, name: str) -> bool:
        return True

    def chance(self) -> float:
        return 0.25


def value(source: str, wanted: Kind = "number", **values: Value) -> Value:
    evaluator = Evaluator(TABLES)
    evaluator.look_at({"heat": 0.0, "coke": 0.0, "open": False, **values}, Past())
    return evaluator.evaluate(read(source, wanted, SCOPE))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("-heat + 2 ** 3", 6),
        ("7 // 2 + 7 % 2", 4),
        ("coke if heat > 1 else 9", 5),
        ("min(3, heat, 8) + max(1, coke) + abs(-4)", 11),
        ("round(2.5) + round(-2.5) + floor(2.9) + ceil(2.1)", 5),
        ("sqrt(49) + clamp(12, 0, 10)", 17),
        ("interp(5, 'bend') + interp(-1, 'bend') + interp(99, 'bend')", 150),
        ("prev(heat) + delay(coke, 2)", 8),
        ("count('gas') + rand()", 1.25),
    ],
)
def test_numbers(source: str, expected: float) -> None:
    assert value(source, heat=2.0, coke=5.0) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("0 <= heat < 5 and not open", True),
        ("open or heat == 2", True),
        ("open == happened('rain')", False),
        ("prev(open)", True),
        ("True", True),
    ],
)
def test_conditions(source: str, expected: bool) -> None:
    assert value(source, "flag", heat=2.0) is expected


@pytest.mark.parametrize("source", ["1 / heat", "sqrt(-1)", "(0 - 8) ** 0.5", "10 ** 11", "1e11 * 1e11", "heat % 0"])
def test_what_has_no_value_is_nought_and_breaks_nothing(source: str) -> None:
    assert value(source) == 0


@pytest.mark.parametrize(
    ("source", "wanted", "problem", "words"),
    [
        ("heat +", "number", "syntax", "не читается"),
        ("hest + 1", "number", "name", "может быть, heat?"),
        ("sqroot(4)", "number", "function", "может быть, sqrt?"),
        ("min(1)", "number", "arguments", "min(a, b, …)"),
        ("delay(heat, 0)", "number", "whole", "от 1 до 20"),
        ("delay(2, 1)", "number", "arguments", "delay(name, 3)"),
        ("count('fire')", "number", "name", "fire"),
        ("happened('snow')", "flag", "name", "snow"),
        ("interp(1, 'table')", "number", "name", "table"),
        ("open + 1", "number", "kind", "нужно число, а это да или нет: open"),
        ("heat", "flag", "kind", "нужно да или нет, а это число: heat"),
        ("1 if open else open", "number", "kind", "open"),
        ("open < 2", "flag", "kind", "open"),
        ("heat.real", "number", "feature", "heat.real"),
        ("[1][0]", "number", "feature", "[1][0]"),
        ("(lambda: 1)()", "number", "feature", "lambda"),
        ("__import__('os')", "number", "function", "__import__"),
        ("'a' * 9", "number", "feature", "'a'"),
        ("heat := 1", "number", "syntax", ""),
        ("max(*[1], 2)", "number", "feature", "*[1]"),
        ("round(1, ndigits=2)", "number", "feature", "ndigits"),
        ("1 in [1]", "flag", "feature", "in"),
        ("1 +" * 200 + "1", "number", "length", "300"),
        ("(" * 60 + "-" * 30 + "1" + ")" * 60, "number", "depth", ""),
    ],
)
def test_what_is_refused(source: str, wanted: Kind, problem: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        read(source, wanted, SCOPE)
    assert caught.value.problem == problem
    assert words in caught.value.say("ru")
    assert caught.value.say("en").isascii() or "'" in caught.value.say("en") or "…" in caught.value.say("en")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(source: str) -> None:
    fault, names = None, frozenset[str]()
    try:
        names = read(source, "number", SCOPE).names
    except ExpressionError as error:
        fault = error
    assert names <= set(SCOPE.values)
    assert fault is None or (fault.say("ru") and fault.say("en"))


ATOMS = st.sampled_from(["heat", "coke", "1", "0.5", "rand()", "prev(heat)", "interp(heat, 'bend')", "count('gas')"])
NUMBERS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), inner).map(
            lambda t: f"({' '.join(t)})"
        ),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} > 1 else {t[2]})"),
    ),
    max_leaves=8,
)


@given(NUMBERS, st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_a_value_is_always_a_number_within_bounds(source: str, heat: float, coke: float) -> None:
    assume(len(source) <= MAX_LENGTH)
    result = value(source, heat=heat, coke=coke)
    assert isinstance(result, float)
    assert abs(result) <= 1e12
