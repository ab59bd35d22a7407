"""What is written as YAML is read back as the very same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from course_packs.exchange.html_tree import printable
from course_packs.exchange.yaml_writer import comment, write_yaml
from course_packs.format.diagnostics import Report
from course_packs.format.fields import decimal_text
from course_packs.format.pictures import Pictures
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode, read_mapping

_TEXT = st.one_of(
    st.text(max_size=30).map(printable),
    st.text(alphabet="аb :#-'\"{}[]|>&*!%@`,?\n\\~1.", max_size=20),
    st.sampled_from(["true", "null", "1.5", "- a", "a: b", "да # нет", "  пробелы  ", "\n", "а\n\nб\n", "«а»"]),
)
_VALUE = st.recursive(
    st.one_of(_TEXT, st.booleans(), st.integers(-99, 99), st.decimals(-99, 99, places=2)),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3), st.dictionaries(_TEXT.filter(bool), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def plain(node: Node) -> Any:
    if isinstance(node, MappingNode):
        return {key: plain(value) for key, value in node.entries.items()}
    return node.value if isinstance(node, ScalarNode) else [plain(item) for item in node.items]


def spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: spelled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [spelled(one) for one in value]
    if isinstance(value, bool):
        return str(value).lower()
    return decimal_text(value) if isinstance(value, Decimal) else str(value)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(_TEXT.filter(bool), _VALUE, min_size=1, max_size=4))
def test_what_is_written_is_read_back(data):
    report = Report("a.yaml", Pictures())
    node = read_mapping(write_yaml(data).encode(), report)

    assert not report.found, (write_yaml(data), [str(one) for one in report.found])
    assert node is not None
    assert plain(node) == spelled(data)


@given(st.text(max_size=200))
def test_a_comment_stays_one_whatever_is_in_it(text):
    report = Report("a.yaml", Pictures())
    node = read_mapping((comment(printable(text)) + "key: value\n").encode(), report)

    assert node is not None
    assert plain(node) == {"key": "value"}
