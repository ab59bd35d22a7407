"""The command ``lyceum-city``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

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
    from lti_tool.commands.platforms import add_described
    from lti_tool.log import init_log
    from lti_tool.serving import serve as run

    init_log()
    app = _app()
    with app.app_context():
        if with_setup:
            _set_up()
        if platform_file is not None:
            add_described(json.loads(platform_file.read_text(encoding="utf-8")), if_absent=True)
    run(app, host=host, port=port, workers=workers, threads=threads)


@main.command()
def worker() -> None:
    """Deliver scores in a process of its own."""
    from lti_tool import jobs
    from lti_tool.log import init_log

    init_log()
    jobs.run_worker(_app())


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


def _mount() -> None:
    """`lyceum-city pack …` is the command of the content engine; others have modules of their own."""
    from course_packs.cli import pack
    from lti_tool.commands import check, keys, packs, platforms

    platforms.platform.add_command(check.check)
    pack.add_command(packs.publish)
    pack.add_command(packs.withdraw)
    for command in (pack, keys.keys, platforms.invite, platforms.list_invitations, platforms.platform):
        main.add_command(command)


_mount()

if __name__ == "__main__":
    sys.exit(main())
