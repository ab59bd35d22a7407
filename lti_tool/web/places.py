"""Pictures of the city's places, put together from isometric parts.

A unit of a pack names its place (``gate``, ``library`` …); a unit that names none gets a house of the quarter. A picture is decoration:
it is hidden from screen readers, and everything it shows (done, current, open) is also said in words beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from lti_tool.web import isometry as iso

State = Literal["done", "current", "open"]
Scene = Callable[[], str]

# Every plot is 12 × 12 plan units with a slab under it: 192 × 96 pixels on the page, and room above for what is built.
PLOT = 12
_VIEW_BOX = "-100 -62 200 168"
PLACE_SIZE = (200, 168)  # pixels
_STYLE_SHEET = Path(__file__).parent / "static" / "city.css"


def _ground(material: str = "snow") -> str:
    return iso.box(0, 0, -0.8, PLOT, PLOT, 0.8, "earth", material)


def _path_to_door(x: float, w: float = 2) -> str:
    return iso.flat(x, 7, 0, w, 5, "road")


def _gate() -> str:
    return (
        _ground()
        + iso.flat(5, 0, 0, 2.6, 12, "road")
        + iso.fir(1.6, 2, 0, 1)
        + iso.birch(10.6, 1.6, 0, 1.1)
        + iso.box(2.6, 4.6, 0, 2, 2, 6, "ochre", "snow")
        + iso.left_panes(3.1, 6.6, 1.4, 1, 2, 1, 1.4, 0, 2.2)
        + iso.right_panes(4.6, 5.1, 1.4, 1, 2, 1, 1.4, 0, 2.2)
        + iso.box(8, 4.6, 0, 2, 2, 6, "ochre", "snow")
        + iso.left_panes(8.5, 6.6, 1.4, 1, 2, 1, 1.4, 0, 2.2)
        + iso.right_panes(10, 5.1, 1.4, 1, 2, 1, 1.4, 0, 2.2)
        + iso.box(2.3, 4.9, 6.2, 8, 1.4, 1.5, "steel", "snow")
        + iso.left_panes(3.4, 6.3, 6.6, 5, 1, 0.7, 0.7, 1.2, 0, "fire")
        + iso.lamp(3.6, 10.4)
        + iso.lamp(9, 10.4)
        + iso.birch(1.2, 9.8, 0, 0.9)
    )


def _square() -> str:
    return (
        _ground()
        + iso.flat(1.5, 1.5, 0, 9, 9, "road")
        + iso.disc(6, 6, 0, 2.9, "snow t")
        + iso.birch(1, 1, 0, 1)
        + iso.birch(6, 0.6, 0, 1.15)
        + iso.fir(10.9, 1.2, 0, 0.9)
        + iso.birch(0.8, 6, 0, 1.1)
        + iso.column(6, 6, 0, 1.5, 0.7, "stone", "snow")
        + iso.box(5.5, 5.5, 0.7, 1, 1, 7, "steel")
        + iso.box(5, 5, 7.4, 2, 2, 2, "ochre", "snow")
        + iso.left_panes(5.4, 7, 7.8, 1, 1, 1.2, 1.2, 0)
        + iso.right_panes(7, 5.4, 7.8, 1, 1, 1.2, 1.2, 0)
        + iso.box(9.4, 5, 0, 0.8, 2.4, 0.7, "wood")
        + iso.box(5, 9.4, 0, 2.4, 0.8, 0.7, "wood")
        + iso.lamp(2.6, 9.6)
        + iso.lamp(9.8, 9.6)
        + iso.lamp(9.8, 2.4)
    )


def _library() -> str:
    columns = "".join(iso.box(2.4 + 1.6 * k, 9.1, 0.6, 0.5, 0.5, 4.4, "stone") for k in range(5))
    return (
        _ground()
        + iso.fir(10.9, 1, 0, 0.9)
        + iso.birch(1, 1.4, 0, 1)
        + iso.box(1.6, 2.4, 0, 8.4, 6.2, 5, "ochre", "snow")
        + iso.right_panes(10, 3, 1.2, 4, 1, 0.8, 2.6, 1.4)
        + iso.left_panes(2.3, 8.6, 1.2, 5, 1, 0.9, 2.8, 1.6)
        + iso.box(1.6, 8.6, 0, 8.4, 1.6, 0.6, "stone")
        + columns
        + iso.box(1.6, 2.4, 5, 8.4, 7.8, 0.7, "stone", "snow")
        + iso.gable(1.6, 2.4, 5.7, 8.4, 7.8, 2.6, "snow", "ochre", along="y")
        + iso.path(
            "fire", iso.outline([iso.project(5, 10.2, 6.2), iso.project(6.6, 10.2, 6.2), iso.project(5.8, 10.2, 7.3)])
        )
        + iso.flat(4.8, 10.2, 0, 2, 1.8, "road")
        + iso.lamp(10.9, 10.9, 0, 2.8)
    )


def _workshop() -> str:
    bays = "".join(
        iso.polygon("snow t", [(x, 2.4, 5), (x, 9.4, 5), (x + 2.6, 9.4, 7), (x + 2.6, 2.4, 7)])
        + iso.polygon("brick l", [(x, 9.4, 5), (x + 2.6, 9.4, 5), (x + 2.6, 9.4, 7)])
        + iso.polygon("w", [(x + 2.6, 2.4, 5), (x + 2.6, 9.4, 5), (x + 2.6, 9.4, 7), (x + 2.6, 2.4, 7)])
        for x in (1.4, 4, 6.6)
    )
    return (
        _ground()
        + iso.birch(10.9, 1.4, 0, 1)
        + iso.column(2.4, 1.5, 0, 0.75, 10.6, "brick", taper=0.7)
        + iso.smoke(2.4, 1.5, 10.6)
        + iso.box(1.4, 2.4, 0, 7.8, 7, 5, "brick", "snow")
        + bays
        + iso.left_panes(2, 9.4, 0, 1, 1, 2.6, 3.6, 0, 0, "w")
        + iso.left_panes(5.4, 9.4, 1.6, 3, 1, 0.8, 1.8, 1.2)
        + iso.right_panes(9.2, 3.2, 1.6, 4, 1, 0.9, 1.8, 1.5)
        + iso.flat(2, 9.4, 0, 2.6, 2.6, "road")
        + iso.box(7.2, 10, 0, 2.2, 1.4, 0.9, "steel")
        + iso.box(10, 7.4, 0, 1.3, 2.2, 0.8, "wood", "snow")
    )


def _lab() -> str:
    return (
        _ground()
        + iso.fir(1.2, 1.4, 0, 1)
        + iso.column(9.6, 2.6, 0, 1.2, 5.2, "steel", "snow")
        + iso.column(9.9, 5.4, 0, 1, 3.6, "steel", "snow")
        + iso.box(1.6, 2.2, 0, 6.4, 7, 3, "stone", "snow")
        + iso.left_panes(2.2, 9.2, 0.7, 4, 1, 1.1, 1.6, 1.5)
        + iso.right_panes(8, 2.8, 0.7, 4, 1, 1.1, 1.6, 1.6)
        + iso.box(2.6, 2.6, 3, 4.6, 5.4, 3.6, "glass", "snow")
        + iso.left_panes(3, 8, 3.5, 3, 2, 1, 1.1, 1.4, 1.6)
        + iso.right_panes(7.2, 3.1, 3.5, 3, 2, 1.1, 1.1, 1.6, 1.6)
        + iso.column(4.4, 4.6, 6.6, 0.5, 2.2, "steel")
        + iso.smoke(4.4, 4.6, 8.8)
        + iso.column(6, 6, 6.6, 0.6, 1, "steel", "snow")
        + iso.flat(4, 9.2, 0, 2, 2.8, "road")
        + iso.birch(10.6, 10.4, 0, 1)
        + iso.lamp(2.6, 11)
    )


def _hall() -> str:
    steps = 8
    arch: list[tuple[float, float]] = [
        (0, 0),
        (0.5, 1.5),
        (1.5, 2.6),
        (2.8, 3.2),
        (3.6, 3.3),
        (4.4, 3.2),
        (5.7, 2.6),
        (6.7, 1.5),
        (7.2, 0),
    ]
    roof = "".join(
        iso.polygon(
            "snow t" if k < steps / 2 + 1 else "snow r",
            [
                (2 + arch[k][0], 1.6, 4 + arch[k][1]),
                (2 + arch[k][0], 9.6, 4 + arch[k][1]),
                (2 + arch[k + 1][0], 9.6, 4 + arch[k + 1][1]),
                (2 + arch[k + 1][0], 1.6, 4 + arch[k + 1][1]),
            ],
        )
        for k in range(steps)
    )
    front = iso.polygon("ochre l", [(2 + u, 9.6, 4 + v) for u, v in arch])
    return (
        _ground()
        + iso.birch(1, 2, 0, 1)
        + iso.fir(10.9, 1.2, 0, 1)
        + iso.box(2, 1.6, 0, 7.2, 8, 4, "ochre", "snow")
        + roof
        + front
        + iso.right_panes(9.2, 2.3, 0.9, 5, 1, 0.8, 2.4, 1.5)
        + iso.left_panes(2.8, 9.6, 3.2, 4, 1, 1, 2.6, 1.5)
        + iso.left_panes(4, 9.6, 0, 3, 1, 0.9, 2, 1.1)
        + iso.box(3.4, 9.6, 2.3, 4.4, 1.1, 0.4, "steel", "snow")
        + iso.flat(4, 9.6, 0, 3.2, 2.4, "road")
        + iso.lamp(2.6, 11.2, 0, 2.6)
        + iso.lamp(8.8, 11.2, 0, 2.6)
    )


def _bridge() -> str:
    river = iso.polygon("water t", [(3, 0, 0), (9, 0, 0), (8.2, 12, 0), (2.4, 12, 0)])
    waves = iso.path(
        "wave",
        "".join(
            f"M{iso.number(iso.project(x, y)[0])} {iso.number(iso.project(x, y)[1])}q6-2 10 1t10 1"
            for x, y in ((4.4, 2), (7, 3.4), (4, 9), (6.4, 10.6))
        ),
    )

    def arch(y: float) -> str:
        (ax, ay), (bx, by), (cx, cy) = iso.project(1.6, y, 1.6), iso.project(6, y, 10), iso.project(10.4, y, 1.6)
        ties = "".join(
            f"M{iso.number(px)} {iso.number(py)}v{iso.number(-h)}"
            for (px, py), h in (
                (iso.project(3.6, y, 1.6), 22),
                (iso.project(6, y, 1.6), 32),
                (iso.project(8.4, y, 1.6), 22),
            )
        )
        return iso.path(
            "beam",
            f"M{iso.number(ax)} {iso.number(ay)}Q{iso.number(bx)} {iso.number(by)} {iso.number(cx)} {iso.number(cy)}",
        ) + iso.path("ink", ties)

    return (
        _ground()
        + river
        + waves
        + iso.fir(0.9, 1.4, 0, 0.9)
        + iso.birch(10.8, 1.2, 0, 1)
        + iso.box(3.6, 4.8, 0, 0.8, 2.6, 1, "stone")
        + iso.box(7.6, 4.8, 0, 0.8, 2.6, 1, "stone")
        + arch(4.6)
        + iso.box(0, 4.6, 1, 12, 3, 0.6, "steel", "road")
        + iso.polygon("earth l", [(0, 7.6, 0), (1.6, 7.6, 0), (1.6, 7.6, 1), (0, 7.6, 1)])
        + iso.polygon("earth l", [(10.4, 7.6, 0), (12, 7.6, 0), (12, 7.6, 1), (10.4, 7.6, 1)])
        + arch(7.6)
        + iso.lamp(1.2, 7.4, 1.6, 2.6)
        + iso.lamp(6, 7.4, 1.6, 2.6)
        + iso.lamp(10.8, 7.4, 1.6, 2.6)
        + iso.birch(0.9, 10.9, 0, 0.9)
        + iso.fir(10.8, 10.4, 0, 0.8)
    )


def _tower() -> str:
    return (
        _ground()
        + iso.birch(1.4, 1.6, 0, 1.1)
        + iso.fir(10.6, 1.4, 0, 1)
        + iso.box(2.4, 2.8, 0, 7, 6.4, 2.6, "brick", "snow")
        + iso.left_panes(3, 9.2, 0.7, 4, 1, 0.9, 1.3, 1.6)
        + iso.right_panes(9.4, 3.4, 0.7, 3, 1, 1, 1.3, 1.9)
        + iso.box(4.2, 4.2, 2.6, 3.4, 3.4, 6.4, "ochre")
        + iso.left_panes(4.8, 7.6, 3.4, 2, 2, 0.8, 1.5, 1.3, 2.4)
        + iso.right_panes(7.6, 4.8, 3.4, 2, 2, 0.8, 1.5, 1.3, 2.4)
        + iso.box(3.9, 3.9, 8.6, 4, 4, 2.6, "stone", "snow")
        + iso.left_panes(5, 7.9, 9.1, 1, 1, 1.8, 1.6, 0)
        + iso.right_panes(7.9, 5, 9.1, 1, 1, 1.8, 1.6, 0)
        + iso.polygon("steel l", [(4.3, 7.5, 11.2), (7.5, 7.5, 11.2), (5.9, 5.9, 15)])
        + iso.polygon("steel r", [(7.5, 7.5, 11.2), (7.5, 4.3, 11.2), (5.9, 5.9, 15)])
        + iso.flat(4.8, 9.2, 0, 2, 2.8, "road")
        + iso.lamp(3, 11)
        + iso.birch(10.8, 10, 0, 0.9)
    )


def _observatory() -> str:
    slit = iso.path("fire", "M-17 5q1-19 15-27l7 1q-11 10-12 29z")
    return (
        _ground()
        + iso.fir(1.2, 1.6, 0, 1.1)
        + iso.fir(3.2, 0.9, 0, 0.8)
        + iso.birch(10.8, 1.4, 0, 1)
        + iso.column(6, 6, 0, 4.6, 1.2, "snow", "snow", 0.82)
        + iso.column(6, 6, 1.2, 2.9, 3.6, "stone")
        + iso.path("w", "M-25 40v-12l6 3v12zM-9 46v-12l6 1v12zM8 46v-12l6-1v12zM21 42v-12l6-3v12z")
        + iso.dome(6, 6, 4.8, 2.9, "steel")
        + slit
        + iso.flat(5.2, 9.7, 0, 1.8, 2.3, "road")
        + iso.lamp(4, 11.2, 0, 2.4)
        + iso.fir(10.9, 9.6, 0, 0.8)
        + iso.birch(1, 9.4, 0, 0.9)
    )


def _garden() -> str:
    beds = "".join(iso.box(1, 2 + 2.6 * k, 0, 2.6, 1.5, 0.5, "wood", "leaf") for k in range(3))
    return (
        _ground()
        + iso.flat(4.1, 0, 0, 1.4, 12, "road")
        + iso.birch(1.4, 0.9, 0, 1)
        + iso.birch(11, 1, 0, 1.1)
        + beds
        + iso.box(6.4, 2.2, 0, 4.4, 7, 2.8, "glass")
        + iso.left_panes(6.7, 9.2, 0.3, 3, 1, 1, 2.2, 1.35)
        + iso.right_panes(10.8, 2.6, 0.3, 5, 1, 0.9, 2.2, 1.3)
        + iso.gable(6.4, 2.2, 2.8, 4.4, 7, 2, "glass", "glass", along="y")
        + iso.path("ink", iso.outline([iso.project(8.6, 2.2, 4.8), iso.project(8.6, 9.2, 4.8)]))
        + iso.birch(2, 10.8, 0, 1)
        + iso.lamp(6, 11)
        + iso.fir(10.8, 11, 0, 0.7)
    )


def _house() -> str:
    return (
        _ground()
        + iso.birch(1.2, 2, 0, 1.1)
        + iso.fir(10.8, 1.6, 0, 1)
        + iso.box(2.4, 2.6, 0, 7, 5.8, 6, "ochre", "snow")
        + iso.left_panes(3, 8.4, 0.9, 4, 2, 0.9, 1.5, 1.6, 2.6)
        + iso.right_panes(9.4, 3.2, 0.9, 3, 2, 0.9, 1.5, 1.8, 2.6)
        + iso.gable(2.4, 2.6, 6, 7, 5.8, 2.2, "snow", "ochre")
        + iso.box(4, 3.2, 7, 0.9, 0.9, 1.9, "brick", "snow")
        + iso.smoke(4.4, 3.6, 9)
        + _path_to_door(5.2, 1.6)
        + iso.lamp(3.6, 10.6)
        + iso.birch(10.4, 9.8, 0, 0.9)
    )


SCENES: dict[str, Scene] = {
    "gate": _gate,
    "square": _square,
    "library": _library,
    "workshop": _workshop,
    "lab": _lab,
    "hall": _hall,
    "bridge": _bridge,
    "tower": _tower,
    "observatory": _observatory,
    "garden": _garden,
}
_DRAWN: dict[str, str] = {}


def place_picture(place: str | None, state: State = "open") -> Markup:
    """The picture of a place: windows dark when ``open``, molten when ``current``, warm when ``done``. An unknown place is a house."""
    name = place if place in SCENES else "house"
    if name not in _DRAWN:
        _DRAWN[name] = SCENES.get(name, _house)()
    flag = iso.path("ink", "M0 96v-44") + iso.path("fire", "M0 52h20l-5 6l5 6h-20z") if state == "current" else ""
    return Markup(  # nosec: nothing here comes from outside, `name` and `state` are looked up
        f'<svg class="pic pic--{state if state in ("done", "current") else "open"}" viewBox="{_VIEW_BOX}" width="200" height="168" '
        f'aria-hidden="true" focusable="false">{_DRAWN[name]}{flag}</svg>'
    )


@cache
def place_file(place: str | None) -> str:
    """The picture of a place as a file of its own, for other sites to show: its colours come with it."""
    picture = place_picture(place).removeprefix("<svg ")
    return f'<svg xmlns="http://www.w3.org/2000/svg" {picture.removesuffix("</svg>")}<style>{_colours()}</style></svg>'


@cache
def _colours() -> str:
    """The light theme's tokens and the rules of pictures, out of the one place where colours live."""
    css = _STYLE_SHEET.read_text(encoding="utf-8")
    tokens = re.findall(r"--[a-z-]+: #[0-9A-F]{3,8};", css[css.index(":root {") : css.index("@media")])
    rules = [line for line in css.splitlines() if line.startswith(".pic")]
    used = set(re.findall(r"var\((--[a-z-]+)\)", "".join(rules)))
    return ":root{" + "".join(one for one in tokens if one.split(":")[0] in used) + "}" + "".join(rules)
