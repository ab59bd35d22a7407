"""Texts in a pack's YAML: one string in the main language, or a string for each language."""

from __future__ import annotations

import re
from typing import Final, Literal

from course_packs.format.diagnostics import Mark, Report
from course_packs.format.markdown import render_block, render_inline
from course_packs.format.model import Text
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode

Style = Literal["title", "summary", "plain", "verbatim", "inline", "block"]
"""title, summary: plain words, wanted in every language. plain: plain words. verbatim: plain, lines and spaces as they
are. inline, block: Markdown to safe HTML."""

MAX_LENGTH: Final = {"title": 160, "summary": 600, "plain": 1000, "verbatim": 4000, "inline": 1000, "block": 8000}
_MARKUP: Final = re.compile(r"\*\*|__|`|!?\[[^\]]*\]\(|^#+ |</?[a-z]+[^<>]*>", re.IGNORECASE)


def text_at(node: MappingNode, key: str, report: Report, style: Style) -> Text:
    """The text under `key`; an empty Text when the key is absent (`text_or_none` tells the difference)."""
    value = node.get(key)
    return {} if value is None else read_text(value, report, style)


def text_or_none(node: MappingNode, key: str, report: Report, style: Style) -> Text | None:
    """The text under `key`, or None when the key is absent."""
    value = node.get(key)
    return None if value is None else read_text(value, report, style)


def read_text(node: Node, report: Report, style: Style) -> Text:
    """Language → rendered text, the main language first and always there, if need be as an empty string."""
    main = report.languages[0]
    strings = _strings(node, report)
    if main not in strings:
        if strings or isinstance(node, MappingNode):
            report.add("P101", node, language=main)
        strings = {main: ("", node.mark), **strings}
    if style in {"title", "summary"}:
        for language in report.languages[1:]:
            if language not in strings:
                report.add("P102", node, language=language)
    ordered = [language for language in report.languages if language in strings]
    return {language: _render(*strings[language], report, style, language) for language in ordered}


def _strings(node: Node, report: Report) -> dict[str, tuple[str, Mark]]:
    if isinstance(node, ScalarNode):
        string = _string(node, report)
        return {} if string is None else {report.languages[0]: (string, node.mark)}
    if not isinstance(node, MappingNode):
        report.add("P020", node)
        return {}
    strings = {}
    for language, value in node.entries.items():
        if language not in report.languages:
            report.add("P103", node.keys[language], language=language)
            continue
        string = _string(value, report)
        if string is not None:
            strings[language] = (string, value.mark)
    return strings


def _string(node: Node, report: Report) -> str | None:
    if not isinstance(node, ScalarNode):
        report.add("P020", node)
        return None
    string = node.value.strip()
    if not string or node.kind == "null":
        report.add("P104", node)
        return ""
    return string


def _render(string: str, mark: Mark, report: Report, style: Style, language: str) -> str:
    if len(string) > MAX_LENGTH[style]:
        report.add("P114", mark, limit=MAX_LENGTH[style])
        return ""
    if style == "inline":
        return render_inline(string, report, mark)
    if style == "block":
        return render_block(string, report, mark, language)
    markup = _MARKUP.search(string)
    if markup is not None and style in {"title", "summary"}:
        report.add("P105", mark, value=markup.group())
    return string if style == "verbatim" else " ".join(string.split())
