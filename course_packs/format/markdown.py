"""Markdown to HTML that is final and safe.

CommonMark with tables, formulas (`$…$`), boxes (`::: note`, `::: important`, `::: example`), pictures with captions and
videos, no raw HTML. The
renderer's output still goes through nh3 with an explicit allow-list: two independent guards, and the second does not
know Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import escape
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from course_packs.format import maths
from course_packs.format.diagnostics import Mark, Report
from course_packs.format.films import captions_of, film_html, is_video_address, link_html
from course_packs.format.pictures import FOLDER

BOXES: Final = {
    "note": {"ru": "Заметка", "en": "Note"},
    "important": {"ru": "Важно", "en": "Important"},
    "example": {"ru": "Пример", "en": "Example"},
}
MAX_WORDS: Final = 450
_TAGS: Final = frozenset(
    {"p", "br", "h2", "h3", "h4", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "hr"}
    | {"table", "thead", "tbody", "tr", "th", "td", "a", "img", "aside"}
    | {"figure", "figcaption", "video", "track"}
    | maths.TAGS
)
_ATTRIBUTES: Final = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start"},
    "video": {"src", "controls", "preload", "aria-label"},
    "track": {"kind", "src", "srclang", "label", "default"},
    **maths.ATTRIBUTES,
}
_CLASSES: Final = {
    "figure": {"film"},
    "aside": {"note", *(f"note--{kind}" for kind in BOXES)},
    "p": {"note__title"},
    "th": {"align-left", "align-center", "align-right"},
    "td": {"align-left", "align-center", "align-right"},
}
_HTML_TAG: Final = re.compile(
    r"</?(?:a|b|br|div|em|font|h[1-6]|hr|i|iframe|img|li|ol|p|script|span|strong|style|su[bp]|table|td|th|tr|u|ul|video)"
    r"\b[^<>]*>",
    re.IGNORECASE,
)
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_WORD: Final = re.compile(r"\w+(?:[-’']\w+)*")
_BOX_LINE: Final = re.compile(r"^:::+[ \t]*(\S*)", re.MULTILINE)

_FORMULAS: Final = ("math_inline", "math_inline_double", "math_block")

Locate = Callable[[int, int, str], Mark]
"""(first line, line after the last, what to look for) → its place; lines count from 0 within the Markdown source."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page to read: plain-text title, safe HTML body."""

    title: str
    html: str


def _render_formula(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return str(tokens[index].meta.get("mathml", ""))


def _make_parser(*, headings: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    for kind in BOXES:
        parser.use(container_plugin, name=kind)
    # A dollar beside a digit or a space is money, and «$5 и $6» stays what it says.
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    for name in _FORMULAS:
        parser.add_render_rule(name, _render_formula)
    if not headings:
        parser.disable(["heading", "lheading"])
    return parser


_PAGE: Final = _make_parser(headings=True)
_BLOCK: Final = _make_parser(headings=False)


def clean(html: str) -> str:
    """The part of `html` that packs may contain; everything else is dropped."""
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        allowed_classes={tag: set(names) for tag, names in _CLASSES.items()},
        set_tag_attribute_values={"a": {"target": "_blank"}, "aside": {"role": "note"}},
        url_schemes={"https", "http", "mailto", "tel", "media"},
        url_relative="deny",
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def plain_text(html: str) -> str:
    """The words of safe HTML: tags dropped, entities resolved, white space folded."""
    html = maths.formulas_to_words(html)
    spaced = re.sub(r"</(?:p|li|h[2-4]|td|th|tr|pre|blockquote|aside|figure|figcaption)>|<br>|<hr>", " ", html)
    text = nh3.clean(spaced, tags=set())
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\u00a0"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return " ".join(text.split())


def render_inline(source: str, report: Report, mark: Mark) -> str:
    """One line of text (an option, an item): emphasis, code, links and pictures, but no paragraphs or lists."""
    tokens = _BLOCK.parseInline(source, {})
    _check(tokens, report, lambda *_: mark)
    return clean(_BLOCK.renderer.render(tokens, _BLOCK.options, {})).strip()


def render_block(source: str, report: Report, mark: Mark, language: str) -> str:
    """A prompt, a hint, feedback: paragraphs, lists, tables and boxes, but no headings."""
    return _render(_BLOCK, source, report, lambda *_: mark, language)


def render_page(source: str, report: Report, language: str) -> Page:
    """A Markdown file: its first heading becomes the title; a page without one is reported and has an empty title."""
    lines = source.split("\n")
    locate = _locator(lines)
    tokens = _PAGE.parse(source, {})
    titled = bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    title = _inline_text(tokens[1].children or ()) if titled else ""
    if not title:
        report.add("P106", Mark(1, 1))
    body = tokens[3:] if titled else tokens
    if not body:
        report.add("P116", Mark(1, 1))
    _check_headings(body, report)
    _check(body, report, locate)
    html = _finish(_PAGE, body, language)
    count = len(_WORD.findall(plain_text(html)))
    if count > MAX_WORDS:
        report.add("P112", Mark(1, 1), count=count, limit=MAX_WORDS)
    return Page(title, html)


def _render(parser: MarkdownIt, source: str, report: Report, locate: Locate, language: str) -> str:
    tokens = parser.parse(source, {})
    _check(tokens, report, locate)
    return _finish(parser, tokens, language)


def _finish(parser: MarkdownIt, tokens: Sequence[Token], language: str) -> str:
    return clean(parser.renderer.render(list(_with_box_titles(tokens, language)), parser.options, {})).strip()


def _locator(lines: Sequence[str]) -> Locate:
    def locate(first: int, end: int, needle: str) -> Mark:
        for number in range(first, min(end, len(lines))):
            column = lines[number].find(needle)
            if column >= 0:
                return Mark(number + 1, column + 1)
        return Mark(first + 1, 1)

    return locate


def _line_mark(token: Token) -> Mark:
    return Mark((token.map[0] if token.map else 0) + 1, 1)


def _inline_text(children: Sequence[Token]) -> str:
    kinds = {"text", "code_inline", "text_special", "math_inline"}
    text = "".join(child.content if child.type in kinds else " " * child.type.endswith("break") for child in children)
    return " ".join(text.split())


def _check_headings(tokens: Sequence[Token], report: Report) -> None:
    before = 1
    for token in tokens:
        if token.type != "heading_open":
            continue
        if token.tag == "h1":
            report.add("P107", _line_mark(token))
            continue
        level = int(token.tag[1])
        if level > before + 1 or level > 4:
            report.add("P108", _line_mark(token), before="#" * before, after="#" * level)
        before = level


def _check(tokens: Sequence[Token], report: Report, locate: Locate) -> None:
    """Report what is wrong in the texts, and turn references into their final form."""
    first, end = 0, 1
    for index, token in enumerate(tokens):
        if token.map:
            first, end = token.map
        if token.type in {"th_open", "td_open"}:
            # markdown-it aligns cells by a style attribute, which a strict content security policy forbids.
            style = str(token.attrs.pop("style", ""))
            if style:
                token.attrs["class"] = "align-" + style.removeprefix("text-align:")
        if token.type in _FORMULAS:
            _convert_formula(token, report, locate, (first, end))
        box = _BOX_LINE.search(token.content) if token.type == "inline" else None
        if box is not None:
            report.add("P115", locate(first, end, box.group()), value=box.group(1))
        for child in token.children or ():
            if child.type in _FORMULAS:
                _convert_formula(child, report, locate, (first, end))
            elif child.type == "image":
                alone = len(token.children or ()) == 1 and index > 0 and tokens[index - 1].type == "paragraph_open"
                paragraph = tokens[index - 1 : index + 2] if alone and not tokens[index - 1].hidden else ()
                _check_picture(child, report, locate, (first, end), paragraph)
            elif child.type == "link_open":
                _check_link(child, report, locate, (first, end))
            elif child.type == "text":
                _check_words(child, report, locate, (first, end))


def _convert_formula(token: Token, report: Report, locate: Locate, lines: tuple[int, int]) -> None:
    try:
        token.meta["mathml"] = maths.mathml(token.content, block=token.type != "math_inline")
    except maths.FormulaError as error:
        report.add("P117", locate(*lines, token.content.strip().partition("\n")[0]), value=str(error))


def _check_words(token: Token, report: Report, locate: Locate, lines: tuple[int, int]) -> None:
    tag = _HTML_TAG.search(token.content)
    if tag is not None:
        report.add("P113", locate(*lines, tag.group()), value=tag.group())


def _check_link(token: Token, report: Report, locate: Locate, lines: tuple[int, int]) -> None:
    address = str(token.attrs.get("href", ""))
    shown = unquote(address)
    match = _SCHEME.match(address)
    scheme = "" if match is None else match[1].lower()
    if scheme == "http":
        report.add("P111", locate(*lines, shown), value=shown)
    elif scheme not in {"https", "mailto", "tel"}:
        report.add("P110", locate(*lines, shown), value=shown)


def _check_picture(
    token: Token, report: Report, locate: Locate, lines: tuple[int, int], paragraph: Sequence[Token]
) -> None:
    """`paragraph`: its three tokens where the picture is all there is in it; else empty."""
    address = unquote(str(token.attrs.get("src", "")))
    mark = locate(*lines, address)
    alt, caption = _inline_text(token.children or ()), str(token.attrs.get("title", ""))
    if not alt:
        report.add("P109", mark)
    name = address.removeprefix(FOLDER)
    token.attrs["src"] = ""
    film = _film(address, alt, report, mark)
    if film is not None:
        if not paragraph:
            report.add("P313", mark, value=address)
        token.type, token.content, token.children = "html_inline", film, None
        _make_figure(paragraph, caption or ("" if film.startswith("<a") else alt), "film")
        return
    if caption and not paragraph:
        report.add("P309", mark, value=caption)
    elif caption:
        _make_figure(paragraph, caption, "")
    if name == address:
        report.add("P308", mark, value=address)
        return
    picture = report.pictures.sound.get(name)
    if picture is None:
        if name not in report.pictures.refused:
            guess = report.guess(name, report.pictures.sound)
            report.add("P301", mark, value=address, guess=guess)
        return
    report.pictures.used.add(name)
    size: dict[str, str | int | float] = {"width": picture.width, "height": picture.height}
    token.attrs = {"src": f"media:{name}", "alt": "", **size, "loading": "lazy"}


def _film(address: str, alt: str, report: Report, mark: Mark) -> str | None:
    """A video as HTML; None for anything else."""
    if is_video_address(address):
        return link_html(address, alt)
    name = address.removeprefix(FOLDER)
    film = report.pictures.films.get(name)
    if film is None or name == address or film.media_type == "text/vtt":
        return None
    captions = captions_of(name, report.pictures.films)
    report.pictures.used.update({name, *captions.values()})
    if report.languages[0] not in captions:
        stem = address.rpartition(".")[0]
        report.add("P311", mark, name=address, captions=f"{stem}.{report.languages[0]}.vtt")
    return film_html(film, captions, alt, report.languages)


def _make_figure(paragraph: Sequence[Token], caption: str, kind: str) -> None:
    if not paragraph:
        return
    start, inline, end = paragraph
    start.tag = end.tag = "figure"
    if kind:
        start.attrs["class"] = kind
    if caption and inline.children is not None:
        inline.children.append(Token("html_inline", "", 0, content=f"<figcaption>{escape(caption)}</figcaption>"))


def _with_box_titles(tokens: Sequence[Token], language: str) -> Iterator[Token]:
    """Turn the containers' <div> into <aside> and say in words what kind of box it is: colour alone tells nobody."""
    for token in tokens:
        _, kind, side = token.type.split("_", 2) if token.type.startswith("container_") else ("", "", "")
        if not kind:
            yield token
            continue
        token.tag = "aside"
        if side == "open":
            token.attrs["class"] = f"note note--{kind}"
        yield token
        if side == "open":
            words = BOXES[kind]
            title = token.info.strip().removeprefix(kind).strip() or words.get(language, words["en"])
            yield Token("paragraph_open", "p", 1, attrs={"class": "note__title"}, block=True)
            yield Token("inline", "", 0, content=title, children=[Token("text", "", 0, content=title)])
            yield Token("paragraph_close", "p", -1, block=True)
