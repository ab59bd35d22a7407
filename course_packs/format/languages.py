"""The languages that a file says it is written in."""

from __future__ import annotations

import re
from typing import Final

from course_packs.format.diagnostics import Report
from course_packs.format.fields import items_at
from course_packs.format.yaml_source import MappingNode, ScalarNode

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")


def read_languages(manifest: MappingNode, report: Report) -> tuple[str, ...]:
    """The languages of a file, its main one first; Russian when none is named."""
    languages: list[str] = []
    for item in items_at(manifest, "languages", report, at_least=1, at_most=10):
        code = item.value if isinstance(item, ScalarNode) else "…"
        if _LANGUAGE.fullmatch(code) is None or code in languages:
            report.add("P015", item, value=code)
        else:
            languages.append(code)
    return tuple(languages) or ("ru",)
