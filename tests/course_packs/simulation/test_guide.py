"""The authors' page on simulations is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from course_packs.format.simulation_codes import SIMULATION_CODES
from course_packs.simulation.expressions import USAGE
from course_packs.simulation.model import CONTROL_TYPES, SHOWS
from course_packs.simulation.reader import KEYS

GUIDE = (Path(__file__).parents[3] / "docs/authoring/simulation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [*KEYS, *SHOWS, *CONTROL_TYPES])
def test_every_word_an_author_may_write_is_there(word: str) -> None:
    assert re.search(rf"`{word}[`:]", GUIDE)


@pytest.mark.parametrize("usage", USAGE.values())
def test_every_function_is_there(usage: str) -> None:
    assert f"`{usage}`" in GUIDE


class _Shown(dict[str, str]):
    """Places of a phrase as the table shows them."""

    def __missing__(self, key: str) -> str:
        return "" if key == "guess" else "…"


def test_the_table_of_codes_is_the_one_in_the_code() -> None:
    rows = re.findall(r"^\| (P\d{3}) \| (\S+) \| (.+?) \| (.+?) \|$", GUIDE, re.MULTILINE)
    severities = {"error": "ошибка", "warning": "предупреждение"}
    assert rows == [
        (code, severities[entry.severity], *(phrase.format_map(_Shown()) for phrase in entry.ru))
        for code, entry in SIMULATION_CODES.items()
    ]
