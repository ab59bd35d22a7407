"""A cheap phone on a school network opens the first page at once: what is shipped is weighed."""

from __future__ import annotations

import re
from pathlib import Path

from tests.web.gallery import create_gallery

STATIC = Path(__file__).resolve().parents[2] / "lti_tool" / "web" / "static"
KILOBYTE = 1000
# Loaded only where a page holds a letter of these: Bashkir, Tatar, Kazakh names.
ON_DEMAND = {"golos-text-cyrillic-ext.woff2"}


def fonts() -> list[Path]:
    return [font for font in (STATIC / "fonts").glob("*.woff2") if font.name not in ON_DEMAND]


def size(*files: Path) -> int:
    return sum(file.stat().st_size for file in files)


def test_the_style_sheet_is_small() -> None:
    assert size(STATIC / "city.css") <= 30 * KILOBYTE


def test_the_letters_of_a_first_load_are_small() -> None:
    assert size(*fonts()) <= 60 * KILOBYTE


def test_every_page_with_all_it_loads_is_small() -> None:
    client = create_gallery().test_client()
    for name in ("course-all", "read", "choice", "ordering", "result", "overview"):
        html = client.get(f"/ru/{name}").get_data()
        scripts = [STATIC / path for path in re.findall(r'src="/static/([^"?]+)', html.decode())]
        loaded = len(html) + size(STATIC / "city.css", STATIC / "icon.svg", *scripts, *fonts())
        assert loaded <= 150 * KILOBYTE, name
        assert len(scripts) + len(fonts()) + 3 <= 12, name


def test_every_font_named_is_there_and_every_font_there_is_named() -> None:
    named = set(re.findall(r'url\("fonts/([^"]+)"\)', (STATIC / "city.css").read_text()))
    assert named == {font.name for font in (STATIC / "fonts").iterdir()}


def test_what_others_made_comes_with_its_licence() -> None:
    for name, words in {
        "golos-text": "Open Font License",
        "unbounded": "Open Font License",
        "lucide": "ISC License",
    }.items():
        assert words in (STATIC / "licences" / f"{name}.txt").read_text()
