"""Hotspots: places on a picture, by points or by their names."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import hotspot, regions
from tests.course_packs.samples import Samples, task_findings, task_of

SHARES = st.integers(0, 1000).map(lambda tenths: str(Decimal(tenths) / 10))
POINTS = st.lists(st.lists(SHARES, min_size=2, max_size=2), max_size=4)

SAMPLES = Samples(
    fields=["x-1", "y-1", "x-2", "y-2", "x-3", "y-3", "region"],
    words=["23", "46", "70,5", "101", "a", "c", "f"],
    responses=st.fixed_dictionaries({"points": POINTS, "regions": st.lists(st.sampled_from("abcdefz"), unique=True)}),
    secrets=["circle", "polygon", "shape"],
)

# The picture of the sample pack is twice as wide as it is high.
PLACES = """\
type: hotspot
picture: media/circle.svg
alt: Круг
tolerance: 1
regions:
  - {circle: [20, 50, 10], correct: true, label: Левый, feedback: Нашёл}
  - {rect: [60, 20, 20, 40], correct: true, label: Правый}
  - {polygon: [[45, 0], [55, 0], [50, 30]], label: Клин, feedback: Мимо, mistake: {kind: quality, severity: minor}}
"""


@pytest.fixture(scope="module")
def places() -> Task:
    return task_of(PLACES)


def marked(task: Task, *points: tuple[str, str], chosen: tuple[str, ...] = ()) -> Any:
    return hotspot.mark(task, {"points": [list(point) for point in points], "regions": list(chosen)})


@pytest.mark.parametrize(
    ("points", "fraction"),
    [
        ([("20", "50"), ("70", "40")], "1"),
        ([("20", "50")], "0.5"),
        ([("20", "50"), ("22", "52")], "0.5"),  # twice the same place
        ([("20", "50"), ("90", "90")], "0"),  # one found, one beside everything
        ([("50", "10")], "0"),
        ([("20", "50"), ("70", "40"), ("90", "90")], "0"),  # more marks than there are
        ([], "0"),
    ],
)
def test_what_was_found_counts_and_what_was_marked_wrongly_counts_against_it(
    places: Task, points: list[tuple[str, str]], fraction: str
) -> None:
    assert marked(places, *points).fraction == Decimal(fraction)


@pytest.mark.parametrize(
    ("x", "y", "inside"),
    [
        ("31", "50", True),  # the edge of the circle and 1 % of tolerance
        ("31.1", "50", False),
        ("20", "72", True),  # the picture is half as high as wide: 10 % of the width are 20 % of the height
        ("20", "72.1", False),
        ("59", "40", True),
        ("58.9", "40", False),
    ],
)
def test_an_edge_is_met_exactly_and_the_tolerance_counts_by_the_width(
    places: Task, x: str, y: str, inside: bool
) -> None:
    assert (marked(places, (x, y)).fraction > 0) == inside


def test_feedback_and_mistakes_are_those_of_the_places(places: Task) -> None:
    outcome = marked(places, ("20", "50"), ("50", "10"))
    assert [text["ru"] for text in outcome.feedback][:2] == ["<p>Нашёл</p>", "<p>Мимо</p>"]
    assert [mistake.kind for mistake in outcome.mistakes] == ["quality"]
    assert outcome.parts == {"1": True, "2": False}


def test_a_list_is_as_good_as_points(places: Task) -> None:
    labels = {label["html"]: label["id"] for label in hotspot.view(places, language="ru", seed=1)["labels"]}
    response = hotspot.read(places, {"region": [labels["Левый"], labels["Правый"]]})
    assert hotspot.mark(places, response).fraction == 1
    mixed = hotspot.read(places, {"region": [labels["Левый"]], "x-1": ["70"], "y-1": ["40"]})
    assert hotspot.mark(places, mixed).fraction == 1
    assert hotspot.describe(places, mixed, language="ru") == "Правый; Левый"
    assert hotspot.describe(places, {"points": [["1", "2.5"]]}, language="ru") == "1 % × 2,5 %"


def test_fewer_marks_than_right_places_earn_everything_when_all_of_them_hit() -> None:
    task = task_of(PLACES + "choose: 1")
    assert marked(task, ("70", "40")).fraction == 1
    assert len(hotspot.solution(task, language="ru")["points"]) == 1


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "empty"),
        ({"x-1": ["5"]}, "incomplete"),
        ({"x-1": ["5"], "y-1": ["101"]}, "not-a-place"),
        ({"x-1": ["пять"], "y-1": ["5"]}, "not-a-place"),
        ({"region": ["z"]}, "unknown-option"),
        ({"region": ["a", "b", "c"]}, "too-many-places"),
    ],
)
def test_a_form_that_cannot_be_marked_costs_no_try(places: Task, form: dict[str, list[str]], code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        hotspot.read(places, form)
    assert caught.value.code == code


@given(POINTS)
def test_one_more_place_found_never_lowers_the_score(points: list[list[str]]) -> None:
    task, before = MANY, points[:3]
    for extra in (["20", "50"], ["70", "40"]):
        assert (
            hotspot.mark(task, {"points": [*before, extra]}).fraction >= hotspot.mark(task, {"points": before}).fraction
        )


MANY = task_of(PLACES + "choose: 4")


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=3, max_size=8, unique=True))
def test_the_middle_of_any_polygon_lies_in_it(corners: list[tuple[int, int]]) -> None:
    shape: regions.Shape = {"kind": "polygon", "numbers": [str(share) for corner in corners for share in corner]}
    assert regions.near(shape, regions.middle(shape), Decimal(0), Decimal(1))


def test_the_view_lists_places_only_when_all_have_names() -> None:
    unnamed = task_of(PLACES.replace("label: Левый, ", "").replace(", label: Правый", "").replace("label: Клин, ", ""))
    assert hotspot.view(unnamed, language="ru", seed=1)["labels"] == []
    with pytest.raises(ResponseError):
        hotspot.read(unnamed, {"region": ["a"]})


@pytest.mark.parametrize(
    ("definition", "codes"),
    [
        ("", ["P010", "P010", "P010"]),
        (PLACES.replace("media/circle.svg", "circle.svg"), ["P308"]),
        (PLACES.replace("circle.svg", "circel.svg"), ["P301"]),
        (PLACES.replace("correct: true, ", ""), ["P202"]),
        (PLACES.replace(", label: Правый", ""), ["P250"]),
        (PLACES.replace("label: Правый", "label: Левый"), ["P204"]),
        (PLACES.replace("[20, 50, 10]", "[20, 50]"), ["P248"]),
        (PLACES.replace("[20, 50, 10]", "[20, 150, 10]"), ["P248"]),
        (PLACES.replace("circle: [20, 50, 10]", "circle: [20, 50, 10], rect: [1, 1, 1, 1]"), ["P248"]),
        (PLACES.replace("[60, 20, 20, 40]", "[60, 20, 0, 40]"), ["P248"]),
        (PLACES.replace("[[45, 0], [55, 0], [50, 30]]", "[[45, 0], [55, 0]]"), ["P248"]),
        (PLACES.replace("[[45, 0], [55, 0], [50, 30]]", "[[60, 20], [80, 20], [70, 50]]"), ["P249"]),
        (PLACES.replace("label: Левый", "label: Левый, mistake: {kind: time, severity: minor}"), ["P213"]),
        (PLACES + "choose: 11", ["P012"]),
        (PLACES + "tolerance: 11", ["P006"]),
    ],
)
def test_what_an_author_may_get_wrong(definition: str, codes: list[str]) -> None:
    definition = definition or "type: hotspot"
    assert task_findings(definition) == codes
