"""A platform registers itself: begun by a link, confirmed by a person, written down as one platform of one school."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, selectinload

from lti_tool.clock import now
from lti_tool.lti.registration.answer import Granted
from lti_tool.lti.registration.configuration import PlatformConfiguration
from lti_tool.lti.registration.errors import RegistrationError
from lti_tool.lti.registration.exchange import current_registrar
from lti_tool.lti.registration.request import Tool
from lti_tool.lti.sealing import seal, unseal
from lti_tool.lti.states import hashed
from lti_tool.schools.invitations import require_open, take
from lti_tool.schools.models import Connection, ConnectionState, Deployment, Invitation, Platform, PlatformState

LIFETIME = timedelta(minutes=30)
MOST_AT_ONCE = 20  # connections begun with one invitation and not over yet

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """A connection that was begun: its ticket stands in the page's address, its secret in a cookie only."""

    ticket: str
    secret: str


def begin(
    session: Session, invitation: Invitation, configuration: PlatformConfiguration, registration_token: str | None
) -> Begun:
    """Write down what is to be confirmed. The caller commits.

    Raises:
        RegistrationError: "connection-over" when very many were begun with this invitation in the last half hour.
    """
    under_way = select(Connection.id).where(Connection.invitation_id == invitation.id, Connection.expires_at > now())
    if len(session.scalars(under_way.limit(MOST_AT_ONCE)).all()) >= MOST_AT_ONCE:
        raise RegistrationError("connection-over", "too many at once")
    begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    session.add(
        Connection(
            invitation_id=invitation.id,
            ticket_hash=hashed(begun.ticket),
            binding_hash=hashed(begun.secret),
            configuration=configuration.stored(),
            registration_token=seal(registration_token.encode()) if registration_token else None,
            expires_at=now() + LIFETIME,
        )
    )
    session.flush()
    return begun


def find(session: Session, ticket: str) -> Connection:
    """Return a connection that is not over yet, with its invitation, school and platform.

    Raises:
        RegistrationError: "connection-over".
    """
    found = session.scalar(
        select(Connection)
        .where(Connection.ticket_hash == hashed(ticket))
        .options(selectinload(Connection.invitation).selectinload(Invitation.school), selectinload(Connection.platform))
    )
    if found is None or found.expires_at <= now() or found.state is ConnectionState.FAILED:
        raise RegistrationError("connection-over")
    return found


def bind_again(connection: Connection) -> str:
    """Bind a connection to another browser, or another window's cookies; return the new secret. The caller commits."""
    secret = secrets.token_urlsafe(32)
    connection.binding_hash = hashed(secret)
    return secret


def known_platforms(session: Session, connection: Connection) -> list[Platform]:
    """Return the school's platforms that this very LMS may be: same issuer, registered by itself or by hand."""
    return list(
        session.scalars(
            select(Platform)
            .where(
                Platform.school_id == connection.invitation.school_id,
                Platform.issuer == connection.configuration["issuer"],
            )
            .order_by(Platform.id)
        )
    )


def claim(session: Session, connection: Connection) -> str | None:
    """Take the connection and its invitation for sending; return the registration token. The caller commits.

    Raises:
        RegistrationError: "connection-over" when it was taken before; "invitation-used", "invitation-expired".
    """
    require_open(connection.invitation)
    claimed = session.execute(
        update(Connection)
        .where(Connection.id == connection.id, Connection.state == ConnectionState.ASKED)
        .values(state=ConnectionState.SENDING, registration_token=None)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise RegistrationError("connection-over", "sent already")
    take(session, connection.invitation)
    return unseal(connection.registration_token).decode() if connection.registration_token else None


def settle(session: Session, connection: Connection, state: ConnectionState, platform: Platform | None = None) -> None:
    """Write down how the connection ended. The caller commits."""
    session.execute(
        update(Connection)
        .where(Connection.id == connection.id)
        .values(state=state, platform_id=platform.id if platform else None)
        .execution_options(synchronize_session=False)
    )


def write_down(
    session: Session, invitation: Invitation, configuration: PlatformConfiguration, granted: Granted
) -> Platform:
    """Make a platform of what was granted, or renew the one that it was before. The caller commits.

    A platform that is known keeps its id, its state, its deployments and with them everything that hangs on it; new
    are its addresses and what it grants.

    Raises:
        RegistrationError: "foreign-registration" when issuer and client id are another school's.
    """
    platform = session.scalar(
        select(Platform).where(Platform.issuer == configuration.issuer, Platform.client_id == granted.client_id)
    )
    if platform is not None and platform.school_id != invitation.school_id:
        raise RegistrationError("foreign-registration", f"platform {platform.id}")
    renewed = platform is not None
    if platform is None:
        platform = Platform(
            school_id=invitation.school_id,
            title=_title(configuration),
            issuer=configuration.issuer,
            client_id=granted.client_id,
            state=PlatformState.ACTIVE if invitation.trusted else PlatformState.PENDING,
            # The platform did not say which deployment it means: the first launch will.
            accept_deployments=invitation.trusted and granted.deployment_id is None,
        )
        session.add(platform)
    _describe(platform, configuration, granted)
    session.flush()
    if granted.deployment_id is not None:
        _add_deployment(session, platform, granted.deployment_id)
    invitation.platform_id = platform.id
    session.flush()
    log.info("platform.registered", platform=str(platform.id), renewed=renewed, state=str(platform.state))
    return platform


def renew(session: Session, platform: Platform, tool: Tool) -> None:
    """Tell a platform anew what we are, by the address it gave us for that, and take over what it grants now.

    The caller commits. No transaction is open while the platform is asked.

    Raises:
        LookupError: the platform gave no such address: it is renewed by a new invitation.
        RegistrationError: the platform cannot be read or refused; nothing was changed.
    """
    address, uri, sealed = (
        platform.openid_configuration, platform.registration_client_uri, platform.registration_access_token,
    )  # fmt: skip
    if address is None or uri is None:
        raise LookupError("the platform cannot be renewed from here")
    session.commit()
    registrar = current_registrar()
    configuration = registrar.fetch_configuration(address)
    if configuration.issuer != platform.issuer:
        raise RegistrationError("issuer-mismatch", "changed since")
    granted = registrar.renew(
        configuration,
        tool,
        client_id=platform.client_id,
        client_uri=uri,
        token=unseal(sealed).decode() if sealed else None,
    )
    _describe(platform, configuration, granted)
    session.flush()
    if granted.deployment_id is not None:
        _add_deployment(session, platform, granted.deployment_id)
    log.info("platform.registered", platform=str(platform.id), renewed=True, state=str(platform.state))


def purge(session: Session) -> int:
    """Delete connections that nobody can go on with; return how many."""
    result = session.execute(delete(Connection).where(Connection.expires_at < now()))
    return result.rowcount  # type: ignore[attr-defined]


def _describe(platform: Platform, configuration: PlatformConfiguration, granted: Granted) -> None:
    """Write down where the platform is reached now and what it grants."""
    platform.auth_url = configuration.authorization_endpoint
    platform.token_url = configuration.token_endpoint
    platform.jwks_url = configuration.jwks_uri
    platform.token_audience = configuration.authorization_server
    platform.family = configuration.family or platform.family
    platform.openid_configuration = configuration.address
    platform.granted_scopes = list(granted.scopes)
    platform.granted_messages = list(granted.messages)
    if granted.client_uri is not None:
        platform.registration_client_uri = granted.client_uri
    if granted.access_token is not None:
        platform.registration_access_token = seal(granted.access_token.encode())


def _add_deployment(session: Session, platform: Platform, deployment_id: str) -> None:
    known = session.scalar(
        select(Deployment).where(Deployment.platform_id == platform.id, Deployment.deployment_id == deployment_id)
    )
    if known is None:
        session.add(Deployment(platform_id=platform.id, deployment_id=deployment_id))
    else:
        known.approved = True


def _title(configuration: PlatformConfiguration) -> str:
    host = urlsplit(configuration.issuer).netloc
    return f"{configuration.family.capitalize()} · {host}"[:255] if configuration.family else host[:255]
