"""Commands for authors: check a pack, compile it, read it whole."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from course_packs.exchange.commands import export_command, import_command
from course_packs.format.advice import lint_and_advise
from course_packs.format.compiler import compile_pack, lint_pack
from course_packs.format.diagnostics import Diagnostic, PackError
from course_packs.sarif import sarif
from course_packs.simulation.files import lint_simulation

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER_OR_FILE = click.Path(exists=True, path_type=Path)
_LANGUAGE = click.option(
    "--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True, help="Language of the messages."
)


@click.group()
def pack() -> None:
    """Check, compile and preview packs."""


pack.add_command(import_command)
pack.add_command(export_command)


@pack.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=_FOLDER_OR_FILE)
@_LANGUAGE
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--advice/--no-advice", default=True, show_default=True, help="Say also what could be better.")
@click.option("--links", is_flag=True, help="Try all links, too: the only thing here that asks the net.")
def lint(paths: tuple[Path, ...], language: str, form: str, advice: bool, links: bool) -> None:
    """Say everything that is wrong with the packs in these folders, or with simulations (files *.sim.yaml).

    Exit status 1 when there are errors; warnings and advice do not fail.
    """
    findings = {
        path: lint_simulation(path, language)
        if path.is_file()
        else lint_and_advise(path, language, ask_net=links)
        if advice
        else lint_pack(path, language)
        for path in paths
    }
    if form == "sarif":
        click.echo(sarif({path.as_posix(): found for path, found in findings.items()}, language))
    elif form == "json":
        report = [
            {"pack": path.as_posix(), "diagnostics": [asdict(one) for one in found]} for path, found in findings.items()
        ]
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for path, found in findings.items():
            for diagnostic in found:
                click.echo(f"{(path if path.is_dir() else path.parent).as_posix()}/{diagnostic}")
        for path, found in findings.items():
            click.echo(f"{path.as_posix()}: {_summary(found, language)}")
    if any(one.severity == "error" for found in findings.values() for one in found):
        sys.exit(1)


@pack.command()
@click.argument("path", type=_FOLDER)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@_LANGUAGE
def build(path: Path, output: Path, language: str) -> None:
    """Compile a pack into one canonical JSON file."""
    try:
        compiled = compile_pack(path, language)
    except PackError as error:
        _refuse(path, error.diagnostics, language)
    output.write_text(compiled.to_json(), encoding="utf-8")
    click.echo(f"{output.as_posix()}: {compiled.id}, sha256 {compiled.digest}")


@pack.command()
@click.argument("path", type=_FOLDER)
@_LANGUAGE
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="HTML file to write.")
@click.option(
    "--serve", "port", type=click.IntRange(0, 65535), help="Show it on this port of 127.0.0.1, fresh at each reload."
)
def preview(path: Path, language: str, output: Path | None, port: int | None) -> None:
    """One HTML page with the whole pack: all texts, all tasks, their keys marked. For authors, not for learners."""
    from course_packs.preview import preview_html, preview_server

    if (output is None) == (port is None):
        raise click.UsageError("one of -o FILE and --serve PORT is needed")
    if port is not None:
        with preview_server(path, language, port) as server:
            click.echo(f"http://127.0.0.1:{server.server_port}/ (Ctrl+C)")
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                click.echo()
        return
    try:
        html = preview_html(compile_pack(path, language), language)
    except PackError as error:
        _refuse(path, error.diagnostics, language)
    if output is not None:
        output.write_text(html, encoding="utf-8")
        click.echo(output.as_posix())


@pack.command("print")
@click.argument("path", type=_FOLDER)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="HTML to write.")
@click.option("--keys", is_flag=True, help="Put the answers on a sheet at the end.")
@click.option("--seed", default=1, show_default=True, help="Another number, another order and other values.")
@_LANGUAGE
def print_pack(path: Path, output: Path, keys: bool, seed: int, language: str) -> None:
    """One HTML page with the whole pack for paper (A4): open it in a browser and print."""
    from course_packs.paper import paper_html

    try:
        compiled = compile_pack(path, language)
    except PackError as error:
        _refuse(path, error.diagnostics, language)
    output.write_text(paper_html(compiled, language, seed=seed, keys=keys), encoding="utf-8")
    click.echo(output.as_posix())


@pack.command()
@click.option("-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to fill.")
def schema(output: Path) -> None:
    """Write JSON Schemas of pack.yaml, unit.yaml and tasks.yaml, for editors that complete and check as one types."""
    from course_packs.format.schema import pack_schemas, schema_text

    output.mkdir(parents=True, exist_ok=True)
    for name, document in pack_schemas().items():
        path = output / name
        path.write_text(schema_text(document), encoding="utf-8")
        click.echo(path.as_posix())


@pack.command()
@click.argument("path", type=_FILE)
@click.option("--plan", "plan_id", help="Let a plan of the file play, and watch.")
@click.option("--seed", default=1, show_default=True, help="The luck of this run; the same seed, the same luck.")
@_LANGUAGE
def play(path: Path, plan_id: str | None, seed: int, language: str) -> None:
    """Play a simulation (a file *.sim.yaml) here in the terminal."""
    from course_packs.simulation import Machine, load, terminal

    try:
        simulation = load(path, language)
    except PackError as error:
        _refuse(path.parent, error.diagnostics, language)
    machine = Machine(simulation)
    if plan_id is None:
        ask = partial(click.prompt, default="", show_default=False)
        terminal.play(machine, seed=seed, language=language, say=click.echo, ask=ask)
        return
    plan = next((one for one in simulation.plans if one.id == plan_id), None)
    if plan is None:
        raise click.UsageError(f"--plan: {', '.join(one.id for one in simulation.plans)}")
    terminal.show_plan(machine, plan, seed=seed, language=language, say=click.echo)


def _refuse(path: Path, diagnostics: Sequence[Diagnostic], language: str) -> NoReturn:
    for diagnostic in diagnostics:
        click.echo(f"{path.as_posix()}/{diagnostic}", err=True)
    click.echo(f"{path.as_posix()}: {_summary(diagnostics, language)}", err=True)
    sys.exit(1)


def _summary(diagnostics: Sequence[Diagnostic], language: str) -> str:
    errors = sum(one.severity == "error" for one in diagnostics)
    warnings = sum(one.severity == "warning" for one in diagnostics)
    advice = len(diagnostics) - errors - warnings
    if not diagnostics:
        return "всё в порядке" if language == "ru" else "all is well"
    if language == "ru":
        return f"ошибок {errors}, предупреждений {warnings}" + (f", советов {advice}" if advice else "")
    return f"errors {errors}, warnings {warnings}" + (f", advice {advice}" if advice else "")
