"""Course Groups: the groups of a course and the sets they stand in."""

from __future__ import annotations

import pytest

from lti_tool.lti.services import groups
from lti_tool.lti.services.groups import Group, GroupSet
from tests.people.host import Course, RosterHost, roster_course, roster_host

__all__ = ["roster_course", "roster_host"]


@pytest.mark.parametrize("page_size", [None, 1, 2])
def test_x_06_groups_come_in_pages_and_their_sets_in_both_spellings(
    roster_course: Course, roster_host: RosterHost, page_size: int | None
) -> None:
    roster_host.page_size = page_size
    roster_host.groups = [
        {"id": "g1", "name": "10 А", "set_ids": ["s1", "s2"], "tag": "class"},
        {"id": "g2", "name": "10 Б", "set_id": "s1", "hidden": "true"},
        {"id": 3, "name": "", "set_ids": [], "hidden": False},
        {"name": "without an id"},
    ]
    roster_host.sets = [{"id": "s1", "name": "Классы"}, {"id": "s2", "name": "Команды", "hidden": True}]
    connector = roster_course.connector(groups.SCOPE)
    assert list(groups.list_groups(connector, roster_host.groups_url)) == [
        Group("g1", "10 А", "class", ("s1", "s2")),
        Group("g2", "10 Б", None, ("s1",), hidden=True),
        Group("3"),
    ]
    assert list(groups.list_group_sets(connector, roster_host.sets_url)) == [
        GroupSet("s1", "Классы"),
        GroupSet("s2", "Команды", hidden=True),
    ]


def test_the_groups_of_one_person_are_asked_for_by_their_id(roster_course: Course, roster_host: RosterHost) -> None:
    seen = []

    def look(request):  # type: ignore[no-untyped-def]
        seen.append(request)
        return roster_host._groups_page(request)

    roster_host.next("groups_page", look)
    roster_host.groups = [{"id": "g1", "name": "10 А"}]
    connector = roster_course.connector(groups.SCOPE)
    assert list(groups.list_groups(connector, roster_host.groups_url, user_id="a b", limit=50)) == [Group("g1", "10 А")]
    (request,) = seen
    assert request.headers["Accept"] == "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
    assert request.args.to_dict() == {"user_id": "a b", "limit": "50"}
