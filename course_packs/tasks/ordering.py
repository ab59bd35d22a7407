"""Ordering: put 3 to 10 items in their right order.

Partial credit by the longest increasing subsequence, (LIS − 1) / (n − 1): one item out of place costs one step, however
many others it pushes along. Item ids are opaque; `parts` tells for each item whether it stands in its right place.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypedDict, cast

from course_packs.format.diagnostics import Report
from course_packs.format.fields import check_keys, items_at, mapping_at
from course_packs.format.markdown import plain_text
from course_packs.format.model import Spec, Task, Text, pick
from course_packs.format.texts import read_text, text_or_none
from course_packs.format.yaml_source import MappingNode, Node
from course_packs.tasks.arrangement import opaque_ids, report_repeats, shuffled
from course_packs.tasks.contract import Form, Outcome, Response, ResponseError, only, outcome

name: Final = "ordering"
SCHEMA: Final[Mapping[str, str]] = {
    "items": "3–10 texts in the right order",
    "labels": "{first: text?, last: text?}",
}


class _Item(TypedDict):
    id: str
    text: Text


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {items: [{id, text}] in the right order, labels: {first?, last?}}."""
    if node.get("items") is None:
        report.add("P010", node, key="items")
    places: list[tuple[Text, Node]] = [
        (read_text(item, report, "inline"), item)
        for item in items_at(node, "items", report, at_least=3, at_most=10)[:10]
    ]
    report_repeats(places, report)
    texts = [text for text, _ in places]
    items = [{"id": item_id, "text": text} for item_id, text in zip(opaque_ids(texts), texts, strict=True)]
    return {"items": items, "labels": _labels(node, report)}


def _labels(node: MappingNode, report: Report) -> dict[str, Text]:
    mapping = mapping_at(node, "labels", report)
    if mapping is None:
        return {}
    check_keys(mapping, report, ("first", "last"))
    labels = {key: text_or_none(mapping, key, report, "inline") for key in ("first", "last")}
    return {key: text for key, text in labels.items() if text is not None}


def _items(task: Task) -> list[_Item]:
    return cast("list[_Item]", task.spec["items"])


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{items: [{id, html}] never already in the right order, labels: {first?, last?}}."""
    right = _items(task)
    # Start from the id order, not from the right one; step the seed on when chance hits the right order.
    shown = sorted(right, key=lambda item: item["id"])
    attempt = seed
    while (order := shuffled(shown, task, attempt)) == right:
        attempt += 1
    return {
        "items": [{"id": item["id"], "html": pick(item["text"], language)} for item in order],
        "labels": {key: pick(text, language) for key, text in task.spec["labels"].items()},
    }


def read(task: Task, form: Form) -> Response:
    """Fields `position-<item id>` = 1…n → {"order": [ids]}.

    ResponseError: empty, incomplete, not-a-position, repeated-position.
    """
    items = _items(task)
    values = {item["id"]: only(form, f"position-{item['id']}").strip() for item in items}
    if not any(values.values()):
        raise ResponseError("empty")
    if not all(values.values()):
        raise ResponseError("incomplete", missing=str(sum(not value for value in values.values())))
    allowed = {str(position): position for position in range(1, len(items) + 1)}
    if not set(values.values()) <= allowed.keys():
        raise ResponseError("not-a-position")
    if len(set(values.values())) < len(items):
        raise ResponseError("repeated-position")
    return {"order": sorted(values, key=lambda item_id: allowed[values[item_id]])}


def mark(task: Task, response: Response) -> Outcome:
    """Parts: item id → stands in its right place?"""
    right = [item["id"] for item in _items(task)]
    order = [item_id for item_id in response.get("order", ()) if item_id in right]
    order = list(dict.fromkeys(order))
    positions = [right.index(item_id) for item_id in order]
    fraction = Decimal(max(0, longest_increasing(positions) - 1)) / (len(right) - 1)
    placed = dict(zip(right, order, strict=False))
    return outcome(task, fraction, parts={item_id: placed.get(item_id) == item_id for item_id in right})


def longest_increasing(numbers: Sequence[int]) -> int:
    """The length of the longest strictly increasing subsequence."""
    ends: list[int] = []
    for number in numbers:
        place = bisect_left(ends, number)
        ends[place : place + 1] = [number]
    return len(ends)


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"order": [ids in the right order]}."""
    return {"order": [item["id"] for item in _items(task)]}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The items in the order given: «1. Первое; 2. Второе»."""
    texts = {item["id"]: plain_text(pick(item["text"], language)) for item in _items(task)}
    order = [texts[item_id] for item_id in response.get("order", ()) if item_id in texts]
    return "; ".join(f"{place}. {text}" for place, text in enumerate(order, start=1))


def draft(task: Task, form: Form) -> Response:
    """Nothing: an order that is none cannot be shown again."""
    return {}
