"""QTI items of 2.1, 2.2 and 3.0 in one spelling: names of QTI 2, `choiceInteraction` for `qti-choice-interaction`.

https://www.imsglobal.org/spec/qti/v3p0/impl, https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from course_packs.exchange.xml_source import Element
from course_packs.format.fields import parse_decimal

_HYPHEN: Final = re.compile(r"-([a-z])")
# What is in a body and is no text for the learner.
_SILENT: Final = frozenset(
    {"rubricBlock", "feedbackBlock", "feedbackInline", "templateBlock", "templateInline", "stylesheet", "catalogInfo"}
    | {"contextDeclaration", "infoControl", "companionMaterialsInfo"}
)
_VOID: Final = frozenset({"br", "hr", "img", "col"})
BLANK: Final = "_____"


@dataclass(frozen=True)
class Declaration:
    """What an item says of one response; `tolerance` is how far a number may be off."""

    cardinality: str
    base_type: str
    correct: tuple[str, ...]
    mapping: Mapping[str, Decimal]
    case: bool = True

    @property
    def best(self) -> Decimal:
        """The greatest value a single key is mapped to; 0 without a mapping."""
        return max(self.mapping.values(), default=Decimal(0))


def normalised(element: Element) -> Element:
    """The element and all below it with the names of QTI 2."""
    tag = element.tag.removeprefix("qti-")
    if tag != element.tag:
        tag = _camel(tag)
    attributes = {
        (name if name.startswith("data-") else _camel(name)): value for name, value in element.attributes.items()
    }
    children = [child if isinstance(child, str) else normalised(child) for child in element.children]
    return Element(tag, attributes, element.line, children)


def _camel(name: str) -> str:
    return _HYPHEN.sub(lambda match: match[1].upper(), name)


def declarations(item: Element) -> dict[str, Declaration]:
    """The response declarations of a normalised item by their identifiers."""
    return {one.attributes.get("identifier", ""): _declaration(one) for one in item.all("responseDeclaration")}


def _declaration(element: Element) -> Declaration:
    correct = element.first("correctResponse")
    values = [] if correct is None else [" ".join(value.text().split()) for value in correct.all("value")]
    mapping: dict[str, Decimal] = {}
    table = element.first("mapping")
    entries = [] if table is None else table.all("mapEntry")
    for entry in entries:
        value = parse_decimal(entry.attributes.get("mappedValue", ""))
        if value is not None:
            mapping[" ".join(entry.attributes.get("mapKey", "").split())] = value
    return Declaration(
        cardinality=element.attributes.get("cardinality", "single"),
        base_type=element.attributes.get("baseType", "identifier"),
        correct=tuple(value for value in values if value),
        mapping=mapping,
        case=any(entry.attributes.get("caseSensitive", "true") != "false" for entry in entries) or not entries,
    )


def interactions(body: Element) -> list[Element]:
    """All interactions of an item's body in order, those that end the attempt left out."""
    return [
        element
        for element in body.walk()
        if element.tag.endswith("Interaction") and element.tag != "endAttemptInteraction"
    ]


def html_of(element: Element, blank: Callable[[Element], str], lost: Callable[[str], None]) -> str:
    """The content of an element as HTML; `blank` says what stands for an interaction (or a gap, or a hot text).

    `lost` hears of each part that is no text for the learner.
    """
    return "".join(
        escape(child) if isinstance(child, str) else _element_html(child, blank, lost) for child in element.children
    )


def _element_html(element: Element, blank: Callable[[Element], str], lost: Callable[[str], None]) -> str:
    tag = element.tag
    if tag == "mediaInteraction":
        lost(tag)
        return ""
    if tag.endswith("Interaction") or tag in {"gap", "hottext"}:
        return blank(element)
    if tag in _SILENT:
        if element.text().strip():
            lost(f"{tag}: {' '.join(element.text().split())}")
        return ""
    if tag == "printedVariable":
        lost(tag)
        return BLANK
    inner = html_of(element, blank, lost)
    if tag in {"object", "picture"}:
        source = element.attributes.get("data", "")
        kind = element.attributes.get("type", "")
        return f'<img src={quoteattr(source)} alt="">' if source and kind.startswith("image") else inner
    if tag == "prompt":
        return f"<div>{inner}</div>"
    attributes = "".join(
        f" {name}={quoteattr(value)}" for name, value in element.attributes.items() if name.isalnum() and name.isascii()
    )
    return f"<{tag}{attributes}>" if tag in _VOID else f"<{tag}{attributes}>{inner}</{tag}>"


def tolerance_of(item: Element, identifier: str) -> Decimal:
    """How far a number may be off: that of the `equal` in the response processing that looks at this response."""
    processing = item.first("responseProcessing")
    for equal in [] if processing is None else processing.deep("equal"):
        named = {variable.attributes.get("identifier") for variable in equal.deep("variable")}
        if identifier in named and equal.attributes.get("toleranceMode") == "absolute":
            margins = [parse_decimal(part) for part in equal.attributes.get("tolerance", "").split()]
            known = [margin for margin in margins if margin is not None]
            if known:
                return max(known)
    return Decimal(0)


def maximum_of(item: Element) -> Decimal | None:
    """The marks of an item: the normal maximum of SCORE, or the default of MAXSCORE."""
    for outcome in item.all("outcomeDeclaration"):
        if outcome.attributes.get("identifier") == "SCORE" and "normalMaximum" in outcome.attributes:
            return parse_decimal(outcome.attributes["normalMaximum"])
    for outcome in item.all("outcomeDeclaration"):
        if outcome.attributes.get("identifier") == "MAXSCORE":
            return parse_decimal(outcome.text().strip())
    return None
