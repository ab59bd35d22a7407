"""The teacher's page about the gradebook: columns are wished for, read back, and what differs is told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.gradebook.models import (
    ColumnReading,
    ColumnState,
    LineItem,
    OutgoingScore,
    OwnColumn,
    Reason,
    ScoreState,
)
from lti_tool.learning.models import Placement
from lti_tool.lti import claims
from lti_tool.people.models import Identity
from tests.factories import published
from tests.gradebook.host import ALL_SCOPES
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker


def endpoint(platform: FakePlatform, **changes: object) -> dict[str, object]:
    base = {
        "scope": ALL_SCOPES,
        "lineitems": f"{platform.issuer}/2/lineitems?type_id=1",
        "lineitem": f"{platform.issuer}/2/lineitems/2/lineitem?type_id=1",
    }
    return {claims.AGS: {name: value for name, value in (base | changes).items() if value is not None}}


@pytest.fixture
def pupil(app: Flask, session: Session, platform: FakePlatform) -> Walker:
    """A learner who has finished."""
    published(session)
    session.commit()
    walker = Walker(app.test_client(), platform, platform.claims(sub="6", name="Тимур", **endpoint(platform)))
    walker.walk()
    walker.finish()
    return walker


@pytest.fixture
def teacher(app: Flask, platform: FakePlatform, pupil: Walker) -> Walker:
    body = platform.claims(sub="3", **{claims.ROLES: [INSTRUCTOR]}, **endpoint(platform))
    return Walker(app.test_client(), platform, body)


def send(walker: Walker, action: str, **values: str) -> None:
    page = walker.soup("desk/gradebook/")
    form = page.select_one(f'form[action$="{action}"]')
    assert form is not None, action
    fields = {str(one["name"]): str(one.get("value", "")) for one in form.select("input")}
    assert walker.post(str(form["action"]), {**fields, **values}).status_code == 303


def whole_score(session: Session) -> OutgoingScore:
    session.rollback()
    session.expire_all()
    whole = (LineItem.part == "") & OutgoingScore.score_given.is_not(None)
    return session.scalars(select(OutgoingScore).join(LineItem).where(whole)).one()


def set_difference(session: Session, state: ScoreState, reason: Reason | None = None) -> OutgoingScore:
    score = whole_score(session)
    score.state, score.reason, score.due_at = state, reason, None
    score.platform_score, score.platform_maximum = Decimal(3), Decimal(20)
    session.commit()
    return score


def test_the_desk_leads_there(teacher: Walker) -> None:
    page = teacher.soup(teacher.home)
    assert page.select_one('a[href$="/desk/gradebook/"]') is not None
    assert teacher.get("desk/gradebook/").status_code == 200


def test_a_learner_does_not_come_in(pupil: Walker) -> None:
    for path in ("desk/gradebook/", "desk/gradebook/reading", "desk/gradebook/units/off"):
        assert pupil.get(path).status_code == 403


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ScoreState.OVERRIDDEN, None),
        (ScoreState.NEWER_KEPT, None),
        (ScoreState.MISSING, None),
        (ScoreState.OLDER, None),
        (ScoreState.NEEDS_HELP, Reason.NOT_GRADABLE),
    ],
)
def test_what_differs_is_told_and_sent_again_on_a_teachers_press_only(
    teacher: Walker, session: Session, state: ScoreState, reason: Reason | None
) -> None:
    score = set_difference(session, state, reason)
    page = teacher.soup("desk/gradebook/")
    row = page.select_one("table.sheet tbody tr")
    assert row is not None
    assert "Тимур" in row.text
    assert whole_score(session).state == state  # looking changes nothing
    send(teacher, f"/learners/{score.identity_id}/resend")
    assert whole_score(session).state == ScoreState.QUEUED


def test_what_stands_as_sent_is_no_difference(teacher: Walker, session: Session) -> None:
    set_difference(session, ScoreState.DELIVERED)
    assert teacher.soup("desk/gradebook/").select_one("table") is None


def test_a_comparison_is_asked_for_and_the_page_says_that_it_is_on_its_way(teacher: Walker, session: Session) -> None:
    send(teacher, "/compare")
    session.rollback()
    row = session.scalars(select(ColumnReading)).one()
    assert row.asked_at is not None
    line = teacher.soup("desk/gradebook/").select_one("[data-status-url]")
    assert line is not None
    assert "data-status-url" in teacher.get(str(line["data-status-url"])).text
    row.asked_at, row.due_at, row.read_at = None, None, now() - timedelta(minutes=1)
    session.commit()
    assert "data-status-url" not in teacher.get(str(line["data-status-url"])).text


@pytest.mark.parametrize("reason", [Reason.NO_COLUMN, Reason.COLUMN_DELETED, Reason.SCOPE, Reason.FORBIDDEN])
def test_a_column_that_could_not_be_read_is_told(teacher: Walker, session: Session, reason: Reason) -> None:
    send(teacher, "/compare")
    session.rollback()
    row = session.scalars(select(ColumnReading)).one()
    row.asked_at, row.due_at, row.reason = None, None, reason
    session.commit()
    assert teacher.soup("desk/gradebook/").select_one(".delivery--help") is not None


def test_columns_of_units_are_switched_on_with_a_highest_grade_and_earlier_results(
    teacher: Walker, session: Session
) -> None:
    send(teacher, "/units", maximum="20")
    session.rollback()
    assert session.scalars(select(Placement)).one().unit_maximum == 20
    columns = session.scalars(select(OwnColumn)).all()
    assert {(one.resource_id, one.score_maximum) for one in columns} == {("small/gate", 20), ("small/square", 20)}
    scores = session.scalars(select(OutgoingScore).join(LineItem).where(LineItem.part != "")).all()
    assert [one.score_given for one in scores] == [100, 100]
    page = teacher.soup("desk/gradebook/")
    assert len(page.select("ul.units li")) == 2


@pytest.mark.parametrize("maximum", ["0", "-1", "1001"])
def test_a_highest_grade_out_of_bounds_is_refused(teacher: Walker, session: Session, maximum: str) -> None:
    fields = teacher.fields("desk/gradebook/", 'form[action$="/units"]')
    assert teacher.post("desk/gradebook/units", {**fields, "maximum": maximum}).status_code == 400
    session.rollback()
    assert session.scalars(select(OwnColumn)).all() == []


def test_switching_off_asks_first_and_then_removes(teacher: Walker, session: Session) -> None:
    send(teacher, "/units", maximum="100")
    assert teacher.soup("desk/gradebook/").select_one('a[href$="/units/off"]') is not None
    fields = teacher.fields("desk/gradebook/units/off")
    session.rollback()
    assert {one.state for one in session.scalars(select(OwnColumn))} == {ColumnState.ASKED}
    assert teacher.post("desk/gradebook/units/off", fields).status_code == 303
    session.rollback()
    session.expire_all()
    assert {one.state for one in session.scalars(select(OwnColumn))} == {ColumnState.LEAVING}
    assert session.scalars(select(Placement)).one().unit_maximum is None


def test_missing_columns_are_made_on_a_second_press(teacher: Walker, session: Session) -> None:
    send(teacher, "/units", maximum="100")
    session.rollback()
    for one in session.scalars(select(OwnColumn)):
        one.state, one.due_at, one.url = ColumnState.STANDING, None, f"https://moodle.test/{one.resource_id}"
    session.commit()
    send(teacher, "/units")
    session.rollback()
    session.expire_all()
    assert all(one.due_at is not None for one in session.scalars(select(OwnColumn)))


def test_an_activity_without_a_column_gets_one_when_a_teacher_asks(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    body = platform.claims(sub="3", **{claims.ROLES: [INSTRUCTOR]}, **endpoint(platform, lineitem=None))
    teacher = Walker(app.test_client(), platform, body)
    send(teacher, "/column")
    session.rollback()
    column = session.scalars(select(OwnColumn)).one()
    assert (column.resource_id, column.tag, column.coupled) == ("small", "grade", True)


@pytest.mark.parametrize(
    "changes",
    [{"scope": [scope for scope in ALL_SCOPES if not scope.endswith("/lineitem")]}, {"lineitems": None}],
)
def test_where_columns_may_not_be_made_nobody_is_offered_to(
    app: Flask, session: Session, platform: FakePlatform, changes: dict[str, object]
) -> None:
    published(session)
    session.commit()
    body = platform.claims(sub="3", **{claims.ROLES: [INSTRUCTOR]}, **endpoint(platform, **changes))
    teacher = Walker(app.test_client(), platform, body)
    page = teacher.soup("desk/gradebook/")
    assert page.select_one('form[action$="/units"], form[action$="/column"]') is None
    fields = teacher.fields("desk/gradebook/units/off")
    for path in ("units", "column"):
        assert teacher.post(f"desk/gradebook/{path}", fields).status_code == 303
    session.rollback()
    assert session.scalars(select(OwnColumn)).all() == []


def test_without_grade_exchange_the_page_says_so(app: Flask, session: Session, platform: FakePlatform) -> None:
    published(session)
    session.commit()
    teacher = Walker(app.test_client(), platform, platform.claims(sub="3", **{claims.ROLES: [INSTRUCTOR]}))
    assert teacher.soup("desk/gradebook/").select_one(".delivery--help") is not None


def test_the_grade_of_somebody_elsewhere_is_not_sent(
    app: Flask, teacher: Walker, session: Session, platform: FakePlatform
) -> None:
    score = set_difference(session, ScoreState.MISSING)
    other = {claims.RESOURCE_LINK: {"id": "9"}, claims.CONTEXT: {"id": "8"}, claims.ROLES: [INSTRUCTOR]}
    stranger = Walker(app.test_client(), platform, platform.claims(sub="4", **other, **endpoint(platform)))
    fields = stranger.fields("desk/gradebook/units/off")
    assert stranger.post(f"desk/gradebook/learners/{score.identity_id}/resend", fields).status_code == 403
    assert whole_score(session).state == ScoreState.MISSING
    assert "Тимур" not in stranger.soup("desk/gradebook/").text
    assert session.scalars(select(Identity.name).where(Identity.id == score.identity_id)).one() == "Тимур"
