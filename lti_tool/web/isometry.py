"""Isometric primitives: boxes, roofs, cylinders and trees as SVG path strings.

The ground is a plan in plan units: ``x`` runs down to the right, ``y`` down to the left, ``z`` up. One unit is 16 × 8 pixels on the
ground and 8 pixels in height. Every shape names a material and a face by two classes (``"brick l"``); the colours, and so the dark
theme, live in ``city.css`` alone, because a strict content security policy allows no style attributes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Point = tuple[float, float]
Solid = tuple[float, float, float]

_X, _Y, _Z = 8.0, 4.0, 8.0
_ROUND = 2**0.5


def project(x: float, y: float, z: float = 0) -> Point:
    """The pixel a point of the plan falls on."""
    return (x - y) * _X, (x + y) * _Y - z * _Z


def number(value: float) -> str:
    """A coordinate with one decimal at most and no trailing zero: these strings are most of a picture's weight."""
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def outline(points: Sequence[Point]) -> str:
    """A closed path through points, written with relative moves."""
    (x, y), *rest = points
    parts = [f"M{number(x)} {number(y)}l"]
    moves = []
    for next_x, next_y in rest:
        moves.append(f"{number(next_x - x)} {number(next_y - y)}")
        x, y = next_x, next_y
    return parts[0] + " ".join(moves).replace(" -", "-") + "z"


def path(css_class: str, d: str) -> str:
    """One path element."""
    return f'<path class="{css_class}" d="{d}"/>'


def polygon(css_class: str, solids: Iterable[Solid]) -> str:
    """A filled polygon given by points of the plan."""
    return path(css_class, outline([project(*solid) for solid in solids]))


def box(x: float, y: float, z: float, w: float, d: float, h: float, material: str, top: str | None = None) -> str:
    """A block: ``w`` along x, ``d`` along y, ``h`` up. ``top`` is the material of the roof (snow, mostly)."""
    return (
        polygon(f"{material} l", [(x, y + d, z), (x + w, y + d, z), (x + w, y + d, z + h), (x, y + d, z + h)])
        + polygon(f"{material} r", [(x + w, y + d, z), (x + w, y, z), (x + w, y, z + h), (x + w, y + d, z + h)])
        + flat(x, y, z + h, w, d, top or material)
    )


def flat(x: float, y: float, z: float, w: float, d: float, material: str) -> str:
    """A level plate: a floor, a road, a roof."""
    return polygon(f"{material} t", [(x, y, z), (x + w, y, z), (x + w, y + d, z), (x, y + d, z)])


def left_panes(
    x: float,
    y: float,
    z: float,
    columns: int,
    rows: int,
    w: float,
    h: float,
    step: float,
    rise: float = 0,
    css_class: str = "w",
) -> str:
    """Windows on a wall that faces left: ``y`` is the wall, ``x`` and ``z`` the lower corner of the first pane."""
    return path(
        css_class,
        "".join(
            outline([project(u, y, v), project(u + w, y, v), project(u + w, y, v + h), project(u, y, v + h)])
            for u in (x + step * column for column in range(columns))
            for v in (z + rise * row for row in range(rows))
        ),
    )


def right_panes(
    x: float,
    y: float,
    z: float,
    columns: int,
    rows: int,
    w: float,
    h: float,
    step: float,
    rise: float = 0,
    css_class: str = "w",
) -> str:
    """Windows on a wall that faces right: ``x`` is the wall, ``y`` and ``z`` the lower corner of the first pane."""
    return path(
        css_class,
        "".join(
            outline([project(x, u, v), project(x, u + w, v), project(x, u + w, v + h), project(x, u, v + h)])
            for u in (y + step * column for column in range(columns))
            for v in (z + rise * row for row in range(rows))
        ),
    )


def gable(x: float, y: float, z: float, w: float, d: float, h: float, roof: str, wall: str, along: str = "x") -> str:
    """A pitched roof over ``w`` × ``d`` with its ridge ``along`` an axis. Keep ``h`` below half the span, or the far slope turns away."""
    if along == "x":
        middle = y + d / 2
        return (
            polygon(f"{roof} t", [(x, y, z), (x + w, y, z), (x + w, middle, z + h), (x, middle, z + h)])
            + polygon(f"{roof} l", [(x, y + d, z), (x + w, y + d, z), (x + w, middle, z + h), (x, middle, z + h)])
            + polygon(f"{wall} r", [(x + w, y + d, z), (x + w, y, z), (x + w, middle, z + h)])
        )
    middle = x + w / 2
    return (
        polygon(f"{roof} t", [(x, y, z), (x, y + d, z), (middle, y + d, z + h), (middle, y, z + h)])
        + polygon(f"{roof} r", [(x + w, y, z), (x + w, y + d, z), (middle, y + d, z + h), (middle, y, z + h)])
        + polygon(f"{wall} l", [(x, y + d, z), (x + w, y + d, z), (middle, y + d, z + h)])
    )


def disc(x: float, y: float, z: float, r: float, css_class: str) -> str:
    """A level circle of radius ``r`` plan units."""
    cx, cy = project(x, y, z)
    rx, ry = r * _X * _ROUND, r * _Y * _ROUND
    return f'<ellipse class="{css_class}" cx="{number(cx)}" cy="{number(cy)}" rx="{number(rx)}" ry="{number(ry)}"/>'


def column(
    x: float, y: float, z: float, r: float, h: float, material: str, top: str | None = None, taper: float = 1
) -> str:
    """A standing cylinder, or a cone cut off when ``taper`` (upper radius ÷ lower radius) is below 1."""
    cx, cy = project(x, y, z)
    up = h * _Z
    rx, ry = r * _X * _ROUND, r * _Y * _ROUND
    tx = rx * taper
    body = (
        f"M{number(cx - rx)} {number(cy)}L{number(cx - tx)} {number(cy - up)}h{number(2 * tx)}L{number(cx + rx)} {number(cy)}"
        f"a{number(rx)} {number(ry)} 0 0 1{number(-2 * rx)} 0z"
    )
    shade = (
        f"M{number(cx + rx * 0.2)} {number(cy + ry)}L{number(cx + tx * 0.2)} {number(cy - up)}h{number(tx * 0.8)}"
        f"L{number(cx + rx)} {number(cy)}a{number(rx)} {number(ry)} 0 0 1{number(-0.8 * rx)} {number(ry)}z"
    )
    return (
        path(f"{material} l", body)
        + path(f"{material} r q", shade)
        + disc(x, y, z + h, r * taper, f"{top or material} t")
    )


def dome(x: float, y: float, z: float, r: float, material: str) -> str:
    """Half a ball standing on a circle."""
    cx, cy = project(x, y, z)
    rx, ry = r * _X * _ROUND, r * _Y * _ROUND
    whole = f"M{number(cx - rx)} {number(cy)}a{number(rx)} {number(rx)} 0 0 1{number(2 * rx)} 0a{number(rx)} {number(ry)} 0 0 1{number(-2 * rx)} 0z"
    shade = (
        f"M{number(cx + rx * 0.3)} {number(cy - rx * 0.95)}A{number(rx)} {number(rx)} 0 0 1{number(cx + rx)} {number(cy)}"
        f"a{number(rx)} {number(ry)} 0 0 1{number(-0.5 * rx)} {number(ry * 0.86)}q{number(rx * 0.22)} {number(-rx * 0.6)} {number(-rx * 0.2)} {number(-rx * 0.95 - ry * 0.86)}z"
    )
    return path(f"{material} l", whole) + path(f"{material} r q", shade)


def birch(x: float, y: float, z: float = 0, size: float = 1) -> str:
    """A birch: white trunk with dark marks, a light crown."""
    cx, cy = project(x, y, z)
    s = size
    trunk = f"M{number(cx - 1.2 * s)} {number(cy)}l{number(0.4 * s)} {number(-20 * s)}h{number(1.6 * s)}l{number(0.4 * s)} {number(20 * s)}z"
    marks = f"M{number(cx - s)} {number(cy - 3 * s)}h{number(1.2 * s)}m{number(-0.2 * s)} {number(-4 * s)}h{number(1.2 * s)}"
    crown = (
        f"M{number(cx - 7 * s)} {number(cy - 14 * s)}q{number(-s)} {number(-8 * s)} {number(4 * s)} {number(-10 * s)}q{number(2 * s)} {number(-8 * s)} {number(6 * s)} {number(-2 * s)}"
        f"q{number(6 * s)} {number(4 * s)} {number(3 * s)} {number(11 * s)}q{number(-3 * s)} {number(4 * s)} {number(-6 * s)} {number(1 * s)}q{number(-5 * s)} {number(4 * s)} {number(-7 * s)} 0z"
    )
    return path("bark", trunk) + path("leaf", crown) + path("ink", marks)


def fir(x: float, y: float, z: float = 0, size: float = 1) -> str:
    """A fir with snow on it."""
    cx, cy = project(x, y, z)
    s = size
    lower = f"M{number(cx)} {number(cy - 22 * s)}l{number(8 * s)} {number(19 * s)}q{number(-8 * s)} {number(4 * s)} {number(-16 * s)} 0z"
    snow = f"M{number(cx)} {number(cy - 22 * s)}l{number(3.6 * s)} {number(8.6 * s)}q{number(-3 * s)} {number(-1.4 * s)} {number(-4 * s)} {number(1.6 * s)}q{number(-1 * s)} {number(-2 * s)} {number(-3 * s)} {number(-1.6 * s)}z"
    return path("fir", lower) + path("snow t", snow)


def lamp(x: float, y: float, z: float = 0, h: float = 3.2) -> str:
    """A street lamp; its light is a window for the theme."""
    cx, cy = project(x, y, z)
    return path("ink", f"M{number(cx)} {number(cy)}v{number(-h * _Z)}") + (
        f'<circle class="w" cx="{number(cx)}" cy="{number(cy - h * _Z - 1)}" r="2.6"/>'
    )


def smoke(x: float, y: float, z: float) -> str:
    """Steam over a chimney, drifting to the right."""
    cx, cy = project(x, y, z)
    return path(
        "smoke",
        f"M{number(cx - 2)} {number(cy)}q-5-7 2-10q-2-8 7-9q3-8 12-5q9-4 13 3q6 1 4 6q-2 4-8 3q-3 5-10 4q-4 5-10 3q-4 6-10 5z",
    )
