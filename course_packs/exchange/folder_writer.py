"""From drafts to the files of a pack that passes its own check.

Each task is compiled before it is written; one that would not pass is kept as a comment with the reason, so that a pack
made from a faulty source can be read, shown and mended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from course_packs.exchange.drafts import Draft, LostDraft, PageDraft, Section, Shelf, TaskDraft
from course_packs.exchange.names import slug_of
from course_packs.exchange.report import ExchangeError, ExchangeReport, Place
from course_packs.exchange.yaml_writer import comment, write_yaml
from course_packs.format.diagnostics import Report
from course_packs.format.pictures import FOLDER, Pictures, read_pictures
from course_packs.format.yaml_source import read_mapping
from course_packs.tasks.definition import compile_task

MAX_DRAFTS: Final = 50
MAX_UNITS: Final = 100
_MAX_TASKS_BYTES: Final = 200_000
_MAX_PAGE_BYTES: Final = 90_000
_MINUTES_FOR_TASK: Final = 2
_MAX_MINUTES: Final = 600
_CYRILLIC: Final = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN: Final = re.compile(r"[a-z]", re.IGNORECASE)


@dataclass(frozen=True)
class _Written:
    """A draft as text, of its own kind."""

    draft: Draft
    text: str


def write_pack(
    sections: Sequence[Section], shelf: Shelf, report: ExchangeReport, *, source: str, title: str, language: str = ""
) -> dict[str, bytes]:
    """Relative path → content of a pack folder. `language` of the texts is guessed when it is not given.

    Raises ExchangeError when there is nothing to write, or more than a pack can hold.
    """
    language = language or guess_language(sections)
    pictures = read_pictures({FOLDER + name: data for name, data in shelf.files.items()}, Report("", Pictures()))
    parts = _parts([section for section in sections if section.drafts], pictures, report, language)
    if not parts:
        raise ExchangeError("no-questions", Place(source))
    if len(parts) > MAX_UNITS:
        raise ExchangeError("too-many", Place(source), limit=MAX_UNITS * MAX_DRAFTS)
    files: dict[str, bytes] = {}
    units: list[str] = []
    minutes = 0
    for heading, written in parts:
        unit_id = slug_of(heading, "unit", units)
        units.append(unit_id)
        spent = _write_unit(files, unit_id, heading or title, written, language)
        minutes += spent
    shown = b"\n".join(content for path, content in files.items() if not path.endswith("pack.yaml")).decode()
    for name, data in shelf.files.items():
        if FOLDER + name in shown:
            files[FOLDER + name] = data
    manifest: dict[str, Any] = {
        "format": 1,
        "id": slug_of(title, "imported-pack"),
        "kind": "course",
        "languages": [language],
        "title": _line(title, 150) or source,
        "summary": _summary(source, language),
        "minutes": min(minutes, 6000),
        "units": units,
    }
    files["pack.yaml"] = write_yaml(manifest).encode()
    return files


def guess_language(sections: Sequence[Section]) -> str:
    """`ru` when Cyrillic letters are at least a third of all, otherwise `en`."""
    sample = " ".join(str(_words(draft)) for section in sections for draft in section.drafts[:20])[:100_000]
    cyrillic, latin = len(_CYRILLIC.findall(sample)), len(_LATIN.findall(sample))
    return "ru" if 2 * cyrillic >= latin else "en"


def _words(draft: Draft) -> object:
    if isinstance(draft, TaskDraft):
        return (draft.data.get("prompt"), draft.data.get("options"), draft.data.get("pairs"))
    return draft.body if isinstance(draft, PageDraft) else draft.text


def _parts(
    sections: Sequence[Section], pictures: Pictures, report: ExchangeReport, language: str
) -> list[tuple[str, list[_Written]]]:
    """Units of a bearable size: (heading, what stands in them)."""
    parts: list[tuple[str, list[_Written]]] = []
    for section in sections:
        written = [_checked(draft, pictures, report, language) for draft in section.drafts]
        pieces: list[list[_Written]] = [[]]
        size = 0
        for one in written:
            length = len(one.text.encode())
            if pieces[-1] and (len(pieces[-1]) >= MAX_DRAFTS or size + length > _MAX_TASKS_BYTES):
                pieces.append([])
                size = 0
            pieces[-1].append(one)
            size += length
        if len(pieces) > 1:
            report.add("X404", section.drafts[0].place, count=MAX_DRAFTS)
        for number, piece in enumerate(pieces, start=1):
            heading = section.title if len(pieces) == 1 else f"{section.title} ({number})"
            parts.append((heading, piece))
    return parts


def _checked(draft: Draft, pictures: Pictures, report: ExchangeReport, language: str) -> _Written:
    if isinstance(draft, PageDraft) and len(draft.body.encode()) > _MAX_PAGE_BYTES:
        notice = report.notice("X103", draft.place, problem=f"> {_MAX_PAGE_BYTES // 1000} kB")
        report.notices.append(notice)
        report.pages -= 1
        draft = LostDraft(draft.name, draft.place, notice.message, draft.body[:2000])
    if isinstance(draft, TaskDraft):
        text = write_yaml({"task": draft.data})
        problem = _problem(text, pictures, report, language)
        if problem:
            notice = report.notice("X102", draft.place, problem=problem)
            report.notices.append(notice)
            draft = LostDraft(draft.name, draft.place, notice.message, text)
        else:
            report.carried += 1
            return _Written(draft, text)
    return _Written(draft, draft.body if isinstance(draft, PageDraft) else _lost(draft))


def _problem(text: str, pictures: Pictures, report: ExchangeReport, language: str) -> str:
    """The first thing that is wrong with a task in the folder it will stand in; an empty string when all is well."""
    check = replace(Report("tasks.yaml", pictures, report.language), languages=(language,))
    node = read_mapping(text.encode(), check)
    value = None if node is None else node.get("task")
    if value is not None:
        compile_task("unit/task", value, check)
    errors = [one for one in check.found if one.severity == "error"]
    return f"{errors[0].code} {errors[0].message}" if errors else ""


def _lost(draft: LostDraft) -> str:
    head = f"{draft.place}\n{draft.reason}\n"
    return comment(head + draft.text[:20_000])


def _write_unit(files: dict[str, bytes], unit_id: str, heading: str, written: Sequence[_Written], language: str) -> int:
    """Write the files of one unit; return its minutes."""
    folder = f"units/{unit_id}/"
    taken: set[str] = set()
    steps: list[dict[str, str]] = []
    tasks: list[str] = []
    for one in written:
        name = one.draft.name
        if isinstance(one.draft, TaskDraft):
            task_id = slug_of(name, "task", taken)
            taken.add(task_id)
            # The task was written under a stand-in for its name, which is the first line.
            tasks.append(f"{task_id}:\n" + one.text.partition("\n")[2])
            steps.append({"task": task_id})
        elif isinstance(one.draft, PageDraft):
            page_id = slug_of(name, "page", taken)
            taken.add(page_id)
            files[f"{folder}{page_id}.md"] = f"# {_title(name, page_id)}\n\n{one.text}\n".encode()
            steps.append({"read": f"{page_id}.md"})
        else:
            tasks.append(one.text)
    if not steps:
        files[f"{folder}not-carried.md"] = _explanation(written, language).encode()
        steps.append({"read": "not-carried.md"})
    if tasks:
        content = "\n".join(tasks)
        files[f"{folder}tasks.yaml" if any("task" in step for step in steps) else f"{folder}README.txt"] = (
            content.encode()
        )
    minutes = min(_MAX_MINUTES, _MINUTES_FOR_TASK * len(steps))
    count = len(steps)
    summary = f"Шагов: {count}." if language == "ru" else f"Steps: {count}."
    unit: dict[str, Any] = {"title": _line(heading, 150), "summary": summary, "minutes": minutes, "steps": steps}
    files[f"{folder}unit.yaml"] = write_yaml(unit).encode()
    return minutes


def _explanation(written: Sequence[_Written], language: str) -> str:
    lines = [f"- {_line(str(one.draft.place), 200)}" for one in written]
    escaped = [re.sub(r"([\\`*_\[\]<>])", r"\\\1", line[2:]) for line in lines]
    head = ("# Не перенесено", "Эти вопросы стоит задать заново:") if language == "ru" else (
        "# Not carried over", "These questions want to be written anew:"
    )  # fmt: skip
    return f"{head[0]}\n\n{head[1]}\n\n" + "\n".join(f"- {line}" for line in escaped) + "\n"


def _title(name: str, fallback: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#])", r"\\\1", _line(name, 150)) or fallback


def _line(text: str, limit: int) -> str:
    """A title: one line of plain words, without signs that would be taken for markup."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    line = re.sub(r"[`<>]|\*\*|__|^#+ ", "", line).strip()
    return line[:limit].strip()


def _summary(source: str, language: str) -> str:
    name = _line(source, 200)
    return f"Перенесено из файла {name}." if language == "ru" else f"Carried over from {name}."
