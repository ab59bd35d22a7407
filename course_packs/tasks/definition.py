"""The keys every task has, whatever its type."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from course_packs.format.about import read_competences
from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, decimal, items_at, mapping_at, scalar_at, whole
from course_packs.format.model import Task, Text
from course_packs.format.texts import read_text, text_at, text_or_none
from course_packs.format.yaml_source import MappingNode, Node, SequenceNode
from course_packs.tasks import UnknownTaskTypeError, get_type, type_names
from course_packs.tasks.contract import JudgedType, NotedType, TaskType
from course_packs.tasks.mistakes import mistake_at

COMMON_KEYS: Final = (
    "type", "prompt", "points", "tries", "retry_penalty", "hint", "hint_penalty", "feedback", "mistake", "competences",
)  # fmt: skip
MAX_HINTS: Final = 5
VERDICTS: Final = ("correct", "partial", "wrong", "noted", "pending")


def compile_task(task_id: str, node: Node, report: Report) -> Task | None:
    """One entry of tasks.yaml → Task; `task_id` is `unit/task`. None when it is no mapping or its type is unknown."""
    mapping = as_mapping(node, report)
    if mapping is None:
        return None
    task_type = _type_of(mapping, report)
    if task_type is None:
        return None
    check_keys(mapping, report, (*COMMON_KEYS, *task_type.SCHEMA), required=("prompt",))
    # What is only noted is closed by its first answer, and people mark what was handed in: no further try is promised.
    once = isinstance(task_type, NotedType | JudgedType)
    tries = whole(mapping, "tries", report, default=1 if once else 2, low=1, high=5)
    penalty = decimal(mapping, "retry_penalty", report, default=Decimal("0.25"), high=1)
    if tries > 1 and penalty * (tries - 1) >= 1:
        report.add("P214", mapping.keys.get("retry_penalty", mapping.mark), number=_first_worthless(penalty))
    hints = _hints(mapping, report)
    return Task(
        id=task_id,
        type=task_type.name,
        points=_points(mapping, task_type, report),
        tries=tries,
        retry_penalty=penalty,
        prompt=text_at(mapping, "prompt", report, "block"),
        hints=hints,
        hint_penalty=_hint_penalty(mapping, len(hints), report),
        feedback=_feedback(mapping, report),
        mistake=mistake_at(mapping, "mistake", report),
        competences=read_competences(mapping, report),
        spec=task_type.compile(mapping, report),
    )


def _hints(node: MappingNode, report: Report) -> tuple[Text, ...]:
    """One text, or a list of them to be shown one after the other."""
    if isinstance(node.get("hint"), SequenceNode):
        items = items_at(node, "hint", report, at_least=1, at_most=MAX_HINTS)
        return tuple(read_text(item, report, "block") for item in items)
    only = text_or_none(node, "hint", report, "block")
    return () if only is None else (only,)


def _hint_penalty(node: MappingNode, hints: int, report: Report) -> Decimal:
    penalty = decimal(node, "hint_penalty", report, default=Decimal(0), high=1)
    if penalty and not hints:
        report.add("P219", node.keys["hint_penalty"])
    elif penalty * hints >= 1:
        report.add("P218", node.keys["hint_penalty"])
    return penalty if hints else Decimal(0)


def _points(node: MappingNode, task_type: TaskType, report: Report) -> Decimal:
    """What is only noted may be worth nothing; anything else would be a task for nothing."""
    above_low = not isinstance(task_type, NotedType)
    return decimal(node, "points", report, default=Decimal(1), high=1000, above_low=above_low)


def _first_worthless(penalty: Decimal) -> int:
    return int(-(-Decimal(1) // penalty)) + 1 if penalty else 0


def _type_of(node: MappingNode, report: Report) -> TaskType | None:
    value = scalar_at(node, "type", report)
    if value is None:
        if node.get("type") is None:
            report.add("P010", node, key="type")
        return None
    try:
        return get_type(value.value)
    except UnknownTaskTypeError:
        names = type_names()
        guess = report.guess(value.value, names)
        report.add("P216", value, value=value.value, guess=guess, allowed=", ".join(names))
        return None


def _feedback(node: MappingNode, report: Report) -> Mapping[str, Text]:
    mapping = mapping_at(node, "feedback", report)
    if mapping is None:
        return {}
    check_keys(mapping, report, VERDICTS)
    return {verdict: text_at(mapping, verdict, report, "block") for verdict in VERDICTS if mapping.get(verdict)}
