"""What a pack says of itself so that a teacher finds it: grades, fields of work, skills. All of it may be left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from course_packs.format.diagnostics import Report
from course_packs.format.fields import items_at, mapping_at, slug_key
from course_packs.format.model import Text
from course_packs.format.texts import read_text
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode
from course_packs.occupations import FIELDS

GRADES: Final = range(5, 12)
MAX_FIELDS: Final = 5
MAX_SKILLS: Final = 12
_RANGE: Final = re.compile(r"([0-9]{1,2})\s*(?:[-–—]\s*([0-9]{1,2}))?")


def read_grades(manifest: MappingNode, report: Report) -> tuple[int, ...]:
    """The school grades, ascending: written as ``8``, ``7-9`` or ``[7, 8, 10-11]``."""
    value = manifest.get("grades")
    if value is None:
        return ()
    nodes: tuple[Node, ...] = (
        (value,) if isinstance(value, ScalarNode) else items_at(manifest, "grades", report, at_least=1, at_most=7)
    )
    grades: set[int] = set()
    for node in nodes:
        text = node.value if isinstance(node, ScalarNode) else "…"
        match = _RANGE.fullmatch(text.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match is not None else (0, 0)
        if first in GRADES and last in GRADES and first <= last:
            grades.update(range(first, last + 1))
        else:
            report.add("P036", node, value=text, low=GRADES[0], high=GRADES[-1])
    return tuple(sorted(grades))


def read_fields(manifest: MappingNode, report: Report) -> tuple[str, ...]:
    """The fields of work, keys of :data:`course_packs.occupations.FIELDS`, in the author's order."""
    chosen: list[str] = []
    for node in items_at(manifest, "fields", report, at_least=1, at_most=MAX_FIELDS):
        key = node.value if isinstance(node, ScalarNode) else "…"
        if key not in FIELDS:
            report.add("P011", node, value=key, guess=report.guess(key, FIELDS), allowed=", ".join(FIELDS))
        elif key in chosen:
            report.add("P017", node, value=key)
        else:
            chosen.append(key)
    return tuple(chosen)


def read_skills(manifest: MappingNode, report: Report) -> Mapping[str, Text]:
    """The skills a learner trains: the author's own keys, each with a title in every language of the pack."""
    node = mapping_at(manifest, "skills", report)
    if node is None:
        return {}
    if not 1 <= len(node.entries) <= MAX_SKILLS:
        report.add("P016", node, count=len(node.entries), low=1, high=MAX_SKILLS)
    return {
        key: read_text(value, report, "title")
        for key, value in node.entries.items()
        if slug_key(key, node.keys[key], report)
    }
