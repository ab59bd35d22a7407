"""Names and Role Provisioning Services 2.0: who is in a course, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urljoin

from lti_tool.lti import claims
from lti_tool.lti.roles import Role, Roles, parse_role
from lti_tool.lti.services import containers
from lti_tool.lti.services.ags import with_query
from lti_tool.lti.services.connector import Connector, linked
from lti_tool.lti.services.http import ServiceAnswer, origin_of

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEMBERSHIPS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


class Status(StrEnum):
    """Whether a member is in the course (NRPS §2.2.2). DELETED comes in differences only."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a course. ``user_id`` is the ``sub`` of their launches.

    ``name`` is None where the platform keeps it to itself. ``custom``: what a launch of theirs through the link that
    was asked for would carry (`rlid`). ``groups``: their groups' ids, None when the platform says nothing of groups.
    """

    user_id: str
    roles: Roles
    status: Status = Status.ACTIVE
    name: str | None = None
    custom: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class MembershipPage:
    """A page of a list. ``unreadable``: entries that name no user; ``differences``: where to ask later what changed."""

    members: tuple[Member, ...]
    unreadable: int = 0
    differences: str | None = None


def read_members(
    connector: Connector, url: str, *, limit: int | None = None, role: str | None = None, rlid: str | None = None
) -> Iterator[MembershipPage]:
    """Yield the members of a course (NRPS §2.4), or of those who may open one resource link (``rlid``, §3.4).

    ``limit`` is a wish: pages may be larger or smaller. ``role``: a URI or a short name; members are filtered by us as
    well, for Moodle's second page forgets it. A list that ends early raises: what came of it is not the whole.

    Raises:
        ServiceAnswer: not a 2xx, or not a list of members. Besides, what `Connector.pages` raises.
    """
    address = with_query(url, role=role, limit=str(limit) if limit is not None else None, rlid=rlid)
    wanted = parse_role(role) if role is not None else None
    for page in _pages(connector, address):
        if role is None:
            yield page
        else:
            members = tuple(member for member in page.members if _holds(member.roles, wanted))
            yield MembershipPage(members, page.unreadable, page.differences)


def read_differences(connector: Connector, url: str) -> Iterator[MembershipPage]:
    """Yield who changed since the list that named this URL (NRPS §2.4.3); the URL is used as it is.

    Raises as :func:`read_members`; a 4xx says that the URL is good no more: read the whole list.
    """
    return _pages(connector, url)


def _pages(connector: Connector, url: str) -> Iterator[MembershipPage]:
    for answer in connector.pages(url, scope=SCOPE, accept=MEMBERSHIPS):
        listed = containers.entries(answer, "members")
        members = tuple(member for member in map(_member, listed) if member is not None)
        if listed and not members:
            raise ServiceAnswer(answer)  # a list of something else: nobody must be taken for gone because of it
        differences = linked(answer.headers.get("Link"), "differences")
        if differences is not None:
            if "://" not in differences:
                differences = urljoin(answer.url, differences)
            if origin_of(differences) != origin_of(url):
                differences = None  # it would not get our token, so it is of no use
        yield MembershipPage(members, len(listed) - len(members), differences)


def _member(entry: Any) -> Member | None:
    if not isinstance(entry, dict):
        return None
    user_id = containers.identifier(entry.get("user_id"))
    if user_id is None:
        return None
    roles = entry.get("roles")
    return Member(
        user_id=user_id,
        roles=Roles.parse(roles if isinstance(roles, list) else [roles]),
        status=_status(entry.get("status")),
        name=_name(entry),
        custom=_custom(entry.get("message")),
        groups=_groups(entry),
    )


def _status(value: Any) -> Status:
    """Read a status: none means active; one that is not known is surely not «active»."""
    if value is None:
        return Status.ACTIVE
    try:
        return Status(str(value).lower())
    except ValueError:
        return Status.INACTIVE


def _name(entry: Mapping[str, Any]) -> str | None:
    full = containers.text(entry.get("name"))
    if full:
        return full
    parts = (containers.text(entry.get("given_name")), containers.text(entry.get("family_name")))
    return " ".join(part for part in parts if part)[: containers.MAX_TEXT] or None


def _custom(messages: Any) -> dict[str, str]:
    """Merge the custom values of a member's messages; a variable that the platform left unresolved counts as unset."""
    merged: dict[str, str] = {}
    for message in messages if isinstance(messages, list) else []:
        custom = message.get(claims.CUSTOM) if isinstance(message, dict) else None
        for key, given in custom.items() if isinstance(custom, dict) else ():
            value = str(given) if isinstance(given, bool | int | float) else given
            if isinstance(value, str) and not value.startswith("$"):
                merged[key] = value
    return merged


def _groups(entry: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Read the extension of Course Groups §2.4."""
    enrolments = entry.get("group_enrollments")
    if not isinstance(enrolments, list):
        return None
    ids = (one.get("group_id") for one in enrolments if isinstance(one, dict))
    return tuple(dict.fromkeys(found for found in map(containers.identifier, ids) if found))


def _holds(roles: Roles, wanted: Role | None) -> bool:
    return wanted is not None and any(
        role.kind is wanted.kind
        and role.principal == wanted.principal
        and (wanted.sub is None or role.sub == wanted.sub)
        for role in roles.known
    )
