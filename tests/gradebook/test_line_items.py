"""The columns that launches name."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db
from lti_tool.gradebook import line_items
from lti_tool.gradebook.models import LineItem, OutgoingScore, Reason, ScoreState
from tests.gradebook.host import ALL_SCOPES, Course, Host, at_once, deliver_due, statements

COLUMN = "https://moodle.test/lineitems/2/lineitem?type_id=1"
CONTAINER = "https://moodle.test/lineitems?type_id=1"


@pytest.fixture
def named(course: Course):
    """Remember what a launch named, with changes; return the row's id."""

    def remember(**changes):
        launch = {
            "deployment_id": course.deployment.id,
            "resource_link_id": "7",
            "url": COLUMN,
            "container_url": CONTAINER,
            "scopes": ALL_SCOPES,
            "resource_id": "onboarding",
        }
        item = line_items.remember(course.session, **(launch | changes))
        course.session.commit()
        return item.id if item is not None else None

    return remember


def row(course: Course) -> LineItem:
    (found,) = course.ask(select(LineItem).where(LineItem.resource_link_id == "7"))
    return found


def test_a_launch_is_remembered_with_the_scopes_that_matter(course: Course, named):
    named(scopes=[*ALL_SCOPES, "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"])
    assert (row(course).url, row(course).container_url) == (COLUMN, CONTAINER)
    assert row(course).scopes == sorted(ALL_SCOPES)


@pytest.mark.parametrize(
    "launch",
    [
        {"url": None, "container_url": None},
        {"url": "", "container_url": ""},
        {"scopes": []},
        {"scopes": [scope for scope in ALL_SCOPES if not scope.endswith("/score")]},
    ],
)
def test_a_launch_without_a_way_to_a_column_is_no_column(course: Course, named, launch):
    assert named(**launch) is None
    assert course.ask(select(LineItem).where(LineItem.resource_link_id == "7")) == []


def test_the_container_alone_will_do(course: Course, named):
    assert named(url="") is not None
    assert row(course).url is None


def test_nothing_is_written_when_nothing_changed(course: Course, named):
    first = named()
    with statements() as said, time_machine.travel(now() + timedelta(hours=1)):
        assert named() == first
    assert [statement for statement in said if not statement.startswith(("SELECT", "BEGIN"))] == []


def test_a_row_that_the_caller_has_is_not_asked_for(course: Course, named):
    named()
    item = course.session.scalars(select(LineItem).where(LineItem.resource_link_id == "7")).one()
    with statements() as said:
        known = line_items.remember(
            course.session,
            known=item,
            deployment_id=item.deployment_id,
            resource_link_id="7",
            url=COLUMN,
            container_url=CONTAINER,
            scopes=ALL_SCOPES,
            resource_id="onboarding",
        )
    assert known is item
    assert said == []


def test_an_empty_line_item_says_nothing(course: Course, named):
    named()
    named(url="")
    assert row(course).url == COLUMN


def test_another_column_takes_its_place(course: Course, named):
    named()
    named(url="https://moodle.test/lineitems/9/lineitem?type_id=1")
    assert "/9/" in row(course).url


def test_scores_that_waited_for_a_column_flow_when_one_is_named(course: Course, host: Host):
    score_id = course.put(course.learner(), "0.5")
    course.change(update(OutgoingScore).values(state=ScoreState.NEEDS_HELP, reason=Reason.COLUMN_DELETED, due_at=None))
    line_items.remember(
        course.session,
        deployment_id=course.deployment.id,
        resource_link_id="1",
        url=host.column_url.replace("/2/lineitem?", "/9/lineitem?"),
        container_url=host.container_url,
        scopes=ALL_SCOPES,
    )
    course.session.commit()
    deliver_due()
    assert course.score(score_id).state == ScoreState.DELIVERED
    assert "/9/" in host.score_requests[0].path


def test_scores_that_wait_for_something_else_stay(course: Course, host: Host):
    score_id = course.put(course.learner(), "0.5")
    course.change(update(OutgoingScore).values(state=ScoreState.NEEDS_HELP, reason=Reason.NOT_GRADABLE, due_at=None))
    line_items.remember(
        course.session,
        deployment_id=course.deployment.id,
        resource_link_id="1",
        url="https://moodle.test/lineitems/9/lineitem",
        container_url=None,
        scopes=ALL_SCOPES,
    )
    course.session.commit()
    assert course.score(score_id).due_at is None


def test_two_launches_at_once_make_one_column(course: Course):
    def remember(index: int):
        with Session(db.engine) as session, session.begin():
            item = line_items.remember(
                session,
                deployment_id=course.deployment.id,
                resource_link_id="7",
                url=COLUMN,
                container_url=CONTAINER,
                scopes=ALL_SCOPES,
            )
            return item.id

    assert len(set(at_once(course, 4, remember))) == 1
    assert row(course).url == COLUMN
