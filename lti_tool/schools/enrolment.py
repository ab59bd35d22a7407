"""Adding schools' platforms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lti_tool.schools.models import Deployment, Platform, PlatformState, School
from lti_tool.schools.schemas import PlatformSchema

MOODLE_PATHS = {
    "auth_url": "/mod/lti/auth.php",
    "token_url": "/mod/lti/token.php",
    "jwks_url": "/mod/lti/certs.php",
}


class PlatformExists(ValueError):
    """The issuer and client id are registered already."""


def add_platform(session: Session, description: Mapping[str, Any]) -> Platform:
    """Add a platform, with its school when it is new and its deployments.

    Raises:
        marshmallow.ValidationError: the description is not complete or not right, by field.
        PlatformExists: issuer and client id are there already; nothing was changed.
    """
    data: dict[str, Any] = PlatformSchema().load(dict(description))
    known = session.scalar(
        select(Platform).where(Platform.issuer == data["issuer"], Platform.client_id == data["client_id"])
    )
    if known is not None:
        raise PlatformExists(f"{data['issuer']} with client id {data['client_id']} is registered already")
    school = session.scalar(select(School).where(School.slug == data["school"]))
    if school is None:
        school = School(slug=data["school"], title=data["school_title"])
    platform = Platform(
        school=school,
        title=data["name"],
        issuer=data["issuer"],
        client_id=data["client_id"],
        auth_url=data["auth_url"],
        token_url=data["token_url"],
        jwks_url=data["jwks_url"],
        token_audience=data["token_audience"],
        family=data["family"],
        deployments=[Deployment(deployment_id=one) for one in data["deployment_ids"]],
    )
    session.add(platform)
    session.flush()
    return platform


def allow_anonymous(session: Session, *, issuer: str, client_id: str | None, allowed: bool) -> Platform:
    """Let launches that name nobody in (Core §5.3.6.1), or keep them out, which is the rule. The caller commits.

    Raises:
        LookupError: there is no such platform, or several with this issuer and no client id to tell them apart.
    """
    query = select(Platform).where(Platform.issuer == issuer)
    if client_id is not None:
        query = query.where(Platform.client_id == client_id)
    found = session.scalars(query).all()
    if len(found) != 1:
        raise LookupError(f"{len(found) or 'no'} platforms with this issuer" + (": say --client-id" if found else ""))
    found[0].allow_anonymous = allowed
    return found[0]


def list_platforms(session: Session) -> list[Platform]:
    """Return all platforms with their schools and deployments, oldest first."""
    query = select(Platform).options(selectinload(Platform.school), selectinload(Platform.deployments))
    return list(session.scalars(query.order_by(Platform.id)))


def find_platforms(session: Session, key: str) -> list[Platform]:
    """Return the platforms that a person means by a key: our id, a client id, an issuer or its host."""
    try:
        wanted: UUID | None = UUID(key)
    except ValueError:
        wanted = None
    return [
        one
        for one in list_platforms(session)
        if one.id == wanted or key in {one.client_id, one.issuer, urlsplit(one.issuer).netloc}
    ]


def approve(
    session: Session, platform: Platform, *, deployment: str | None = None, accept_deployments: bool = False
) -> None:
    """Let people in from a platform and its waiting deployments, or from one deployment only. The caller commits.

    Raises:
        LookupError: the platform has no such deployment.
    """
    chosen = [one for one in platform.deployments if deployment in {None, one.deployment_id}]
    if deployment is not None and not chosen:
        raise LookupError(deployment)
    for one in chosen:
        one.approved = True
    if platform.state == PlatformState.PENDING:
        platform.state = PlatformState.ACTIVE
        # A platform that did not name its deployment will do so at its first launch: that is what is approved here.
        accept_deployments = accept_deployments or not platform.deployments
    platform.accept_deployments = platform.accept_deployments or accept_deployments
    session.flush()


def moodle_addresses(root: str) -> dict[str, str]:
    """Return the addresses of a Moodle's LTI endpoints: they follow from its own."""
    return {name: root.rstrip("/") + path for name, path in MOODLE_PATHS.items()}
