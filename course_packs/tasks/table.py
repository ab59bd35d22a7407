"""Table: a table with cells to fill, each a word, a number or a choice from a list.

With `row_order: any` the rows may be given in any order: each row of the answer is held against the row of the key that
makes the whole worth most, and no row of the key counts twice. Fraction = weighted share of the cells; `parts` tells
for each cell id whether it is wholly right.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final, cast

from course_packs.format.diagnostics import Report
from course_packs.format.fields import items_at, one_of
from course_packs.format.markdown import plain_text
from course_packs.format.model import Spec, Task, Text, pick
from course_packs.format.texts import read_text
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode, SequenceNode
from course_packs.tasks.blanks import (
    BLANK,
    COMMON,
    Blank,
    compile_blank,
    describe_blank,
    is_blank,
    mark_blank,
    read_blanks,
    solve_blank,
    sum_up,
    typed_in,
    view_blank,
)
from course_packs.tasks.contract import Form, Outcome, Response, outcome

name: Final = "table"
SCHEMA: Final[Mapping[str, str]] = {
    "columns": "2–6 × text, ~ for none",
    "rows": f"1–20 × list of cells, each a text, ~ or {{{BLANK}; {COMMON}}}",
    "row_order": "fixed | any (fixed); any for up to 8 rows with alike fields",
}
MOST_ROWS: Final = 20
MOST_LOOSE_ROWS: Final = 8

_Cell = Mapping[str, Any]
"""{text} as it stands, or {id, …Blank} to fill."""
_Earned = tuple[Decimal, ...]
"""What rows earn in all, then in each column: among equals the first columns decide, since they name the row."""


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {columns: [Text], rows: [[{text} | {id, …Blank}]], any_order}; ids are r1c2: the row, the column."""
    for key in ("columns", "rows"):
        if node.get(key) is None:
            report.add("P010", node, key=key)
    columns = [_text(item, report) for item in items_at(node, "columns", report, at_least=2, at_most=6)[:6]]
    any_order = one_of(node, "row_order", report, ("fixed", "any"), "fixed") == "any"
    most = MOST_LOOSE_ROWS if any_order else MOST_ROWS
    rows: list[list[_Cell]] = []
    for item in items_at(node, "rows", report, at_least=1, at_most=most)[:most]:
        if not isinstance(item, SequenceNode):
            report.add("P019", item)
            continue
        if len(item.items) != len(columns):
            report.add("P234", item, count=len(item.items), wanted=len(columns))
        rows.append(
            [
                _compile_cell(cell, f"r{len(rows) + 1}c{number}", report)
                for number, cell in enumerate(item.items, start=1)
            ]
        )
    if rows and not any("id" in cell for row in rows for cell in row):
        report.add("P235", node.keys["rows"])
    if any_order and any(_shape(row) != _shape(rows[0]) for row in rows):
        report.add("P236", node.keys["row_order"])
    return {"columns": columns, "rows": rows, "any_order": any_order}


def _text(node: Node, report: Report) -> Text:
    """A text of one line; ~ stands for nothing at all."""
    return {} if isinstance(node, ScalarNode) and node.kind == "null" else read_text(node, report, "inline")


def _compile_cell(node: Node, cell_id: str, report: Report) -> _Cell:
    if not is_blank(node):
        return {"text": _text(node, report)}
    blank = compile_blank(cast("MappingNode", node), report)
    return {"text": {}} if blank is None else {"id": cell_id, **blank}


def _shape(row: Sequence[_Cell]) -> list[Any]:
    """What must be alike in rows that may change places: the kinds of fields, and what a list offers."""
    return [
        [cell["by"], *sorted((option["id"], str(option["text"])) for option in cell["spec"].get("options", ()))]
        if "id" in cell
        else None
        for cell in row
    ]


def _rows(task: Task) -> list[list[_Cell]]:
    return cast("list[list[_Cell]]", task.spec["rows"])


def _blanks(task: Task) -> dict[str, Blank]:
    return {cell["id"]: cast("Blank", cell) for row in _rows(task) for cell in row if "id" in cell}


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{columns: [{html}], rows: [[{html} | {id, blank: {kind, …}}]], any_order}."""
    return {
        "columns": [{"html": pick(text, language)} for text in task.spec["columns"]],
        "rows": [
            [
                {"id": cell["id"], "blank": view_blank(task, cast("Blank", cell), language=language, seed=seed)}
                if "id" in cell
                else {"html": pick(cell["text"], language)}
                for cell in row
            ]
            for row in _rows(task)
        ],
        "any_order": task.spec["any_order"],
    }


def read(task: Task, form: Form) -> Response:
    """Fields `cell-<id>` → {"cells": {id: answer}}. ResponseError: as `blanks.read_blanks`."""
    return {"cells": read_blanks(task, _blanks(task), typed_in(form, "cell-"))}


def mark(task: Task, response: Response) -> Outcome:
    """Parts: cell id → wholly right?"""
    given = {key: str(value) for key, value in response.get("cells", {}).items()}
    blanks = _blanks(task)
    if task.spec["any_order"]:
        blanks = _best_order(task, given)
    found = {key: mark_blank(task, blank, given.get(key, "")) for key, blank in blanks.items()}
    fraction, said, mistakes = sum_up(blanks, found, _labels(task))
    parts = {key: one.fraction == 1 for key, one in found.items()}
    return outcome(task, fraction, feedback=said, mistakes=mistakes, parts=parts)


def _best_order(task: Task, given: Mapping[str, str]) -> dict[str, Blank]:
    """Cell id → the blank of the key it is held against."""
    rows = [[cell for cell in row if "id" in cell] for row in _rows(task)]
    earned = [[_row_earns(task, row, key, given) for key in rows] for row in rows]

    @cache
    def best(taken: frozenset[int]) -> tuple[_Earned, tuple[int, ...]]:
        """The most that the rows left can earn with the key's rows left; a row's own place goes first among equals."""
        place = len(taken)
        if place == len(rows):
            return (Decimal(0),) * (len(rows[0]) + 1), ()
        most: tuple[_Earned, tuple[int, ...]] | None = None
        for key in sorted(set(range(len(rows))) - taken, key=lambda one: (one != place, one)):
            later, others = best(taken | {key})
            total = tuple(here + there for here, there in zip(earned[place][key], later, strict=True))
            if most is None or total > most[0]:
                most = total, (key, *others)
        assert most is not None
        return most

    order = best(frozenset())[1]
    return {
        cell["id"]: cast("Blank", key_cell)
        for row, key in zip(rows, order, strict=True)
        for cell, key_cell in zip(row, rows[key], strict=True)
    }


def _row_earns(task: Task, row: Sequence[_Cell], key: Sequence[_Cell], given: Mapping[str, str]) -> _Earned:
    cells = [
        Decimal(right["weight"]) * mark_blank(task, cast("Blank", right), given.get(cell["id"], "")).fraction
        for cell, right in zip(row, key, strict=True)
    ]
    return (sum(cells, Decimal(0)), *cells)


def _labels(task: Task) -> dict[str, Text]:
    """Cell id → «Сталь 45, плотность»: the first cell of the row (its number, if that is a field) and the column."""
    languages = dict.fromkeys(language for text in task.spec["columns"] for language in text)
    words = {"ru": "Строка"}
    labels: dict[str, Text] = {}
    for number, row in enumerate(_rows(task), start=1):
        for column, cell in zip(task.spec["columns"], row, strict=True):
            if "id" in cell:
                labels[cell["id"]] = {
                    language: ", ".join(
                        part
                        for part in (
                            pick(row[0].get("text", {}), language) or f"{words.get(language, 'Row')} {number}",
                            pick(column, language),
                        )
                        if part
                    )
                    for language in languages
                }
    return labels


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"cells": {id: a right answer}}, the rows in the author's order."""
    return {"cells": {key: solve_blank(task, blank, language=language) for key, blank in _blanks(task).items()}}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The filled cells row by row: «Сталь 45, плотность: 7800; …»."""
    given = response.get("cells", {})
    labels = _labels(task)
    return "; ".join(
        f"{plain_text(pick(labels[key], language))}: {describe_blank(task, blank, str(given[key]), language=language)}"
        for key, blank in _blanks(task).items()
        if key in given
    )


def draft(task: Task, form: Form) -> Response:
    """{"cells": what was typed and chosen}."""
    return {"cells": typed_in(form, "cell-")}
