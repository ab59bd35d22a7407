"""Tables of learning."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.catalog.models import PackRelease
from lti_tool.clock import now
from lti_tool.db import Base, JsonOrNull, new_id
from lti_tool.gradebook.models import LineItem
from lti_tool.people.models import Identity


class AttemptState(StrEnum):
    """Where an attempt stands."""

    ACTIVE = "active"
    FINISHED = "finished"


class Placement(Base):
    """A resource link of an LMS bound to a pack: the door through which learners come."""

    __tablename__ = "placement"
    __table_args__ = (
        UniqueConstraint("deployment_id", "resource_link_id"),
        CheckConstraint("attempts_allowed >= 0", name="attempts_allowed_not_negative"),
        CheckConstraint("unit_maximum > 0", name="unit_maximum_positive"),
        Index("ix_placement_context_id", "context_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    context_id: Mapped[UUID | None] = mapped_column(ForeignKey("context.id"))
    resource_link_id: Mapped[str]
    title: Mapped[str | None] = mapped_column(Text)
    # The release that new attempts start on; None until a teacher has chosen a pack.
    release_id: Mapped[UUID | None] = mapped_column(ForeignKey("pack_release.id"))
    line_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("line_item.id"))
    # The terms (lti_tool.catalog.terms.Terms): None says nothing, 0 attempts are as many as one likes.
    attempts_allowed: Mapped[int | None]
    opens_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    # The maximum of the columns that units have of their own in the gradebook; None: they have none.
    unit_maximum: Mapped[int | None]
    # What launches have said of this, to see when a teacher has changed it in the LMS; and what of it made no sense.
    named: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ignored: Mapped[list[Any]] = mapped_column(default=list)
    # The placement whose settings it began with, when the LMS copied a course or an activity; told to a teacher once.
    copied_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("placement.id"))
    copy_told_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    release: Mapped[PackRelease | None] = relationship()
    line_item: Mapped[LineItem | None] = relationship()


class ContextOrigin(Base):
    """A course that another one was copied from, as the platform told before anybody opened the copy.

    The copy may have no row yet, so it is named by the platform's id; the origin is a course that we know.
    """

    __tablename__ = "context_origin"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    context_id: Mapped[str] = mapped_column(primary_key=True)
    origin_id: Mapped[UUID] = mapped_column(ForeignKey("context.id"), primary_key=True)
    position: Mapped[int]  # 0 is the nearest ancestor
    told_at: Mapped[datetime] = mapped_column(default=now)


class Participation(Base):
    """A learner at a placement: what counts of all their attempts, and what they have done so far."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("placement_id", "identity_id"),
        Index("ix_participation_identity_id", "identity_id"),
        CheckConstraint("fraction IS NULL OR (fraction >= 0 AND fraction <= 1)", name="fraction_in_range"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"))
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"))
    # A teacher, or a visitor without a role, who walks through as a learner would: nothing of it is counted, shown to
    # others or sent.
    preview: Mapped[bool] = mapped_column(default=False)
    # Has come as a teacher: no learner here after all, though the LMS may let them switch to that role.
    taught: Mapped[bool] = mapped_column(default=False)
    # The ids of the learner's groups as a launch told them, to see at the next one whether anything changed.
    groups_told: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    attempts_started: Mapped[int] = mapped_column(default=0)
    attempts_finished: Mapped[int] = mapped_column(default=0)
    # The result that counts, by the pack's rule (best, last or first attempt); None until one is finished.
    fraction: Mapped[Decimal | None] = mapped_column(Numeric(6, 5))
    passed: Mapped[bool | None]
    completed_at: Mapped[datetime | None]

    placement: Mapped[Placement] = relationship()
    identity: Mapped[Identity] = relationship()


class Attempt(Base):
    """One walk of a learner through one release of a pack."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("participation_id", "number"),
        Index(
            "uq_attempt_active",
            "participation_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        CheckConstraint("fraction IS NULL OR (fraction >= 0 AND fraction <= 1)", name="fraction_in_range"),
        CheckConstraint("pending >= 0", name="pending_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    participation_id: Mapped[UUID] = mapped_column(ForeignKey("participation.id"))
    release_id: Mapped[UUID] = mapped_column(ForeignKey("pack_release.id"))
    number: Mapped[int]
    state: Mapped[AttemptState] = mapped_column(String(20), default=AttemptState.ACTIVE)
    seed: Mapped[int]
    # Where the learner was last: "unit/step". Another device opens here.
    position: Mapped[str | None]
    steps_done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default=now)
    last_activity_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    # Provisional while people still have to judge answers of it: those count nothing until then.
    fraction: Mapped[Decimal | None] = mapped_column(Numeric(6, 5))
    passed: Mapped[bool | None]
    pending: Mapped[int] = mapped_column(default=0)  # how many those are, of a finished attempt

    participation: Mapped[Participation] = relationship()


class StepDone(Base):
    """A step of a unit that was read or answered in an attempt."""

    __tablename__ = "step_done"

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(125), primary_key=True)  # "unit/step"
    at: Mapped[datetime] = mapped_column(default=now)


class Answer(Base):
    """One try at one task, stored before it is acknowledged. `submission` makes sending it again harmless.

    The mark of an answer that people judge follows from ``judgement``, and changes with it.
    """

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("attempt_id", "task_id", "try_number"),
        UniqueConstraint("attempt_id", "submission"),
        CheckConstraint("fraction >= 0 AND fraction <= 1", name="fraction_in_range"),
        # What waits for a person is looked for at every visit to a desk; it is a small part of all.
        Index(
            "ix_answer_pending",
            "attempt_id",
            sqlite_where=text("verdict = 'pending'"),
            postgresql_where=text("verdict = 'pending'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"))
    task_id: Mapped[str] = mapped_column(String(125))
    try_number: Mapped[int]
    submission: Mapped[str] = mapped_column(String(64))
    response: Mapped[dict[str, Any]]
    verdict: Mapped[str] = mapped_column(String(10))
    fraction: Mapped[Decimal] = mapped_column(Numeric(6, 5))
    points: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    hints: Mapped[int] = mapped_column(default=0)  # how many were shown before it: each may cost points
    mistakes: Mapped[list[Any]] = mapped_column(default=list)
    answered_at: Mapped[datetime] = mapped_column(default=now)
    # What counts of all assessments: {"levels": {criterion: "2"}, "by": AssessorRole, "comment": text}; None: none yet.
    judgement: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)


class AssessorRole(StrEnum):
    """As what somebody judges an answer."""

    TEACHER = "teacher"
    EXPERT = "expert"
    PEER = "peer"


class Assessment(Base):
    """What one person found of one answer. Rows are only ever added: a second thought is a new one."""

    __tablename__ = "assessment"
    __table_args__ = (
        Index("ix_assessment_answer_id", "answer_id"),
        Index("ix_assessment_assessor_id", "assessor_id"),
        CheckConstraint("role IN ('teacher', 'expert', 'peer')", name="role_known"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answer.id"))
    assessor_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"))
    role: Mapped[AssessorRole] = mapped_column(String(10))
    levels: Mapped[dict[str, Any]]  # by criterion: the number of the level, from "1", lowest first
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=now)


class RunMove(Base):
    """One move of a task that is played, stored before it is acknowledged; a run is its moves in their order.

    Rows are only ever added. `submission` makes sending a move again harmless.
    """

    __tablename__ = "run_move"
    __table_args__ = (
        UniqueConstraint("attempt_id", "submission"),
        CheckConstraint("number >= 0", name="number_not_negative"),
    )

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    task_id: Mapped[str] = mapped_column(String(125), primary_key=True)
    try_number: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # from 0
    submission: Mapped[str] = mapped_column(String(64))
    move: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)


class HintShown(Base):
    """How many hints of a task were asked for."""

    __tablename__ = "hint_shown"
    __table_args__ = (CheckConstraint("count > 0", name="count_positive"),)

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    task_id: Mapped[str] = mapped_column(String(125), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    count: Mapped[int] = mapped_column(default=1)


class UnitResult(Base):
    """What a learner reached in a unit that has something to mark, by the pack's rule which attempt counts."""

    __tablename__ = "unit_result"
    __table_args__ = (CheckConstraint("fraction >= 0 AND fraction <= 1", name="fraction_in_range"),)

    participation_id: Mapped[UUID] = mapped_column(ForeignKey("participation.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    fraction: Mapped[Decimal] = mapped_column(Numeric(6, 5))
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"))
    completed_at: Mapped[datetime] = mapped_column(default=now)
