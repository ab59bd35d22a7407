"""``lyceum-city pack publish``: releases of packs, made by the operator."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from course_packs import PackError, compile_pack
from lti_tool.commands import open_app

_LANGUAGE = click.option(
    "--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True, help="Language of the messages."
)


@click.command()
@click.argument("path", metavar="FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--school", "slug", help="Short name of the school whose own pack it is; without it, everybody's.")
@_LANGUAGE
def publish(path: Path, slug: str | None, language: str) -> None:
    """Publish the pack in a folder as a new release. Attempts that were begun stay on theirs."""
    from lti_tool.catalog import releases
    from lti_tool.db import db
    from lti_tool.schools.invitations import find_school

    try:
        pack = compile_pack(path, language)
    except PackError as error:
        for diagnostic in error.diagnostics:
            click.echo(f"{path.as_posix()}/{diagnostic}", err=True)
        sys.exit(1)
    with open_app().app_context():
        session = db.session()
        try:
            school_id = find_school(session, slug, None).id if slug else None
        except LookupError as error:
            raise click.UsageError(f"--school: there is no school {error}") from error
        try:
            release = releases.publish(session, pack, school_id=school_id)
        except releases.ForeignPack as error:
            raise click.ClickException(f"{error} is published already by another school, or for everybody") from error
        session.commit()
    if release is None:
        click.echo(f"{pack.id}: this very content is published already")
    else:
        click.echo(f"published: {release.pack_id}, release {release.number}")
