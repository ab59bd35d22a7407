"""A teacher chooses what stands at a link, from inside the LMS."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import db
from lti_tool.learning.models import Placement
from lti_tool.lti import claims, keys
from tests.factories import published
from tests.platform import ABSENT, INSTRUCTOR, LEARNER, FakePlatform
from tests.walker import Walker

RETURN_URL = "https://moodle.school.test/mod/lti/contentitem_return.php?course=2&id=1"


def picking(platform: FakePlatform, **settings: Any) -> dict[str, Any]:
    """Return the claims of a deep linking request of a teacher."""
    wanted = {
        "deep_link_return_url": RETURN_URL,
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe"],
        "accept_multiple": True,
        **settings,
    }
    return platform.claims(
        **{
            claims.MESSAGE_TYPE: "LtiDeepLinkingRequest",
            claims.RESOURCE_LINK: ABSENT,
            claims.ROLES: [INSTRUCTOR],
            claims.DEEP_LINKING: {name: value for name, value in wanted.items() if value is not ABSENT},
        }
    )


def handed_over(app: Flask, page: str, platform: FakePlatform) -> tuple[str, dict[str, Any], list[str]]:
    """Return where the answer goes, its verified claims, and the names of the form's fields."""
    form = BeautifulSoup(page, "html.parser").select_one("form")
    assert form is not None
    fields = {str(one["name"]): str(one["value"]) for one in form.select("input")}
    token = fields["JWT"]
    published_keys = {key["kid"]: key for key in keys.jwks(db.session())["keys"]}
    header = jwt.get_unverified_header(token)
    key = jwt.PyJWK(published_keys[header["kid"]])
    body = jwt.decode(token, key, algorithms=["RS256"], audience=platform.issuer, issuer=platform.client_id)
    return str(form["action"]), body, sorted(fields)


@pytest.fixture
def release(session: Session) -> None:
    published(session)
    keys.ensure_key(session)
    session.commit()


@pytest.mark.usefixtures("release")
def test_a_chosen_pack_is_carried_back_signed(app: Flask, platform: FakePlatform) -> None:
    """D-01, D-03 … D-05, D-09."""
    walker = Walker(app.test_client(), platform, picking(platform, data="тикет-5", accept_lineitem=True))
    page = walker.soup(walker.home)
    assert "Проба города" in page.text
    answer = walker.post("choose", {**walker.fields(walker.home), "pack": "small"})
    action, body, fields = handed_over(app, answer.text, platform)
    assert action == RETURN_URL
    assert fields == ["JWT"]
    assert body[claims.MESSAGE_TYPE] == "LtiDeepLinkingResponse"
    assert body[claims.VERSION] == "1.3.0"
    assert body[claims.DEPLOYMENT_ID] == "1"
    assert body["https://purl.imsglobal.org/spec/lti-dl/claim/data"] == "тикет-5"
    assert body["exp"] - body["iat"] <= 310
    (item,) = body["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"]
    assert item["type"] == "ltiResourceLink"
    assert item["custom"] == {"pack": "small"}
    assert item["lineItem"]["scoreMaximum"] == 100
    assert item["lineItem"]["resourceId"] == "small"
    assert "form-action 'self' https://moodle.school.test" in answer.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("release")
def test_no_column_is_offered_where_none_is_accepted_and_no_data_is_invented(
    app: Flask, platform: FakePlatform
) -> None:
    walker = Walker(app.test_client(), platform, picking(platform, accept_lineitem=False))
    answer = walker.post("choose", {**walker.fields(walker.home), "pack": "small"})
    _action, body, _fields = handed_over(app, answer.text, platform)
    (item,) = body["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"]
    assert "lineItem" not in item
    assert "https://purl.imsglobal.org/spec/lti-dl/claim/data" not in body


@pytest.mark.usefixtures("release")
def test_cancelling_goes_back_with_nothing(app: Flask, platform: FakePlatform) -> None:
    walker = Walker(app.test_client(), platform, picking(platform))
    _action, body, _fields = handed_over(app, walker.get("picking/cancel").text, platform)
    assert body["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"] == []


@pytest.mark.usefixtures("release")
@pytest.mark.parametrize("missing", ["deep_link_return_url", "accept_types", "accept_presentation_document_targets"])
def test_settings_must_be_complete(app: Flask, platform: FakePlatform, missing: str) -> None:
    """D-02."""
    answer = platform.launch(app.test_client(), picking(platform, **{missing: ABSENT}))
    assert answer.status_code == 400
    assert "LTI-10" in answer.text


@pytest.mark.usefixtures("release")
def test_a_learner_cannot_pick(app: Flask, platform: FakePlatform) -> None:
    body = {**picking(platform), claims.ROLES: [LEARNER]}
    client = app.test_client()
    launched = platform.launch(client, body)
    assert client.get(launched.location, base_url=platform.tool).status_code == 403


@pytest.mark.usefixtures("release")
def test_a_type_that_is_not_accepted_and_a_pack_that_is_not_there_are_refused(
    app: Flask, platform: FakePlatform
) -> None:
    walker = Walker(app.test_client(), platform, picking(platform, accept_types=["html"]))
    assert walker.post("choose", {**walker.fields(walker.home), "pack": "small"}).status_code == 400
    assert walker.post("choose", {**walker.fields(walker.home), "pack": "nothing"}).status_code == 400


@pytest.mark.usefixtures("release")
def test_a_link_without_a_pack_is_bound_by_its_teacher(app: Flask, session: Session, platform: FakePlatform) -> None:
    body = platform.claims(sub="3", **{claims.ROLES: [INSTRUCTOR], claims.CUSTOM: {}})
    walker = Walker(app.test_client(), platform, body)
    assert walker.home.endswith("/choose")
    answer = walker.post("desk/bind", {**walker.fields(walker.home), "pack": "small"})
    assert answer.status_code == 303
    assert session.scalars(select(Placement)).one().release_id is not None
    learner = Walker(app.test_client(), platform, platform.claims(**{claims.CUSTOM: {}}))
    assert "Проба города" in learner.soup(learner.home).text


def test_pictures_of_a_pack_run_nothing(app: Flask, session: Session) -> None:
    release = published(session)
    session.commit()
    assert app.test_client().get(f"/media/{release.id}/nothing.svg").status_code == 404
    assert app.test_client().get("/media/00000000-0000-0000-0000-000000000000/x.svg").status_code == 404
