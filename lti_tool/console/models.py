"""Table of the connection checks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.clock import now
from lti_tool.db import Base, new_id


class ConnectionCheck(Base):
    """The last check of a platform's connection: what it set out from, and its steps as they were walked.

    Holds no secret and nobody's name. ``run_id`` changes with each check, so that one that was overtaken falls silent.
    """

    __tablename__ = "connection_check"

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    run_id: Mapped[UUID] = mapped_column(default=new_id)
    begun_by: Mapped[str] = mapped_column(String(20))  # administrator | operator
    placement_id: Mapped[UUID | None] = mapped_column(ForeignKey("placement.id"))  # where the administrator came from
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.id"))  # the administrator
    asked_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    steps: Mapped[list[Any]] = mapped_column(default=list)
    # A test column that is being made or was made, until it is deleted: the next check finds what a crash left.
    test_container: Mapped[str | None] = mapped_column(Text)
    test_column: Mapped[str | None] = mapped_column(Text)
