"""XML read into a tree that keeps line numbers. No entities but the predefined ones, nothing fetched, all bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.entities import html5
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from course_packs.exchange.report import ExchangeError, Place

MAX_BYTES: Final = 50_000_000
MAX_DEPTH: Final = 150
MAX_ELEMENTS: Final = 400_000


@dataclass(slots=True)
class Element:
    """An element; `tag` and the names of `attributes` are without a prefix. Texts stand between the children."""

    tag: str
    attributes: Mapping[str, str]
    line: int
    children: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        return (child for child in self.children if isinstance(child, Element))

    def all(self, tag: str) -> list[Element]:
        """The children called `tag`."""
        return [child for child in self if child.tag == tag]

    def first(self, tag: str) -> Element | None:
        """The first child called `tag`."""
        return next((child for child in self if child.tag == tag), None)

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in document order."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(reversed(list(element)))

    def deep(self, tag: str) -> list[Element]:
        """All elements called `tag` below this one."""
        return [element for element in self.walk() if element.tag == tag and element is not self]

    def text(self) -> str:
        """All text below this element, as it stands."""
        parts: list[str] = []
        stack: list[Element | str] = [self]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                parts.append(node)
            else:
                stack.extend(reversed(node.children))
        return "".join(parts)

    def words(self, tag: str) -> str:
        """The trimmed text of the first child called `tag`; an empty string when there is none."""
        child = self.first(tag)
        return "" if child is None else child.text().strip()

    def markup(self) -> str:
        """The content as HTML source, without this element's own tags."""
        return "".join(escape(child) if isinstance(child, str) else _source(child) for child in self.children)


_VOID: Final = frozenset({"br", "hr", "img", "col", "wbr"})


def _source(element: Element) -> str:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.attributes.items())
    if element.tag in _VOID and not element.children:
        return f"<{element.tag}{attributes}>"
    return f"<{element.tag}{attributes}>{element.markup()}</{element.tag}>"


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Builder:
    def __init__(self, file: str) -> None:
        self._file = file
        self.top = Element("", {}, 0)
        self._open = [self.top]
        self._count = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._entity
        self.parser.SkippedEntityHandler = self._skipped
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    @property
    def place(self) -> Place:
        return Place(self._file, self.parser.CurrentLineNumber)

    def _doctype(self, name: str, system: str | None, public: str | None, has_internal_subset: int) -> None:
        # Entities are declared in an internal subset; one outside is never fetched.
        if has_internal_subset:
            raise ExchangeError("entities", self.place)

    def _entity(self, *_: object) -> None:
        raise ExchangeError("entities", self.place)

    def _skipped(self, name: str, is_parameter: bool) -> None:
        # With an outside DTD `&nbsp;` is no fault of the file, merely a name we must know ourselves.
        self._characters(html5.get(f"{name};", ""))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise ExchangeError("too-many", self.place, limit=MAX_ELEMENTS)
        if len(self._open) > MAX_DEPTH:
            raise ExchangeError("too-deep", self.place, limit=MAX_DEPTH)
        named = {_local(name): value for name, value in attributes.items() if not name.startswith("xmlns")}
        element = Element(_local(tag), named, self.parser.CurrentLineNumber)
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, tag: str) -> None:
        self._open.pop()

    def _characters(self, data: str) -> None:
        if len(self._open) > 1:
            self._open[-1].children.append(data)


def read_xml(data: bytes, file: str) -> Element:
    """The root element. Raises ExchangeError for anything that is not sound, safe XML within the limits."""
    if len(data) > MAX_BYTES:
        raise ExchangeError("too-large", Place(file), limit=MAX_BYTES // 1_000_000)
    builder = _Builder(file)
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code) or str(error)
        raise ExchangeError("not-xml", Place(file, error.lineno), problem=problem) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, ExchangeError):
            raise
        # An encoding Python does not know, or one of several bytes a sign that expat cannot use.
        raise ExchangeError("not-xml", Place(file, 1), problem=str(error)) from None
    root = next(iter(builder.top), None)
    if root is None:
        raise ExchangeError("not-xml", Place(file), problem="?")
    return root
