"""A pack on paper: everything a learner needs, no key unless it is asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from course_packs import TYPES, CompiledPack, compile_pack
from course_packs.cli import pack as command
from course_packs.paper import paper_html
from course_packs.tasks import concrete, get_type
from tests.course_packs.samples import compiled, files_with

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs/authoring/every-task"
TEMPLATES = ROOT / "course_packs/templates/paper"
# A course of talk or of a whole shift has no form on paper: the sheet says so.
ON_SCREEN_ONLY = {"dialogue", "simulation"}


@cache
def examples() -> CompiledPack:
    return compile_pack(EXAMPLES)


@pytest.mark.parametrize("name", TYPES)
def test_every_type_has_a_form_for_paper_or_says_that_it_has_none(name: str) -> None:
    assert (TEMPLATES / f"{name}.html").is_file() is (name not in ON_SCREEN_ONLY)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_all_types_are_printed_in_both_languages(language: str) -> None:
    page = BeautifulSoup(paper_html(examples(), language, keys=True), "html.parser")
    assert len(page.select("article.task")) == len(examples().tasks)
    assert len(page.select(".answers li")) == len(examples().tasks)
    assert not page.select("script, iframe, link")
    assert not [one["src"] for one in page.select("img") if not str(one["src"]).startswith("data:")]


def test_no_answer_is_on_the_sheet_unless_it_is_asked_for() -> None:
    sheet, with_keys = (BeautifulSoup(paper_html(examples(), keys=keys), "html.parser") for keys in (False, True))
    assert not sheet.select(".answers")
    answers = with_keys.select_one(".answers")
    assert answers is not None
    for task in examples().tasks:
        task_type, one = get_type(task.type), concrete(task, 1)
        solution = task_type.solution(one, language="ru")
        if task_type.mark(one, solution).verdict != "noted":
            assert " ".join(task_type.describe(one, solution, language="ru").split()) in " ".join(answers.text.split())


def test_one_seed_one_sheet_and_another_order_with_another() -> None:
    pack = compiled(files_with())
    assert paper_html(pack, seed=3) == paper_html(pack, seed=3)
    assert len({paper_html(pack, seed=seed).replace(f"Вариант {seed}", "") for seed in range(6)}) > 1


def test_pages_and_pictures_are_printed_too() -> None:
    page = BeautifulSoup(paper_html(compiled(files_with())), "html.parser")
    assert "Заголовок" in page.text
    assert page.select_one('img[src^="data:image/svg+xml"]') is not None


def test_the_command_writes_the_sheet(tmp_path: Path) -> None:
    target = tmp_path / "sheet.html"
    done = CliRunner().invoke(command, ["print", str(EXAMPLES), "-o", str(target), "--keys", "--seed", "7"])
    assert done.exit_code == 0, done.output
    assert "Ответы · Вариант 7" in target.read_text(encoding="utf-8")
    (tmp_path / "broken").mkdir()
    assert CliRunner().invoke(command, ["print", str(tmp_path / "broken"), "-o", str(target)]).exit_code == 1


def test_an_unknown_types_task_says_that_it_belongs_on_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Partners:
        name = "partners"

        def __getattr__(self, name: str) -> object:
            return getattr(TYPES["short_text"], name)

    pack = compiled(files_with())
    task = pack.task("second/word")
    object.__setattr__(task, "type", "partners")
    monkeypatch.setitem(TYPES, "partners", Partners())  # type: ignore[arg-type]
    assert "выполняют на экране" in paper_html(pack)
