"""Columns that the tool makes itself: made once, found again, named after the activity, removed with care."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db
from lti_tool.gradebook import column_work, nudges, own_columns
from lti_tool.gradebook.delivery import deliver
from lti_tool.gradebook.models import ColumnState, LineItem, OutgoingScore, OwnColumn, PlatformPause, Reason, ScoreState
from lti_tool.gradebook.nudges import Kind
from tests.gradebook.host import AGS, Course, Host, at_once, deliver_due, respond


def work_due() -> int:
    """Do what a worker does until no column waits; return how many were taken up."""
    done = 0
    while due := column_work.sweep():
        for one in due:
            column_work.work(one)
            done += 1
        assert done < 100, "a column comes back at once, for ever"
    return done


@pytest.fixture
def want(course: Course) -> Callable[..., UUID]:
    """Want a column for a part of the activity, and commit."""

    def wanting(
        part: str = "gate", title: str = "Урок 1", name: str = "Ворота", beside: LineItem | None = None
    ) -> UUID:
        with Session(db.engine) as session, session.begin():
            item = own_columns.want_part(
                session,
                session.merge(beside or course.item),
                part=part,
                title=title,
                name=name,
                resource_id=f"pack/{part}",
                maximum=Decimal(100),
            )
            return item.id

    return wanting


def want_whole(course: Course) -> None:
    course.change(update(LineItem).values(url=None))
    with Session(db.engine) as session, session.begin():
        item = session.get_one(LineItem, course.item.id)
        own_columns.want_whole(session, item, title="Урок 1", resource_id="pack", maximum=Decimal(100))


def another_activity(course: Course) -> LineItem:
    """A second resource link of the same course."""
    with Session(db.engine, expire_on_commit=False) as session, session.begin():
        item = LineItem(
            deployment_id=course.deployment.id,
            resource_link_id="9",
            container_url=course.item.container_url,
            scopes=course.item.scopes,
        )
        session.add(item)
    return item


def own(course: Course, line_item_id: UUID) -> OwnColumn:
    (row,) = course.ask(select(OwnColumn).where(OwnColumn.line_item_id == line_item_id))
    return row


def url_of(course: Course, line_item_id: UUID) -> str | None:
    (url,) = course.ask(select(LineItem.url).where(LineItem.id == line_item_id))
    return url


class TestMaking:
    def test_a_column_is_made_with_our_marks_and_not_tied_to_the_link(self, course: Course, host: Host, want):
        item_id = want()
        work_due()
        (made,) = host.made
        assert made["label"] == "Урок 1: Ворота"
        assert (made["scoreMaximum"], made["resourceId"], made["tag"]) == (100, "pack/gate", "unit")
        assert "resourceLinkId" not in made
        assert own(course, item_id).state == ColumnState.STANDING
        assert url_of(course, item_id) == made["id"]

    def test_wanting_it_again_makes_nothing_more(self, course: Course, host: Host, want):
        assert want() == want()
        work_due()
        want()
        work_due()
        assert len(host.made) == 1

    def test_an_answer_that_was_lost_is_found_out(self, course: Course, host: Host, want):
        def make_and_break(request: Any) -> Any:
            host._container(request)
            return respond(502, "Bad Gateway", "x")

        host.next("container", host._container, make_and_break)
        item_id = want()
        work_due()
        assert own(course, item_id).state == ColumnState.ASKED
        with time_machine.travel(now() + timedelta(minutes=5)):
            work_due()
        assert len(host.made) == 1
        assert url_of(course, item_id) == host.made[0]["id"]

    def test_a_column_that_came_with_a_copied_course_is_taken(self, course: Course, host: Host, want):
        copied = host.make(label="Урок 1: Ворота", scoreMaximum=100, resourceId="pack/gate", tag="unit")
        item_id = want()
        work_due()
        assert len(host.made) == 1
        assert url_of(course, item_id) == copied["id"]

    def test_two_activities_with_the_same_pack_have_columns_of_their_own(self, course: Course, host: Host, want):
        other = another_activity(course)
        first, second = want(), want(beside=other)
        work_due()
        assert len(host.made) == 2
        assert url_of(course, first) != url_of(course, second)

    def test_however_many_work_at_once_one_column_is_made(self, course: Course, host: Host, want):
        item_id = want()
        at_once(course, 4, lambda _: column_work.work(item_id))
        work_due()
        assert len(host.made) == 1

    def test_two_activities_that_find_the_same_column_at_once_do_not_share_it(self, course: Course, host: Host, want):
        other = another_activity(course)
        host.make(label="Урок 1: Ворота", scoreMaximum=100, resourceId="pack/gate", tag="unit")
        items = [want(), want(beside=other)]
        at_once(course, 2, lambda index: column_work.work(items[index]))
        with time_machine.travel(now() + timedelta(minutes=5)):
            work_due()
        assert len({url_of(course, one) for one in items}) == 2

    def test_without_the_right_to_make_columns_it_is_told(self, course: Course, host: Host, want):
        host.granted = [AGS + "score", AGS + "lineitem.readonly"]
        item_id = want()
        work_due()
        assert (own(course, item_id).reason, host.made) == (Reason.SCOPE, [])

    @pytest.mark.parametrize(
        ("status", "reason"), [(403, Reason.FORBIDDEN), (400, Reason.REFUSED), (422, Reason.REFUSED)]
    )
    def test_a_refusal_is_told_and_not_repeated(self, course: Course, host: Host, want, status: int, reason: Reason):
        host.next("container", respond(200, "OK", []), respond(status))
        item_id = want()
        work_due()
        assert (own(course, item_id).reason, own(course, item_id).due_at) == (reason, None)
        with time_machine.travel(now() + timedelta(days=1)):
            assert work_due() == 0

    def test_a_platform_that_is_down_is_asked_later(self, course: Course, host: Host, want):
        host.next("container", respond(503, "Busy", "", {"Retry-After": "600"}))
        item_id = want()
        work_due()
        assert own(course, item_id).due_at >= now() + timedelta(minutes=9)
        assert len(course.ask(select(PlatformPause))) == 1
        with time_machine.travel(now() + timedelta(hours=1)):
            work_due()
        assert own(course, item_id).state == ColumnState.STANDING

    def test_long_names_are_cut_and_broken_lines_joined(self, course: Course, host: Host, want):
        want(title="Урок\nпервый " + "о" * 300)
        work_due()
        label = host.made[0]["label"]
        assert len(label) == 255
        assert label.startswith("Урок первый ооо")
        assert label.endswith("…")

    def test_it_is_nudged_after_the_commit(self, course: Course, want, monkeypatch):
        heard: list[UUID] = []
        monkeypatch.setitem(course.app.extensions, nudges.PENDING, {Kind.COLUMN: lambda one, at: heard.append(one)})
        assert heard == [want()]


class TestTheActivitysOwn:
    def test_it_is_made_and_tied_to_the_link(self, course: Course, host: Host):
        want_whole(course)
        work_due()
        (made,) = host.made
        assert (made["resourceLinkId"], made["resourceId"], made["tag"]) == ("1", "pack", "grade")
        assert url_of(course, course.item.id) == made["id"]

    def test_the_platforms_own_is_taken_and_left_to_it(self, course: Course, host: Host):
        theirs = host.make(label="Урок 1", scoreMaximum=20, resourceLinkId="1")
        want_whole(course)
        work_due()
        assert len(host.made) == 1
        assert url_of(course, course.item.id) == theirs["id"]
        assert course.ask(select(OwnColumn)) == []

    def test_scores_that_had_no_column_arrive(self, course: Course, host: Host):
        course.change(update(LineItem).values(url=None))
        score_id = course.put(course.learner(), "0.5")
        deliver_due()
        assert course.score(score_id).reason == Reason.NO_COLUMN
        want_whole(course)
        work_due()
        deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED


class TestScoresOfParts:
    def put(self, course: Course, item_id: UUID) -> UUID:
        (course.item,) = course.ask(select(LineItem).where(LineItem.id == item_id))
        return course.put(course.learner(), "0.5")

    def test_they_wait_for_their_column_and_go_there(self, course: Course, host: Host, want):
        score_id = self.put(course, want())
        deliver_due()
        assert (course.score(score_id).state, host.scores) == (ScoreState.QUEUED, [])
        work_due()
        deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert re.search(r"lineitems/100/lineitem/scores\?type_id=1$", host.score_requests[0].url)
        assert host.grades == {}  # not in the column of the whole

    def test_they_never_go_to_another_column_when_theirs_is_gone(self, course: Course, host: Host, want):
        item_id = want()
        work_due()
        host.columns.clear()
        host.columns.append({"id": host.column_url, "label": "Урок 1", "resourceLinkId": "1"})
        host.next("score", respond(404))
        score_id = self.put(course, item_id)
        deliver_due()
        assert course.score(score_id).reason == Reason.COLUMN_DELETED
        want()  # a teacher lets it be made again
        work_due()
        with time_machine.travel(now() + timedelta(seconds=5)):  # a score is dated later than its first try
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert len(host.made) == 2

    def test_they_are_delivered_by_whom_it_concerns_only(self, course: Course, host: Host, want):
        score_id = self.put(course, want())
        held = deliver(score_id)
        assert held is not None
        assert held.why == "column"


class TestNames:
    def rename(self, course: Course, title: str) -> None:
        with Session(db.engine) as session, session.begin():
            own_columns.rename(session, session.merge(course.item), title)

    def test_the_activitys_new_name_is_theirs_too(self, course: Course, host: Host, want):
        want()
        work_due()
        self.rename(course, "Урок 2")
        work_due()
        assert host.columns[0]["label"] == "Урок 2: Ворота"
        assert host.columns[0]["resourceId"] == "pack/gate"
        self.rename(course, "Урок 3")
        work_due()
        assert host.columns[0]["label"] == "Урок 3: Ворота"

    def test_a_name_that_a_teacher_gave_stays(self, course: Course, host: Host, want):
        want()
        work_due()
        host.columns[0]["label"] = "Моё имя"
        self.rename(course, "Урок 2")
        work_due()
        assert host.columns[0]["label"] == "Моё имя"

    def test_the_same_name_asks_nothing(self, course: Course, host: Host, want):
        want()
        work_due()
        self.rename(course, "Урок 1")
        assert work_due() == 0


class TestRemoving:
    def release(self, course: Course) -> int:
        with Session(db.engine) as session, session.begin():
            return own_columns.release(session, session.merge(course.item))

    def test_what_we_made_is_removed_and_nothing_else(self, course: Course, host: Host, want):
        strange = host.make(label="Чужой", scoreMaximum=5, resourceId="pack/gate", tag="other")
        item_id = want()
        work_due()
        assert self.release(course) == 1
        work_due()
        assert host.columns == [strange]
        assert own(course, item_id).state == ColumnState.GONE
        assert url_of(course, item_id) is None
        (mine,) = course.ask(select(LineItem).where(LineItem.part == ""))
        assert mine.url == host.column_url

    def test_a_column_that_lost_our_marks_is_not_ours_to_remove(self, course: Course, host: Host, want):
        item_id = want()
        work_due()
        host.columns[0]["resourceId"] = "somebody's"
        self.release(course)
        work_due()
        assert len(host.columns) == 1
        assert own(course, item_id).state == ColumnState.GONE

    def test_one_that_was_made_though_we_never_heard_is_removed_too(self, course: Course, host: Host, want):
        def make_and_break(request: Any) -> Any:
            host._container(request)
            return respond(502, "Bad Gateway", "x")

        host.next("container", host._container, make_and_break)
        want()
        work_due()
        self.release(course)
        work_due()
        assert host.columns == []

    def test_scores_on_their_way_end_and_those_delivered_stay_in_our_books(self, course: Course, host: Host, want):
        item_id = want()
        work_due()
        (course.item,) = course.ask(select(LineItem).where(LineItem.id == item_id))
        done = course.put(course.learner(), "0.5")
        deliver_due()
        waiting = course.put(course.learner(), "0.5")
        self.release(course)
        work_due()
        assert course.score(done).state == ScoreState.DELIVERED
        assert course.score(waiting).state == ScoreState.SUPERSEDED

    def test_it_can_be_wanted_again(self, course: Course, host: Host, want):
        item_id = want()
        work_due()
        self.release(course)
        work_due()
        assert want() == item_id
        work_due()
        assert (len(host.made), len(host.columns)) == (2, 1)

    def test_changing_ones_mind_before_it_was_removed(self, course: Course, host: Host, want):
        item_id = want()
        work_due()
        self.release(course)
        want()
        work_due()
        assert (len(host.made), len(host.columns)) == (1, 1)
        assert own(course, item_id).state == ColumnState.STANDING

    def test_views_tell_where_each_stands(self, course: Course, host: Host, want):
        want()
        want("square", name="Площадь")
        work_due()
        with Session(db.engine) as session:
            views = own_columns.columns_of(session, course.item)
        assert [(one.part, one.label, one.state) for one in views] == [
            ("gate", "Урок 1: Ворота", ColumnState.STANDING),
            ("square", "Урок 1: Площадь", ColumnState.STANDING),
        ]
        assert course.ask(select(OutgoingScore)) == []
