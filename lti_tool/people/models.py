"""Tables of the people."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
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
    # Somebody whom the platform did not name: a throw-away identity, deleted with all it did when its visit is over.
    anonymous: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship()


class MemberRole(StrEnum):
    """What a member is in a course, as far as it matters here."""

    LEARNER = "learner"
    TEACHER = "teacher"
    OTHER = "other"


class MemberStatus(StrEnum):
    """Whether a member is in the course."""

    ACTIVE = "active"
    INACTIVE = "inactive"  # the platform keeps them, but they may not come in
    REMOVED = "removed"  # they were in the list once; what they did is kept


class RosterProblem(StrEnum):
    """Why a roster could not be read; each has its words and a code to quote."""

    UNREACHABLE = "unreachable"  # no answer, or one that asks for patience
    REFUSED = "refused"  # 4xx: the platform does not give the list
    UNAUTHORISED = "unauthorised"  # our key or client id is not accepted
    SCOPE = "scope"  # the platform does not allow us to read lists
    UNREADABLE = "unreadable"  # what came is no list
    ENDLESS = "endless"  # pages that lead round in a circle, or never end
    FOREIGN = "foreign"  # the list leads to another host
    EMPTY = "empty"  # nobody in it, though somebody was before


class Roster(Base):
    """A list of members that can be read: of a course, or of those who may open one link in it (NRPS §3.4).

    The row of the course holds the addresses, and the lease under which one worker reads all lists of that course.
    """

    __tablename__ = "roster"
    __table_args__ = (UniqueConstraint("context_id", "resource_link_id"), Index("ix_roster_due_at", "due_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    context_id: Mapped[UUID] = mapped_column(ForeignKey("context.id"))
    resource_link_id: Mapped[str] = mapped_column(default="")  # empty: the whole course
    # Named by verified launches; None on the lists of links, and where the platform offers no such service.
    members_url: Mapped[str | None] = mapped_column(Text)
    groups_url: Mapped[str | None] = mapped_column(Text)
    group_sets_url: Mapped[str | None] = mapped_column(Text)
    differences_url: Mapped[str | None] = mapped_column(Text)  # opaque: used as it came (NRPS §2.4.3)
    has_groups: Mapped[bool] = mapped_column(default=False)  # anybody was ever told to be in a group
    asked_at: Mapped[datetime | None]  # when somebody last wanted it fresh
    due_at: Mapped[datetime | None]  # None: no reading is planned
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(60))
    tries: Mapped[int] = mapped_column(default=0)
    reading: Mapped[int] = mapped_column(default=0)  # counts whole readings: who bears an older number was not in it
    read_at: Mapped[datetime | None]  # when it was last known whole
    whole_at: Mapped[datetime | None]  # when it was last read as a whole, not by differences
    learners: Mapped[int] = mapped_column(default=0)
    problem: Mapped[RosterProblem | None] = mapped_column(String(20))


class Membership(Base):
    """A person on a roster. Who leaves is marked, never deleted."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_identity_id", "identity_id"),
        CheckConstraint("role IN ('learner', 'teacher', 'other')", name="role_known"),
        CheckConstraint("status IN ('active', 'inactive', 'removed')", name="status_known"),
    )

    roster_id: Mapped[UUID] = mapped_column(ForeignKey("roster.id"), primary_key=True)
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"), primary_key=True)
    role: Mapped[MemberRole] = mapped_column(String(10))
    status: Mapped[MemberStatus] = mapped_column(String(10), default=MemberStatus.ACTIVE)
    reading: Mapped[int] = mapped_column(default=0)  # of the roster, when the person was last seen in it
    changed_at: Mapped[datetime] = mapped_column(default=now)


class CourseGroup(Base):
    """What is known of a group of a course (Course Groups §2.2). Where only ids are told (Moodle) there is none."""

    __tablename__ = "course_group"

    context_id: Mapped[UUID] = mapped_column(ForeignKey("context.id"), primary_key=True)
    group_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    set_names: Mapped[list[Any]] = mapped_column(default=list)
    hidden: Mapped[bool] = mapped_column(default=False)


class GroupMembership(Base):
    """A person in a group of a course."""

    __tablename__ = "group_membership"
    __table_args__ = (Index("ix_group_membership_identity_id", "identity_id"),)

    context_id: Mapped[UUID] = mapped_column(ForeignKey("context.id"), primary_key=True)
    group_id: Mapped[str] = mapped_column(primary_key=True)
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"), primary_key=True)
