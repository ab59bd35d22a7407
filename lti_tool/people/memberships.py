"""Members stored: a page of a list at a time, in a handful of statements however many stand on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import insert_into, new_id
from lti_tool.lti.roles import Roles
from lti_tool.lti.services import containers
from lti_tool.lti.services.nrps import Member, Status
from lti_tool.people.models import (
    CourseGroup,
    GroupMembership,
    Identity,
    MemberRole,
    Membership,
    MemberStatus,
    Person,
)

GROUPS_TOLD = "moodle_group_ids"  # the custom parameter that a registration asks for: $Moodle.Person.userGroupIds

_STATUS = {
    Status.ACTIVE: MemberStatus.ACTIVE,
    Status.INACTIVE: MemberStatus.INACTIVE,
    Status.DELETED: MemberStatus.REMOVED,
}
_PERSON, _IDENTITY = cast("Table", Person.__table__), cast("Table", Identity.__table__)


def store_members(
    session: Session, members: Iterable[Member], *, roster_id: UUID, context_id: UUID, platform_id: UUID, reading: int
) -> None:
    """Store what a page of a list says; the caller commits. People who never came get an identity.

    ``reading``: the number of the whole reading that the page belongs to; who is not in any page of it has gone.
    """
    # Somebody may stand on a page twice, once for each role.
    by_subject: dict[str, Member] = {}
    for member in members:
        former = by_subject.get(member.user_id)
        by_subject[member.user_id] = member if former is None else _merged(former, member)
    if not by_subject:
        return
    ids = _identities(session, by_subject, platform_id)
    moment = now()
    rows = [
        {
            "roster_id": roster_id,
            "identity_id": ids[subject],
            "role": role_of(member.roles),
            "status": _STATUS[member.status],
            "reading": reading,
            "changed_at": moment,
        }
        for subject, member in by_subject.items()
    ]
    statement = insert_into(session, Membership)
    told = statement.excluded
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["roster_id", "identity_id"],
            set_={"role": told.role, "status": told.status, "reading": told.reading},
        ),
        rows,
    )
    groups = {ids[subject]: told for subject, member in by_subject.items() if (told := _groups_of(member)) is not None}
    if groups:
        _store_groups(session, context_id, groups)


def remove_unseen(session: Session, *, roster_id: UUID, reading: int) -> int:
    """Mark as removed who was in the list before and was not in a whole reading of it; return how many.

    Who was never in it (an administrator who only launched) cannot have left it.
    """
    gone = (
        update(Membership)
        .where(
            Membership.roster_id == roster_id,
            Membership.reading > 0,
            Membership.reading != reading,
            Membership.status != MemberStatus.REMOVED,
        )
        .values(status=MemberStatus.REMOVED, changed_at=now())
    )
    return int(getattr(session.execute(gone, execution_options={"synchronize_session": False}), "rowcount", 0))


def count_learners(session: Session, roster_id: UUID) -> int:
    """Return how many learners are in a list now; platforms' test users are nobody."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Membership)
            .join(Identity, Identity.id == Membership.identity_id)
            .where(Membership.roster_id == roster_id, *is_learner(), Identity.test_user.is_(False))
        )
        or 0
    )


def is_learner() -> tuple[Any, ...]:
    """The conditions of a member who is a learner in the course now."""
    return (
        Membership.status == MemberStatus.ACTIVE,
        Membership.role == MemberRole.LEARNER,
    )


def role_of(roles: Roles) -> MemberRole:
    """Return what roles make of a person in the course."""
    if roles.teaches:
        return MemberRole.TEACHER
    return MemberRole.LEARNER if roles.learns else MemberRole.OTHER


def store_groups_told(session: Session, *, context_id: UUID, identity_id: UUID, told: str, newcomer: bool) -> bool:
    """Let somebody be in the groups of a course that a launch tells, and in no others; the caller commits.

    ``newcomer``: the identity has just been made, so that they cannot be in any yet. Returns whether they are in one.
    """
    ids = group_ids(told)
    _store_groups(session, context_id, {identity_id: ids}, known=not newcomer)
    return bool(ids)


def group_ids(told: str) -> tuple[str, ...]:
    """Read ids of groups as Moodle writes them into a custom parameter: separated by commas, empty for none."""
    ids = (containers.identifier(part.strip()) for part in told.split(","))
    return tuple(dict.fromkeys(found for found in ids if found))


def store_group_names(session: Session, context_id: UUID, groups: Sequence[Mapping[str, Any]]) -> None:
    """Put what is known of a course's groups in the place of what was; the caller commits."""
    session.execute(delete(CourseGroup).where(CourseGroup.context_id == context_id))
    if groups:
        session.execute(insert(CourseGroup), [{"context_id": context_id, **group} for group in groups])


def _groups_of(member: Member) -> tuple[str, ...] | None:
    """Return the groups of a member: told by the list itself, or as a launch of theirs would tell them."""
    if member.groups is None and GROUPS_TOLD in member.custom:
        return group_ids(member.custom[GROUPS_TOLD])
    return member.groups


def _identities(session: Session, members: Mapping[str, Member], platform_id: UUID) -> dict[str, UUID]:
    """Return the identities of subjects, those made that were not there; names are taken over where they are told."""
    found = _find(session, platform_id, members)
    renamed = [
        {"id": identity_id, "name": members[subject].name}
        for subject, (identity_id, name) in found.items()
        if members[subject].name is not None and members[subject].name != name
    ]
    if renamed:
        session.execute(update(Identity), renamed)
    missing = [subject for subject in members if subject not in found]
    if missing:
        found |= _add(session, platform_id, [members[subject] for subject in missing])
    return {subject: identity_id for subject, (identity_id, _) in found.items()}


def _find(session: Session, platform_id: UUID, subjects: Collection[str]) -> dict[str, tuple[UUID, str | None]]:
    rows = session.execute(
        select(Identity.subject, Identity.id, Identity.name).where(
            Identity.platform_id == platform_id, Identity.subject.in_(subjects)
        )
    )
    return {subject: (identity_id, name) for subject, identity_id, name in rows}


def _add(session: Session, platform_id: UUID, members: Sequence[Member]) -> dict[str, tuple[UUID, str | None]]:
    moment = now()
    connection = session.connection()
    people = [{"id": new_id(), "created_at": moment} for _ in members]
    connection.execute(_PERSON.insert(), people)
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "platform_id": platform_id,
            "person_id": person["id"],
            "subject": member.user_id,
            "name": member.name,
            "test_user": member.roles.test_user,
            "created_at": moment,
        }
        for person, member in zip(people, members, strict=True)
    ]
    connection.execute(
        insert_into(session, Identity).on_conflict_do_nothing(index_elements=["platform_id", "subject"]), rows
    )
    found = _find(session, platform_id, [member.user_id for member in members])
    # A launch that came at this very moment was quicker: the person that we made for it belongs to nobody.
    spare = [row["person_id"] for row in rows if found[row["subject"]][0] != row["id"]]
    if spare:
        connection.execute(_PERSON.delete().where(_PERSON.c.id.in_(spare)))
    return found


def _merged(one: Member, other: Member) -> Member:
    """Join two entries of one person; the later one's status counts."""
    return Member(
        user_id=other.user_id,
        roles=Roles(one.roles.known | other.roles.known, one.roles.test_user or other.roles.test_user),
        status=other.status,
        name=other.name or one.name,
        custom={**one.custom, **other.custom},
        groups=other.groups if one.groups is None else tuple(dict.fromkeys((*one.groups, *(other.groups or ())))),
    )


def _store_groups(
    session: Session, context_id: UUID, groups: Mapping[UUID, Collection[str]], *, known: bool = True
) -> None:
    """Let these people be in these groups of a course and in no others. ``known``: they may be in some already."""
    wanted = {(group_id, identity_id) for identity_id, ids in groups.items() for group_id in ids}
    held: set[tuple[str, UUID]] = set()
    if known:
        mine = and_(GroupMembership.context_id == context_id, GroupMembership.identity_id.in_(groups))
        pairs = session.execute(select(GroupMembership.group_id, GroupMembership.identity_id).where(mine))
        held = {(group_id, identity_id) for group_id, identity_id in pairs}
    over: dict[str, list[UUID]] = {}
    for group_id, identity_id in held - wanted:
        over.setdefault(group_id, []).append(identity_id)
    if over:
        left = (
            and_(GroupMembership.group_id == group_id, GroupMembership.identity_id.in_(ids))
            for group_id, ids in over.items()
        )
        session.execute(
            delete(GroupMembership).where(GroupMembership.context_id == context_id, or_(*left)),
            execution_options={"synchronize_session": False},
        )
    if wanted - held:
        rows = [
            {"context_id": context_id, "group_id": group_id, "identity_id": identity_id}
            for group_id, identity_id in sorted(wanted - held)
        ]
        session.connection().execute(insert_into(session, GroupMembership).on_conflict_do_nothing(), rows)
