"""The authors' guide is true: its example runs, its keys exist, its table of codes is the one in the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from course_packs import TYPES, compile_pack, lint_pack
from course_packs.format.advice_codes import ADVICE_CODES
from course_packs.format.codes import CODES, TYPE_CODES
from course_packs.format.compiler import ATTEMPT_GRADES, KINDS
from course_packs.format.simulation_codes import SIMULATION_CODES
from course_packs.format.unit_compiler import PLACES
from course_packs.occupations import FIELDS
from course_packs.tasks.definition import COMMON_KEYS
from course_packs.tasks.mistakes import KINDS as MISTAKE_KINDS
from course_packs.tasks.mistakes import SEVERITIES
from tools import authoring

GUIDE = (Path(__file__).parents[2] / "docs/pack-format.md").read_text(encoding="utf-8")
SHOWN_FILE = re.compile(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    shown = SHOWN_FILE.findall(GUIDE)
    assert len(shown) == 5
    for name, content in shown:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_the_example_pack_has_nothing_wrong(example: Path) -> None:
    assert lint_pack(example) == []


def test_the_examples_of_all_types_have_nothing_wrong() -> None:
    assert lint_pack(authoring.EXAMPLES) == []
    assert {task.type for task in compile_pack(authoring.EXAMPLES).tasks} == set(TYPES)


def test_the_page_of_types_says_what_is_so() -> None:
    """`python tools/authoring.py` writes it anew."""
    assert authoring.PAGE.read_text(encoding="utf-8") == authoring.page(), "stale: python tools/authoring.py"


def test_the_lines_for_programmers_run(
    example: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    (example.parent / "my-pack").symlink_to(example)
    monkeypatch.chdir(example.parent)
    exec(code, {})
    assert capsys.readouterr().out.startswith("correct 0.33333 ")


WORDS = [*COMMON_KEYS, *KINDS, *ATTEMPT_GRADES, *PLACES, *FIELDS, *MISTAKE_KINDS, *SEVERITIES]


@pytest.mark.parametrize("word", WORDS)
def test_every_word_an_author_may_write_is_in_the_guide(word: str) -> None:
    assert re.search(rf"\b{word}\b", GUIDE)


class _Shown(dict[str, str]):
    """Places of a phrase as the table shows them."""

    def __missing__(self, key: str) -> str:
        return "" if key == "guess" else "…"


def test_the_table_of_codes_is_the_one_in_the_code() -> None:
    rows = re.findall(r"^\| (P\d{3}) \| (\S+) \| (.+?) \| (.+?) \|$", GUIDE, re.MULTILINE)
    severities = {"error": "ошибка", "warning": "предупреждение"}
    assert rows == [
        (code, severities[entry.severity], *(phrase.format_map(_Shown()) for phrase in entry.ru))
        for code, entry in CODES.items()
        if code not in SIMULATION_CODES and code not in TYPE_CODES and code not in ADVICE_CODES
    ]
