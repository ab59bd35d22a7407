"""GIFT, Moodle's plain-text form of questions: https://docs.moodle.org/en/GIFT_format.

A question is a paragraph: `::name:: [format] text {answers} text`. A blank line ends it, save inside braces before
another answer. A backslash takes the meaning from ~ = # { } and the colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from markdown_it import MarkdownIt

from course_packs.exchange import questions
from course_packs.exchange.drafts import LostDraft, PageDraft, Scribe, Section, Shelf, TaskDraft
from course_packs.exchange.html_tree import printable
from course_packs.exchange.markdown_writer import escape
from course_packs.exchange.questions import Answer, NumberAnswer, Refused
from course_packs.exchange.report import ExchangeReport, Place
from course_packs.exchange.texts import as_html, as_plain, decode
from course_packs.format.fields import parse_decimal

_CATEGORY: Final = re.compile(r"\s*\$CATEGORY:\s*(.*)", re.IGNORECASE)
_MARKS: Final = re.compile(r"^\s*//.*\[(?:id|tag):", re.MULTILINE)
_NAME: Final = re.compile(r"\s*::(.*?)::", re.DOTALL)
_FORMAT: Final = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_PERCENT: Final = re.compile(r"\s*%(-?[0-9]{1,3}(?:\.[0-9]{1,8})?)%")
_CONTINUES: Final = ("=", "~", "#", "}", "->", "%")
_TRUE: Final = frozenset({"T", "TRUE", "В", "ВЕРНО", "ДА"})
_FALSE: Final = frozenset({"F", "FALSE", "Н", "НЕВЕРНО", "НЕТ"})
# Moodle's ordering questions: `{>5 ALL VERTICAL …`, then an item a line.
_ORDERING: Final = re.compile(r">[ \t]*(?:\d+[ \t]*)?(?:[A-Za-z_]+[ \t]*){0,8}\n")
# A private sign for each escaped one, while the text is taken to pieces.
_SIGNS: Final = "~=#{}:\\>%"
_HIDE: Final = {sign: chr(0xE000 + index) for index, sign in enumerate(_SIGNS)}
_SHOW: Final = str.maketrans({hidden: sign for sign, hidden in _HIDE.items()})
_PRIVATE: Final = re.compile("[\ue000-\ue0ff]")
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": True}).enable("table")


@dataclass(frozen=True)
class _Paragraph:
    line: int
    text: str


@dataclass(frozen=True)
class _Question:
    """A question taken to pieces; texts still hold private signs. `answers` is None for a mere description."""

    name: str
    form: str
    prompt: str
    answers: str | None
    general: str


def read_gift(data: bytes, file: str, report: ExchangeReport) -> tuple[list[Section], Shelf]:
    """The sections (one for each `$CATEGORY`) of a GIFT file. Raises ExchangeError when it is no text."""
    text = _PRIVATE.sub("", printable(decode(data, file)))
    shelf = Shelf()
    sections = [Section("")]
    if _MARKS.search(text):
        report.add("X401", Place(file))
    for paragraph in _paragraphs(text):
        category = _CATEGORY.match(paragraph.text)
        if category is not None:
            sections.append(Section(category_title(category[1])))
            continue
        report.count(Place(file))
        sections[-1].drafts.append(_draft(paragraph, file, report, shelf))
    return sections, shelf


def category_title(path: str) -> str:
    """The last part of `$course$/top/Steel/Welding`: Welding. Moodle doubles a slash that belongs to a name."""
    parts = [part.strip().replace("\0", "/") for part in path.replace("//", "\0").split("/")]
    named = [part for part in parts if part and not part.startswith("$") and part != "top"]
    return named[-1] if named else ""


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    lines = [("" if line.lstrip().startswith("//") else line) for line in text.split("\n")]
    start, depth = 0, 0
    held: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        if _CATEGORY.match(line):
            if held:
                yield _Paragraph(start, "\n".join(held))
            held, depth = [], 0
            yield _Paragraph(number, line)
            continue
        if not line.strip() and held and (depth == 0 or not _continues(lines, number)):
            yield _Paragraph(start, "\n".join(held))
            held, depth = [], 0
        elif line.strip():
            start = start if held else number
            held.append(line)
            bare = re.sub(r"\\.", "", line)
            depth = max(0, depth + bare.count("{") - bare.count("}"))


def _continues(lines: list[str], number: int) -> bool:
    """Whether the answers go on after the blank line: the next line must begin as an answer does."""
    following = next((line.strip() for line in lines[number : number + 20] if line.strip()), "")
    return following.startswith(_CONTINUES)


def _hide(text: str) -> str:
    return re.sub(r"\\([n~=#{}:\\>%])", lambda match: "\n" if match[1] == "n" else _HIDE[match[1]], text)


def _take_apart(paragraph: str) -> _Question:
    text = _hide(paragraph)
    name = _NAME.match(text)
    rest = text if name is None else text[name.end() :]
    form, rest = _form(rest, "moodle")
    opening, closing = rest.find("{"), rest.rfind("}")
    title = _one_line(name, rest if opening < 0 else rest[:opening] or rest[closing + 1 :])
    if opening < 0 and closing < 0:
        return _Question(title, form, rest, None, "")
    if opening < 0 or closing < opening:
        raise Refused("X103", problem="{ }")
    answers, _, general = rest[opening + 1 : closing].partition("####")
    before, after = rest[:opening].rstrip(), rest[closing + 1 :].strip().strip('";')
    prompt = f"{before} \\_\\_\\_\\_\\_ {after}" if after.strip() and form == "markdown" else before
    if after.strip() and form != "markdown":
        prompt = f"{before} _____ {after}"
    return _Question(title, form, prompt, answers.strip(), general.strip())


def _one_line(name: re.Match[str] | None, prompt: str) -> str:
    return " ".join((prompt[:60] if name is None else name[1]).translate(_SHOW).split())


def _form(text: str, default: str) -> tuple[str, str]:
    match = _FORMAT.match(text)
    return (default, text) if match is None else (match[1].lower(), text[match.end() :])


class _Texts:
    """The texts of one question in the forms they are written in."""

    def __init__(self, scribe: Scribe, form: str) -> None:
        self.scribe = scribe
        self._form = form

    def block(self, text: str) -> str:
        return self.scribe.block(self._html(text))

    def inline(self, text: str) -> str:
        return self.scribe.inline(self._html(text))

    def plain(self, text: str) -> str:
        form, rest = _form(text, self._form)
        return self.scribe.plain(rest.translate(_SHOW)) if form == "html" else as_plain(rest.translate(_SHOW))

    def _html(self, text: str) -> str:
        form, rest = _form(text, self._form)
        shown = rest.translate(_SHOW).strip()
        if form == "markdown":
            return str(_MARKDOWN.render(shown))
        return shown if form == "html" else as_html(shown, plain=form == "plain")


def _draft(paragraph: _Paragraph, file: str, report: ExchangeReport, shelf: Shelf) -> TaskDraft | PageDraft | LostDraft:
    place = Place(file, paragraph.line)
    try:
        question = _take_apart(paragraph.text)
    except Refused as refused:
        return lost(report, Place(file, paragraph.line), refused, paragraph.text)
    place = Place(file, paragraph.line, question.name)
    texts = _Texts(Scribe(report, place, shelf), question.form)
    prompt = texts.block(question.prompt)
    if question.answers is None or question.answers == "":
        report.add("X105" if question.answers is None else "X104", place, type="essay")
        report.pages += 1
        return PageDraft(question.name, place, prompt or escape(question.name))
    try:
        data = _task(question, question.answers, texts, report)
        if not prompt:
            raise Refused("X103", problem="::")
    except Refused as refused:
        return lost(report, place, refused, paragraph.text)
    general = texts.block(question.general) if question.general else ""
    feedback = data.pop("feedback", {})
    merged = questions.with_feedback(data, feedback, general)
    head = {"type": merged.pop("type"), "prompt": prompt}
    return TaskDraft(question.name, place, {**head, **merged})


def lost(report: ExchangeReport, place: Place, refused: Refused, text: str) -> LostDraft:
    """A question that cannot be a task, told of in the report."""
    notice = report.notice(refused.code, place, **refused.params)
    report.notices.append(notice)
    return LostDraft(place.question, place, notice.message, text)


def _task(question: _Question, answers: str, texts: _Texts, report: ExchangeReport) -> dict[str, Any]:
    if answers.startswith("#"):
        return _number(answers[1:], texts)
    head = answers.partition("#")[0].strip().upper()
    if head in _TRUE or head in _FALSE:
        return _true_false(answers, texts, right=head in _TRUE)
    ordered = _ORDERING.match(answers)
    if ordered is not None:
        items = [line.strip() for line in answers[ordered.end() :].split("\n") if line.strip()]
        return questions.ordering([texts.inline(item) for item in items], texts.scribe)
    pieces = re.split(r"(?=[~=])", answers)
    given = [piece for piece in pieces if piece[:1] in {"~", "="} and piece[:1]]
    if not given or (pieces[0][:1] not in {"~", "="} and pieces[0].strip()):
        raise Refused("X103", problem=answers.translate(_SHOW))
    if all(piece.startswith("=") and "->" in piece for piece in given):
        return _matching(given, texts)
    if any(piece.startswith("~") for piece in given):
        return _choice(given, texts)
    data, other = questions.short_text([_answer(piece, texts, plain=True) for piece in given], texts.scribe)
    return questions.with_feedback(data, {"wrong": other})


def _answer(piece: str, texts: _Texts, *, plain: bool) -> Answer:
    right, rest = piece.startswith("="), piece[1:]
    percent = _PERCENT.match(rest)
    share = Decimal(percent[1]) if percent is not None else questions.FULL * right
    rest = rest if percent is None else rest[percent.end() :]
    text, _, feedback = rest.partition("#")
    shown = texts.plain(text.strip()) if plain else texts.inline(text.strip())
    return Answer(shown, share, texts.block(feedback.strip()) if feedback.strip() else "")


def _choice(given: list[str], texts: _Texts) -> dict[str, Any]:
    # Without a “=” it is the shares that tell the right ones: then several may be chosen.
    single = any(piece.startswith("=") for piece in given)
    return questions.choice([_answer(piece, texts, plain=False) for piece in given], texts.scribe, single=single)


def _matching(given: list[str], texts: _Texts) -> dict[str, Any]:
    sides = [piece[1:].partition("->") for piece in given]
    pairs = [(texts.inline(left.strip()), texts.inline(right.strip())) for left, _, right in sides]
    return questions.matching(pairs, [right for left, right in pairs if not left], texts.scribe)


def _true_false(answers: str, texts: _Texts, *, right: bool) -> dict[str, Any]:
    _, _, feedback = answers.partition("#")
    wrong, _, correct = feedback.partition("#")
    shown = [texts.block(one.strip()) if one.strip() else "" for one in (wrong, correct)]
    when_true, when_false = (shown[1], shown[0]) if right else (shown[0], shown[1])
    return questions.true_false(right=right, when_true=when_true, when_false=when_false)


def _number(answers: str, texts: _Texts) -> dict[str, Any]:
    pieces = [piece for piece in re.split(r"(?=[~=])", answers) if piece.strip()]
    parsed = [_number_answer(piece.strip(), texts) for piece in pieces]
    data, other = questions.number(parsed, texts.scribe)
    return questions.with_feedback(data, {"wrong": other})


def _number_answer(piece: str, texts: _Texts) -> NumberAnswer:
    wrong = piece.startswith("~")
    rest = piece.lstrip("=~")
    percent = _PERCENT.match(rest)
    share = Decimal(percent[1]) if percent is not None else questions.FULL * (not wrong)
    rest = rest if percent is None else rest[percent.end() :]
    text, _, feedback = rest.partition("#")
    told = texts.block(feedback.strip()) if feedback.strip() else ""
    value = text.translate(_SHOW).strip()
    if value in {"", "*"}:
        return NumberAnswer(None, Decimal(0), Decimal(0), told)
    low, dots, high = value.partition("..")
    if dots:
        ends = [parse_decimal(end.strip()) for end in (low, high)]
        if ends[0] is None or ends[1] is None:
            raise Refused("X103", problem=value)
        return NumberAnswer((ends[0] + ends[1]) / 2, abs(ends[1] - ends[0]) / 2, share, told)
    number, _, tolerance = value.partition(":")
    answer, margin = parse_decimal(number.strip()), parse_decimal(tolerance.strip() or "0")
    if answer is None or margin is None:
        raise Refused("X103", problem=value)
    return NumberAnswer(answer, abs(margin), share, told)
