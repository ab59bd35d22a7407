"""D-01 … D-15: a teacher chooses content for a course, and the platform gets an answer to rely on (Deep Linking)."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lti_tool.catalog.releases import publish
from lti_tool.clock import now
from lti_tool.learning.models import Placement
from lti_tool.lti import claims, keys
from lti_tool.lti.models import Visit
from tests.conformance.door import knock, visits
from tests.factories import SchoolFactory, published
from tests.packs import described_pack, small_pack
from tests.picking import CLAIM, RETURN_URL, Picker, handed_over, picking
from tests.platform import ABSENT, INSTRUCTOR, LEARNER, FakePlatform
from tests.walker import Walker

LATER = (now() + timedelta(days=30)).strftime("%Y-%m-%dT18:00")
LATER_STILL = (now() + timedelta(days=40)).strftime("%Y-%m-%dT18:00")


@pytest.fixture(autouse=True)
def packs(session: Session) -> None:
    published(session)
    publish(session, described_pack("furnace", "Одна смена у печи"))
    publish(session, described_pack("talk", "Первый разговор"))
    keys.ensure_key(session)
    session.commit()


def cancelled(picker: Walker, platform: FakePlatform) -> dict[str, Any]:
    """The claims with which the way back leads to the platform."""
    answer = picker.get("picking/cancel")
    assert answer.status_code == 200
    return handed_over(answer.text, platform)[1]


def test_d_01_a_teacher_gets_the_picker(app: Flask, platform: FakePlatform) -> None:
    titles = [one.text for one in Picker(app, platform).soup("choose").select(".pack-card h2")]
    assert titles == [
        "Одна смена у печи",
        "Первый разговор",
        "Проба города",
    ]


@pytest.mark.parametrize("roles", [[LEARNER], [], ABSENT])
def test_d_01_whoever_may_not_choose_gets_403_and_a_way_back(app: Flask, platform: FakePlatform, roles: Any) -> None:
    visitor = Picker(app, platform, roles=roles)
    for path in ("choose", "choose/settings?pick=small", "choose/preview/small"):
        refused = visitor.get(path)
        assert refused.status_code == 403
        way_back = BeautifulSoup(refused.text, "html.parser").select_one("a.button")
        assert way_back is not None
        assert way_back["href"] == f"/v/{visitor.visit}/picking/cancel"
    assert cancelled(visitor, platform)[CLAIM + "content_items"] == []


@pytest.mark.parametrize("missing", ["deep_link_return_url", "accept_types", "accept_presentation_document_targets"])
def test_d_02_settings_must_be_complete(app: Flask, session: Session, platform: FakePlatform, missing: str) -> None:
    assert knock(app, platform, picking(platform, **{missing: ABSENT})).verdict == (400, "LTI-10")
    assert visits(session) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"accept_types": "ltiResourceLink"},
        {"accept_presentation_document_targets": None},
        {"deep_link_return_url": "javascript:alert(1)"},
        {"deep_link_return_url": 5},
    ],
)
def test_d_02_settings_must_be_what_they_claim_to_be(
    app: Flask, session: Session, platform: FakePlatform, changes: dict[str, Any]
) -> None:
    assert knock(app, platform, picking(platform, **changes)).verdict == (400, "LTI-10")
    assert visits(session) == 0


@pytest.mark.parametrize(
    "data",
    ["", "тикет-5", "x" * 8192, "🔥 \u200f\n\t\"'<&>", "\u0001\u007f", '{"a": [1, 2]}'],
    ids=["empty", "word", "8 kB", "signs", "control", "json"],
)
def test_d_03_data_is_echoed_as_it_came(app: Flask, platform: FakePlatform, data: str) -> None:
    picker = Picker(app, platform, data=data)
    assert handed_over(picker.add("small").text, platform)[1][CLAIM + "data"] == data
    assert cancelled(picker, platform)[CLAIM + "data"] == data


def test_d_03_no_data_is_invented(app: Flask, platform: FakePlatform) -> None:
    picker = Picker(app, platform)
    assert CLAIM + "data" not in handed_over(picker.add("small").text, platform)[1]
    assert CLAIM + "data" not in cancelled(picker, platform)


def test_d_04_the_answer_is_signed_addressed_and_dated(app: Flask, platform: FakePlatform) -> None:
    body = handed_over(Picker(app, platform).add("small").text, platform)[1]  # verifies with our published keys
    assert body["iss"] == platform.client_id
    assert body["aud"] == platform.issuer
    assert body[claims.MESSAGE_TYPE] == "LtiDeepLinkingResponse"
    assert body[claims.VERSION] == "1.3.0"
    assert body[claims.DEPLOYMENT_ID] == platform.deployment_id
    assert body["iat"] <= time.time() < body["exp"] <= body["iat"] + 600
    assert len(body["nonce"]) >= 22


def test_d_05_delivery_is_a_post_of_one_field_to_the_signed_address(app: Flask, platform: FakePlatform) -> None:
    picker = Picker(app, platform)
    form = picker.form("small")
    form["deep_link_return_url"] = form["return_url"] = form["action"] = "https://evil.test/"
    answer = picker.post("choose", form)  # type: ignore[arg-type]
    action, _body, fields = handed_over(answer.text, platform)
    assert action == RETURN_URL
    assert fields == ["JWT"]
    assert "form-action 'self' https://moodle.school.test" in answer.headers["Content-Security-Policy"]
    assert "evil.test" not in answer.text


def test_d_06_cancelling_answers_with_no_items(app: Flask, platform: FakePlatform) -> None:
    picker = Picker(app, platform)
    for path in ("choose", "choose/settings?pick=small"):
        way_back = picker.soup(path).select_one("a[href$='/picking/cancel']")
        assert way_back is not None, path
    body = cancelled(picker, platform)
    assert body[CLAIM + "content_items"] == []
    assert CLAIM + "errormsg" not in body


@pytest.mark.parametrize("path", ["choose/preview/nothing", "choose/settings?pick=nothing", "desk/", "course"])
def test_d_06_no_error_inside_the_picker_is_a_dead_end(app: Flask, platform: FakePlatform, path: str) -> None:
    picker = Picker(app, platform)
    answer = picker.get(path)
    assert answer.status_code in {403, 404}
    assert f'href="/v/{picker.visit}/picking/cancel"' in answer.text


@pytest.mark.parametrize("accept_multiple", [False, ABSENT, None, "true"])
def test_d_07_at_most_one_item_where_not_more_are_accepted(
    app: Flask, platform: FakePlatform, accept_multiple: Any
) -> None:
    picker = Picker(app, platform, accept_multiple=accept_multiple)
    assert picker.soup("choose").select("input[type=checkbox]") == []
    form = picker.form("small")
    form.setlist("pick", ["small", "talk"])
    form["talk.title"] = "Ещё один"
    assert picker.post("choose", form).status_code == 400  # type: ignore[arg-type]
    assert len(picker.items("small")) == 1


def test_d_07_several_where_they_are(app: Flask, platform: FakePlatform) -> None:
    items = Picker(app, platform, accept_multiple=True).items("talk", "small", "furnace")
    assert [one["custom"]["pack"] for one in items] == ["talk", "small", "furnace"]


@pytest.mark.parametrize("accept_types", [["html"], ["link", "file", "image"], [], [7, None]])
def test_d_08_a_type_that_is_not_accepted_is_neither_offered_nor_sent(
    app: Flask, platform: FakePlatform, accept_types: list[Any]
) -> None:
    picker = Picker(app, platform, accept_types=accept_types)
    page = picker.soup("choose")
    assert "нечего предложить" in page.text
    assert page.select(".pack-card, form") == []
    form = MultiDict([*picker.fields(picker.settings("small"), "form[method=post]").items()])
    assert picker.post("choose", form).status_code == 400  # type: ignore[arg-type]
    body = cancelled(picker, platform)
    assert body[CLAIM + "content_items"] == []
    assert body[CLAIM + "errormsg"]


def test_d_09_no_line_item_where_none_is_accepted(app: Flask, platform: FakePlatform) -> None:
    picker = Picker(app, platform, accept_lineitem=False)
    assert picker.soup(picker.settings("small")).select_one("input[name='small.points']") is None
    (item,) = picker.items("small", points="50")
    assert "lineItem" not in item


@pytest.mark.parametrize("accept_lineitem", [True, ABSENT])
def test_d_09_its_maximum_is_a_number_above_zero(app: Flask, platform: FakePlatform, accept_lineitem: Any) -> None:
    picker = Picker(app, platform, accept_lineitem=accept_lineitem)
    (item,) = picker.items("small", points="20")
    column = item["lineItem"]
    assert column["scoreMaximum"] == 20
    assert isinstance(column["scoreMaximum"], int), "Moodle takes whole numbers only"
    assert (column["label"], column["resourceId"], column["tag"]) == (item["title"], "small", "grade")
    assert column["submissionReview"]["url"] == item["url"]
    for points in ("0", "-5", "inf", "x"):
        assert picker.add("small", points=points).status_code == 422


def test_d_10_parameters_are_strings_and_dates_have_a_zone_and_an_order(app: Flask, platform: FakePlatform) -> None:
    picker = Picker(app, platform)
    (item,) = picker.items("small", attempts="2", opens=LATER, due=LATER_STILL, closes=LATER_STILL)
    assert set(item["custom"]) == {"pack", "attempts", "opens", "due", "closes"}
    for value in item["custom"].values():
        assert isinstance(value, str)
        assert "\n" not in value
    for span in (item["available"], item["submission"]):
        start, end = (datetime.fromisoformat(span[name]) for name in ("startDateTime", "endDateTime"))
        assert start.utcoffset() is not None
        assert start <= end
    assert picker.add("small", opens=LATER_STILL, due=LATER).status_code == 422
    assert picker.add("small", opens=LATER_STILL, closes=LATER).status_code == 422


@pytest.mark.parametrize("address", ["http://moodle.school.test/return", "http://localhost/return"])
def test_d_11_an_open_way_back_is_refused_in_production(
    app: Flask, session: Session, platform: FakePlatform, address: str
) -> None:
    answer = knock(app, platform, picking(platform, deep_link_return_url=address))
    assert answer.verdict == (400, "LTI-11")
    assert visits(session) == 0


def test_d_12_two_tabs_answer_each_their_own_request(app: Flask, platform: FakePlatform) -> None:
    one = Picker(app, platform, data="one")
    other = Picker(app, platform, data="other", accept_multiple=False, deep_link_return_url=RETURN_URL + "&tab=2")
    other.client = one.client = _with_both(app, platform, one, other)
    action, body, _fields = handed_over(one.add("small", "talk").text, platform)
    assert (action, body[CLAIM + "data"], len(body[CLAIM + "content_items"])) == (RETURN_URL, "one", 2)
    action, body, _fields = handed_over(other.add("furnace").text, platform)
    assert (action, body[CLAIM + "data"]) == (RETURN_URL + "&tab=2", "other")
    assert body[CLAIM + "content_items"][0]["custom"] == {"pack": "furnace"}


def _with_both(app: Flask, platform: FakePlatform, *pickers: Picker) -> Any:
    """A browser that holds the cookies of both visits."""
    client = app.test_client()
    for picker in pickers:
        name = f"__Host-visit-{picker.visit.replace('-', '')}"
        cookie = picker.client.get_cookie(name, domain="city.test")
        assert cookie is not None
        client.set_cookie(name, cookie.value, domain="city.test", secure=True)
    return client


def test_d_13_sent_twice_the_second_answer_is_a_new_one(app: Flask, platform: FakePlatform) -> None:
    picker = Picker(app, platform)
    nonces = {handed_over(picker.add("small").text, platform)[1]["nonce"] for _ in range(3)}
    assert len(nonces) == 3


def test_d_13_the_request_ends_with_the_visit(app: Flask, session: Session, platform: FakePlatform) -> None:
    picker = Picker(app, platform)
    form = picker.form("small")
    session.execute(update(Visit).values(expires_at=now() - timedelta(seconds=1)))
    session.commit()
    for answer in (picker.get("choose"), picker.post("choose", form), picker.get("picking/cancel")):  # type: ignore[arg-type]
        assert answer.status_code == 401
        assert "LTI-63" in answer.text
        assert "откройте выбор материала" in answer.text
        assert "JWT" not in answer.text


@pytest.mark.parametrize("where", ["custom", "address"])
@pytest.mark.parametrize("role", [INSTRUCTOR, LEARNER])
def test_d_14_an_item_that_names_another_schools_pack_is_refused(
    app: Flask, session: Session, platform: FakePlatform, where: str, role: str
) -> None:
    publish(session, small_pack(id="theirs"), school_id=SchoolFactory().id)
    session.commit()
    target = platform.tool + "/lti/launch" + ("?pack=theirs" if where == "address" else "")
    custom = {"pack": "theirs"} if where == "custom" else {}
    body = platform.claims(**{claims.CUSTOM: custom, claims.ROLES: [role], claims.TARGET_LINK_URI: target})
    answer = knock(app, platform, body, login={"target_link_uri": target})
    assert answer.verdict == (403, "LTI-64")
    assert visits(session) == 0
    assert session.scalars(select(Placement)).all() == []


def test_d_14_another_schools_pack_can_be_neither_seen_nor_picked_nor_bound(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    publish(session, small_pack(id="theirs"), school_id=SchoolFactory().id)
    publish(session, described_pack("ours", "Только наше"), school_id=platform.row.school_id)
    session.commit()
    picker = Picker(app, platform)
    page = picker.soup("choose")
    assert "Только наше" in page.text
    assert [one["value"] for one in page.select("input[name=pick]")].count("theirs") == 0
    for path in ("choose/preview/theirs", "choose/settings?pick=small&pick=theirs"):
        assert picker.get(path).status_code == 403
    form = picker.form("small")
    form["pick"] = "theirs"
    assert picker.post("choose", form).status_code == 403  # type: ignore[arg-type]
    body = platform.claims(sub="3", **{claims.ROLES: [INSTRUCTOR], claims.CUSTOM: {}})
    teacher = Walker(app.test_client(), platform, body)
    fields = teacher.fields("choose/settings?pick=small", "form[method=post]")
    assert teacher.post("desk/bind", {**fields, "pick": "theirs"}).status_code == 403
    assert session.scalars(select(Placement.release_id)).one() is None


@pytest.mark.parametrize(
    "title",
    [
        "</script><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "\u200fשלום עולם",
        "👩\u200d🚀 Космос 🔥",
        "{{ 7*7 }} %s",
    ],
)
def test_d_15_odd_titles_are_text_in_json_and_on_the_page(app: Flask, platform: FakePlatform, title: str) -> None:
    picker = Picker(app, platform)
    (item,) = picker.items("small", title=title)
    assert item["title"] == item["lineItem"]["label"] == title
    again = picker.add("small", title=title, points="0")
    field = BeautifulSoup(again.text, "html.parser").select_one("input[name='small.title']")
    assert field is not None
    assert field["value"] == title
    assert "<script>alert" not in again.text
    assert "<img src=x" not in again.text


def test_d_15_a_line_break_does_not_reach_the_platform(app: Flask, platform: FakePlatform) -> None:
    (item,) = Picker(app, platform).items("small", title="Первая\r\nвторая\u2028третья")
    assert item["title"] == "Первая  вторая третья"
