"""Tables of the gradebook's outbox."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.clock import now
from lti_tool.db import Base, new_id
from lti_tool.people.models import Identity


class ScoreState(StrEnum):
    """Where an outgoing score stands."""

    QUEUED = "queued"  # waits for its turn or its next try (due_at)
    DELIVERED = "delivered"  # the platform accepted it; confirmed_at says that reading back showed it
    SUPERSEDED = "superseded"  # a later score of the same learner took its place before it went out
    NEWER_KEPT = "newer_kept"  # the platform holds a newer grade than ours; it stays
    OVERRIDDEN = "overridden"  # accepted, but the grade book shows a teacher's own grade; it stays
    MISSING = "missing"  # accepted once, but the grade book shows nothing
    OLDER = "older"  # accepted once, but the grade book shows an earlier score of ours
    NEEDS_HELP = "needs_help"  # refused for good, or for so long that a person should look; `reason` says why


class Reason(StrEnum):
    """Why a score needs a person's help; each has its words and a code to quote."""

    NOT_GRADABLE = "not_gradable"  # the platform has no such learner in the course (not enrolled, a teacher …)
    COLUMN_DELETED = "column_deleted"
    NO_COLUMN = "no_column"
    LOCKED = "locked"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"
    UNAUTHORISED = "unauthorised"  # our key or client id is not accepted
    TOKEN_ADDRESS = "token_address"  # noqa: S105  # the endpoint is not there (Moodle: its filter of outgoing requests)
    SCOPE = "scope"  # the platform does not allow us to write grades
    SILENT = "silent"  # the platform has not answered for days


class LineItem(Base):
    """A column of the host's gradebook, named by a verified launch or made by us beside it (AGS §3.2)."""

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("deployment_id", "resource_link_id", "part"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    resource_link_id: Mapped[str]
    part: Mapped[str] = mapped_column(default="")  # of the activity, where it has a column of its own; "" is the whole
    # None: the launch named the container only (several columns, or none yet); delivery looks the column up.
    url: Mapped[str | None] = mapped_column(Text)
    container_url: Mapped[str | None] = mapped_column(Text)
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    resource_id: Mapped[str | None]
    seen_at: Mapped[datetime] = mapped_column(default=now)


class ColumnState(StrEnum):
    """Where a column of our own stands."""

    ASKED = "asked"  # to be found or made, or looked after
    STANDING = "standing"
    LEAVING = "leaving"  # to be removed
    GONE = "gone"


class OwnColumn(Base):
    """A column that we make ourselves, because a teacher asked for it. The row stands before anything is sent.

    By ``resource_id`` and ``tag`` it is found again when an answer was lost or the course was copied.
    """

    __tablename__ = "own_column"
    __table_args__ = (
        UniqueConstraint("deployment_id", "url"),  # two activities never share a column
        CheckConstraint("score_maximum > 0", name="maximum_positive"),
        Index("ix_own_column_due_at", "due_at"),
    )

    line_item_id: Mapped[UUID] = mapped_column(ForeignKey("line_item.id"), primary_key=True)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    url: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)  # of the activity
    name: Mapped[str] = mapped_column(Text, default="")  # of its part
    label_given: Mapped[str | None] = mapped_column(Text)  # as the platform last had it from us
    score_maximum: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    resource_id: Mapped[str]
    tag: Mapped[str] = mapped_column(String(60))
    coupled: Mapped[bool]  # tied to the resource link
    state: Mapped[ColumnState] = mapped_column(String(20), default=ColumnState.ASKED)
    reason: Mapped[Reason | None] = mapped_column(String(20))  # why it needs a person's help
    due_at: Mapped[datetime | None] = mapped_column(default=now)  # None: there is nothing to do
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(60))
    tries: Mapped[int] = mapped_column(default=0)

    line_item: Mapped[LineItem] = relationship()


class ColumnReading(Base):
    """When a column is read back and compared with what we sent, and what came of it the last time."""

    __tablename__ = "column_reading"
    __table_args__ = (Index("ix_column_reading_due_at", "due_at"),)

    line_item_id: Mapped[UUID] = mapped_column(ForeignKey("line_item.id"), primary_key=True)
    due_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]  # by a teacher; None when that was answered
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(60))
    tries: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime | None]
    reason: Mapped[Reason | None] = mapped_column(String(20))  # why it could not be read


class OutgoingScore(Base):
    """One score on its way. The row is the truth; a job only carries its id.

    At most one row of a learner and column is ever claimed at a time, and a newer row takes the place of older ones
    that have not gone out.
    """

    __tablename__ = "outgoing_score"
    __table_args__ = (
        CheckConstraint("score_maximum > 0", name="maximum_positive"),
        CheckConstraint("score_given IS NULL OR score_given >= 0", name="given_not_negative"),
        Index("ix_outgoing_score_due", "state", "due_at"),
        Index("ix_outgoing_score_learner", "line_item_id", "identity_id", "id"),
        Index("ix_outgoing_score_identity_id", "identity_id"),
        Index("ix_outgoing_score_lease", "lease_until"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    line_item_id: Mapped[UUID] = mapped_column(ForeignKey("line_item.id"))
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"))
    score_given: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    score_maximum: Mapped[Decimal] = mapped_column(Numeric(9, 4), default=Decimal(100))
    activity_progress: Mapped[str] = mapped_column(String(20))
    grading_progress: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    queued_at: Mapped[datetime] = mapped_column(default=now)  # when it was put, or last put back, in the queue

    state: Mapped[ScoreState] = mapped_column(String(20), default=ScoreState.QUEUED)
    reason: Mapped[Reason | None] = mapped_column(String(20))
    due_at: Mapped[datetime | None] = mapped_column(default=now)  # None: no further try is planned
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(60))
    tries: Mapped[int] = mapped_column(default=0)
    sent_timestamp: Mapped[datetime | None]  # the `timestamp` that went out last
    delivered_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    platform_score: Mapped[Decimal | None] = mapped_column(Numeric(12, 5))
    platform_maximum: Mapped[Decimal | None] = mapped_column(Numeric(12, 5))
    platform_read_at: Mapped[datetime | None]  # when the grade book showed that

    line_item: Mapped[LineItem] = relationship()
    identity: Mapped[Identity] = relationship()


class ScoreClock(Base):
    """The last `timestamp` sent for a learner in a column: the next one must be later (AGS §3.4.8)."""

    __tablename__ = "score_clock"

    line_item_id: Mapped[UUID] = mapped_column(ForeignKey("line_item.id"), primary_key=True)
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"), primary_key=True)
    last_timestamp: Mapped[datetime]


class PlatformPause(Base):
    """A platform that does not answer as it should: left alone for a while, so that others get their turn.

    ``failures``: in a row; the rules are in :mod:`.health`.
    """

    __tablename__ = "platform_pause"

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    until: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=1)


class Delivery(Base):
    """One try to deliver, as it went: the ledger that a teacher or an engineer reads."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_score_id", "score_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    score_id: Mapped[UUID] = mapped_column(ForeignKey("outgoing_score.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    http_status: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(String(30))
    detail: Mapped[str | None] = mapped_column(Text)  # the platform's own words, shortened, free of personal data
