"""Tables of the catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.clock import now
from lti_tool.db import Base, new_id


class PackRelease(Base):
    """One published edition of a pack, whole and never changed afterwards: a started attempt stays on it."""

    __tablename__ = "pack_release"
    __table_args__ = (
        UniqueConstraint("pack_id", "number"),
        UniqueConstraint("pack_id", "digest"),
        Index("ix_pack_release_published_at", "published_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    # The school whose own pack it is; None: everybody's. All releases of a pack belong to the same.
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("school.id"))
    pack_id: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    languages: Mapped[list[Any]]
    minutes: Mapped[int]
    task_count: Mapped[int]
    # What it is found by; see course_packs.format.finding.
    grades: Mapped[list[Any]] = mapped_column(default=list)
    fields: Mapped[list[Any]] = mapped_column(default=list)
    skills: Mapped[dict[str, Any]] = mapped_column(default=dict)
    units: Mapped[list[Any]] = mapped_column(default=list)  # their titles, in order
    place: Mapped[str | None] = mapped_column(String(20))  # the picture of its first unit
    document: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(default=now)
    # Since when it is offered no more. Whoever works on it goes on, and what was done on it stays readable.
    withdrawn_at: Mapped[datetime | None]


class PackSource(Base):
    """A folder that was published from, as it looked then: a start that finds it unchanged need not compile it."""

    __tablename__ = "pack_source"

    path: Mapped[str] = mapped_column(Text, primary_key=True)
    sign: Mapped[str] = mapped_column(String(64))
