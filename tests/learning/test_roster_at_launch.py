"""What a launch leaves behind of its course's list, and what it sets going: without waiting for anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.lti import claims
from lti_tool.people import rosters
from lti_tool.people.models import GroupMembership, Membership, Roster
from lti_tool.schools.models import Context
from tests.factories import published
from tests.gradebook.host import statements
from tests.platform import INSTRUCTOR, FakePlatform


@pytest.fixture
def nudged(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The courses that a job was asked to read."""
    published(session)
    session.commit()
    heard: list[UUID] = []
    monkeypatch.setitem(app.extensions, rosters.NUDGES, heard.append)
    return heard


def launch(app: Flask, platform: FakePlatform, *, teacher: bool = False, told: Any = None, **changes: Any) -> None:
    custom = {"pack": "small"} | ({"moodle_group_ids": told} if told is not None else {})
    body = platform.claims(
        **{
            claims.NRPS: {"context_memberships_url": f"{platform.issuer}/2/members", "service_versions": ["2.0"]},
            claims.CUSTOM: custom,
            **({claims.ROLES: [INSTRUCTOR], "sub": "3"} if teacher else {}),
            **changes,
        }
    )
    assert platform.launch(app.test_client(), body).status_code == 303


def lists(session: Session) -> list[tuple[str, str | None, bool]]:
    session.rollback()
    rows = session.scalars(select(Roster).order_by(Roster.resource_link_id))
    return [(row.resource_link_id, row.members_url, row.due_at is not None) for row in rows]


def test_a_learners_launch_remembers_the_address_and_asks_for_nothing(
    app: Flask, session: Session, platform: FakePlatform, nudged: list[UUID]
) -> None:
    launch(app, platform)
    assert lists(session) == [("", f"{platform.issuer}/2/members", False)]
    assert nudged == []


def test_a_teachers_launch_asks_for_the_course_and_for_the_link_once_in_a_while(
    app: Flask, session: Session, platform: FakePlatform, nudged: list[UUID]
) -> None:
    launch(app, platform, teacher=True)
    assert [(link, due) for link, _, due in lists(session)] == [("", True), ("1", True)]
    assert nudged == [session.scalars(select(Context.id)).one()]
    session.execute(update(Roster).values(due_at=None))
    launch(app, platform, teacher=True)
    assert len(nudged) == 1
    launch(app, platform, teacher=True, **{claims.RESOURCE_LINK: {"id": "2"}})
    assert len(nudged) == 2, "this link's list was never read"
    with time_machine.travel(now() + rosters.FRESH + timedelta(minutes=1)):
        launch(app, platform, teacher=True)
    assert len(nudged) == 3


def test_nothing_is_asked_where_no_launch_named_a_list(
    app: Flask, session: Session, platform: FakePlatform, nudged: list[UUID]
) -> None:
    launch(app, platform, teacher=True, **{claims.NRPS: {}})
    launch(app, platform, teacher=True, **{claims.NRPS: {"context_memberships_url": "javascript:alert(1)"}})
    assert lists(session) == []
    assert nudged == []


def test_a_list_that_moved_is_followed(
    app: Flask, session: Session, platform: FakePlatform, nudged: list[UUID]
) -> None:
    launch(app, platform)
    moved = {"context_memberships_url": f"{platform.issuer}/new"}
    groups = {"context_groups_url": f"{platform.issuer}/groups", "context_group_sets_url": f"{platform.issuer}/sets"}
    launch(app, platform, **{claims.NRPS: moved, claims.GROUPS: groups})
    launch(app, platform, **{claims.NRPS: {}})
    session.rollback()
    row = session.scalars(select(Roster)).one()
    assert (row.members_url, row.groups_url, row.group_sets_url) == (
        moved["context_memberships_url"], *groups.values()
    )  # fmt: skip


def test_a_known_persons_launch_writes_nothing_and_asks_no_more_than_before(
    app: Flask, session: Session, platform: FakePlatform, nudged: list[UUID]
) -> None:
    launch(app, platform, told="4,7")
    for _ in range(2):
        with statements() as said:
            launch(app, platform, told="4,7")
    assert not [one for one in said if "roster" in one and not one.startswith("SELECT")]
    assert not [one for one in said if "membership" in one and not one.startswith("SELECT")]


def test_groups_are_told_by_launches_and_follow_them(
    app: Flask, session: Session, platform: FakePlatform, nudged: list[UUID]
) -> None:
    def held() -> list[str]:
        session.rollback()
        return sorted(session.scalars(select(GroupMembership.group_id)))

    launch(app, platform, told="4,7,,4")
    assert held() == ["4", "7"]
    assert session.scalars(select(Roster.has_groups)).one()
    launch(app, platform, told="7, 9")
    assert held() == ["7", "9"]
    launch(app, platform)
    assert held() == ["7", "9"], "a launch that says nothing of groups changes nothing"
    launch(app, platform, told="")
    assert held() == []


def test_a_newcomer_with_groups_and_a_teacher_who_sets_a_reading_going_cost_one_statement_more(
    app: Flask, session: Session, platform: FakePlatform, nudged: list[UUID]
) -> None:
    launch(app, platform, told="4")
    launch(app, platform, teacher=True, told="5")
    with time_machine.travel(now() + rosters.FRESH + timedelta(minutes=1)):
        for changes in ({"sub": "7", "told": "4,5"}, {"sub": "30", "teacher": True}):
            with statements() as said:
                launch(app, platform, **changes)
            written = [one for one in said if "roster" in one or "membership" in one]
            assert len([one for one in written if not one.startswith("SELECT")]) == 1
    assert session.scalars(select(GroupMembership.group_id).where(GroupMembership.group_id == "5")).one() == "5"


def test_groups_are_kept_even_where_the_course_gives_no_list(
    app: Flask, session: Session, platform: FakePlatform, nudged: list[UUID]
) -> None:
    launch(app, platform, told="4", **{claims.NRPS: {}})
    assert list(session.scalars(select(GroupMembership.group_id))) == ["4"]
    assert lists(session) == [("", None, False)]


def test_a_nameless_visitor_is_on_no_list(
    app: Flask, session: Session, platform: FakePlatform, nudged: list[UUID]
) -> None:
    platform.row.allow_anonymous = True
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    body = platform.claims(**{claims.CUSTOM: {"pack": "small", "moodle_group_ids": "4"}})
    del body["sub"]
    assert platform.launch(app.test_client(), body).status_code == 303
    assert session.scalars(select(Membership)).all() == []
    assert session.scalars(select(GroupMembership)).all() == []
