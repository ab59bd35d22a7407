"""Who came: nobody in particular, the LMS's test user, one person on two platforms; and what a copied course was."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool import housekeeping
from lti_tool.clock import now
from lti_tool.footprint.models import FootprintEvent
from lti_tool.gradebook.models import LineItem, OutgoingScore
from lti_tool.learning.models import Answer, Attempt, Participation, StepDone
from lti_tool.lti import claims
from lti_tool.lti.launch import parse_launch
from lti_tool.people.models import Identity, Person
from lti_tool.schools.enrolment import allow_anonymous
from lti_tool.schools.registrations import to_registration
from tests.factories import published
from tests.platform import ABSENT, INSTRUCTOR, LEARNER, FakePlatform
from tests.walker import Walker

TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


def _count(session: Session, model: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def _open_to_anybody(app: Flask, session: Session, platform: FakePlatform) -> None:
    allow_anonymous(session, issuer=platform.issuer, client_id=None, allowed=True)
    published(session)
    session.commit()
    app.extensions["lyceum.registrations"].forget()


def test_l_30_a_launch_that_names_nobody_is_refused_by_default(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    refused = platform.launch(app.test_client(), platform.claims(sub=ABSENT))
    assert refused.status_code == 400
    assert "LTI-08" in refused.text
    assert _count(session, Identity) == 0


def test_l_30_where_it_is_allowed_nobody_walks_through_and_leaves_nothing(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    _open_to_anybody(app, session, platform)
    body = platform.with_gradebook(sub=ABSENT, name="Тайный Ученик")
    walker = Walker(app.test_client(), platform, body)
    assert "без имени" in walker.soup(walker.home).text
    walker.walk()
    walker.finish()
    assert _count(session, Attempt) == 1
    assert _count(session, OutgoingScore) == 0
    assert _count(session, LineItem) == 0
    assert _count(session, FootprintEvent) == 0
    assert session.scalars(select(Identity.name)).all() == [None]
    teacher = Walker(
        app.test_client(), platform, platform.with_gradebook(sub="3", name="Ольга", **{claims.ROLES: [INSTRUCTOR]})
    )
    assert not teacher.soup("desk/").select("table.sheet tbody tr"), "nobody stands in the list of learners"

    with time_machine.travel(now() + timedelta(hours=13), tick=False):
        housekeeping.tidy()
    for model in (Attempt, Answer, StepDone):
        assert _count(session, model) == 0
    assert session.scalars(select(Identity.name)).all() == ["Ольга"]
    assert _count(session, Person) == 1
    assert _count(session, Participation) == 1, "the teacher's own"


def test_l_30_nobody_has_no_rights_and_no_memory(app: Flask, session: Session, platform: FakePlatform) -> None:
    """Two launches are two visitors; the role of a teacher gives nothing to somebody who is not named."""
    _open_to_anybody(app, session, platform)
    first = Walker(app.test_client(), platform, platform.claims(sub=ABSENT, **{claims.ROLES: [INSTRUCTOR]}))
    assert first.get("desk/").status_code == 403
    assert first.get("choose").status_code == 403
    Walker(app.test_client(), platform, platform.claims(sub=ABSENT))
    assert _count(session, Identity) == 2


def test_l_30_choosing_and_reviewing_are_not_done_by_nobody(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    _open_to_anybody(app, session, platform)
    for message in ("LtiSubmissionReviewRequest", "LtiDataPrivacyLaunchRequest"):
        body = platform.claims(sub=ABSENT, **{claims.MESSAGE_TYPE: message})
        assert platform.launch(app.test_client(), body).status_code == 400


def test_l_30_a_subject_that_is_no_text_is_never_anonymous(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    _open_to_anybody(app, session, platform)
    for subject in ("", None, 6, ["6"]):
        assert platform.launch(app.test_client(), platform.claims(sub=subject)).status_code == 400


def test_l_36_an_address_joins_nobody_and_a_subject_counts_within_its_platform(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    other = FakePlatform(issuer="https://other.test")
    other.register(session)
    published(session)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    client = app.test_client()
    for sub in ("6", "7", "6"):
        assert platform.launch(client, platform.claims(sub=sub, email="same@school.test")).status_code == 303
    assert other.launch(client, other.claims(sub="6", email="same@school.test")).status_code == 303
    session.rollback()
    identities = session.scalars(select(Identity)).all()
    assert len(identities) == 3
    assert len({identity.person_id for identity in identities}) == 3


def test_l_41_a_wrongly_signed_lti_1_1_claim_migrates_nothing_and_harms_nothing(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    client = app.test_client()
    assert platform.launch(client, platform.claims(sub="old-7", name="Прежний")).status_code == 303
    old = {
        "user_id": "old-7",
        "oauth_consumer_key": "key",
        "oauth_consumer_key_sign": "bm90IGEgc2lnbmF0dXJl",
        "resource_link_id": "1",
    }
    body = platform.claims(sub="6", **{claims.CLAIM + "lti1p1": old})
    assert platform.launch(client, body).status_code == 303
    session.rollback()
    names = {identity.subject: identity.name for identity in session.scalars(select(Identity))}
    assert names == {"old-7": "Прежний", "6": "Тимур П."}


def test_l_42_the_platforms_test_user_is_sent_nowhere_and_counted_nowhere(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    body = platform.with_gradebook(sub="99", name="Пробный", **{claims.ROLES: [LEARNER, TEST_USER]})
    tester = Walker(app.test_client(), platform, body)
    tester.walk()
    tester.finish()
    assert _count(session, OutgoingScore) == 0
    assert _count(session, FootprintEvent) == 0
    teacher = Walker(app.test_client(), platform, platform.with_gradebook(sub="3", **{claims.ROLES: [INSTRUCTOR]}))
    assert "Пробный" not in teacher.soup("desk/").text


def test_l_42_a_learner_who_turns_out_to_be_the_test_user_counts_no_more(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    Walker(app.test_client(), platform, platform.with_gradebook(sub="99", name="Пробный"))
    body = platform.with_gradebook(sub="99", name="Пробный", **{claims.ROLES: [LEARNER, TEST_USER]})
    tester = Walker(app.test_client(), platform, body)
    tester.walk()
    tester.finish()
    assert _count(session, OutgoingScore) == 0


def test_l_42_a_teacher_who_switched_to_the_role_of_a_learner_is_sent_nowhere(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    """Moodle sends the teacher's own subject then, and refuses a score for it: known in the whole course."""
    published(session)
    session.commit()
    roles = {claims.ROLES: [INSTRUCTOR]}
    Walker(app.test_client(), platform, platform.with_gradebook(sub="3", name="Мария", **roles))
    elsewhere = platform.with_gradebook(sub="3", name="Мария", **{claims.RESOURCE_LINK: {"id": "2", "title": "Урок 2"}})
    switched = Walker(app.test_client(), platform, elsewhere)
    switched.walk()
    switched.finish()
    assert _count(session, OutgoingScore) == 0
    assert _count(session, FootprintEvent) == 0
    assert switched.soup("course").select_one("a[href*=desk]") is None, "the role does not open the desk"


def test_l_42_a_visitor_without_a_role_who_becomes_a_learner_counts_from_then_on(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    visitor = Walker(app.test_client(), platform, platform.with_gradebook(**{claims.ROLES: []}))
    visitor.get("units/gate/intro")
    learner = Walker(app.test_client(), platform, platform.with_gradebook())
    learner.walk()
    learner.finish()
    assert _count(session, OutgoingScore) == 1


def test_l_44_the_history_of_a_course_is_split_then_decoded_and_the_newest_stands_first(
    platform: FakePlatform,
) -> None:
    body = platform.claims(**{claims.CUSTOM: {"context_id_history": "a%2Cb,c%20d, c%20d,%D0%BA,"}})
    context = parse_launch(body, to_registration(platform.row)).context
    assert context is not None
    assert context.history == ("a,b", "c d", "к")


def test_l_44_no_history_is_told_in_three_ways(platform: FakePlatform) -> None:
    for custom in ({"context_id_history": ""}, {"context_id_history": "$Context.id.history"}, {}):
        context = parse_launch(platform.claims(**{claims.CUSTOM: custom}), to_registration(platform.row)).context
        assert context is not None
        assert context.history == ()
