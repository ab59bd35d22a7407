"""A whole LMS over real HTTP, as a connection check meets it: sign-in, keys, token, columns, members, scores."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy.orm import Session
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler

from lti_tool.console import checks
from lti_tool.console.findings import Finding, Step, StepName
from lti_tool.lti.services import nrps
from lti_tool.people.models import Identity
from lti_tool.schools.models import Platform
from tests.factories import (
    ContextFactory,
    DeploymentFactory,
    IdentityFactory,
    LineItemFactory,
    PlacementFactory,
    PlatformFactory,
    RosterFactory,
)
from tests.gradebook.host import ALL_SCOPES, CONTAINER_PATH, TOKEN_PATH, Host, _add_key, respond
from tests.people.host import MEMBERS_PATH, RosterHost, member
from tests.platform import KEY, public_jwk

OPEN = ("auth", "keys")


@dataclass
class Lms(RosterHost):
    """``made`` and ``deleted``: columns that the tool made and deleted. A teacher cannot be graded, as in Moodle."""

    granted: list[str] = field(default_factory=lambda: [*ALL_SCOPES, nrps.SCOPE])
    members: list[dict[str, Any]] = field(default_factory=lambda: [member("6"), member("3", "teacher")])
    published: Any = field(default_factory=lambda: {"keys": [public_jwk(KEY, "key-1")]})
    made: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def _kind(self, request: Request) -> str:
        if request.path.endswith("/auth.php"):
            return "auth"
        if request.path.endswith("/certs.php"):
            return "keys"
        if request.path == CONTAINER_PATH and request.method == "POST":
            return "create"
        kind = RosterHost._kind(self, request) if request.path == MEMBERS_PATH else Host._kind(self, request)
        return "delete" if kind == "column" and request.method == "DELETE" else kind

    def _answer(self, request: Request) -> Response:
        kind = self._kind(request)
        if kind in OPEN and not self.answers.get(kind):
            self.requests.append(kind)
            return respond(200, "OK", self.published) if kind == "keys" else respond(400, "Bad Request", "<html>")
        return super()._answer(request)

    def _create(self, request: Request) -> Response:
        body = json.loads(request.get_data())
        column = {**body, "id": f"{self.url}{CONTAINER_PATH}/{90 + len(self.made)}/lineitem?type_id=1"}
        self.made.append(column)
        self.columns.append(column)
        return respond(201, "Created", column)

    def _delete(self, request: Request) -> Response:
        self.deleted.append(request.path)
        self.columns = [column for column in self.columns if request.path not in column["id"]]
        return respond(204, "No Content")

    def _score(self, request: Request) -> Response:
        person = next((one for one in self.members if one["user_id"] == self.scores[-1]["userId"]), None)
        if person is None or "Learner" not in person["roles"]:
            return respond(400, "Incorrect score received", [])
        return super()._score(request)


@dataclass
class Connection:
    """The platform as our database knows it, and checks of it."""

    app: Flask
    session: Session
    platform: Platform
    teacher: Identity
    placement_id: UUID

    def check(self, *, as_operator: bool = False) -> dict[StepName, Step]:
        """Walk a check, as the page's job or as the command does."""
        begun = (
            checks.begin(self.session, self.platform.id, begun_by=checks.OPERATOR)
            if as_operator
            else checks.begin(
                self.session,
                self.platform.id,
                begun_by=checks.ADMINISTRATOR,
                placement_id=self.placement_id,
                identity_id=self.teacher.id,
            )
        )
        self.session.commit()
        assert begun is not None
        steps = checks.run(self.platform.id, begun)
        assert [step.name for step in steps] == list(StepName)
        return {step.name: step for step in steps}

    def findings(self, **how: bool) -> dict[str, Finding]:
        """The findings by the steps' names."""
        return {str(name): step.finding for name, step in self.check(**how).items()}


@pytest.fixture
def lms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lms]:
    """The LMS at an address of its own."""
    server = HTTPServer(host="127.0.0.1", port=0, threaded=True)
    made = Lms(server)
    monkeypatch.setattr(WSGIRequestHandler, "date_time_string", lambda handler, timestamp=None: made.date())
    server.expect_request(re.compile(".*")).respond_with_handler(made.handle)
    server.start()
    yield made
    server.clear()
    if server.is_running():
        server.stop()


@pytest.fixture
def connection(app: Flask, session: Session, lms: Lms, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A platform that was launched from: a course with a column and a roster, and a teacher who came in.

    It is given more time than it needs: the machine of the tests may be busy.
    """
    settings = replace(app.extensions["lyceum.settings"], http_connect_timeout=5, http_read_timeout=10)
    monkeypatch.setitem(app.extensions, "lyceum.settings", settings)
    platform = PlatformFactory(
        issuer=lms.url,
        auth_url=f"{lms.url}/mod/lti/auth.php",
        token_url=lms.url + TOKEN_PATH,
        jwks_url=f"{lms.url}/mod/lti/certs.php",
    )
    deployment = DeploymentFactory(platform=platform, deployment_id="1")
    context = ContextFactory(deployment=deployment)
    item = LineItemFactory(
        deployment=deployment, resource_link_id="1", url=lms.column_url, container_url=lms.container_url
    )
    placement = PlacementFactory(deployment=deployment, resource_link_id="1", context_id=context.id, line_item=item)
    RosterFactory(context=context, members_url=lms.url + MEMBERS_PATH)
    teacher = IdentityFactory(platform=platform, subject="3")
    _add_key(session)
    session.commit()
    return Connection(app, session, platform, teacher, placement.id)


__all__ = ["Connection", "Lms", "connection", "lms"]
