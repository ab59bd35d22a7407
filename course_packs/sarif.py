"""Findings as SARIF 2.1.0 (OASIS standard, 27 March 2020), which code hosts and editors show beside the files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from course_packs.format.codes import CODES
from course_packs.format.diagnostics import Diagnostic

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "advice": "note"}


def sarif(findings: Mapping[str, Sequence[Diagnostic]], language: str) -> str:
    """One run with all findings; the keys are the folders of the packs, relative or absolute, with forward slashes."""
    used = sorted({one.code for found in findings.values() for one in found})
    places = {code: index for index, code in enumerate(used)}
    results = [_result(folder, one, places[one.code]) for folder, found in findings.items() for one in found]
    run = {
        "tool": {
            "driver": {
                "name": "lyceum-city pack lint",
                "rules": [_rule(code, language) for code in used],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


class _Blank(dict[str, str]):
    """The named places of a phrase that speaks of no particular thing."""

    def __missing__(self, key: str) -> str:
        return "" if key == "guess" else "…"


def _rule(code: str, language: str) -> dict[str, Any]:
    entry = CODES[code]
    message, remedy = entry.ru if language == "ru" else entry.en
    return {
        "id": code,
        "shortDescription": {"text": message.format_map(_Blank())},
        "help": {"text": remedy.format_map(_Blank())},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
    }


def _result(folder: str, one: Diagnostic, rule_index: int) -> dict[str, Any]:
    # A URI (SARIF §3.4): spaces and Cyrillic letters of a path are written with percent signs.
    address = quote(f"{folder.rstrip('/')}/{one.file}" if folder not in {"", "."} else one.file)
    return {
        "ruleId": one.code,
        "ruleIndex": rule_index,
        "level": _LEVELS[one.severity],
        "message": {"text": f"{one.message} → {one.remedy}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": address},
                    "region": {"startLine": one.line, "startColumn": one.column},
                }
            }
        ],
    }
