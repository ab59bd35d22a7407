"""A teacher's visit that was opened to choose something for the platform, and the answer it ends with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import jwt
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lti_tool.db import db
from lti_tool.lti import claims, keys
from tests.platform import ABSENT, INSTRUCTOR, FakePlatform
from tests.walker import Walker

RETURN_URL = "https://moodle.school.test/mod/lti/contentitem_return.php?course=2&id=1"
CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"


def picking(platform: FakePlatform, *, roles: Any = (INSTRUCTOR,), **settings: Any) -> dict[str, Any]:
    """Return the claims of a deep linking request of a teacher, as Moodle makes it; ABSENT takes a setting away."""
    wanted = {
        "deep_link_return_url": RETURN_URL,
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_multiple": True,
        **settings,
    }
    return platform.claims(
        **{
            claims.MESSAGE_TYPE: "LtiDeepLinkingRequest",
            claims.RESOURCE_LINK: ABSENT,
            claims.CUSTOM: ABSENT,
            claims.ROLES: roles if roles is ABSENT else list(roles),
            claims.DEEP_LINKING: {name: value for name, value in wanted.items() if value is not ABSENT},
        }
    )


class Picker(Walker):
    """Somebody in the picker."""

    def __init__(self, app: Flask, platform: FakePlatform, **settings: Any) -> None:
        super().__init__(app.test_client(), platform, picking(platform, **settings))
        self.platform = platform

    def settings(self, *packs: str) -> str:
        """The address of the second step with these packs."""
        return "choose/settings?" + urlencode([("pick", pack) for pack in packs])

    def form(self, *packs: str) -> MultiDict[str, str]:
        """The form of the second step as it stands, before anything is typed."""
        form = self.soup(self.settings(*packs)).select_one("form[method=post]")
        assert form is not None
        values: MultiDict[str, str] = MultiDict()
        for one in form.select("input[name]"):
            values.add(str(one["name"]), str(one.get("value", "")))
        for select in form.select("select[name]"):
            chosen = select.select_one("option[selected]")
            assert chosen is not None
            values.add(str(select["name"]), str(chosen["value"]))
        return values

    def add(self, *packs: str, **typed: str) -> TestResponse:
        """Add packs to the course; ``typed`` by "pack.field", or "field" for all of them; "zone" is the form's."""
        form = self.form(*packs)
        for name, value in typed.items():
            for field in [name] if "." in name or name == "zone" else [f"{pack}.{name}" for pack in packs]:
                form.setlist(field, [value])
        return self.post("choose", form)  # type: ignore[arg-type]

    def items(self, *packs: str, **typed: str) -> list[dict[str, Any]]:
        """Add packs; return the content items of the answer."""
        answer = self.add(*packs, **typed)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = handed_over(answer.text, self.platform)[1][CLAIM + "content_items"]
        return found


def handed_over(page: str, platform: FakePlatform) -> tuple[str, dict[str, Any], list[str]]:
    """Return where the answer goes, its claims, verified with our keys, and the names of the form's fields."""
    form = BeautifulSoup(page, "html.parser").select_one("form[data-auto-post]")
    assert form is not None, page
    assert form["method"] == "post"
    fields = {str(one["name"]): str(one["value"]) for one in form.select("input")}
    body = verified(fields["JWT"], platform)
    return str(form["action"]), body, sorted(fields)


def verified(token: str, platform: FakePlatform) -> dict[str, Any]:
    """Return the claims of an answer, as a strict platform would read them."""
    header = jwt.get_unverified_header(token)
    assert header["alg"] == "RS256"
    published = {key["kid"]: key for key in keys.jwks(db.session())["keys"]}
    body: dict[str, Any] = jwt.decode(
        token,
        jwt.PyJWK(published[header["kid"]]),
        algorithms=["RS256"],
        audience=platform.issuer,
        issuer=platform.client_id,
        options={"require": ["iss", "aud", "iat", "exp", "nonce"]},
    )
    return body
