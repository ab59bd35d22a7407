"""The form in which a teacher sets a title, points, attempts and dates: read, judged, and shown again as it was typed.

Times are typed in the zone of the browser, which a script names in the field ``zone``; without it they are meant in the
zone of the installation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import gettext as _

from lti_tool.catalog.terms import MAX_ATTEMPTS, UNLIMITED, YEARS, Terms
from lti_tool.lti.deep_linking import MAX_TITLE, one_line

DATES = ("opens", "due", "closes")
ATTEMPTS = (1, 2, 3, 5, 10)
MAX_POINTS = 10_000
MOODLE_POINTS = 100  # more is refused there, or silently made 100
TYPED = "%Y-%m-%dT%H:%M"  # what <input type="datetime-local"> speaks


@dataclass(frozen=True, slots=True)
class Settings:
    """What was set for one item. ``points`` is None where no grade is wanted."""

    title: str
    points: Decimal | None
    terms: Terms


@dataclass(slots=True)
class Reading:
    """The fields of one item: as typed, what is wrong with them (by field, in words), and what they mean if nothing is.

    ``item`` is the head of the names of its fields ("small" of "small.title").
    """

    item: str
    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    settings: Settings | None = None


def read_zone(form: Mapping[str, str], installation: str) -> ZoneInfo:
    """The zone in which times were typed."""
    for name in (form.get("zone", ""), installation):
        try:
            if name and len(name) < 60:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def defaults(item: str, *, title: str, graded: bool) -> Reading:
    """The form before anything was typed: good as it stands."""
    return Reading(item, {"title": title, "points": str(MOODLE_POINTS) if graded else "", "attempts": ""})


def from_terms(item: str, terms: Terms, zone: ZoneInfo) -> Reading:
    """The form of terms that are set already."""
    typed = {"attempts": "" if terms.attempts is None else str(terms.attempts or "unlimited")}
    for name in DATES:
        moment: datetime | None = getattr(terms, name)
        typed[name] = moment.astimezone(zone).strftime(TYPED) if moment is not None else ""
    return Reading(item, typed)


def read_settings(
    item: str,
    form: Mapping[str, str],
    *,
    zone: ZoneInfo,
    moodle: bool,
    graded: bool,
    titled: bool,
    moment: datetime | None,
) -> Reading:
    """Read the fields of one item.

    ``titled``: a title is asked for; ``graded``: points are; ``moodle``: within what Moodle takes. ``moment``: an end
    before it is a mistake (None: an end may lie behind us, so that something can be closed at once).
    """
    names = ("title", "points", "attempts", *DATES)
    reading = Reading(item, {name: form.get(f"{item}.{name}", "") for name in names})
    title = _title(reading) if titled else ""
    points = _points(reading, moodle=moodle) if graded else None
    terms = Terms(_attempts(reading), **{name: _moment(reading, name, zone) for name in DATES})
    _judge_order(reading, terms, moment)
    if not reading.errors:
        reading.settings = Settings(title, points, terms)
    return reading


def _title(reading: Reading) -> str:
    title = one_line(reading.typed["title"])
    if not title:
        reading.errors["title"] = _("Give it a title: the course shows it.")
    elif len(title) > MAX_TITLE:
        reading.errors["title"] = _("The title is too long: at most %(limit)s characters.", limit=MAX_TITLE)
    return title


def _points(reading: Reading, *, moodle: bool) -> Decimal | None:
    text = reading.typed["points"].strip().replace(",", ".").replace("\N{NO-BREAK SPACE}", "")
    if not text:
        return None
    limit = MOODLE_POINTS if moodle else MAX_POINTS
    try:
        points = Decimal(text)
        fits = points.is_finite() and 0 < points <= limit and points == round(points, 0 if moodle else 2)
    except InvalidOperation:
        fits = False
    if fits:
        return points
    reading.errors["points"] = (
        _("Moodle takes a whole number of points from 1 to %(limit)s.", limit=limit)
        if moodle
        else _("Points are a number above 0 and up to %(limit)s.", limit=limit)
    )
    return None


def _attempts(reading: Reading) -> int | None:
    text = reading.typed["attempts"].strip()
    if not text:
        return None
    if text == "unlimited":
        return UNLIMITED
    if text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MAX_ATTEMPTS:
        return int(text)
    reading.errors["attempts"] = _("Choose how many attempts there may be.")
    return None


def _moment(reading: Reading, name: str, zone: ZoneInfo) -> datetime | None:
    text = reading.typed[name].strip()
    if not text:
        return None
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        typed = None
    if typed is None or typed.tzinfo is not None or typed.year not in YEARS:
        reading.errors[name] = _("Write a date and a time, such as 2026-12-01 18:00.")
        return None
    return typed.replace(tzinfo=zone)


def _judge_order(reading: Reading, terms: Terms, moment: datetime | None) -> None:
    if terms.opens and terms.due and terms.opens > terms.due:
        reading.errors.setdefault("due", _("It is to be done before it opens. Put this date after the opening."))
    if terms.opens and terms.closes and terms.opens >= terms.closes:
        reading.errors.setdefault("closes", _("It closes before it opens. Put this date after the opening."))
    if terms.due and terms.closes and terms.due > terms.closes:
        reading.errors.setdefault("closes", _("It closes before it is due. Put this date after the due date."))
    if moment is not None:
        for name in ("due", "closes"):
            end: datetime | None = getattr(terms, name)
            if end is not None and end < moment:
                reading.errors.setdefault(name, _("This date has passed already."))
