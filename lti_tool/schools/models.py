"""Tables of the tenants."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.clock import now
from lti_tool.db import Base, new_id
from lti_tool.lti.sealing import SEALED


class PlatformState(StrEnum):
    """Whether people may come in from a platform."""

    PENDING = "pending"  # it registered itself, and nobody has looked at it yet
    ACTIVE = "active"
    OFF = "off"


class ConnectionState(StrEnum):
    """How far a registration is that a school's administrator began."""

    ASKED = "asked"  # the page that asks for confirmation is open
    SENDING = "sending"  # confirmed; the platform is being asked
    DONE = "done"
    FAILED = "failed"


class School(Base):
    """A school: the border that no datum crosses."""

    __tablename__ = "school"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Platform(Base):
    """One registration of the tool in one LMS: an issuer and the client id it gave us (Security Framework §5.1.1)."""

    __tablename__ = "platform"
    __table_args__ = (UniqueConstraint("issuer", "client_id"), Index("ix_platform_school_id", "school_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    title: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_url: Mapped[str] = mapped_column(Text)
    token_url: Mapped[str] = mapped_column(Text)
    jwks_url: Mapped[str] = mapped_column(Text)
    token_audience: Mapped[str | None] = mapped_column(Text)
    family: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[PlatformState] = mapped_column(String(20), default=PlatformState.ACTIVE)
    # Whether a deployment that a verified launch names for the first time may come in at once.
    accept_deployments: Mapped[bool] = mapped_column(default=False)
    # What the platform granted when it registered itself; None: registered by hand, what each launch claims counts.
    granted_scopes: Mapped[list[Any] | None]
    granted_messages: Mapped[list[Any] | None]
    openid_configuration: Mapped[str | None] = mapped_column(Text)
    registration_client_uri: Mapped[str | None] = mapped_column(Text)
    registration_access_token: Mapped[bytes | None] = mapped_column(LargeBinary, info=SEALED)
    allow_anonymous: Mapped[bool] = mapped_column(default=False)
    # How far the platform's clock is ahead of ours, seen in its Date headers; scores must never be dated ahead of it.
    clock_ahead_ms: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    school: Mapped[School] = relationship()
    deployments: Mapped[list[Deployment]] = relationship(back_populates="platform")

    @hybrid_property
    def active(self) -> bool:
        """Whether people may come in from here, and grades may go there."""
        return self.state == PlatformState.ACTIVE


class Invitation(Base):
    """A link that lets one LMS of a school register itself, once. Who holds it has the right; only its hash is kept."""

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_school_id", "school_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    # Trusted: what registers itself with it may be used at once; otherwise the operator approves it first.
    trusted: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    platform_id: Mapped[UUID | None] = mapped_column(ForeignKey("platform.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)

    school: Mapped[School] = relationship()
    platform: Mapped[Platform | None] = relationship()


class Connection(Base):
    """A registration under way: begun by a link, bound to one browser, waiting to be confirmed there."""

    __tablename__ = "connection"
    __table_args__ = (
        Index("ix_connection_expires_at", "expires_at"),
        Index("ix_connection_invitation_id", "invitation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id"))
    ticket_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    binding_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    # What is shown is what is confirmed: the platform's configuration as it was judged.
    configuration: Mapped[dict[str, Any]]
    registration_token: Mapped[bytes | None] = mapped_column(LargeBinary, info=SEALED)  # gone as soon as it was used
    state: Mapped[ConnectionState] = mapped_column(String(20), default=ConnectionState.ASKED)
    platform_id: Mapped[UUID | None] = mapped_column(ForeignKey("platform.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]

    invitation: Mapped[Invitation] = relationship()
    platform: Mapped[Platform | None] = relationship()


class Deployment(Base):
    """One deployment of the tool under a registration (Core §3.1.3)."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"))
    deployment_id: Mapped[str]
    approved: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    platform: Mapped[Platform] = relationship(back_populates="deployments")


class Context(Base):
    """A course of the LMS. Its id is unique only within its deployment (Core §5.4.1)."""

    __tablename__ = "context"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    context_id: Mapped[str]
    label: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
