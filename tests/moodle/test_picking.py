"""What a real Moodle was seen to do with answers of a picker, and how ours keeps clear of what went wrong there."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.catalog.releases import publish
from lti_tool.lti import claims, keys
from tests.factories import published
from tests.packs import described_pack
from tests.picking import CLAIM, Picker, handed_over
from tests.platform import FakePlatform

RECORDINGS = Path(__file__).parent / "recordings"


def recording(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return found


class _Recorded(Picker):
    """A picker that a recorded request of Moodle's opened."""

    def __init__(self, app: Flask, platform: FakePlatform) -> None:
        body = dict(recording("launch-deeplink-teacher")["claims"])
        for name in ("iat", "exp", "nonce"):
            del body[name]
        moment = int(time.time())
        self.body = {**body, "iat": moment, "exp": moment + 60}
        super(Picker, self).__init__(app.test_client(), platform, self.body)
        self.platform = platform


@pytest.fixture
def picker(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> _Recorded:
    """Moodle asks as it was recorded, and the tool stands where it stood."""
    body = recording("launch-deeplink-teacher")["claims"]
    moodle = FakePlatform(issuer=body["iss"], client_id=body["aud"], tool="http://127.0.0.1:9000")
    moodle.register(session)
    moodle.publish_keys(app)
    published(session)
    publish(session, described_pack("furnace", "Одна смена у печи"))
    keys.ensure_key(session)
    session.commit()
    settings = replace(app.extensions["lyceum.settings"], public_url=moodle.tool)
    monkeypatch.setitem(app.extensions, "lyceum.settings", settings)
    return _Recorded(app, moodle)


def test_the_recorded_request_opens_the_picker_and_gets_an_answer_of_the_recorded_shape(picker: _Recorded) -> None:
    action, body, _fields = handed_over(picker.add("small", points="20", attempts="2").text, picker.platform)
    wanted = picker.body["https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"]
    assert action == wanted["deep_link_return_url"]
    assert CLAIM + "data" not in body, "this Moodle sends none"
    taken = recording("deep-link-response-single")["claims"]
    assert set(body) == set(taken)
    ours, theirs = body[CLAIM + "content_items"][0], taken[CLAIM + "content_items"][0]
    assert set(ours) <= set(theirs), "nothing that Moodle was not seen to take"
    assert set(ours["lineItem"]) <= set(theirs["lineItem"])
    assert body[claims.DEPLOYMENT_ID] == taken[claims.DEPLOYMENT_ID]


def test_points_are_what_moodle_takes_though_its_family_is_known_from_the_launch_alone(picker: _Recorded) -> None:
    recorded = recording("deeplink-multiple-items")
    assert recorded["items"][0]["lineItem"]["scoreMaximum"] == 12.5, "Moodle made 100 of it without a word"
    for points in ("12.5", "12,5", "0", "101"):
        assert picker.add("small", points=points).status_code == 422
    (item,) = picker.items("small", points="100")
    assert item["lineItem"]["scoreMaximum"] == 100


def test_a_long_title_stops_here_and_not_in_moodles_form(picker: _Recorded) -> None:
    recorded = recording("deeplink-long-title")
    assert recorded["result"]["after_save_alerts"] == ["Maximum of 255 characters"]
    assert picker.add("small", title=recorded["items"][0]["title"]).status_code == 422
    assert picker.add("small", title=recorded["items"][0]["title"][:255]).status_code == 200


def test_no_parameter_can_fall_apart_into_two(picker: _Recorded) -> None:
    saved = recording("deeplink-multiple-items")["items"][2]["custom"]
    assert saved["newline"] == "a\nb", "Moodle kept this as two parameters"
    later = "2030-01-01T10:00"
    for item in picker.items("small", "furnace", attempts="2", opens=later, due=later, closes="2030-01-02T10:00"):
        for name, value in item["custom"].items():
            assert re.fullmatch(r"[a-z]+", name)
            assert re.fullmatch(r"[\w:-]+", value)


@pytest.mark.parametrize("name", ["deeplink-iat-future", "deeplink-expired-jwt"])
def test_the_answer_is_dated_so_that_moodle_takes_it(picker: _Recorded, name: str) -> None:
    assert "Exception" in recording(name)["result"]["return_frame_text"]
    body = handed_over(picker.add("small").text, picker.platform)[1]
    assert body["iat"] <= time.time() - 3, "its clock may be a little behind ours"
    assert body["exp"] >= time.time() + 60


def test_a_title_with_signs_goes_as_it_is(picker: _Recorded) -> None:
    recorded = recording("deeplink-html-title")
    title = recorded["items"][0]["title"]
    assert recorded["result"]["form_values"]["name"] == title, "Moodle takes it as plain text"
    (item,) = picker.items("small", title=title)
    assert item["title"] == title
