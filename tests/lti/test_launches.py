"""Launches that must open, and where they lead (checklist L-12, L-29 … L-44, S-09, S-11, S-12)."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.learning.models import Participation, Placement
from lti_tool.lti import claims
from lti_tool.lti.launch import parse_launch
from lti_tool.lti.models import Visit
from lti_tool.people.models import Identity
from lti_tool.schools.models import Context
from lti_tool.schools.registrations import to_registration
from tests.factories import published
from tests.platform import ABSENT, INSTRUCTOR, LEARNER, FakePlatform


def _count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_launch_opens_a_page_whose_address_holds_no_secret(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    client = app.test_client()
    answer = platform.launch(client)
    assert answer.status_code == 303
    assert "token" not in answer.location
    assert "state" not in answer.location
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-visit-"))
    secret = cookie.split(";")[0].split("=", 1)[1]
    assert secret not in answer.location
    assert "Partitioned" in cookie
    page = client.get(answer.location, base_url=platform.tool)
    assert page.status_code == 200
    assert "Проба города" in page.text


@pytest.mark.parametrize(
    ("roles", "teacher", "learner"),
    [
        ([LEARNER], False, True),
        (["Learner"], False, True),
        ([INSTRUCTOR], True, False),
        (["Instructor"], True, False),
        ([], False, False),
        (["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"], False, False),
        (["http://example.test/role#Unknown", LEARNER], False, True),
        ([INSTRUCTOR, LEARNER], True, True),
    ],
)
def test_roles_give_the_rights(
    app: Flask, session: Session, platform: FakePlatform, roles: list[str], teacher: bool, learner: bool
) -> None:
    published(session)
    session.commit()
    client = app.test_client()
    answer = platform.launch(client, platform.claims(**{claims.ROLES: roles}))
    visit = session.scalars(select(Visit)).one()
    assert (visit.teacher, visit.learner) == (teacher, learner)
    assert client.get(answer.location, base_url=platform.tool).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ABSENT, "given_name": "Анна"},
        {"name": ABSENT, "email": "a@b.test"},
        {"name": ABSENT},
        {"name": ""},
        {"name": 7},
        {claims.CONTEXT: ABSENT},
        {claims.CONTEXT: []},
        {claims.PLATFORM: {"guid": "", "name": ""}},
        {claims.PLATFORM: "moodle"},
        {claims.CUSTOM: {"pack": "small", "tz": None, "n": 5, "gone": "$User.username", "empty": ""}},
        {claims.PRESENTATION: {"locale": "tlh", "document_target": "hologram", "return_url": "javascript:alert(1)"}},
        {"https://example.test/claim/unknown": {"deep": [1, {"er": None}]}},
        {claims.AGS: {"scope": "all"}},
        {claims.AGS: {"scope": [claims.SCOPE_SCORE], "lineitem": ""}},
    ],
)
def test_what_is_optional_may_be_missing_or_odd(
    app: Flask, session: Session, platform: FakePlatform, changes: dict[str, Any]
) -> None:
    published(session)
    session.commit()
    client = app.test_client()
    answer = platform.launch(client, platform.claims(**changes))
    assert answer.status_code == 303, answer.text
    page = client.get(answer.location, base_url=platform.tool)
    assert page.status_code == 200
    assert "javascript:alert" not in page.text


def test_two_persons_with_one_address_are_two_and_two_platforms_know_two(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    other = FakePlatform(issuer="https://other.test")
    other.register(session)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    client = app.test_client()
    for sub in ("6", "7", "6"):
        platform.launch(client, platform.claims(sub=sub, email="same@school.test"))
    other.launch(client, other.claims(sub="6", email="same@school.test"))
    assert _count(session, Identity) == 3
    assert len({identity.person_id for identity in session.scalars(select(Identity))}) == 3


def test_deployments_with_equal_ids_are_kept_apart(app: Flask, session: Session, platform: FakePlatform) -> None:
    from tests.factories import DeploymentFactory

    DeploymentFactory(platform=platform.row, deployment_id="2")
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    client = app.test_client()
    platform.launch(client)
    platform.launch(client, platform.claims(**{claims.DEPLOYMENT_ID: "2"}), lti_deployment_id="2")
    assert _count(session, Placement) == 2
    assert _count(session, Context) == 2
    assert _count(session, Identity) == 1


def test_a_name_that_is_kept_back_does_not_wipe_the_known_one(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    client = app.test_client()
    platform.launch(client)
    platform.launch(client, platform.claims(name=ABSENT))
    assert session.scalars(select(Identity)).one().name == "Тимур П."
    platform.launch(client, platform.claims(name="Тимур Петров"))
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Identity)).one().name == "Тимур Петров"


def test_an_anonymous_launch_is_somebody_new_each_time_where_it_is_allowed(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    platform.row.allow_anonymous = True
    published(session)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    client = app.test_client()
    for _ in range(2):
        assert platform.launch(client, platform.claims(sub=ABSENT)).status_code == 303
    assert _count(session, Identity) == 2


def test_html_in_a_claim_is_only_text(app: Flask, session: Session, platform: FakePlatform) -> None:
    published(session)
    session.commit()
    evil = "<script>alert(1)</script>"
    client = app.test_client()
    platform.launch(client, platform.claims(name=evil))
    link = {"id": "1", "title": evil}
    body = platform.claims(sub="3", name=evil, **{claims.ROLES: [INSTRUCTOR], claims.RESOURCE_LINK: link})
    page = client.get(platform.launch(client, body).location, base_url=platform.tool)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_two_tabs_with_two_persons_do_not_mix(app: Flask, session: Session, platform: FakePlatform) -> None:
    published(session)
    session.commit()
    browser = app.test_client()
    first = platform.launch(browser, platform.claims(sub="6", **{claims.ROLES: [INSTRUCTOR]})).location
    second = platform.launch(browser, platform.claims(sub="7")).location
    assert first != second
    assert browser.get(first, base_url=platform.tool).status_code == 200
    assert browser.get(second, base_url=platform.tool).status_code == 200
    visits = {visit.id: visit for visit in session.scalars(select(Visit))}
    learner = next(visit for visit in visits.values() if not visit.teacher)
    assert browser.get(f"/v/{learner.id}/desk/", base_url=platform.tool).status_code == 403


def test_an_address_alone_opens_nothing(app: Flask, session: Session, platform: FakePlatform) -> None:
    published(session)
    session.commit()
    location = platform.launch(app.test_client()).location
    page = app.test_client().get(location, base_url=platform.tool)
    assert page.status_code == 401
    assert "LTI-60" in page.text


def test_a_form_of_another_site_is_not_taken(app: Flask, session: Session, platform: FakePlatform) -> None:
    published(session)
    session.commit()
    client = app.test_client()
    visit_id = UUID(platform.launch(client).location.split("/")[2])
    answer = client.post(f"/v/{visit_id}/again", base_url=platform.tool)
    assert answer.status_code == 400
    assert "LTI-62" in answer.text


def test_first_launches_of_one_person_in_a_new_course_make_one_of_each(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    client = app.test_client()
    for _ in range(3):
        assert platform.launch(client).status_code == 303
    for model in (Identity, Context, Placement, Participation):
        assert _count(session, model) == 1


def test_mentees_count_only_with_the_mentor_role(platform: FakePlatform) -> None:
    registration = to_registration(platform.row)
    mentor = "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"
    with_role = platform.claims(**{claims.ROLES: [mentor], claims.MENTOR_SCOPE: ["6", "7", 8]})
    without = platform.claims(**{claims.MENTOR_SCOPE: ["6"]})
    assert parse_launch(with_role, registration).mentees == {"6", "7"}
    assert parse_launch(without, registration).mentees == frozenset()


def test_the_history_of_a_course_is_split_and_then_decoded(platform: FakePlatform) -> None:
    body = platform.claims(**{claims.CUSTOM: {"context_id_history": "a%2Cb,c"}})
    context = parse_launch(body, to_registration(platform.row)).context
    assert context is not None
    assert context.history == ("a,b", "c")


def test_first_launches_at_the_same_moment_all_arrive(app: Flask, session: Session, platform: FakePlatform) -> None:
    """A class opens a new activity together; and one person opens it in two windows at once."""
    published(session)
    session.commit()
    posts = []
    for sub in ("6", "6", "7", "8"):
        client = app.test_client()
        request = platform.log_in(client)
        body = platform.with_gradebook(sub=sub, nonce=request["nonce"])
        posts.append((client, platform.sign(body), request["state"]))
    session.rollback()
    start, statuses = Barrier(len(posts)), []

    def post(client: Any, token: str, state: str) -> None:
        start.wait()
        statuses.append(platform.post(client, token, state).status_code)

    threads = [Thread(target=post, args=one) for one in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * 4
    assert [_count(session, model) for model in (Identity, Placement, Context, Participation)] == [3, 1, 1, 3]
