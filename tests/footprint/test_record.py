"""The footprint is written with what it tells of, and never changed."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.footprint import Happening, record
from lti_tool.footprint.models import AppendOnly, FootprintEvent
from tests.factories import PersonFactory, SchoolFactory


def _happening() -> Happening:
    return Happening(
        person_id=PersonFactory().id,
        school_id=SchoolFactory().id,
        verb="completed",
        object_type="pack",
        object_id="small",
        occurred_at=now(),
        result={"fraction": "0.5"},
    )


def test_an_event_stands_with_its_transaction_or_not_at_all(session: Session) -> None:
    happening = _happening()
    session.commit()
    record(session, happening)
    session.rollback()
    assert session.scalars(select(FootprintEvent)).all() == []
    record(session, happening)
    session.commit()
    event = session.scalars(select(FootprintEvent)).one()
    assert (event.verb, event.result) == ("completed", {"fraction": "0.5"})
    assert event.occurred_at.tzinfo is not None


def test_an_event_is_neither_changed_nor_deleted(session: Session) -> None:
    event = record(session, _happening())
    session.commit()
    event.verb = "failed"
    with pytest.raises(AppendOnly):
        session.flush()
    session.rollback()
    session.delete(event)
    with pytest.raises(AppendOnly):
        session.flush()
    session.rollback()
