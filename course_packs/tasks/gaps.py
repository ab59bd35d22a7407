"""Gaps: a text with holes to fill, each a word, a number or a choice from a list.

The author marks a hole as `[[name]]` anywhere in the Markdown. The text is rendered and sanitised whole, with the marks
as plain words in it; only then is it cut at the marks, so no field ever passes through Markdown or the sanitiser.
Fraction = weighted share of the gaps; `parts` tells for each gap id whether it is wholly right.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, is_slug, mapping_at
from course_packs.format.model import Spec, Task, Text, pick
from course_packs.format.texts import text_at
from course_packs.format.yaml_source import MappingNode, Node
from course_packs.tasks.blanks import (
    BLANK,
    COMMON,
    Blank,
    blanks_of,
    compile_blank,
    describe_blank,
    mark_blank,
    read_blanks,
    solve_blank,
    sum_up,
    typed_in,
    view_blank,
)
from course_packs.tasks.contract import Form, Outcome, Response, outcome

name: Final = "gaps"
SCHEMA: Final[Mapping[str, str]] = {
    "text": "Markdown with [[name]] where a gap is",
    "gaps": f"1–20 × name: {{{BLANK}; {COMMON}}}",
}
MOST_GAPS: Final = 20
_MARK: Final = re.compile(r"\[\[([^\[\]<>]{0,60})\]\]")
_TAG: Final = re.compile(r'<[^<>"]*(?:"[^"]*"[^<>"]*)*>')
_LINK: Final = re.compile(r"<a .*?</a>", re.DOTALL)


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {text: HTML with [[id]] at the gaps, gaps: [{id, …Blank}]}; ids are g1, g2 … in the author's order."""
    for key in SCHEMA:
        if node.get(key) is None:
            report.add("P010", node, key=key)
    texts = text_at(node, "text", report, "block")
    entries = mapping_at(node, "gaps", report)
    if entries is None:
        return {"text": texts, "gaps": []}
    if not 1 <= len(entries.entries) <= MOST_GAPS:
        report.add("P016", entries, count=len(entries.entries), low=1, high=MOST_GAPS)
    ids: dict[str, str] = {}
    gaps: list[Mapping[str, Any]] = []
    for gap_name, value in entries.entries.items():
        if not is_slug(gap_name):
            report.add("P228", entries.keys[gap_name], value=gap_name)
        ids[gap_name] = f"g{len(ids) + 1}"
        mapping = as_mapping(value, report)
        blank = None if mapping is None else compile_blank(mapping, report)
        if blank is not None:
            gaps.append({"id": ids[gap_name], **blank})
    place = node.get("text")
    if place is None:
        return {"text": texts, "gaps": gaps}
    return {
        "text": {language: _with_ids(html, ids, language, place, report) for language, html in texts.items()},
        "gaps": gaps,
    }


def _with_ids(html: str, ids: Mapping[str, str], language: str, text: Node, report: Report) -> str:
    """The text with ids in place of names; every gap must stand in it once, where a field can stand."""
    place = (text.get(language) or text) if isinstance(text, MappingNode) else text
    marks = [match[1].strip() for match in _MARK.finditer(html)]
    hidden = {
        match[1].strip() for part in (*_TAG.findall(html), *_LINK.findall(html)) for match in _MARK.finditer(part)
    }
    for mark_name in dict.fromkeys(marks):
        if mark_name not in ids:
            report.add("P222", place, value=mark_name, guess=report.guess(mark_name, ids))
        elif mark_name in hidden:
            report.add("P225", place, key=mark_name)
        elif marks.count(mark_name) > 1:
            report.add("P224", place, key=mark_name, language=language)
    for gap_name in ids:
        if gap_name not in marks:
            report.add("P223", place, key=gap_name, language=language)
    return _MARK.sub(lambda match: f"[[{ids.get(match[1].strip(), '')}]]", html)


def _pieces(html: str) -> list[dict[str, str]]:
    """The text cut at its gaps: {html} and {gap} in turn."""
    return [{"gap": piece} if index % 2 else {"html": piece} for index, piece in enumerate(_MARK.split(html)) if piece]


def _order(task: Task, language: str) -> list[str]:
    return _MARK.findall(pick(task.spec["text"], language))


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{pieces: [{html} | {gap: id}], gaps: {id: {number, kind, …}}}; `number` counts from 1 as the text is read."""
    blanks = blanks_of(task, "gaps")
    order = _order(task, language)
    return {
        "pieces": _pieces(pick(task.spec["text"], language)),
        "gaps": {
            key: {"number": order.index(key) + 1, **view_blank(task, blank, language=language, seed=seed)}
            for key, blank in blanks.items()
        },
    }


def read(task: Task, form: Form) -> Response:
    """Fields `gap-<id>` → {"gaps": {id: answer}}. ResponseError: as `blanks.read_blanks`."""
    return {"gaps": read_blanks(task, blanks_of(task, "gaps"), typed_in(form, "gap-"))}


def mark(task: Task, response: Response) -> Outcome:
    """Parts: gap id → wholly right?"""
    blanks = blanks_of(task, "gaps")
    given = response.get("gaps", {})
    found = {key: mark_blank(task, blank, str(given.get(key, ""))) for key, blank in blanks.items()}
    fraction, said, mistakes = sum_up(blanks, found, {key: _label(task, key) for key in blanks})
    return outcome(
        task, fraction, feedback=said, mistakes=mistakes, parts={key: one.fraction == 1 for key, one in found.items()}
    )


def _label(task: Task, key: str) -> Text:
    """«Пропуск 2», by the number that the gap has in each language's text."""
    words = {"en": "Gap", "ru": "Пропуск"}
    return {
        language: f"{words.get(language, words['en'])} {_order(task, language).index(key) + 1}"
        for language in {**words, **task.spec["text"]}
    }


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"gaps": {id: a right answer}}."""
    return {
        "gaps": {key: solve_blank(task, blank, language=language) for key, blank in blanks_of(task, "gaps").items()}
    }


def describe(task: Task, response: Response, *, language: str) -> str:
    """The answers in the order of the text: «1: чугун; 2: 1500»."""
    blanks: Mapping[str, Blank] = blanks_of(task, "gaps")
    given = response.get("gaps", {})
    return "; ".join(
        f"{number}: {describe_blank(task, blanks[key], str(given[key]), language=language)}"
        for number, key in enumerate(_order(task, language), start=1)
        if key in given
    )


def draft(task: Task, form: Form) -> Response:
    """{"gaps": what was typed and chosen}."""
    return {"gaps": typed_in(form, "gap-")}
