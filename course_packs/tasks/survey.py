"""Survey: statements, and how far one agrees with each, on one scale of 3 to 7 steps.

Nothing is right or wrong: the verdict is `noted`, and the task may be worth 0 points. With `anonymous` an answer is
never told to people who look at many (`describe` says nothing); it is stored with the attempt all the same, so that its
author meets it again: the learner's page says both.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, cast

from course_packs.format.diagnostics import Report
from course_packs.format.fields import check_keys, flag, items_at, whole
from course_packs.format.model import Spec, Task, Text
from course_packs.format.texts import read_text, text_at
from course_packs.format.yaml_source import MappingNode, SequenceNode
from course_packs.tasks.contract import Form, Outcome, Response, noted, outcome
from course_packs.tasks.scales import Row, entries_at, known, middle, read_rows, row_view, told, typed

name: Final = "survey"
NOTED: Final = True
SCHEMA: Final[Mapping[str, str]] = {
    "statements": "1–12 × id: text",
    "scale": "{steps: 3–7 (5), low: text, high: text} | list of 3–7 texts, lowest first",
    "anonymous": "true | false (false): teachers do not see the answer",
    "optional": "true | false (false): statements may be passed over",
}


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {anonymous, optional, rows: [{id, text, steps: [text | null]}]}."""
    steps = _scale(node, report)
    return {
        "anonymous": flag(node, "anonymous", report, default=False),
        "optional": flag(node, "optional", report, default=False),
        "rows": [
            {"id": row_id, "text": read_text(entry, report, "inline"), "steps": steps}
            for row_id, entry in entries_at(node, "statements", report)
        ],
    }


def _scale(node: MappingNode, report: Report) -> list[Text | None]:
    value = node.get("scale")
    if isinstance(value, SequenceNode):
        items = items_at(node, "scale", report, at_least=3, at_most=7)[:7]
        return [read_text(item, report, "inline") for item in items]
    if not isinstance(value, MappingNode):
        report.add("P010", node.keys.get("scale", node.mark), key="scale")
        return [None] * 5
    check_keys(value, report, ("steps", "low", "high"), required=("low", "high"))
    between: list[Text | None] = [None] * (whole(value, "steps", report, default=5, low=3, high=7) - 2)
    return [text_at(value, "low", report, "inline"), *between, text_at(value, "high", report, "inline")]


def _rows(task: Task) -> list[Row]:
    return cast("list[Row]", task.spec["rows"])


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{anonymous, optional, rows: [{id, html, steps: [{value, html?}]}]}, in the author's order."""
    rows = [row_view(row, language) for row in _rows(task)]
    return {"anonymous": task.spec["anonymous"], "optional": task.spec["optional"], "rows": rows}


def read(task: Task, form: Form) -> Response:
    """Fields `statement-<id>` = step → {"steps": {id: "4"}}. ResponseError: empty, incomplete, unknown-option."""
    return {"steps": read_rows(_rows(task), form, "statement", optional=task.spec["optional"])}


def mark(task: Task, response: Response) -> Outcome:
    """`noted`; no parts."""
    given = known(_rows(task), response.get("steps"))
    wanted = 1 if task.spec["optional"] else len(_rows(task))
    return noted(task) if len(given) >= wanted else outcome(task, Decimal(0))


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"steps": the middle everywhere}: as good as any other."""
    return {"steps": middle(_rows(task))}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The steps: «В мастерской спокойно: 4 из 5»; nothing when the survey is anonymous."""
    return "" if task.spec["anonymous"] else told(_rows(task), response.get("steps"), language)


def draft(task: Task, form: Form) -> Response:
    """{"steps": those that were chosen}."""
    return {"steps": typed(form, "statement")}
