"""Regions of a picture: circles, rectangles and polygons in per cent of its width and height; is a point in one?

Everything is decimal and without roots, so an edge is met exactly. Distances count in per cent of the width.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, Literal, TypedDict

from course_packs.format.diagnostics import Report
from course_packs.format.fields import decimal_text, parse_decimal
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode, SequenceNode

KINDS: Final = ("circle", "rect", "polygon")
MOST_CORNERS: Final = 40
Point = tuple[Decimal, Decimal]
"""From the left and from the top, in per cent."""


class Shape(TypedDict):
    """A circle [x, y, r] (r in per cent of the width) or the corners of a polygon [x1, y1, x2, y2, …]."""

    kind: Literal["circle", "polygon"]
    numbers: list[str]


_SPOT: Final[Shape] = {"kind": "circle", "numbers": ["50", "50", "1"]}


def shape_at(node: MappingNode, report: Report) -> Shape:
    """The one shape of a region; a spot in the middle after a diagnostic."""
    given = [kind for kind in KINDS if node.get(kind) is not None]
    value = node.get(given[0]) if len(given) == 1 else None
    numbers = None if value is None else _numbers(value)
    shape = None if numbers is None else _shape(given[0], numbers)
    if shape is None:
        report.add("P248", value or node)
        return _SPOT
    return shape


def _numbers(node: Node) -> list[Decimal] | None:
    """The numbers of [1, 2, 3] or [[1, 2], [3, 4]], all from 0 to 100."""
    if not isinstance(node, SequenceNode):
        return None
    numbers: list[Decimal] = []
    for item in node.items:
        inner = item.items if isinstance(item, SequenceNode) and len(item.items) == 2 else (item,)
        for one in inner:
            number = parse_decimal(one.value) if isinstance(one, ScalarNode) else None
            if number is None or not 0 <= number <= 100:
                return None
            numbers.append(number)
    return numbers


def _shape(kind: str, numbers: list[Decimal]) -> Shape | None:
    if kind == "circle":
        sound = len(numbers) == 3 and numbers[2] > 0
        return {"kind": "circle", "numbers": _texts(numbers)} if sound else None
    if kind == "rect":
        if len(numbers) != 4 or not numbers[2] or not numbers[3]:
            return None
        x, y, width, height = numbers
        right, bottom = min(x + width, Decimal(100)), min(y + height, Decimal(100))
        numbers = [x, y, right, y, right, bottom, x, bottom]
    if len(numbers) % 2 or not 3 <= len(numbers) // 2 <= MOST_CORNERS:
        return None
    return {"kind": "polygon", "numbers": _texts(numbers)}


def _texts(numbers: Sequence[Decimal]) -> list[str]:
    return [decimal_text(number) for number in numbers]


def near(shape: Shape, point: Point, tolerance: Decimal, ratio: Decimal) -> bool:
    """Whether the point is in the shape or not farther off than the tolerance; `ratio` is height by width."""
    x, y = point[0], point[1] * ratio
    numbers = [Decimal(number) for number in shape["numbers"]]
    if shape["kind"] == "circle":
        across, down, radius = numbers[0] - x, numbers[1] * ratio - y, numbers[2] + tolerance
        return across * across + down * down <= radius * radius
    corners = [(across, down * ratio) for across, down in zip(numbers[::2], numbers[1::2], strict=True)]
    edges = list(pairwise([*corners, corners[0]]))
    return _inside(x, y, edges) or any(_beside(x, y, *edge, tolerance) for edge in edges)


def _inside(x: Decimal, y: Decimal, edges: Sequence[tuple[Point, Point]]) -> bool:
    """Even-odd: a ray to the right crosses the outline an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in edges:
        if (y1 > y) != (y2 > y):
            side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
            inside ^= (side > 0) == (y2 > y1)
    return inside


def _beside(x: Decimal, y: Decimal, start: Point, end: Point, tolerance: Decimal) -> bool:
    """Whether a point is not farther than the tolerance from an edge."""
    across, down = end[0] - start[0], end[1] - start[1]
    along = (x - start[0]) * across + (y - start[1]) * down
    length, allowed = across * across + down * down, tolerance * tolerance
    if 0 < along < length:
        aside = (x - start[0]) * down - (y - start[1]) * across
        return aside * aside <= allowed * length
    corner = start if along <= 0 else end
    return (x - corner[0]) ** 2 + (y - corner[1]) ** 2 <= allowed


def middle(shape: Shape) -> Point:
    """A point that lies in the shape, its middle where that does."""
    numbers = [Decimal(number) for number in shape["numbers"]]
    if shape["kind"] == "circle":
        return numbers[0], numbers[1]
    count = Decimal(len(numbers) // 2)
    across, down = (sum(numbers[axis::2], Decimal(0)) / count for axis in (0, 1))
    mean = (across.quantize(Decimal("0.01")), down.quantize(Decimal("0.01")))
    return mean if near(shape, mean, Decimal(0), Decimal(1)) else (numbers[0], numbers[1])


def drawing(shape: Shape, width: int, height: int) -> dict[str, Any]:
    """The shape in pixels of the picture: {circle: [x, y, r]} or {polygon: "x,y x,y …"}."""
    numbers = [Decimal(number) for number in shape["numbers"]]
    if shape["kind"] == "circle":
        return {"circle": [_pixels(numbers[0], width), _pixels(numbers[1], height), _pixels(numbers[2], width)]}
    corners = zip(numbers[::2], numbers[1::2], strict=True)
    return {"polygon": " ".join(f"{_pixels(x, width)},{_pixels(y, height)}" for x, y in corners)}


def _pixels(share: Decimal, whole: int) -> str:
    return decimal_text((share * whole / 100).quantize(Decimal("0.1")))
