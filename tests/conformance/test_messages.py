"""Messages besides opening an activity: reviews of a learner's work, what is kept of a person, what is not served."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.gradebook.models import LineItem
from lti_tool.learning.models import Placement
from lti_tool.lti import claims
from lti_tool.people.models import Identity
from tests.factories import published
from tests.platform import ABSENT, INSTRUCTOR, FakePlatform
from tests.walker import WRONG, Walker

REVIEW = "LtiSubmissionReviewRequest"


@pytest.fixture
def pupil(app: Flask, session: Session, platform: FakePlatform) -> Walker:
    """A learner with two finished attempts, the second one weaker, and a third under way."""
    published(session)
    session.commit()
    walker = Walker(app.test_client(), platform, platform.with_gradebook(sub="6", name="Тимур"))
    walker.walk()
    walker.finish()
    walker.post("again", walker.fields("result"))
    walker.walk(wrong={"gate/word"})
    walker.finish()
    walker.post("again", walker.fields("result"))
    return walker


def _review(app: Flask, platform: FakePlatform, *, sub: str = "3", teacher: bool = True, **changes: Any) -> Walker:
    roles = {claims.ROLES: [INSTRUCTOR]} if teacher else {}
    changes = {claims.FOR_USER: {"user_id": "6"}, **changes}
    body = platform.with_gradebook(sub=sub, name="Кто-то", **{claims.MESSAGE_TYPE: REVIEW, **roles, **changes})
    return Walker(app.test_client(), platform, body)


def _followed(walker: Walker) -> Any:
    return walker.get(walker.home, follow_redirects=True)


def test_x_01_a_teacher_sees_the_attempt_behind_the_grade_and_reaches_all_others(
    app: Flask, session: Session, platform: FakePlatform, pupil: Walker
) -> None:
    teacher = _review(app, platform)
    page = _followed(teacher)
    assert page.status_code == 200
    assert "attempt=2" in page.request.path + "?" + page.request.query_string.decode()
    assert "Тимур" in page.text
    assert WRONG["gate/word"]["text"][0] in page.text, "the answer of the second attempt"
    identity = session.scalars(select(Identity.id).where(Identity.subject == "6")).one()
    first = teacher.soup(f"desk/learners/{identity}?attempt=1")
    assert WRONG["gate/word"]["text"][0] not in first.text
    links = {str(link["href"]).rsplit("attempt=")[-1] for link in first.select("a[href*='attempt=']")}
    assert links == {"2", "3"}


def test_x_01_a_learner_sees_their_own_work_and_its_earlier_attempts(
    app: Flask, platform: FakePlatform, pupil: Walker
) -> None:
    learner = _review(app, platform, sub="6", teacher=False)
    page = _followed(learner)
    assert page.status_code == 200
    assert "result?attempt=2" in page.text or page.request.query_string == b"attempt=2"
    first = learner.soup("result?attempt=1")
    assert "100" in first.text
    assert first.select_one("form[action$=again]") is None, "looking back is not beginning again"


def test_x_01_a_learner_is_shown_nobody_elses_work(app: Flask, platform: FakePlatform, pupil: Walker) -> None:
    other = _review(app, platform, sub="7", teacher=False)
    refused = _followed(other)
    assert refused.status_code == 403
    assert "Тимур" not in refused.text


def test_x_01_a_learner_named_by_nobody_sees_their_own(app: Flask, platform: FakePlatform, pupil: Walker) -> None:
    """Moodle, when the column's title is clicked by a learner."""
    learner = _review(app, platform, sub="6", teacher=False, **{claims.FOR_USER: ABSENT})
    assert _followed(learner).status_code == 200


def test_x_01_a_mentor_sees_the_work_of_those_whom_the_platform_entrusts_to_them(
    app: Flask, platform: FakePlatform, pupil: Walker
) -> None:
    mentor = {claims.ROLES: ["Mentor"], claims.MENTOR_SCOPE: ["6", "404"]}
    page = _followed(_review(app, platform, sub="20", teacher=False, **mentor))
    assert page.status_code == 200
    assert "Тимур" in page.text
    assert b"attempt=2" in page.request.query_string
    gone = _followed(_review(app, platform, sub="20", teacher=False, **mentor, **{claims.FOR_USER: {"user_id": "404"}}))
    assert "Здесь пока нет работы" in gone.text
    mentor[claims.MENTOR_SCOPE] = ["7"]
    refused = _followed(_review(app, platform, sub="20", teacher=False, **mentor))
    assert refused.status_code == 403
    assert "Тимур" not in refused.text


def test_x_01_an_unknown_person_is_an_empty_page_in_words(app: Flask, platform: FakePlatform, pupil: Walker) -> None:
    page = _followed(_review(app, platform, **{claims.FOR_USER: {"user_id": "404"}}))
    assert page.status_code == 200
    assert "Здесь пока нет работы" in page.text
    assert "Тимур" not in page.text


def test_x_01_a_review_that_names_nobody_is_the_desk(app: Flask, platform: FakePlatform, pupil: Walker) -> None:
    page = _followed(_review(app, platform, **{claims.FOR_USER: ABSENT}))
    assert page.request.path.endswith("/desk/")


def test_x_01_a_teacher_of_another_place_sees_nothing_of_this_one(
    app: Flask, session: Session, platform: FakePlatform, pupil: Walker
) -> None:
    elsewhere = {claims.RESOURCE_LINK: {"id": "9", "title": "Другое"}, claims.CONTEXT: {"id": "8"}}
    teacher = _review(app, platform, **elsewhere)
    page = _followed(teacher)
    assert "Тимур" not in page.text
    identity = session.scalars(select(Identity.id).where(Identity.subject == "6")).one()
    assert teacher.get(f"desk/learners/{identity}?attempt=1").status_code == 403


def test_x_01_a_review_that_names_only_the_column_finds_its_activity(
    app: Flask, session: Session, platform: FakePlatform, pupil: Walker
) -> None:
    page = _followed(_review(app, platform, **{claims.RESOURCE_LINK: ABSENT}))
    assert "Тимур" in page.text
    foreign = _followed(_review(app, platform, **{claims.RESOURCE_LINK: ABSENT, claims.CONTEXT: {"id": "8"}}))
    assert foreign.status_code == 200
    assert "Тимур" not in foreign.text
    unknown = platform.with_gradebook()[claims.AGS] | {"lineitem": f"{platform.issuer}/2/lineitems/77/lineitem"}
    page = _followed(_review(app, platform, **{claims.RESOURCE_LINK: ABSENT, claims.AGS: unknown}))
    assert page.status_code == 200
    assert "Здесь пока нет работы" in page.text


def test_x_01_a_review_from_another_column_does_not_move_the_activitys_own(
    app: Flask, session: Session, platform: FakePlatform, pupil: Walker
) -> None:
    other = platform.with_gradebook()[claims.AGS] | {"lineitem": f"{platform.issuer}/2/lineitems/5/lineitem?type_id=1"}
    assert "Тимур" in _followed(_review(app, platform, **{claims.AGS: other})).text
    session.rollback()
    assert session.scalars(select(LineItem.url)).one() == platform.with_gradebook()[claims.AGS]["lineitem"]


@pytest.mark.parametrize("for_user", [{}, {"name": "Тимур"}, {"user_id": ""}, {"user_id": 6}, [], "6", None])
def test_x_02_a_review_of_a_person_without_an_id_is_refused(
    app: Flask, session: Session, platform: FakePlatform, for_user: Any
) -> None:
    body = platform.claims(**{claims.MESSAGE_TYPE: REVIEW, claims.FOR_USER: for_user})
    refused = platform.launch(app.test_client(), body)
    assert refused.status_code == 400
    assert "LTI-12" in refused.text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Placement)) == 0


def test_a_question_of_privacy_opens_the_page_that_tells(
    app: Flask, session: Session, platform: FakePlatform, pupil: Walker
) -> None:
    about = {claims.RESOURCE_LINK: ABSENT, claims.CONTEXT: ABSENT, claims.ROLES: ABSENT}
    message = {claims.MESSAGE_TYPE: "LtiDataPrivacyLaunchRequest"}
    person = Walker(app.test_client(), platform, platform.claims(sub="6", name="Тимур", **about, **message))
    page = person.soup(person.home).text
    for words in ("Тимур", "1 занятие", "3 прохождения", "11 ответов"):
        assert words in page, words
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Placement)) == 1, "it is about the person, not a place"


def test_the_way_to_that_page_stands_under_every_course(app: Flask, platform: FakePlatform, pupil: Walker) -> None:
    link = pupil.soup("course").select_one("a[href$='/privacy']")
    assert link is not None
    assert pupil.get(str(link["href"])).status_code == 200


@pytest.mark.parametrize(
    "message",
    [
        "LtiEulaRequest",
        "LtiAssetProcessorSettingsRequest",
        "LtiReportReviewRequest",
        "LtiStartProctoring",
        "LtiContextLaunchRequest",
        "ContentItemSelectionRequest",
        "basic-lti-launch-request",
    ],
)
def test_what_is_not_served_is_refused_in_words(app: Flask, platform: FakePlatform, message: str) -> None:
    refused = platform.launch(app.test_client(), platform.claims(**{claims.MESSAGE_TYPE: message}))
    assert refused.status_code == 400
    assert "LTI-05" in refused.text
    assert "Такие сообщения здесь не обслуживаются" in refused.text
