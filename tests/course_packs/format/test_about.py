"""What a pack says about itself: for whom, by whom, what it trains, when it is done."""

from __future__ import annotations

from decimal import Decimal

import pytest

from course_packs import Author, CompiledPack, Completion
from course_packs.competences import COMPETENCES, competence_title
from tests.course_packs.samples import compiled, edited, files_with

EVERYTHING = """\
skills: {tables: {ru: Таблицы, en: Tables}}
audience: [mentors, learners]
authors: [{role: expert, organisation: Литейный цех}, {role: editor, name: {ru: Н. Н., en: N. N.}}]
licence: CC-BY-4.0
competences: {1.8: 2, 3.tables: 0.5}
prerequisites: [kak-rabotaet-licej]
completion: {units: [second]}
certificate: true
"""


def with_lines(lines: str) -> CompiledPack:
    return compiled(files_with(edited("pack.yaml", "minutes: 10", f"minutes: 10\n{lines}")))


def test_everything_said_travels_with_the_compiled_pack() -> None:
    pack = with_lines(EVERYTHING)
    assert pack.audience == ("mentors", "learners")
    assert pack.authors == (
        Author("expert", organisation={"ru": "Литейный цех"}),
        Author("editor", name={"ru": "Н. Н.", "en": "N. N."}),
    )
    assert pack.licence == "CC-BY-4.0"
    assert pack.competences == {"1.8": Decimal(2), "3.tables": Decimal("0.5")}
    assert pack.prerequisites == ("kak-rabotaet-licej",)
    assert pack.completion == Completion("units", ("second",))
    assert pack.certificate
    assert CompiledPack.from_json(pack.to_json()) == pack
    assert CompiledPack.from_json(pack.to_json()).digest == pack.digest


def test_a_pack_that_says_nothing_of_this_compiles_to_what_it_always_did() -> None:
    said = compiled(files_with()).to_json()
    for key in ("audience", "authors", "licence", "competences", "prerequisites", "completion", "certificate"):
        assert f'"{key}"' not in said
    assert with_lines("certificate: false").to_json() == said


def test_a_task_trains_competences_of_its_own() -> None:
    files = edited("units/first/tasks.yaml", "type: choice", "type: choice\n  competences: [1.2, 2.5]")
    pack = compiled(files_with(files))
    assert pack.task("first/one").competences == {"1.2": Decimal(1), "2.5": Decimal(1)}
    assert CompiledPack.from_json(pack.to_json()) == pack


@pytest.mark.parametrize("rule", ["pass", "all-steps"])
def test_the_short_rules_of_completion(rule: str) -> None:
    completion = with_lines(f"completion: {rule}").completion
    assert completion is not None
    assert (completion.rule, completion.units) == (rule, ())


def test_a_survey_is_a_kind() -> None:
    assert compiled(files_with(edited("pack.yaml", "kind: course", "kind: survey"))).kind == "survey"


def test_every_competence_has_its_name_in_both_languages() -> None:
    for names in COMPETENCES.values():
        assert list(names) == ["ru", "en"]
        assert all(names.values())
    assert competence_title("3.tables", {"tables": {"ru": "Таблицы"}}) == {"ru": "Таблицы"}
    assert competence_title("1.8", {})["ru"].startswith("ответственность")
