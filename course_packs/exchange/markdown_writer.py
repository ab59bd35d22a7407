"""HTML to the Markdown of packs.

No library does this for us: packs have boxes, no raw HTML, no headings in questions, pictures of their own with an
obligatory description, and what is exported from a pack has to come back as the same HTML. Every result is rendered and
compared with the source; when the words differ, the text is written plainly instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from course_packs.exchange.html_tree import LOOKS, LOST, Tag, Tell, read_html
from course_packs.format.diagnostics import START, Report
from course_packs.format.markdown import BOXES, plain_text, render_block, render_inline, render_page
from course_packs.format.pictures import FOLDER, Pictures

Picture = Callable[[str, str], str | None]
"""(address, alternative text) → the name below `media/`, or None when there is no such picture to show."""

_BLOCKS: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "li", "hr", "table", "aside", "div"}
    | {"dl", "dt", "dd", "section", "article", "figure", "figcaption", "header", "footer", "caption", "tr", "td", "th"}
    | {"thead", "tbody", "tfoot", "form"}
)
_MERE_BOXES: Final = frozenset({"div", "section", "article", "header", "footer"})
_HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_SPACES: Final = re.compile(r"[ \f]*\n[ \f\n]*|[ \f]+")
_ESCAPED: Final = re.compile(r"[\\`*\[\]<]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|\$")
_LINE_START: Final = re.compile(r"^( *)(#{1,6}(?=\s|$)|[-+=>]|~{3}|:{3}|\|)", re.MULTILINE)
_LINE_NUMBER: Final = re.compile(r"^( *\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
_SUB: Final = str.maketrans("0123456789+-=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")
_SUP: Final = str.maketrans("0123456789+-=()nixoac", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣᵒᵃᶜ")
# Stands for a line break while a text is put together: one at an end is none, and a backslash may be a real one.
_BREAK: Final = "\ue000"
_EDGE: Final = f" \n{_BREAK}"
_ADDRESS: Final = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>]+", re.IGNORECASE)


def escape(text: str) -> str:
    """Plain text as Markdown that shows exactly this text."""
    escaped = _ESCAPED.sub(lambda match: "\\" + match[0], text)
    escaped = _LINE_START.sub(lambda match: f"{match[1]}\\{match[2]}", escaped)
    return _LINE_NUMBER.sub(r"\1\\\2", escaped)


def block(html: str, picture: Picture, tell: Tell) -> str:
    """Markdown of one or several blocks: a prompt, a hint, feedback."""
    return _checked(html, picture, tell, inline=False, headings=False)


def block_list(html: str, picture: Picture, tell: Tell) -> list[str]:
    """The same, each block apart."""
    return _checked_list(html, picture, tell, inline=False, headings=False)


def page(html: str, picture: Picture, tell: Tell) -> str:
    """The Markdown of a page without its title; headings start at the second level."""
    return _checked(html, picture, tell, inline=False, headings=True)


def inline(html: str, picture: Picture, tell: Tell) -> str:
    """Markdown without blocks: an option, an item, one side of a pair."""
    return _checked(html, picture, tell, inline=True, headings=False)


def plain(html: str, tell: Tell) -> str:
    """The words alone, in one line."""
    return " ".join(read_html(html, tell).text().split())


def _checked(html: str, picture: Picture, tell: Tell, *, inline: bool, headings: bool) -> str:
    return "\n\n".join(_checked_list(html, picture, tell, inline=inline, headings=headings))


def _checked_list(html: str, picture: Picture, tell: Tell, *, inline: bool, headings: bool) -> list[str]:
    tree = read_html(html, tell)
    writer = _Writer(picture, tell, headings=headings)
    blocks = [_finished(writer.inline(tree.children))] if inline else writer.block_list(tree.children)
    markdown = "\n\n".join(blocks)
    report = Report("", Pictures())
    if inline:
        shown = render_inline(markdown, report, START)
    elif headings:
        shown = render_page(f"# .\n\n{markdown}", report, "ru").html
    else:
        shown = render_block(markdown, report, START, "ru")
    if _bare(plain_text(shown)) == _bare(writer.words):
        return blocks
    tell("X201", "Markdown")
    lines = [escape(" ".join(line.split())) for line in _lines(tree)]
    return [" ".join(lines)] if inline else [line for line in lines if line]


def _finished(text: str) -> str:
    """A run of inline Markdown with its line breaks written out and its ends trimmed."""
    broken = re.sub(rf"(?:[ \n]*{_BREAK})+[ \n]*", "\\\\\n", text.strip(_EDGE))
    return "\n".join(line.strip(" ") for line in broken.split("\n"))


def _bare(text: str) -> str:
    return "".join(text.split())


def _lines(tree: Tag) -> list[str]:
    lines = [""]
    for child in tree.children:
        if isinstance(child, str):
            lines[-1] += child
        elif child.name in _BLOCKS or child.name == "br":
            lines += [*_lines(child), ""]
        else:
            inner = _lines(child)
            lines[-1] += inner[0]
            lines += inner[1:]
    return [line for line in lines if line.strip()] or [""]


class _Writer:
    """`words` gathers every text that the Markdown must show, to compare with what is rendered."""

    def __init__(self, picture: Picture, tell: Tell, *, headings: bool) -> None:
        self._picture = picture
        self._tell = tell
        self._headings = headings
        self._level = 1
        self.words = ""

    def blocks(self, children: Sequence[Tag | str]) -> str:
        return "\n\n".join(self.block_list(children))

    def block_list(self, children: Sequence[Tag | str]) -> list[str]:
        written: list[str] = []
        run: list[Tag | str] = []
        before = ""
        for child in [*children, Tag("", {})]:
            if isinstance(child, str) or (child.name not in _BLOCKS and child.name and not _holds_blocks(child)):
                run.append(child)
                continue
            paragraph = self._paragraph(run)
            run = []
            if paragraph:
                written.append(paragraph)
                before = ""
            if not child.name:
                continue
            if child.name in _MERE_BOXES:
                written += self.block_list(child.children)
                before = ""
                continue
            text = self._block(child, alternate=before == child.name)
            if text:
                written.append(text)
                before = child.name if before != child.name else ""
        return written

    def _paragraph(self, run: Sequence[Tag | str]) -> str:
        return _finished(self.inline(run))

    def _block(self, tag: Tag, *, alternate: bool) -> str:
        match tag.name:
            case "hr":
                return "---"
            case "pre":
                return self._code_block(tag)
            case "ul" | "ol":
                return self._list(tag, alternate=alternate)
            case "blockquote":
                return "\n".join(f"> {line}".rstrip() for line in self.blocks(tag.children).split("\n"))
            case "table":
                return self._table(tag)
            case "aside":
                return self._box(tag)
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return self._heading(tag)
            case "dt":
                return self._strong(self._paragraph(tag.children))
            case "p":
                return self._paragraph(tag.children) if not _holds_blocks(tag) else self.blocks(tag.children)
            case _:
                return self.blocks(tag.children)

    def _heading(self, tag: Tag) -> str:
        text = " ".join(self._paragraph(tag.children).replace(_BREAK, " ").replace("\\\n", " ").split())
        if not text:
            return ""
        if not self._headings:
            self._tell("X201", tag.name)
            return text if "**" in text else self._strong(text)
        self._level = max(2, min(_HEADINGS[tag.name], self._level + 1, 4))
        return f"{'#' * self._level} {text}"

    def _strong(self, text: str) -> str:
        return f"**{text}**" if text else ""

    def _code_block(self, tag: Tag) -> str:
        code = tag.text()
        code = code[1:] if code.startswith("\n") and not tag.find("code") else code
        self.words += code
        code = code.removesuffix("\n")
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
        return f"{fence}\n{code}\n{fence}" if code.strip() else ""

    def _list(self, tag: Tag, *, alternate: bool) -> str:
        items = [child for child in tag.children if isinstance(child, Tag) or child.strip()]
        loose = any(isinstance(item, Tag) and any(part.name == "p" for part in item.tags()) for item in items)
        start = tag.attributes.get("start", "")
        number = int(start) if start.isdecimal() and len(start) < 9 else 1
        written = []
        for item in items:
            marker = ("* " if alternate else "- ") if tag.name == "ul" else f"{number}{')' if alternate else '.'} "
            number += 1
            body = self._item(item, loose=loose)
            pad = " " * len(marker)
            lines = body.split("\n")
            written.append("\n".join([marker + lines[0], *(pad + line if line else "" for line in lines[1:])]).rstrip())
        return ("\n\n" if loose else "\n").join(written)

    def _item(self, item: Tag | str, *, loose: bool) -> str:
        if isinstance(item, str):
            return self._paragraph([item])
        children = item.children if item.name == "li" else [item]
        body = self.blocks(children)
        # In a tight list the inner list follows its words at once; a blank line would loosen both.
        return body if loose else re.sub(r"\n\n(?=(?:[-*] |\d+[.)] ))", "\n", body)

    def _table(self, tag: Tag) -> str:
        rows = [[cell for cell in row.tags() if cell.name in {"td", "th"}] for row in _rows(tag)]
        rows = [row for row in rows if row]
        caption = "\n\n".join(self._paragraph(one.children) for one in tag.tags() if one.name == "caption")
        if not rows or any(cell.find("table") for row in rows for cell in row):
            self._tell("X201", "table")
            return self.blocks([part for row in rows for cell in row for part in [Tag("p", {}, cell.children)]])
        width = max(len(row) for row in rows)
        lines = [
            "| " + " | ".join([self._cell(cell) for cell in row] + [""] * (width - len(row))) + " |" for row in rows
        ]
        marks = {"align-left": ":---", "align-center": ":---:", "align-right": "---:"}
        rule = [marks.get(cell.attributes.get("class", ""), "---") for cell in rows[0]] + ["---"] * (
            width - len(rows[0])
        )
        lines.insert(1, "| " + " | ".join(rule) + " |")
        return (caption + "\n\n" if caption else "") + "\n".join(lines)

    def _cell(self, cell: Tag) -> str:
        if _holds_blocks(cell) or cell.find("br"):
            self._tell("X201", "table")
        text = " ".join(self.inline(cell.children).replace(_BREAK, " ").replace("\\\n", " ").split())
        return re.sub(r"(?<!\\)\|", r"\\|", text)

    def _box(self, tag: Tag) -> str:
        kind = next((name for name in BOXES if f"note--{name}" in tag.attributes.get("class", "").split()), "note")
        children = list(tag.children)
        title = next((child for child in tag.tags() if child.attributes.get("class") == "note__title"), None)
        words = "" if title is None else " ".join(title.text().split())
        if title is not None:
            children.remove(title)
        usual = set(BOXES[kind].values())
        own = f" {words}" if words and words not in usual else ""
        self.words += words or BOXES[kind]["ru"]
        body = self.blocks(children)
        fence = ":" * (3 + max((len(run) - 2 for run in re.findall(r"^:{3,}", body, re.MULTILINE)), default=0))
        # An English box comes back with the word of the language it is shown in.
        if words in usual:
            self.words = self.words.removesuffix(body) if not body else self.words
        return f"{fence} {kind}{own}\n{body}\n{fence}"

    def inline(self, children: Sequence[Tag | str], *, inside: str = "") -> str:
        written = ""
        for child in _merged(children):
            if isinstance(child, str):
                written += self._words(child, fresh=not written or written.endswith(("\n", _BREAK)))
            else:
                written += self._inline_tag(child, inside)
        return written

    def _words(self, text: str, *, fresh: bool) -> str:
        folded = _SPACES.sub(lambda match: "\n" if "\n" in match[0] else " ", text)
        self.words += folded
        escaped = escape(folded)
        # Only what stands first in a line needs the escapes of line starts.
        if not fresh:
            first = folded.partition("\n")[0]
            escaped = _ESCAPED.sub(lambda match: "\\" + match[0], first) + escaped[len(escape(first)) :]
        return escaped

    def _inline_tag(self, tag: Tag, inside: str) -> str:
        name = tag.name
        if name == "br":
            return _BREAK
        if name == "img":
            return self._image(tag)
        if name == "code":
            return self._code(tag)
        if name in {"sub", "sup"}:
            return self._raised(tag, _SUB if name == "sub" else _SUP)
        if name in LOST or name in LOOKS:
            return self.inline(tag.children, inside=inside)
        if name == "a":
            return self._link(tag, inside)
        if name in {"strong", "em"} and name not in inside:
            text = self.inline(tag.children, inside=f"{inside} {name}")
            mark = "**" if name == "strong" else "_" if "strong" in inside else "*"
            core = text.strip(_EDGE)
            if not core:
                return text
            head, _, tail = text.partition(core)
            return f"{head}{mark}{core}{mark}{tail}"
        if name in _BLOCKS:
            # A block where none may stand: its words, parted from what is around them.
            text = self.inline(tag.children, inside=inside).strip(" ")
            if name not in {"p", "div"}:
                self._tell("X201", name)
            return f"{_BREAK}{text}{_BREAK}" if text else ""
        return self.inline(tag.children, inside=inside)

    def _image(self, tag: Tag) -> str:
        alt = " ".join(tag.attributes.get("alt", "").split())
        name = self._picture(tag.attributes.get("src", ""), alt)
        if name is None:
            # A picture that is not there leaves its description, or at least its name: an option may be nothing else.
            source = tag.attributes.get("src", "")
            words = alt or ("" if source.startswith("data:") else source.rpartition("/")[2][:60])
            self.words += words
            return escape(words)
        shown = alt or name.rpartition("/")[2].partition(".")[0]
        return f"![{escape(shown)}]({FOLDER}{name})"

    def _code(self, tag: Tag) -> str:
        code = " ".join(tag.text().split())
        self.words += code
        if not code:
            return ""
        fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
        pad = " " if code.startswith("`") or code.endswith("`") else ""
        return f"{fence}{pad}{code}{pad}{fence}"

    def _raised(self, tag: Tag, table: dict[int, int]) -> str:
        text = tag.text()
        shown = text.translate(table) if all(ord(sign) in table for sign in text.strip()) else text
        if shown == text and text.strip():
            self._tell("X201", tag.name)
        self.words += shown
        return escape(shown)

    def _link(self, tag: Tag, inside: str) -> str:
        address = tag.attributes.get("href", "").strip()
        text = self.inline(tag.children, inside=f"{inside} a").replace(_BREAK, " ").replace("\\\n", " ").strip()
        if " a" in inside or _ADDRESS.fullmatch(address) is None:
            if address and not address.startswith("#"):
                self._tell("X206", address)
            return text
        return f"[{text}](<{address}>)" if text else ""


def _rows(table: Tag) -> list[Tag]:
    """The rows of a table, without those of tables inside its cells."""
    parts = [table, *(part for part in table.tags() if part.name in {"thead", "tbody", "tfoot"})]
    return [row for part in parts for row in part.tags() if row.name == "tr"]


def _holds_blocks(tag: Tag) -> bool:
    return any(child.name in _BLOCKS or _holds_blocks(child) for child in tag.tags())


def _merged(children: Sequence[Tag | str]) -> list[Tag | str]:
    """Neighbours of the same emphasis as one: `**a****b**` would mean something else."""
    merged: list[Tag | str] = []
    for child in children:
        last = merged[-1] if merged else None
        if (
            isinstance(child, Tag)
            and isinstance(last, Tag)
            and child.name == last.name
            and child.name in {"strong", "em"}
        ):
            merged[-1] = Tag(child.name, {}, [*last.children, *child.children])
        else:
            merged.append(child)
    return merged
