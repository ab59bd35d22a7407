"""The rubric by which people judge an answer: criteria, and for each the levels that work can reach, in words.

Ids of criteria are the author's and a level's value is its number from 1, lowest first, as in a self-assessment: what
an assessor found and what somebody thinks of their own work can be laid side by side when both name the same criteria.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median_low
from typing import Any, Final

from course_packs.format.canonical import load_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, decimal, decimal_text, items_at
from course_packs.format.markdown import plain_text
from course_packs.format.model import Task, pick
from course_packs.format.texts import read_text, text_at
from course_packs.format.yaml_source import MappingNode, Node
from course_packs.tasks.arrangement import report_repeats
from course_packs.tasks.contract import Criterion, Form, Judgement, Level, Outcome, outcome
from course_packs.tasks.mistakes import mistake_data
from course_packs.tasks.scales import Row, entries_at, known, read_rows, told

RUBRIC: Final = (
    "1–12 × id: {title: text, levels: 2–6 × text | {text, points? (its number from 0), mistake?}, lowest first}"
)
"""What `SCHEMA` says of the key `rubric`."""

_KEYS: Final = ("text", "points", "mistake")


def compile_rubric(node: MappingNode, report: Report) -> list[dict[str, Any]]:
    """The list under `rubric`: [{id, title, levels: [{text, points, mistake?}]}], for a type's spec."""
    rubric = []
    for criterion_id, entry in entries_at(node, "rubric", report):
        mapping = as_mapping(entry, report)
        if mapping is None:
            continue
        check_keys(mapping, report, ("title", "levels"), required=("title", "levels"))
        rubric.append(
            {
                "id": criterion_id,
                "title": text_at(mapping, "title", report, "inline"),
                "levels": _levels(mapping, report),
            }
        )
    return rubric


def _levels(node: MappingNode, report: Report) -> list[dict[str, Any]]:
    items = items_at(node, "levels", report, at_least=2, at_most=6)[:6]
    levels = [_level(item, number, report) for number, item in enumerate(items)]
    report_repeats([(level["text"], item) for level, item in zip(levels, items, strict=True)], report)
    before = Decimal(-1)
    for level, item in zip(levels, items, strict=True):
        points = Decimal(level["points"])
        if points <= before:
            report.add("P280", item, value=level["points"])
        before = max(points, before)
    return levels


def _level(node: Node, number: int, report: Report) -> dict[str, Any]:
    if not isinstance(node, MappingNode) or set(node.entries) <= set(report.languages):
        return {"text": read_text(node, report, "inline"), "points": str(number)}
    check_keys(node, report, _KEYS, required=("text",))
    points = decimal(node, "points", report, default=Decimal(number), high=1000)
    return {
        "text": text_at(node, "text", report, "inline"),
        "points": decimal_text(points),
        **mistake_data(node, report),
    }


def criteria(task: Task) -> tuple[Criterion, ...]:
    """The rubric in a task's spec."""
    return tuple(
        Criterion(
            id=one["id"],
            title=one["title"],
            levels=tuple(
                Level(
                    text=level["text"],
                    points=Decimal(level["points"]),
                    mistake=load_mistake(level["mistake"]) if "mistake" in level else None,
                )
                for level in one["levels"]
            ),
        )
        for one in task.spec["rubric"]
    )


def rubric_view(rubric: Sequence[Criterion], language: str) -> list[dict[str, Any]]:
    """[{id, html, steps: [{value, html, points}]}]: for those who work by it and for those who judge by it."""
    return [
        {
            "id": one.id,
            "html": pick(one.title, language),
            "steps": [
                {"value": str(value), "html": pick(level.text, language), "points": decimal_text(level.points)}
                for value, level in enumerate(one.levels, start=1)
            ],
        }
        for one in rubric
    ]


def read_levels(rubric: Sequence[Criterion], form: Form) -> dict[str, str]:
    """Fields `criterion-<id>` = level → {id: "2"}. ResponseError: empty, incomplete, unknown-option."""
    return read_rows(_rows(rubric), form, "criterion", optional=False)


def levels_of(rubric: Sequence[Criterion], judgement: Judgement | None) -> dict[str, str] | None:
    """The levels in a judgement; None when there is none, or when it leaves out a criterion."""
    levels = known(_rows(rubric), (judgement or {}).get("levels"))
    return levels if len(levels) == len(rubric) else None


def highest(rubric: Sequence[Criterion]) -> dict[str, str]:
    """The best of all judgements."""
    return {one.id: str(len(one.levels)) for one in rubric}


def middle_of(rubric: Sequence[Criterion], judgements: Sequence[Judgement]) -> dict[str, str]:
    """What several people found together: the median of each criterion, the lower one of two.

    A single voice that is far off moves nothing. Raises ValueError without a whole judgement.
    """
    found = [levels for one in judgements if (levels := levels_of(rubric, one)) is not None]
    if not found:
        raise ValueError("a median needs a judgement")
    return {one.id: str(median_low(int(levels[one.id]) for levels in found)) for one in rubric}


def judged(task: Task, rubric: Sequence[Criterion], levels: Mapping[str, str]) -> Outcome:
    """The Outcome of an answer that was judged: the points of the levels, as a share of those of the highest ones.

    `parts`: {criterion: on the highest level?}; mistakes are those of the levels.
    """
    reached = [(one, one.levels[int(levels[one.id]) - 1]) for one in rubric]
    possible = sum((one.levels[-1].points for one in rubric), Decimal(0))
    won = sum((level.points for _, level in reached), Decimal(0))
    return outcome(
        task,
        won / possible if possible else Decimal(0),
        mistakes=[level.mistake for _, level in reached if level.mistake is not None],
        parts={one.id: level is one.levels[-1] for one, level in reached},
    )


def tell_levels(rubric: Sequence[Criterion], levels: Mapping[str, str], language: str) -> str:
    """A judgement in one line of plain text: «План: 2 из 3; Расчёт: 3 из 3»."""
    return told(_rows(rubric), levels, language)


def tell_rubric(rubric: Sequence[Criterion], language: str) -> str:
    """The criteria in one line of plain text."""
    return "; ".join(plain_text(pick(one.title, language)) for one in rubric)


def _rows(rubric: Sequence[Criterion]) -> list[Row]:
    return [{"id": one.id, "text": one.title, "steps": [level.text for level in one.levels]} for one in rubric]
