"""The pages of the picker: searching, looking from near, picking, and setting how it shall stand in the course."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lti_tool.catalog.choosing import MAX_PICKS, read_choosing
from lti_tool.catalog.releases import publish
from lti_tool.clock import now
from lti_tool.db import db
from lti_tool.learning.models import Placement
from lti_tool.lti import claims, keys
from tests.factories import published
from tests.packs import described_pack
from tests.picking import Picker
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker

LATER = (now() + timedelta(days=30)).strftime("%Y-%m-%dT18:00")


@pytest.fixture(autouse=True)
def packs(session: Session) -> None:
    published(session)
    publish(session, described_pack("furnace", "Одна смена у печи", fields="[metallurgy]", grades="8-9", minutes=35))
    publish(session, described_pack("talk", "Первый разговор", kind="seminar", skills="{trust: {ru: Доверие}}"))
    keys.ensure_key(session)
    session.commit()


@pytest.fixture
def picker(app: Flask, platform: FakePlatform) -> Picker:
    return Picker(app, platform)


@contextmanager
def counted() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def titles(picker: Walker, query: str) -> list[str]:
    return [one.text for one in picker.soup(f"choose?{query}").select(".pack-card h2")]


def test_the_choice_is_searched_and_narrowed_by_its_address(picker: Picker) -> None:
    assert titles(picker, "") == ["Одна смена у печи", "Первый разговор", "Проба города"]
    assert titles(picker, "q=печь") == ["Одна смена у печи"]
    assert titles(picker, "kind=seminar") == ["Первый разговор"]
    assert titles(picker, "grade=8&field=metallurgy") == ["Одна смена у печи"]
    assert titles(picker, "skill=trust&minutes=15") == ["Первый разговор"]
    assert "Ничего не подошло" in picker.soup("choose?q=ничего").text
    page = picker.soup("choose?grade=8&q=смена")
    assert page.select_one("details[open]") is not None
    assert page.select_one("#q")["value"] == "смена"  # type: ignore[index]
    assert page.select_one("#f-grade option[selected]")["value"] == "8"  # type: ignore[index]


def test_a_card_says_what_a_teacher_asks_first(picker: Picker) -> None:
    card = picker.soup("choose?q=печь").select_one(".pack-card")
    assert card is not None
    for words in ("курс", "35 минут", "1 задание", "8–9 классы", "металлургия"):
        assert words in card.text
    assert card.select_one("svg.pic") is not None


def test_what_is_picked_stays_picked_on_every_page_of_the_picker(picker: Picker) -> None:
    page = picker.soup("choose?pick=talk&pick=small&q=печь")
    assert [one["value"] for one in page.select("input[data-elsewhere]")] == ["talk", "small"]
    assert "Отмечено: 2" in page.text
    near = picker.soup("choose/preview/furnace?pick=talk&q=печь")
    assert {(one["name"], one["value"]) for one in near.select("form input[type=hidden]")} == {
        ("q", "печь"),
        ("pick", "talk"),
    }
    settings = picker.soup(picker.settings("talk", "small"))
    assert [one["value"] for one in settings.select("#back input")] == ["talk", "small"]


def test_a_look_from_near_shows_the_units_and_a_task_that_cannot_be_answered(picker: Picker) -> None:
    page = picker.soup("choose/preview/small")
    for words in ("Ворота", "Площадь", "3 прохождения", "Как зовут реку?"):
        assert words in page.text
    assert page.select_one("fieldset[disabled] input[name=text]") is not None
    assert page.select_one("section.task form") is None


def test_only_the_found_part_is_given_to_the_script(picker: Picker) -> None:
    answer = picker.get("choose?q=печь", headers={"X-Fragment": "packs"})
    assert "<html" not in answer.text
    assert "Одна смена у печи" in answer.text


def test_two_presses_after_the_pick_are_enough(picker: Picker) -> None:
    (item,) = picker.items("furnace")
    assert item["title"] == "Одна смена у печи"
    assert item["lineItem"]["scoreMaximum"] == 100
    assert item["custom"] == {"pack": "furnace"}


def test_each_item_gets_its_own_title_points_attempts_and_dates(picker: Picker) -> None:
    items = picker.items(
        "furnace", "talk",
        **{
            "furnace.title": "Смена  у печи", "furnace.points": "20", "furnace.attempts": "2", "furnace.due": LATER,
            "talk.points": "", "talk.attempts": "unlimited", "zone": "Asia/Yekaterinburg",
        },
    )  # fmt: skip
    assert [one["title"] for one in items] == ["Смена  у печи", "Первый разговор"]
    assert items[0]["lineItem"]["scoreMaximum"] == 20
    due = f"{LATER[:10]}T13:00:00Z"
    assert items[0]["custom"] == {"pack": "furnace", "attempts": "2", "due": due}
    assert items[0]["submission"] == {"endDateTime": due}
    assert "lineItem" not in items[1], "empty points: no grade is wanted"
    assert items[1]["custom"] == {"pack": "talk", "attempts": "unlimited"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": "  "}, "Напишите название"),
        ({"title": "Д" * 256}, "слишком длинное"),
        ({"points": "12,5"}, "целое число баллов"),
        ({"points": "0"}, "целое число баллов"),
        ({"points": "101"}, "целое число баллов"),
        ({"points": "1e1000000"}, "целое число баллов"),
        ({"points": "NaN"}, "целое число баллов"),
        ({"attempts": "-3"}, "сколько может быть прохождений"),
        ({"opens": "завтра"}, "Напишите дату"),
        ({"due": "0001-01-01T00:00"}, "Напишите дату"),
        ({"closes": "2020-01-01T10:00"}, "уже прошла"),
        ({"opens": LATER, "due": (now() + timedelta(days=1)).strftime("%Y-%m-%dT18:00")}, "Сдать нужно раньше"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    picker: Picker, typed: dict[str, str], words: str
) -> None:
    fields = {f"small.{name}": value for name, value in typed.items()}
    answer = picker.add("small", "talk", **{"talk.title": "Свой разговор", **fields})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Нужно поправить 1 место" in answer.text
    assert 'value="Свой разговор"' in answer.text
    page = BeautifulSoup(answer.text, "html.parser")
    for name, value in typed.items():
        field = page.select_one(f"input[name='small.{name}']")
        assert field is None or field["value"] == value


def test_other_platforms_take_parts_of_points(app: Flask, session: Session) -> None:
    canvas = FakePlatform(issuer="https://canvas.test", client_id="canvas", family="canvas")
    canvas.register(session)
    canvas.publish_keys(app)
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    picker = Picker(app, canvas)
    (item,) = picker.items("small", points="12,5")
    assert item["lineItem"]["scoreMaximum"] == 12.5
    assert picker.add("small", points="0").status_code == 422


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Yekaterinburg", "13"), ("Europe/Moscow", "15"), ("Mars/Olympus", "13"), ("../etc", "13")]
)
def test_times_are_meant_in_the_zone_of_the_browser(picker: Picker, zone: str, hour: str) -> None:
    (item,) = picker.items("small", **{"small.due": LATER, "zone": zone})
    assert item["custom"]["due"] == f"{LATER[:10]}T{hour}:00:00Z"


def test_going_on_without_a_pick_says_what_is_missing(picker: Picker) -> None:
    answer = picker.get("choose/settings?q=печь", follow_redirects=True)
    assert "Пока ничего не отмечено" in answer.text
    assert 'value="печь"' in answer.text


def test_where_one_is_wanted_the_button_on_the_card_is_the_pick(app: Flask, platform: FakePlatform) -> None:
    picker = Picker(app, platform, accept_multiple=False)
    page = picker.soup(picker.home)
    assert page.select("input[type=checkbox]") == []
    assert [one["value"] for one in page.select("button[name=pick]")] == ["furnace", "talk", "small"]


def test_an_address_typed_by_hand_does_no_harm() -> None:
    sent = MultiDict([("q", " а " * 200), ("kind", "'"), ("grade", "x"), ("page", "9" * 30), ("minutes", "-1")])
    choosing = read_choosing(sent, multiple=True)
    assert (choosing.page, choosing.wanted.kind, choosing.wanted.grade, choosing.wanted.minutes) == (1, "", None, None)
    many = MultiDict([("pick", f"p{number}") for number in range(100)] + [("pick", "a\0"), ("pick", "p1")])
    assert len(read_choosing(many, multiple=True).picks) == MAX_PICKS
    assert read_choosing(many, multiple=False).picks == ("p99",)


def test_the_pages_of_the_picker_ask_little(picker: Picker) -> None:
    picker.get("choose")
    picker.get("choose/preview/small")
    for path in ("choose", "choose/preview/small", picker.settings("small", "talk", "furnace")):
        with counted() as asked:
            assert picker.get(path).status_code == 200
        assert len(asked) <= 4, (path, asked)


def test_a_pack_that_is_nobodys_is_not_found(picker: Picker) -> None:
    assert picker.get("choose/preview/nothing").status_code == 404
    form = picker.form("small")
    form["pick"] = "nothing"
    assert picker.post("choose", form).status_code == 400  # type: ignore[arg-type]


def test_a_link_without_a_pack_is_bound_by_its_teacher_with_terms(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    teacher = Walker(
        app.test_client(), platform, platform.claims(sub="3", **{claims.ROLES: [INSTRUCTOR], claims.CUSTOM: {}})
    )
    assert teacher.home.endswith("/choose")
    assert teacher.soup(teacher.home).select_one("a[href*=cancel]") is None
    settings = teacher.soup("choose/settings?pick=small")
    assert settings.select_one("input[name$=points]") is None, "the gradebook's column is the platform's affair here"
    fields = {**teacher.fields("choose/settings?pick=small", "form[method=post]"), "small.attempts": "1"}
    wrong = teacher.post("desk/bind", {**fields, "small.closes": "когда-нибудь"})
    assert wrong.status_code == 422
    assert "Напишите дату" in wrong.text
    assert teacher.post("desk/bind", fields).status_code == 303
    placement = session.scalars(select(Placement)).one()
    assert placement.release_id is not None
    assert placement.attempts_allowed == 1
    learner = Walker(app.test_client(), platform, platform.claims(**{claims.CUSTOM: {}}))
    assert "Проба города" in learner.soup(learner.home).text


def test_terms_are_changed_at_the_desk(app: Flask, session: Session, platform: FakePlatform) -> None:
    body = platform.claims(sub="3", **{claims.ROLES: [INSTRUCTOR], claims.CUSTOM: {"pack": "small", "attempts": "7"}})
    teacher = Walker(app.test_client(), platform, body)
    page = teacher.soup("desk/terms")
    assert page.select_one("option[selected]")["value"] == "7"  # type: ignore[index]
    fields = teacher.fields("desk/terms", "form[method=post]")
    yesterday = (now() - timedelta(days=1)).strftime("%Y-%m-%dT10:00")
    done = teacher.post("desk/terms", {**fields, "small.attempts": "2", "small.closes": yesterday, "zone": "UTC"})
    assert done.status_code == 303, "to close it at once is allowed here"
    session.expire_all()
    placement = session.scalars(select(Placement)).one()
    assert placement.attempts_allowed == 2
    assert placement.closes_at is not None
    assert placement.closes_at.strftime("%Y-%m-%dT%H:%M") == yesterday
    assert "закрыто" in teacher.soup("desk/").text
    shown = teacher.soup("desk/terms").select_one("input[name$=closes]")
    assert shown is not None
    assert shown["value"] == (placement.closes_at + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M")


def test_a_link_to_a_pack_that_nobody_has_is_told_to_the_teacher_and_to_the_learner(
    app: Flask, platform: FakePlatform
) -> None:
    custom = {claims.CUSTOM: {"pack": "gone"}}
    teacher = Walker(app.test_client(), platform, platform.claims(sub="3", **{claims.ROLES: [INSTRUCTOR], **custom}))
    assert "материал, которого у нас нет" in teacher.soup(teacher.home).text
    learner = Walker(app.test_client(), platform, platform.claims(**custom))
    assert "Скажи учителю" in learner.soup(learner.home).text


def test_pictures_of_a_pack_run_nothing(app: Flask, session: Session) -> None:
    release = published(session, id="pictured")
    session.commit()
    client = app.test_client()
    nobody = "00000000-0000-0000-0000-000000000000"
    assert client.get(f"/media/{release.id}/nothing.svg").status_code == 404
    assert client.get(f"/media/{nobody}/x.svg").status_code == 404
    assert client.get(f"/cover/{nobody}.svg").status_code == 404
    cover = client.get(f"/cover/{release.id}.svg")
    assert cover.mimetype == "image/svg+xml"
    assert len(cover.data) < 20_000
    assert cover.text.startswith('<svg xmlns="http://www.w3.org/2000/svg" ')
    assert "sandbox" in cover.headers["Content-Security-Policy"]
