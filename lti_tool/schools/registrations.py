"""The registrations, found in the database and remembered for a few seconds: a launch asks for them three times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db, writing
from lti_tool.lti.registrations import AmbiguousRegistration, PendingRegistration, Registration
from lti_tool.schools.models import Deployment, Platform, PlatformState

REMEMBERED = timedelta(seconds=10)  # so long may another process go on with a platform that was just switched off
WAITING_DEPLOYMENTS = 50  # of one platform; more than that is no school that introduces itself

log = structlog.get_logger(__name__)


class Registrations:
    """The store of registrations that the protocol asks (:class:`lti_tool.lti.registrations.RegistrationStore`)."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session
        self._read_at: datetime | None = None
        self._by_id: dict[UUID, Registration] = {}
        self._by_issuer: dict[str, list[Registration]] = {}
        self._deployments: dict[tuple[UUID, str], UUID] = {}
        self._pending: set[tuple[str, str]] = set()

    def get(self, registration_id: UUID) -> Registration | None:
        """Return an active registration by its id."""
        self._refresh()
        return self._by_id.get(registration_id)

    def find(self, issuer: str, client_id: str | None, deployment_id: str | None) -> Registration | None:
        """Return the active registration meant by an issuer and what else is known of it.

        Raises:
            AmbiguousRegistration: several fit.
            PendingRegistration: only one that waits for approval fits.
        """
        self._refresh()
        candidates = self._by_issuer.get(issuer, [])
        if client_id is not None:
            candidates = [one for one in candidates if one.client_id == client_id]
        if len(candidates) > 1 and deployment_id is not None:
            candidates = [one for one in candidates if (one.id, deployment_id) in self._deployments]
        if len(candidates) > 1:
            raise AmbiguousRegistration(issuer)
        if not candidates and any(
            waiting == issuer and client_id in {None, client} for waiting, client in self._pending
        ):
            raise PendingRegistration(issuer)
        return candidates[0] if candidates else None

    def deployment_id_of(self, registration_id: UUID, deployment_id: str) -> UUID | None:
        """Return our key of an approved deployment, or None."""
        self._refresh()
        return self._deployments.get((registration_id, deployment_id))

    def introduce_deployment(self, registration_id: UUID, deployment_id: str) -> UUID | None:
        """Write down a deployment that a verified launch named for the first time; see the protocol.

        In a transaction of its own: the launch that is being checked only reads until it is wholly proved.
        """
        with writing(), Session(db.engine) as session:
            platform = session.get(Platform, registration_id)
            if platform is None:
                return None
            mine = select(Deployment).where(Deployment.platform_id == registration_id)
            known = session.scalar(mine.where(Deployment.deployment_id == deployment_id))
            if known is not None:
                return known.id if known.approved else None
            waiting = session.scalar(select(func.count()).select_from(mine.where(~Deployment.approved).subquery()))
            if (waiting or 0) >= WAITING_DEPLOYMENTS:
                return None
            row = Deployment(
                platform_id=registration_id, deployment_id=deployment_id, approved=platform.accept_deployments
            )
            session.add(row)
            try:
                session.commit()
            except IntegrityError:  # two first launches at once
                session.rollback()
                row = session.scalars(mine.where(Deployment.deployment_id == deployment_id)).one()
            log.info("deployment.introduced", platform=str(registration_id), approved=row.approved)
            self.forget()
            return row.id if row.approved else None

    def origins(self) -> tuple[str, ...]:
        """The web origins of all active platforms: who may frame a page that belongs to no visit yet."""
        self._refresh()
        return tuple(dict.fromkeys(origin for one in self._by_id.values() for origin in one.origins))

    def forget(self) -> None:
        """Read afresh at the next question: registrations were changed."""
        self._read_at = None

    def _refresh(self) -> None:
        if self._read_at is not None and now() - self._read_at < REMEMBERED and now() >= self._read_at:
            return
        rows = (
            self._session()
            .execute(
                select(Platform, Deployment)
                .outerjoin(Deployment, (Deployment.platform_id == Platform.id) & Deployment.approved)
                .where(Platform.state != PlatformState.OFF)
            )
            .all()
        )
        pending: set[tuple[str, str]] = set()
        by_id: dict[UUID, Registration] = {}
        deployments: dict[tuple[UUID, str], UUID] = {}
        for platform, deployment in rows:
            if platform.state == PlatformState.PENDING:
                pending.add((platform.issuer, platform.client_id))
                continue
            by_id[platform.id] = to_registration(platform)
            if deployment is not None:
                deployments[platform.id, deployment.deployment_id] = deployment.id
        by_issuer: dict[str, list[Registration]] = {}
        for registration in by_id.values():
            by_issuer.setdefault(registration.issuer, []).append(registration)
        self._by_id, self._by_issuer, self._deployments = by_id, by_issuer, deployments
        self._pending = pending
        self._read_at = now()


def to_registration(platform: Platform) -> Registration:
    """Return the protocol's view of a platform."""
    return Registration(
        id=platform.id,
        school_id=platform.school_id,
        issuer=platform.issuer,
        client_id=platform.client_id,
        auth_url=platform.auth_url,
        token_url=platform.token_url,
        jwks_url=platform.jwks_url,
        token_audience=platform.token_audience,
        family=platform.family,
        allow_anonymous=platform.allow_anonymous,
        clock_ahead_ms=platform.clock_ahead_ms,
        granted_scopes=_granted(platform.granted_scopes),
        granted_messages=_granted(platform.granted_messages),
    )


def key_sets(session: Session) -> set[str]:
    """Return the addresses of the key sets of all active platforms."""
    return set(session.scalars(select(Platform.jwks_url).where(Platform.active)))


def _granted(listed: list[str] | None) -> frozenset[str] | None:
    return None if listed is None else frozenset(listed)
