"""What a pack says about itself: for whom, by whom, under which licence, what it trains, when it is done.

All of it may be left out, and a pack that says nothing of it compiles to what it always compiled to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final

from course_packs.competences import COMPETENCES, DIGITAL
from course_packs.format.diagnostics import Mark, Report
from course_packs.format.fields import (
    as_mapping,
    check_keys,
    decimal,
    is_slug,
    items_at,
    one_of,
    scalar_at,
    slug,
)
from course_packs.format.model import Author, Completion, Text
from course_packs.format.texts import text_or_none
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode

AUDIENCES: Final = ("learners", "teachers", "mentors", "parents", "administrators", "partners")
AUTHOR_ROLES: Final = (
    "author",
    "expert",
    "editor",
    "methodologist",
    "reviewer",
    "translator",
    "illustrator",
    "developer",
)
_COMPLETION: Final = {"all-steps": Completion("all-steps"), "pass": Completion("pass")}
MAX_LICENCE: Final = 100


def read_audience(manifest: MappingNode, report: Report) -> tuple[str, ...]:
    """For whom the pack is, words of :data:`AUDIENCES`, in the author's order."""
    return tuple(_words(manifest, "audience", AUDIENCES, report))


def read_authors(manifest: MappingNode, report: Report) -> tuple[Author, ...]:
    """Who made it: a role, and a name or an organisation where they want to be named."""
    authors = []
    for item in items_at(manifest, "authors", report, at_least=1, at_most=30):
        node = as_mapping(item, report)
        if node is None:
            continue
        check_keys(node, report, ("role", "name", "organisation"), required=("role",))
        authors.append(
            Author(
                role=one_of(node, "role", report, AUTHOR_ROLES, AUTHOR_ROLES[0]),
                name=text_or_none(node, "name", report, "plain"),
                organisation=text_or_none(node, "organisation", report, "plain"),
            )
        )
    return tuple(authors)


def read_licence(manifest: MappingNode, report: Report) -> str:
    """An SPDX identifier (``CC-BY-4.0``) or a few words."""
    value = scalar_at(manifest, "licence", report)
    if value is None:
        return ""
    text = " ".join(value.value.split())
    if len(text) > MAX_LICENCE:
        report.add("P114", value, limit=MAX_LICENCE)
        return ""
    return text


def read_competences(node: MappingNode, report: Report) -> Mapping[str, Decimal]:
    """Competence → weight above 0; a plain list means weight 1 each. `check_titles` asks for those of `3.<key>`."""
    value = node.get("competences")
    if value is None:
        return {}
    if isinstance(value, MappingNode):
        return {
            key: decimal(value, key, report, default=Decimal(1), high=100, above_low=True)
            for key in value.entries
            if _is_competence(key, value.keys[key], report)
        }
    chosen: dict[str, Decimal] = {}
    for item in items_at(node, "competences", report, at_least=1, at_most=30):
        key = item.value if isinstance(item, ScalarNode) else "…"
        if key in chosen:
            report.add("P017", item, value=key)
        elif _is_competence(key, item.mark, report):
            chosen[key] = Decimal(1)
    return chosen


def _is_competence(key: str, mark: Mark, report: Report) -> bool:
    group, _, own = key.partition(".")
    if key in COMPETENCES or (group == DIGITAL and is_slug(own)):
        return True
    report.add("P038", mark, value=key, guess=report.guess(key, COMPETENCES))
    return False


def check_titles(
    manifest: MappingNode, competences: Collection[str], skills: Mapping[str, Text], report: Report
) -> None:
    """Say which items of the open group have no title; `competences` are those of the pack and of all its tasks."""
    for key in sorted(set(competences) - set(COMPETENCES)):
        if key.removeprefix(f"{DIGITAL}.") not in skills:
            report.add("P039", manifest.keys.get("competences", manifest.mark), value=key)


def read_prerequisites(manifest: MappingNode, pack_id: str, report: Report) -> tuple[str, ...]:
    """Ids of packs to be done before this one."""
    found: list[str] = []
    for item in items_at(manifest, "prerequisites", report, at_least=1, at_most=20):
        one = slug(item, report)
        if one is None:
            continue
        if one == pack_id:
            report.add("P040", item)
        elif one in found:
            report.add("P017", item, value=one)
        else:
            found.append(one)
    return tuple(found)


def read_completion(manifest: MappingNode, units: Collection[str], report: Report) -> Completion | None:
    """When the pack counts as done; None: with the end of an attempt, whatever came of it."""
    value = manifest.get("completion")
    if value is None:
        return None
    if isinstance(value, ScalarNode) and value.value in _COMPLETION:
        return _COMPLETION[value.value]
    if not isinstance(value, MappingNode):
        report.add("P037", value, value=value.value if isinstance(value, ScalarNode) else "…")
        return None
    check_keys(value, report, ("units",), required=("units",))
    wanted = [
        item for item in items_at(value, "units", report, at_least=1, at_most=100) if _is_unit(item, units, report)
    ]
    return Completion("units", tuple(dict.fromkeys(item.value for item in wanted if isinstance(item, ScalarNode))))


def _is_unit(item: Node, units: Collection[str], report: Report) -> bool:
    name = item.value if isinstance(item, ScalarNode) else "…"
    if name in units:
        return True
    report.add("P041", item, value=name, guess=report.guess(name, units))
    return False


def _words(manifest: MappingNode, key: str, allowed: Collection[str], report: Report) -> list[str]:
    chosen: list[str] = []
    for item in items_at(manifest, key, report, at_least=1, at_most=len(allowed)):
        word = item.value if isinstance(item, ScalarNode) else "…"
        if word not in allowed:
            report.add("P011", item, value=word, guess=report.guess(word, allowed), allowed=", ".join(allowed))
        elif word in chosen:
            report.add("P017", item, value=word)
        else:
            chosen.append(word)
    return chosen
