"""The page about exchange says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from course_packs.exchange import FORMATS, TARGETS
from course_packs.exchange.table_reader import COLUMNS, TYPES
from course_packs.exchange.words import NOTICES

PAGE = Path("docs/authoring/exchange.md").read_text(encoding="utf-8")
_KINDS = {"note": "к сведению", "changed": "изменено", "left_out": "не перенесено"}


def test_every_code_stands_in_the_table_in_the_same_words():
    found = re.findall(r"^\| (X\d{3}) \|([^|]*)\|([^|]*)\|$", PAGE, re.MULTILINE)
    rows = [tuple(cell.strip() for cell in row) for row in found]

    assert rows == [(code, _KINDS[kind], re.sub(r"{\w+}", "…", words)) for code, (kind, _, words, _) in NOTICES.items()]


def test_every_column_every_type_and_every_form_is_named():
    words = PAGE.casefold()

    assert not [names[0] for names in COLUMNS.values() if names[0] not in words]
    assert not [name for name in TYPES if re.search("[а-я]", name) and name not in words and name != "текст"]
    assert not [name for name in (*TARGETS, *FORMATS) if name not in words and name not in {"xlsx", "csv"}]
