"""Tables of the protocol: logins under way, visits, keys, tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.clock import now
from lti_tool.db import Base, new_id
from lti_tool.lti.sealing import SEALED


class LoginState(Base):
    """A login under way (Security Framework §5.1.1): its state and nonce, both as hashes, spent by one UPDATE."""

    __tablename__ = "login_state"
    __table_args__ = (Index("ix_login_state_expires_at", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"))
    state_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    nonce_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    binding_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    parameters: Mapped[dict[str, Any]]
    # The frame of the platform that keeps the secret where the browser keeps no cookies; None: a cookie has it.
    storage_target: Mapped[str | None] = mapped_column(String(255))
    # The claims of a verified launch, sealed, while the browser fetches its proof from the platform's storage.
    waiting: Mapped[bytes | None]
    waiting_since: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]


class Visit(Base):
    """One launch that was opened: who came, to which place, with which rights.

    Its secret lives in a cookie, or in the storage of the platform's page, never here.
    """

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_expires_at", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"))
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"))
    placement_id: Mapped[UUID | None] = mapped_column(ForeignKey("placement.id"))
    message: Mapped[str] = mapped_column(String(40))
    teacher: Mapped[bool]
    learner: Mapped[bool]
    administrator: Mapped[bool] = mapped_column(default=False, server_default=false())
    language: Mapped[str] = mapped_column(String(10))
    framed: Mapped[bool]
    return_url: Mapped[str | None] = mapped_column(Text)
    # As with the login: the platform's frame that keeps the secret; None: a cookie has it.
    storage_target: Mapped[str | None] = mapped_column(String(255))
    # A code that moves the visit into a window of its own, once and soon.
    window_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    window_until: Mapped[datetime | None]
    # What only one kind of message carries: deep linking settings, the person whose work is reviewed.
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class ToolKey(Base):
    """A key pair of ours. The private half is encrypted at rest with a key derived from the installation's secret."""

    __tablename__ = "tool_key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_jwk: Mapped[dict[str, Any]]
    private_pem: Mapped[bytes | None] = mapped_column(info=SEALED)  # destroyed when the key signs no more
    created_at: Mapped[datetime] = mapped_column(default=now)
    active_from: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]


class PlatformKeys(Base):
    """A platform's published keys as last fetched, shared by all processes; and when the platform was asked.

    While ``answered_at`` is not yet after ``asked_at`` somebody is asking.
    """

    __tablename__ = "platform_keys"
    __table_args__ = (Index("ix_platform_keys_fresh_until", "fresh_until"),)

    url: Mapped[str] = mapped_column(Text, primary_key=True)
    document: Mapped[dict[str, Any] | None]  # None: never reached
    fetched_at: Mapped[datetime | None]
    fresh_until: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    missed_at: Mapped[datetime | None]  # when an unknown key id last made us ask
    answered_at: Mapped[datetime | None]  # with or without success


class AccessToken(Base):
    """An access token of a platform, shared by all processes: for one registration, deployment and set of scopes."""

    __tablename__ = "access_token"

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    deployment_id: Mapped[str] = mapped_column(primary_key=True)  # the platform's own name of it; empty: none was named
    scopes: Mapped[str] = mapped_column(Text, primary_key=True)  # asked for: sorted, separated by spaces
    token: Mapped[bytes] = mapped_column(info=SEALED)
    granted: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]
    renew_at: Mapped[datetime]


class NoticeSubscription(Base):
    """That a platform is to send notices of a deployment to us (Platform Notification Service §4), and how it went."""

    __tablename__ = "notice_subscription"
    __table_args__ = (Index("ix_notice_subscription_due_at", "due_at"),)

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    types: Mapped[list[Any]]
    due_at: Mapped[datetime | None] = mapped_column(default=now)  # None: done, or given up
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)  # of the last try, free of personal data


class Notice(Base):
    """A notice of a platform that was proved to be its own. Kept so that the same one has one effect."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("deployment_id", "notice_id"),
        Index("ix_notice_handled_at", "handled_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    notice_id: Mapped[str]
    type: Mapped[str] = mapped_column(String(60))
    context_id: Mapped[str | None]
    origins: Mapped[list[Any]] = mapped_column(default=list)
    received_at: Mapped[datetime] = mapped_column(default=now)
    handled_at: Mapped[datetime | None]


class SpentNonce(Base):
    """A nonce of a notice: who sends the same signed notice again is not heard (Security Framework §5.1.3)."""

    __tablename__ = "spent_nonce"
    __table_args__ = (Index("ix_spent_nonce_expires_at", "expires_at"),)

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    nonce_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[datetime]
