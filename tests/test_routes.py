"""Every address says who may come in, and a foreign identity comes in nowhere."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from lti_tool.learning.models import Attempt, Participation
from lti_tool.lti import claims
from lti_tool.lti.visits import Guest
from lti_tool.people.models import Identity
from tests.factories import published
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker

OPEN = {
    "health.healthz",
    "health.readyz",
    "lti.begin_login",
    "lti.continue_login",
    "lti.launch",
    "lti.jwks",
    "lti.hear_notices",
    "storage.keep_in_storage",
    "storage.prove",
    "windows.begin",
    "catalog.media",
    "connect.manual",
    "connect.invited",
    "connect.asked",
    "connect.confirm",
    "connect.open_window",
    "catalog.cover",
}


def _rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def test_every_route_says_who_may_come_in(app: Flask) -> None:
    for rule in _rules(app):
        guest = getattr(app.view_functions[rule.endpoint], "guest", None)
        assert isinstance(guest, Guest), f"{rule.endpoint} does not say who may come in"
        assert (guest is Guest.ANYBODY) == (rule.endpoint in OPEN), rule.endpoint


def _address(rule: Rule, visit_id: str, identity_id: UUID) -> str:
    values = {
        "visit_id": visit_id,
        "identity_id": identity_id,
        "unit_id": "gate",
        "step_id": "one",
        "pack_id": "small",
    }
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<uuid:{name}>", str(values.get(name))).replace(f"<{name}>", str(values.get(name)))
    return path


def test_no_page_opens_with_the_address_of_another_persons_visit(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    owner = Walker(app.test_client(), platform)
    stranger = Walker(app.test_client(), platform, platform.claims(sub="7", **{claims.ROLES: [INSTRUCTOR]}))
    identity_id = session.scalars(select(Identity.id)).first()
    assert identity_id is not None
    for rule in _rules(app):
        if rule.endpoint in OPEN:
            continue
        for method in (rule.methods or set()) & {"GET", "POST"}:
            address = _address(rule, owner.visit, identity_id)
            answer = stranger.client.open(address, method=method, base_url=platform.tool)
            assert answer.status_code == 401, f"{method} {rule.rule} gave {answer.status_code}"


def test_nothing_of_one_school_is_shown_to_a_teacher_of_another(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    """The same ids, as two Moodles have them: user 6 in course 2, activity 1."""
    published(session)
    other = FakePlatform(issuer="https://moodle.other.test", client_id="client-1")
    other.register(session)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    pupil = Walker(app.test_client(), platform, platform.claims(name="Секретный Ученик"))
    pupil.walk()
    teacher = Walker(app.test_client(), other, other.claims(sub="6", **{claims.ROLES: [INSTRUCTOR]}))
    identity_id = session.scalars(select(Identity.id).where(Identity.name == "Секретный Ученик")).one()
    for rule in _rules(app):
        if rule.endpoint in OPEN:
            continue
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = teacher.client.open(_address(rule, teacher.visit, identity_id), method=method, base_url=other.tool)
            assert "Секретный" not in answer.text, rule.rule
    session.rollback()
    assert session.scalars(select(Participation.attempts_started)).first() == 1
    assert len(session.scalars(select(Attempt).where(Attempt.finished_at.is_not(None))).all()) == 0
