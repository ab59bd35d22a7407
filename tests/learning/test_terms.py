"""What a teacher has set for an activity arrives with its launches and is kept to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.catalog.terms import Terms, iso
from lti_tool.clock import now
from lti_tool.learning.models import Answer, Attempt, Placement
from lti_tool.learning.terms import Door, door, terms_of
from lti_tool.lti import claims
from lti_tool.player.course import time_left
from tests.factories import SchoolFactory, published
from tests.packs import small_pack
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker

Come = Callable[..., Walker]


@pytest.fixture
def come(app: Flask, session: Session, platform: FakePlatform) -> Come:
    """Launch the activity with these custom parameters, as a learner or as the teacher."""
    published(session)
    session.commit()

    def launch(custom: dict[str, Any] | None = None, *, teacher: bool = False, **changes: Any) -> Walker:
        roles = {claims.ROLES: [INSTRUCTOR], "sub": "3"} if teacher else {}
        body = platform.with_gradebook(**{claims.CUSTOM: {"pack": "small", **(custom or {})}, **roles, **changes})
        return Walker(app.test_client(), platform, body)

    return launch


def later(**span: float) -> str:
    return iso(now() + timedelta(**span))


def placement(session: Session) -> Placement:
    session.expire_all()
    return session.scalars(select(Placement)).one()


def test_terms_arrive_with_the_launch_and_follow_the_teachers_edits(come: Come, session: Session) -> None:
    come({"attempts": "2", "due": "2030-01-01T00:00:00Z"})
    assert terms_of(placement(session)) == Terms(attempts=2, due=datetime(2030, 1, 1, tzinfo=UTC))
    come({"attempts": "unlimited"})
    assert terms_of(placement(session)) == Terms(attempts=0)
    come()
    assert terms_of(placement(session)) == Terms()


def test_what_the_desk_has_set_holds_until_the_activity_is_edited(come: Come, session: Session) -> None:
    come({"attempts": "2"})
    placement(session).attempts_allowed = 5
    session.commit()
    come({"attempts": "2"})
    assert placement(session).attempts_allowed == 5
    come({"attempts": "4"})
    assert placement(session).attempts_allowed == 4


def test_the_teachers_number_of_attempts_comes_before_the_packs(come: Come) -> None:
    learner = come({"attempts": "1"})
    learner.walk()
    learner.finish()
    assert "1 из 1" in learner.soup("course").text
    assert learner.soup("result").select_one("form[action$=again]") is None
    fields = learner.fields("units/gate/one")
    assert learner.post("again", fields).status_code == 409
    assert come({"attempts": "unlimited"}).soup("course").select_one("form[action$=again]") is not None


def test_before_it_opens_there_is_a_calm_page_and_nothing_begins(come: Come, session: Session) -> None:
    learner = come({"opens": later(days=3)})
    page = learner.soup(learner.home)
    assert "Откроется позже" in page.text
    assert page.select_one("time[datetime]") is not None
    for path in ("units/gate/one", "units/gate/intro"):
        assert learner.get(path).status_code == 403
    session.expire_all()
    assert session.scalars(select(Attempt)).all() == []
    teacher = come({"opens": later(days=3)}, teacher=True)
    assert teacher.get("units/gate/one").status_code == 200, "a teacher looks in whenever they like"


def test_after_it_closes_work_is_readable_answers_are_refused_and_the_attempt_can_be_finished(
    come: Come, session: Session
) -> None:
    learner = come()
    assert learner.answer("gate/one", {"choice": ["a"]}).status_code == 303
    fields = learner.fields("units/gate/word", "form[data-answer]")
    placement(session).closes_at = now() - timedelta(minutes=1)
    session.commit()
    refused = learner.post("units/gate/word", {**fields, "text": "урал"})
    assert refused.status_code == 409
    assert "LRN-CLOSED" in refused.text
    assert "сохран" in refused.text
    assert len(session.scalars(select(Answer)).all()) == 1
    course = learner.soup("course")
    assert "Закрыто" in course.text
    step = learner.soup("units/gate/one")
    assert step.select_one("fieldset[disabled]") is not None
    assert learner.finish().location.endswith("/result")
    assert learner.soup("result").select_one("form[action$=again]") is None


def test_nothing_is_begun_after_the_close(come: Come, session: Session) -> None:
    learner = come({"closes": later(hours=-1)})
    assert learner.soup(learner.home).select_one("a.button--main") is None
    assert learner.get("units/gate/one").status_code == 409
    session.expire_all()
    assert session.scalars(select(Attempt)).all() == []


def test_the_time_left_is_said_in_plain_words(come: Come) -> None:
    assert "Сдать до" in come({"due": later(days=3)}).soup("course").text
    overdue = come({"due": later(days=-1), "closes": later(days=1)}).soup("course").text
    assert "ещё принимаются до" in overdue


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=3, hours=5), "осталось 3 дня"),
        (timedelta(hours=47), "осталось 47 часов"),
        (timedelta(minutes=119), "осталось 119 минут"),
        (timedelta(seconds=5), "осталась 1 минута"),
    ],
)
def test_time_left(app: Flask, span: timedelta, words: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        assert time_left(span) == words


def test_the_desk_tells_the_terms_and_what_could_not_be_read(come: Come) -> None:
    teacher = come({"attempts": "2", "closes": "2030-05-01T10:00:00Z", "due": "скоро"}, teacher=True)
    text = teacher.soup(teacher.home).text
    assert "2 прохождения" in text
    assert "закроется" in text
    assert "не используются: due" in text


def test_an_edited_link_brings_its_new_pack_until_a_learner_has_begun(
    come: Come, session: Session, platform: FakePlatform
) -> None:
    other = published(session, id="other")
    third = published(session, id="third")
    session.commit()
    come()
    learner = come({"pack": "other"})
    assert placement(session).release_id == other.id
    learner.get("units/gate/intro")
    come({"pack": "third"})
    assert placement(session).release_id == other.id != third.id
    teacher = come({"pack": "third"}, teacher=True)
    assert "другой пакет" in teacher.soup(teacher.home).text


def test_a_review_does_not_change_the_terms(come: Come, session: Session) -> None:
    come({"attempts": "2"})
    review = {claims.MESSAGE_TYPE: "LtiSubmissionReviewRequest", claims.CUSTOM: {"rev": "1"}}
    come(teacher=True, **review)
    assert placement(session).attempts_allowed == 2


def test_a_known_launch_asks_nothing_more(come: Come, session: Session) -> None:
    come({"attempts": "2"})
    before = placement(session).named
    come({"attempts": "2"})
    assert placement(session).named == before == {"pack": "small", "attempts": "2"}


def test_a_pack_of_another_school_opens_nowhere_else(app: Flask, session: Session, platform: FakePlatform) -> None:
    from lti_tool.catalog.releases import publish

    publish(session, small_pack(id="own"), school_id=SchoolFactory().id)
    session.commit()
    answer = platform.launch(app.test_client(), platform.claims(**{claims.CUSTOM: {"pack": "own"}}))
    assert answer.status_code == 403
    assert "LTI-64" in answer.text


def test_the_door() -> None:
    moment = datetime(2026, 12, 1, tzinfo=UTC)
    second = timedelta(seconds=1)
    assert door(Placement(opens_at=moment), moment - second) is Door.EARLY
    assert door(Placement(opens_at=moment), moment) is Door.OPEN
    assert door(Placement(closes_at=moment), moment - second) is Door.OPEN
    assert door(Placement(closes_at=moment), moment) is Door.CLOSED
