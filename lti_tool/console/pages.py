"""What the page of the connection check shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_tool.clock import now
from lti_tool.console.checks import is_under_way, steps_of
from lti_tool.console.findings import StepName, Verdict
from lti_tool.console.models import ConnectionCheck
from lti_tool.console.wording import StepLine, say, title_of
from lti_tool.schools.models import Platform

TAKEN_UP_WITHIN = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class CheckPage:
    """``tone``: ok, partial, help, wait or info; ``summary`` empty: there was no check yet; ``next_step`` is walked."""

    title: str
    platform: str
    issuer: str
    steps: Sequence[StepLine]
    tone: str
    summary: str
    next_step: str | None
    checked_at: datetime | None
    status_url: str | None
    here_url: str
    back_url: str | None


def check_page(platform: Platform, row: ConnectionCheck | None, *, visit_id: UUID, back_url: str | None) -> CheckPage:
    """Put the page of a platform's last check together."""
    under_way = row is not None and is_under_way(row)
    walked = steps_of(row) if row is not None else []
    tone, summary = _summary(row, [step.verdict for step in walked], under_way=under_way)
    names = list(StepName)
    return CheckPage(
        title=_("Connection check"),
        platform=platform.title,
        issuer=platform.issuer,
        steps=[say(step, family=platform.family) for step in walked],
        tone=tone,
        summary=summary,
        next_step=title_of(names[len(walked)]) if under_way and len(walked) < len(names) else None,
        checked_at=row.finished_at if row is not None else None,
        status_url=url_for("console.check_steps", visit_id=visit_id) if under_way else None,
        here_url=url_for("console.check", visit_id=visit_id),
        back_url=back_url,
    )


def _summary(row: ConnectionCheck | None, verdicts: Sequence[Verdict], *, under_way: bool) -> tuple[str, str]:
    if row is None:
        return "info", ""
    if under_way:
        if row.started_at is None and now() - row.asked_at > TAKEN_UP_WITHIN:
            return "wait", _(
                "The check waits for its turn. If it does not begin, the tool's background work is not running."
            )
        return "wait", _("The check is running. Nothing has to be done; it takes up to a minute.")
    if row.finished_at is None:
        return "help", _("The check was interrupted. Start it once more.")
    faults, warnings = verdicts.count(Verdict.FAULT), verdicts.count(Verdict.WARNING)
    if faults:
        return "help", ngettext(
            "One step failed. Below it says what to do.", "%(num)s steps failed. Below it says what to do.", faults
        )
    if warnings:
        return "partial", ngettext(
            "The connection works. One thing is worth a look.",
            "The connection works. %(num)s things are worth a look.",
            warnings,
        )
    if Verdict.IMPOSSIBLE in verdicts:
        return "info", _("What could be tried works. Some steps could not be tried yet: below it says why.")
    return "ok", _("The connection works: every step went well.")
