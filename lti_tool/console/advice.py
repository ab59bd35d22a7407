"""What to do about a finding: where to click in Moodle, and what to look for elsewhere.

Moodle's menus are named as in its Russian and English editions; what makes it answer so was seen in a real one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from lti_tool.console.findings import Finding

_Advice = Mapping[Finding, Callable[[], str]]


def advise(finding: Finding, family: str | None) -> str | None:
    """Return what to do, in the page's language; None when nothing is to be done."""
    own = {"moodle": _MOODLE, "canvas": _CANVAS}.get(family or "", {})
    words = own.get(finding) or _ANYWHERE.get(finding)
    return words() if words is not None else None


def _tool_settings() -> str:
    return _(
        "In Moodle: Site administration › Plugins › Activity modules › External tool › Manage tools, the pencil on the "
        "tool's card."
    )


def _services() -> str:
    return _(
        "Section “Services”: “Use this service for grade sync and column management” and “Use this service to retrieve "
        "members' information”. Save, then check again."
    )


_MOODLE: _Advice = {
    Finding.TOKEN_HIDDEN: lambda: _(
        "Moodle does not read addresses of local networks and other ports than 80 and 443 unless it is told to. Site "
        "administration › General › Security › HTTP security: take the tool's address out of “cURL blocked hosts list” "
        "and add its port to “cURL allowed ports list”."
    ),
    Finding.TOKEN_ADDRESS: lambda: _(
        "Moodle answers so when it may not read our keys. Site administration › General › Security › HTTP security: "
        "take the tool's address out of “cURL blocked hosts list” and add its port to “cURL allowed ports list”. If "
        "they "
        "are right, compare the access token URL in the registration with the one in “View configuration details” of "
        "the "
        "tool's card."
    ),
    Finding.TOKEN_CLIENT: lambda: " ".join(
        [
            _tool_settings(),
            _(
                "Compare the Client ID with the one above. If the tool was deleted there and added again, it has a new "
                "one."
            ),
        ]
    ),
    Finding.TOKEN_SIGNATURE: lambda: " ".join(
        [
            _tool_settings(),
            _(
                "“Public key type” must be “Keyset URL” and “Public keyset” the tool's address of keys, ending in "
                "/lti/jwks."
            ),
        ]
    ),
    Finding.TOKEN_SCOPE: lambda: f"{_tool_settings()} {_services()}",
    Finding.TOKEN_PART: lambda: f"{_tool_settings()} {_services()}",
    Finding.NOT_GRANTED: lambda: f"{_tool_settings()} {_services()}",
    Finding.NEVER_LAUNCHED: lambda: _(
        "Site administration › Plugins › Activity modules › External tool › Manage tools: if the tool's card says "
        "“Pending”, press “Activate”. Then teachers find it in the activity chooser once it is shown there: in the "
        "tool's "
        "settings “Show in activity chooser and as a preconfigured tool”, or in a course More › LTI External tools."
    ),
    Finding.NO_DEPLOYMENT: lambda: _(
        "The Deployment ID stands in “View configuration details” of the tool's card in Moodle. The tool's operator "
        "adds "
        "it to the registration."
    ),
    Finding.COLUMNS_NO_ADDRESS: lambda: _(
        "Open any activity of the tool in a course once. If it stays so: in the tool's settings, section “Services”, "
        "switch grade sync on."
    ),
    Finding.ROSTER_NO_ADDRESS: lambda: _(
        "Open any activity of the tool in a course once. If it stays so: in the tool's settings, section “Services”, "
        "allow it to retrieve members' information."
    ),
}

_CANVAS: _Advice = {
    Finding.TOKEN_CLIENT: lambda: _(
        "Canvas: Admin › Developer Keys: the key must be “On”, and its number is our client id."
    ),
    Finding.TOKEN_SIGNATURE: lambda: _(
        "Canvas: Admin › Developer Keys › the key: “Public JWK URL” must be the tool's address of keys, ending in "
        "/lti/jwks."
    ),
    Finding.TOKEN_SCOPE: lambda: _(
        "Canvas: Admin › Developer Keys › the key › LTI Advantage Services: switch them on."
    ),
    Finding.TOKEN_PART: lambda: _("Canvas: Admin › Developer Keys › the key › LTI Advantage Services: switch them on."),
    Finding.NOT_GRANTED: lambda: _(
        "Canvas: Admin › Developer Keys › the key › LTI Advantage Services: switch them on."
    ),
    Finding.NO_DEPLOYMENT: lambda: _(
        "Canvas: Settings › Apps › View App Configurations: the app's menu shows the Deployment ID. The tool's "
        "operator "
        "adds it to the registration."
    ),
}


def _later() -> str:
    return _("Try again in some minutes. If it stays so, whoever keeps the LMS finds the reason in its log.")


_ANYWHERE: _Advice = {
    Finding.TOKEN_HIDDEN: lambda: _(
        "Let the LMS's server reach this address, or publish the tool under a name and port that it can reach."
    ),
    Finding.NO_KEY: lambda: _("The tool's operator runs “lyceum-city setup”."),
    Finding.PENDING: lambda: _("The tool's operator runs “lyceum-city platform approve”."),
    Finding.SWITCHED_OFF: lambda: _("The tool's operator can switch it on again."),
    Finding.PLAIN_HTTP: lambda: _("Good for a trial on one's own machine only. Give the LMS an https address."),
    Finding.NO_DEPLOYMENT: lambda: _(
        "The tool's operator adds the Deployment ID that the LMS shows to the registration."
    ),
    Finding.NEVER_LAUNCHED: lambda: _("Switch the tool on in the LMS, add an activity to a course and open it."),
    Finding.SIGN_IN_SILENT: lambda: _(
        "If people come in, nothing. If not: see whether the address is right and the LMS's server is on."
    ),
    Finding.SIGN_IN_MISSING: lambda: _(
        "Compare the authentication request URL in the registration with the LMS's own."
    ),
    Finding.SIGN_IN_BROKEN: _later,
    Finding.KEYS_SILENT: lambda: _(
        "The tool's server must reach the LMS: look at its name, its firewall and its certificate. Until then the keys "
        "that are known serve for a day."
    ),
    Finding.KEYS_STATUS: lambda: _("Compare the public keyset URL in the registration with the LMS's own."),
    Finding.KEYS_NONSENSE: lambda: _("Compare the public keyset URL in the registration with the LMS's own."),
    Finding.KEYS_UNUSABLE: lambda: _("Whoever keeps the LMS makes it publish an RSA key of 2048 bits or more."),
    Finding.TOKEN_SILENT: lambda: _(
        "The tool's server must reach the LMS: look at its name, its firewall and its certificate. Grades wait here "
        "meanwhile and go out by themselves."
    ),
    Finding.TOKEN_ADDRESS: lambda: _(
        "Compare the access token URL in the registration with the LMS's own, and see whether the LMS's server can "
        "read "
        "the tool's keys, at the address that ends in /lti/jwks."
    ),
    Finding.TOKEN_CLIENT: lambda: _("Compare the client id in the registration with the one in the LMS."),
    Finding.TOKEN_SIGNATURE: lambda: _(
        "The tool must be entered in the LMS with the address of its keys, ending in /lti/jwks, not with a copied key."
    ),
    Finding.TOKEN_CLOCK: lambda: _("Set the clocks of both servers by a time service (NTP)."),
    Finding.TOKEN_REFUSED: lambda: _("Compare client id, audience and keys of the registration with the LMS's own."),
    Finding.TOKEN_SCOPE: lambda: _("In the LMS, allow the tool grades and names and roles."),
    Finding.TOKEN_PART: lambda: _("In the LMS, allow the tool what is missing. Everything else works without it."),
    Finding.TOKEN_PASSING: _later,
    Finding.CLOCK_DIFFERS: lambda: _(
        "The tool allows for it. From a minute on people could not come in: set both clocks by a time service (NTP)."
    ),
    Finding.CLOCK_WRONG: lambda: _(
        "People may be refused at the door, and grades be late: set the clocks of both servers by a time service (NTP)."
    ),
    Finding.COLUMNS_NO_ADDRESS: lambda: _("Open any activity of the tool in a course once; the LMS must allow grades."),
    Finding.ROSTER_NO_ADDRESS: lambda: _(
        "Open any activity of the tool in a course once; the LMS must allow names and roles."
    ),
    Finding.SCORE_NO_PERSON: lambda: _("Let a teacher open the tool's desk, then check again."),
    Finding.COLUMN_LEFT: lambda: _(
        "The next check tries it again. It can be deleted by hand in the gradebook's set-up."
    ),
    Finding.NOT_GRANTED: lambda: _("In the LMS, allow the tool this service."),
    Finding.NO_TIME: _later,
    Finding.SERVICE_SILENT: lambda: _(
        "Grades wait here meanwhile and go out by themselves. See whether the LMS is on and not overloaded."
    ),
    Finding.SERVICE_TOKEN: lambda: _(
        "Often a server in between drops the “Authorization” header: whoever keeps the LMS lets it through (in Apache: "
        "“CGIPassAuth On”)."
    ),
    Finding.SERVICE_FORBIDDEN: lambda: _("In the LMS, see whether the tool may be used in this course."),
    Finding.SERVICE_MISSING: lambda: _(
        "The course or the activity was deleted. Open another one of the tool, then check again."
    ),
    Finding.SERVICE_BROKEN: _later,
    Finding.SERVICE_REFUSED: _later,
    Finding.SERVICE_NONSENSE: lambda: _(
        "Something other than the LMS may answer there: a proxy, a page that asks to sign in."
    ),
}
