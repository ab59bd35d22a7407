"""From a pack's files to a compiled pack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from course_packs.format.about import (
    check_titles,
    read_audience,
    read_authors,
    read_competences,
    read_completion,
    read_licence,
    read_prerequisites,
)
from course_packs.format.advice_codes import ADVICE_CODES
from course_packs.format.canonical import FORMAT
from course_packs.format.diagnostics import START, Diagnostic, PackError, Report
from course_packs.format.fields import (
    check_keys,
    decimal,
    flag,
    items_at,
    mapping_at,
    one_of,
    scalar_at,
    slug,
    whole,
)
from course_packs.format.finding import read_fields, read_grades, read_skills
from course_packs.format.folder import read_folder
from course_packs.format.languages import read_languages
from course_packs.format.linter import check_pack, listed_units
from course_packs.format.model import CompiledPack, Grading, Source, Unit
from course_packs.format.pictures import Pictures, read_pictures
from course_packs.format.texts import text_at, text_or_none
from course_packs.format.unit_compiler import compile_unit
from course_packs.format.yaml_source import MappingNode, ScalarNode, read_mapping

MANIFEST: Final = "pack.yaml"
KINDS: Final = ("course", "seminar", "trial", "survey")
MAX_UNITS: Final = 300
ATTEMPT_GRADES: Final = ("best", "last", "first")
_ADDRESS: Final = re.compile(r"https?://[^\s/?#]+\.[^\s/?#]+\S*")
_KEYS: Final = (
    "format", "id", "kind", "languages", "title", "summary", "minutes", "grades", "fields", "skills", "sources",
    "grading", "units", "audience", "authors", "licence", "competences", "prerequisites", "completion", "certificate",
    "lint",
)  # fmt: skip
_REQUIRED: Final = ("format", "id", "kind", "languages", "title", "summary", "minutes", "units")


def lint_pack(path: Path, language: str = "ru") -> list[Diagnostic]:
    """Everything that can be said against the pack in this folder, in reading order; messages in ru or en."""
    report = Report(MANIFEST, Pictures(), language)
    compile_files(read_folder(Path(path), report), report)
    return report.sorted()


def compile_pack(path: Path, language: str = "ru") -> CompiledPack:
    """The compiled pack of this folder. Raises PackError, with all diagnostics, when there is an error."""
    report = Report(MANIFEST, Pictures(), language)
    pack = compile_files(read_folder(Path(path), report), report)
    if pack is None or report.has_errors:
        raise PackError(report.sorted())
    return pack


def compile_files(files: Mapping[str, bytes], report: Report) -> CompiledPack | None:
    """Compile a pack given as relative path → content. Pure: everything wrong goes to the report, nothing is raised.

    The result is fit for use only when the report has no errors; None when not even the manifest can be read.
    """
    if MANIFEST not in files:
        report.add("P001", START, name=MANIFEST)
        return None
    manifest = read_mapping(files[MANIFEST], report)
    if manifest is None:
        return None
    languages = read_languages(manifest, report)
    pictures = read_pictures(files, report)
    # From here on texts know the pack's languages and pictures; the findings stay in the same list.
    report = replace(report, languages=languages, pictures=pictures, files=files)
    check_keys(manifest, report, _KEYS, required=_REQUIRED)
    units = _units(manifest, files, report)
    value = manifest.get("id")
    pack_id = (None if value is None else slug(value, report)) or ""
    pack = CompiledPack(
        format=_format(manifest, report),
        id=pack_id,
        kind=one_of(manifest, "kind", report, KINDS, KINDS[0]),
        languages=languages,
        title=text_at(manifest, "title", report, "title"),
        summary=text_at(manifest, "summary", report, "summary"),
        minutes=whole(manifest, "minutes", report, default=1, low=1, high=6000),
        sources=_sources(manifest, report),
        grading=_grading(manifest, report),
        units=units,
        media=pictures.media(),
        grades=read_grades(manifest, report),
        fields=read_fields(manifest, report),
        skills=read_skills(manifest, report),
        audience=read_audience(manifest, report),
        authors=read_authors(manifest, report),
        licence=read_licence(manifest, report),
        competences=read_competences(manifest, report),
        prerequisites=read_prerequisites(manifest, pack_id, report),
        completion=read_completion(manifest, listed_units(manifest) or (), report),
        certificate=flag(manifest, "certificate", report, default=False),
    )
    _check_lint(manifest, report)
    check_titles(
        manifest, [*pack.competences, *(key for one in pack.tasks for key in one.competences)], pack.skills, report
    )
    check_pack(pack, manifest, files, report)
    return pack


def _check_lint(manifest: MappingNode, report: Report) -> None:
    """What the author wants to hear no more; it is no part of the compiled pack. See `advice.silence`."""
    node = mapping_at(manifest, "lint", report)
    if node is None:
        return
    check_keys(node, report, ("ignore",))
    for item in items_at(node, "ignore", report, at_least=1, at_most=len(ADVICE_CODES)):
        code = item.value if isinstance(item, ScalarNode) else "…"
        if code not in ADVICE_CODES:
            report.add(
                "P011", item, value=code, guess=report.guess(code, ADVICE_CODES), allowed=", ".join(ADVICE_CODES)
            )


def _format(manifest: MappingNode, report: Report) -> int:
    value = scalar_at(manifest, "format", report)
    if value is not None and value.value != str(FORMAT):
        report.add("P014", value, value=value.value)
    return FORMAT


def _sources(manifest: MappingNode, report: Report) -> tuple[Source, ...]:
    sources = []
    for item in items_at(manifest, "sources", report, at_most=100):
        if not isinstance(item, MappingNode):
            report.add("P018", item)
            continue
        check_keys(item, report, ("title", "url", "note"), required=("title",))
        url = scalar_at(item, "url", report)
        if url is not None and _ADDRESS.fullmatch(url.value) is None:
            report.add("P034", url, value=url.value)
            url = None
        if url is not None and url.value.startswith("http://"):
            report.add("P111", url, value=url.value)
        sources.append(
            Source(
                title=text_at(item, "title", report, "plain"),
                url=None if url is None else url.value,
                note=text_or_none(item, "note", report, "plain"),
            )
        )
    return tuple(sources)


def _grading(manifest: MappingNode, report: Report) -> Grading:
    node = mapping_at(manifest, "grading", report)
    if node is None:
        return Grading()
    check_keys(node, report, ("pass_mark", "attempts", "attempt_grade"))
    attempts = node.get("attempts")
    unlimited = attempts is None or (isinstance(attempts, ScalarNode) and attempts.value == "unlimited")
    return Grading(
        pass_mark=decimal(node, "pass_mark", report, default=Decimal(60), high=100),
        attempts=None if unlimited else whole(node, "attempts", report, default=1, low=1, high=1000),
        attempt_grade=one_of(node, "attempt_grade", report, ATTEMPT_GRADES, ATTEMPT_GRADES[0]),
    )


def _units(manifest: MappingNode, files: Mapping[str, bytes], report: Report) -> tuple[Unit, ...]:
    units: dict[str, Unit] = {}
    for item in items_at(manifest, "units", report, at_least=1, at_most=MAX_UNITS)[:MAX_UNITS]:
        unit_id = slug(item, report)
        if unit_id is None:
            continue
        if unit_id in units:
            report.add("P017", item, value=unit_id)
            continue
        unit = compile_unit(unit_id, item.mark, files, report)
        if unit is not None:
            units[unit_id] = unit
    return tuple(units.values())
