"""Open answer: a text of one's own, which a person judges by a rubric.

The pupil sees the rubric before writing. A model answer, when the author gives one, is shown once the work is judged.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from course_packs.format.diagnostics import Report
from course_packs.format.fields import whole
from course_packs.format.model import Spec, Task, pick
from course_packs.format.texts import text_or_none
from course_packs.format.yaml_source import MappingNode
from course_packs.tasks.contract import Criterion, Form, Outcome, Panel, Response, ResponseError, only, outcome, pending
from course_packs.tasks.rubric import RUBRIC, compile_rubric, rubric_view
from course_packs.tasks.rubric import criteria as read_criteria

name: Final = "open_answer"
SCHEMA: Final[Mapping[str, str]] = {
    "rubric": RUBRIC,
    "min_words": "0–1000 (1)",
    "max_words": "1–2000 (500)",
    "model_answer": "text: shown when the work is judged",
}
MOST_CHARACTERS: Final = 20_000
_WORD: Final = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {rubric, min_words, max_words, model_answer}."""
    fewest = whole(node, "min_words", report, default=1, low=0, high=1000)
    most = whole(node, "max_words", report, default=500, low=1, high=2000)
    if fewest > most:
        report.add("P281", node.keys.get("min_words", node.mark), low=fewest, high=most)
    return {
        "rubric": compile_rubric(node, report),
        "min_words": fewest,
        "max_words": most,
        "model_answer": text_or_none(node, "model_answer", report, "block"),
    }


def criteria(task: Task) -> tuple[Criterion, ...]:
    """The rubric."""
    return read_criteria(task)


def panel(task: Task) -> Panel:
    """One adult."""
    return Panel()


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{rubric: [{id, html, steps}], min_words, max_words, max_length}."""
    return {
        "rubric": rubric_view(criteria(task), language),
        "min_words": task.spec["min_words"],
        "max_words": task.spec["max_words"],
        "max_length": MOST_CHARACTERS,
    }


def read(task: Task, form: Form) -> Response:
    """Field `text` → {"text": …}, trimmed, line ends as \\n. ResponseError: empty, too-few-words, too-many-words,
    too-long."""
    text = _text(form).strip()
    if not text:
        raise ResponseError("empty")
    if len(text) > MOST_CHARACTERS:
        raise ResponseError("too-long", limit=str(MOST_CHARACTERS))
    words = count_words(text)
    if words < task.spec["min_words"]:
        raise ResponseError("too-few-words", count=str(words), limit=str(task.spec["min_words"]))
    if words > task.spec["max_words"]:
        raise ResponseError("too-many-words", count=str(words), limit=str(task.spec["max_words"]))
    return {"text": text}


def mark(task: Task, response: Response) -> Outcome:
    """`pending`; no parts."""
    return pending(task) if str(response.get("text", "")).strip() else outcome(task, Decimal(0))


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"html": the model answer}, or nothing when the author gave none."""
    text = task.spec["model_answer"]
    return {} if text is None else {"html": pick(text, language)}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The text as it was written."""
    return str(response.get("text", ""))


def draft(task: Task, form: Form) -> Response:
    """{"text": as typed}."""
    return {"text": _text(form)}


def count_words(text: str) -> int:
    """How many words a text has; a number is one, a word with a hyphen too."""
    return len(_WORD.findall(text))


def _text(form: Form) -> str:
    return only(form, "text").replace("\r\n", "\n").replace("\r", "\n")
