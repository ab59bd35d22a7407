"""What a real Moodle sends when a grade is clicked and when courses are copied, through the whole tool.

The tool that made the recordings called the history of the course `ctx_history`; ours asks for it as
`context_id_history`, and its picker puts the pack's id beside it. Nothing else is changed.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.gradebook.models import LineItem
from lti_tool.learning.models import Attempt, Participation, Placement
from lti_tool.lti import claims
from lti_tool.people.models import Identity
from tests.moodle.test_launches import _launch, moodle, recording
from tests.platform import FakePlatform
from tests.walker import Walker

__all__ = ["moodle"]


def _ours(name: str) -> dict[str, str]:
    """What our registration and picker add to a recorded launch."""
    return {"pack": "small", "context_id_history": recording(name)["claims"][claims.CUSTOM]["ctx_history"]}


def _open(app: Flask, moodle: FakePlatform, name: str) -> tuple[Any, str]:
    return _launch(app, moodle, name, custom=_ours(name))


def _works(app: Flask, moodle: FakePlatform, name: str) -> Walker:
    """Let the person of a recorded launch do the course and finish it."""
    client, location = _open(app, moodle, name)
    walker = Walker.__new__(Walker)
    walker.client, walker.base, walker.home, walker.visit = client, moodle.tool, location, location.split("/")[2]
    walker.walk()
    walker.finish()
    return walker


def _placement(session: Session, name: str) -> Placement:
    session.rollback()
    link = recording(name)["claims"][claims.RESOURCE_LINK]["id"]
    return session.scalars(select(Placement).where(Placement.resource_link_id == link)).one()


def _page(moodle: FakePlatform, opened: tuple[Any, str]) -> Any:
    client, location = opened
    return client.get(location, base_url=moodle.tool, follow_redirects=True)


def test_a_teacher_who_clicks_a_grade_sees_that_learners_attempt(
    app: Flask, session: Session, moodle: FakePlatform
) -> None:
    for name in ("launch-submissionreview-teacher", "launch-submissionreview-teacher-unset"):
        named = recording(name)["claims"][claims.FOR_USER]["user_id"]
        assert named == recording("launch-student2")["claims"]["sub"]
        page = _page(moodle, _open(app, moodle, name))
        assert page.status_code == 200
        assert "Здесь пока нет работы" in page.text or "No work here yet" in page.text
    _works(app, moodle, "launch-student1")
    _works(app, moodle, "launch-student2")
    # The second learner's recorded launch came from another activity; the grade that is clicked stands at the first.
    work = session.scalars(
        select(Participation)
        .join(Identity, Identity.id == Participation.identity_id)
        .where(Identity.subject == recording("launch-student2")["claims"]["sub"])
    ).all()
    shown = _placement(session, "launch-submissionreview-teacher")
    assert any(one.placement_id == shown.id for one in work)
    page = _page(moodle, _open(app, moodle, "launch-submissionreview-teacher"))
    assert recording("launch-student2")["claims"]["name"] in page.text
    assert recording("launch-student1")["claims"]["name"] not in page.text
    assert b"attempt=1" in page.request.query_string


def test_a_learner_who_clicks_their_own_grade_sees_their_own_result(
    app: Flask, session: Session, moodle: FakePlatform
) -> None:
    _works(app, moodle, "launch-student1")
    for name in ("launch-submissionreview-student-own", "launch-submissionreview-student-nouser"):
        page = _page(moodle, _open(app, moodle, name))
        assert page.status_code == 200
        assert page.request.path.endswith("/result"), name
    assert len(session.scalars(select(Attempt)).all()) == 1


def test_a_duplicated_activity_begins_like_its_original_with_a_column_of_its_own(
    app: Flask, session: Session, moodle: FakePlatform
) -> None:
    _works(app, moodle, "launch-student1")
    _page(moodle, _open(app, moodle, "launch-student1-duplicated-activity"))
    original = _placement(session, "launch-student1")
    copy = _placement(session, "launch-student1-duplicated-activity")
    assert copy.copied_from_id == original.id
    assert copy.release_id == original.release_id
    urls = {item.id: item.url for item in session.scalars(select(LineItem))}
    assert urls[copy.line_item_id] != urls[original.line_item_id]
    begun = session.scalars(select(Participation).where(Participation.placement_id == copy.id)).one()
    assert begun.attempts_started == 0


def test_a_restored_course_begins_like_its_original_and_tells_the_teacher(
    app: Flask, session: Session, moodle: FakePlatform
) -> None:
    _works(app, moodle, "launch-student1")
    page = _page(moodle, _open(app, moodle, "launch-admin-restored-course"))
    copy = _placement(session, "launch-admin-restored-course")
    assert copy.copied_from_id == _placement(session, "launch-student1").id
    assert recording("launch-student1")["claims"][claims.CONTEXT]["title"] in page.text
    assert recording("launch-student1")["claims"]["name"] not in page.text
