"""Questions in a table, a row each: an Excel workbook or CSV.

The first row names the columns, in Russian or English, in any order; see `COLUMNS` and docs/authoring/exchange.md.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from course_packs.exchange import questions
from course_packs.exchange.drafts import Draft, PageDraft, Scribe, Section, Shelf, TaskDraft
from course_packs.exchange.gift_reader import lost
from course_packs.exchange.html_tree import printable
from course_packs.exchange.markdown_writer import escape
from course_packs.exchange.questions import Answer, NumberAnswer, Refused
from course_packs.exchange.report import ExchangeError, ExchangeReport, Place
from course_packs.exchange.texts import decode
from course_packs.exchange.workbook import MAX_COLUMNS, MAX_ROWS, Row, Sheet, read_workbook, write_workbook
from course_packs.tasks.quantities import parse_number

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "question": ("вопрос", "текст вопроса", "задание", "question", "prompt", "question text"),
    "type": ("тип", "вид", "type", "kind"),
    "right": ("верный ответ", "верные ответы", "правильный ответ", "ответ", "right answer", "correct answer", "answer"),
    "wrong": ("неверный ответ", "неверные ответы", "неправильный ответ", "wrong answer", "distractor"),
    "when_right": ("отзыв, если верно", "если верно", "feedback if right", "correct feedback"),
    "when_wrong": ("отзыв, если неверно", "если неверно", "feedback if wrong", "wrong feedback"),
    "hint": ("подсказка", "hint"),
    "points": ("баллы", "балл", "points", "marks"),
    "tolerance": ("допуск", "погрешность", "tolerance"),
    "unit": ("единица", "единица измерения", "unit", "unit of measure"),
    "section": ("раздел", "тема", "section", "topic"),
    "name": ("название", "имя", "name", "title"),
}
"""What a column means and how it may be headed; a number behind the heading (“Неверный ответ 2”) does not matter."""

TYPES: Final[Mapping[str, str]] = {
    "выбор": "choice", "один": "choice", "несколько": "choice", "choice": "choice", "single": "choice",
    "multiple": "choice", "верно-неверно": "true_false", "true-false": "true_false", "текст": "short_text",
    "слово": "short_text", "text": "short_text", "число": "number", "number": "number", "порядок": "ordering",
    "order": "ordering", "ordering": "ordering", "пары": "matching", "matching": "matching", "pairs": "matching",
    "страница": "page", "page": "page",
}  # fmt: skip
_TEMPLATE: Final = (
    ("Раздел", "Тип", "Вопрос", "Верный ответ", "Неверный ответ 1", "Неверный ответ 2", "Неверный ответ 3",
     "Отзыв, если верно", "Отзыв, если неверно", "Подсказка", "Баллы", "Допуск", "Единица"),
    ("Цех", "выбор", "Кто открывает смену?", "Мастер", "Крановщик", "Диспетчер", "", "Да, смену открывает мастер.",
     "Посмотрите на порядок смены.", "", "1", "", ""),
    ("Цех", "несколько", "Что надеть у печи?", "Каска; Щиток", "Шарф", "Перчатка одна", "", "", "", "", "2", "", ""),
    ("Цех", "число", "Сколько весит слиток?", "25", "", "", "", "", "", "", "1", "0,5", "кг"),
    ("Цех", "текст", "Как называется ковш для чугуна?", "чугуновоз; ковш-чугуновоз", "", "", "", "", "", "", "1", "",
     ""),
    ("Цех", "верно-неверно", "Сталь плавится при 100 °C.", "неверно", "", "", "", "", "", "", "1", "", ""),
    ("Цех", "порядок", "Что за чем?", "Осмотр\nПуск\nПлавка", "", "", "", "", "", "", "1", "", ""),
    ("Цех", "пары", "Что от чего бережёт?", "Щиток = брызги\nРукавицы = жар", "шум", "", "", "", "", "", "1", "", ""),
)  # fmt: skip
_TRUE: Final = frozenset({"верно", "да", "истина", "true", "yes", "t"})
_FALSE: Final = frozenset({"неверно", "нет", "ложь", "false", "no", "f"})
_DELIMITERS: Final = ";\t,|"


@dataclass(frozen=True)
class _Line:
    """A row by what its columns mean; a meaning may have several columns."""

    place: Place
    cells: Mapping[str, Sequence[str]]

    def one(self, meaning: str) -> str:
        return next((text for text in self.cells.get(meaning, ()) if text), "")

    def many(self, meaning: str) -> list[str]:
        """The entries of all columns of this meaning: lines of a cell, or parts between semicolons."""
        parts = [
            part.strip()
            for text in self.cells.get(meaning, ())
            for part in (text.split("\n") if "\n" in text else text.split(";"))
        ]
        return [part for part in parts if part]


def template() -> bytes:
    """An .xlsx file with the columns and an example of each type."""
    return write_workbook("Вопросы", _TEMPLATE)


def read_xlsx(data: bytes, file: str, report: ExchangeReport) -> tuple[list[Section], Shelf]:
    """The sections of a workbook. Raises ExchangeError when no sheet has the columns."""
    sheets = read_workbook(data, file)
    several = len(sheets) > 1
    return _read(sheets, file, report, by_sheet=several)


def read_csv(data: bytes, file: str, report: ExchangeReport) -> tuple[list[Section], Shelf]:
    """The sections of a CSV file. Raises ExchangeError when it has not the columns."""
    text = printable(decode(data, file).replace("\t", "\ue0f0")).replace("\ue0f0", "\t")
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda sign: (head.count(sign), -_DELIMITERS.index(sign)))
    rows: list[Row] = []
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    try:
        for cells in reader:
            if len(rows) > MAX_ROWS:
                raise ExchangeError("too-many", Place(file), limit=MAX_ROWS)
            if any(cell.strip() for cell in cells):
                rows.append(Row(reader.line_num, tuple(cell.strip() for cell in cells[:MAX_COLUMNS])))
    except csv.Error as error:
        raise ExchangeError("not-text", Place(file, reader.line_num, str(error))) from None
    return _read([Sheet("", tuple(rows))], file, report, by_sheet=False)


def _read(sheets: Sequence[Sheet], file: str, report: ExchangeReport, *, by_sheet: bool) -> tuple[list[Section], Shelf]:
    shelf = Shelf()
    sections: dict[str, Section] = {}
    found = False
    for sheet in sheets:
        meanings = _meanings(sheet.rows[0]) if sheet.rows else {}
        if "question" not in meanings.values() or "right" not in meanings.values():
            continue
        found = True
        name = f"{file}!{sheet.name}" if sheet.name else file
        ignored = [cell for index, cell in enumerate(sheet.rows[0].cells) if cell and index not in meanings]
        if ignored:
            report.add("X306", Place(name, sheet.rows[0].number), what=", ".join(ignored))
        for row in sheet.rows[1:]:
            line = _line(row, meanings, name)
            title = line.one("section") or (sheet.name if by_sheet else "")
            section = sections.setdefault(title, Section(title))
            report.count(line.place)
            section.drafts.append(_draft(line, report, shelf))
    if not found:
        raise ExchangeError("no-columns", Place(file))
    return list(sections.values()), shelf


def _meanings(row: Row) -> dict[int, str]:
    known = {name: meaning for meaning, names in COLUMNS.items() for name in names}
    meanings = {}
    for index, cell in enumerate(row.cells):
        heading = re.sub(r"[\s\d№#.:*]+$", "", cell.casefold().replace("ё", "е")).strip()
        if heading in known:
            meanings[index] = known[heading]
    return meanings


def _line(row: Row, meanings: Mapping[int, str], file: str) -> _Line:
    cells: dict[str, list[str]] = {}
    for index, meaning in meanings.items():
        cells.setdefault(meaning, []).append(printable(row.cells[index]) if index < len(row.cells) else "")
    name = next((text for text in [*cells.get("name", []), *cells.get("question", [])] if text), "")
    return _Line(Place(file, row.number, " ".join(name[:60].split())), cells)


def _draft(line: _Line, report: ExchangeReport, shelf: Shelf) -> Draft:
    scribe = Scribe(report, line.place, shelf)
    prompt = _markdown(line.one("question"))
    try:
        if not prompt:
            raise Refused("X405", what=COLUMNS["question"][0])
        kind = _kind(line)
        if kind == "page":
            report.pages += 1
            return PageDraft(line.place.question, line.place, prompt)
        data = _MAKERS[kind](line, scribe)
    except Refused as refused:
        return lost(report, line.place, refused, "; ".join(text for texts in line.cells.values() for text in texts))
    feedback = {"correct": _markdown(line.one("when_right")), "wrong": _markdown(line.one("when_wrong"))}
    data = questions.with_feedback(data, feedback)
    head: dict[str, Any] = {"type": data.pop("type"), "prompt": prompt}
    points = parse_number(line.one("points")) if line.one("points") else None
    if points is not None and 0 < points <= 1000:
        head["points"] = points
    elif line.one("points"):
        scribe.tell("X308", line.one("points"), value="1")
    if line.one("hint"):
        head["hint"] = _markdown(line.one("hint"))
    return TaskDraft(line.place.question, line.place, {**head, **data})


def _markdown(text: str) -> str:
    """Text of a cell: what is typed is what is shown, an empty line parts paragraphs."""
    lines = [escape(line.strip()) for line in text.strip().split("\n")]
    return re.sub(r"(?<!\n)\n(?!\n)", "\\\\\n", "\n".join(lines))


def _kind(line: _Line) -> str:
    named = line.one("type").casefold().strip()
    if named:
        if named not in TYPES:
            raise Refused("X101", type=line.one("type"))
        return TYPES[named]
    right = line.many("right")
    if line.many("wrong"):
        return "choice"
    if right and all("=" in part for part in right):
        return "matching"
    if len(right) == 1 and right[0].casefold() in _TRUE | _FALSE:
        return "true_false"
    return "number" if len(right) == 1 and parse_number(right[0]) is not None else "short_text"


def _choice(line: _Line, scribe: Scribe) -> dict[str, Any]:
    right, wrong = line.many("right"), line.many("wrong")
    several = len(right) > 1 or line.one("type").casefold() in {"несколько", "multiple"}
    share = questions.FULL / max(1, len(right))
    answers = [Answer(_one(text), share if several else questions.FULL) for text in right]
    answers += [Answer(_one(text), -share if several else Decimal(0)) for text in wrong]
    return questions.choice(answers, scribe, single=not several)


def _one(text: str) -> str:
    return escape(" ".join(text.split()))


def _true_false(line: _Line, scribe: Scribe) -> dict[str, Any]:
    right = line.one("right").casefold().strip()
    if right not in _TRUE | _FALSE:
        raise Refused("X106", problem=right)
    return questions.true_false(right=right in _TRUE, when_true="", when_false="")


def _short_text(line: _Line, scribe: Scribe) -> dict[str, Any]:
    answers = [Answer(text.replace("*", "\\*"), questions.FULL) for text in line.many("right")]
    return questions.short_text(answers, scribe)[0]


def _number(line: _Line, scribe: Scribe) -> dict[str, Any]:
    margin = parse_number(line.one("tolerance") or "0")
    answers = []
    for text in line.many("right"):
        value = parse_number(text)
        if value is None or margin is None:
            raise Refused("X103", problem=text)
        answers.append(NumberAnswer(value, abs(margin), questions.FULL))
    return questions.number(answers, scribe, unit=line.one("unit"))[0]


def _ordering(line: _Line, scribe: Scribe) -> dict[str, Any]:
    return questions.ordering([_one(text) for text in line.many("right")], scribe)


def _matching(line: _Line, scribe: Scribe) -> dict[str, Any]:
    pairs = []
    for text in line.many("right"):
        left, sign, right = text.partition("=")
        if not sign:
            raise Refused("X103", problem=text)
        pairs.append((_one(left), _one(right)))
    return questions.matching(pairs, [_one(text) for text in line.many("wrong")], scribe)


_MAKERS: Final[Mapping[str, Callable[[_Line, Scribe], dict[str, Any]]]] = {
    "choice": _choice,
    "true_false": _true_false,
    "short_text": _short_text,
    "number": _number,
    "ordering": _ordering,
    "matching": _matching,
}
