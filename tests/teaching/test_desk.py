"""The teacher's desk: who is where, and where the grades are."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.gradebook.models import OutgoingScore, Reason, ScoreState
from lti_tool.lti import claims
from lti_tool.people.models import Identity
from tests.factories import published
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker


@pytest.fixture
def class_(app: Flask, session: Session, platform: FakePlatform) -> dict[str, Walker]:
    """A teacher and two learners: one finished, one at work."""
    published(session)
    session.commit()
    timur = Walker(app.test_client(), platform, platform.with_gradebook(sub="6", name="Тимур"))
    timur.walk()
    timur.finish()
    alina = Walker(app.test_client(), platform, platform.with_gradebook(sub="7", name="Алина"))
    alina.get("units/gate/intro")
    alina.answer("gate/one", {"choice": ["b"]})
    teacher = Walker(
        app.test_client(), platform, platform.with_gradebook(sub="3", name="Ольга", **{claims.ROLES: [INSTRUCTOR]})
    )
    return {"timur": timur, "alina": alina, "teacher": teacher}


def test_a_teacher_lands_on_the_desk_and_sees_everybody(class_: dict[str, Walker]) -> None:
    teacher = class_["teacher"]
    assert teacher.home.endswith("/desk/")
    text = teacher.soup(teacher.home).text
    for word in ("Тимур", "Алина", "100", "finished" if "finished" in text else "завершил"):
        assert word in text
    assert "Ольга" not in text


def test_the_way_of_a_grade_is_told(class_: dict[str, Walker], session: Session) -> None:
    teacher = class_["teacher"]
    score = session.scalars(select(OutgoingScore).where(OutgoingScore.score_given.is_not(None))).one()
    score.state, score.reason, score.due_at = ScoreState.NEEDS_HELP, Reason.NOT_GRADABLE, None
    session.commit()
    page = teacher.soup(teacher.home)
    assert page.select_one(".delivery--help") is not None
    learner = teacher.soup(f"desk/learners/{score.identity_id}")
    form = learner.select_one("form[action$=resend]")
    assert form is not None
    fields = {str(one["name"]): str(one["value"]) for one in form.select("input")}
    assert teacher.post(str(form["action"]), fields).status_code == 303
    session.rollback()
    session.expire_all()
    assert session.get_one(OutgoingScore, score.id).state == ScoreState.QUEUED


def test_a_learners_work_is_shown(class_: dict[str, Walker], session: Session) -> None:
    alina = session.scalars(select(Identity).where(Identity.name == "Алина")).one()
    text = class_["teacher"].soup(f"desk/learners/{alina.id}").text
    assert "Куда идти?" in text
    assert "Назад" in text


def test_a_learner_has_no_desk(class_: dict[str, Walker]) -> None:
    for path in ("desk/", "desk/review", "choose", f"desk/learners/{UUID(int=1)}"):
        assert class_["timur"].get(path).status_code == 403


def test_a_teacher_of_another_course_sees_nobody_of_this_one(
    app: Flask, class_: dict[str, Walker], session: Session, platform: FakePlatform
) -> None:
    other = Walker(
        app.test_client(),
        platform,
        platform.claims(
            sub="4",
            **{
                claims.ROLES: [INSTRUCTOR],
                claims.RESOURCE_LINK: {"id": "9"},
                claims.CONTEXT: {"id": "8"},
            },
        ),
    )
    assert "Тимур" not in other.soup("desk/").text
    timur = session.scalars(select(Identity).where(Identity.name == "Тимур")).one()
    assert other.get(f"desk/learners/{timur.id}").status_code == 403
    fields = other.fields("choose/settings?pick=small", "form[method=post]")
    assert other.post(f"desk/learners/{timur.id}/resend", fields).status_code == 403


def test_a_grade_earned_before_there_was_a_column_is_sent_when_there_is_one(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    walker = Walker(app.test_client(), platform, platform.claims())
    walker.walk()
    walker.finish()
    assert session.scalars(select(OutgoingScore)).all() == []
    platform.launch(app.test_client(), platform.with_gradebook(sub="3", **{claims.ROLES: [INSTRUCTOR]}))
    score = session.scalars(select(OutgoingScore)).one()
    assert score.score_given == 100
    assert score.created_at <= now()


@pytest.mark.parametrize("state", [ScoreState.OVERRIDDEN, ScoreState.NEWER_KEPT, ScoreState.NEEDS_HELP])
def test_what_may_be_sent_again_has_its_button_and_is_followed_on_its_way(
    class_: dict[str, Walker], session: Session, state: ScoreState
) -> None:
    """A teacher lifts the override in the LMS, sends once more, and the page tells how it went."""
    score = session.scalars(select(OutgoingScore).where(OutgoingScore.score_given.is_not(None))).one()
    score.state, score.reason, score.due_at = state, Reason.REFUSED, None
    session.commit()
    teacher, address = class_["teacher"], f"desk/learners/{score.identity_id}"
    form = teacher.soup(address).select_one("form[action$=resend]")
    assert form is not None
    teacher.post(str(form["action"]), {str(one["name"]): str(one["value"]) for one in form.select("input")})
    line = teacher.soup(address).select_one("[data-delivery]")
    assert line is not None
    assert teacher.get(str(line["data-status-url"])).status_code == 200


def test_a_grade_that_stands_has_no_button(class_: dict[str, Walker], session: Session) -> None:
    score = session.scalars(select(OutgoingScore).where(OutgoingScore.score_given.is_not(None))).one()
    score.state, score.delivered_at, score.due_at = ScoreState.DELIVERED, now(), None
    session.commit()
    assert class_["teacher"].soup(f"desk/learners/{score.identity_id}").select_one("form[action$=resend]") is None


def test_a_message_of_progress_is_not_called_a_grade(app: Flask, session: Session, platform: FakePlatform) -> None:
    platform.row.family = "lyceum-demo-lms"
    published(session)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    walker = Walker(app.test_client(), platform, platform.with_gradebook())
    walker.get("units/gate/intro")
    assert session.scalars(select(OutgoingScore)).one().score_given is None
    body = platform.with_gradebook(sub="3", **{claims.ROLES: [INSTRUCTOR]})
    teacher = Walker(app.test_client(), platform, body)
    assert teacher.soup("desk/").select_one("table [data-delivery]") is None


def test_in_a_window_of_its_own_there_is_a_way_back(app: Flask, session: Session, platform: FakePlatform) -> None:
    published(session)
    session.commit()
    back = "https://moodle.school.test/course/view.php?id=2"
    presentation = {"document_target": "window", "return_url": back, "locale": "ru"}
    window = Walker(app.test_client(), platform, platform.claims(**{claims.PRESENTATION: presentation}))
    assert window.soup(window.home).select_one(f'a[href="{back}"]') is not None
    framed = {**presentation, "document_target": "iframe"}
    frame = Walker(app.test_client(), platform, platform.claims(**{claims.PRESENTATION: framed}))
    assert frame.soup(frame.home).select_one(f'a[href="{back}"]') is None
