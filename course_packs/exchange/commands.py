"""`pack import` and `pack export`: questions from elsewhere, packs for elsewhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

import click

from course_packs.exchange import (
    FORMATS,
    TARGETS,
    ExchangeError,
    ExchangeReport,
    export_pack,
    import_questions,
    question_table,
)
from course_packs.format.compiler import compile_pack
from course_packs.format.diagnostics import PackError

_LANGUAGE = click.option(
    "--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True, help="Language of the messages."
)
_REPORT = click.option(
    "--report", "form_of_report", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.command("import")
@click.argument("path", metavar="FILE", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Folder to make.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="What the file is, when its look does not tell.")
@click.option("--pack-language", type=click.Choice(["ru", "en"]), help="Language of the texts; guessed when left out.")
@click.option("--title", default="", help="Title of the pack; the file's name when left out.")
@click.option(
    "--template",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an Excel table to fill, and nothing else.",
)
@_REPORT
@_LANGUAGE
def import_command(
    path: Path | None,
    output: Path | None,
    form: str | None,
    pack_language: str | None,
    title: str,
    template: Path | None,
    form_of_report: str,
    language: str,
) -> None:
    """Make a pack folder of a file of questions: GIFT, Moodle XML, QTI 2.1–3, Excel, CSV.

    The report tells what came over, what was changed and what could not be carried, each with its place.
    """
    if template is not None:
        template.write_bytes(question_table())
        click.echo(template.as_posix())
        return
    if path is None or output is None:
        raise click.UsageError("FILE and -o FOLDER, or --template FILE.xlsx")
    try:
        if output.exists() and any(output.iterdir()):
            raise ExchangeError("output-exists", name=output.as_posix())
        made = import_questions(
            path.name,
            path.read_bytes(),
            form=form or "",
            language=language,
            pack_language=pack_language or "",
            title=title,
        )
    except ExchangeError as error:
        _refuse(error, language)
    for name, content in made.files.items():
        target = output / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    _show(made.report, form_of_report)


def _show(report: ExchangeReport, form: str) -> None:
    click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2) if form == "json" else report.to_text())


def _refuse(error: ExchangeError, language: str) -> NoReturn:
    click.echo(error.text(language), err=True)
    sys.exit(1)


@click.command("export")
@click.argument("path", metavar="FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--to", "target", required=True, type=click.Choice(TARGETS), help="The form to write.")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--pack-language", default="", help="Which of the pack's languages; its main one when left out.")
@click.option("--launch-url", default="", help="For cc: the address the links launch, https://…/lti/launch.")
@click.option("--one-link", is_flag=True, help="For cc: one link to the whole pack instead of one for each unit.")
@_REPORT
@_LANGUAGE
def export_command(
    path: Path,
    target: str,
    output: Path,
    pack_language: str,
    launch_url: str,
    one_link: bool,
    form_of_report: str,
    language: str,
) -> None:
    """Write a pack as Moodle XML, GIFT, a QTI 3 package or a Common Cartridge of LTI links.

    The report tells what the form has no place for.
    """
    try:
        pack = compile_pack(path, language)
    except PackError as error:
        for diagnostic in error.diagnostics:
            click.echo(f"{path.as_posix()}/{diagnostic}", err=True)
        sys.exit(1)
    if pack_language and pack_language not in pack.languages:
        raise click.UsageError(f"--pack-language: {', '.join(pack.languages)}")
    try:
        made = export_pack(
            pack, target, pack_language=pack_language, language=language, launch_url=launch_url, one_link=one_link
        )
    except ExchangeError as error:
        _refuse(error, language)
    output.write_bytes(made.content)
    _show(made.report, form_of_report)
