"""Changes of a pack in words, for the operator's terminal and the teacher's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.changes import Change, Changes
from course_packs.format.diagnostics import excerpt
from course_packs.format.markdown import plain_text
from course_packs.format.model import pick

_WHERE: Final[Mapping[str, tuple[str, str]]] = {
    "pack": ("пакет", "pack"),
    "unit": ("раздел", "unit"),
    "page": ("страница", "page"),
    "task": ("задание", "task"),
}
_WHAT: Final[Mapping[str, tuple[str, str]]] = {
    "added": ("появилось", "new"),
    "removed": ("больше нет", "gone"),
    "moved": ("на другом месте", "moved"),
    "reworded": ("другие слова", "reworded"),
    "described": ("другое описание", "described anew"),
    "languages": ("другие языки", "other languages"),
    "pictures": ("другие картинки", "other pictures"),
    "grading": ("другие правила оценки", "graded by other rules"),
    "weight": ("другой вес", "weighs otherwise"),
    "completion": ("другое условие завершения", "counts as done by another rule"),
    "points": ("другие баллы или попытки", "other points or tries"),
    "key": ("другой ключ или проверка", "another key, or marked otherwise"),
    "mistakes": ("ошибки считаются иначе", "mistakes are counted otherwise"),
    "competences": ("другие компетенции", "other competences"),
}
_VERDICT: Final[Mapping[bool, tuple[str, str]]] = {
    True: (
        "Те же ответы могут дать другой результат.",
        "The same answers may earn another result.",
    ),
    False: ("На результаты это не влияет.", "Results are not touched by this."),
}


def change_line(change: Change, language: str) -> str:
    """One change as a line of plain text: «задание «Куда идти?» (gate/one): другой ключ или проверка»."""
    side = 0 if language == "ru" else 1
    title = excerpt(plain_text(pick(change.title, language)))
    quoted = f" «{title}»" if side == 0 else f" “{title}”"
    name = "" if change.where == "pack" else f"{quoted if title else ''} ({change.id})"
    return f"{_WHERE[change.where][side]}{name}: {_WHAT[change.what][side]}"


def marks_line(changes: Changes, language: str) -> str:
    """Whether marks may differ, in a sentence."""
    return _VERDICT[changes.marks_may_differ][0 if language == "ru" else 1]
