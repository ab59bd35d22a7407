"""Hotspot: one or several places on a picture.

A learner marks points, or chooses from the list of regions when the author has named them all: both count alike.
Fraction = (right regions found − wrong marks) / regions wanted, not below 0; a mark in no region is wrong, a second one
in the same region counts for nothing. `parts` tells for each mark whether it is right: points by their number from 1,
chosen regions by their id, which is opaque.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any, Final, TypedDict, cast

from course_packs.format.canonical import load_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, decimal, decimal_text, flag, items_at, scalar_at, whole
from course_packs.format.markdown import plain_text
from course_packs.format.model import Spec, Task, Text, pick
from course_packs.format.pictures import FOLDER
from course_packs.format.texts import text_at, text_or_none
from course_packs.format.yaml_source import MappingNode
from course_packs.tasks import regions
from course_packs.tasks.arrangement import opaque_ids, report_repeats, shuffled
from course_packs.tasks.contract import Form, Outcome, Response, ResponseError, only, outcome
from course_packs.tasks.formula_values import shown
from course_packs.tasks.mistakes import mistake_data
from course_packs.tasks.quantities import parse_number
from course_packs.tasks.regions import Point, Shape

name: Final = "hotspot"
SCHEMA: Final[Mapping[str, str]] = {
    "picture": "media/file: the picture",
    "alt": "text: what the picture shows, without telling the answer",
    "regions": "1–20 × {circle: [x, y, r] | rect: [x, y, width, height] | polygon: [[x, y], …], correct?, label?, "
    "feedback?, mistake?}, in per cent of the picture",
    "choose": "1–10: how many marks a learner has (as many as there are right regions)",
    "tolerance": "0–10 (2): how far beside a right region still counts, in per cent of the width",
}


class _Region(TypedDict):
    id: str
    label: Text | None
    correct: bool
    shape: Shape
    feedback: Text | None
    mistake: Mapping[str, Any] | None


class _Picture(TypedDict):
    html: Text
    width: int
    height: int


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {picture: {html, width, height}, choose, tolerance, regions: […]}, numbers as strings."""
    for key in ("picture", "alt", "regions"):
        if node.get(key) is None:
            report.add("P010", node, key=key)
    found: list[_Region] = []
    places: list[tuple[Text, MappingNode]] = []
    for item in items_at(node, "regions", report, at_least=1, at_most=20)[:20]:
        mapping = as_mapping(item, report)
        if mapping is not None:
            found.append(_region(mapping, report))
            places.append((found[-1]["label"] or {}, mapping))
    report_repeats(places, report)
    ids = opaque_ids([region["label"] or {"": str(region["shape"])} for region in found])
    picture = _picture(node, report)
    tolerance = decimal(node, "tolerance", report, default=Decimal(2), high=10)
    right = sum(region["correct"] for region in found)
    spec = {
        "picture": picture,
        "choose": whole(node, "choose", report, default=min(max(right, 1), 10), low=1, high=10),
        "tolerance": decimal_text(tolerance),
        "regions": [{**region, "id": region_id} for region, region_id in zip(found, ids, strict=True)],
    }
    if found:
        _check(node, found, [place for _, place in places], _ratio(picture), report)
    return spec


def _region(node: MappingNode, report: Report) -> _Region:
    check_keys(node, report, (*regions.KINDS, "correct", "label", "feedback", "mistake"))
    correct = flag(node, "correct", report, default=False)
    if correct and node.get("mistake") is not None:
        report.add("P213", node.keys["mistake"])
    return {
        "id": "",
        "label": text_or_none(node, "label", report, "inline"),
        "correct": correct,
        "shape": regions.shape_at(node, report),
        "feedback": text_or_none(node, "feedback", report, "block"),
        "mistake": mistake_data(node, report).get("mistake"),
    }


def _picture(node: MappingNode, report: Report) -> _Picture:
    alt = text_at(node, "alt", report, "plain")
    value = scalar_at(node, "picture", report)
    file = "" if value is None else value.value.removeprefix(FOLDER)
    if value is not None and file == value.value:
        report.add("P308", value, value=value.value)
    elif value is not None and file not in report.pictures.refused:
        picture = report.pictures.sound.get(file)
        if picture is not None:
            report.pictures.used.add(file)
            size = f'width="{picture.width}" height="{picture.height}"'
            html = {
                language: f'<img src="media:{file}" alt="{escape(words)}" {size}>' for language, words in alt.items()
            }
            return {"html": html, "width": picture.width, "height": picture.height}
        report.add("P301", value, value=value.value, guess=report.guess(file, report.pictures.sound))
    return {"html": {}, "width": 100, "height": 100}


def _ratio(picture: _Picture) -> Decimal:
    return Decimal(picture["height"]) / picture["width"]


def _check(
    node: MappingNode,
    found: Sequence[_Region],
    places: Sequence[MappingNode],
    ratio: Decimal,
    report: Report,
) -> None:
    right = [region for region in found if region["correct"]]
    if not right:
        report.add("P202", node.keys["regions"])
    for region, place in zip(found, places, strict=True):
        if (region["label"] is None) != (found[0]["label"] is None):
            report.add("P250", place)
        centre = regions.middle(region["shape"])
        if not region["correct"] and any(regions.near(one["shape"], centre, Decimal(0), ratio) for one in right):
            report.add("P249", place)


def _regions(task: Task) -> list[_Region]:
    return cast("list[_Region]", task.spec["regions"])


def _listed(task: Task) -> bool:
    return all(region["label"] is not None for region in _regions(task))


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{picture: {html, width, height}, choose, labels: [{id, html}]}: no labels when the author has not named all."""
    picture = cast("_Picture", task.spec["picture"])
    labels = [
        {"id": region["id"], "html": pick(region["label"], language)}
        for region in sorted(_regions(task), key=lambda region: region["id"])
        if region["label"] is not None and _listed(task)
    ]
    return {
        "picture": {**picture, "html": pick(picture["html"], language)},
        "choose": task.spec["choose"],
        "labels": shuffled(labels, task, seed),
    }


def read(task: Task, form: Form) -> Response:
    """Fields `x-<n>`, `y-<n>` (per cent, n from 1) and `region`, repeated → {"points": [[x, y]], "regions": [ids]}.

    ResponseError: empty, incomplete, not-a-place, unknown-option, too-many-places.
    """
    choose = int(task.spec["choose"])
    points: list[list[str]] = []
    for number in range(1, choose + 1):
        pair = [only(form, f"{axis}-{number}").strip() for axis in "xy"]
        if not any(pair):
            continue
        if not all(pair):
            raise ResponseError("incomplete", missing="1")
        point = _point(pair)
        if point is None:
            raise ResponseError("not-a-place")
        points.append([decimal_text(share) for share in point])
    chosen = sorted({value for value in form.get("region", ()) if value})
    if not points and not chosen:
        raise ResponseError("empty")
    if chosen and not (_listed(task) and set(chosen) <= {region["id"] for region in _regions(task)}):
        raise ResponseError("unknown-option")
    if len(points) + len(chosen) > choose:
        raise ResponseError("too-many-places", limit=str(choose))
    return {"points": points, "regions": chosen}


def _point(pair: object) -> Point | None:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        return None
    x, y = (parse_number(str(share)) for share in pair)
    return (x, y) if x is not None and y is not None and 0 <= x <= 100 and 0 <= y <= 100 else None


def _hits(task: Task, response: Response) -> Iterator[tuple[str, list[_Region]]]:
    """Each mark of an answer by its key in `parts`, with the right regions it found, else the wrong one it is in."""
    ratio, tolerance = _ratio(task.spec["picture"]), Decimal(task.spec["tolerance"])
    for number, pair in enumerate(response.get("points") or (), start=1):
        point = _point(pair)
        if point is None:
            continue
        inside = [one for one in _regions(task) if regions.near(one["shape"], point, Decimal(0), ratio)]
        right = [one for one in inside if one["correct"]]
        if not inside:
            right = [
                one for one in _regions(task) if one["correct"] and regions.near(one["shape"], point, tolerance, ratio)
            ]
        yield str(number), right or inside[:1]
    chosen = response.get("regions") or ()
    for region in _regions(task):
        if region["id"] in chosen:
            yield region["id"], [region]


def mark(task: Task, response: Response) -> Outcome:
    """Parts: number of a point or id of a chosen region → right?"""
    hits = list(_hits(task, response))
    parts = {key: any(region["correct"] for region in met) for key, met in hits}
    if len(hits) > int(task.spec["choose"]):
        return outcome(task, Decimal(0))
    met = {region["id"]: region for _, found in hits for region in found}
    found = sum(region["correct"] for region in met.values())
    wanted = min(sum(region["correct"] for region in _regions(task)), int(task.spec["choose"]))
    return outcome(
        task,
        Decimal(max(0, found - list(parts.values()).count(False))) / wanted,
        feedback=[region["feedback"] for region in met.values() if region["feedback"] is not None],
        mistakes=[load_mistake(region["mistake"]) for region in met.values() if region["mistake"] is not None],
        parts=parts,
    )


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"points": [a point in each right region], "shapes": all right regions to draw, named by `html`}."""
    right = [region for region in _regions(task) if region["correct"]]
    picture = cast("_Picture", task.spec["picture"])
    return {
        "points": [
            [decimal_text(share) for share in regions.middle(region["shape"])]
            for region in right[: int(task.spec["choose"])]
        ],
        "shapes": [
            {
                **regions.drawing(region["shape"], picture["width"], picture["height"]),
                "html": pick(region["label"] or {}, language),
            }
            for region in right
        ],
    }


def describe(task: Task, response: Response, *, language: str) -> str:
    """What was marked: «Кабель на полу; 12,5 % × 40 %»; a place in no named region by its shares of both sides."""
    points = {str(number): _point(pair) or () for number, pair in enumerate(response.get("points") or (), start=1)}
    told = []
    for key, met in _hits(task, response):
        labels = [plain_text(pick(region["label"], language)) for region in met if region["label"] is not None]
        told.append(", ".join(labels) or " × ".join(f"{shown(share, language)} %" for share in points[key]))
    return "; ".join(told)


def draft(task: Task, form: Form) -> Response:
    """{"points": as typed, "regions": as ticked}."""
    numbers = range(1, int(task.spec["choose"]) + 1)
    points = [[only(form, f"x-{number}"), only(form, f"y-{number}")] for number in numbers]
    return {"points": [pair for pair in points if any(pair)], "regions": list(form.get("region", ()))}
