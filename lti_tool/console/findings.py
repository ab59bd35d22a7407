"""What a connection check can find: its steps, and for each finding whether all is well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class StepName(StrEnum):
    """The steps, in their order."""

    TOOL = "tool"
    REGISTRATION = "registration"
    DEPLOYMENT = "deployment"
    LAUNCHES = "launches"
    SIGN_IN = "sign-in"
    KEYS = "keys"
    TOKEN = "token"  # noqa: S105  # a name
    CLOCK = "clock"
    COLUMNS = "columns"
    ROSTER = "roster"
    TEST_COLUMN = "test-column"
    SCORE = "score"
    CLEANUP = "cleanup"


class Verdict(StrEnum):
    """How a step went."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    IMPOSSIBLE = "impossible"  # could not be tried


class Finding(StrEnum):
    """What a step found; :mod:`.wording` has the words, :mod:`.advice` says what to do."""

    TOOL_READY = "tool-ready"
    NO_KEY = "no-key"
    REGISTERED = "registered"
    PENDING = "pending"
    SWITCHED_OFF = "switched-off"
    PLAIN_HTTP = "plain-http"
    DEPLOYED = "deployed"
    NO_DEPLOYMENT = "no-deployment"
    LAUNCHED = "launched"
    NEVER_LAUNCHED = "never-launched"
    SIGN_IN_ANSWERS = "sign-in-answers"
    SIGN_IN_SILENT = "sign-in-silent"
    SIGN_IN_MISSING = "sign-in-missing"
    SIGN_IN_BROKEN = "sign-in-broken"
    KEYS_FOUND = "keys-found"
    KEYS_SILENT = "keys-silent"
    KEYS_STATUS = "keys-status"
    KEYS_NONSENSE = "keys-nonsense"
    KEYS_UNUSABLE = "keys-unusable"
    TOKEN_WHOLE = "token-whole"  # noqa: S105
    TOKEN_PART = "token-part"  # noqa: S105
    TOKEN_SCOPE = "token-scope"  # noqa: S105
    TOKEN_SILENT = "token-silent"  # noqa: S105
    TOKEN_ADDRESS = "token-address"  # noqa: S105
    TOKEN_HIDDEN = "token-hidden"  # noqa: S105
    TOKEN_CLIENT = "token-client"  # noqa: S105
    TOKEN_SIGNATURE = "token-signature"  # noqa: S105
    TOKEN_CLOCK = "token-clock"  # noqa: S105
    TOKEN_REFUSED = "token-refused"  # noqa: S105
    TOKEN_PASSING = "token-passing"  # noqa: S105
    CLOCK_AGREES = "clock-agrees"
    CLOCK_DIFFERS = "clock-differs"
    CLOCK_WRONG = "clock-wrong"
    CLOCK_UNKNOWN = "clock-unknown"
    COLUMNS_READ = "columns-read"
    COLUMNS_NO_ADDRESS = "columns-no-address"
    ROSTER_READ = "roster-read"
    ROSTER_NAMELESS = "roster-nameless"
    ROSTER_NO_ADDRESS = "roster-no-address"
    COLUMN_MADE = "column-made"
    SCORE_TAKEN = "score-taken"
    SCORE_UNDERSTOOD = "score-understood"
    SCORE_NO_PERSON = "score-no-person"
    NO_TEST_COLUMN = "no-test-column"
    CLEAN = "clean"
    COLUMN_LEFT = "column-left"
    NO_TOKEN = "no-token"  # noqa: S105
    NOT_GRANTED = "not-granted"
    NO_TIME = "no-time"
    SERVICE_SILENT = "service-silent"
    SERVICE_TOKEN = "service-token"  # noqa: S105
    SERVICE_FORBIDDEN = "service-forbidden"
    SERVICE_MISSING = "service-missing"
    SERVICE_BROKEN = "service-broken"
    SERVICE_REFUSED = "service-refused"
    SERVICE_NONSENSE = "service-nonsense"


_GOOD = frozenset(
    {
        Finding.TOOL_READY,
        Finding.REGISTERED,
        Finding.DEPLOYED,
        Finding.LAUNCHED,
        Finding.SIGN_IN_ANSWERS,
        Finding.KEYS_FOUND,
        Finding.TOKEN_WHOLE,
        Finding.CLOCK_AGREES,
        Finding.COLUMNS_READ,
        Finding.ROSTER_READ,
        Finding.ROSTER_NAMELESS,
        Finding.COLUMN_MADE,
        Finding.SCORE_TAKEN,
        Finding.SCORE_UNDERSTOOD,
        Finding.CLEAN,
    }
)
_DOUBTFUL = frozenset(
    {
        Finding.PLAIN_HTTP,
        Finding.NEVER_LAUNCHED,
        Finding.SIGN_IN_SILENT,
        Finding.SIGN_IN_MISSING,
        Finding.SIGN_IN_BROKEN,
        Finding.TOKEN_PART,
        Finding.CLOCK_DIFFERS,
        Finding.COLUMN_LEFT,
    }
)
_UNTRIED = frozenset(
    {
        Finding.CLOCK_UNKNOWN,
        Finding.COLUMNS_NO_ADDRESS,
        Finding.ROSTER_NO_ADDRESS,
        Finding.SCORE_NO_PERSON,
        Finding.NO_TEST_COLUMN,
        Finding.NO_TOKEN,
        Finding.NOT_GRANTED,
        Finding.NO_TIME,
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was walked. ``values`` are plain: numbers, host names, words of a protocol; never a secret."""

    name: StepName
    finding: Finding
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """How it went."""
        if self.finding in _GOOD:
            return Verdict.OK
        if self.finding in _DOUBTFUL:
            return Verdict.WARNING
        return Verdict.IMPOSSIBLE if self.finding in _UNTRIED else Verdict.FAULT

    def to_json(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {"name": str(self.name), "finding": str(self.finding), "values": dict(self.values)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Step:
        """Read what was stored."""
        return cls(StepName(stored["name"]), Finding(stored["finding"]), stored["values"])
