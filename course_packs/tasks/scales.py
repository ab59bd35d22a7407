"""Rows with steps from low to high, of which one is chosen in each: what surveys and self-assessments are made of.

The ids of rows are the author's and a step's value is its number from 1, so answers of different releases, and of
different people who look at the same thing, can be laid side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict

from course_packs.format.diagnostics import Report
from course_packs.format.fields import slug_key
from course_packs.format.markdown import plain_text
from course_packs.format.model import Text, pick
from course_packs.format.yaml_source import MappingNode, Node
from course_packs.tasks.contract import Form, ResponseError, only

MOST_ROWS: Final = 12


class Row(TypedDict):
    """`steps`, lowest first, have a text each or none."""

    id: str
    text: Text
    steps: list[Text | None]


def entries_at(node: MappingNode, key: str, report: Report) -> list[tuple[str, Node]]:
    """Id and definition of each row under `key`, in the author's order."""
    value = node.get(key)
    if value is None:
        report.add("P010", node.keys.get(key, node.mark), key=key)
        return []
    if not isinstance(value, MappingNode):
        report.add("P018", value)
        return []
    if not 1 <= len(value.entries) <= MOST_ROWS:
        report.add("P016", value, count=len(value.entries), low=1, high=MOST_ROWS)
    entries = list(value.entries.items())[:MOST_ROWS]
    return [(row_id, entry) for row_id, entry in entries if slug_key(row_id, value.keys[row_id], report)]


def row_view(row: Row, language: str) -> dict[str, Any]:
    """{id, html, steps: [{value, html}]}; a step without words has no `html`."""
    steps = [
        {"value": str(value)} if text is None else {"value": str(value), "html": pick(text, language)}
        for value, text in enumerate(row["steps"], start=1)
    ]
    return {"id": row["id"], "html": pick(row["text"], language), "steps": steps}


def read_rows(rows: Sequence[Row], form: Form, prefix: str, *, optional: bool) -> dict[str, str]:
    """The chosen step by row id, from fields `<prefix>-<row id>`. ResponseError: empty, incomplete, unknown-option."""
    values = {row["id"]: only(form, f"{prefix}-{row['id']}") for row in rows}
    chosen = {row_id: value for row_id, value in values.items() if value}
    if not chosen:
        raise ResponseError("empty")
    if len(chosen) < len(rows) and not optional:
        raise ResponseError("incomplete", missing=str(len(rows) - len(chosen)))
    if known(rows, chosen) != chosen:
        raise ResponseError("unknown-option")
    return chosen


def known(rows: Sequence[Row], chosen: object) -> dict[str, str]:
    """What of an answer names a row and a step that are there."""
    given = chosen if isinstance(chosen, Mapping) else {}
    steps = {row["id"]: [str(value) for value in range(1, len(row["steps"]) + 1)] for row in rows}
    return {row_id: given[row_id] for row_id in steps if given.get(row_id) in steps[row_id]}


def middle(rows: Sequence[Row]) -> dict[str, str]:
    """An answer that says nothing: the middle of every row."""
    return {row["id"]: str((len(row["steps"]) + 1) // 2) for row in rows}


def told(rows: Sequence[Row], chosen: object, language: str) -> str:
    """The answer in one line: «В мастерской спокойно: 4 из 5; …»."""
    given, between = known(rows, chosen), " из " if language == "ru" else " of "
    return "; ".join(
        f"{plain_text(pick(row['text'], language))}: {given[row['id']]}{between}{len(row['steps'])}"
        for row in rows
        if row["id"] in given
    )


def typed(form: Form, prefix: str) -> dict[str, str]:
    """What was chosen so far."""
    start = f"{prefix}-"
    return {field.removeprefix(start): only(form, field) for field in form if field.startswith(start)}
