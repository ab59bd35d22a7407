"""What is reached in each unit, and the columns that units have of their own."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.gradebook.models import ColumnState, LineItem, OutgoingScore, OwnColumn
from lti_tool.learning import unit_columns
from lti_tool.learning.models import Placement, UnitResult
from lti_tool.learning.unit_results import send_unit_results
from lti_tool.lti import claims
from tests.factories import published
from tests.packs import small_pack
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker


@pytest.fixture
def come(app: Flask, session: Session, platform: FakePlatform):
    """Come in as a learner of the small pack, from an activity with a column."""
    published(session)
    session.commit()
    return lambda sub="6": Walker(app.test_client(), platform, platform.with_gradebook(sub=sub))


def results(session: Session) -> dict[str, Decimal]:
    session.rollback()
    session.expire_all()
    return {one.unit_id: one.fraction for one in session.scalars(select(UnitResult))}


def unit_scores(session: Session) -> list[tuple[str, Decimal]]:
    """What was put to columns of units: the unit and the score, in order."""
    session.rollback()
    rows = session.execute(
        select(LineItem.part, OutgoingScore.score_given)
        .join(OutgoingScore, OutgoingScore.line_item_id == LineItem.id)
        .where(LineItem.part != "")
        .order_by(OutgoingScore.id)
    )
    return [(row.part, row.score_given) for row in rows]


def switch_on(session: Session, maximum: int = 100) -> dict[str, LineItem]:
    placement = session.scalars(select(Placement)).one()
    placement.unit_maximum = maximum
    items = unit_columns.want_columns(session, placement, small_pack(), language="ru")
    send_unit_results(session, placement, items)
    session.commit()
    return items


def test_a_units_result_is_written_when_its_last_step_is_done(come, session: Session) -> None:
    walker = come()
    walker.get("units/gate/intro")
    walker.answer("gate/one", {"choice": ["a"]})
    assert results(session) == {}
    walker.answer("gate/word", {"text": ["урал"]})
    assert results(session) == {"gate": 1}


def test_the_order_of_steps_does_not_matter(come, session: Session) -> None:
    walker = come()
    walker.answer("gate/one", {"choice": ["a"]})
    walker.answer("gate/word", {"text": ["урал"]})
    assert results(session) == {}
    walker.get("units/gate/intro")
    assert results(session) == {"gate": 1}


def test_at_the_end_every_unit_has_one(come, session: Session) -> None:
    walker = come()
    walker.get("units/gate/intro")
    walker.answer("gate/one", {"choice": ["a"]})
    walker.finish()
    assert results(session) == {"gate": Decimal("0.5"), "square": 0}


def test_of_several_attempts_the_best_counts(come, session: Session) -> None:
    walker = come()
    walker.walk()
    walker.finish()
    walker.post("again", walker.fields("result"))
    walker.get("units/gate/intro")
    walker.finish()
    assert results(session) == {"gate": 1, "square": 1}


def test_nothing_is_sent_until_a_teacher_wants_columns(come, session: Session) -> None:
    walker = come()
    walker.walk()
    walker.finish()
    assert unit_scores(session) == []


def test_columns_are_wanted_for_units_with_something_to_mark(come, session: Session) -> None:
    come()
    switch_on(session, maximum=20)
    columns = session.scalars(select(OwnColumn).order_by(OwnColumn.line_item_id)).all()
    assert [(one.resource_id, one.title, one.name, one.score_maximum) for one in columns] == [
        ("small/gate", "Урок 1", "Ворота", 20),
        ("small/square", "Урок 1", "Площадь", 20),
    ]
    assert {one.state for one in columns} == {ColumnState.ASKED}


def test_a_completed_unit_is_sent_once_and_final(come, session: Session) -> None:
    walker = come()
    switch_on(session)
    walker.walk()
    assert unit_scores(session) == [("gate", 100), ("square", 100)]
    walker.finish()
    assert unit_scores(session) == [("gate", 100), ("square", 100)]
    sent = session.scalars(select(OutgoingScore).join(LineItem).where(LineItem.part == "gate")).one()
    assert (sent.activity_progress, sent.grading_progress) == ("Completed", "FullyGraded")


def test_what_was_reached_before_is_sent_when_columns_are_wanted(come, session: Session) -> None:
    walker = come()
    walker.walk()
    walker.finish()
    switch_on(session)
    assert sorted(unit_scores(session)) == [("gate", 100), ("square", 100)]


def test_a_teacher_who_looks_in_leaves_no_result(app: Flask, come, session: Session, platform: FakePlatform) -> None:
    come()
    switch_on(session)
    teacher = Walker(app.test_client(), platform, platform.with_gradebook(sub="3", **{claims.ROLES: [INSTRUCTOR]}))
    teacher.get("units/gate/intro")
    teacher.answer("gate/one", {"choice": ["a"]})
    teacher.answer("gate/word", {"text": ["урал"]})
    assert results(session) == {}
    assert unit_scores(session) == []


def test_a_column_that_nobody_asked_for_is_asked_for_when_a_unit_is_complete(come, session: Session) -> None:
    """As in a copied course: the switch came along, the columns did not."""
    walker = come()
    placement = session.scalars(select(Placement)).one()
    placement.unit_maximum = 100
    session.commit()
    walker.walk()
    assert unit_scores(session) == [("gate", 100), ("square", 100)]
    assert len(session.scalars(select(OwnColumn)).all()) == 2


def test_another_pack_lets_the_columns_of_the_former_one_go(come, session: Session) -> None:
    come()
    switch_on(session)
    placement = session.scalars(select(Placement)).one()
    changed = replace(small_pack(), units=small_pack().units[:1])
    unit_columns.want_columns(session, placement, changed, language="ru")
    session.commit()
    states = {one.resource_id: one.state for one in session.scalars(select(OwnColumn))}
    assert states == {"small/gate": ColumnState.ASKED, "small/square": ColumnState.LEAVING}


def test_switched_off_all_of_them_go_and_nothing_more_is_sent(come, session: Session) -> None:
    walker = come()
    switch_on(session)
    assert unit_columns.switch_off(session, session.scalars(select(Placement)).one()) == 2
    session.commit()
    walker.walk()
    assert unit_scores(session) == []
    assert {one.state for one in session.scalars(select(OwnColumn))} == {ColumnState.LEAVING}


def test_the_columns_follow_the_name_of_the_activity(
    app: Flask, come, session: Session, platform: FakePlatform
) -> None:
    come()
    switch_on(session)
    renamed = platform.with_gradebook(sub="7", **{claims.RESOURCE_LINK: {"id": "1", "title": "Урок 9"}})
    platform.launch(app.test_client(), renamed)
    session.rollback()
    session.expire_all()
    assert {one.title for one in session.scalars(select(OwnColumn))} == {"Урок 9"}
