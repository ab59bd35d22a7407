"""A launch, parsed once into one frozen dataclass. Nothing behind this door reads a raw claim."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from lti_tool.lti import checks, claims
from lti_tool.lti.checks import MAX_ID, required_id
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.registrations import Registration
from lti_tool.lti.roles import Roles

MAX_LOCALE = 20
MAX_MENTEES = 500  # of one mentor
MAX_CUSTOM = 4000
MAX_ANCESTORS = 50  # of a course that was copied year after year, the nearest ones
_VARIABLE = re.compile(r"\$[A-Za-z][\w.]*")


class MessageType(StrEnum):
    """The messages that are served."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
    SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"
    DATA_PRIVACY = "LtiDataPrivacyLaunchRequest"


# These speak of a course only perhaps, and so may come without roles.
ROLES_OPTIONAL = frozenset({MessageType.DEEP_LINKING, MessageType.DATA_PRIVACY})


@dataclass(frozen=True, slots=True)
class ResourceLink:
    """The link in the course that was opened (Core §5.3.5)."""

    id: str
    title: str | None = None
    description: str | None = None
    history: tuple[str, ...] = ()  # ids of the links it was copied from, newest first


@dataclass(frozen=True, slots=True)
class CourseContext:
    """The course it stands in (Core §5.4.1)."""

    id: str
    label: str | None = None
    title: str | None = None
    types: tuple[str, ...] = ()
    history: tuple[str, ...] = ()  # ids of the courses it was copied from, newest first


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the platform shows us (Core §5.4.4)."""

    target: str = "iframe"
    locale: str | None = None
    return_url: str | None = None


@dataclass(frozen=True, slots=True)
class AgsEndpoint:
    """What the launch allows with grades (AGS §3.1). ``line_item`` is None when no single column is meant."""

    scopes: frozenset[str]
    line_items: str | None
    line_item: str | None


@dataclass(frozen=True, slots=True)
class NrpsEndpoint:
    """Where the roster can be read (NRPS §2.2)."""

    memberships: str


@dataclass(frozen=True, slots=True)
class GroupsEndpoint:
    """Where the groups of the course can be read (Course Groups §2.1); ``sets`` is None where there are none."""

    groups: str
    sets: str | None


@dataclass(frozen=True, slots=True)
class NoticesEndpoint:
    """Where the platform can be asked to send notices (Platform Notification Service §3.1)."""

    url: str
    scopes: frozenset[str]
    types: frozenset[str]  # the kinds of notices it can send


@dataclass(frozen=True, slots=True)
class DeepLinkingSettings:
    """What the platform wants back from the picker (Deep Linking §3.1)."""

    return_url: str
    accept_types: tuple[str, ...]
    accept_targets: tuple[str, ...]
    accept_multiple: bool
    accept_line_item: bool
    data: str | None


@dataclass(frozen=True, slots=True)
class Launch:
    """A verified launch: who, with which roles, from where, to what."""

    registration: Registration
    deployment_id: str
    message: MessageType
    target: str
    subject: str | None
    name: str | None
    roles: Roles
    link: ResourceLink | None
    context: CourseContext | None
    presentation: Presentation
    custom: Mapping[str, str]
    family: str | None
    ags: AgsEndpoint | None
    nrps: NrpsEndpoint | None
    groups: GroupsEndpoint | None
    notices: NoticesEndpoint | None
    deep_linking: DeepLinkingSettings | None
    for_user: str | None
    mentees: frozenset[str]

    @property
    def anonymous(self) -> bool:
        """Whether the platform does not say who came (Core §5.3.6.1): nothing is kept, sent or shown to others."""
        return self.subject is None

    @property
    def language(self) -> str | None:
        """The two letters of the language that the person reads in the platform, if it says."""
        locale = self.presentation.locale
        return locale.replace("_", "-").split("-")[0].lower() if locale else None


def parse_launch(body: Mapping[str, Any], registration: Registration) -> Launch:
    """Make a :class:`Launch` of the claims of a verified id_token.

    Raises:
        LaunchError: a required claim is missing or malformed (Core §5.3); optional claims of a wrong type are treated
            as absent, unknown ones are ignored.
    """
    _version(body)
    message = _message(body)
    subject = _subject(body, registration, message)
    given = _roles(body, message)
    # Nobody in particular has no rights in particular, whatever the roles say: no desk, no grade, no list of names.
    roles = Roles.parse(given if subject is not None else ())
    return Launch(
        registration=registration,
        deployment_id=checks.deployment(body),
        message=message,
        target=str(body[claims.TARGET_LINK_URI]),
        subject=subject,
        name=_name(body) if subject is not None else None,
        roles=roles,
        link=_resource_link(body, message),
        context=_context(body),
        presentation=presentation(body),
        custom=_custom(body),
        family=_text(_mapping(body, claims.PLATFORM).get("product_family_code")),
        ags=_ags(body, registration) if subject is not None else None,
        nrps=_nrps(body, registration) if subject is not None else None,
        groups=_groups(body, registration) if subject is not None else None,
        notices=_notices(body, registration),
        deep_linking=_deep_linking(body) if message is MessageType.DEEP_LINKING else None,
        for_user=_for_user(body, message),
        mentees=_mentees(body, roles),
    )


def _version(body: Mapping[str, Any]) -> None:
    if body.get(claims.VERSION) != "1.3.0":
        raise LaunchError("version")


def _message(body: Mapping[str, Any]) -> MessageType:
    try:
        return MessageType(body.get(claims.MESSAGE_TYPE))  # type: ignore[arg-type]  # anything may stand in the claim
    except ValueError:
        raise LaunchError("message-type") from None


def _roles(body: Mapping[str, Any], message: MessageType) -> list[object]:
    roles = body.get(claims.ROLES)
    if isinstance(roles, list):
        return roles
    if message not in ROLES_OPTIONAL:
        raise LaunchError("roles-missing")
    return []


def _subject(body: Mapping[str, Any], registration: Registration, message: MessageType) -> str | None:
    if "sub" not in body:
        # Choosing, reviewing and asking what is kept are done by somebody; only looking in can be done by nobody.
        if registration.allow_anonymous and message is MessageType.RESOURCE_LINK:
            return None
        raise LaunchError("subject-missing")
    return required_id(body["sub"], "subject-missing")


def _name(body: Mapping[str, Any]) -> str | None:
    """The full name, or what can be made of its parts; None when the platform keeps it to itself."""
    full = _text(body.get("name"))
    if full:
        return full[:MAX_ID]
    parts = (_text(body.get("given_name")), _text(body.get("family_name")))
    return " ".join(part for part in parts if part)[:MAX_ID] or None


def _resource_link(body: Mapping[str, Any], message: MessageType) -> ResourceLink | None:
    claim = _mapping(body, claims.RESOURCE_LINK)
    if not claim and message is not MessageType.RESOURCE_LINK:
        return None
    return ResourceLink(
        id=required_id(claim.get("id"), "link-missing"),
        title=_text(claim.get("title")),
        description=_text(claim.get("description")),
        history=_history(body, "resource_link_id_history"),
    )


def _context(body: Mapping[str, Any]) -> CourseContext | None:
    claim = _mapping(body, claims.CONTEXT)
    identifier = _text(claim.get("id"))
    if not identifier or len(identifier) > MAX_ID:
        return None
    types = claim.get("type")
    return CourseContext(
        id=identifier,
        label=_text(claim.get("label")),
        title=_text(claim.get("title")),
        types=tuple(item for item in types if isinstance(item, str)) if isinstance(types, list) else (),
        history=_history(body, "context_id_history"),
    )


def _history(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Read a variable such as ``$Context.id.history``: each id is URL-encoded, the newest ancestor comes first."""
    ids = (unquote(item.strip()) for item in _custom(body).get(name, "").split(","))
    return tuple(dict.fromkeys(item for item in ids if 0 < len(item) <= MAX_ID and "\0" not in item))[:MAX_ANCESTORS]


def _for_user(body: Mapping[str, Any], message: MessageType) -> str | None:
    """Whose work is to be shown (Submission Review §3.2). Moodle leaves the claim out when a whole column is meant."""
    if claims.FOR_USER not in body or message is not MessageType.SUBMISSION_REVIEW:
        return None
    return required_id(_mapping(body, claims.FOR_USER).get("user_id"), "for-user-missing")


def presentation(body: Mapping[str, Any]) -> Presentation:
    """How the platform shows us (Core §5.4.4): what is unknown counts as a frame, only web addresses are followed."""
    claim = _mapping(body, claims.PRESENTATION)
    target = _text(claim.get("document_target"))
    locale = _text(claim.get("locale"))
    return Presentation(
        target=target if target in {"iframe", "frame", "window"} else "iframe",
        locale=locale if locale is not None and len(locale) <= MAX_LOCALE else None,
        return_url=web_url(claim.get("return_url")),
    )


def _custom(body: Mapping[str, Any]) -> dict[str, str]:
    """The custom parameters as strings. A variable the platform did not know (``$User.username``) counts as unset.

    What the link carries in its own address (Core §5.3.4) counts as well: not every platform keeps custom parameters.
    """
    values = {}
    for key, given in [*_of_target(body), *_mapping(body, claims.CUSTOM).items()]:
        value = str(given) if isinstance(given, bool | int | float) else given
        if isinstance(value, str) and len(value) <= MAX_CUSTOM and not _VARIABLE.fullmatch(value):
            values[key] = value
    return values


def _of_target(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = parse_qsl(urlsplit(str(body.get(claims.TARGET_LINK_URI, ""))).query, keep_blank_values=True)
    return [(name, value) for name, value in pairs if "\0" not in value]


def _ags(body: Mapping[str, Any], registration: Registration) -> AgsEndpoint | None:
    claim = _mapping(body, claims.AGS)
    scopes = claim.get("scope")
    if not isinstance(scopes, list):
        return None
    return AgsEndpoint(
        scopes=registration.allowed(scope for scope in scopes if isinstance(scope, str)),
        line_items=web_url(claim.get("lineitems")),
        line_item=web_url(claim.get("lineitem")),
    )


def _nrps(body: Mapping[str, Any], registration: Registration) -> NrpsEndpoint | None:
    url = web_url(_mapping(body, claims.NRPS).get("context_memberships_url"))
    return NrpsEndpoint(url) if url and registration.allowed([claims.SCOPE_ROSTER]) else None


def _groups(body: Mapping[str, Any], registration: Registration) -> GroupsEndpoint | None:
    claim = _mapping(body, claims.GROUPS)
    url = web_url(claim.get("context_groups_url"))
    if not url or not registration.allowed([claims.SCOPE_GROUPS]):
        return None
    return GroupsEndpoint(url, web_url(claim.get("context_group_sets_url")))


def _notices(body: Mapping[str, Any], registration: Registration) -> NoticesEndpoint | None:
    claim = _mapping(body, claims.NOTICES)
    url = web_url(claim.get("platform_notification_service_url"))
    return (
        NoticesEndpoint(
            url, registration.allowed(_strings(claim.get("scope"))), _strings(claim.get("notice_types_supported"))
        )
        if url
        else None
    )


def _deep_linking(body: Mapping[str, Any]) -> DeepLinkingSettings:
    claim = _mapping(body, claims.DEEP_LINKING)
    return_url = web_url(claim.get("deep_link_return_url"))
    types, targets = claim.get("accept_types"), claim.get("accept_presentation_document_targets")
    if not return_url or not isinstance(types, list) or not isinstance(targets, list):
        raise LaunchError("deep-linking-settings")
    data = claim.get("data")
    return DeepLinkingSettings(
        return_url=return_url,
        accept_types=tuple(item for item in types if isinstance(item, str)),
        accept_targets=tuple(item for item in targets if isinstance(item, str)),
        accept_multiple=claim.get("accept_multiple") is True,
        accept_line_item=claim.get("accept_lineitem") is not False,
        data=data if isinstance(data, str) else None,
    )


def _mentees(body: Mapping[str, Any], roles: Roles) -> frozenset[str]:
    """Whom a mentor accompanies. Without the Mentor role the claim says nothing (Core §5.4.3)."""
    scope = body.get(claims.MENTOR_SCOPE)
    if not roles.mentors or not isinstance(scope, list):
        return frozenset()
    return frozenset(item for item in scope[:MAX_MENTEES] if isinstance(item, str) and 0 < len(item) <= MAX_ID)


def _strings(value: object) -> frozenset[str]:
    return frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()


def _mapping(body: Mapping[str, Any], claim: str) -> Mapping[str, Any]:
    value = body.get(claim)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def web_url(value: object) -> str | None:
    """Return the value when it is an http(s) address, else None: neither scripts nor files are followed."""
    if not isinstance(value, str) or len(value) > 2000:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme in {"http", "https"} and parts.netloc else None
