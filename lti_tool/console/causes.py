"""From what went wrong on the wire to a finding."""

from __future__ import annotations

from lti_tool.console.findings import Finding, Step, StepName
from lti_tool.lti.services import ags
from lti_tool.lti.services.connector import ScopeMissing, TokenProblem, TokenRefused
from lti_tool.lti.services.http import Cause, ServiceAnswer, ServiceError, ServiceUnreachable, origin_of
from lti_tool.lti.services.nrps import SCOPE as ROSTER_SCOPE


def silent(cause: Cause, origin: str) -> dict[str, str | int]:
    """The values of a finding about an address that gave no answer."""
    return {"cause": str(cause), "host": origin}


def why_no_token(error: TokenRefused) -> Finding:
    """Tell apart why no token was given: platforms say it in a word or a sentence."""
    if error.problem is TokenProblem.ADDRESS:
        return Finding.TOKEN_ADDRESS
    if error.problem is TokenProblem.PASSING:
        return Finding.TOKEN_PASSING
    words = error.words.lower()
    if "iat" in words or "expired" in words or "prior" in words:
        return Finding.TOKEN_CLOCK
    if "kid" in words or "signature" in words or "key" in words:
        return Finding.TOKEN_SIGNATURE
    return Finding.TOKEN_CLIENT if "client" in words else Finding.TOKEN_REFUSED


def not_granted(granted: frozenset[str]) -> list[str]:
    """Return the short names of scopes that were not granted and are not made up for by another."""
    wanted = {ags.LINE_ITEM_SCOPE, ags.RESULT_SCOPE, ags.SCORE_SCOPE, ROSTER_SCOPE}
    if ags.LINE_ITEM_SCOPE not in granted:
        wanted.add(ags.LINE_ITEM_READ_SCOPE)
    return sorted(scope.rsplit("/", 1)[-1] for scope in wanted - granted)


def why_no_service(name: StepName, error: ServiceError, url: str) -> Step:
    """Say what is wrong with a service that did not do what was asked."""
    host: dict[str, str | int] = {"host": origin_of(url)}
    match error:
        case ServiceUnreachable():
            return Step(name, Finding.SERVICE_SILENT, silent(error.cause, origin_of(url)))
        case ServiceAnswer() | TokenRefused():
            status = error.answer.status
            values = {**host, "status": status}
            if error.answer.ok:
                return Step(name, Finding.SERVICE_NONSENSE, values)
            by_status = {401: Finding.SERVICE_TOKEN, 403: Finding.SERVICE_FORBIDDEN, 404: Finding.SERVICE_MISSING}
            broken = Finding.SERVICE_BROKEN if status >= 500 or status == 429 else Finding.SERVICE_REFUSED
            return Step(name, by_status.get(status, broken), values)
        case ScopeMissing():
            return Step(name, Finding.NOT_GRANTED)
        case _:  # a list without end, or one that leads to another host
            return Step(name, Finding.SERVICE_NONSENSE, host)
