"""A platform that lists the members and groups of its course over real HTTP, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug import Request, Response

from lti_tool.clock import now
from lti_tool.db import db, reading
from lti_tool.lti.services import groups, nrps
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.http import ServiceHttp
from lti_tool.people.models import GroupMembership, Identity, Membership, Roster, RosterProblem
from lti_tool.people.roster_sync import sync
from lti_tool.schools.models import Platform
from lti_tool.schools.registrations import to_registration
from tests.factories import ContextFactory, DeploymentFactory, PlatformFactory, RosterFactory
from tests.gradebook.host import TOKEN_PATH, Host, _add_key, respond

MEMBERS_PATH = "/mod/lti/services.php/CourseSection/2/bindings/1/memberships"
GROUPS_PATH = "/groups/2"
SETS_PATH = "/group-sets/2"
ROLES = {"learner": ["Learner"], "teacher": ["Instructor"]}


def member(user_id: str, role: str = "learner", **changes: Any) -> dict[str, Any]:
    """An entry of a list as Moodle writes it; what is None is left out."""
    entry: dict[str, Any] = {
        "status": "Active",
        "roles": ROLES[role],
        "user_id": user_id,
        "lis_person_sourcedid": "",
        "name": f"Ученик {user_id}",
        "email": f"u{user_id}@school.test",
        **changes,
    }
    return {name: value for name, value in entry.items() if value is not None}


@dataclass
class RosterHost(Host):
    """``members`` is the list of the course; ``of_links`` the lists of its links, where they differ."""

    granted: list[str] = field(default_factory=lambda: [nrps.SCOPE, groups.SCOPE])
    members: list[dict[str, Any]] = field(default_factory=list)
    of_links: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    sets: list[dict[str, Any]] = field(default_factory=list)
    page_size: int | None = None
    differences: str | None = None
    asked: list[Request] = field(default_factory=list)

    @property
    def members_url(self) -> str:
        return self.url + MEMBERS_PATH

    @property
    def groups_url(self) -> str:
        return self.url + GROUPS_PATH

    @property
    def sets_url(self) -> str:
        return self.url + SETS_PATH

    def queries(self) -> list[dict[str, str]]:
        """What was asked of the list of members, request by request."""
        return [request.args.to_dict() for request in self.asked]

    def _kind(self, request: Request) -> str:
        kinds = {TOKEN_PATH: "token", GROUPS_PATH: "groups_page", SETS_PATH: "sets_page"}
        kind = kinds.get(request.path, "differences_page" if request.path == "/differences" else "members_page")
        if kind in {"members_page", "differences_page"}:
            self.asked.append(request)
        return kind

    def _members_page(self, request: Request) -> Response:
        if request.headers.get("Accept") != nrps.MEMBERSHIPS:
            return respond(400, "No handler found")
        link = request.args.get("rlid")
        entries = self.members if link is None else self.of_links.get(link)
        if entries is None:
            return respond(404, f"Not Found: LTI link {link} doesn't exist")
        wanted = request.args.get("role", "").rpartition("#")[2]
        entries = [entry for entry in entries if not wanted or wanted in entry["roles"]]
        return self._page(
            request, entries, {"id": self.members_url, "context": {"id": "2"}}, "members", nrps.MEMBERSHIPS
        )

    def _differences_page(self, request: Request) -> Response:
        return self._page(request, self.changes, {"context": {"id": "2"}}, "members", nrps.MEMBERSHIPS)

    def _groups_page(self, request: Request) -> Response:
        return self._page(request, self.groups, {}, "groups", groups.GROUPS)

    def _sets_page(self, request: Request) -> Response:
        return self._page(request, self.sets, {}, "sets", groups.GROUP_SETS)

    def _page(self, request: Request, entries: list[Any], head: dict[str, Any], name: str, media: str) -> Response:
        size = min(int(request.args.get("limit", 10**6)), self.page_size or 10**6)
        start = int(request.args.get("from", 0))
        links = []
        if start + size < len(entries):
            # Moodle's next page keeps what was asked for, save the role.
            kept = {key: value for key, value in request.args.items() if key != "role"}
            query = urlencode({**kept, "limit": size, "from": start + size})
            links.append(f'<{self.url}{request.path}?{query}>; rel="next"')
        elif self.differences:
            links.append(f'<{self.differences}>; rel="differences"')
        headers = {"Content-Type": f"{media}; charset=utf-8", **({"Link": ", ".join(links)} if links else {})}
        return respond(200, "OK", {**head, name: entries[start : start + size]}, headers)


@dataclass
class Course:
    """A course whose list can be read, as our database knows it."""

    app: Flask
    session: Session
    host: RosterHost
    context_id: UUID
    roster_id: UUID
    platform_id: UUID

    def sync(self) -> RosterProblem | None:
        """Read the list now, as a worker does; return why it was not, if it was not."""
        self.due()
        came = sync(self.context_id)
        assert came is not None, "another worker has it"
        return came[""]

    def due(self, link: str = "") -> None:
        """Let a list be due."""
        with Session(db.engine) as session, session.begin():
            row = session.scalars(
                select(Roster).where(Roster.context_id == self.context_id, Roster.resource_link_id == link)
            ).one_or_none()
            if row is None:
                session.add(row := Roster(context_id=self.context_id, resource_link_id=link))
            row.due_at = now()

    def roster(self, link: str = "") -> Roster:
        """The row of a list as it stands now."""
        (row,) = self.ask(select(Roster).where(Roster.context_id == self.context_id, Roster.resource_link_id == link))
        found: Roster = row
        return found

    def standing(self, link: str = "") -> dict[str, str]:
        """Who stands on a list, and how: status by subject."""
        with reading(), Session(db.engine) as session:
            rows = session.execute(
                select(Identity.subject, Membership.status)
                .join(Membership, Membership.identity_id == Identity.id)
                .join(Roster, Roster.id == Membership.roster_id)
                .where(Roster.context_id == self.context_id, Roster.resource_link_id == link)
            )
            return {subject: str(status) for subject, status in rows}

    def groups_of(self, subject: str) -> set[str]:
        """The ids of the groups that somebody is in."""
        return set(
            self.ask(
                select(GroupMembership.group_id)
                .join(Identity, Identity.id == GroupMembership.identity_id)
                .where(GroupMembership.context_id == self.context_id, Identity.subject == subject)
            )
        )

    def ask(self, statement: Select[Any]) -> list[Any]:
        """What is in the database now; no transaction stays open."""
        with reading(), Session(db.engine, expire_on_commit=False) as session:
            return list(session.scalars(statement))

    def connector(self, *scopes: str) -> Connector:
        """A connector as the reading of lists makes one."""
        with reading(), Session(db.engine) as session:
            registration = to_registration(session.get_one(Platform, self.platform_id))
        return Connector(registration, scopes=scopes or (nrps.SCOPE,), named_urls=(self.host.members_url,))


def make_course(app: Flask, session: Session, host: RosterHost, **addresses: str | None) -> Course:
    """Register the host, with one course whose launches named its list."""
    platform = PlatformFactory(issuer=host.url, token_url=host.url + TOKEN_PATH, auth_url=f"{host.url}/auth")
    context = ContextFactory(deployment=DeploymentFactory(platform=platform, deployment_id="1"), context_id="2")
    roster = RosterFactory(context=context, **{"members_url": host.members_url, **addresses})
    _add_key(session)
    session.commit()
    return Course(app, session, host, context.id, roster.id, platform.id)


@pytest.fixture
def roster_host() -> Iterator[RosterHost]:
    """A platform that lists its members at an address of its own."""
    server = HTTPServer(host="127.0.0.1", port=0, threaded=True)
    made = RosterHost(server)
    server.expect_request(re.compile(".*")).respond_with_handler(made.handle)
    server.start()
    yield made
    server.clear()
    if server.is_running():
        server.stop()


@pytest.fixture
def roster_course(app: Flask, session: Session, roster_host: RosterHost, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course on the host. The host is given more time than it needs: the machine of the tests may be busy."""
    monkeypatch.setitem(app.extensions, "lti.http", ServiceHttp(connect_timeout=5, read_timeout=10))
    return make_course(app, session, roster_host)
