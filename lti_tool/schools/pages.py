"""What the pages of connecting show."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_babel import gettext as _

from lti_tool.lti import claims
from lti_tool.lti.registration.configuration import PlatformConfiguration
from lti_tool.lti.registration.request import Tool, scopes_to_ask
from lti_tool.schools.models import Platform, PlatformState

PRODUCTS = {
    "moodle": "Moodle",
    "canvas": "Canvas",
    "blackboardlearn": "Blackboard",
    "desire2learn": "D2L Brightspace",
    "open-edx": "Open edX",
    "openedx": "Open edX",
    "sakai": "Sakai",
}


@dataclass(frozen=True, slots=True)
class Value:
    """One thing to copy into an LMS."""

    id: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class AskPage:
    """Who asks to be connected, and what the two sides will get of each other."""

    title: str
    school: str
    product: str
    host: str
    issuer: str
    tool_address: str
    gives: list[str]
    reads: list[str]
    known: list[str]  # titles of the school's platforms that this LMS may be
    trusted: bool
    moodle: bool
    post_url: str
    csrf: str


@dataclass(frozen=True, slots=True)
class DonePage:
    """The platform is connected."""

    title: str
    school: str
    host: str
    state: PlatformState
    moodle: bool


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What to do with an invitation link."""

    title: str
    school: str
    link: Value
    manual_url: str


@dataclass(frozen=True, slots=True)
class WaitPage:
    """The registration is on its way."""

    title: str
    again_url: str


@dataclass(frozen=True, slots=True)
class ManualPage:
    """Every value that an LMS may ask for."""

    title: str
    values: list[Value]
    scopes: list[Value]
    custom: Value
    domain: str


def product_name(configuration: PlatformConfiguration) -> str:
    """Return what the LMS calls itself, with its version: "Moodle 4.5.6 (Build: 20250811)"."""
    name = PRODUCTS.get(configuration.family.lower(), configuration.family) or _("Learning platform")
    return f"{name} {configuration.version}".strip()


def ask_page(
    configuration: PlatformConfiguration,
    *,
    school: str,
    known: list[Platform],
    trusted: bool,
    tool: Tool,
    post_url: str,
    csrf: str,
) -> AskPage:
    """Make the page that asks for confirmation."""
    scopes = scopes_to_ask(configuration)
    gives = [_("courses, seminars and trials of the lyceum as activities of your courses")]
    if claims.SCOPE_SCORE in scopes:
        gives.append(_("results in the gradebook, by themselves"))
    reads = [_("the names of those who open an activity, their role and their course; no e-mail addresses")]
    if claims.SCOPE_LINE_ITEM in scopes:
        reads.append(_("the gradebook columns of its own activities, and only these"))
    if claims.SCOPE_ROSTER in scopes:
        reads.append(_("the list of a course in which it is used, so that a teacher sees who has not begun"))
    return AskPage(
        title=_("Connect %(host)s?", host=urlsplit(configuration.issuer).netloc),
        school=school,
        product=product_name(configuration),
        host=urlsplit(configuration.issuer).netloc,
        issuer=configuration.issuer,
        tool_address=tool.public_url,
        gives=gives,
        reads=reads,
        known=[platform.title for platform in known],
        trusted=trusted,
        moodle=configuration.family.lower() == "moodle",
        post_url=post_url,
        csrf=csrf,
    )


def manual_page(tool: Tool) -> ManualPage:
    """Make the page with the values for a registration by hand."""
    url = tool.public_url
    return ManualPage(
        title=_("Connect by hand"),
        values=[
            Value("launch", _("Tool URL, target link URI, redirection URI, content selection URL"), tool.launch_url),
            Value("login", _("Initiate login URL"), f"{url}/lti/login"),
            Value("jwks", _("Public keyset URL (JWKS)"), f"{url}/lti/jwks"),
            Value("icon", _("Icon"), f"{url}/static/icon.svg"),
        ],
        scopes=[
            Value("scope-lineitem", _("gradebook columns"), claims.SCOPE_LINE_ITEM),
            Value("scope-result", _("grades, to read them back"), claims.SCOPE_RESULT),
            Value("scope-score", _("grades, to send them"), claims.SCOPE_SCORE),
            Value("scope-roster", _("names and roles of a course"), claims.SCOPE_ROSTER),
        ],
        custom=Value("custom", _("Custom parameters"), "context_id_history=$Context.id.history"),
        domain=urlsplit(url).netloc,
    )
