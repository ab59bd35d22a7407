"""``lyceum-city pack publish`` and ``withdraw``: releases of packs, made and taken back by the operator."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from course_packs import PackError, compile_pack
from course_packs.format.change_words import change_line, marks_line
from course_packs.format.changes import compare
from lti_tool.commands import open_app

_LANGUAGE = click.option(
    "--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True, help="Language of the messages."
)


@click.command()
@click.argument("path", metavar="FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--school", "slug", help="Short name of the school whose own pack it is; without it, everybody's.")
@_LANGUAGE
def publish(path: Path, slug: str | None, language: str) -> None:
    """Publish the pack in a folder as a new release; say what it changes. Attempts that were begun stay on theirs."""
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
        before = releases.newest_release(session, pack.id)
        try:
            release = releases.publish(session, pack, school_id=school_id)
        except releases.ForeignPack as error:
            raise click.ClickException(f"{error} is published already by another school, or for everybody") from error
        session.commit()
        if release is None:
            click.echo(f"{pack.id}: this very content is published already")
            return
        click.echo(f"published: {release.pack_id}, release {release.number}")
        if before is not None:
            changes = compare(releases.current_packs().get(session, before.id), pack)
            for change in changes.changes:
                click.echo(f"  {change_line(change, language)}")
            click.echo(f"  {marks_line(changes, language)}")


@click.command()
@click.argument("pack_id", metavar="ID")
@click.option("--release", "number", type=click.IntRange(1), help="Only this one; without it, all releases.")
@click.option("--undo", is_flag=True, help="Offer them again.")
def withdraw(pack_id: str, number: int | None, undo: bool) -> None:
    """Offer a pack no more. Where it stands it stays: attempts go on, results stay readable."""
    from lti_tool.catalog import releases
    from lti_tool.db import db

    with open_app().app_context():
        try:
            changed = releases.withdraw(db.session(), pack_id, number=number, undo=undo)
        except LookupError as error:
            raise click.ClickException(f"there is no pack {error}") from error
        db.session.commit()
    for release in changed:
        click.echo(f"{'offered again' if undo else 'withdrawn'}: {release.pack_id}, release {release.number}")
    if not changed:
        click.echo(f"{pack_id}: {'offered' if undo else 'withdrawn'} already")
