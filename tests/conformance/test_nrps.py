"""Names and Role Provisioning Services: the list of a course, read over real HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.lti import claims
from lti_tool.lti.services import nrps
from lti_tool.lti.services.nrps import Status
from lti_tool.people.models import Identity, MemberRole, Membership, Roster, RosterProblem
from lti_tool.schools.models import Context
from tests.factories import IdentityFactory, MembershipFactory, published
from tests.gradebook.host import respond
from tests.people.host import Course, RosterHost, member, roster_course, roster_host
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker

__all__ = ["roster_course", "roster_host"]


@pytest.fixture
def host(roster_host: RosterHost) -> RosterHost:
    return roster_host


@pytest.fixture
def course(roster_course: Course) -> Course:
    return roster_course


def everybody(course: Course, url: str | None = None, **wishes: Any) -> list[nrps.Member]:
    pages = nrps.read_members(course.connector(), url or course.host.members_url, **wishes)
    return [one for page in pages for one in page.members]


def test_n_01_the_list_is_asked_for_with_the_exact_accept_header_a_bearer_token_and_its_own_scope(
    course: Course, host: RosterHost
) -> None:
    host.members = [member("6")]
    seen: list[dict[str, str]] = []

    def token(request: Any) -> Any:
        seen.append(request.form.to_dict())
        return host._token(request)

    host.next("token", token)
    assert course.sync() is None
    (asked,) = host.asked
    assert asked.method == "GET"
    assert asked.headers["Accept"] == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    assert asked.headers["Authorization"] == f"Bearer {host.token}"
    (form,) = seen
    assert form["scope"] == "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"


@pytest.mark.parametrize("path", ["", "?p=/CourseSection/2%2F3&x=a+b&flag", "?limit=10&p=1"])
def test_n_02_what_the_address_asks_already_is_kept_and_ours_is_added(
    course: Course, host: RosterHost, path: str
) -> None:
    host.members = host.of_links["5"] = [member("6"), member("7", "teacher")]
    everybody(course, host.members_url + path, limit=500, role="Learner", rlid="5")
    (asked,) = host.asked
    query = asked.query_string.decode()
    assert asked.args["limit"] == "500"
    assert asked.args["role"] == "Learner"
    assert asked.args["rlid"] == "5"
    assert len(asked.args.getlist("limit")) == 1
    for piece in path.removeprefix("?").split("&"):
        assert piece in query or piece.startswith("limit=")


def test_n_03_three_pages_are_followed_and_a_loop_or_a_list_without_end_takes_nobody_off_it(
    course: Course, host: RosterHost
) -> None:
    host.members = [member(str(number)) for number in range(1, 8)]
    host.page_size = 3
    assert course.sync() is None
    assert len(host.asked) == 3
    assert set(course.standing().values()) == {"active"}
    assert len(course.standing()) == 7

    first = {"members": [member("1")]}
    in_a_circle = {"Link": f'<{host.members_url}?limit=500>; rel="next"'}
    host.next("members_page", respond(200, "OK", first, in_a_circle))
    assert course.sync() == RosterProblem.ENDLESS
    assert set(course.standing().values()) == {"active"}

    numbers = iter(range(10_000))
    host.always(
        "members_page",
        lambda: respond(200, "OK", first, {"Link": f'<{host.members_url}?n={next(numbers)}>; rel="next"'}),
    )
    assert course.sync() == RosterProblem.ENDLESS
    assert set(course.standing().values()) == {"active"}, "500 pages, and still nobody is taken for gone"
    assert course.roster().problem == RosterProblem.ENDLESS


def test_n_04_no_status_means_active_inactive_is_kept_and_deleted_is_removed(course: Course, host: RosterHost) -> None:
    host.members = [member("6", status=None), member("7", status="Inactive"), member("8"), member("9", status="Odd")]
    host.differences = f"{host.url}/differences?since=1"
    assert course.sync() is None
    assert course.standing() == {"6": "active", "7": "inactive", "8": "active", "9": "inactive"}
    host.changes = [member("8", status="Deleted"), member("7", status="Active")]
    assert course.sync() is None
    assert course.standing() == {"6": "active", "7": "active", "8": "removed", "9": "inactive"}


def test_n_05_members_without_names_with_short_roles_and_with_more_than_was_asked_for_are_accepted(
    course: Course, host: RosterHost
) -> None:
    host.members = [
        {"user_id": "6", "roles": ["Learner"]},
        {"user_id": "7", "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"], "ext_x": [1]},
        {"user_id": "8", "roles": ["Mentor", "urn:x:unknown"], "given_name": "Ася", "picture": None},
        {"user_id": 9, "roles": "Learner", "name": 5, "email": {}},
        {"roles": ["Learner"], "name": "nobody"},
        "nothing",
    ]
    assert course.sync() is None
    rows = course.ask(
        select(Membership).join(Identity, Identity.id == Membership.identity_id).order_by(Identity.subject)
    )
    assert [row.role for row in rows] == [
        MemberRole.LEARNER, MemberRole.TEACHER, MemberRole.OTHER, MemberRole.LEARNER
    ]  # fmt: skip
    assert course.ask(select(Identity.name).order_by(Identity.subject)) == [None, None, "Ася", "5"]


@pytest.mark.parametrize(
    "second",
    [
        respond(500, "Internal Server Error"),
        respond(403, "Forbidden"),
        respond(200, "OK", "<html>log in</html>"),
        respond(200, "OK", {"members": None}),
        respond(200, "OK", {"members": [{"id": "not a member"}]}),
        respond(302, "Found", "", {"Location": "/login"}),
    ],
    ids=["500", "403", "html", "no list", "another list", "redirect"],
)
def test_n_06_when_the_second_page_fails_nobody_is_removed(course: Course, host: RosterHost, second: Any) -> None:
    host.members = [member(str(number)) for number in range(1, 7)]
    assert course.sync() is None
    host.members, host.page_size = [*host.members[:2], member("10"), member("11")], 2
    host.next("members_page", host._members_page, second)
    assert course.sync() is not None
    standing = course.standing()
    assert set(standing.values()) == {"active"}
    assert len(standing) == 6
    assert course.sync() is None, "the next whole reading tells who left"
    assert sorted(subject for subject, status in course.standing().items() if status == "removed") == list("3456")


def test_n_07_the_differences_url_is_kept_and_used_to_the_letter_and_a_refusal_means_the_whole_list(
    course: Course, host: RosterHost
) -> None:
    host.members = [member("6"), member("7")]
    host.differences = f"{host.url}/differences?Since=AbC%2F1&sig=x+y%3D&limit=3"
    assert course.sync() is None
    assert course.roster().differences_url == host.differences

    host.changes, host.asked = [member("7", status="Deleted"), member("8")], []
    assert course.sync() is None
    (asked,) = host.asked
    assert f"{host.url}{asked.full_path}" == host.differences
    assert course.standing() == {"6": "active", "7": "removed", "8": "active"}

    host.members, host.asked, host.differences = [member("8"), member("9")], [], None
    host.next("differences_page", respond(410, "Gone"))
    assert course.sync() is None
    assert [request.path for request in host.asked] == [
        "/differences",
        "/mod/lti/services.php/CourseSection/2/bindings/1/memberships",
    ]
    assert course.standing() == {"6": "removed", "7": "removed", "8": "active", "9": "active"}
    assert course.roster().differences_url is None


def test_n_09_a_links_own_list_is_asked_for_by_its_id_and_what_a_launch_would_carry_is_read_person_by_person(
    course: Course, host: RosterHost
) -> None:
    message = {
        claims.MESSAGE_TYPE: "LtiResourceLinkRequest",
        claims.CUSTOM: {"pack": "small", "team": "$Unknown.team", "row": 3},
    }
    host.of_links["5"] = [
        member("6", message=[message, {claims.CUSTOM: {"seat": "A"}}]),
        member("7", message=[{claims.CUSTOM: None}]),
        member("8"),
    ]
    found = {one.user_id: one.custom for one in everybody(course, rlid="5")}
    assert found == {"6": {"pack": "small", "row": "3", "seat": "A"}, "7": {}, "8": {}}

    host.members = [member(str(number)) for number in range(6, 10)]
    course.due("5")
    assert course.sync() is None
    assert course.standing("5") == {"6": "active", "7": "active", "8": "active"}
    assert course.standing() == {str(number): "active" for number in range(6, 10)}


def test_status_words_are_read_whatever_their_case() -> None:
    assert [nrps._status(word) for word in (None, "active", "INACTIVE", "Deleted", 5)] == [
        Status.ACTIVE, Status.ACTIVE, Status.INACTIVE, Status.DELETED, Status.INACTIVE
    ]  # fmt: skip


def test_n_08_a_learner_never_sees_the_list_nor_sets_it_going(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    nrps_claim = {"context_memberships_url": f"{platform.issuer}/2/members", "service_versions": ["2.0"]}
    learner = Walker(app.test_client(), platform, platform.claims(**{claims.NRPS: nrps_claim}))
    session.rollback()
    roster = session.scalars(select(Roster)).one()
    assert roster.due_at is None, "a learner's launch asks for nothing"
    secret = IdentityFactory(platform=platform.row, name="Секретная Одноклассница")
    MembershipFactory(roster=roster, identity=secret)
    roster.read_at = roster.asked_at = now()
    session.commit()
    looked = 0
    for rule in app.url_map.iter_rules():
        if "visit_id" not in rule.arguments:
            continue
        values = {"visit_id": learner.visit, "identity_id": secret.id, "unit_id": "gate", "step_id": "one"}
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<(\w+:)?{name}>", str(values.get(name, "x")), path)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = learner.client.open(path, method=method, base_url=platform.tool)
            assert "Секретная" not in answer.text, path
            looked += 1
        if rule.endpoint.startswith("teaching."):
            assert learner.get(path).status_code in {403, 405}, path
    assert looked > 10
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Roster)).one().due_at is None


def test_n_09_a_links_list_is_asked_for_only_in_the_deployment_whose_launch_named_the_link(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    other = FakePlatform(issuer="https://moodle.other.test", client_id="client-1")
    other.register(session)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    for one, link in ((platform, "1"), (other, "2")):
        body = one.claims(
            sub="3",
            **{
                claims.ROLES: [INSTRUCTOR],
                claims.NRPS: {"context_memberships_url": f"{one.issuer}/2/members"},
                claims.RESOURCE_LINK: {"id": link},
            },
        )
        assert one.launch(app.test_client(), body).status_code == 303
    session.rollback()
    rows = session.execute(
        select(Context.deployment_id, Roster.resource_link_id)
        .join(Context, Context.id == Roster.context_id)
        .where(Roster.resource_link_id != "")
    )
    assert {tuple(row) for row in rows} == {(platform.deployment.id, "1"), (other.deployment.id, "2")}
