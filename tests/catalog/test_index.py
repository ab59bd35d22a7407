"""Finding packs: forgiving words, exact filters, and only what a school may see."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from lti_tool.catalog.index import Catalogue, Entry, Wanted, choices, search
from lti_tool.catalog.releases import ForeignPack, find_release, publish
from lti_tool.db import db
from tests.factories import SchoolFactory
from tests.packs import described_pack, small_pack


@pytest.fixture
def entries(session: Session) -> list[Entry]:
    publish(session, described_pack("furnace", "Одна смена у печи", fields="[metallurgy]", grades="8-9", minutes=35))
    publish(session, described_pack("tree", "Ёлка в лаборатории", fields="[materials]", grades="7", minutes=15))
    publish(session, described_pack("talk", "Первый разговор", kind="seminar", skills="{trust: {ru: Доверие}}"))
    session.commit()
    return Catalogue().entries(session, SchoolFactory().id)


def ids(entries: list[Entry], **wanted: object) -> list[str]:
    return [one.pack_id for one in search(entries, Wanted(**wanted), "ru")]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ПЕЧЬ", ["furnace"]),
        ("печи смена", ["furnace"]),
        ("елка", ["tree"]),
        ("лаборатория", ["tree"]),
        ("металлург", ["furnace"]),
        ("metal", ["furnace"]),
        ("довер", ["talk"]),
        ("разговоры", ["talk"]),
        ("печь ёлка", []),
        ("", ["tree", "furnace", "talk"]),
        ("!!!", ["tree", "furnace", "talk"]),
    ],
)
def test_words_are_found_in_any_case_bent_or_begun(entries: list[Entry], text: str, found: list[str]) -> None:
    assert ids(entries, text=text) == found


def test_a_word_in_the_title_comes_before_one_in_the_text(session: Session) -> None:
    publish(session, described_pack("a", "Азбука", summary="Про сталь."))
    publish(session, described_pack("b", "Сталь"))
    session.commit()
    found = Catalogue().entries(session, SchoolFactory().id)
    assert ids(found, text="сталь") == ["b", "a"]


def test_every_filter_narrows(entries: list[Entry]) -> None:
    assert ids(entries, kind="seminar") == ["talk"]
    assert ids(entries, grade=8) == ["furnace"]
    assert ids(entries, field="materials") == ["tree"]
    assert ids(entries, minutes=15) == ["tree", "talk"]
    assert ids(entries, skill="trust") == ["talk"]
    assert ids(entries, grade=7, field="metallurgy") == []


def test_filters_offer_only_what_leads_somewhere(entries: list[Entry]) -> None:
    offered = choices(entries)
    assert offered.kinds == ("course", "seminar")
    assert offered.grades == (7, 8, 9)
    assert offered.fields == ("metallurgy", "materials")
    assert offered.skills == {"trust": {"ru": "Доверие"}}


def test_a_schools_own_pack_is_for_that_school_alone(session: Session) -> None:
    one, other = SchoolFactory(), SchoolFactory()
    publish(session, small_pack(), school_id=one.id)
    session.commit()
    catalogue = Catalogue()
    assert len(catalogue.entries(session, one.id)) == 1
    assert catalogue.entries(session, other.id) == []
    assert find_release(session, "small", school_id=one.id) is not None
    with pytest.raises(ForeignPack):
        find_release(session, "small", school_id=other.id)
    with pytest.raises(ForeignPack):
        publish(session, small_pack(intro="Чужая правка."), school_id=other.id)
    with pytest.raises(ForeignPack):
        publish(session, small_pack(intro="Правка для всех."))


@pytest.mark.parametrize("pack_id", ["", "nothing", "a\0b", "small'--", "ё", "x" * 10_000])
def test_an_id_that_is_nobodys_finds_nothing(app: Flask, session: Session, pack_id: str) -> None:
    assert find_release(session, pack_id, school_id=SchoolFactory().id) is None


def test_an_unchanged_catalogue_costs_one_query_and_a_new_release_is_seen(session: Session) -> None:
    publish(session, small_pack())
    session.commit()
    school_id = SchoolFactory().id
    catalogue = Catalogue()
    catalogue.entries(session, school_id)
    asked: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        catalogue.entries(session, school_id)
        assert len(asked) == 1
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    publish(session, small_pack(intro="Новая правка."))
    session.commit()
    (entry,) = catalogue.entries(session, school_id)
    assert entry.release_id == find_release(session, "small", school_id=school_id).id  # type: ignore[union-attr]
