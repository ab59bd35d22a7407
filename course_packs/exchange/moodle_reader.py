"""Moodle XML, the form Moodle exports its question bank in: https://docs.moodle.org/en/Moodle_XML_format."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import unquote

from markdown_it import MarkdownIt

from course_packs.exchange import gaps, questions
from course_packs.exchange.drafts import Draft, PageDraft, Scribe, Section, Shelf, TaskDraft
from course_packs.exchange.gift_reader import category_title, lost
from course_packs.exchange.markdown_writer import escape
from course_packs.exchange.questions import Answer, NumberAnswer, Refused
from course_packs.exchange.report import ExchangeError, ExchangeReport, Place
from course_packs.exchange.texts import as_html, as_plain
from course_packs.exchange.xml_source import Element, read_xml
from course_packs.format.fields import is_slug, parse_decimal
from course_packs.tasks.definition import MAX_HINTS

_PLUGIN_FILE: Final = "@@PLUGINFILE@@/"
_DATA_MAX: Final = 4_000_000
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": True}).enable("table")
_FEEDBACK: Final = {
    "correct": "correctfeedback",
    "partial": "partiallycorrectfeedback",
    "wrong": "incorrectfeedback",
}
_BY_PEOPLE: Final = frozenset({"essay", "description", "recordrtc"})
_WITH_GAPS: Final = frozenset({"cloze", "multianswer", "gapselect", "ddwtos"})
_TRIES: Final = 5


def read_moodle(data: bytes, file: str, report: ExchangeReport) -> tuple[list[Section], Shelf]:
    """The sections (one for each category) of a Moodle XML file. Raises ExchangeError when it is none."""
    root = read_xml(data, file)
    if root.tag not in {"quiz", "question"}:
        raise ExchangeError("wrong-root", Place(file, root.line), expected="<quiz>", found=root.tag)
    shelf = Shelf()
    sections = [Section("")]
    for element in root.all("question") if root.tag == "quiz" else [root]:
        if element.attributes.get("type") == "category":
            category = element.first("category")
            sections.append(Section("" if category is None else category_title(_words(category))))
            continue
        report.count(Place(file))
        if element.first("tags") is not None or not is_slug(element.words("idnumber") or "none"):
            report.add("X401", Place(file))
        sections[-1].drafts.append(_Question(element, file, report, shelf).draft())
    return sections, shelf


def _words(element: Element) -> str:
    """The text of an element that keeps it in <text>, as Moodle's elements do, or bare, as old files do."""
    inner = element.first("text")
    return (element if inner is None else inner).text().strip()


class _Question:
    def __init__(self, element: Element, file: str, report: ExchangeReport, shelf: Shelf) -> None:
        self.element = element
        self.kind = element.attributes.get("type", "")
        name = element.first("name")
        # A number that can be a task's name is one, as those are that we export.
        number = element.words("idnumber")
        self.id = number if is_slug(number) else ""
        self.name = " ".join(("" if name is None else _words(name)).split())
        self.place = Place(file, element.line, self.name)
        self._report = report
        self._shelf = shelf
        self.scribe = Scribe(report, self.place, shelf, _files(element))

    def draft(self) -> Draft:
        if self.kind in _WITH_GAPS:
            return self._gaps()
        prompt = self._prompt()
        if self.kind in _BY_PEOPLE:
            self._report.add("X105" if self.kind == "description" else "X104", self.place, type=self.kind)
            self._report.pages += 1
            return PageDraft(self.name, self.place, prompt or escape(self.name))
        try:
            make = _MAKERS.get(self.kind)
            if make is None:
                raise Refused("X101", type=self.kind)
            data = make(self)
        except Refused as refused:
            return lost(self._report, self.place, refused, f"{self.name}\n{prompt}")
        return self._task(data, prompt)

    def _task(self, data: dict[str, Any], prompt: str) -> TaskDraft:
        feedback = {verdict: self.block(tag) for verdict, tag in _FEEDBACK.items()}
        data = questions.with_feedback(data, feedback, self.block("generalfeedback"))
        head = {"type": data.pop("type"), "prompt": prompt or escape(self.name)}
        return TaskDraft(self.id or self.name, self.place, {**head, **self._common(), **data})

    def _gaps(self) -> Draft:
        text = self.element.first("questiontext")
        html = "" if text is None else self._with_image(self.html(text))
        try:
            if self.kind == "cloze":
                prompt, data = gaps.from_cloze(html, self.scribe)
            else:
                prompt, data = gaps.from_groups(html, self._groups(), self.scribe)
        except Refused as refused:
            return lost(self._report, self.place, refused, f"{self.name}\n{as_plain(html)}")
        return self._task(data, prompt)

    def _groups(self) -> list[tuple[str, str]]:
        """(text, group) of the words to choose from, in the order their numbers count them."""
        boxes = self.element.all("selectoption") or self.element.all("dragbox")
        return [(self.scribe.inline(box.words("text")), box.words("group")) for box in boxes]

    def _prompt(self) -> str:
        text = self.element.first("questiontext")
        if text is None:
            return ""
        return self.scribe.block(self._with_image(self.html(text)))

    def _with_image(self, html: str) -> str:
        """The text with the picture that old files keep beside it."""
        image = self.element.words("image")
        if not image or self.element.first("image_base64") is None:
            return html
        return f'{html}<p><img src="{_PLUGIN_FILE}{image}" alt=""></p>'

    def _common(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        points = parse_decimal(self.element.words("defaultgrade") or "1")
        if points is None or not 0 < points <= 1000:
            self.scribe.tell("X308", self.element.words("defaultgrade"), value="1")
        elif points != 1:
            data["points"] = points.normalize()
        hints = [self._hint(hint) for hint in self.element.all("hint")]
        told = [hint for hint in hints if hint]
        if hints and len(hints) + 1 != 2:
            data["tries"] = min(_TRIES, len(hints) + 1)
        penalty = parse_decimal(self.element.words("penalty"))
        if penalty is not None and 0 <= penalty <= 1 and penalty != Decimal("0.25"):
            data["retry_penalty"] = penalty.normalize()
        if told:
            data["hint"] = told[0] if len(told) == 1 else told[:MAX_HINTS]
        if len(told) > MAX_HINTS:
            self.scribe.tell("X305", count=len(told) - MAX_HINTS)
        return data

    def _hint(self, hint: Element) -> str:
        return self.scribe.block(self.html(hint))

    def html(self, element: Element) -> str:
        """The content of a text element as HTML, whatever its form."""
        text = _words(element)
        match element.attributes.get("format", "html"):
            case "markdown":
                return str(_MARKDOWN.render(text))
            case "plain_text":
                return as_html(text, plain=True)
            case "moodle_auto_format":
                return as_html(text)
            case _:
                return text

    def block(self, tag: str) -> str:
        element = self.element.first(tag)
        return "" if element is None else self.scribe.block(self.html(element))

    def answers(self, *, plain: bool) -> list[Answer]:
        return [
            Answer(
                self.plain(answer) if plain else self.scribe.inline(self.html(answer)),
                _percent(answer),
                self.feedback(answer),
            )
            for answer in self.element.all("answer")
        ]

    def plain(self, element: Element) -> str:
        """A text that learners type; Moodle keeps these without markup, whatever it states."""
        return as_plain(_words(element))

    def feedback(self, answer: Element) -> str:
        feedback = answer.first("feedback")
        return "" if feedback is None else self.scribe.block(self.html(feedback))

    def flag(self, tag: str) -> bool:
        return self.element.words(tag).lower() in {"true", "1"}


def _percent(answer: Element) -> Decimal:
    percent = parse_decimal(answer.attributes.get("fraction", "0"))
    if percent is None:
        raise Refused("X103", problem=f"fraction={answer.attributes.get('fraction')}")
    return percent


def _choice(question: _Question) -> dict[str, Any]:
    shuffle = question.element.first("shuffleanswers") is None or question.flag("shuffleanswers")
    single = question.kind == "multichoice" and question.flag("single")
    return questions.choice(question.answers(plain=False), question.scribe, single=single, shuffle=shuffle)


def _true_false(question: _Question) -> dict[str, Any]:
    answers = {answer.text.lower(): answer for answer in question.answers(plain=True)}
    true, false = answers.get("true"), answers.get("false")
    if true is None or false is None or (true.percent > 0) == (false.percent > 0):
        raise Refused("X106", problem=", ".join(answers))
    return questions.true_false(right=true.percent > 0, when_true=true.feedback, when_false=false.feedback)


def _short_text(question: _Question) -> dict[str, Any]:
    data, other = questions.short_text(question.answers(plain=True), question.scribe, case=question.flag("usecase"))
    return questions.with_feedback(data, {"wrong": other})


def _number(question: _Question) -> dict[str, Any]:
    answers = []
    for answer in question.element.all("answer"):
        text = question.plain(answer)
        value = None if text == "*" else parse_decimal(text.replace(",", "."))
        tolerance = parse_decimal(answer.words("tolerance") or "0")
        if (value is None and text != "*") or tolerance is None:
            raise Refused("X103", problem=text)
        answers.append(NumberAnswer(value, abs(tolerance), _percent(answer), question.feedback(answer)))
    units: dict[str, Decimal] = {}
    group = question.element.first("units")
    for unit in [] if group is None else group.all("unit"):
        multiplier = parse_decimal(unit.words("multiplier") or "1")
        if multiplier is not None and unit.words("unit_name"):
            units[unit.words("unit_name")] = multiplier
    main = next((name for name, multiplier in units.items() if multiplier == 1), next(iter(units), ""))
    data, other = questions.number(answers, question.scribe, unit=main, units=units)
    return questions.with_feedback(data, {"wrong": other})


def _matching(question: _Question) -> dict[str, Any]:
    pairs = []
    for pair in question.element.all("subquestion"):
        answer = pair.first("answer")
        right = "" if answer is None else escape(as_plain(_words(answer)))
        pairs.append((question.scribe.inline(question.html(pair)), right))
    return questions.matching(pairs, [right for left, right in pairs if not left], question.scribe)


def _ordering(question: _Question) -> dict[str, Any]:
    # Moodle keeps the place of an item in its “fraction”: 1, 2, 3 …
    answers = sorted(question.element.all("answer"), key=_percent)
    return questions.ordering([question.scribe.inline(question.html(answer)) for answer in answers], question.scribe)


def _formula(question: _Question) -> dict[str, Any]:
    """A calculated question: its wildcards become values, its formula an expression, or the check says why not."""
    right = [answer for answer in question.element.all("answer") if _percent(answer) >= questions.FULL]
    if not right:
        raise Refused("X106", problem="100 %")
    values: dict[str, Any] = {}
    for one in question.element.deep("dataset_definition"):
        low, high = parse_decimal(one.words("minimum")), parse_decimal(one.words("maximum"))
        digits = parse_decimal(one.words("decimals") or "0")
        name = one.first("name")
        if name is None or low is None or high is None or digits is None:
            raise Refused("X103", problem="dataset_definition")
        values[_words(name)] = {"from": low, "to": high, "step": Decimal(1).scaleb(-int(digits))}
    answer = right[0]
    tolerance = parse_decimal(answer.words("tolerance") or "0")
    data: dict[str, Any] = {"type": "formula", "values": values}
    data["answer"] = re.sub(r"\{([^{}]*)\}", r"\1", question.plain(answer))
    digits = parse_decimal(answer.words("correctanswerlength") or "2")
    # Format 2 counts significant figures, and we count decimals only.
    decimals = answer.words("correctanswerformat") != "2" and digits is not None and 0 <= digits <= 6
    data["digits"] = int(digits or 0) if decimals else 3
    if tolerance:
        kind = "absolute" if answer.words("tolerancetype") == "2" else "relative"
        data["tolerance"] = {kind: abs(tolerance)}
    if len(question.element.all("answer")) > 1:
        question.scribe.tell(
            "X304", ", ".join(question.plain(one) for one in question.element.all("answer")[1:]), problem="1"
        )
    told = question.feedback(answer)
    return questions.with_feedback(data, {"correct": told})


_MAKERS: Final[Mapping[str, Callable[[_Question], dict[str, Any]]]] = {
    "multichoice": _choice,
    "multichoiceset": _choice,
    "truefalse": _true_false,
    "shortanswer": _short_text,
    "numerical": _number,
    "match": _matching,
    "matching": _matching,
    "ordering": _ordering,
    "calculated": _formula,
    "calculatedsimple": _formula,
}


def _files(element: Element) -> Callable[[str], bytes | None]:
    """The files inside a question by the address its texts use; decoded when asked for."""
    sources = {file.attributes.get("name", ""): file for file in element.deep("file")}
    old = element.first("image_base64")
    if old is not None:
        sources.setdefault(element.words("image"), old)

    def find(address: str) -> bytes | None:
        if address.startswith("data:"):
            head, _, content = address.partition(",")
            return _decoded(content) if head.endswith(";base64") else None
        source = sources.get(unquote(address.removeprefix(_PLUGIN_FILE)))
        return None if source is None else _decoded(source.text())

    return find


def _decoded(content: str) -> bytes | None:
    if len(content) > _DATA_MAX:
        return None
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        return None
