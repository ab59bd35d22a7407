"""L-34: a mentor sees the persons the launch names, at the same link, and changes nothing (Core §5.4.3)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.gradebook.models import OutgoingScore
from lti_tool.lti import claims
from lti_tool.lti.models import Visit
from lti_tool.people.models import Identity
from tests.conformance.door import course, with_roles
from tests.platform import INSTRUCTOR, LEARNER, FakePlatform
from tests.walker import Walker

MENTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"
ADVISOR = "http://purl.imsglobal.org/vocab/lis/v2/membership/Mentor#Advisor"


@pytest.fixture
def pupils(app: Flask, session: Session, platform: FakePlatform) -> dict[str, str]:
    """Two pupils at one link, one of whom has answered; the address of each, seen from a mentor's list."""
    course(session)
    for sub, name in (("6", "Тимур П."), ("7", "Алина К.")):
        pupil = Walker(app.test_client(), platform, platform.with_gradebook(sub=sub, name=name))
        pupil.get("units/gate/intro")
        pupil.answer("gate/word", {"text": [f"река {name}"]})
        pupil.finish()
    session.rollback()
    return {one.subject: f"mentees/{one.id}" for one in session.scalars(select(Identity))}


def _mentor(app: Flask, platform: FakePlatform, scope: Any, *roles: str) -> Walker:
    return Walker(
        app.test_client(),
        platform,
        with_roles(platform, *roles, sub="20", name="Наставник", **{claims.MENTOR_SCOPE: scope}),
    )


@pytest.mark.parametrize("role", [MENTOR, "Mentor", ADVISOR])
def test_l_34_a_mentor_sees_those_whom_the_launch_names_and_nobody_else(
    app: Flask, platform: FakePlatform, pupils: dict[str, str], role: str
) -> None:
    mentor = _mentor(app, platform, ["6", "99", 7, None], role)
    assert mentor.home.endswith("/mentees/")
    page = mentor.get(mentor.home)
    assert page.status_code == 200
    assert "Тимур П." in page.text
    assert "Алина К." not in page.text
    work = mentor.get(pupils["6"])
    assert "река Тимур П." in work.text
    assert mentor.get(pupils["7"]).status_code == 404


def test_l_34_a_mentor_changes_nothing_and_has_no_desk(
    app: Flask, session: Session, platform: FakePlatform, pupils: dict[str, str]
) -> None:
    mentor = _mentor(app, platform, ["6"], MENTOR)
    work = mentor.soup(pupils["6"])
    assert work.select("form") == []
    assert mentor.get("desk/").status_code == 403
    pupil = pupils["6"].removeprefix("mentees/")
    assert mentor.get(f"desk/learners/{pupil}").status_code == 403
    scores = select(OutgoingScore.id, OutgoingScore.state, OutgoingScore.due_at)
    before = session.execute(scores).all()
    session.rollback()
    assert mentor.post(f"desk/learners/{pupil}/resend", {}).status_code == 403
    assert session.execute(scores).all() == before


@pytest.mark.parametrize("roles", [[LEARNER], [INSTRUCTOR], []])
def test_l_34_without_the_mentors_role_the_claim_is_ignored(
    app: Flask, session: Session, platform: FakePlatform, pupils: dict[str, str], roles: list[str]
) -> None:
    other = _mentor(app, platform, ["6"], *roles)
    assert not other.home.endswith("/mentees/")
    assert other.get("mentees/").status_code == 403
    assert other.get(pupils["6"]).status_code == 403
    session.rollback()
    newest = session.scalars(select(Visit).order_by(Visit.id.desc())).first()
    assert newest is not None
    assert "mentees" not in newest.extra


@pytest.mark.parametrize("scope", [None, [], "6", {"6": True}, [6]])
def test_l_34_a_mentor_of_nobody_sees_nobody(
    app: Flask, platform: FakePlatform, pupils: dict[str, str], scope: Any
) -> None:
    mentor = _mentor(app, platform, scope, MENTOR)
    assert mentor.get("mentees/").status_code == 403
    assert mentor.get(pupils["6"]).status_code == 403


def test_l_34_another_links_learners_are_not_seen(app: Flask, platform: FakePlatform, pupils: dict[str, str]) -> None:
    """Those whom the launch names have come, but to another link of the course."""
    body = with_roles(
        platform, MENTOR, sub="20", **{claims.MENTOR_SCOPE: ["6"], claims.RESOURCE_LINK: {"id": "2", "title": "Другой"}}
    )
    mentor = Walker(app.test_client(), platform, body)
    page = mentor.get("mentees/")
    assert page.status_code == 200
    assert "Тимур" not in page.text
    assert mentor.get(pupils["6"]).status_code == 404
