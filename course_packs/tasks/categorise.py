"""Categorise: put each item into its box.

An item may belong to several boxes; any of them is right. The box `none` is for what fits no other and stands last.
Fraction = items in a right box / items; `parts` tells for each item id whether its box is right.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypedDict, cast

from course_packs.format.canonical import load_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, is_slug, items_at, mapping_at
from course_packs.format.markdown import plain_text
from course_packs.format.model import Spec, Task, Text, pick
from course_packs.format.texts import read_text, text_at, text_or_none
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode, SequenceNode
from course_packs.tasks.arrangement import opaque_ids, report_repeats, shuffled
from course_packs.tasks.blanks import headed, is_more_than_words, typed_in
from course_packs.tasks.contract import Form, Outcome, Response, ResponseError, outcome
from course_packs.tasks.mistakes import mistake_data

name: Final = "categorise"
SCHEMA: Final[Mapping[str, str]] = {
    "boxes": "2–6 × name: text; the box named none is for what fits nowhere",
    "items": "2–20 × {text, box: name or list of names, wrong: {name of a box: {feedback?, mistake?}}?}",
}
NONE: Final = "none"
_NONE_WORDS: Final = {"ru": "Ни в один", "en": "None of these"}


class _Box(TypedDict):
    id: str
    text: Text


class _Wrong(TypedDict):
    feedback: Text | None
    mistake: Mapping[str, Any] | None


class _Item(TypedDict):
    id: str
    text: Text
    boxes: list[str]
    wrong: Mapping[str, _Wrong]


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {boxes: [{id, text}], items: [{id, text, boxes: [ids], wrong: {box id: {feedback, mistake}}}]}."""
    for key in SCHEMA:
        if node.get(key) is None:
            report.add("P010", node, key=key)
    boxes = _compile_boxes(node, report)
    found: list[tuple[_Item, MappingNode]] = []
    for entry in items_at(node, "items", report, at_least=2, at_most=20)[:20]:
        mapping = as_mapping(entry, report)
        if mapping is not None:
            found.append((_compile_item(mapping, {key: box["id"] for key, box in boxes.items()}, report), mapping))
    report_repeats([(item["text"], place) for item, place in found], report)
    used = {tuple(item["boxes"]) for item, _ in found}
    if len(found) > 1 and len(used) == 1 and len(next(iter(used))) == 1:
        report.add("P231", node.keys["items"])
    ids = opaque_ids([item["text"] for item, _ in found])
    return {
        "boxes": list(boxes.values()),
        "items": [{**item, "id": item_id} for item_id, (item, _) in zip(ids, found, strict=True)],
    }


def _compile_boxes(node: MappingNode, report: Report) -> dict[str, _Box]:
    """The author's name of a box → the box, in the order they are shown."""
    entries = mapping_at(node, "boxes", report)
    if entries is None:
        return {}
    if not 2 <= len(entries.entries) <= 6:
        report.add("P016", entries, count=len(entries.entries), low=2, high=6)
    names = sorted(entries.entries, key=lambda box_name: box_name == NONE)
    texts: list[Text] = []
    for box_name in names:
        if not is_slug(box_name):
            report.add("P013", entries.keys[box_name], value=box_name)
        if box_name == NONE and entries.get(box_name) is None:
            texts.append({language: _NONE_WORDS.get(language, _NONE_WORDS["en"]) for language in report.languages})
            continue
        texts.append(read_text(entries.entries[box_name], report, "inline"))
        if is_more_than_words(texts[-1]):
            report.add("P227", entries.keys[box_name])
    report_repeats([(text, entries.entries[box_name]) for text, box_name in zip(texts, names, strict=True)], report)
    ids = opaque_ids(texts)
    return {key: {"id": box_id, "text": text} for key, box_id, text in zip(names, ids, texts, strict=True)}


def _compile_item(node: MappingNode, boxes: Mapping[str, str], report: Report) -> _Item:
    check_keys(node, report, ("text", "box", "wrong"), required=("text", "box"))
    right = _right_boxes(node.get("box"), boxes, report)
    if boxes and len(right) == len(boxes):
        report.add("P232", node.keys["box"])
    wrong: dict[str, _Wrong] = {}
    entries = mapping_at(node, "wrong", report)
    for box_name, value in () if entries is None else entries.entries.items():
        place = entries.keys[box_name] if entries else node.mark
        if box_name not in boxes:
            report.add("P230", place, value=box_name, guess=report.guess(box_name, boxes))
        elif boxes[box_name] in right:
            report.add("P233", place, value=box_name)
        mapping = as_mapping(value, report)
        if mapping is None:
            continue
        check_keys(mapping, report, ("feedback", "mistake"))
        wrong[boxes.get(box_name, "")] = {
            "feedback": text_or_none(mapping, "feedback", report, "block"),
            "mistake": mistake_data(mapping, report).get("mistake"),
        }
    return {"id": "", "text": text_at(node, "text", report, "inline"), "boxes": right, "wrong": wrong}


def _right_boxes(value: Node | None, boxes: Mapping[str, str], report: Report) -> list[str]:
    """Ids of the boxes named by one name or a list of them."""
    if value is None:
        return []
    right: list[str] = []
    for one in value.items if isinstance(value, SequenceNode) else (value,):
        if not isinstance(one, ScalarNode):
            report.add("P020", one)
        elif one.value not in boxes:
            report.add("P230", one, value=one.value, guess=report.guess(one.value, boxes))
        else:
            right.append(boxes[one.value])
    return sorted(set(right))


def _boxes(task: Task) -> dict[str, Text]:
    return {box["id"]: box["text"] for box in task.spec["boxes"]}


def _items(task: Task) -> list[_Item]:
    return cast("list[_Item]", task.spec["items"])


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{boxes: [{id, html}], items: [{id, html}]}; the items shuffled, the boxes as the author has them."""
    items = [{"id": item["id"], "html": pick(item["text"], language)} for item in _items(task)]
    return {
        "boxes": [{"id": box_id, "html": pick(text, language)} for box_id, text in _boxes(task).items()],
        "items": shuffled(sorted(items, key=lambda item: item["id"]), task, seed),
    }


def read(task: Task, form: Form) -> Response:
    """Fields `box-<item id>` = box id → {"placed": {item: box}}. ResponseError: empty, incomplete, unknown-option."""
    typed = typed_in(form, "box-")
    placed = {item["id"]: typed.get(item["id"], "") for item in sorted(_items(task), key=lambda item: item["id"])}
    if not any(placed.values()):
        raise ResponseError("empty")
    if not all(placed.values()):
        raise ResponseError("incomplete", missing=str(sum(not box for box in placed.values())))
    if not set(placed.values()) <= _boxes(task).keys():
        raise ResponseError("unknown-option")
    return {"placed": placed}


def mark(task: Task, response: Response) -> Outcome:
    """Parts: item id → in a right box?"""
    placed = {item_id: str(box) for item_id, box in response.get("placed", {}).items()}
    parts = {item["id"]: placed.get(item["id"]) in item["boxes"] for item in _items(task)}
    told = [
        (item, item["wrong"][placed[item["id"]]]) for item in _items(task) if placed.get(item["id"]) in item["wrong"]
    ]
    return outcome(
        task,
        Decimal(sum(parts.values())) / len(parts),
        feedback=[headed(item["text"], wrong["feedback"]) for item, wrong in told if wrong["feedback"] is not None],
        mistakes=[load_mistake(wrong["mistake"]) for _, wrong in told if wrong["mistake"] is not None],
        parts=parts,
    )


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"placed": {item id: id of a right box}}."""
    return {"placed": {item["id"]: item["boxes"][0] for item in _items(task)}}


def describe(task: Task, response: Response, *, language: str) -> str:
    """Box by box: «Мастеру: гул станка; Ни в один: обед»."""
    placed = response.get("placed", {})
    told = []
    for box_id, text in _boxes(task).items():
        inside = [plain_text(pick(item["text"], language)) for item in _items(task) if placed.get(item["id"]) == box_id]
        if inside:
            told.append(f"{plain_text(pick(text, language))}: {', '.join(inside)}")
    return "; ".join(told)


def draft(task: Task, form: Form) -> Response:
    """{"placed": what was chosen}."""
    return {"placed": typed_in(form, "box-")}
