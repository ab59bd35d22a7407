"""Both languages are whole: English stands in the code, and the Russian catalogue has a text for each message of it."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
RUSSIAN = ROOT / "lti_tool" / "web" / "translations" / "ru" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def russian() -> Catalog:
    with RUSSIAN.open("rb") as file:
        return read_po(file, locale="ru")


@pytest.fixture(scope="module")
def wanted() -> set[str | tuple[str, ...]]:
    """Every message in the code of the product."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: set[str | tuple[str, ...]] = set()
    for package in ("lti_tool", "mentor_training", "onboarding_course"):
        mapping = [
            (pattern.removeprefix(f"{package}/"), method) for pattern, method in methods if pattern.startswith(package)
        ]
        settings = {
            pattern.removeprefix(f"{package}/"): value
            for pattern, value in options.items()
            if pattern.startswith(package)
        }
        found |= {
            message if isinstance(message, str) else tuple(message[:2])
            for _, _, message, _, _ in extract_from_dir(ROOT / package, mapping, settings)
        }
    return found


def test_every_message_of_the_code_has_a_russian_text(russian: Catalog, wanted: set[str | tuple[str, ...]]) -> None:
    missing = [message for message in wanted if not (entry := russian.get(message)) or not all(forms(entry.string))]
    assert missing == []


def test_the_catalogue_holds_nothing_that_nobody_says(russian: Catalog, wanted: set[str | tuple[str, ...]]) -> None:
    assert [entry.id for entry in russian if entry.id and entry.id not in wanted] == []


def test_no_text_is_a_guess(russian: Catalog) -> None:
    assert [entry.id for entry in russian if entry.id and entry.fuzzy] == []


def test_russian_has_three_plural_forms(russian: Catalog) -> None:
    assert russian.num_plurals == 3
    assert all(len(forms(entry.string)) == 3 for entry in russian if entry.pluralizable)


def test_no_value_is_lost_in_translation(russian: Catalog) -> None:
    for entry in russian:
        if entry.id:
            expected = set(PLACEHOLDER.findall(forms(entry.id)[-1]))
            assert all(set(PLACEHOLDER.findall(text)) == expected for text in forms(entry.string)), entry.id


def test_the_code_speaks_english(wanted: set[str | tuple[str, ...]]) -> None:
    assert [
        message for message in wanted if re.search("[А-Яа-яЁё]", "".join(forms(message)).replace("Лицей-CITY", ""))
    ] == []


def test_the_compiled_catalogue_is_fresh(russian: Catalog) -> None:
    buffer = BytesIO()
    write_mo(buffer, russian)
    buffer.seek(0)
    with RUSSIAN.with_suffix(".mo").open("rb") as file:
        assert texts(read_mo(file)) == texts(read_mo(buffer))


def texts(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {forms(entry.id): forms(entry.string) for entry in catalogue if entry.id}


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())
