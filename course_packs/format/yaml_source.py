"""YAML read into a tree of nodes that keep their place and their exact spelling.

Plain YAML is read quickly (`quick_yaml`). Else the tree is built from ruamel's composed nodes rather than from
constructed Python values: so each scalar keeps its own line and column (also inside lists), decimals stay exact, and no
YAML tag can construct anything.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError

from course_packs.format import quick_yaml
from course_packs.format.diagnostics import START, Mark, Report
from course_packs.format.quick_yaml import Tree, quick_tree

MAX_BYTES: Final = 300_000
MAX_DEPTH: Final = 24
_CORE: Final = "tag:yaml.org,2002:"
_KINDS: Final[Mapping[str, Literal["text", "number", "flag", "null"]]] = {
    "str": "text",
    "int": "number",
    "float": "number",
    "bool": "flag",
    "null": "null",
    "timestamp": "text",
}


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value, spelled as the author spelled it (quotes removed, block text unfolded)."""

    value: str
    kind: Literal["text", "number", "flag", "null"]
    mark: Mark


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys and values; `keys` tells where each key stands."""

    entries: Mapping[str, Node]
    keys: Mapping[str, Mark]
    mark: Mark

    def get(self, key: str) -> Node | None:
        """The value of `key`; None when the key is absent or its value is empty."""
        node = self.entries.get(key)
        return None if isinstance(node, ScalarNode) and node.kind == "null" else node


Node = ScalarNode | SequenceNode | MappingNode


class _RefusedError(Exception):
    """The tree holds what a pack may not use; the diagnostic is already in the report."""


def read_utf8(data: bytes, report: Report) -> str | None:
    """The text of a file, with line ends made alike; None, with a diagnostic at the first bad byte, otherwise."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        report.add("P002", Mark(before.count("\n") + 1, len(before) - before.rfind("\n")))
        return None


def read_mapping(data: bytes, report: Report) -> MappingNode | None:
    """Parse one YAML file whose top is a mapping. Everything wrong goes to the report; None when nothing is usable."""
    if len(data) > MAX_BYTES:
        report.add("P003", START, size=len(data) // 1000, limit=MAX_BYTES // 1000)
        return None
    text = read_utf8(data, report)
    if text is None:
        return None
    node = _parse(text, report)
    if isinstance(node, MappingNode):
        return node
    if node is None:
        return None
    if isinstance(node, ScalarNode) and node.kind == "null":
        report.add("P032", START)
    else:
        report.add("P018", node)
    return None


def _parse(text: str, report: Report) -> Node | None:
    tree = quick_tree(text)
    if tree is not None and _is_usual(tree, 0):
        return _from_tree(tree, report)
    return _parse_slowly(text, report)


def _is_usual(tree: Tree, depth: int) -> bool:
    """Whether there is nothing in it to complain of but repeated keys; the rest is judged by the slow reader."""
    if depth > MAX_DEPTH:
        return False
    if isinstance(tree, quick_yaml.Scalar):
        return tree.tag in _KINDS
    if isinstance(tree, quick_yaml.Sequence):
        return all(_is_usual(item, depth + 1) for item in tree.items)
    return all(_is_usual(key, depth + 1) and _is_usual(value, depth + 1) for key, value in tree.pairs)


def _from_tree(tree: Tree, report: Report) -> Node:
    if isinstance(tree, quick_yaml.Scalar):
        return ScalarNode(tree.value, _KINDS[tree.tag], tree.mark)
    if isinstance(tree, quick_yaml.Sequence):
        return SequenceNode(tuple(_from_tree(item, report) for item in tree.items), tree.mark)
    pairs = [(_from_tree(key, report), _from_tree(value, report)) for key, value in tree.pairs]
    return _mapping(pairs, tree.mark, report)


def _parse_slowly(text: str, report: Report) -> Node | None:
    """Read with ruamel, whose complaints have a place and a reason."""
    try:
        with warnings.catch_warnings():
            # Anchors are refused below, those that are used twice too.
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            composed = YAML(typ="safe", pure=True).compose(text)
        if composed is None:
            return ScalarNode("", "null", START)
        return _convert(composed, report, 0)
    except _RefusedError:
        return None
    except MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        mark = START if place is None else Mark(place.line + 1, place.column + 1)
        problem = f"{error.context or ''} {error.problem or ''}".strip()
        report.add("P005", mark) if "'\\t'" in problem else report.add(
            "P004", mark, problem=report.yaml_problem(problem)
        )
    except RecursionError:
        report.add("P008", START)
    except (YAMLError, ValueError, ArithmeticError, LookupError, AttributeError, TypeError, AssertionError) as error:
        # Fuzzing showed that ruamel lets plain Python errors out of its scanner on odd escapes, directives and
        # control characters; for an author they are all one thing: this file is not YAML.
        report.add("P004", _mark_of(error, text), problem=report.yaml_problem(str(error).splitlines()[0] or "?"))
    return None


def _mark_of(error: Exception, text: str) -> Mark:
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return START
    before = text[:position]
    return Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _convert(node: Any, report: Report, depth: int) -> Node:
    # `Any`: ruamel's nodes carry no types.
    mark = Mark(node.start_mark.line + 1, node.start_mark.column + 1)
    if depth > MAX_DEPTH:
        report.add("P008", mark)
        raise _RefusedError
    tag = str(node.tag or "")
    # An alias is the anchored node itself a second time, so refusing anchors refuses loops and “billion laughs” too.
    if node.anchor or not tag.startswith(_CORE):
        report.add("P007", mark, what=f"&{node.anchor}" if node.anchor else tag)
        raise _RefusedError
    name = tag.removeprefix(_CORE)
    if isinstance(node.value, str):
        if name not in _KINDS:
            report.add("P007", mark, what=f"!!{name}")
            raise _RefusedError
        return ScalarNode(node.value, _KINDS[name], mark)
    if name == "seq":
        return SequenceNode(tuple(_convert(item, report, depth + 1) for item in node.value), mark)
    if name == "map":
        return _convert_mapping(node, mark, report, depth)
    report.add("P007", mark, what=f"!!{name}")
    raise _RefusedError


def _convert_mapping(node: Any, mark: Mark, report: Report, depth: int) -> MappingNode:
    pairs = [(_convert(key, report, depth + 1), _convert(value, report, depth + 1)) for key, value in node.value]
    return _mapping(pairs, mark, report)


def _mapping(pairs: Sequence[tuple[Node, Node]], mark: Mark, report: Report) -> MappingNode:
    entries: dict[str, Node] = {}
    keys: dict[str, Mark] = {}
    for key, value in pairs:
        if not isinstance(key, ScalarNode):
            report.add("P018", key)
            continue
        if key.value in entries:
            report.add("P006", key, key=key.value)
            continue
        # An absent value has no place of its own: the reader reports the next token's.
        absent = isinstance(value, ScalarNode) and value.kind == "null"
        entries[key.value] = ScalarNode("", "null", key.mark) if absent else value
        keys[key.value] = key.mark
    return MappingNode(entries, keys, mark)
