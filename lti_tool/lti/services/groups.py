"""Course Groups 1.0: the groups of a course and the sets they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.lti.services import containers
from lti_tool.lti.services.ags import with_query
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.http import Answer

SCOPE = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
GROUPS = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
GROUP_SETS = "application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json"


@dataclass(frozen=True, slots=True)
class Group:
    """A group. ``set_ids``: the sets it stands in; ``hidden``: learners must not be shown it."""

    id: str
    name: str | None = None
    tag: str | None = None
    set_ids: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class GroupSet:
    """A set of groups, such as «classes» or «project teams»."""

    id: str
    name: str | None = None
    hidden: bool = False


def list_groups(
    connector: Connector, url: str, *, user_id: str | None = None, limit: int | None = None
) -> Iterator[Group]:
    """Yield the groups of a course, or of one person in it (Course Groups §2.2).

    Raises:
        ServiceAnswer: not a 2xx, or not a list of groups. Besides, what `Connector.pages` raises.
    """
    address = with_query(url, user_id=user_id, limit=str(limit) if limit is not None else None)
    for answer in connector.pages(address, scope=SCOPE, accept=GROUPS):
        for entry in _mappings(answer, "groups"):
            identifier = containers.identifier(entry.get("id"))
            if identifier is not None:
                yield Group(
                    id=identifier,
                    name=containers.text(entry.get("name")),
                    tag=containers.text(entry.get("tag")),
                    set_ids=_set_ids(entry),
                    hidden=_hidden(entry),
                )


def list_group_sets(connector: Connector, url: str, *, limit: int | None = None) -> Iterator[GroupSet]:
    """Yield the sets of groups of a course (Course Groups §2.3). Raises as :func:`list_groups`."""
    address = with_query(url, limit=str(limit) if limit is not None else None)
    for answer in connector.pages(address, scope=SCOPE, accept=GROUP_SETS):
        for entry in _mappings(answer, "sets"):
            identifier = containers.identifier(entry.get("id"))
            if identifier is not None:
                yield GroupSet(id=identifier, name=containers.text(entry.get("name")), hidden=_hidden(entry))


def _mappings(answer: Answer, member: str) -> list[Mapping[str, Any]]:
    return [entry for entry in containers.entries(answer, member) if isinstance(entry, dict)]


def _set_ids(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Read ``set_ids`` or, from platforms of the first edition, ``set_id``."""
    several = entry.get("set_ids")
    ids = several if isinstance(several, list) else [entry.get("set_id")]
    return tuple(dict.fromkeys(found for found in map(containers.identifier, ids) if found))


def _hidden(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("hidden", "")).lower() == "true"
