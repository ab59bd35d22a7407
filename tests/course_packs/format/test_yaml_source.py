"""YAML in, nodes with places out; whatever comes in, nothing is raised."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_packs.format.diagnostics import Diagnostic, Mark, Report
from course_packs.format.pictures import Pictures
from course_packs.format.yaml_source import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    _parse,
    _parse_slowly,
    read_mapping,
)


def parse(source: str | bytes) -> tuple[MappingNode | None, list[str]]:
    report = Report("x.yaml", Pictures(), "en")
    node = read_mapping(source.encode() if isinstance(source, str) else source, report)
    return node, [f"{one.code} {one.line}:{one.column}" for one in report.found]


def test_every_value_knows_its_place_and_its_exact_spelling() -> None:
    node, found = parse("a: 2.50\nb:\n  - yes\n  - {c: 'q'}\n")
    assert found == []
    assert node is not None
    number, items = node.entries["a"], node.entries["b"]
    assert number == ScalarNode("2.50", "number", Mark(1, 4))
    assert isinstance(items, SequenceNode)
    assert items.items[0] == ScalarNode("yes", "text", Mark(3, 5))
    inner = items.items[1]
    assert isinstance(inner, MappingNode)
    assert inner.keys["c"] == (4, 6)
    assert inner.entries["c"].mark == (4, 9)


def test_an_empty_value_counts_as_absent_and_stands_at_its_key() -> None:
    node, _ = parse("a:\nb: 1\n")
    assert node is not None
    assert node.get("a") is None
    assert node.entries["a"].mark == (1, 1)


def test_windows_line_ends_and_byte_order_mark_are_read() -> None:
    node, found = parse(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n")
    assert found == []
    assert node is not None
    assert node.entries["b"] == ScalarNode("x\n", "text", Mark(2, 4))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("", ["P032 1:1"]),
        ("- a\n", ["P018 1:1"]),
        ("a: 1\na: 2\n", ["P006 2:1"]),
        ("a:\n\tb: 1\n", ["P005 2:1"]),
        ("a: &x 1\nb: *x\n", ["P007 1:4"]),
        ("a: !!set {x}\n", ["P007 1:4"]),
        ("a: !!float {x: 1}\n", ["P007 1:4"]),
        ("? [a]\n: 1\n", ["P018 1:3"]),
        ("a: 1\n---\nb: 2\n", ["P004 2:1"]),
        ("a: \x07\n", ["P004 1:4"]),
        ('a: "\\U99999999"\n', ["P004 1:1"]),
        ("[" * 600, ["P008 1:1"]),
        (b"a: \xd0\xbf\xd0", ["P002 1:5"]),
    ],
)
def test_what_is_not_plain_yaml_is_reported_at_its_place(source: str | bytes, found: list[str]) -> None:
    assert parse(source)[1] == found


def test_a_loop_of_aliases_ends() -> None:
    assert parse("a: &a [*a]\n")[1] == ["P007 1:4"]


YAML_LIKE = st.text(alphabet=st.sampled_from("ab:-?[]{},&*!|>'\"%@`#~ \n\t\\0.1éя\x00\u2028\ufeff"), max_size=60)


@given(st.one_of(st.binary(max_size=80), YAML_LIKE.map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_give_a_mapping_or_a_diagnostic(data: bytes) -> None:
    node, found = parse(data)
    assert node is not None or found


LINES = st.lists(
    st.sampled_from(
        ["a: 1", "b: yes", "c: 12:30", "d: 0o17", "- x", "- - y", "  - z", "e: |", "  text", "f: >-", "   more", "g:",
         "'h': ~", "i: {j: [1, 2.50, .5], k: \"q\"}", "  l: null", "# said", "m: 2026-11-24", "n: =", "o: <<", "",
         "a: twice", "ж: «да»", "? p", ": q", "r: 1e3", "s: -0.0", "t: 1_000", "u: 'it''s'", "v: \"\\u0416\"",
         "w: &x 1", "y: *x", "---", "z: !!str 1", "-", "- "]
    ),
    max_size=9,
)  # fmt: skip


def slowly(text: str) -> tuple[Node | None, list[Diagnostic]]:
    report = Report("x.yaml", Pictures(), "en")
    return _parse_slowly(text, report), report.found


@settings(deadline=None)
@given(lines=LINES)
def test_the_quick_reader_says_what_the_slow_one_says(lines: list[str]) -> None:
    text = "\n".join(lines)
    report = Report("x.yaml", Pictures(), "en")
    assert (_parse(text, report), report.found) == slowly(text)


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[3]).glob("*/**/*.y*ml")), ids=lambda path: path.name)
def test_it_reads_every_file_of_ours_alike(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    report = Report("x.yaml", Pictures(), "en")
    assert (_parse(text, report), report.found) == slowly(text)
