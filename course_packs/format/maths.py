"""Formulas: LaTeX between dollar signs becomes MathML when a pack is compiled. No script, no font, no picture.

Browsers and screen readers read MathML by themselves. The converter's output still goes through the sanitiser: LaTeX
has commands for links and styles.
"""

from __future__ import annotations

import inspect
import re
from typing import Final

from latex2mathml import exceptions
from latex2mathml.converter import convert
from markupsafe import escape

MAX_LENGTH: Final = 500
TAGS: Final = frozenset(
    {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup"}
    | {"munder", "mover", "munderover", "mtable", "mtr", "mtd", "menclose", "mphantom"}
)
ATTRIBUTES: Final = {
    "math": {"display", "alttext"},
    "mi": {"mathvariant"},
    "mn": {"mathvariant"},
    "mo": {"stretchy", "fence", "form", "separator", "minsize", "maxsize"},
    "mspace": {"width", "height"},
    "mfrac": {"linethickness"},
    "mtable": {"columnalign"},
    "menclose": {"notation"},
}
_MATH: Final = re.compile(r'<math\b[^>]*?\balttext="([^"]*)"[^>]*>.*?</math>', re.DOTALL)
# A command that the converter does not know comes out as itself.
_UNKNOWN: Final = re.compile(r"<m[ion]>(\\[A-Za-z]+)</m[ion]>")
_UNFIT: Final = re.compile(r"\\(?:href|style|color|class|def|newcommand|require|input|include)\b")
_KINDS_OF_ERRORS: Final[tuple[type[Exception], ...]] = (
    # The converter's own have no common ancestor but Exception; the rest is what fuzzing shook out of it.
    *(one for _, one in inspect.getmembers(exceptions, inspect.isclass) if issubclass(one, Exception)),
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    RecursionError,
    StopIteration,
    AssertionError,
)


class FormulaError(ValueError):
    """A formula that cannot be read; its text says what of it."""


def mathml(latex: str, *, block: bool) -> str:
    """The formula as MathML with its source, without braces, as alternative text. Not yet sanitised.

    Raises:
        FormulaError: it is too long, broken, or uses a command that is unknown or unfit for a pack.
    """
    latex = " ".join(latex.split())
    if not latex or len(latex) > MAX_LENGTH:
        raise FormulaError(latex or "$$")
    if not _balanced(latex):
        raise FormulaError(latex)
    if unfit := _UNFIT.search(latex):
        raise FormulaError(unfit.group())
    try:
        found = convert(latex, display="block" if block else "inline")
    except _KINDS_OF_ERRORS as error:
        raise FormulaError(latex) from error
    if unknown := _UNKNOWN.search(found):
        raise FormulaError(unknown[1])
    return found.replace("<math ", f'<math alttext="{escape(_words(latex))}" ', 1)


def formulas_to_words(html: str) -> str:
    """Safe HTML with each formula replaced by its source: for plain text."""
    return _MATH.sub(r" \1 ", html)


def _balanced(latex: str) -> bool:
    """Whether every brace that opens closes: the converter overlooks one that does not."""
    depth = 0
    for sign in re.sub(r"\\.", "", latex):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _words(latex: str) -> str:
    # Braces mean something to other readers of a text: a generated task puts numbers in their place.
    return " ".join(re.sub(r"[{}]", " ", latex).split())
