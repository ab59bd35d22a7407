"""Plain YAML read by libyaml, several times faster than by ruamel, into the same tree.

Only what is plain: no anchors, tags, directives, several documents. Everything else, and every fault, is left to
`yaml_source`, which knows where it is and what to say of it. What a plain scalar is (a number, a flag) is decided by
ruamel's own table of YAML 1.2, because libyaml follows 1.1, in which `yes` is a flag and `12:30` a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml
from ruamel.yaml.resolver import implicit_resolvers

from course_packs.format.diagnostics import Mark

_VERSION: Final = (1, 2)
_PREFIX: Final = "tag:yaml.org,2002:"


class _NotPlainError(Exception):
    """Something that the other reader has to judge."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value; `tag` without its prefix."""

    value: str
    tag: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: list[Tree]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Mapping:
    """Pairs in the author's order, repeated keys too."""

    pairs: list[tuple[Tree, Tree]]
    mark: Mark


Tree = Scalar | Sequence | Mapping


def quick_tree(text: str) -> Tree | None:
    """The tree of plain YAML; None when there is anything in it that is not plain, or wrong."""
    try:
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        if not isinstance(next(events), yaml.StreamStartEvent):
            return None
        start = next(events)
        if not isinstance(start, yaml.DocumentStartEvent) or start.version or start.tags:
            return None
        tree = _present(_tree(next(events), events))
        next(events)  # the end of the document
        return tree if isinstance(next(events), yaml.StreamEndEvent) else None
    except (yaml.YAMLError, _NotPlainError, StopIteration, RecursionError, ValueError):
        return None


def _tree(event: Any, events: Iterator[Any]) -> Tree:
    # `Any`: PyYAML carries no types.
    if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
        raise _NotPlainError
    mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(event.value, _tag(event.value) if event.implicit[0] else "str", mark)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(inner := next(events), yaml.SequenceEndEvent):
            items.append(_present(_tree(inner, events)))
        return Sequence(items, mark)
    if isinstance(event, yaml.MappingStartEvent):
        pairs = []
        while not isinstance(inner := next(events), yaml.MappingEndEvent):
            key = _present(_tree(inner, events))
            pairs.append((key, _tree(next(events), events)))
        return Mapping(pairs, mark)
    raise _NotPlainError


def _present(tree: Tree) -> Tree:
    """The two readers give different places to what is not there."""
    if isinstance(tree, Scalar) and not tree.value and tree.tag == "null":
        raise _NotPlainError
    return tree


def _resolvers() -> dict[str, list[tuple[str, Any]]]:
    """Tag and pattern by the first sign of a value, in the order in which they are tried."""
    table: dict[str, list[tuple[str, Any]]] = {}
    for versions, tag, pattern, firsts in implicit_resolvers:
        if _VERSION in versions:
            for first in firsts:
                table.setdefault(first, []).append((tag.removeprefix(_PREFIX), pattern))
    return table


_TABLE: Final = _resolvers()


def _tag(value: str) -> str:
    for tag, pattern in _TABLE.get(value[:1], ()):
        if pattern.match(value):
            return tag
    return "str"
