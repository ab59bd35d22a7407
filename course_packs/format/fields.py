"""Reading typed values out of YAML mappings, with a diagnostic for everything that does not fit.

Each reader takes the mapping, the key, the report and a default. It returns the default when the key is absent (whether
it may be absent is `check_keys`' business) and also after reporting a bad value, so that one run finds every error.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Final

from course_packs.format.diagnostics import Mark, Report
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode, SequenceNode

SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_SLUG: Final = 60
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,24}(?:\.[0-9]{1,24})?(?:[eE][+-]?[0-9]{1,2})?")
_MAX_EXPONENT: Final = 24
_MAX_DIGITS: Final = 24


def is_slug(value: str) -> bool:
    """Whether `value` may name a pack, a unit, a task or a page."""
    return len(value) <= MAX_SLUG and SLUG.fullmatch(value) is not None


def parse_decimal(value: str) -> Decimal | None:
    """An author's number, exact; None when it is no number or has more digits than any lesson needs."""
    if _DECIMAL.fullmatch(value) is None:
        return None
    number = Decimal(value)
    _, digits, exponent = number.as_tuple()
    if len(digits) > _MAX_DIGITS or not isinstance(exponent, int) or abs(number.adjusted()) > _MAX_EXPONENT:
        return None
    return number


def decimal_text(number: Decimal) -> str:
    """The shortest plain spelling, without an exponent: the form numbers have in compiled packs and responses."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def check_keys(
    node: MappingNode,
    report: Report,
    known: Collection[str],
    required: Iterable[str] = (),
) -> None:
    """Report keys that nobody reads (with a guess at what was meant) and required keys that are absent or empty."""
    for key, mark in node.keys.items():
        if key in known:
            continue
        value = node.entries[key]
        if " " in key and isinstance(value, ScalarNode) and value.kind == "null":
            # `{note: first, then}` is read as two keys; the unknown key would puzzle the author.
            report.add("P035", mark, value=key)
        else:
            report.add("P009", mark, key=key, guess=report.guess(key, known), known=", ".join(known))
    for key in required:
        if node.get(key) is None:
            report.add("P010", node.keys.get(key, node.mark), key=key)


def mapping_at(node: MappingNode, key: str, report: Report) -> MappingNode | None:
    """The mapping under `key`; None when absent or, after a diagnostic, when it is something else."""
    value = node.get(key)
    return None if value is None else as_mapping(value, report)


def as_mapping(node: Node, report: Report) -> MappingNode | None:
    """The node itself when it is a mapping; None, after a diagnostic, otherwise."""
    if isinstance(node, MappingNode):
        return node
    report.add("P018", node)
    return None


def items_at(
    node: MappingNode, key: str, report: Report, *, at_least: int = 0, at_most: int | None = None
) -> tuple[Node, ...]:
    """The entries of the list under `key`; empty when absent or when it is no list."""
    value = node.get(key)
    if value is None:
        return ()
    if not isinstance(value, SequenceNode):
        report.add("P019", value)
        return ()
    count = len(value.items)
    if count < at_least or (at_most is not None and count > at_most):
        report.add("P016", value, count=count, low=at_least, high="∞" if at_most is None else at_most)
    return value.items


def scalar_at(node: MappingNode, key: str, report: Report) -> ScalarNode | None:
    """The single value under `key`; None when absent or, after a diagnostic, when it is a list or mapping."""
    value = node.get(key)
    if value is None or isinstance(value, ScalarNode):
        return value
    report.add("P020", value)
    return None


def one_of(node: MappingNode, key: str, report: Report, allowed: Collection[str], default: str) -> str:
    """One word out of `allowed`."""
    value = scalar_at(node, key, report)
    if value is None:
        return default
    if value.value in allowed:
        return value.value
    guess = report.guess(value.value, allowed)
    report.add("P011", value, value=value.value, guess=guess, allowed=", ".join(allowed))
    return default


def whole(node: MappingNode, key: str, report: Report, *, default: int, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both allowed."""
    number = decimal(node, key, report, default=Decimal(default), low=low, high=high, whole_only=True)
    return int(number)


def decimal(
    node: MappingNode,
    key: str,
    report: Report,
    *,
    default: Decimal,
    low: int = 0,
    high: int = 1_000_000,
    above_low: bool = False,
    whole_only: bool = False,
) -> Decimal:
    """A number from `low` (itself not allowed when `above_low`) to `high`."""
    value = scalar_at(node, key, report)
    if value is None:
        return default
    number = parse_decimal(value.value)
    fits = number is not None and low <= number <= high and not (above_low and number == low)
    if number is None or not fits or (whole_only and number != number.to_integral_value()):
        report.add("P012", value, value=value.value, expected=_expected(report, low, high, above_low, whole_only))
        return default
    return number


def _expected(report: Report, low: int, high: int, above_low: bool, whole_only: bool) -> str:
    if report.language == "ru":
        kind = "целое число" if whole_only else "число"
        return f"{kind} больше {low} и до {high}" if above_low else f"{kind} от {low} до {high}"
    kind = "a whole number" if whole_only else "a number"
    return f"{kind} above {low} and up to {high}" if above_low else f"{kind} from {low} to {high}"


def flag(node: MappingNode, key: str, report: Report, *, default: bool) -> bool:
    """true or false."""
    value = scalar_at(node, key, report)
    if value is None:
        return default
    if value.kind == "flag":
        return value.value.lower() == "true"
    report.add("P021", value, value=value.value)
    return default


def slug(value: Node, report: Report) -> str | None:
    """An identifier; None after a diagnostic."""
    if isinstance(value, ScalarNode) and is_slug(value.value):
        return value.value
    report.add("P013", value, value=value.value if isinstance(value, ScalarNode) else "…")
    return None


def slug_key(key: str, mark: Mark, report: Report) -> bool:
    """Whether a mapping's key is an identifier; reports it when not."""
    if is_slug(key):
        return True
    report.add("P013", mark, value=key)
    return False
