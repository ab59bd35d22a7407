"""Every launch that a real Moodle was seen to make opens: the right person, the right role, the right place.

The recordings hold the claims as they came; they are signed anew here with a key of the tests, and dated now.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.gradebook.models import LineItem
from lti_tool.learning.models import Participation, Placement
from lti_tool.lti import claims
from lti_tool.lti.models import Visit
from lti_tool.people.models import Identity
from lti_tool.schools.models import Context
from tests.factories import published
from tests.platform import FakePlatform

RECORDINGS = Path(__file__).parent / "recordings"
LAUNCHES = sorted(path.stem for path in RECORDINGS.glob("launch-*.json"))


def recording(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def moodle(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """The Moodle of the recordings, and a tool at the address that it knew."""
    claims_ = recording("launch-student1")["claims"]
    fake = FakePlatform(issuer=claims_["iss"], client_id=claims_["aud"], tool="http://127.0.0.1:9000")
    fake.register(session)
    fake.publish_keys(app)
    published(session)
    session.commit()
    settings = app.extensions["lyceum.settings"]
    monkeypatch.setitem(app.extensions, "lyceum.settings", _at(settings, fake.tool))
    return fake


def _at(settings: Any, public_url: str) -> Any:
    from dataclasses import replace

    return replace(settings, public_url=public_url)


def _launch(app: Flask, moodle: FakePlatform, name: str, custom: dict[str, str] | None = None) -> tuple[Any, str]:
    """Launch with a recording's claims, with the login that led to it; return the browser and the page's address.

    ``custom``: what our own registration and picker would have added to what was sent.
    """
    recorded = recording(name)
    body = dict(recorded["claims"])
    body[claims.CUSTOM] = {**body.get(claims.CUSTOM, {}), **(custom or {})}
    for stale in ("iat", "exp", "nonce"):
        body.pop(stale)
    fresh = moodle.claims()
    body.update(iat=fresh["iat"], exp=fresh["exp"])
    client = app.test_client()
    login = recorded.get("login") or {
        "target_link_uri": body[claims.TARGET_LINK_URI],
        "login_hint": body["sub"],
    }
    answer = moodle.launch(client, body, **{key: value for key, value in login.items() if key != "iss"})
    assert answer.status_code == 303, answer.text
    return client, answer.location


@pytest.mark.parametrize("name", LAUNCHES)
def test_a_recorded_launch_opens_for_the_right_person_in_the_right_place(
    app: Flask, session: Session, moodle: FakePlatform, name: str
) -> None:
    body = recording(name)["claims"]
    client, location = _launch(app, moodle, name)
    assert client.get(location, base_url=moodle.tool, follow_redirects=True).status_code == 200
    visit = session.scalars(select(Visit)).one()
    identity = session.get_one(Identity, visit.identity_id)
    assert identity.subject == body["sub"]
    assert identity.name == body.get("name")
    assert visit.teacher == any(role.endswith("membership#Instructor") for role in body[claims.ROLES])
    assert visit.learner == any(role.endswith("membership#Learner") for role in body[claims.ROLES])
    assert visit.language == body[claims.PRESENTATION]["locale"]
    link = body.get(claims.RESOURCE_LINK)
    if link is None:
        assert visit.placement_id is None
        return
    placement = session.get_one(Placement, visit.placement_id)
    assert placement.resource_link_id == link["id"]
    assert placement.title == link.get("title")
    context = session.get_one(Context, placement.context_id)
    assert context.context_id == body[claims.CONTEXT]["id"]


@pytest.mark.parametrize("name", LAUNCHES)
def test_a_recorded_launch_leaves_the_column_that_it_names(
    app: Flask, session: Session, moodle: FakePlatform, name: str
) -> None:
    _launch(app, moodle, name)
    endpoint = recording(name)["claims"].get(claims.AGS)
    items = session.scalars(select(LineItem)).all()
    if endpoint is None or claims.RESOURCE_LINK not in recording(name)["claims"]:
        assert items == []
        return
    (item,) = items
    assert item.url == (endpoint.get("lineitem") or None)
    assert item.container_url == endpoint["lineitems"]


def test_with_privacy_off_a_learner_is_nameless_and_still_themselves(
    app: Flask, session: Session, moodle: FakePlatform
) -> None:
    _launch(app, moodle, "launch-student1-privacy-off")
    assert session.scalars(select(Identity)).one().name is None
    _launch(app, moodle, "launch-student1")
    assert session.scalars(select(Identity)).one().name == "Анна Первая"


def test_a_teacher_switched_to_student_looks_in_as_a_learner_without_being_taken_for_another(
    app: Flask, session: Session, moodle: FakePlatform
) -> None:
    _launch(app, moodle, "launch-teacher")
    _launch(app, moodle, "launch-teacher-switched-to-student")
    assert len(session.scalars(select(Identity)).all()) == 1
    assert session.scalars(select(Participation)).one().preview, "still the teacher, and no learner"


def test_a_teacher_who_was_a_learner_first_is_taken_off_the_list_of_learners(
    app: Flask, session: Session, moodle: FakePlatform
) -> None:
    _launch(app, moodle, "launch-teacher-switched-to-student")
    assert not session.scalars(select(Participation)).one().preview, "nothing told that it is a teacher"
    _launch(app, moodle, "launch-teacher")
    assert session.scalars(select(Participation)).one().preview


def test_a_duplicated_activity_is_a_place_of_its_own(app: Flask, session: Session, moodle: FakePlatform) -> None:
    _launch(app, moodle, "launch-student1")
    _launch(app, moodle, "launch-student1-duplicated-activity")
    assert len(session.scalars(select(Placement)).all()) == 2
    assert len(session.scalars(select(LineItem)).all()) == 2


def test_a_restored_course_is_a_course_of_its_own(app: Flask, session: Session, moodle: FakePlatform) -> None:
    _launch(app, moodle, "launch-admin")
    _launch(app, moodle, "launch-admin-restored-course")
    assert len(session.scalars(select(Context)).all()) == 2


def test_a_review_launch_shows_the_work_of_the_person_it_names(
    app: Flask, session: Session, moodle: FakePlatform
) -> None:
    recorded = recording("launch-submissionreview-teacher")["claims"]
    named = recorded[claims.FOR_USER]["user_id"]
    moodle.launch(app.test_client(), moodle.claims(sub=named, name="Анна Первая"))
    placement = session.scalars(select(Placement)).one()
    from tests.factories import PackRelease

    placement.release_id = session.scalars(select(PackRelease.id)).one()
    placement.resource_link_id = recorded[claims.RESOURCE_LINK]["id"]
    session.commit()
    client, location = _launch(app, moodle, "launch-submissionreview-teacher")
    page = client.get(location, base_url=moodle.tool, follow_redirects=True)
    assert page.status_code == 200
    assert "Анна Первая" in page.text


def test_an_activity_that_the_picker_made_brings_its_terms(app: Flask, session: Session, moodle: FakePlatform) -> None:
    """These were sent by a Moodle that this tool registered itself with; only the pack is put in place of the real."""
    for name in ("launch-registered-student1", "launch-registered-student1-dated"):
        body = recording(name)["claims"]
        _launch(app, moodle, name, custom={"pack": "small"})
        made = session.scalars(
            select(Placement).where(Placement.resource_link_id == body[claims.RESOURCE_LINK]["id"])
        ).one()
        custom = body[claims.CUSTOM]
        assert made.release_id is not None
        assert made.attempts_allowed == (int(custom["attempts"]) if "attempts" in custom else None)
        assert made.opens_at == (datetime.fromisoformat(custom["opens"]) if "opens" in custom else None)
        assert made.closes_at == (datetime.fromisoformat(custom["closes"]) if "closes" in custom else None)
        assert custom["moodle_group_ids"] == "1"
