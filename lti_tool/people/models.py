"""Tables of the people."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.clock import now
from lti_tool.db import Base, new_id


class Person(Base):
    """A human being. What they did is theirs; names live with the identities."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Identity(Base):
    """How one platform knows a person: its ``sub`` (Core §5.3.6). Never matched by e-mail, which is not even kept."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("platform_id", "subject"), Index("ix_identity_person_id", "person_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[str]
    name: Mapped[str | None]
    locale: Mapped[str | None] = mapped_column(String(20))
    test_user: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship()
