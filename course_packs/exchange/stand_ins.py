"""Tasks no other form knows, as the nearest that others do: a table as a text with gaps, boxes as pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from course_packs.format.model import Task, Text, pick


def stand_in(task: Task) -> tuple[Task, list[str]]:
    """The task that leaves instead, and the keys that stay behind; the task itself when others know its like."""
    match task.type:
        case "formula":
            return replace(task, type="number"), []
        case "table":
            return _gaps_of_table(task)
        case "categorise":
            return _pairs_of_boxes(task)
        case _:
            return task, []


def _gaps_of_table(task: Task) -> tuple[Task, list[str]]:
    rows: Sequence[Sequence[Mapping[str, Any]]] = task.spec["rows"]
    cells = [cell for row in rows for cell in row if "id" in cell]
    names = {cell["id"]: f"g{number}" for number, cell in enumerate(cells, start=1)}
    languages = list(task.prompt)
    spec = {
        "text": {language: _table(task.spec["columns"], rows, names, language) for language in languages},
        "gaps": [{**cell, "id": names[cell["id"]]} for cell in cells],
    }
    return replace(task, type="gaps", spec=spec), ["row_order"] * bool(task.spec["any_order"])


def _table(
    columns: Sequence[Text], rows: Sequence[Sequence[Mapping[str, Any]]], names: Mapping[str, str], language: str
) -> str:
    head = "".join(f"<th>{pick(text, language)}</th>" for text in columns)
    body = "".join(f"<tr>{''.join(_cell(cell, names, language) for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(cell: Mapping[str, Any], names: Mapping[str, str], language: str) -> str:
    return f"<td>[[{names[cell['id']]}]]</td>" if "id" in cell else f"<td>{pick(cell['text'], language)}</td>"


def _pairs_of_boxes(task: Task) -> tuple[Task, list[str]]:
    items, boxes = task.spec["items"], task.spec["boxes"]
    spec = {
        "left": {item["id"]: item["text"] for item in items},
        "right": {box["id"]: box["text"] for box in boxes},
        "pairs": {item["id"]: item["boxes"][0] for item in items},
    }
    lost = ["items.box"] * any(len(item["boxes"]) > 1 for item in items)
    return replace(task, type="matching", spec=spec), lost + ["items.wrong"] * any(item["wrong"] for item in items)
