"""Whatever comes in, every reader of the engine ends soon, in little memory, with a value or with its own error."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from resource import RUSAGE_SELF, getrusage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import CompiledPack
from course_packs.format.diagnostics import START, Report
from course_packs.format.markdown import render_block, render_page
from course_packs.format.maths import MAX_LENGTH, FormulaError, mathml
from course_packs.format.pictures import Pictures
from course_packs.format.yaml_source import MAX_BYTES
from course_packs.simulation.reader import read_simulation
from tests.course_packs.samples import compiled, files_with

PAGE_LENGTH = 100_000
BLOCK_LENGTH = 8_000
SECONDS = 10.0  # of the processor: five times what the slowest takes
MEGABYTES = 300


def report() -> Report:
    return Report("x", Pictures(), "en")


def filled(scrap: str, length: int) -> str:
    return (scrap * (length // len(scrap) + 1))[:length]


def assert_bounded(read: Callable[[], object]) -> None:
    before, begun = getrusage(RUSAGE_SELF).ru_maxrss, time.process_time()
    read()
    assert time.process_time() - begun < SECONDS
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1000  # it counts in kilobytes


@pytest.mark.parametrize("scrap", ["[", "![", "**a", "_a_ ", "*_", "[a][", "> ", "- ", "a|b\n-|-\n", "$a", "`a ", "&#"])
def test_markdown(scrap: str) -> None:
    assert_bounded(lambda: render_page("# T\n\n" + filled(scrap, PAGE_LENGTH), report(), "ru"))
    assert_bounded(lambda: render_block(filled(scrap, BLOCK_LENGTH), report(), START, "ru"))


@pytest.mark.parametrize("scrap", ["[", "{", "a: b\n", "a:\n ", "? a\n", "- - ", "&a ", "!"])
def test_yaml(scrap: str) -> None:
    data = filled(scrap, MAX_BYTES).encode()
    assert_bounded(lambda: read_simulation(data, report()))  # and whatever else is read as YAML


@pytest.mark.parametrize("scrap", [r"\frac{", "{", r"\left(", "a_{", r"\begin{matrix}", r"\sqrt", r"\\", "^"])
def test_formulas(scrap: str) -> None:
    def read(latex: str) -> None:
        try:
            mathml(latex, block=True)
        except FormulaError:
            return

    assert_bounded(lambda: read(filled(scrap, MAX_LENGTH)))
    opened = filled(scrap, MAX_LENGTH // 2)
    assert_bounded(lambda: read(opened + "x" + "}" * opened.count("{")))


RELEASE = json.loads(compiled(files_with()).to_json())
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "NaN", "1e999999", "-1", "ru"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ru", "id", "x"]), inner, max_size=2),
    max_leaves=4,
)


def spoilt(value: Any, data: st.DataObject) -> Any:
    """The value with one place in it replaced."""
    inside = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not inside or data.draw(st.integers(0, 5)) == 0:
        return data.draw(ANYTHING)
    place = data.draw(st.sampled_from(inside))
    copy: Any = value.copy()
    if data.draw(st.integers(0, 9)) == 0:
        del copy[place]
    else:
        copy[place] = spoilt(value[place], data)
    return copy


@given(st.data())
def test_a_stored_release_of_any_shape_is_a_pack_or_a_value_error(data: st.DataObject) -> None:
    try:
        pack = CompiledPack.from_json(json.dumps(spoilt(RELEASE, data)))
    except ValueError:
        return
    assert isinstance(pack, CompiledPack)


@given(st.text(max_size=60))
def test_any_text_for_a_release_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        CompiledPack.from_json(text)
