"""Copies of courses and activities: they begin as what they were copied from, and with nobody's work."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.catalog.models import PackRelease
from lti_tool.gradebook.models import LineItem, OutgoingScore
from lti_tool.learning import copies
from lti_tool.learning.models import Attempt, Placement
from lti_tool.lti import claims
from tests.factories import DeploymentFactory, published
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker

TEACHER = {claims.ROLES: [INSTRUCTOR]}


@pytest.fixture
def original(app: Flask, session: Session, platform: FakePlatform) -> Placement:
    """Course 2 with an activity on the first release of a pack and a learner's work; a second release is out."""
    published(session)
    session.commit()
    walker = Walker(app.test_client(), platform, platform.with_gradebook(**{claims.CUSTOM: {"pack": "small"}}))
    walker.walk()
    walker.finish()
    published(session, intro="Второе издание.")
    session.commit()
    return session.scalars(select(Placement)).one()


def _launch(
    app: Flask, platform: FakePlatform, link: str, *, title: str = "Урок 1", course: str = "4", **changes: Any
) -> Walker:
    custom = changes.pop("custom", {"pack": "small"})
    endpoint = platform.with_gradebook()[claims.AGS] | {
        "lineitems": f"{platform.issuer}/{course}/lineitems?type_id=1",
        "lineitem": f"{platform.issuer}/{course}/lineitems/{link}/lineitem?type_id=1",
    }
    body = platform.claims(
        sub="3",
        name="Ольга",
        **{
            **TEACHER,
            claims.RESOURCE_LINK: {"id": link, "title": title},
            claims.CONTEXT: {"id": course, "title": f"Курс {course}"},
            claims.CUSTOM: custom,
            claims.AGS: endpoint,
            **changes,
        },
    )
    return Walker(app.test_client(), platform, body)


def _placement(session: Session, link: str) -> Placement:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Placement).where(Placement.resource_link_id == link)).one()


def _release_number(session: Session, placement: Placement) -> int:
    return session.scalars(select(PackRelease.number).where(PackRelease.id == placement.release_id)).one()


def test_a_copied_course_keeps_its_settings_and_begins_with_nobodys_work(
    app: Flask, session: Session, platform: FakePlatform, original: Placement
) -> None:
    _launch(app, platform, "17", custom={"pack": "small", "context_id_history": "2"})
    copy = _placement(session, "17")
    assert copy.copied_from_id == original.id
    assert _release_number(session, copy) == 1, "the release of the original, though there is a newer one"
    pupil = Walker(
        app.test_client(),
        platform,
        platform.claims(**{claims.RESOURCE_LINK: {"id": "17"}, claims.CONTEXT: {"id": "4"}}),
    )
    assert "Начать" in pupil.soup("course").text
    assert len(session.scalars(select(Attempt)).all()) == 1


def test_terms_come_along_with_what_was_set_at_the_desk_and_dates_are_shown_for_checking(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    published(session)
    session.commit()
    custom = {"pack": "small", "attempts": "2", "due": "2026-12-01T13:00:00Z"}
    _launch(app, platform, "1", course="2", custom=custom)
    original = _placement(session, "1")
    original.attempts_allowed = 7  # a teacher changed it at the desk
    session.commit()
    teacher = _launch(app, platform, "17", custom={**custom, "context_id_history": "2"})
    copy = _placement(session, "17")
    assert (copy.attempts_allowed, copy.due_at) == (7, original.due_at)
    assert "Даты выше" in teacher.soup("desk/").text
    teacher = _launch(app, platform, "18", course="5", custom={**custom, "attempts": "4", "context_id_history": "2"})
    assert _placement(session, "18").attempts_allowed == 4, "edited in the LMS since: that counts"


def test_a_copy_has_a_column_of_its_own_and_the_originals_is_left_alone(
    app: Flask, session: Session, platform: FakePlatform, original: Placement
) -> None:
    _launch(app, platform, "17", custom={"pack": "small", "context_id_history": "2"})
    pupil = Walker(
        app.test_client(),
        platform,
        platform.claims(**{claims.RESOURCE_LINK: {"id": "17"}, claims.CONTEXT: {"id": "4"}}),
    )
    pupil.walk()
    pupil.finish()
    copy = _placement(session, "17")
    columns = {item.id: item.url for item in session.scalars(select(LineItem))}
    assert copy.line_item_id is not None
    assert "/4/lineitems/17/" in str(columns[copy.line_item_id])
    by_column = [score.line_item_id for score in session.scalars(select(OutgoingScore).order_by(OutgoingScore.id))]
    assert by_column == [original.line_item_id, copy.line_item_id]


def test_without_a_history_it_is_a_place_like_any_other(
    app: Flask, session: Session, platform: FakePlatform, original: Placement
) -> None:
    _launch(app, platform, "17")
    fresh = _placement(session, "17")
    assert fresh.copied_from_id is None
    assert _release_number(session, fresh) == 2


def test_the_teacher_is_told_once(app: Flask, session: Session, platform: FakePlatform, original: Placement) -> None:
    history = {"pack": "small", "context_id_history": "2"}
    teacher = _launch(app, platform, "17", custom=history)
    page = teacher.soup("desk/")
    assert "Скопировано из курса «Лицей-CITY»" in page.text
    form = page.select_one("form[action$=copied]")
    assert form is not None
    fields = {str(one["name"]): str(one["value"]) for one in form.select("input")}
    assert teacher.post(str(form["action"]), fields).status_code == 303
    assert "Скопировано" not in teacher.soup("desk/").text
    assert "Скопировано" not in _launch(app, platform, "17", custom=history).soup("desk/").text


def test_a_duplicated_activity_keeps_its_settings(
    app: Flask, session: Session, platform: FakePlatform, original: Placement
) -> None:
    teacher = _launch(app, platform, "16", title="Урок 1 (копия)", course="2")
    copy = _placement(session, "16")
    assert copy.copied_from_id == original.id
    assert _release_number(session, copy) == 1
    assert "Скопировано из «Урок 1»" in teacher.soup("desk/").text


@pytest.mark.parametrize("title", ["Урок 2", "Урок 10", "Ур", ""])
def test_another_activity_of_the_course_with_the_same_pack_is_no_copy(
    app: Flask, session: Session, platform: FakePlatform, original: Placement, title: str
) -> None:
    _launch(app, platform, "16", title=title, course="2")
    assert _placement(session, "16").copied_from_id is None


def test_the_history_of_the_link_decides_where_the_platform_tells_it(
    app: Flask, session: Session, platform: FakePlatform, original: Placement
) -> None:
    _launch(app, platform, "16", title="Урок 2", course="2")
    history = {"pack": "small", "resource_link_id_history": "unknown,16,1", "context_id_history": "2"}
    _launch(app, platform, "17", custom=history)
    assert _placement(session, "17").copied_from_id == _placement(session, "16").id


def test_of_several_ancestors_the_nearest_that_has_it_counts(
    app: Flask, session: Session, platform: FakePlatform, original: Placement
) -> None:
    nearest = _launch(app, platform, "17", custom={"pack": "small", "context_id_history": "2"})
    assert nearest.home
    _launch(app, platform, "18", course="5", custom={"pack": "small", "context_id_history": "9,4,2"})
    assert _placement(session, "18").copied_from_id == _placement(session, "17").id


def test_a_pack_that_was_chosen_at_the_desk_comes_along_by_the_activitys_title(
    app: Flask, session: Session, platform: FakePlatform, original: Placement
) -> None:
    history = {"context_id_history": "2"}
    copied = _launch(app, platform, "17", custom=history)
    assert copied.home.endswith("/desk/"), "nothing has to be chosen again"
    other = _launch(app, platform, "18", title="Другое занятие", custom=history)
    assert other.home.endswith("/choose")


def test_several_activities_with_one_pack_are_told_apart_by_title_or_not_at_all(
    app: Flask, session: Session, platform: FakePlatform, original: Placement
) -> None:
    _launch(app, platform, "16", title="Урок 2", course="2")
    history = {"pack": "small", "context_id_history": "2"}
    _launch(app, platform, "17", title="Урок 2", custom=history)
    _launch(app, platform, "18", title="Третий", custom=history)
    assert _placement(session, "17").copied_from_id == _placement(session, "16").id
    assert _placement(session, "18").copied_from_id is None


def test_another_deployment_with_the_same_ids_is_never_a_source(
    app: Flask, session: Session, platform: FakePlatform, original: Placement
) -> None:
    DeploymentFactory(platform=platform.row, deployment_id="2")
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    custom = {"pack": "small", "context_id_history": "2", "resource_link_id_history": "1"}
    body = platform.claims(
        sub="3",
        **{
            **TEACHER,
            claims.DEPLOYMENT_ID: "2",
            claims.RESOURCE_LINK: {"id": "17"},
            claims.CONTEXT: {"id": "4"},
            claims.CUSTOM: custom,
        },
    )
    assert platform.launch(app.test_client(), body, lti_deployment_id="2").status_code == 303
    assert _placement(session, "17").copied_from_id is None


def test_a_course_that_was_told_to_be_a_copy_is_one_at_its_first_launch(
    app: Flask, session: Session, platform: FakePlatform, original: Placement
) -> None:
    for _ in range(2):
        assert copies.prepare(session, deployment_id=platform.deployment.id, context_id="4", origins=["2", "99"]) == 1
    session.commit()
    _launch(app, platform, "17")
    assert _placement(session, "17").copied_from_id == original.id


def test_a_copy_of_a_copy_that_nobody_opened_still_knows_where_it_comes_from(
    app: Flask, session: Session, platform: FakePlatform, original: Placement
) -> None:
    copies.prepare(session, deployment_id=platform.deployment.id, context_id="4", origins=["2"])
    session.flush()
    copies.prepare(session, deployment_id=platform.deployment.id, context_id="5", origins=["4"])
    session.commit()
    _launch(app, platform, "18", course="5")
    assert _placement(session, "18").copied_from_id == original.id
