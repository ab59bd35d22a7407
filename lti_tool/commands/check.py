"""``lyceum-city platform check``: walks the connection with platforms and says what is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from lti_tool.commands import open_app

if TYPE_CHECKING:
    from lti_tool.console.findings import Step
    from lti_tool.schools.models import Platform

SIGNS = {"ok": "✓", "warning": "!", "fault": "✗", "impossible": "–"}


@click.command("check")
@click.option("--platform", "wanted", metavar="KEY", help="Its id, client id or host.")
@click.option("--all", "everything", is_flag=True, help="All platforms that are not switched off.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one list, nothing else.")
@click.option("--language", type=click.Choice(["ru", "en"]), help="Default: LYCEUM_LANGUAGE.")
def check(wanted: str | None, everything: bool, as_json: bool, language: str | None) -> None:
    """Walk the connection with a platform and say what is wrong. Ends with 1 when a step failed."""
    from flask_babel import force_locale

    from lti_tool.console.findings import Verdict

    if bool(wanted) == everything:
        raise click.UsageError("name a --platform, or say --all")
    app = open_app()
    with app.app_context(), force_locale(language or app.extensions["lyceum.settings"].language):
        told: list[dict[str, Any]] = []
        failed = False
        for platform in _chosen(wanted):
            if not as_json:
                click.echo(f"\n{platform.title}  {platform.issuer}  client {platform.client_id}")
            steps = _walk(platform, quiet=as_json)
            failed |= any(step.verdict is Verdict.FAULT for step in steps)
            told.append(_as_json(platform, steps))
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    raise SystemExit(1 if failed else 0)


def _chosen(wanted: str | None) -> list[Platform]:
    from lti_tool.db import db
    from lti_tool.schools import enrolment

    session = db.session()
    if wanted is not None:
        chosen = list(enrolment.find_platforms(session, wanted))
    else:
        chosen = [one for one in enrolment.list_platforms(session) if one.active]
    session.commit()  # no transaction stays open while platforms are talked to
    if not chosen:
        raise click.ClickException("there is no such platform; `lyceum-city platform list` lists them")
    return chosen


def _walk(platform: Platform, *, quiet: bool) -> list[Step]:
    from lti_tool.console import checks
    from lti_tool.db import db

    session = db.session()
    run_id = checks.begin(session, platform.id, begun_by=checks.OPERATOR)
    session.commit()
    if run_id is None:
        raise click.ClickException(f"a check of {platform.title} is under way; try again in some minutes")
    return checks.run(platform.id, run_id, None if quiet else lambda step: _tell(step, platform.family))


def _tell(step: Step, family: str | None) -> None:
    from lti_tool.console.wording import say

    line = say(step, family=family)
    click.echo(f"  {SIGNS[line.verdict]} {line.title}: {line.text}")
    if line.advice:
        click.echo(f"      → {line.advice}")


def _as_json(platform: Platform, steps: list[Step]) -> dict[str, Any]:
    from lti_tool.console.wording import say

    lines = [say(step, family=platform.family) for step in steps]
    return {
        "platform": str(platform.id),
        "title": platform.title,
        "issuer": platform.issuer,
        "client_id": platform.client_id,
        "steps": [
            {**step.to_json(), "verdict": line.verdict, "title": line.title, "text": line.text, "advice": line.advice}
            for step, line in zip(steps, lines, strict=True)
        ],
    }
