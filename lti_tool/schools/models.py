"""Tables of the tenants."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.clock import now
from lti_tool.db import Base, new_id


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
    active: Mapped[bool] = mapped_column(default=True)
    allow_anonymous: Mapped[bool] = mapped_column(default=False)
    # How far the platform's clock is ahead of ours, seen in its Date headers; scores must never be dated ahead of it.
    clock_ahead_ms: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    school: Mapped[School] = relationship()
    deployments: Mapped[list[Deployment]] = relationship(back_populates="platform")


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
