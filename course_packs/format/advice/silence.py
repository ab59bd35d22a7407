"""How an author says no to advice: for a line, for a page, for the whole pack.

- `# lint: ignore P501, P503` in YAML silences the line it stands on and the one below it;
- `[//]: # (lint: ignore P522)` in Markdown, which nobody sees on the page, silences the file;
- `lint: {ignore: [P512]}` in pack.yaml silences the pack.

Errors and warnings cannot be silenced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from course_packs.format.diagnostics import Diagnostic, Report
from course_packs.format.pictures import Pictures
from course_packs.format.yaml_source import MappingNode, ScalarNode, SequenceNode, read_mapping

_CODES: Final = r"(P5\d\d(?:\s*,\s*P5\d\d)*)"
_IN_YAML: Final = re.compile(rf"#\s*lint:\s*ignore\s+{_CODES}")
_IN_MARKDOWN: Final = re.compile(rf"^\[//\]: # \(lint:\s*ignore\s+{_CODES}\)\s*$", re.MULTILINE)


def silenced(found: Sequence[Diagnostic], files: Mapping[str, bytes]) -> list[Diagnostic]:
    """The findings without the advice that the author does not want."""
    everywhere = _of_pack(files)
    texts: dict[str, str] = {}
    kept = []
    for one in found:
        if one.severity == "advice":
            if one.file not in texts:
                texts[one.file] = files.get(one.file, b"").decode("utf-8", "replace")
            if one.code in everywhere or one.code in _of_place(one, texts[one.file]):
                continue
        kept.append(one)
    return kept


def _of_pack(files: Mapping[str, bytes]) -> set[str]:
    manifest = read_mapping(files["pack.yaml"], Report("pack.yaml", Pictures()))
    lint = None if manifest is None else manifest.get("lint")
    ignore = lint.get("ignore") if isinstance(lint, MappingNode) else None
    items = ignore.items if isinstance(ignore, SequenceNode) else ()
    return {item.value for item in items if isinstance(item, ScalarNode)}


def _of_place(one: Diagnostic, text: str) -> set[str]:
    if one.file.endswith(".md"):
        return {code for match in _IN_MARKDOWN.findall(text) for code in _split(match)}
    if not one.file.endswith(".yaml"):
        return set()  # a picture: only pack.yaml can speak for it
    lines = text.splitlines()
    near = lines[max(one.line - 2, 0) : one.line]
    return {code for line in near for match in _IN_YAML.findall(line) for code in _split(match)}


def _split(codes: str) -> list[str]:
    return [code.strip() for code in codes.split(",")]
