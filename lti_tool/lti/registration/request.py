"""What we ask a platform for when we register there (Dynamic Registration §3.5): never more than it offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_tool.lti import claims
from lti_tool.lti.launch import MessageType
from lti_tool.lti.registration.configuration import PlatformConfiguration
from lti_tool.lti.variables import DATES

TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
SCOPES = (
    claims.SCOPE_LINE_ITEM,
    claims.SCOPE_LINE_ITEM_READ,
    claims.SCOPE_RESULT,
    claims.SCOPE_SCORE,
    claims.SCOPE_ROSTER,
    claims.SCOPE_GROUPS,
    claims.SCOPE_NOTICE_HANDLERS,
)
# A name is for the teacher's desk; nothing needs an e-mail address, so none is asked for.
CLAIMS = ("iss", "sub", "name", "given_name", "family_name")
PLACEMENTS = ("ContentArea", "assignment_selection", "link_selection")
# Names under which the variables arrive. None of them may be a name that a single activity sets: in Moodle the tool's
# value would win over the activity's.
VARIABLES = {
    "context_id_history": "Context.id.history",
    "resource_link_id_history": "ResourceLink.id.history",
    "moodle_group_ids": "Moodle.Person.userGroupIds",
    **{name: variable.removeprefix("$") for name, variable in DATES.items()},
}
ASKED_UNSEEN = ("Context.id.history", "ResourceLink.id.history")  # of a platform that does not say what it knows
NAMES = {"ru": "Лицей-CITY", "en": "Lyceum CITY"}
DESCRIPTIONS = {
    "ru": "Курсы, семинары наставников и онлайн-пробы лицея; результат приходит в журнал.",
    "en": "Courses, mentor seminars and online professional trials of the lyceum; results come to the gradebook.",
}
LABELS = {
    MessageType.RESOURCE_LINK: {"ru": "Открыть занятие", "en": "Open the activity"},
    MessageType.DEEP_LINKING: {"ru": "Выбрать из Лицей-CITY", "en": "Choose from Lyceum CITY"},
    MessageType.SUBMISSION_REVIEW: {"ru": "Посмотреть работу", "en": "Look at the work"},
    MessageType.DATA_PRIVACY: {"ru": "Что хранится и зачем", "en": "What is kept, and why"},
}
CANVAS_PRIVACY = "https://canvas.instructure.com/lti/privacy_level"


@dataclass(frozen=True, slots=True)
class Tool:
    """Where the tool is and what it is called by default ("ru" or "en")."""

    public_url: str
    language: str = "ru"

    @property
    def launch_url(self) -> str:
        """The one address for every message, and the one redirect URI."""
        return f"{self.public_url}/lti/launch"


def scopes_to_ask(configuration: PlatformConfiguration) -> tuple[str, ...]:
    """Return our scopes that the platform offers."""
    return tuple(scope for scope in SCOPES if scope in configuration.scopes)


def messages_to_ask(configuration: PlatformConfiguration) -> tuple[MessageType, ...]:
    """Return the messages we serve that the platform sends; a plain launch is always one of them."""
    return tuple(
        kind for kind in MessageType if kind is MessageType.RESOURCE_LINK or str(kind) in configuration.messages
    )


def registration_request(configuration: PlatformConfiguration, tool: Tool) -> dict[str, Any]:
    """Return the document that is posted to the platform's registration endpoint."""
    url = tool.public_url
    document: dict[str, Any] = {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{url}/lti/login",
        "redirect_uris": [tool.launch_url],
        **_in_languages("client_name", NAMES, tool.language),
        "client_uri": url,
        "logo_uri": f"{url}/static/icon.svg",
        "jwks_uri": f"{url}/lti/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes_to_ask(configuration)),
        TOOL_CONFIGURATION: {
            "domain": urlsplit(url).netloc,
            "secondary_domains": [],
            "target_link_uri": tool.launch_url,
            **_in_languages("description", DESCRIPTIONS, tool.language),
            "custom_parameters": _custom_parameters(configuration),
            "claims": _claims(configuration),
            "messages": [_message(kind, configuration, tool) for kind in messages_to_ask(configuration)],
        },
    }
    if configuration.family == "canvas":
        document[TOOL_CONFIGURATION][CANVAS_PRIVACY] = "name_only"
    return document


def _message(kind: MessageType, configuration: PlatformConfiguration, tool: Tool) -> dict[str, Any]:
    message: dict[str, Any] = {"type": str(kind), "target_link_uri": tool.launch_url}
    if kind in LABELS:
        message |= _in_languages("label", LABELS[kind], tool.language)
    if kind is MessageType.DEEP_LINKING:
        offered = configuration.messages.get(str(kind), ())
        message["placements"] = [one for one in PLACEMENTS if one in offered] or [PLACEMENTS[0]]
        message["icon_uri"] = f"{tool.public_url}/static/icon.svg"
        message["supported_types"] = ["ltiResourceLink"]
    return message


def _claims(configuration: PlatformConfiguration) -> list[str]:
    if not configuration.claims:
        return list(CLAIMS)
    return [claim for claim in CLAIMS if claim in configuration.claims or claim in {"iss", "sub"}]


def _custom_parameters(configuration: PlatformConfiguration) -> dict[str, str]:
    known = ASKED_UNSEEN if configuration.variables is None else configuration.variables
    return {name: f"${variable}" for name, variable in VARIABLES.items() if variable in known}


def _in_languages(name: str, texts: dict[str, str], language: str) -> dict[str, str]:
    """A text in the tool's language, and in each language under ``name#language`` (OIDC Registration §2.1)."""
    return {name: texts[language], **{f"{name}#{one}": text for one, text in texts.items()}}
