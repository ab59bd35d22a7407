"""Table of the footprint."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from lti_tool.clock import now
from lti_tool.db import Base, new_id


class FootprintEvent(Base):
    """One thing that happened. Written once, with what it records, in the same transaction; never changed."""

    __tablename__ = "footprint_event"
    __table_args__ = (Index("ix_footprint_event_person", "person_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    verb: Mapped[str] = mapped_column(String(40))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)  # of this verb's shape of `result` and `context`
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(default=now)


class AppendOnly(RuntimeError):
    """Somebody tried to change the record."""


@event.listens_for(FootprintEvent, "before_update")
@event.listens_for(FootprintEvent, "before_delete")
def _refuse(mapper: Mapper[Any], connection: Any, target: FootprintEvent) -> None:
    raise AppendOnly("the footprint is append-only")
