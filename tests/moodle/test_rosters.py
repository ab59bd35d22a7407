"""What a real Moodle 4.5.6 answered when it was asked for the list of a course, replayed answer by answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug import Request, Response

from lti_tool.lti.services import nrps
from lti_tool.people.models import Identity, Membership, RosterProblem
from tests.gradebook.host import respond
from tests.people.host import Course, RosterHost, roster_course, roster_host

__all__ = ["roster_course", "roster_host"]

RECORDINGS = Path(__file__).parent / "recordings"
RECORDED_AT = "http://127.0.0.1:8100"
PATH = "/mod/lti/services.php/CourseSection/2/bindings/1/memberships"
EVERYBODY = {"3": "teacher", "4": "learner", "6": "learner", "7": "learner", "8": "learner"}
LEARNERS = {subject: role for subject, role in EVERYBODY.items() if role == "learner"}
ALL = sorted(path.stem.removeprefix("nrps-") for path in RECORDINGS.glob("nrps-*.json"))


@pytest.fixture
def course(roster_course: Course) -> Course:
    return roster_course


@pytest.fixture
def host(roster_host: RosterHost) -> RosterHost:
    return roster_host


def recorded(name: str, host: RosterHost) -> Response:
    """A recorded answer, whose addresses are the host's."""
    text = (RECORDINGS / f"nrps-{name}.json").read_text(encoding="utf-8").replace(RECORDED_AT, host.url)
    answer = json.loads(text)["response"]
    headers = {key: value for key, value in answer["headers"].items() if key in {"Link", "Content-Type"}}
    return respond(answer["status"], answer["reason"], answer["body"], headers)


def roles(course: Course) -> dict[str, str]:
    """Who stands on the course's list, with their roles."""
    rows = course.ask(select(Membership))
    subjects = {row.id: row.subject for row in course.ask(select(Identity))}
    return {subjects[row.identity_id]: str(row.role) for row in rows}


@pytest.mark.parametrize("name", ALL)
def test_every_answer_is_read_or_told_apart(course: Course, host: RosterHost, name: str) -> None:
    """A list is taken, a refusal has a name; nothing breaks."""
    status = recorded(name, host).status_code
    # After a 401 it is asked once more, with a new token; after a page of several comes the last one.
    host.next("members_page", recorded(name, host), recorded(name if status == 401 else "limit2-from4", host))
    problem = course.sync()
    expected = {
        400: RosterProblem.REFUSED,
        401: RosterProblem.UNAUTHORISED,
        404: RosterProblem.REFUSED,
        502: RosterProblem.UNREACHABLE,
    }
    assert problem == expected.get(status)
    assert bool(roles(course)) == (status == 200)


def test_a_whole_list_names_everybody_with_what_moodle_takes_them_for(course: Course, host: RosterHost) -> None:
    host.next("members_page", recorded("all", host))
    course.sync()
    assert roles(course) == EVERYBODY
    names = course.ask(select(Identity.name).where(Identity.subject == "6"))
    assert names == ["Анна Первая"]


def test_pages_are_followed_with_moodles_own_letters(course: Course, host: RosterHost) -> None:
    """The path must not be put into lower case, as a known library does."""
    host.next("members_page", recorded("limit2", host), recorded("limit2-from2", host), recorded("limit2-from4", host))
    course.sync()
    assert roles(course) == EVERYBODY
    assert {request.path for request in host.asked} == {PATH}
    assert [request.args.get("from") for request in host.asked] == [None, "2", "4"]


@pytest.mark.parametrize("role", ["Learner", "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"])
def test_the_second_page_forgets_the_role_so_we_do_not(course: Course, host: RosterHost, role: str) -> None:
    host.next("members_page", recorded("role-learner-limit1", host), recorded("all", host))
    pages = nrps.read_members(course.connector(), host.members_url, role=role, limit=1)
    found = [one.user_id for page in pages for one in page.members]
    assert set(found) == set(LEARNERS)
    assert host.queries()[0] == {"role": role, "limit": "1"}
    assert "role" not in host.queries()[1]


def test_with_privacy_on_there_are_ids_and_roles_only(course: Course, host: RosterHost) -> None:
    host.next("members_page", recorded("privacy-off", host))
    course.sync()
    assert roles(course) == EVERYBODY
    assert set(course.ask(select(Identity.name))) == {None}


def test_a_suspended_enrolment_is_absent_and_so_has_left(course: Course, host: RosterHost) -> None:
    host.next("members_page", recorded("all", host))
    course.sync()
    host.next("members_page", recorded("suspended-enrolment", host))
    course.sync()
    assert {subject for subject, status in course.standing().items() if status == "removed"} == {"8"}


def test_a_suspended_account_is_still_listed(course: Course, host: RosterHost) -> None:
    host.next("members_page", recorded("suspended-account", host))
    course.sync()
    assert set(course.standing().values()) == {"active"}
    assert len(course.standing()) == 5


def test_a_links_list_carries_no_custom_values(course: Course, host: RosterHost) -> None:
    def page(request: Request) -> Response:
        return recorded("rlid1" if request.args.get("rlid") == "1" else "all", host)

    host.next("members_page", page, page)
    course.due("1")
    assert course.sync() is None
    assert len(course.standing("1")) == 5
    assert host.queries()[1]["rlid"] == "1"
    custom: list[Any] = []
    host.next("members_page", recorded("rlid1", host))
    for one in nrps.read_members(course.connector(), host.members_url, rlid="1"):
        custom += [member.custom for member in one.members]
    assert custom == [{}] * 5


def test_a_link_that_moodle_does_not_know_spoils_nothing(course: Course, host: RosterHost) -> None:
    host.next("members_page", recorded("all", host), recorded("rlid-missing", host))
    course.due("999")
    assert course.sync() is None
    assert course.roster("999").problem == RosterProblem.REFUSED
    assert len(course.standing()) == 5
