"""Reading a course's lists: one worker at a time, little by little, and nobody lost on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db
from lti_tool.lti.services import groups
from lti_tool.people import roster_sync, rosters
from lti_tool.people.models import CourseGroup, Identity, Membership, Person, Roster, RosterProblem
from lti_tool.people.roster_sync import sync
from lti_tool.schools.models import Platform
from tests.factories import IdentityFactory
from tests.gradebook.host import respond, statements
from tests.people.host import Course, RosterHost, make_course, member


@pytest.fixture
def host(roster_host: RosterHost) -> RosterHost:
    return roster_host


@pytest.fixture
def course(roster_course: Course) -> Course:
    return roster_course


class TestPeople:
    def test_who_never_came_gets_an_identity_and_who_came_keeps_theirs(
        self, course: Course, host: RosterHost, session: Session
    ) -> None:
        known = IdentityFactory(platform=session.get_one(Platform, course.platform_id), subject="6", name="Прежнее имя")
        session.commit()
        host.members = [member("6", name="Новое имя"), member("7")]
        course.sync()
        assert course.ask(select(Identity.name).where(Identity.id == known.id)) == ["Новое имя"]
        assert len(course.ask(select(Identity))) == len(course.ask(select(Person))) == 2

    def test_a_list_without_names_wipes_none(self, course: Course, host: RosterHost) -> None:
        host.members = [member("6")]
        course.sync()
        host.members = [member("6", name=None)]
        course.sync()
        assert course.ask(select(Identity.name)) == ["Ученик 6"]

    def test_the_same_ids_on_another_platform_are_other_people(
        self, course: Course, host: RosterHost, session: Session
    ) -> None:
        IdentityFactory(subject="6", name="Чужой")
        session.commit()
        host.members = [member("6")]
        course.sync()
        assert sorted(course.ask(select(Identity.name))) == ["Ученик 6", "Чужой"]

    def test_somebody_listed_twice_is_one_with_the_roles_of_both(self, course: Course, host: RosterHost) -> None:
        host.members = [member("6", name=None), member("6", "teacher")]
        course.sync()
        (row,) = course.ask(select(Membership))
        assert row.role == "teacher"

    def test_the_platforms_own_test_user_is_not_counted(self, course: Course, host: RosterHost) -> None:
        test_user = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
        host.members = [member("6"), member("99", roles=["Learner", test_user]), member("8", status="Inactive")]
        course.sync()
        assert course.roster().learners == 1

    def test_who_comes_back_is_in_the_course_again(self, course: Course, host: RosterHost) -> None:
        host.members = [member("6"), member("7")]
        course.sync()
        host.members = [member("6")]
        course.sync()
        assert course.standing() == {"6": "active", "7": "removed"}
        host.members = [member("6"), member("7")]
        course.sync()
        assert course.standing() == {"6": "active", "7": "active"}

    def test_a_list_that_is_suddenly_empty_is_not_believed(self, course: Course, host: RosterHost) -> None:
        host.members = [member("6")]
        course.sync()
        host.members = []
        assert course.sync() == RosterProblem.EMPTY
        assert course.standing() == {"6": "active"}

    def test_who_was_in_a_reading_that_broke_off_and_then_left_is_found_to_have_left(
        self, course: Course, host: RosterHost
    ) -> None:
        host.page_size = 2
        host.members = [member("6"), member("7"), member("8")]
        host.next("members_page", host._members_page, respond(403, "Forbidden"))
        assert course.sync() == RosterProblem.REFUSED
        assert course.standing() == {"6": "active", "7": "active"}
        host.members = [member("6"), member("8")]
        assert course.sync() is None
        assert course.standing() == {"6": "active", "7": "removed", "8": "active"}


class TestFailures:
    @pytest.mark.parametrize(
        ("kind", "answer", "problem", "again"),
        [
            ("members_page", respond(500), RosterProblem.UNREACHABLE, True),
            ("members_page", respond(429), RosterProblem.UNREACHABLE, True),
            ("members_page", respond(400), RosterProblem.REFUSED, False),
            ("members_page", respond(200, "OK", "[]"), RosterProblem.UNREADABLE, False),
            (
                "members_page",
                respond(200, "OK", {"members": []}, {"Link": '<https://elsewhere.test/2>; rel="next"'}),
                RosterProblem.FOREIGN,
                False,
            ),
            ("token", respond(503), RosterProblem.UNREACHABLE, True),
            ("token", respond(401, "", {"error": "invalid_client"}), RosterProblem.UNAUTHORISED, False),
            ("token", respond(400, "", {"error": "invalid_scope"}), RosterProblem.SCOPE, False),
        ],
    )
    def test_each_has_its_name_and_what_passes_is_tried_again(
        self, course: Course, host: RosterHost, kind: str, answer: Any, problem: RosterProblem, again: bool
    ) -> None:
        host.next(kind, answer, answer)
        assert course.sync() == problem
        row = course.roster()
        assert row.problem == problem
        assert row.lease_owner is None
        assert (row.due_at is not None) == again

    def test_a_401_that_stays_after_a_new_token_is_a_matter_of_keys(self, course: Course, host: RosterHost) -> None:
        host.next("members_page", respond(401), respond(401))
        assert course.sync() == RosterProblem.UNAUTHORISED

    def test_pauses_grow_and_end(self, course: Course, host: RosterHost) -> None:
        host.always("members_page", lambda: respond(503))
        pauses = []
        for _ in range(len(roster_sync.PAUSES) + 1):
            assert course.sync() == RosterProblem.UNREACHABLE
            due = course.roster().due_at
            pauses.append(round((due - now()).total_seconds() / 60) if due else None)
        assert pauses == [1, 5, 30, 120, None]

    def test_the_platform_may_ask_for_more_patience(self, course: Course, host: RosterHost) -> None:
        host.next("members_page", respond(429, "", "", {"Retry-After": "3000"}))
        course.sync()
        due = course.roster().due_at
        assert due is not None
        assert due - now() > timedelta(minutes=45)

    def test_a_platform_that_was_switched_off_is_asked_nothing(self, course: Course, host: RosterHost) -> None:
        with Session(db.engine) as session, session.begin():
            session.execute(update(Platform).values(state="off"))
        course.due()
        assert sync(course.context_id) is None
        assert host.requests == []
        assert course.roster().due_at is None

    def test_where_the_course_cannot_be_read_its_links_are_not_asked_for(
        self, course: Course, host: RosterHost
    ) -> None:
        host.next("members_page", respond(500))
        course.due("5")
        course.sync()
        assert len(host.asked) == 1
        assert course.roster("5").due_at is not None

    def test_a_platform_that_knows_no_lists_of_links_still_gives_the_courses(
        self, course: Course, host: RosterHost
    ) -> None:
        host.members = [member("6")]
        course.due("5")
        course.due()
        assert sync(course.context_id) == {"": None, "5": RosterProblem.REFUSED}
        assert course.standing() == {"6": "active"}

    def test_a_platform_that_drips_is_not_read_for_ever(
        self, course: Course, host: RosterHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(roster_sync, "LONGEST", timedelta(seconds=-1))
        host.members = [member("6")]
        assert course.sync() == RosterProblem.UNREACHABLE
        assert host.requests == []


class TestOneAtATime:
    def test_of_many_workers_one_reads(self, course: Course, host: RosterHost) -> None:
        host.members = [member("6")]
        course.due()
        barrier = Barrier(4)

        def work(_: int) -> Any:
            with course.app.app_context():
                barrier.wait()
                return sync(course.context_id)

        with ThreadPoolExecutor(4) as pool:
            came = list(pool.map(work, range(4)))
        assert came.count({"": None}) == 1
        assert came.count(None) == 3
        assert len(host.asked) == 1

    def test_a_worker_that_died_leaves_a_lease_that_runs_out(self, course: Course, host: RosterHost) -> None:
        host.members = [member("6")]
        course.due()
        assert rosters.claim(course.context_id, lease=roster_sync.LEASE) is not None
        assert sync(course.context_id) is None
        assert rosters.sweep() == []
        with time_machine.travel(now() + roster_sync.LEASE + timedelta(seconds=5)):
            assert rosters.sweep() == [course.context_id]
            assert sync(course.context_id) == {"": None}

    def test_who_lost_the_lease_writes_nothing_more(self, course: Course, host: RosterHost) -> None:
        host.members = [member("6"), member("7")]
        host.page_size = 1

        def steal(request: Any) -> Any:
            with course.app.app_context(), Session(db.engine) as session, session.begin():
                session.execute(update(Roster).values(lease_owner="another"))
            return host._members_page(request)

        host.next("members_page", host._members_page, steal)
        course.due()
        assert sync(course.context_id) is None
        assert course.standing() == {"6": "active"}
        assert course.roster().lease_owner == "another"

    def test_who_asks_while_it_is_read_gets_it_read_once_more(self, course: Course, host: RosterHost) -> None:
        asked = Event()

        def ask(request: Any) -> Any:
            with course.app.app_context(), Session(db.engine) as session, session.begin():
                rosters.ask(session, context_id=course.context_id, resource_link_id=None)
            asked.set()
            return host._members_page(request)

        host.members = [member("6")]
        host.next("members_page", ask)
        assert course.sync() is None
        assert asked.is_set()
        assert course.roster().due_at is not None
        assert rosters.sweep() == [course.context_id]

    def test_a_list_that_nobody_asked_for_is_left_alone(self, course: Course, host: RosterHost) -> None:
        assert sync(course.context_id) is None
        assert rosters.sweep() == []
        assert host.requests == []


class TestDifferences:
    def test_they_are_trusted_for_a_day(self, course: Course, host: RosterHost) -> None:
        host.members, host.differences = [member("6")], f"{host.url}/differences?since=1"
        course.sync()
        course.sync()
        assert [request.path for request in host.asked][-1] == "/differences"
        with time_machine.travel(now() + timedelta(days=1, minutes=1)):
            course.sync()
        assert [request.path for request in host.asked][-1] != "/differences"

    def test_when_they_do_not_come_nothing_is_forgotten(self, course: Course, host: RosterHost) -> None:
        host.members, host.differences = [member("6")], f"{host.url}/differences?since=1"
        course.sync()
        host.next("differences_page", respond(503))
        assert course.sync() == RosterProblem.UNREACHABLE
        assert course.roster().differences_url == host.differences
        assert course.standing() == {"6": "active"}

    def test_an_address_on_another_host_is_not_kept(self, course: Course, host: RosterHost) -> None:
        host.members, host.differences = [member("6")], "https://elsewhere.test/differences"
        course.sync()
        assert course.roster().differences_url is None


class TestGroups:
    @pytest.fixture
    def course(self, roster_course: Course, host: RosterHost) -> Course:
        with Session(db.engine) as session, session.begin():
            session.execute(update(Roster).values(groups_url=host.groups_url, group_sets_url=host.sets_url))
        return roster_course

    def test_names_come_from_the_service_and_who_is_in_them_from_the_list(
        self, course: Course, host: RosterHost
    ) -> None:
        host.groups = [{"id": "g1", "name": "10 А", "set_id": "s1"}, {"id": "g2", "name": "10 Б", "hidden": True}]
        host.sets = [{"id": "s1", "name": "Классы"}]
        host.members = [
            member("6", group_enrollments=[{"group_id": "g1"}, {"group_id": "g2"}]),
            member("7", group_enrollments=[]),
        ]
        course.sync()
        assert course.groups_of("6") == {"g1", "g2"}
        assert course.groups_of("7") == set()
        rows = course.ask(select(CourseGroup).order_by(CourseGroup.group_id))
        assert [(row.name, row.set_names, row.hidden) for row in rows] == [
            ("10 А", ["Классы"], False),
            ("10 Б", [], True),
        ]
        assert course.roster().has_groups
        host.groups = host.groups[:1]
        host.members = [member("6", group_enrollments=[{"group_id": "g2"}]), member("7")]
        course.sync()
        assert course.groups_of("6") == {"g2"}
        assert course.ask(select(CourseGroup.group_id)) == ["g1"]

    def test_a_service_of_groups_that_fails_holds_up_nothing(self, course: Course, host: RosterHost) -> None:
        host.next("sets_page", respond(500))
        host.members = [member("6")]
        assert course.sync() is None
        assert course.standing() == {"6": "active"}

    def test_the_list_and_the_groups_have_tokens_of_their_own(self, course: Course, host: RosterHost) -> None:
        host.granted.remove(groups.SCOPE)
        host.members = [member("6")]
        assert course.sync() is None

    def test_what_a_launch_would_tell_of_groups_counts_where_the_list_says_nothing(
        self, course: Course, host: RosterHost
    ) -> None:
        custom = {"https://purl.imsglobal.org/spec/lti/claim/custom": {"moodle_group_ids": "4, 7"}}
        host.members = host.of_links["5"] = [member("6", message=[custom])]
        course.due("5")
        course.sync()
        assert course.groups_of("6") == {"4", "7"}


def test_five_thousand_members_take_a_few_statements_a_page(course: Course, host: RosterHost) -> None:
    host.members = [member(str(number)) for number in range(5000)]
    with statements() as said:
        course.sync()
    assert len(host.asked) == 10
    assert len(said) < 150
    assert course.ask(select(func.count()).select_from(Membership)) == [5000]
    assert course.roster().learners == 5000


def test_two_courses_do_not_touch_each_other(course: Course, host: RosterHost, session: Session) -> None:
    """The same list read for another course of another platform: its people are its own."""
    host.members = [member("6")]
    other_host = RosterHost(host.server)
    other = make_course(course.app, session, other_host, members_url=f"{host.url}/other")
    course.sync()
    assert other.standing() == {}
    assert course.standing() == {"6": "active"}
