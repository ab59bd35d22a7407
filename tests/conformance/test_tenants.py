"""Nothing of one school, deployment, course or person is seen or changed by another: every route is walked.

Routes are found in the application, so that a new one is walked as well; one with a part in its address that
:data:`.tenants.ARGUMENTS` does not know fails until somebody says what a stranger would put there.
"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from lti_tool.learning.models import Placement
from lti_tool.lti.visits import Guest
from tests.conformance.door import knock, with_roles
from tests.conformance.tenants import (
    KINDS,
    SCHOOLS_SECRETS,
    SECRETS,
    Stranger,
    World,
    address,
    build,
    come,
    names_somebody_else,
    rows,
)
from tests.platform import INSTRUCTOR, FakePlatform

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def world(app: Flask, session: Session, platform: FakePlatform) -> World:
    return build(app, session, platform)


def _walks(app: Flask) -> list[tuple[Rule, str]]:
    """Every route with every method it serves."""
    return [(rule, method) for rule in app.url_map.iter_rules() for method in sorted((rule.methods or set()) & METHODS)]


def _guest(app: Flask, rule: Rule) -> Guest:
    guest: Guest = app.view_functions[rule.endpoint].guest  # type: ignore[attr-defined]
    return guest


def test_every_route_can_be_walked(app: Flask, world: World) -> None:
    for rule, _ in _walks(app):
        assert "<" not in address(rule, world, world.visit_id), rule.rule


@pytest.mark.parametrize("kind", KINDS)
def test_a_stranger_sees_and_changes_nothing(
    app: Flask, session: Session, platform: FakePlatform, world: World, kind: str
) -> None:
    there = {table: set(found) for table, found in rows(session).items()}
    stranger = come(app, session, platform, kind)
    before = rows(session, there)
    for rule, method in _walks(app):
        _knock_with_anothers_visit(app, stranger, world, rule, method)
        _knock_with_ones_own(stranger, world, rule, method, kind)
    after = rows(session, there)
    changed = [table for table in before if before[table] != after[table]]
    assert changed == []
    if "another school" in kind:
        bound = session.scalars(select(Placement.id).where(Placement.release_id == world.own_release_id)).all()
        assert bound == [], "a pack that is another school's own stands nowhere else"


def _knock_with_anothers_visit(app: Flask, stranger: Stranger, world: World, rule: Rule, method: str) -> None:
    """The pupil's own addresses, in a browser that does not hold their pass."""
    answer = stranger.ask(address(rule, world, world.visit_id), method)
    where = f"{method} {rule.rule}"
    assert answer.status_code < 500, where
    assert not [word for word in SECRETS if word in answer.text], where
    if _guest(app, rule) is not Guest.ANYBODY:
        assert answer.status_code == 401, where


def _knock_with_ones_own(stranger: Stranger, world: World, rule: Rule, method: str, kind: str) -> None:
    """The stranger's own visit, with the pupil's things in the address."""
    answer = stranger.ask(address(rule, world, stranger.visit_id), method)
    where = f"{method} {rule.rule}"
    secrets = SCHOOLS_SECRETS if "another school" in kind else SECRETS
    assert answer.status_code < 500, where
    assert not [word for word in secrets if word in answer.text], where
    if names_somebody_else(rule, kind):
        assert answer.status_code in {403, 404}, f"{where}: {answer.status_code}"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "teacher" not in kind])
def test_who_does_not_teach_opens_nothing_of_a_teachers(
    app: Flask, session: Session, platform: FakePlatform, world: World, kind: str
) -> None:
    stranger = come(app, session, platform, kind)
    for rule, method in _walks(app):
        if _guest(app, rule) is Guest.TEACHER:
            answer = stranger.ask(address(rule, world, stranger.visit_id), method)
            assert answer.status_code == 403, f"{method} {rule.rule}"


def test_a_teacher_of_the_course_does_see_the_pupil(
    app: Flask, session: Session, platform: FakePlatform, world: World
) -> None:
    """The walk looks for the right words: who may see them does."""
    client = app.test_client()
    answer = knock(app, platform, with_roles(platform, INSTRUCTOR, sub="3"), client=client)
    teacher = Stranger(client, platform, answer.location.split("/")[2])
    page = teacher.ask(f"/v/{teacher.visit_id}/desk/learners/{world.identity_id}", "GET")
    assert page.status_code == 200
    assert all(word in page.text for word in SECRETS)
