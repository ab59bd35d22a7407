"""Questions from elsewhere into packs, packs into the forms of others; every exchange has a report of what was lost."""

from __future__ import annotations

from course_packs.exchange.importing import FORMATS, Imported, import_questions
from course_packs.exchange.report import ExchangeError, ExchangeReport, Notice, Place
from course_packs.exchange.table_reader import template as question_table

__all__ = [
    "FORMATS",
    "ExchangeError",
    "ExchangeReport",
    "Imported",
    "Notice",
    "Place",
    "import_questions",
    "question_table",
]
