"""Formulas: LaTeX between dollar signs, safe MathML afterwards."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st

from course_packs.format import maths
from course_packs.format.diagnostics import START, Report
from course_packs.format.markdown import clean, plain_text, render_block, render_inline, render_page
from course_packs.format.pictures import Pictures
from tests.course_packs.samples import task_of


def report() -> Report:
    return Report("page.md", Pictures(), "en")


def test_a_formula_in_a_line_and_one_of_its_own() -> None:
    html = render_block("Скорость $v = \\frac{s}{t}$.\n\n$$\n\\sqrt{2}\n$$", report(), START, "ru")
    inline, block = BeautifulSoup(html, "html.parser").select("math")
    assert (inline["display"], block["display"]) == ("inline", "block")
    assert inline.select_one("mfrac") is not None
    assert block.select_one("msqrt") is not None
    assert inline["alttext"] == "v = \\frac s t"


def test_plain_words_hold_the_source_once() -> None:
    html = render_inline("Ответ $a < b$ верен", report(), START)
    assert plain_text(html) == "Ответ a < b верен"
    assert render_page("# Закон $F = ma$\n\nТекст", report(), "ru").title == "Закон F = ma"


@pytest.mark.parametrize(
    "source", ["от $5 до $6", "5$ и 6$", "\\$x\\$", "`$x$`", "10 $ за штуку $ и всё", "```\n$x$\n```"]
)
def test_money_and_code_are_no_formulas(source: str) -> None:
    found = report()
    assert "<math" not in render_block(source, found, START, "ru")
    assert found.found == []


@pytest.mark.parametrize(
    "latex",
    [
        "\\frac{",
        "\\foo",
        "a_{",
        "\\href{javascript:alert(1)}{x}",
        "\\style{color:red}{x}",
        "x" * 501,
        "\\left(x",
    ],
)
def test_what_cannot_be_read_is_refused(latex: str) -> None:
    with pytest.raises(maths.FormulaError):
        maths.mathml(latex, block=False)


COMMANDS = [r"\frac", r"\sqrt", r"\text", r"\begin{matrix}", r"\end{matrix}", r"\left", r"\right", r"\sum", r"\hline"]
PIECES = st.sampled_from([*COMMANDS, *"{}_^&()[]x1 %é\\", r"\\", "<b>"])


@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60))
@example("\\begin{array}{")
@example("{" * 400)
@example("\\text{<img src=x onerror=alert(1)>}")
def test_whatever_is_written_comes_out_safe_or_is_refused(latex: str) -> None:
    try:
        html = maths.mathml(latex, block=True)
    except maths.FormulaError:
        return
    soup = BeautifulSoup(clean(html), "html.parser")
    assert {tag.name for tag in soup.find_all(True)} <= maths.TAGS
    for tag in soup.find_all(True):
        assert set(tag.attrs) <= maths.ATTRIBUTES.get(tag.name, set())


def test_braces_of_a_formula_are_no_places_for_generated_numbers() -> None:
    task = task_of("type: number\nanswer: 2\nhint: 'Вспомни $\\frac{a}{b}$'")
    assert task.hint is not None
    assert "{" not in task.hint["ru"]
