"""Expressions of a simulation: numbers and conditions over its state, written as an author would say them.

The grammar is a small part of Python's: arithmetic, chained comparisons, `and`, `or`, `not`, `a if c else b`, and calls
of the functions below. What is written is checked here, names and kinds of values, before anything runs; evaluating it
is left to the library simpleeval, which is given nothing but numbers, truth values and these functions.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal, Protocol

from simpleeval import InvalidExpression, SimpleEval

Kind = Literal["number", "flag"]
Value = float | bool

MAX_LENGTH: Final = 300
MAX_DEPTH: Final = 20
MAX_NUMBER: Final = 1e12  # beyond it a simulation has gone astray, and powers could grow without end


class ExpressionError(ValueError):
    """An expression that cannot be used. `problem` names what is wrong (a key of `PROBLEMS`), `params` fill it in."""

    def __init__(self, problem: str, **params: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.params = params

    def say(self, language: str) -> str:
        """The fault in one line."""
        chosen = "ru" if language == "ru" else "en"
        shown = {key: _KIND_WORDS.get(value, {}).get(chosen, value) for key, value in self.params.items()}
        if guess := shown.pop("guess", ""):
            shown["name"] += f" (может быть, {guess}?)" if chosen == "ru" else f" (did you mean {guess}?)"
        return PROBLEMS[self.problem][chosen].format_map(shown)


PROBLEMS: Final[Mapping[str, Mapping[str, str]]] = {
    "length": {"ru": "длиннее 300 знаков", "en": "longer than 300 characters"},
    "depth": {"ru": "слишком много скобок одна в другой", "en": "nested too deeply"},
    "syntax": {"ru": "не читается как выражение", "en": "cannot be read as an expression"},
    "feature": {
        "ru": "так писать нельзя: {what}; можно числа, имена, + - * / // % **, сравнения, and, or, not, a if c else b",
        "en": "not allowed here: {what}; numbers, names, + - * / // % **, comparisons, and, or, not, a if c else b are",
    },
    "name": {"ru": "нет такого имени: {name}", "en": "no such name: {name}"},
    "function": {"ru": "нет такой функции: {name}", "en": "no such function: {name}"},
    "arguments": {"ru": "{name} пишется так: {usage}", "en": "{name} is written {usage}"},
    "kind": {
        "ru": "здесь нужно {wanted}, а это {given}: {what}",
        "en": "{wanted} is needed here, this is {given}: {what}",
    },
    "whole": {"ru": "второе место {name} — целое число от 1 до 20", "en": "the second place of {name} is 1 to 20"},
}
_KIND_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "number": {"ru": "число", "en": "a number"},
    "flag": {"ru": "да или нет", "en": "yes or no"},
}


class Past(Protocol):
    """What an expression may ask of a run besides the present values."""

    def before(self, name: str, turns: int) -> Value:
        """The value of a variable or control `turns` turns ago; its first one when the run is younger."""

    def mistakes(self, name: str) -> int:
        """How many times a mistake was made."""

    def happened(self, name: str) -> bool:
        """Whether an event has come."""

    def chance(self) -> float:
        """A number from 0 to 1 that is the same whenever this run is replayed."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression may use: variables and controls with their kinds, mistakes, events, tables."""

    values: Mapping[str, Kind]
    mistakes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    tables: Mapping[str, tuple[tuple[float, float], ...]] | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression. `names` are the variables and controls it reads."""

    source: str
    kind: Kind
    names: frozenset[str]
    tree: ast.expr


class Evaluator:
    """Evaluates checked expressions over the values and the past that it is given; one serves a whole run."""

    def __init__(self, tables: Mapping[str, tuple[tuple[float, float], ...]]) -> None:
        functions = {**_PLAIN_FUNCTIONS, "interp": lambda x, name: interpolate(x, tables[name])}
        self._engine: Any = SimpleEval(operators=dict(_OPERATORS), functions=functions, names={})

    def look_at(self, values: dict[str, Value], past: Past | None = None) -> None:
        """Take these values and this past from now on; `values` may be changed between evaluations.

        Without a past there are no functions that ask for one.
        """
        self._engine.names = values
        if past is None:
            return
        self._engine.functions.update(
            prev=lambda name: past.before(name, 1),
            delay=past.before,
            count=past.mistakes,
            happened=past.happened,
            rand=past.chance,
        )

    def evaluate(self, expression: Expression) -> Value:
        """The value now. Never fails: a division by zero or a number beyond all bounds gives 0 (or no)."""
        try:
            return self.compute(expression)
        except ArithmeticError:
            return 0.0 if expression.kind == "number" else False

    def compute(self, expression: Expression) -> Value:
        """The value now. Raises ArithmeticError where there is none: a division by zero, a number beyond all bounds."""
        tree = expression.tree
        try:
            # Many are a bare name or number; asking the engine for those would take most of a turn.
            if isinstance(tree, ast.Name):
                result = self._engine.names[tree.id]
            elif isinstance(tree, ast.Constant):
                result = tree.value
            else:
                result = self._engine.eval(expression.source, previously_parsed=tree)
        except (InvalidExpression, ValueError) as error:
            raise ArithmeticError(str(error)) from error
        if expression.kind == "flag":
            return bool(result)
        number = float(result)
        if not math.isfinite(number) or abs(number) > MAX_NUMBER:
            raise ArithmeticError("beyond all bounds")
        return number

    def number(self, expression: Expression) -> float:
        """The value of an expression that is a number."""
        return float(self.evaluate(expression))

    def holds(self, expression: Expression) -> bool:
        """The value of a condition."""
        return bool(self.evaluate(expression))


def read(source: str, wanted: Kind, scope: Scope) -> Expression:
    """Check an expression and make it ready. Raises ExpressionError."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError("length")
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionError("syntax") from None
    if _depth(tree) > MAX_DEPTH:
        raise ExpressionError("depth")
    reader = _Reader(scope)
    tree = reader.expect(tree, wanted)
    return Expression(source=source, kind=wanted, names=frozenset(reader.names), tree=ast.fix_missing_locations(tree))


class _Reader:
    """Walks an expression: checks kinds, collects names, turns names that are meant as names into strings."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.names: set[str] = set()

    def expect(self, node: ast.expr, wanted: Kind) -> ast.expr:
        checked, kind = self._walk(node)
        if kind != wanted:
            raise ExpressionError("kind", wanted=wanted, given=kind, what=ast.unparse(node))
        return checked

    def _walk(self, node: ast.expr) -> tuple[ast.expr, Kind]:
        match node:
            case ast.Constant(value=bool()):
                return node, "flag"
            case ast.Constant(value=int() | float()):
                return node, "number"
            case ast.Name(id=name):
                return node, self._kind_of(name)
            case ast.UnaryOp(op=ast.Not()):
                return ast.UnaryOp(node.op, self.expect(node.operand, "flag")), "flag"
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                return ast.UnaryOp(node.op, self.expect(node.operand, "number")), "number"
            case ast.BinOp() if type(node.op) in _OPERATORS:
                left, right = self.expect(node.left, "number"), self.expect(node.right, "number")
                return ast.BinOp(left, node.op, right), "number"
            case ast.BoolOp():
                return ast.BoolOp(node.op, [self.expect(one, "flag") for one in node.values]), "flag"
            case ast.Compare() if all(type(op) in _OPERATORS for op in node.ops):
                return self._compare(node), "flag"
            case ast.IfExp():
                body, kind = self._walk(node.body)
                return ast.IfExp(self.expect(node.test, "flag"), body, self.expect(node.orelse, kind)), kind
            case ast.Call(func=ast.Name(id=name), keywords=[]):
                return self._call(node, name)
        raise ExpressionError("feature", what=ast.unparse(node)[:40])

    def _compare(self, node: ast.Compare) -> ast.expr:
        left, kind = self._walk(node.left)
        if kind == "flag" and not all(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            raise ExpressionError("kind", wanted="number", given=kind, what=ast.unparse(node.left))
        return ast.Compare(left, node.ops, [self.expect(one, kind) for one in node.comparators])

    def _call(self, node: ast.Call, name: str) -> tuple[ast.expr, Kind]:
        if name not in USAGE:
            raise ExpressionError("function", name=name, guess=_guess(name, USAGE))
        if name in _OF_NUMBERS:
            low, high = _OF_NUMBERS[name]
            if not low <= len(node.args) <= high:
                raise ExpressionError("arguments", name=name, usage=USAGE[name])
            return ast.Call(node.func, [self.expect(one, "number") for one in node.args], []), "number"
        match name, node.args:
            case "rand", []:
                return node, "number"
            case "count", [ast.Constant(value=str() as what)]:
                self._known(what, self._scope.mistakes)
                return node, "number"
            case "happened", [ast.Constant(value=str() as what)]:
                self._known(what, self._scope.events)
                return node, "flag"
            case "interp", [argument, ast.Constant(value=str() as what)]:
                self._known(what, self._scope.tables or ())
                return ast.Call(node.func, [self.expect(argument, "number"), node.args[1]], []), "number"
            case "prev", [ast.Name(id=what)]:
                return ast.Call(node.func, [ast.Constant(what)], []), self._kind_of(what)
            case "delay", [ast.Name(id=what), ast.Constant(value=int() as turns)]:
                if not 1 <= turns <= 20:
                    raise ExpressionError("whole", name=name)
                return ast.Call(node.func, [ast.Constant(what), node.args[1]], []), self._kind_of(what)
        raise ExpressionError("arguments", name=name, usage=USAGE[name])

    def _kind_of(self, name: str) -> Kind:
        if name not in self._scope.values:
            raise ExpressionError("name", name=name, guess=_guess(name, self._scope.values))
        self.names.add(name)
        return self._scope.values[name]

    @staticmethod
    def _known(name: str, among: Any) -> None:
        if name not in among:
            raise ExpressionError("name", name=name, guess=_guess(name, among))


USAGE: Final[Mapping[str, str]] = {
    "min": "min(a, b, …)",
    "max": "max(a, b, …)",
    "abs": "abs(a)",
    "round": "round(a)",
    "floor": "floor(a)",
    "ceil": "ceil(a)",
    "sqrt": "sqrt(a)",
    "clamp": "clamp(a, low, high)",
    "interp": "interp(a, 'table')",
    "prev": "prev(name)",
    "delay": "delay(name, 3)",
    "count": "count('mistake')",
    "happened": "happened('event')",
    "rand": "rand()",
}
_OF_NUMBERS: Final[Mapping[str, tuple[int, int]]] = {
    "min": (2, 8),
    "max": (2, 8),
    "abs": (1, 1),
    "round": (1, 1),
    "floor": (1, 1),
    "ceil": (1, 1),
    "sqrt": (1, 1),
    "clamp": (3, 3),
}


def interpolate(x: float, table: tuple[tuple[float, float], ...]) -> float:
    """The value at `x` on the straight lines between a table's points; level beyond its ends."""
    (before_x, before_y), *rest = table
    if x <= before_x:
        return before_y
    for next_x, next_y in rest:
        if x <= next_x:
            return before_y + (next_y - before_y) * (x - before_x) / (next_x - before_x)
        before_x, before_y = next_x, next_y
    return before_y


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > 10:
        raise ArithmeticError
    result = base**exponent
    if isinstance(result, complex):
        raise ArithmeticError
    return float(result)


def _half_up(x: float) -> float:
    """Schoolbook rounding: Python's own goes to the even neighbour, which no pupil expects."""
    return math.floor(abs(x) + 0.5) * (1.0 if x >= 0 else -1.0)


_OPERATORS: Final[Mapping[type, Callable[..., Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_PLAIN_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "round": _half_up,
    "floor": math.floor,
    "ceil": math.ceil,
    "sqrt": math.sqrt,
    "clamp": lambda x, low, high: max(low, min(x, high)),
}


def _depth(tree: ast.AST) -> int:
    """How deep an expression is nested, counted without recursion: a hostile one must not exhaust the stack."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in _children(node)]
    return deepest


def _children(node: ast.AST) -> Iterator[ast.AST]:
    return (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))


def _guess(word: str, known: Any) -> str:
    matches = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else ""
