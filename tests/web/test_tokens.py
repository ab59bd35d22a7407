"""The colours can be read by people: each pair of text and ground in the style sheet is measured, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLE = (Path(__file__).resolve().parents[2] / "lti_tool" / "web" / "static" / "city.css").read_text()

# WCAG 2.2: 1.4.3 text 4.5 : 1, 1.4.11 edges of controls and signs 3 : 1.
TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "river", "brick", "fire-text") for ground in ("paper", "card", "sunk")),
    *(("ink", wash) for wash in ("river-wash", "birch-wash", "brick-wash", "amber-wash", "fire-wash")),
    *(("birch", ground) for ground in ("paper", "card", "birch-wash")),
    *(("amber", ground) for ground in ("paper", "card", "amber-wash")),
    ("river", "river-wash"),
    ("brick", "brick-wash"),
    ("fire-text", "fire-wash"),
    ("on-fire", "fire"),
    ("on-fire", "fire-bright"),
]
EDGES = [
    *(("edge", ground) for ground in ("paper", "card", "sunk")),
    *(("fire", ground) for ground in ("paper", "card", "sunk")),
    ("river", "paper"),
]


def tokens(scheme: str) -> dict[str, str]:
    light, dark = re.findall(
        r":root \{\s*color-scheme.*?\n\}|@media \(prefers-color-scheme: dark\) \{.*?\n\}", STYLE, re.DOTALL
    )
    names = dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", light))
    return names | dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", dark)) if scheme == "dark" else names


def luminance(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_stands_out_from_its_ground(scheme: str, ink: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_controls_and_signs_stand_out_from_their_ground(scheme: str, edge: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[edge], colours[ground]) >= 3


def test_both_themes_define_every_colour() -> None:
    light = set(tokens("light"))
    dark = set(re.findall(r"--([a-z-]+): #[0-9A-F]{6};", STYLE.split("prefers-color-scheme: dark")[1].split("\n}")[0]))
    assert light == dark


def test_every_colour_comes_from_a_token() -> None:
    rules = STYLE.split("\n}\n", 2)[2].split("@media print")[0]
    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b", rules) == []


def test_every_token_that_is_used_is_defined() -> None:
    used = set(re.findall(r"var\(--([a-z0-9-]+)", STYLE))
    defined = set(re.findall(r"[{;]\s*--([a-z0-9-]+):", STYLE))
    assert used <= defined
    assert defined - used == set()
