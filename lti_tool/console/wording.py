"""The words of a connection check: what each step is called and what was found. What to do is in :mod:`.advice`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lti_tool.console.advice import advise
from lti_tool.console.findings import Finding, Step, StepName, Verdict
from lti_tool.lti.services.http import Cause
from lti_tool.web.formats import format_datetime

TONES = {Verdict.OK: "ok", Verdict.WARNING: "partial", Verdict.FAULT: "help", Verdict.IMPOSSIBLE: "none"}


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in words. ``tone`` as in the components; ``advice`` None: nothing is to be done."""

    name: str
    title: str
    verdict: str
    tone: str
    label: str
    text: str
    advice: str | None


def say(step: Step, *, family: str | None) -> StepLine:
    """Put a step into words, in the page's language; ``family``: the platform's product, e.g. "moodle"."""
    return StepLine(
        name=str(step.name),
        title=title_of(step.name),
        verdict=str(step.verdict),
        tone=TONES[step.verdict],
        label=verdict_label(step.verdict),
        text=_found(step),
        advice=advise(step.finding, family),
    )


def verdict_label(verdict: Verdict) -> str:
    """A verdict in a word or two."""
    return {
        Verdict.OK: _("in order"),
        Verdict.WARNING: _("worth a look"),
        Verdict.FAULT: _("fault"),
        Verdict.IMPOSSIBLE: _("not tried"),
    }[verdict]


def title_of(name: StepName) -> str:
    """What a step is called."""
    return {
        StepName.TOOL: _("This tool"),
        StepName.REGISTRATION: _("Registration"),
        StepName.DEPLOYMENT: _("Deployment"),
        StepName.LAUNCHES: _("People come in"),
        StepName.SIGN_IN: _("The LMS's sign-in address"),
        StepName.KEYS: _("The LMS's keys"),
        StepName.TOKEN: _("Permission to use its services"),
        StepName.CLOCK: _("Clocks"),
        StepName.COLUMNS: _("Reading the gradebook's columns"),
        StepName.ROSTER: _("Reading the list of members"),
        StepName.TEST_COLUMN: _("Making a test column"),
        StepName.SCORE: _("Writing a test score"),
        StepName.CLEANUP: _("Cleaning up"),
    }[name]


def _found(step: Step) -> str:
    values = dict(step.values)
    finding = step.finding
    if finding in _PLAIN:
        return _PLAIN[finding]()
    if finding in _WITH_VALUES:
        return _WITH_VALUES[finding](values)
    return _counted(finding, values)


def _counted(finding: Finding, values: dict[str, Any]) -> str:
    number = int(values.get("number", 0))
    match finding:
        case Finding.DEPLOYED:
            return ngettext("One deployment is approved.", "%(num)s deployments are approved.", number)
        case Finding.KEYS_FOUND:
            return ngettext("One key that can be used is published.", "%(num)s usable keys are published.", number)
        case Finding.COLUMNS_READ:
            return ngettext("One column was read.", "%(num)s columns were read.", number)
        case Finding.ROSTER_READ | Finding.ROSTER_NAMELESS:
            read = ngettext("One member was read.", "%(num)s members were read.", number)
            further = [_("There are more pages.")] if values.get("more") else []
            nameless = [_("The LMS keeps names to itself. That is all right: work and grades arrive without them.")]
            return " ".join([read, *further, *(nameless if finding is Finding.ROSTER_NAMELESS else [])])
        case Finding.LAUNCHED if "at" in values:
            return _("Last time: %(moment)s.", moment=format_datetime(datetime.fromisoformat(values["at"])))
        case Finding.LAUNCHED:
            return _("People have come in from this LMS, though not in the last hours.")
        case Finding.TOKEN_PART:
            names = ", ".join(_service(name) for name in str(values["missing"]).split())
            return _("The LMS lets us in, but not to everything. Not allowed: %(names)s.", names=names)
        case Finding.CLOCK_AGREES if not values.get("seconds"):
            return _("The clocks agree.")
        case _:  # clocks that differ
            seconds = int(values.get("seconds", 0))
            if values.get("ahead"):
                return ngettext(
                    "The LMS's clock is one second ahead of ours.",
                    "The LMS's clock is %(num)s seconds ahead of ours.",
                    seconds,
                )
            return ngettext(
                "The LMS's clock is one second behind ours.",
                "The LMS's clock is %(num)s seconds behind ours.",
                seconds,
            )


def cause_words(cause: str) -> str:
    """Why there was no answer."""
    return {
        Cause.TIMEOUT: _("no answer within the time"),
        Cause.REFUSED: _("the connection was refused"),
        Cause.NAME: _("the host name is not found"),
        Cause.TLS: _("its certificate is not accepted"),
        Cause.BROKEN: _("the connection broke off"),
        Cause.TOO_LARGE: _("the answer is too large"),
    }[Cause(cause)]


def _service(scope: str) -> str:
    return {
        "lineitem": _("making columns"),
        "lineitem.readonly": _("reading columns"),
        "result.readonly": _("reading grades back"),
        "score": _("writing grades"),
        "contextmembership.readonly": _("reading the list of members"),
    }.get(scope, scope)


_PLAIN = {
    Finding.NO_KEY: lambda: _("The tool has no key to sign with."),
    Finding.SWITCHED_OFF: lambda: _("This LMS is switched off in the tool: nobody comes in, no grade goes out."),
    Finding.PENDING: lambda: _("The registration waits for approval by the tool's operator."),
    Finding.PLAIN_HTTP: lambda: _("Registered. Its addresses begin with http: what is sent can be read on the way."),
    Finding.NO_DEPLOYMENT: lambda: _("No deployment is approved, so nobody can come in."),
    Finding.NEVER_LAUNCHED: lambda: _("Nobody has come in from this LMS yet."),
    Finding.TOKEN_WHOLE: lambda: _("The LMS gives us a token for all we need."),
    Finding.TOKEN_SCOPE: lambda: _("The LMS knows us but allows none of its services."),
    Finding.CLOCK_UNKNOWN: lambda: _("The LMS gave no answer that tells its time."),
    Finding.COLUMNS_NO_ADDRESS: lambda: _("No launch has named a gradebook yet."),
    Finding.ROSTER_NO_ADDRESS: lambda: _("No launch has named a list of members yet."),
    Finding.COLUMN_MADE: lambda: _("A test column was made."),
    Finding.SCORE_TAKEN: lambda: _("The gradebook took a score into the test column."),
    Finding.SCORE_UNDERSTOOD: lambda: _(
        "The gradebook answered that a teacher is not graded. That is right, and shows that scores arrive."
    ),
    Finding.SCORE_NO_PERSON: lambda: _("No teacher has come in lately whose id a test score could carry."),
    Finding.NO_TEST_COLUMN: lambda: _("There is no test column to write to, and real ones are not touched."),
    Finding.CLEAN: lambda: _("Nothing of the check is left in the gradebook."),
    Finding.NO_TOKEN: lambda: _("Without permission it cannot be tried."),
    Finding.NOT_GRANTED: lambda: _("The LMS does not allow us this service."),
    Finding.NO_TIME: lambda: _("There was no time left: earlier steps had to wait too long."),
}

_WITH_VALUES = {
    Finding.TOOL_READY: lambda v: _("It is ready at %(url)s.", **v),
    Finding.REGISTERED: lambda v: _("Registered: %(issuer)s, client %(client)s.", **v),
    Finding.SIGN_IN_ANSWERS: lambda v: _("It answers: %(url)s.", **v),
    Finding.SIGN_IN_SILENT: lambda v: _(
        "From here it cannot be reached (%(host)s): %(cause)s. People's browsers may still reach it.",
        host=v["host"],
        cause=cause_words(v["cause"]),
    ),
    Finding.SIGN_IN_MISSING: lambda v: _("There is no page at %(url)s.", **v),
    Finding.SIGN_IN_BROKEN: lambda v: _("It answers with an error of its own (HTTP %(status)s).", **v),
    Finding.KEYS_SILENT: lambda v: _(
        "They cannot be fetched from %(host)s: %(cause)s.", host=v["host"], cause=cause_words(v["cause"])
    ),
    Finding.KEYS_STATUS: lambda v: _("At %(url)s the answer is HTTP %(status)s instead of keys.", **v),
    Finding.KEYS_NONSENSE: lambda v: _("What stands at %(url)s is no set of keys.", **v),
    Finding.KEYS_UNUSABLE: lambda v: _(
        "Of the %(number)s published keys none can be used: RSA from 2048 bits, for signatures, is needed.", **v
    ),
    Finding.TOKEN_SILENT: lambda v: _(
        "The LMS's token service at %(host)s cannot be reached: %(cause)s.",
        host=v["host"],
        cause=cause_words(v["cause"]),
    ),
    Finding.TOKEN_ADDRESS: lambda v: _(
        "Instead of a token there came a page or an error (HTTP %(status)s): most likely the LMS could not read our "
        "keys, or the address is wrong.",
        **v,
    ),
    Finding.TOKEN_HIDDEN: lambda v: _(
        "No token (HTTP %(status)s): the LMS could not read the tool's keys. They are at %(url)s, an address of a "
        "local network or an unusual port.",
        **v,
    ),
    Finding.TOKEN_CLIENT: lambda v: _("The LMS does not know our client id (“%(words)s”).", **v),
    Finding.TOKEN_SIGNATURE: lambda v: _("The LMS does not accept our signature (“%(words)s”).", **v),
    Finding.TOKEN_CLOCK: lambda v: _("The LMS takes our request for one of another time (“%(words)s”).", **v),
    Finding.TOKEN_REFUSED: lambda v: _("The LMS refuses a token (HTTP %(status)s, “%(words)s”).", **v),
    Finding.TOKEN_PASSING: lambda v: _("The LMS is overloaded or broken just now (HTTP %(status)s).", **v),
    Finding.COLUMN_LEFT: lambda v: _("The test column “%(label)s” could not be deleted.", **v),
    Finding.SERVICE_SILENT: lambda v: _(
        "No answer from %(host)s: %(cause)s.", host=v["host"], cause=cause_words(v["cause"])
    ),
    Finding.SERVICE_TOKEN: lambda v: _("The LMS gave us a token and does not accept it here (HTTP 401).", **v),
    Finding.SERVICE_FORBIDDEN: lambda v: _("The LMS forbids it in this course (HTTP 403).", **v),
    Finding.SERVICE_MISSING: lambda v: _("The address that a launch named is not there any more (HTTP 404).", **v),
    Finding.SERVICE_BROKEN: lambda v: _("The LMS is overloaded or broken just now (HTTP %(status)s).", **v),
    Finding.SERVICE_REFUSED: lambda v: _("The LMS refuses the request (HTTP %(status)s).", **v),
    Finding.SERVICE_NONSENSE: lambda v: _("What %(host)s answered is not what was asked for.", **v),
}
