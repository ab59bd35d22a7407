"""Roles of a launch: parsed into kind, principal and sub-role, never searched for substrings (Core §A.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

VOCABULARY = "purl.imsglobal.org/vocab/lis/v2/"
TEST_USER = "purl.imsglobal.org/vocab/lti/system/person#TestUser"

_PRINCIPALS = frozenset(
    {"Administrator", "ContentDeveloper", "Instructor", "Learner", "Manager", "Member", "Mentor", "Officer"}
)
_NAME = re.compile(r"[A-Za-z][A-Za-z-]*")


class RoleKind(StrEnum):
    """What a role speaks of: the course, the institution or the whole system."""

    CONTEXT = "context"
    INSTITUTION = "institution"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Role:
    """One role, for example ``Role(CONTEXT, "Instructor", "TeachingAssistant")``."""

    kind: RoleKind
    principal: str
    sub: str | None = None


@dataclass(frozen=True, slots=True)
class Roles:
    """The known roles of a person in a launch. Unknown ones are left out and give no right."""

    known: frozenset[Role]
    test_user: bool = False

    @classmethod
    def parse(cls, values: Iterable[object]) -> Roles:
        """Read the roles claim; whatever is not a known role is ignored (Core §5.3.7)."""
        strings = [value for value in values if isinstance(value, str)]
        parsed = (parse_role(value) for value in strings)
        return cls(
            known=frozenset(role for role in parsed if role is not None),
            test_user=any(_without_scheme(value) == TEST_USER for value in strings),
        )

    def in_context(self, *principals: str) -> bool:
        """Tell whether one of these principal roles is held in the course itself."""
        return any(role.kind is RoleKind.CONTEXT and role.principal in principals for role in self.known)

    @property
    def teaches(self) -> bool:
        """May see the work of others: a teacher or assistant, whoever makes the content or administers the course.

        A role in the institution gives no right in a course: a teacher of the school may be a learner here.
        """
        return self.in_context("Instructor", "Administrator", "ContentDeveloper")

    @property
    def administers(self) -> bool:
        """Looks after the whole LMS or the institution: may see whether the connection holds. No right in a course."""
        return any(
            (role.kind is RoleKind.INSTITUTION and role.principal == "Administrator")
            or (role.kind is RoleKind.SYSTEM and role.principal in {"Administrator", "SysAdmin"})
            for role in self.known
        )

    @property
    def learns(self) -> bool:
        """Works through the content and gets a grade."""
        return self.in_context("Learner")

    @property
    def mentors(self) -> bool:
        """Accompanies the persons named in ``role_scope_mentor``."""
        return self.in_context("Mentor")


def parse_role(value: str) -> Role | None:
    """Read one role in any of the forms of the vocabulary, old ones too; None when it is not known.

    ``…/membership#Instructor`` · ``…/membership/Instructor#Grader`` · ``…/institution/person#Student`` ·
    ``…/system/person#SysAdmin`` · ``Instructor`` (short: a context role) · ``urn:lti:role:ims/lis/Learner`` ·
    ``urn:lti:instrole:…`` · ``urn:lti:sysrole:…``
    """
    if value.startswith("urn:lti:"):
        return _parse_urn(value)
    if _NAME.fullmatch(value):
        return Role(RoleKind.CONTEXT, value) if value in _PRINCIPALS else None
    path, hash_mark, name = _without_scheme(value).partition("#")
    if not hash_mark or not path.startswith(VOCABULARY) or not _NAME.fullmatch(name):
        return None
    path = path.removeprefix(VOCABULARY)
    if path == "membership":
        return Role(RoleKind.CONTEXT, name) if name in _PRINCIPALS else None
    if path.startswith("membership/"):
        principal = path.removeprefix("membership/")
        return Role(RoleKind.CONTEXT, principal, name) if principal in _PRINCIPALS else None
    kinds = {
        "institution/person": RoleKind.INSTITUTION,
        "system/person": RoleKind.SYSTEM,
        "person": RoleKind.INSTITUTION,
    }
    return Role(kinds[path], name) if path in kinds else None


def _parse_urn(value: str) -> Role | None:
    """Read the forms of LTI 1.1: ``urn:lti:role:ims/lis/Instructor/TeachingAssistant``."""
    kinds = {"role": RoleKind.CONTEXT, "instrole": RoleKind.INSTITUTION, "sysrole": RoleKind.SYSTEM}
    parts = value.split(":", 3)
    if len(parts) != 4 or parts[2] not in kinds or not parts[3].startswith("ims/lis/"):
        return None
    principal, _, sub = parts[3].removeprefix("ims/lis/").partition("/")
    kind = kinds[parts[2]]
    if kind is RoleKind.CONTEXT and principal not in _PRINCIPALS:
        return None
    return Role(kind, principal, sub or None) if _NAME.fullmatch(principal) else None


def _without_scheme(value: str) -> str:
    return value.removeprefix("http://").removeprefix("https://")
