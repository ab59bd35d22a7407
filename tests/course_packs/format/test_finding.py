"""What a pack says of itself so that it is found."""

from __future__ import annotations

import pytest

from course_packs import CompiledPack
from course_packs.occupations import FIELDS
from tests.course_packs.samples import compiled, edited, files_with


def with_lines(lines: str) -> CompiledPack:
    return compiled(files_with(edited("pack.yaml", "minutes: 10", f"minutes: 10\n{lines}")))


@pytest.mark.parametrize(
    ("written", "grades"),
    [("8", (8,)), ("7-9", (7, 8, 9)), ("7–9", (7, 8, 9)), ("[10-11, 5]", (5, 10, 11)), ("[7, 7]", (7,))],
)
def test_grades_are_a_number_a_range_or_a_list(written: str, grades: tuple[int, ...]) -> None:
    assert with_lines(f"grades: {written}").grades == grades


def test_fields_and_skills_travel_with_the_compiled_pack() -> None:
    pack = with_lines("fields: [media, software]\nskills:\n  safety: {ru: Безопасность, en: Safety}")
    assert pack.fields == ("media", "software")
    assert pack.skills == {"safety": {"ru": "Безопасность", "en": "Safety"}}
    assert CompiledPack.from_json(pack.to_json()) == pack


def test_a_pack_that_says_nothing_of_this_keeps_its_digest() -> None:
    plain = compiled(files_with())
    assert (plain.grades, plain.fields, plain.skills) == ((), (), {})
    assert not any(f'"{key}"' in plain.to_json() for key in ("grades", "fields", "skills"))
    assert with_lines("grades: 8").digest != plain.digest


def test_every_field_has_its_name_in_both_languages() -> None:
    for names in FIELDS.values():
        assert list(names) == ["ru", "en"]
        assert all(names.values())
