"""The desk and the list of the course: who never came, who left, which group; read anew when a teacher asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import new_id
from lti_tool.learning.listing import PAGE
from lti_tool.learning.models import Placement
from lti_tool.lti import claims
from lti_tool.people import rosters
from lti_tool.people.models import CourseGroup, Identity, Membership, Person, Roster, RosterProblem
from tests.factories import GroupMembershipFactory, IdentityFactory, MembershipFactory, published
from tests.gradebook.host import statements
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker


class Desk:
    """A teacher at the desk of an activity in a course whose list was read."""

    def __init__(self, app: Flask, session: Session, platform: FakePlatform) -> None:
        self.app, self.session, self.platform = app, session, platform
        self.nudged: list[UUID] = []
        self.teacher = self.come(sub="3", name="Ольга Сергеевна", **{claims.ROLES: [INSTRUCTOR]})
        session.rollback()
        self.placement = session.scalars(select(Placement)).one()
        session.execute(update(Roster).values(due_at=None))
        session.execute(update(Roster).where(Roster.resource_link_id == "").values(read_at=now()))
        session.commit()

    def come(self, **changes: Any) -> Walker:
        address = f"{self.platform.issuer}/2/members"
        body = self.platform.with_gradebook(**{claims.NRPS: {"context_memberships_url": address}, **changes})
        return Walker(self.app.test_client(), self.platform, body)

    def roster(self, link: str = "") -> Roster:
        self.session.expire_all()
        return self.session.scalars(select(Roster).where(Roster.resource_link_id == link)).one()

    def enrol(self, subject: str, name: str | None, *, link: str = "", **values: Any) -> Identity:
        """Put somebody on the list."""
        known = self.session.scalars(select(Identity).where(Identity.subject == subject)).one_or_none()
        one = known or IdentityFactory(platform=self.platform.row, subject=subject, name=name)
        MembershipFactory(roster=self.roster(link), identity=one, **values)
        self.session.commit()
        return one

    def page(self, query: str = "") -> BeautifulSoup:
        return self.teacher.soup(f"desk/{query}")

    def listed(self, query: str = "") -> list[str]:
        """Names of those in the list, without those who left."""
        return [head.text for head in self.page(query).select("main > table tbody th")]

    def left(self) -> list[str]:
        return [head.text for head in self.page().select("section table tbody th")]

    def facts(self, query: str = "") -> list[str]:
        return [one.text for one in self.page(query).select("dl.facts dd")]


@pytest.fixture
def desk(app: Flask, session: Session, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> Desk:
    published(session)
    session.commit()
    made: list[UUID] = []
    monkeypatch.setitem(app.extensions, rosters.NUDGES, made.append)
    found = Desk(app, session, platform)
    found.nudged = made
    made.clear()
    return found


def test_who_never_opened_the_activity_stands_on_the_list_too(desk: Desk) -> None:
    desk.come(sub="6", name="Тимур").get("units/gate/intro")
    desk.enrol("6", "Тимур")
    desk.enrol("7", "Алина")
    assert desk.listed() == ["Алина", "Тимур"]
    assert desk.facts()[:3] == ["2", "1", "0"]
    row = desk.page().find("th", string="Алина").parent  # type: ignore[union-attr]
    assert "ещё не открыто" in row.text  # type: ignore[union-attr]
    assert row.find("a") is None  # type: ignore[union-attr]


def test_teachers_assistants_test_users_and_the_inactive_are_no_learners(desk: Desk) -> None:
    desk.enrol("20", "Учитель", role="teacher")
    desk.come(sub="21", name="Ассистент", **{claims.ROLES: [INSTRUCTOR], claims.RESOURCE_LINK: {"id": "2"}})
    desk.enrol("21", "Ассистент")
    desk.enrol("22", "Бывший", status="removed")
    desk.enrol("23", "Отстранённый", status="inactive")
    desk.enrol("24", "Проверочный")
    desk.session.execute(update(Identity).where(Identity.subject == "24").values(test_user=True))
    desk.session.commit()
    desk.enrol("25", "Ученица")
    assert desk.listed() == ["Ученица"]
    assert desk.facts()[0] == "1"


def test_who_left_the_course_stands_apart_with_what_they_did(desk: Desk) -> None:
    timur = desk.come(sub="6", name="Тимур")
    timur.walk()
    timur.finish()
    desk.come(sub="7", name="Алина")
    desk.enrol("6", "Тимур", status="removed")
    desk.enrol("7", "Алина")
    assert desk.listed() == ["Алина"]
    assert desk.left() == ["Тимур"]
    assert desk.facts()[:4] == ["1", "0", "0", "1"]
    assert "100" in desk.page().select_one("section table").text  # type: ignore[union-attr]


def test_who_came_and_was_never_listed_has_not_left(desk: Desk) -> None:
    desk.come(sub="6", name="Тимур")
    assert desk.listed() == ["Тимур"]
    assert desk.left() == []


def test_nameless_people_have_a_sign_each(desk: Desk) -> None:
    one, other = desk.enrol("6", None), desk.enrol("7", None)
    desk.enrol("8", "Ася")
    signs = {f"№ {identity.id.hex[-5:].upper()}" for identity in (one, other)}
    listed = desk.listed()
    assert listed[0] == "Ася"
    assert set(listed[1:]) == signs


def test_the_list_of_the_link_counts_where_it_was_read(desk: Desk) -> None:
    """Moodle names those who may open a restricted activity."""
    desk.enrol("6", "Тимур")
    desk.enrol("7", "Алина")
    desk.enrol("6", "Тимур", link="1")
    assert desk.listed() == ["Алина", "Тимур"]
    desk.roster("1").read_at = now()
    desk.session.commit()
    assert desk.listed() == ["Тимур"]
    desk.roster("1").problem = RosterProblem.REFUSED
    desk.session.commit()
    assert desk.listed() == ["Алина", "Тимур"]


def test_before_the_first_reading_only_those_who_came_are_there(desk: Desk) -> None:
    desk.enrol("7", "Алина")
    desk.session.execute(update(Roster).values(read_at=None))
    desk.session.commit()
    assert desk.listed() == []
    assert "ещё не прочитан" in desk.page().text


class TestGroups:
    @pytest.fixture(autouse=True)
    def in_groups(self, desk: Desk) -> None:
        context_id = desk.placement.context_id
        for subject, name, groups in (("6", "Тимур", ("g1", "g2")), ("7", "Алина", ("g2",)), ("8", "Вера", ())):
            one = desk.enrol(subject, name)
            for group in groups:
                GroupMembershipFactory(identity=one, context_id=context_id, group_id=group)
        desk.session.add(CourseGroup(context_id=context_id, group_id="g1", name="10 А", set_names=["Классы"]))
        desk.session.execute(update(Roster).values(has_groups=True))
        desk.session.commit()

    def test_the_list_is_narrowed_to_a_group(self, desk: Desk) -> None:
        assert desk.listed("?group=g1") == ["Тимур"]
        assert desk.listed("?group=g2") == ["Алина", "Тимур"]
        assert desk.facts("?group=g1")[0] == "1"
        assert desk.listed() == ["Алина", "Вера", "Тимур"]

    def test_a_group_without_a_name_is_called_by_its_number(self, desk: Desk) -> None:
        options = [one.text for one in desk.page("?group=g2").select("select[name=group] option")]
        assert options == ["все", "Группа g2", "Классы · 10 А"]
        chosen = desk.page("?group=g2").select_one("option[selected]")
        assert chosen is not None
        assert chosen["value"] == "g2"

    def test_a_group_of_another_course_is_none(self, desk: Desk) -> None:
        assert desk.listed("?group=g9") == ["Алина", "Вера", "Тимур"]


class TestReadingAgain:
    def test_the_button_asks_for_it_and_the_page_says_that_it_is_on_its_way(self, desk: Desk) -> None:
        form = desk.page().select_one("form[action$=roster]")
        assert form is not None
        fields = {str(one["name"]): str(one["value"]) for one in form.select("input")}
        assert desk.teacher.post("desk/roster", fields).status_code == 303
        assert desk.nudged == [desk.placement.context_id]
        line = desk.page().select_one("[data-delivery]")
        assert line is not None
        assert "читается" in line.text
        assert desk.roster("1").due_at is not None
        again = desk.teacher.soup(str(line["data-status-url"]))
        assert "читается" in again.text

    def test_when_it_was_read_the_line_says_so(self, desk: Desk) -> None:
        text = desk.teacher.soup("desk/roster").text
        assert "Откройте страницу заново" in text
        assert "прочитан" in desk.page().text

    def test_what_went_wrong_is_said_with_what_is_shown_and_when_it_is_tried_again(self, desk: Desk) -> None:
        desk.session.execute(
            update(Roster).values(problem=RosterProblem.UNREACHABLE, due_at=now() + timedelta(minutes=5))
        )
        desk.session.commit()
        line = desk.page().select_one(".delivery--help")
        assert line is not None
        for words in ("не отвечает", "Здесь список на", "Следующая попытка", "N-01"):
            assert words in line.text

    @pytest.mark.parametrize("problem", list(RosterProblem))
    def test_every_problem_has_words_and_a_code(self, desk: Desk, problem: RosterProblem) -> None:
        desk.session.execute(update(Roster).values(problem=problem))
        desk.session.commit()
        line = desk.page().select_one(".delivery--help")
        assert line is not None
        assert "N-0" in line.text

    def test_where_no_list_is_offered_there_is_no_button(self, desk: Desk) -> None:
        desk.session.execute(update(Roster).values(members_url=None))
        desk.session.commit()
        page = desk.page()
        assert page.select_one("form[action$=roster]") is None
        assert "не передаёт список" in page.text


class TestManyLearners:
    MANY = 5000

    @pytest.fixture(autouse=True)
    def enrolled(self, desk: Desk) -> None:
        roster_id = desk.roster().id
        people = [new_id() for _ in range(self.MANY)]
        ids = [new_id() for _ in range(self.MANY)]
        moment = now()
        session = desk.session
        session.execute(insert(Person), [{"id": one, "created_at": moment} for one in people])
        session.execute(
            insert(Identity),
            [
                {
                    "id": ids[n],
                    "platform_id": desk.platform.row.id,
                    "person_id": people[n],
                    "subject": f"p{n}",
                    "name": f"Ученик {n:04}",
                    "test_user": False,
                    "created_at": moment,
                }
                for n in range(self.MANY)
            ],
        )
        session.execute(
            insert(Membership),
            [
                {
                    "roster_id": roster_id,
                    "identity_id": one,
                    "role": "learner",
                    "status": "active",
                    "reading": 1,
                    "changed_at": moment,
                }
                for one in ids
            ],
        )
        session.commit()

    def test_five_thousand_are_shown_in_parts_with_at_most_six_queries(self, desk: Desk) -> None:
        desk.page()
        with statements() as said:
            listed = desk.listed("?page=2")
        asked = [one for one in said if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]
        assert len(asked) <= 6
        assert listed == [f"Ученик {n:04}" for n in range(PAGE, 2 * PAGE)]
        assert desk.facts()[0] == str(self.MANY)

    def test_parts_lead_to_each_other_and_one_that_is_not_there_to_the_first(self, desk: Desk) -> None:
        assert [link["href"].rpartition("?")[2] for link in desk.page().select("nav a")] == ["page=2"]
        last = self.MANY // PAGE
        links = [str(link["href"]) for link in desk.page(f"?page={last}").select("nav a")]
        assert [link.rpartition("?")[2] for link in links] == [f"page={last - 1}"]
        for query in ("?page=100000", "?page=-3", "?page=x", "?page=99999999999999999999"):
            assert desk.listed(query)[0] == "Ученик 0000"
