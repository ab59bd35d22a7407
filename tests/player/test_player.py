"""The learner's way through a pack: read, answer, leave, come back, finish."""

from __future__ import annotations

from decimal import Decimal
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db
from lti_tool.footprint.models import FootprintEvent
from lti_tool.gradebook.models import OutgoingScore
from lti_tool.learning.models import Answer, Attempt, Participation
from lti_tool.lti import claims
from tests.factories import published
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker


@pytest.fixture
def walker(app: Flask, session: Session, platform: FakePlatform) -> Walker:
    """A learner who has just opened a graded activity with the small pack."""
    published(session)
    session.commit()
    return Walker(app.test_client(), platform, platform.with_gradebook())


def test_the_map_shows_the_way_and_one_main_action(walker: Walker) -> None:
    page = walker.soup(walker.home)
    assert page.h1 is not None
    assert page.h1.text == "Проба города"
    assert len(page.select("h1")) == 1
    assert [one.text for one in page.select("h3")] == ["Ворота", "Площадь"]
    assert page.select_one("a.button--main")["href"].endswith("/units/gate/intro")  # type: ignore[index]


def test_a_learner_reads_answers_all_five_types_and_finishes(walker: Walker, session: Session) -> None:
    walker.walk()
    assert walker.finish().location.endswith("/result")
    page = walker.soup("result")
    assert "100" in page.text
    attempt = session.scalars(select(Attempt)).one()
    assert (attempt.fraction, attempt.passed, attempt.steps_done) == (Decimal(1), True, 6)
    score = session.scalars(select(OutgoingScore).where(OutgoingScore.score_given.is_not(None))).one()
    assert (score.score_given, score.grading_progress) == (Decimal(100), "FullyGraded")
    verbs = session.scalars(select(FootprintEvent.verb).order_by(FootprintEvent.id)).all()
    assert verbs == ["started", *["answered"] * 5, "completed"]


def test_an_answer_is_stored_and_told_right_or_wrong(walker: Walker, session: Session) -> None:
    answered = walker.answer("gate/one", {"choice": ["b"]}, **{"X-Fragment": "task"})
    assert answered.status_code == 200
    assert "Там уже были" in answered.text
    assert "<html" not in answered.text
    answer = session.scalars(select(Answer)).one()
    assert (answer.verdict, answer.points, answer.mistakes[0]["kind"]) == ("wrong", Decimal(0), "knowledge")


def test_the_second_try_counts_less_and_then_the_task_is_closed(walker: Walker, session: Session) -> None:
    walker.answer("gate/one", {"choice": ["b"]})
    walker.answer("gate/one", {"choice": ["a"]})
    second = session.scalars(select(Answer).where(Answer.try_number == 2)).one()
    assert second.points == Decimal("0.75")
    page = walker.soup("units/gate/one")
    assert page.select_one("article")["data-state"] == "closed"  # type: ignore[index]
    again = walker.post("units/gate/one", {**walker.fields("units/gate/one", "form[data-answer]"), "choice": "a"})
    assert again.status_code == 409
    assert "LRN-TRIES-USED-UP" in again.text


def test_the_same_submission_sent_again_counts_once(walker: Walker, session: Session) -> None:
    form = {**walker.fields("units/gate/one", "form[data-answer]"), "choice": "b"}
    for _ in range(3):
        assert walker.post("units/gate/one", form, headers={"X-Fragment": "task"}).status_code == 200
    assert len(session.scalars(select(Answer)).all()) == 1


def test_an_answer_that_cannot_be_read_uses_no_try_and_is_not_lost(walker: Walker, session: Session) -> None:
    answered = walker.answer("square/number", {"number": ["много"]})
    assert answered.status_code == 422
    assert "много" in answered.text
    assert session.scalars(select(Answer)).all() == []
    empty = walker.answer("gate/one", {})
    assert empty.status_code == 422


def test_a_hint_is_shown_when_asked_for(walker: Walker) -> None:
    assert "Туда, где свет" not in walker.soup("units/gate/one").text
    form = walker.fields("units/gate/one", "form[data-hint]")
    assert walker.post("units/gate/one/hint", form).status_code == 303
    assert "Туда, где свет" in walker.soup("units/gate/one").text


def test_hints_come_one_after_the_other_and_each_has_its_price(walker: Walker, session: Session) -> None:
    walker.answer("gate/word", {"text": ["волга"]})
    assert "Подсказка: минус 25\u00a0% баллов" in walker.soup("units/gate/word").text
    first = walker.fields("units/gate/word", "form[data-hint]")
    walker.post("units/gate/word/hint", first)
    walker.post("units/gate/word/hint", first)  # sent twice
    page = walker.soup("units/gate/word")
    assert "делит город" in page.text
    assert "назван весь край" not in page.text
    assert "Ещё подсказка" in page.text
    walker.post("units/gate/word/hint", walker.fields("units/gate/word", "form[data-hint]"))
    page = walker.soup("units/gate/word")
    assert len(page.select("#hint aside")) == 2
    assert page.select_one("form[data-hint]") is None
    walker.answer("gate/word", walker.right("gate/word"))
    before, after = session.scalars(select(Answer).order_by(Answer.try_number))
    assert (before.hints, after.hints, after.points) == (0, 2, Decimal("0.25"))


def test_another_device_goes_on_where_the_learner_was(app: Flask, walker: Walker, platform: FakePlatform) -> None:
    walker.get("units/gate/intro")
    walker.answer("gate/one", walker.right("gate/one"))
    walker.get("units/gate/word")
    phone = Walker(app.test_client(), platform, platform.with_gradebook())
    assert phone.get("go-on").location.endswith("/units/gate/word")
    phone.answer("gate/word", phone.right("gate/word"))
    assert phone.get("go-on").location.endswith("/units/square/number")
    assert "Верно, прямо" in phone.soup("units/gate/one").text


def test_finishing_asks_first_and_names_what_is_open(walker: Walker) -> None:
    walker.get("units/gate/intro")
    page = walker.soup("finish")
    assert len(page.select("li a")) == 5


def test_what_was_not_answered_counts_nothing(walker: Walker, session: Session) -> None:
    walker.get("units/gate/intro")
    walker.answer("gate/one", walker.right("gate/one"))
    walker.answer("gate/word", walker.right("gate/word"))
    walker.finish()
    attempt = session.scalars(select(Attempt)).one()
    assert (attempt.fraction, attempt.passed) == (Decimal("0.5"), False)


def test_a_finished_attempt_takes_no_answer_and_finishing_again_changes_nothing(
    walker: Walker, session: Session
) -> None:
    form = {**walker.fields("units/gate/one", "form[data-answer]"), "choice": "a"}
    end = walker.fields("finish")
    for _ in range(2):
        assert walker.post("finish", end).location.endswith("/result")
    refused = walker.post("units/gate/one", form)
    assert refused.status_code == 409
    assert "LRN-ATTEMPT-OVER" in refused.text
    assert len(session.scalars(select(OutgoingScore).where(OutgoingScore.score_given.is_not(None))).all()) == 1


def test_the_best_attempt_counts_and_a_worse_one_sends_nothing(walker: Walker, session: Session) -> None:
    walker.walk()
    walker.finish()
    walker.post("again", walker.fields("result"))
    walker.walk(wrong={"gate/one", "gate/word"})
    walker.finish()
    participation = session.scalars(select(Participation)).one()
    assert (participation.fraction, participation.attempts_finished) == (Decimal(1), 2)
    assert len(session.scalars(select(OutgoingScore).where(OutgoingScore.score_given.is_not(None))).all()) == 1
    page = walker.soup("result")
    assert "50" in page.text
    assert "100" in page.text


def test_attempts_end_when_the_rule_says_so(app: Flask, session: Session, platform: FakePlatform) -> None:
    published(session, id="once", attempts="1")
    session.commit()
    walker = Walker(app.test_client(), platform, platform.claims(**{claims.CUSTOM: {"pack": "once"}}))
    walker.walk()
    token = walker.fields("finish")
    walker.post("finish", token)
    page = walker.soup("result")
    assert page.select_one("form[action$=again]") is None
    refused = walker.post("again", token)
    assert refused.status_code == 409
    assert "LRN-ATTEMPTS-USED-UP" in refused.text


def test_a_started_attempt_stays_on_its_release(app: Flask, session: Session, walker: Walker) -> None:
    walker.get("units/gate/intro")
    newer = published(session, intro="Совсем другой текст.")
    attempt = session.scalars(select(Attempt)).one()
    attempt_release = attempt.release_id
    placement = attempt.participation.placement
    placement.release_id = newer.id
    session.commit()
    assert "Добро пожаловать" in walker.soup("units/gate/intro").text
    walker.walk()
    walker.finish()
    walker.post("again", walker.fields("result"))
    assert "Совсем другой текст" in walker.soup("units/gate/intro").text
    session.rollback()
    assert attempt_release != newer.id


def test_a_teacher_looks_in_without_leaving_a_trace(app: Flask, session: Session, platform: FakePlatform) -> None:
    published(session)
    session.commit()
    body = platform.with_gradebook(sub="3", **{claims.ROLES: [INSTRUCTOR]})
    teacher = Walker(app.test_client(), platform, body)
    teacher.walk()
    teacher.finish()
    assert session.scalars(select(OutgoingScore)).all() == []
    assert session.scalars(select(FootprintEvent)).all() == []
    assert session.scalars(select(Participation)).one().preview
    assert "Тимур" not in teacher.soup("desk/").text


def test_the_lms_test_user_sends_no_grade(app: Flask, session: Session, platform: FakePlatform) -> None:
    """L-42."""
    published(session)
    session.commit()
    roles = ["Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]
    walker = Walker(app.test_client(), platform, platform.with_gradebook(**{claims.ROLES: roles}))
    walker.walk()
    walker.finish()
    assert session.scalars(select(OutgoingScore)).all() == []


def test_where_nothing_is_chosen_a_learner_is_told_so(app: Flask, platform: FakePlatform) -> None:
    walker = Walker(app.test_client(), platform, platform.claims(**{claims.CUSTOM: {}}))
    assert walker.get(walker.home).status_code == 200
    assert walker.get("units/gate/intro").status_code == 404


@pytest.mark.parametrize("path", ["units/nowhere/intro", "units/gate/nothing", "units/gate"])
def test_a_step_that_is_not_there_is_not_found(walker: Walker, path: str) -> None:
    assert walker.get(path).status_code == 404


def test_nothing_of_the_key_is_on_the_page_before_the_answer(walker: Walker) -> None:
    for task in ("gate/one", "gate/word", "square/number"):
        text = walker.get(f"units/{task}").text
        assert "correct" not in text.lower().replace("incorrect", "")
    assert "77.55" not in walker.get("units/square/number").text
    assert "77,55" not in walker.get("units/square/number").text


def test_a_page_that_stores_something_waits_for_others_who_write(app: Flask, walker: Walker) -> None:
    """A reader that turns writer in the middle is refused at once by SQLite, however long it would be ready to wait."""
    stop = Event()

    def write_all_the_time() -> None:
        with app.app_context():
            while not stop.is_set():
                db.session.execute(update(Participation).values(last_seen_at=now()))
                db.session.commit()

    writer = Thread(target=write_all_the_time)
    writer.start()
    try:
        pages = [walker.get(f"units/{step}").status_code for _ in range(5) for step in ("gate/intro", "gate/one")]
    finally:
        stop.set()
        writer.join()
    assert pages == [200] * 10
