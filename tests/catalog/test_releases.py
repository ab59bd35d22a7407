"""Releases: withdrawn, offered again, and a new edition that a teacher takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.catalog.index import Catalogue
from lti_tool.catalog.releases import find_release, publish, withdraw
from lti_tool.learning.models import Attempt, Placement
from lti_tool.lti import claims
from tests.factories import SchoolFactory, published
from tests.packs import small_pack
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker

Come = Callable[..., Walker]


@pytest.fixture
def come(app: Flask, session: Session, platform: FakePlatform) -> Come:
    """Launch an activity of the small pack, as a learner or as the teacher."""
    published(session)
    session.commit()

    def launch(*, teacher: bool = False, link: str | None = None) -> Walker:
        changes = {claims.ROLES: [INSTRUCTOR], "sub": "3"} if teacher else {}
        if link is not None:
            changes[claims.RESOURCE_LINK] = {"id": link, "title": "Другое занятие"}
        return Walker(
            app.test_client(), platform, platform.with_gradebook(**{claims.CUSTOM: {"pack": "small"}, **changes})
        )

    return launch


def stands(session: Session) -> Placement:
    session.expire_all()
    return session.scalars(select(Placement)).one()


def test_a_withdrawn_pack_is_not_offered_until_it_is_offered_again(session: Session) -> None:
    first, school_id = published(session), SchoolFactory().id
    second = publish(session, small_pack(intro="Иначе."))
    session.commit()
    assert second is not None
    catalogue = Catalogue()
    assert [one.release_id for one in catalogue.entries(session, school_id)] == [second.id]
    assert withdraw(session, "small", number=2) == [second]
    session.commit()
    assert [one.release_id for one in catalogue.entries(session, school_id)] == [first.id]
    assert find_release(session, "small", school_id=school_id) == first
    withdraw(session, "small")
    session.commit()
    assert catalogue.entries(session, school_id) == []
    assert find_release(session, "small", school_id=school_id) is None
    assert withdraw(session, "small") == []
    assert len(withdraw(session, "small", undo=True)) == 2
    session.commit()
    assert [one.release_id for one in catalogue.entries(session, school_id)] == [second.id]


def test_there_is_nothing_to_withdraw_of_what_nobody_has(session: Session) -> None:
    with pytest.raises(LookupError):
        withdraw(session, "nothing")
    published(session)
    with pytest.raises(LookupError):
        withdraw(session, "small", number=2)


def test_numbers_go_on_after_a_withdrawn_release(session: Session) -> None:
    published(session)
    withdraw(session, "small")
    release = publish(session, small_pack(intro="Иначе."))
    assert release is not None
    assert release.number == 2


def test_work_goes_on_where_a_withdrawn_pack_stands_and_nowhere_else(come: Come, session: Session) -> None:
    learner = come()
    assert learner.get("units/gate/intro").status_code == 200
    withdraw(session, "small")
    session.commit()
    assert learner.answer("gate/one", {"choice": ["a"]}).status_code < 400
    again = come()
    assert "Ворота" in again.soup(again.home).text
    elsewhere = come(link="another")
    assert "Ворота" not in elsewhere.soup(elsewhere.home).text
    teacher = come(teacher=True)
    assert "отозвана" in teacher.soup("desk/terms").text
    assert "Проба города" not in teacher.soup("choose").text


def test_a_teacher_reads_what_a_new_edition_changes_and_takes_it(come: Come, session: Session) -> None:
    learner = come()
    learner.get("units/gate/intro")
    old = stands(session).release_id
    teacher = come(teacher=True)
    assert "новая редакция" not in teacher.soup("desk/terms").text
    new = publish(session, small_pack(intro="Теперь иначе."))
    assert new is not None
    session.commit()
    page = teacher.soup("desk/terms")
    assert "У материала новая редакция" in page.text
    assert "страница «Начало» (gate/intro): другие слова" in page.text
    assert "На результаты это не влияет." in page.text
    form = 'form[action$="/edition"]'
    assert teacher.post("desk/edition", teacher.fields("desk/terms", form)).status_code == 303
    assert stands(session).release_id == new.id != old
    assert session.scalars(select(Attempt)).one().release_id == old, "begun work stays on its edition"
    assert "новая редакция" not in teacher.soup("desk/terms").text
    assert teacher.post("desk/edition", teacher.fields("desk/terms")).status_code == 303, "nothing newer: nothing done"
    assert stands(session).release_id == new.id


def test_an_edition_that_became_another_schools_is_not_offered(come: Come, session: Session) -> None:
    come()
    stands(session)
    new = publish(session, small_pack(intro="Иначе."))
    assert new is not None
    new.school_id = SchoolFactory().id
    session.commit()
    assert "новая редакция" not in come(teacher=True).soup("desk/terms").text
