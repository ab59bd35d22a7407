"""Matching: give each left side its right side; right sides may repeat and there may be extra ones.

Ids of both sides are opaque. Fraction = right pairs / pairs; `parts` tells for each left id whether its pair is right.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, cast

from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, items_at
from course_packs.format.markdown import plain_text
from course_packs.format.model import Spec, Task, Text, pick
from course_packs.format.texts import read_text, text_at
from course_packs.format.yaml_source import MappingNode, Node
from course_packs.tasks.arrangement import opaque_ids, report_repeats, shuffled
from course_packs.tasks.contract import Form, Outcome, Response, ResponseError, only, outcome

name: Final = "matching"
SCHEMA: Final[Mapping[str, str]] = {
    "pairs": "2–10 × {left: text, right: text}",
    "extra": "0–6 texts that belong to no left side",
}


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {left: {id: text}, right: {id: text}, pairs: {left id: right id}}."""
    if node.get("pairs") is None:
        report.add("P010", node, key="pairs")
    lefts: list[tuple[Text, Node]] = []
    rights: list[Text] = []
    for item in items_at(node, "pairs", report, at_least=2, at_most=10)[:10]:
        pair = as_mapping(item, report)
        if pair is None:
            continue
        check_keys(pair, report, ("left", "right"), required=("left", "right"))
        lefts.append((text_at(pair, "left", report, "inline"), pair.get("left") or pair))
        rights.append(text_at(pair, "right", report, "inline"))
    report_repeats(lefts, report)
    different = _different(rights)
    # An extra may not read like a right side or another extra: then two answers would look the same.
    extra = [(read_text(item, report, "inline"), item) for item in items_at(node, "extra", report, at_most=6)[:6]]
    report_repeats([*((text, node) for text in different), *extra], report)
    if len(rights) > 1 and len(different) == 1 and not extra:
        report.add("P215", node.keys["pairs"])
    left_ids = opaque_ids([text for text, _ in lefts])
    right_texts = [*different, *(text for text, _ in extra)]
    right_ids = opaque_ids(right_texts)
    return {
        "left": dict(zip(left_ids, (text for text, _ in lefts), strict=True)),
        "right": dict(zip(right_ids, right_texts, strict=True)),
        "pairs": {left: right_ids[different.index(right)] for left, right in zip(left_ids, rights, strict=True)},
    }


def _different(texts: list[Text]) -> list[Text]:
    return [text for index, text in enumerate(texts) if text not in texts[:index]]


def _pairs(task: Task) -> Mapping[str, str]:
    return cast("Mapping[str, str]", task.spec["pairs"])


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{left: [{id, html}], right: [{id, html}]}, both sides shuffled."""
    return {
        side: [
            {"id": entry_id, "html": pick(task.spec[side][entry_id], language)}
            for entry_id in shuffled(sorted(task.spec[side]), task, seed + offset)
        ]
        for offset, side in enumerate(("left", "right"))
    }


def read(task: Task, form: Form) -> Response:
    """Fields `match-<left id>` = right id → {"pairs": {left: right}}.

    ResponseError: empty, incomplete, unknown-option.
    """
    values = {left: only(form, f"match-{left}") for left in sorted(_pairs(task))}
    if not any(values.values()):
        raise ResponseError("empty")
    if not all(values.values()):
        raise ResponseError("incomplete", missing=str(sum(not value for value in values.values())))
    if not set(values.values()) <= task.spec["right"].keys():
        raise ResponseError("unknown-option")
    return {"pairs": values}


def mark(task: Task, response: Response) -> Outcome:
    """Parts: left id → its pair is right?"""
    answered = response.get("pairs", {})
    parts = {left: answered.get(left) == right for left, right in _pairs(task).items()}
    return outcome(task, Decimal(sum(parts.values())) / len(parts), parts=parts)


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"pairs": {left id: right id}}."""
    return {"pairs": dict(_pairs(task))}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The pairs: «Огонь — Сталь; Вода — Урал»."""
    sides = {
        side: {key: plain_text(pick(text, language)) for key, text in task.spec[side].items()}
        for side in ("left", "right")
    }
    pairs = response.get("pairs", {})
    return "; ".join(
        f"{sides['left'][left]} — {sides['right'][right]}"
        for left, right in pairs.items()
        if left in sides["left"] and right in sides["right"]
    )


def draft(task: Task, form: Form) -> Response:
    """{"pairs": those that were chosen}."""
    pairs = {name.removeprefix("match-"): only(form, name) for name in form if name.startswith("match-")}
    return {"pairs": pairs}
