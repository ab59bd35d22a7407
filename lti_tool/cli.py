"""The command ``lyceum-city``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from marshmallow import ValidationError

from lti_tool.commands import open_app as _app


@click.group()
@click.version_option(package_name="lyceum-city")
def main() -> None:
    """«Лицей-CITY»: courses, seminars and professional trials inside any LMS that speaks LTI 1.3."""


@main.command()
def setup() -> None:
    """Bring the database up to date and publish the packs that are installed. Safe to repeat."""
    with _app().app_context():
        _set_up()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes; more than one wants PostgreSQL and a worker.")
@click.option("--threads", default=8, show_default=True)
@click.option("--setup", "with_setup", is_flag=True, help="Do what `setup` does before serving.")
@click.option(
    "--platform-file", type=click.Path(path_type=Path), help="A platform to add if it is not there yet (JSON)."
)
def serve(host: str, port: int, workers: int, threads: int, with_setup: bool, platform_file: Path | None) -> None:
    """Serve the tool. With one process, scores are delivered by threads inside it."""
    from lti_tool.log import init_log
    from lti_tool.serving import serve as run

    init_log()
    app = _app()
    with app.app_context():
        if with_setup:
            _set_up()
        if platform_file is not None:
            _add_platform(json.loads(platform_file.read_text(encoding="utf-8")), if_absent=True)
    run(app, host=host, port=port, workers=workers, threads=threads)


@main.command()
def worker() -> None:
    """Deliver scores in a process of its own."""
    from lti_tool import jobs
    from lti_tool.log import init_log

    init_log()
    jobs.run_worker(_app())


@main.group()
def platform() -> None:
    """Schools' learning platforms."""


@platform.command("add")
@click.option("--school", required=True, help="Short name of the school: letters, digits, hyphens.")
@click.option("--school-title", help="Full name of the school.")
@click.option("--name", required=True, help="Name of the platform.")
@click.option("--issuer", required=True, help="Platform ID, for Moodle its address.")
@click.option("--client-id", required=True)
@click.option("--deployment-id", "deployment_ids", multiple=True, help="May be repeated.")
@click.option("--moodle", is_flag=True, help="The other addresses follow from the issuer, as in Moodle.")
@click.option("--auth-url")
@click.option("--token-url")
@click.option("--jwks-url")
@click.option("--token-audience", help="Only where it differs from the token URL.")
@click.option("--family", help="Product family, e.g. moodle or canvas.")
@click.option("--if-absent", is_flag=True, help="Say nothing and change nothing when it is there already.")
def add_platform(*, moodle: bool, if_absent: bool, **description: Any) -> None:
    """Add a platform by hand."""
    from lti_tool.schools.enrolment import moodle_addresses

    if moodle:
        addresses = moodle_addresses(description["issuer"])
        description.update({name: description[name] or address for name, address in addresses.items()})
        description["family"] = description["family"] or "moodle"
    missing = [name for name in ("auth_url", "token_url", "jwks_url") if not description[name]]
    if missing:
        raise click.UsageError(f"missing: {', '.join('--' + name.replace('_', '-') for name in missing)} (or --moodle)")
    description["deployment_ids"] = list(description["deployment_ids"])
    with _app().app_context():
        _add_platform(description, if_absent=if_absent)


@platform.command("allow-anonymous")
@click.argument("issuer")
@click.option("--client-id", help="Where an issuer has several platforms.")
@click.option("--off", is_flag=True, help="Keep them out again.")
def allow_anonymous(issuer: str, client_id: str | None, off: bool) -> None:
    """Let in launches that do not say who comes: nothing of them is kept or sent."""
    from lti_tool.db import db
    from lti_tool.schools import enrolment

    with _app().app_context():
        try:
            changed = enrolment.allow_anonymous(db.session(), issuer=issuer, client_id=client_id, allowed=not off)
        except LookupError as error:
            raise click.ClickException(str(error)) from error
        db.session.commit()
        click.echo(f"{changed.title}: launches without a person are {'refused' if off else 'let in'}")


@platform.command("list")
def list_platforms() -> None:
    """List the platforms."""
    from lti_tool.db import db
    from lti_tool.schools import enrolment

    with _app().app_context():
        for one in enrolment.list_platforms(db.session()):
            deployments = ", ".join(deployment.deployment_id for deployment in one.deployments) or "-"
            state = "" if one.active else "  (switched off)"
            names = f"{one.school.slug}  {one.title}  {one.issuer}"
            click.echo(f"{names}  client {one.client_id}  deployments {deployments}{state}")


@platform.command("show")
def show_addresses() -> None:
    """Print what an administrator enters in the LMS to connect this tool."""
    url = _app().extensions["lyceum.settings"].public_url
    for label, value in (
        ("Tool URL / Target link URI", f"{url}/lti/launch"),
        ("Initiate login URL", f"{url}/lti/login"),
        ("Redirection URI(s)", f"{url}/lti/launch"),
        ("Public keyset URL", f"{url}/lti/jwks"),
        ("Deep linking (content selection) URL", f"{url}/lti/launch"),
        ("LTI version", "1.3"),
    ):
        click.echo(f"{label:38} {value}")


def _set_up() -> None:
    """Migrate, make the first key, publish what is new."""
    from lti_tool import migrations
    from lti_tool.catalog.publishing import publish_installed
    from lti_tool.db import db
    from lti_tool.lti import keys
    from lti_tool.plugins import load_plugins

    if migrations.upgrade():
        click.echo("database: brought up to date")
    session = db.session()
    keys.ensure_key(session)
    session.commit()
    paths = [path for plugin in load_plugins() for path in plugin.packs]
    for release in publish_installed(session, paths):
        click.echo(f"published: {release.pack_id}, release {release.number}")
    session.commit()


def _add_platform(description: dict[str, Any], *, if_absent: bool) -> None:
    from lti_tool.db import db
    from lti_tool.schools.enrolment import PlatformExists
    from lti_tool.schools.enrolment import add_platform as add

    try:
        added = add(db.session(), description)
    except PlatformExists as error:
        if if_absent:
            return
        raise click.ClickException(str(error)) from error
    except ValidationError as error:
        lines = (f"{name}: {' '.join(map(str, messages))}" for name, messages in error.normalized_messages().items())
        raise click.ClickException("; ".join(lines)) from error
    db.session.commit()
    click.echo(f"added: {added.title} ({added.issuer}, client {added.client_id})")


def _mount() -> None:
    """`lyceum-city pack …` is the command of the content engine; others have modules of their own."""
    from course_packs.cli import pack
    from lti_tool.commands.keys import keys

    main.add_command(pack)
    main.add_command(keys)


_mount()

if __name__ == "__main__":
    sys.exit(main())
