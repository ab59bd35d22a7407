"""The `mistake:` key: what kind of mistake an answer shows, and how grave it is."""

from __future__ import annotations

from typing import Any, Final

from course_packs.format.canonical import dump_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, one_of
from course_packs.format.model import Mistake
from course_packs.format.texts import text_at
from course_packs.format.yaml_source import MappingNode

KINDS: Final = ("safety", "quality", "economy", "time", "communication", "knowledge")
SEVERITIES: Final = ("minor", "major", "critical")


def mistake_at(node: MappingNode, key: str, report: Report) -> Mistake | None:
    """The mistake under `key`; None when absent."""
    value = node.get(key)
    mapping = None if value is None else as_mapping(value, report)
    if mapping is None:
        return None
    check_keys(mapping, report, ("kind", "severity", "note"), required=("kind", "severity"))
    return Mistake(
        kind=one_of(mapping, "kind", report, KINDS, KINDS[0]),
        severity=one_of(mapping, "severity", report, SEVERITIES, SEVERITIES[0]),
        note=text_at(mapping, "note", report, "plain"),
    )


def mistake_data(node: MappingNode, report: Report) -> dict[str, Any]:
    """`{"mistake": …}` for a spec, or nothing: specs leave out what the author left out."""
    mistake = mistake_at(node, "mistake", report)
    return {} if mistake is None else {"mistake": dump_mistake(mistake)}
