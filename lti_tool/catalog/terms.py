"""The terms on which a pack stands at one link: attempts and dates. They travel as custom parameters of the link.

Names and values (strings without line breaks, Core §6.1): ``pack``; ``attempts`` — a number, or "unlimited";
``opens``, ``due``, ``closes`` — ISO 8601 with a zone. A platform that knows the dates itself
(:data:`lti_tool.lti.variables.DATES`) is believed before the link: its dates are what the teacher sees and edits
there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

UNLIMITED: Final = 0
MAX_ATTEMPTS: Final = 1000
MAX_VALUE: Final = 200
YEARS: Final = range(2000, 2101)
# What the platform itself says of a date, before what the link says.
_PLATFORM: Final = {"opens": "available_start", "due": "submission_end", "closes": "available_end"}
PARAMETERS: Final = ("pack", "attempts", *_PLATFORM, *_PLATFORM.values())


@dataclass(frozen=True, slots=True)
class Terms:
    """Attempts allowed (None: as the pack says, :data:`UNLIMITED`: any number) and dates, each of which may be absent.

    Before ``opens`` nothing can be begun, after ``closes`` no answer is taken, ``due`` only reminds.
    """

    attempts: int | None = None
    opens: datetime | None = None
    due: datetime | None = None
    closes: datetime | None = None

    def to_custom(self, pack_id: str) -> dict[str, str]:
        """Write them as custom parameters of a link to this pack."""
        custom = {"pack": pack_id}
        if self.attempts is not None:
            custom["attempts"] = str(self.attempts) if self.attempts else "unlimited"
        for name in _PLATFORM:
            moment: datetime | None = getattr(self, name)
            if moment is not None:
                custom[name] = iso(moment)
        return custom


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, to the second: "2026-12-01T13:00:00Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def named(custom: Mapping[str, str], target: str) -> dict[str, str]:
    """Return the parameters of a launch that say what stands at its link.

    The pack's id stands in the address too, for platforms that lose custom parameters. Both only select; whether the
    school may have it is asked elsewhere.
    """
    given = {name: custom[name] for name in PARAMETERS if custom.get(name, "").strip()}
    in_address = parse_qs(urlsplit(target).query).get("pack")
    if in_address:
        given.setdefault("pack", in_address[0])
    # Kept with the link and compared at each launch, so what nobody can have meant is left out.
    return {name: value.strip() for name, value in given.items() if len(value) <= MAX_VALUE and value.isprintable()}


def read_terms(parameters: Mapping[str, str]) -> tuple[Terms, tuple[str, ...]]:
    """Return the terms of a link, and the names of parameters that make no sense: those are ignored, never fatal."""
    ignored = []
    attempts = None
    if "attempts" in parameters:
        attempts = _attempts(parameters["attempts"])
        if attempts is None:
            ignored.append("attempts")
    dates: dict[str, datetime | None] = {}
    for name, platform in _PLATFORM.items():
        dates[name] = None
        for source in (platform, name):
            if source in parameters and dates[name] is None:
                dates[name] = read_moment(parameters[source])
                if dates[name] is None:
                    ignored.append(source)
    for earlier, later in (("opens", "closes"), ("opens", "due"), ("due", "closes")):
        first, last = dates[earlier], dates[later]
        if first is not None and last is not None and first > last:
            # Not the earlier one: closed for ever is worse than open for longer.
            dates[later] = None
            ignored.append(later)
    return Terms(attempts, **dates), tuple(ignored)


def read_moment(text: str) -> datetime | None:
    """A moment written in ISO 8601 with a zone, in UTC; None when it is anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or moment.year not in YEARS:
        return None
    return moment.astimezone(UTC)


def _attempts(text: str) -> int | None:
    if text.lower() == "unlimited":
        return UNLIMITED
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    return number if 1 <= number <= MAX_ATTEMPTS else None
