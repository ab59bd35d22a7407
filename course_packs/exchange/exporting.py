"""One door for all forms a pack can leave in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from course_packs.exchange.cartridge_writer import write_cartridge
from course_packs.exchange.gift_writer import write_gift
from course_packs.exchange.leaving import Leaving
from course_packs.exchange.moodle_writer import write_moodle
from course_packs.exchange.qti_writer import write_qti
from course_packs.exchange.report import ExchangeReport
from course_packs.format.model import CompiledPack

TARGETS: Final = ("moodle-xml", "gift", "qti", "cc")


@dataclass(frozen=True)
class Exported:
    """A file's content and the report of what it holds and what not."""

    content: bytes
    report: ExchangeReport


def export_pack(
    pack: CompiledPack,
    to: str,
    *,
    pack_language: str = "",
    language: str = "ru",
    launch_url: str = "",
    one_link: bool = False,
) -> Exported:
    """Write a pack in the form `to`, one of TARGETS, in one of its languages (its main one when none is named).

    `launch_url` and `one_link` (one link instead of one for each unit) concern `cc` only. Raises ExchangeError when the
    launch address is missing there.
    """
    report = ExchangeReport(language)
    leaving = Leaving(pack, pack_language or pack.languages[0], report)
    match to:
        case "moodle-xml":
            content = write_moodle(leaving)
        case "gift":
            content = write_gift(leaving)
        case "qti":
            content = write_qti(leaving)
        case "cc":
            content = write_cartridge(leaving, launch_url=launch_url, whole=one_link)
        case _:
            raise ValueError(to)
    return Exported(content, report)
