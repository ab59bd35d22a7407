"""Excel workbooks (Office Open XML, ECMA-376 part 1, §18): the cells' texts read, a plain sheet written.

Written out here instead of taken from a library: a workbook from a stranger passes the same guards for archives and XML
as everything else, and what a broken one does is known.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from course_packs.exchange.archive import read_archive
from course_packs.exchange.report import ExchangeError, Place
from course_packs.exchange.xml_source import Element, read_xml
from course_packs.format.fields import decimal_text

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 60
_WORKBOOK: Final = "xl/workbook.xml"
_CELL: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class Row:
    """A row of a table: its number as people see it, its cells as texts."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A named table; rows without any text are left out."""

    name: str
    rows: tuple[Row, ...]


def read_workbook(data: bytes, file: str) -> list[Sheet]:
    """The sheets of an .xlsx file. Raises ExchangeError for everything that is none."""
    files = read_archive(data)
    if _WORKBOOK not in files:
        raise ExchangeError("not-a-workbook", Place(file))
    strings = _shared(files, file)
    targets = _targets(files, file)
    sheets = []
    for sheet in read_xml(files[_WORKBOOK], file).deep("sheet"):
        path = targets.get(sheet.attributes.get("id", ""), "")
        if path in files:
            name = sheet.attributes.get("name", "")
            rows = tuple(_rows(read_xml(files[path], f"{file}!{name}"), strings, f"{file}!{name}"))
            sheets.append(Sheet(name, rows))
    if not sheets:
        raise ExchangeError("not-a-workbook", Place(file))
    return sheets


def _targets(files: Mapping[str, bytes], file: str) -> dict[str, str]:
    relations = files.get("xl/_rels/workbook.xml.rels")
    if relations is None:
        raise ExchangeError("not-a-workbook", Place(file))
    targets = {}
    for relation in read_xml(relations, file).all("Relationship"):
        target = relation.attributes.get("Target", "")
        targets[relation.attributes.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return targets


def _shared(files: Mapping[str, bytes], file: str) -> list[str]:
    table = files.get("xl/sharedStrings.xml")
    return [] if table is None else [_string(entry) for entry in read_xml(table, file).all("si")]


def _string(entry: Element) -> str:
    """The text of a string of one or several runs; phonetic hints (rPh) are no part of it."""
    runs = [entry, *entry.all("r")]
    return "".join(text.text() for run in runs for text in run.all("t"))


def _rows(sheet: Element, strings: Sequence[str], file: str) -> Iterator[Row]:
    number = 0
    for count, row in enumerate(sheet.deep("row"), start=1):
        if count > MAX_ROWS:
            raise ExchangeError("too-many", Place(file), limit=MAX_ROWS)
        stated = row.attributes.get("r", "")
        number = int(stated) if stated.isdecimal() and len(stated) < 8 else number + 1
        cells: list[str] = []
        for cell in row.all("c"):
            column = _column(cell.attributes.get("r", ""), len(cells))
            if column >= MAX_COLUMNS:
                break
            cells += [""] * (column + 1 - len(cells))
            cells[column] = _text(cell, strings)
        if any(cells):
            yield Row(number, tuple(cells))


def _column(reference: str, following: int) -> int:
    match = _CELL.fullmatch(reference)
    if match is None:
        return following
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _text(cell: Element, strings: Sequence[str]) -> str:
    kind = cell.attributes.get("t", "n")
    if kind == "inlineStr":
        inner = cell.first("is")
        return "" if inner is None else _string(inner).strip()
    value = cell.words("v")
    if kind == "s":
        return strings[int(value)].strip() if value.isdecimal() and int(value[:9]) < len(strings) else ""
    if kind == "b":
        return "true" if value == "1" else "false"
    return _number(value) if kind == "n" else value


def _number(value: str) -> str:
    """Excel keeps 0.1 as 0.10000000000000001: fifteen digits are what a person typed."""
    try:
        number = Decimal(value)
        return decimal_text(Decimal(f"{number:.15g}")) if number.is_finite() and abs(number.adjusted()) < 20 else value
    except InvalidOperation:
        return value


def write_workbook(name: str, rows: Sequence[Sequence[str]]) -> bytes:
    """An .xlsx file of one sheet, its first row staying in sight. The same rows give the same bytes."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    cells = "".join(
        f'<row r="{number}">' + "".join(_cell(column, number, text) for column, text in enumerate(row)) + "</row>"
        for number, row in enumerate(rows, start=1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        _WORKBOOK: f'{head}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}'
        '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f'<cols><col min="1" max="{MAX_COLUMNS}" width="28" customWidth="1"/></cols>'
        f"<sheetData>{cells}</sheetData></worksheet>",
    }
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in parts.items():
            archive.writestr(zipfile.ZipInfo(path, _MOMENT), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _cell(column: int, row: int, text: str) -> str:
    reference = chr(ord("A") + column) if column < 26 else f"A{chr(ord('A') + column - 26)}"
    return f'<c r="{reference}{row}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
