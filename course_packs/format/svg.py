"""SVG pictures: accepted only when nothing in them can run, load or reach out.

The file is never rewritten: an unsafe one is refused with the exact place, so that what an author drew is what a
learner sees. Elements and references are checked against an allow-list; editors' own namespaces are inert and pass.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from xml.parsers import expat

from course_packs.format.diagnostics import START, Mark, Report

SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_SEPARATOR: Final = "\x1f"

# Shapes, text, paint, clipping and filters; no links, no animation (it can rewrite references), no foreign content.
_ELEMENTS: Final = frozenset(
    {"svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "style", "switch", "view", "image"}
    | {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath"}
    | {"marker", "pattern", "mask", "clipPath", "linearGradient", "radialGradient", "stop", "filter"}
    | {"feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting"}
    | {"feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR"}
    | {"feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting"}
    | {"feSpotLight", "feTile", "feTurbulence"}
)
_INNER_PICTURE: Final = re.compile(r"data:image/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/=\s]*")
# Everything in CSS that loads, bar url(); a backslash could spell any of it in disguise.
_STYLE_LOADS: Final = re.compile(
    r"@import|@font-face|(?:image|image-set|src|expression)\s*\(|javascript:|behavior\s*:|\\", re.IGNORECASE
)
_STYLE_URL: Final = re.compile(r"url\(([^)]{0,80})", re.IGNORECASE)
_LENGTH: Final = re.compile(r"\s*\+?([0-9]{1,6}(?:\.[0-9]{1,6})?)(px|pt|mm|cm|in)?\s*")
_PIXELS: Final = {None: 1.0, "px": 1.0, "pt": 96 / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


class _UnsafeError(Exception):
    """Stops the parser at the first unsafe place; the diagnostic is already in the report."""


class _Checker:
    """Walks the parser's events, refusing what is not allowed and remembering the root's size."""

    def __init__(self, report: Report) -> None:
        self.size: tuple[int, int] | None = None
        self.is_svg = False
        self._report = report
        self._path: list[str] = []
        self._style: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self.parser.XmlDeclHandler = self._declaration
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def refuse(self, what: str) -> None:
        mark = Mark(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)
        self._report.add("P304", mark, what=what)
        raise _UnsafeError

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        # A browser would obey another encoding and see other characters than were checked here.
        if encoding is not None and encoding.lower() not in {"utf-8", "utf8", "us-ascii"}:
            self.refuse(f"encoding={encoding}")

    def _doctype(self, name: str, system: str | None, public: str | None, has_internal_subset: int) -> None:
        # Entities can be declared nowhere else: an outside subset is never fetched.
        if has_internal_subset:
            self.refuse("<!DOCTYPE […]>")

    def _instruction(self, target: str, data: str) -> None:
        self.refuse(f"<?{target}?>")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        namespace, _, local = name.rpartition(_SEPARATOR)
        if not self._path:
            self.is_svg = namespace == SVG and local == "svg"
            self.size = _root_size(attributes)
        if namespace == _XHTML or (namespace == SVG and local not in _ELEMENTS) or not namespace:
            self.refuse(f"<{local}>")
        self._path.append(local if namespace == SVG else "")
        for key, value in attributes.items():
            self._attribute(key, value, local)

    def _attribute(self, key: str, value: str, element: str) -> None:
        namespace, _, local = key.rpartition(_SEPARATOR)
        if local.lower().startswith("on"):
            self.refuse(f"{local}=")
        if local == "href" and namespace in {"", _XLINK}:
            inner = element == "image" and _INNER_PICTURE.fullmatch(value) is not None
            if not (value.strip().startswith("#") or inner):
                self.refuse(f'href="{value}"')
        elif not namespace:
            self._check_style(value)

    def _check_style(self, css: str) -> None:
        loads = _STYLE_LOADS.search(css)
        if loads is not None:
            self.refuse(loads.group())
        for address in _STYLE_URL.findall(css):
            if not address.strip(" \t\r\n'\"").startswith("#"):
                self.refuse(f"url({address})")

    def _end(self, name: str) -> None:
        if self._path.pop() == "style":
            css, self._style = "".join(self._style), []
            self._check_style(css)
            # Once more without comments, which may part a word; not only so, since a string may hold their signs.
            self._check_style(re.sub(r"/\*.*?(\*/|$)", "", css, flags=re.DOTALL))

    def _characters(self, data: str) -> None:
        if self._path and self._path[-1] == "style":
            self._style.append(data)


def svg_size(data: bytes, report: Report) -> tuple[int, int] | None:
    """Width and height in CSS pixels of a safe SVG; None, after a P302, P304 or P305 diagnostic, for any other file."""
    checker = _Checker(report)
    try:
        text = data.decode("utf-8-sig")
        checker.parser.Parse(text, True)
    except _UnsafeError:
        return None
    except UnicodeDecodeError:
        report.add("P305", START, problem="UTF-8?")
        return None
    except expat.ExpatError as error:
        report.add("P305", Mark(error.lineno, error.offset + 1), problem=expat.ErrorString(error.code))
        return None
    if not checker.is_svg:
        report.add("P302", START, name=report.file)
        return None
    if checker.size is None:
        report.add("P305", START, problem="width, height, viewBox")
    return checker.size


def _root_size(attributes: Mapping[str, str]) -> tuple[int, int] | None:
    width, height = (_pixels(attributes.get(name, "")) for name in ("width", "height"))
    if width is None or height is None:
        box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
        if len(box) != 4:
            return None
        width, height = _pixels(box[2]), _pixels(box[3])
    return (width, height) if width and height else None


def _pixels(length: str) -> int | None:
    match = _LENGTH.fullmatch(length)
    if match is None:
        return None
    pixels = Decimal(match.group(1)) * Decimal(_PIXELS[match.group(2)])
    return max(1, round(pixels)) if pixels > 0 else None
