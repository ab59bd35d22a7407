"""From a verified launch to a visit, by whichever way the browser proved that the launch is its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import structlog
from flask import current_app, url_for
from flask_babel import get_locale
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.config import current_settings
from lti_tool.lti import states, visits
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.launch import Launch
from lti_tool.lti.registrations import current_store
from lti_tool.lti.visits import Arrival

ARRIVALS = 5
LANGUAGES = ("ru", "en")

log = structlog.get_logger()

Arrive = Callable[[Session, Launch, UUID], Arrival]


@dataclass(frozen=True, slots=True)
class Opened:
    """A visit that was opened: its id, its secret for the browser, and the address of its first page."""

    visit_id: UUID
    secret: str
    address: str


def open_launch(session: Session, launch: Launch, login: states.Login) -> Opened:
    """Store what a launch brings and open its visit, in the transaction that spent the login; the caller commits.

    Raises:
        LaunchError: "unknown-deployment".
    """
    deployment_id = current_store().deployment_id_of(launch.registration.id, launch.deployment_id)
    if deployment_id is None:  # switched off while the launch waited
        raise LaunchError("unknown-deployment")
    arrive: Arrive = current_app.extensions["lyceum.arrive"]
    for again in reversed(range(ARRIVALS)):
        try:
            arrival = arrive(session, launch, deployment_id)
            break
        except IntegrityError:
            # First launches at the same moment: whoever comes second finds the first one's rows. A class that comes
            # together may meet more than once: at the course, then at the person.
            session.rollback()
            if not again:
                raise
            states.spend(session.connection(), login.id)
    visit_id, secret = visits.open_visit(
        session,
        launch,
        arrival,
        language=_language(launch),
        hours=current_settings().visit_hours,
        storage_target=login.storage_target,
    )
    log.info(
        "launch.opened",
        platform=str(launch.registration.id),
        message=str(launch.message),
        role="teacher" if launch.roles.teaches else "learner" if launch.roles.learns else "guest",
        secret_in="cookie" if login.storage_target is None else "storage",
    )
    return Opened(visit_id, secret, url_for(arrival.endpoint, visit_id=visit_id))


def _language(launch: Launch) -> str:
    return launch.language if launch.language in LANGUAGES else str(get_locale() or LANGUAGES[0])
