"""HTML from strangers as a small tree: first through nh3, so that what is read here is well formed and harmless."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

import nh3

MAX_LENGTH: Final = 200_000
MAX_DEPTH: Final = 60
VOID: Final = frozenset({"br", "hr", "img"})
_ALIASES: Final = {
    "b": "strong",
    "i": "em",
    "cite": "em",
    "var": "em",
    "dfn": "em",
    "tt": "code",
    "kbd": "code",
    "samp": "code",
}
_KEPT: Final = frozenset(
    {"p", "br", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "hr"}
    | {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "a", "img", "aside", "div", "sub", "sup"}
    | {"dl", "dt", "dd", "section", "article", "figure", "figcaption", "header", "footer"}
    | set(_ALIASES)
)
# Kept through the cleaning only to be told of: there is no such thing in a pack.
LOST: Final = frozenset({"audio", "video", "iframe", "object", "embed", "math", "form", "input", "canvas"})
LOOKS: Final = frozenset({"u", "s", "del", "strike", "mark", "small", "big", "ruby"})
_ATTRIBUTES: Final = {
    "img": {"src", "alt"}, "a": {"href"}, "ol": {"start"}, "aside": {"class"}, "p": {"class"}, "th": {"class"},
    "td": {"class"}, "audio": {"src"}, "video": {"src"}, "iframe": {"src"}, "object": {"data"}, "embed": {"src"},
}  # fmt: skip
_OPEN_OR_CLOSE: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_ANY_TAG: Final = re.compile(r"<[^<>]*>")
_SCRIPT: Final = re.compile(r"<(?:script|style)\b", re.IGNORECASE)
_CONTROL: Final = re.compile(
    "[\ue000\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_LINE_SIGNS: Final = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\ufeff": "", "\t": " ", "\r": "\n"})

Tell = Callable[[str, str], None]
"""Called with a notice's code and what it is about."""


@dataclass(slots=True)
class Tag:
    """An element of the tree; children are elements and texts (entities resolved)."""

    name: str
    attributes: dict[str, str]
    children: list[Tag | str] = field(default_factory=list)

    def tags(self) -> Iterator[Tag]:
        """The children that are elements."""
        return (child for child in self.children if isinstance(child, Tag))

    def find(self, name: str) -> list[Tag]:
        """All elements called `name` below this one, in order."""
        found: list[Tag] = []
        for child in self.tags():
            if child.name == name:
                found.append(child)
            found.extend(child.find(name))
        return found

    def text(self) -> str:
        """All text below."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


def printable(text: str) -> str:
    """The text without what YAML and browsers refuse; every line end a plain one."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").translate(_LINE_SIGNS))


def read_html(html: str, tell: Tell) -> Tag:
    """The tree of a piece of HTML; what packs cannot hold is told of and left out."""
    html = printable(html)
    if _SCRIPT.search(html):
        tell("X202", "script, style")
    if len(html) > MAX_LENGTH or _depth(html) > 5 * MAX_DEPTH:
        tell("X201", "html")
        html = _ANY_TAG.sub(" ", html[:MAX_LENGTH]).replace("<", "&lt;")
    cleaned = nh3.clean(
        html,
        tags=set(_KEPT | LOST | LOOKS),
        attributes={name: set(attributes) for name, attributes in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto", "tel", "data", "media"},
        url_relative="pass_through",
        link_rel=None,
        strip_comments=True,
    )
    reader = _Reader(tell)
    reader.feed(cleaned)
    reader.close()
    return reader.top


def _depth(html: str) -> int:
    """How deep the tags may be nested: nh3 takes quadratic time on thousands of them."""
    depth = deepest = 0
    for match in _OPEN_OR_CLOSE.finditer(html):
        if match[1]:
            depth = max(0, depth - 1)
        elif match[2].lower() not in {*VOID, "p", "li", "input", "col"}:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


class _Reader(HTMLParser):
    def __init__(self, tell: Tell) -> None:
        super().__init__(convert_charrefs=True)
        self.top = Tag("", {})
        self._open = [self.top]
        self._tell = tell
        self._skipped = 0  # how many tags are open beyond the greatest depth

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = _ALIASES.get(tag, tag)
        attributes = {key: value or "" for key, value in attrs}
        if name in LOOKS:
            self._tell("X201", name)
        elif name in LOST:
            self._tell("X202", " ".join([name, attributes.get("src", attributes.get("data", ""))]).strip())
        if name not in VOID and len(self._open) > MAX_DEPTH:
            self._skipped += 1
            return
        element = Tag(name, attributes)
        self._open[-1].children.append(element)
        if name not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self._skipped:
            self._skipped -= 1
        elif len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        siblings = self._open[-1].children
        if siblings and isinstance(siblings[-1], str):
            siblings[-1] += data
        else:
            siblings.append(data)
