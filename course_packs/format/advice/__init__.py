"""Advice: what a friendly colleague would say of a pack that is sound. See `docs/authoring/advice.md`.

Each module looks at one side of a pack; each piece of advice can be silenced (`silence`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from course_packs.format.advice import links, media, options, reading, tasks, translations
from course_packs.format.advice.silence import silenced
from course_packs.format.advice.subject import Subject, read_subject
from course_packs.format.compiler import MANIFEST, compile_files
from course_packs.format.diagnostics import Diagnostic, Report
from course_packs.format.folder import read_folder
from course_packs.format.pictures import Pictures

_SIDES: Final[tuple[Callable[[Subject], None], ...]] = (
    tasks.advise,
    options.advise,
    translations.advise,
    reading.advise,
    media.advise,
    links.advise,
)


def lint_and_advise(path: Path, language: str = "ru", *, ask_net: bool = False) -> list[Diagnostic]:
    """What `lint_pack` says of the pack in this folder and, when it has no error, advice; in reading order.

    `ask_net`: also try every link. That is the only thing here that goes out into the net.
    """
    report = Report(MANIFEST, Pictures(), language)
    return findings(read_folder(Path(path), report), report, ask_net=ask_net)


def findings(files: Mapping[str, bytes], report: Report, *, ask_net: bool = False) -> list[Diagnostic]:
    """The same for a pack given as relative path → content."""
    pack = compile_files(files, report)
    if pack is None or report.has_errors:
        return report.sorted()  # a pack with errors has more urgent things to hear
    subject = read_subject(pack, files, report)
    for advise in _SIDES:
        advise(subject)
    if ask_net:
        links.ask_net(subject)
    return silenced(report.sorted(), files)
