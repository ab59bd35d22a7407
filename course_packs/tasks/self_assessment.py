"""Self-assessment: for each criterion the level one sees oneself on, each level described in words.

Nothing is right or wrong: the verdict is `noted`, and the task may be worth 0 points. Criteria keep the author's ids,
levels their number from 1, lowest first: an assessor who judges by the same criteria can be laid beside.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, cast

from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, items_at
from course_packs.format.model import Spec, Task, Text
from course_packs.format.texts import read_text, text_at
from course_packs.format.yaml_source import MappingNode, Node
from course_packs.tasks.arrangement import report_repeats
from course_packs.tasks.contract import Form, Outcome, Response, noted, outcome
from course_packs.tasks.scales import Row, entries_at, known, middle, read_rows, row_view, told, typed

name: Final = "self_assessment"
NOTED: Final = True
SCHEMA: Final[Mapping[str, str]] = {
    "criteria": "1–12 × id: {title: text, levels: 2–6 texts, lowest first}",
}


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {rows: [{id, text, steps: [text]}]}."""
    rows: list[Row] = []
    for row_id, entry in entries_at(node, "criteria", report):
        mapping = as_mapping(entry, report)
        if mapping is None:
            continue
        check_keys(mapping, report, ("title", "levels"), required=("title", "levels"))
        levels: list[tuple[Text, Node]] = [
            (read_text(item, report, "inline"), item)
            for item in items_at(mapping, "levels", report, at_least=2, at_most=6)[:6]
        ]
        report_repeats(levels, report)
        rows.append(
            {"id": row_id, "text": text_at(mapping, "title", report, "inline"), "steps": [text for text, _ in levels]}
        )
    return {"rows": rows}


def _rows(task: Task) -> list[Row]:
    return cast("list[Row]", task.spec["rows"])


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{rows: [{id, html, steps: [{value, html}]}]}, in the author's order."""
    return {"rows": [row_view(row, language) for row in _rows(task)]}


def read(task: Task, form: Form) -> Response:
    """Fields `criterion-<id>` = level → {"levels": {id: "2"}}. ResponseError: empty, incomplete, unknown-option."""
    return {"levels": read_rows(_rows(task), form, "criterion", optional=False)}


def mark(task: Task, response: Response) -> Outcome:
    """`noted`; no parts."""
    given = known(_rows(task), response.get("levels"))
    return noted(task) if len(given) == len(_rows(task)) else outcome(task, Decimal(0))


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"levels": the middle everywhere}: as good as any other."""
    return {"levels": middle(_rows(task))}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The levels: «Слушаю других: 2 из 4»."""
    return told(_rows(task), response.get("levels"), language)


def draft(task: Task, form: Form) -> Response:
    """{"levels": those that were chosen}."""
    return {"levels": typed(form, "criterion")}
