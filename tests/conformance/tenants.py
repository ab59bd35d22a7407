"""Two schools with equal ids, and strangers to everything that one pupil of the first did."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool.catalog.releases import publish
from lti_tool.db import db
from lti_tool.lti import claims, keys
from lti_tool.people.models import Identity
from tests.conformance.door import knock, second
from tests.factories import DeploymentFactory, published
from tests.packs import described_pack
from tests.platform import ABSENT, INSTRUCTOR, LEARNER, FakePlatform
from tests.walker import Walker

NAME = "Секретова Агния"
ANSWER = "тайная река"
SECRETS = (NAME, "Секретова", ANSWER)
SCHOOLS_OWN = "schools-own"  # a pack that belongs to the pupil's school
SCHOOLS_SECRETS = (*SECRETS, "Своя мастерская")

MENTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"


@dataclass(frozen=True)
class World:
    """What there is to be seen and changed: one pupil's work in one course of one school."""

    visit_id: str
    identity_id: UUID
    release_id: UUID
    own_release_id: UUID


@dataclass(frozen=True)
class Argument:
    """What a stranger puts in the place of a part of an address.

    ``foreign``: it names something of the pupil's; ``of_school``: something of the pupil's school.
    """

    value: Callable[[World], str]
    foreign: bool = False
    of_school: bool = False


# One line for each name that stands in an address. A route with a name that is not here fails the walk: say what a
# stranger would put there, and whether that names somebody else's.
ARGUMENTS: Mapping[str, Argument] = {
    "visit_id": Argument(lambda world: world.visit_id),  # the stranger's own one takes its place, see `addresses`
    "identity_id": Argument(lambda world: str(world.identity_id), foreign=True),
    "release_id": Argument(lambda world: str(world.release_id)),  # packs are public
    "pack_id": Argument(lambda _: SCHOOLS_OWN, of_school=True),
    "unit_id": Argument(lambda _: "gate"),
    "step_id": Argument(lambda _: "word"),
    "name": Argument(lambda _: "picture.png"),
    "secret": Argument(lambda _: "an-invitation-that-nobody-made"),
    "ticket": Argument(lambda _: "a-connection-that-nobody-began"),
    "filename": Argument(lambda _: "city.css"),
}

# What is sent with every form: whatever the tool's forms ask for, so that no view stops at a missing field.
FORM = {"pick": SCHOOLS_OWN, "submission": "a-stranger's-one", "text": "чужой ответ", "choice": "a", "number": "1"}


def build(app: Flask, session: Session, platform: FakePlatform) -> World:
    """Let a pupil of the first school do a course and finish it, with a grade on its way."""
    release = published(session)
    own = publish(session, described_pack(SCHOOLS_OWN, "Своя мастерская"), school_id=platform.row.school_id)
    assert own is not None
    keys.ensure_key(session)
    session.commit()
    body = platform.with_gradebook(name=NAME)
    pupil = Walker(app.test_client(), platform, body)
    pupil.get("units/gate/intro")
    pupil.answer("gate/word", {"text": [ANSWER]})
    assert ANSWER in pupil.get("units/gate/word").text
    assert pupil.finish().status_code == 303
    session.rollback()
    identity_id = session.scalars(select(Identity.id).where(Identity.name == NAME)).one()
    return World(pupil.visit, identity_id, release.id, own.id)


@dataclass(frozen=True)
class Stranger:
    """Somebody with a visit of their own, who holds an address of somebody else's."""

    client: FlaskClient
    platform: FakePlatform
    visit_id: str

    def ask(self, address: str, method: str, data: Mapping[str, str] | None = None) -> TestResponse:
        """Ask for an address; forms carry the token of the stranger's own visit."""
        form = {**FORM, "csrf": self._token(), **(data or {})} if method != "GET" else None
        return self.client.open(address, method=method, data=form, base_url=self.platform.tool)

    def _token(self) -> str:
        cookie = self.client.get_cookie(f"__Host-visit-{UUID(self.visit_id).hex}", domain="city.test")
        assert cookie is not None
        digest = hmac.digest(cookie.value.encode(), b"lyceum-city form", "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


KINDS = {
    "a teacher of another school": {claims.ROLES: [INSTRUCTOR]},
    "a learner of another school with the same id": {claims.ROLES: [LEARNER]},
    "a mentor of another school who names the same id": {claims.ROLES: [MENTOR], claims.MENTOR_SCOPE: ["6"]},
    "a teacher of another deployment": {claims.ROLES: [INSTRUCTOR], claims.DEPLOYMENT_ID: "2"},
    "a learner of another deployment with the same id": {claims.ROLES: [LEARNER], claims.DEPLOYMENT_ID: "2"},
    "a mentor of another deployment who names the same id": {
        claims.ROLES: [MENTOR],
        claims.MENTOR_SCOPE: ["6"],
        claims.DEPLOYMENT_ID: "2",
    },
    "a teacher of another course": {
        claims.ROLES: [INSTRUCTOR],
        claims.CONTEXT: {"id": "3"},
        claims.RESOURCE_LINK: {"id": "5"},
    },
    "a classmate": {claims.ROLES: [LEARNER], "sub": "7"},
    "a mentor of a classmate": {claims.ROLES: [MENTOR], claims.MENTOR_SCOPE: ["7"], "sub": "8"},
    "a classmate who says to be a mentor": {claims.ROLES: [LEARNER], claims.MENTOR_SCOPE: ["6"], "sub": "7"},
    "somebody without a role": {claims.ROLES: [], "sub": "9"},
}


def come(app: Flask, session: Session, platform: FakePlatform, kind: str) -> Stranger:
    """Let a stranger of this kind come in; where they belong to another school, that has the same ids throughout."""
    changes = dict(KINDS[kind])
    home = platform
    if "another school" in kind:
        home = second(app, session, issuer="https://moodle.other.test", client_id=platform.client_id)
    if "another deployment" in kind:
        DeploymentFactory(platform=platform.row, deployment_id="2")
        session.commit()
        app.extensions["lyceum.registrations"].forget()
    changes.setdefault("name", "Чужой")
    client = app.test_client()
    answer = knock(app, home, home.claims(**changes), client=client, login={"lti_deployment_id": ABSENT})
    assert answer.status == 303, answer.text
    return Stranger(client, home, answer.location.split("/")[2])


def address(rule: Rule, world: World, visit_id: str) -> str:
    """Return the address of a route with somebody else's things in it.

    Raises:
        LookupError: the route has an argument that nobody has said anything of.
    """
    values: dict[str, Any] = {}
    for name in rule.arguments:
        if name not in ARGUMENTS:
            raise LookupError(f"{rule.rule}: say in {__name__}.ARGUMENTS what a stranger puts in the place of {name!r}")
        values[name] = visit_id if name == "visit_id" else ARGUMENTS[name].value(world)
    path = rule.rule
    for name, value in values.items():
        for converter in ("uuid:", "path:", "int:", "string:", ""):
            path = path.replace(f"<{converter}{name}>", value)
    return path


def names_somebody_else(rule: Rule, kind: str) -> bool:
    """Whether an address of this route names something that is not this stranger's to see."""
    arguments = [ARGUMENTS[name] for name in rule.arguments]
    return any(one.foreign or (one.of_school and "another school" in kind) for one in arguments)


def rows(session: Session, only: Mapping[str, set[Any]] | None = None) -> dict[str, dict[Any, Any]]:
    """Return every row of every table by its key; ``only`` those that were there before."""
    session.rollback()
    found: dict[str, dict[Any, Any]] = {}
    for table in db.metadata.sorted_tables:
        key = list(table.primary_key.columns)
        kept = {tuple(row._mapping[column] for column in key): tuple(row) for row in session.execute(select(table))}
        found[table.name] = {one: row for one, row in kept.items() if only is None or one in only[table.name]}
    return found
