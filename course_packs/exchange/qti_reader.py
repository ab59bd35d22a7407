"""QTI items, single or in packages, as tasks. What an item is worth and says is read from its declarations.

Response processing is a small programming language; we know what the standard templates and our own export do with it,
and no more: an item whose marks come about in another way is told of as changed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import unquote

from course_packs.exchange import qti_kinds
from course_packs.exchange.archive import is_zip, read_archive
from course_packs.exchange.drafts import Draft, LostDraft, PageDraft, Scribe, Section, Shelf, TaskDraft
from course_packs.exchange.gift_reader import lost
from course_packs.exchange.markdown_writer import escape
from course_packs.exchange.qti_kinds import Item
from course_packs.exchange.qti_source import declarations, interactions, maximum_of, normalised
from course_packs.exchange.questions import Refused, with_feedback
from course_packs.exchange.report import ExchangeError, ExchangeReport, Place
from course_packs.exchange.xml_source import Element, read_xml
from course_packs.format.fields import is_slug

_BY_PEOPLE: Final = frozenset({"extendedTextInteraction", "uploadInteraction", "drawingInteraction"})
_VERDICTS: Final = {
    "correct": "correct", "right": "correct", "partial": "partial", "partially_correct": "partial", "wrong": "wrong",
    "incorrect": "wrong",
}  # fmt: skip
_STANDARD: Final = ("match_correct", "map_response")


def read_qti(data: bytes, file: str, report: ExchangeReport) -> tuple[list[Section], Shelf]:
    """The sections of a package, or the one of a single item. Raises ExchangeError when it is neither."""
    shelf = Shelf()
    if not is_zip(data):
        root = normalised(read_xml(data, file))
        if root.tag != "assessmentItem":
            raise ExchangeError("wrong-root", Place(file, root.line), expected="<assessmentItem>", found=root.tag)
        return [Section("", _drafts(root, file, {}, report, shelf))], shelf
    files = read_archive(data)
    titles = _section_titles(files, file)
    sections: dict[str, Section] = {}
    for path in _item_paths(files, file, report):
        title = titles.get(path, "")
        section = sections.setdefault(title, Section(title))
        section.drafts += _from_package(path, files, file, report, shelf)
    for path in files:
        if is_zip(files[path]):
            report.add("X402", Place(f"{file}/{path}"), name=path)
    return list(sections.values()), shelf


def _section_titles(files: Mapping[str, bytes], file: str) -> dict[str, str]:
    """Item's path → title of the section it stands in, where the package holds exactly one test."""
    tests = []
    for path in files:
        if path.endswith(".xml") and re.search(rb"<(?:\w+:)?(?:assessmentTest|qti-assessment-test)\b", files[path]):
            try:
                tests.append((path, normalised(read_xml(files[path], f"{file}/{path}"))))
            except ExchangeError:
                continue  # without it there is one section, and nothing is lost
    if len(tests) != 1:
        return {}
    path, test = tests[0]
    titles = {}
    for section in test.deep("assessmentSection"):
        for item in section.all("assessmentItemRef"):
            href = posixpath.join(posixpath.dirname(path), unquote(item.attributes.get("href", "")))
            titles[posixpath.normpath(href)] = section.attributes.get("title", "")
    return titles


def _item_paths(files: Mapping[str, bytes], file: str, report: ExchangeReport) -> list[str]:
    """The items of a package in the manifest's order; all XML files where there is no manifest."""
    manifest = min((path for path in files if path.rpartition("/")[2] == "imsmanifest.xml"), key=len, default=None)
    if manifest is None:
        return sorted(path for path in files if path.endswith(".xml"))
    try:
        root = read_xml(files[manifest], f"{file}/{manifest}")
    except ExchangeError as error:
        report.add("X403", Place(f"{file}/{manifest}"), name=manifest, problem=error.text(report.language))
        return sorted(path for path in files if path.endswith(".xml") and path != manifest)
    paths: dict[str, None] = {}
    for resource in root.deep("resource"):
        kind, href = resource.attributes.get("type", ""), resource.attributes.get("href", "")
        if kind.startswith("imsqti_item"):
            paths[posixpath.normpath(posixpath.join(posixpath.dirname(manifest), unquote(href)))] = None
        elif kind.startswith("imsqti_xmlv1"):
            report.add("X403", Place(f"{file}/{href}"), name=href, problem="QTI 1.2")
    return list(paths)


def _from_package(
    path: str, files: Mapping[str, bytes], file: str, report: ExchangeReport, shelf: Shelf
) -> list[Draft]:
    name = f"{file}/{path}"
    try:
        if path not in files:
            report.count(Place(name))
            return [lost(report, Place(name), Refused("X103", problem=path), path)]
        root = normalised(read_xml(files[path], name))
    except ExchangeError as error:
        report.count(Place(name))
        return [lost(report, Place(name), Refused("X103", problem=error.text(report.language)), path)]
    if root.tag != "assessmentItem":
        return []
    return _drafts(root, name, _beside(path, files), report, shelf)


def _beside(path: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The package's files by their path as the item at `path` would write it."""
    folder = posixpath.dirname(path) or "."
    return {posixpath.relpath(other, folder): data for other, data in files.items() if other != path}


def _drafts(root: Element, file: str, files: Mapping[str, bytes], report: ExchangeReport, shelf: Shelf) -> list[Draft]:
    """The tasks of one item: several when it holds several interactions that can stand alone."""
    name = root.attributes.get("title") or root.attributes.get("identifier") or file
    place = Place(file, 0, " ".join(name.split()))
    label = root.attributes.get("label", "")
    report.count(place)

    def find(address: str) -> bytes | None:
        return files.get(posixpath.normpath(unquote(address)))

    scribe = Scribe(report, place, shelf, find)
    body = root.first("itemBody")
    if body is None:
        return [lost(report, place, Refused("X103", problem="itemBody"), name)]
    found = [one for one in interactions(body) if one.tag != "mediaInteraction"]
    item = Item(
        root, body, declarations(root), scribe, tolerance=lambda identifier: qti_kinds.tolerance(root, identifier)
    )
    if not found or all(one.tag in _BY_PEOPLE for one in found):
        report.add("X104" if found else "X105", place, type=found[0].tag if found else "")
        report.pages += 1
        text = scribe.page(item.text(body, lambda one: qti_kinds.shown(item, one)))
        return [PageDraft(place.question, place, text or escape(place.question))]
    _tell_processing(root, scribe)
    try:
        made = qti_kinds.tasks(item, found)
    except Refused as refused:
        if refused.code == "X106" and root.first("templateProcessing") is not None:
            # The answer is reckoned by a program inside the item.
            refused = Refused("X101", type="templateProcessing")
        return [lost(report, place, refused, " ".join(body.text().split()))]
    report.questions += len(made) - 1
    common = _common(root, scribe, len(made))
    feedback = _verdict_feedback(item) if len(made) == 1 else {}
    return [_task(label if is_slug(label) else place.question, place, one, common, feedback) for one in made]


def _task(
    name: str, place: Place, made: dict[str, Any], common: dict[str, Any], feedback: Mapping[str, str]
) -> TaskDraft | LostDraft:
    data = with_feedback(made, feedback)
    head = {"type": data.pop("type"), "prompt": data.pop("prompt")}
    return TaskDraft(name, place, {**head, **common, **data})


def _common(root: Element, scribe: Scribe, count: int) -> dict[str, Any]:
    maximum = maximum_of(root)
    if maximum is None or maximum == 1:
        return {}
    if not 0 < maximum <= 1000:
        scribe.tell("X308", str(maximum), value="1")
        return {}
    share = (maximum / count).quantize(Decimal("0.01")) if count > 1 else maximum
    return {"points": share}


def _tell_processing(root: Element, scribe: Scribe) -> None:
    if root.attributes.get("adaptive") == "true":
        scribe.tell("X306", "adaptive")
    if root.first("templateProcessing") is not None:
        scribe.tell("X306", "templateProcessing")
    processing = root.first("responseProcessing")
    template = "" if processing is None else processing.attributes.get("template", "")
    known = template.rpartition("/")[2].removesuffix(".xml").startswith(_STANDARD)
    ours = processing is not None and _sets_only(processing, {"SCORE", "FEEDBACK", "MAXSCORE", "VERDICT"})
    if processing is not None and not (known or (ours and not template)):
        scribe.tell("X301", template.rpartition("/")[2] or "responseProcessing")


def _sets_only(processing: Element, names: set[str]) -> bool:
    return {one.attributes.get("identifier", "") for one in processing.deep("setOutcomeValue")} <= names


def _verdict_feedback(item: Item) -> dict[str, str]:
    texts: dict[str, str] = {}
    for modal in item.root.all("modalFeedback"):
        identifier = modal.attributes.get("identifier", "")
        verdict = _VERDICTS.get(identifier.lower())
        text = item.scribe.block(item.text(modal))
        if verdict is not None and text:
            texts[verdict] = text
        elif text and identifier not in item.used_feedback:
            item.scribe.tell("X202", f"modalFeedback {identifier}: {text}")
    return texts
