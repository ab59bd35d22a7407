"""Questions from elsewhere into packs, packs into the forms of others; every exchange has a report of what was lost.

from course_packs.exchange import export_pack, import_questions

made = import_questions("bank.xml", data)      # made.files: relative path → content; made.report
sent = export_pack(pack, "moodle-xml")         # sent.content, sent.report
"""

from __future__ import annotations

from course_packs.exchange.exporting import TARGETS, Exported, export_pack
from course_packs.exchange.importing import FORMATS, Imported, import_questions
from course_packs.exchange.report import ExchangeError, ExchangeReport, Notice, Place
from course_packs.exchange.table_reader import template as question_table

__all__ = [
    "FORMATS",
    "TARGETS",
    "ExchangeError",
    "ExchangeReport",
    "Exported",
    "Imported",
    "Notice",
    "Place",
    "export_pack",
    "import_questions",
    "question_table",
]
