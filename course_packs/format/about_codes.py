"""Diagnostics of what a pack says about itself; see `codes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.code import Code, error

ABOUT_CODES: Final[Mapping[str, Code]] = {
    "P037": error(
        ("правило завершения «{value}» не подходит", "напишите all-steps, pass или {{units: [раздел, раздел]}}"),
        ("completion rule “{value}” does not fit", "write all-steps, pass or {{units: [unit, unit]}}"),
    ),
    "P038": error(
        (
            "компетенции «{value}» нет{guess}",
            "возьмите номер из модели: 1.1–1.8, 2.1–2.5, 3; своё цифровое умение — 3.имя",
        ),
        (
            "there is no competence “{value}”{guess}",
            "take a number of the model: 1.1–1.8, 2.1–2.5, 3; your own: 3.name",
        ),
    ),
    "P039": error(
        ("у компетенции «{value}» нет названия", "назовите это умение в skills: тогда у него будет имя для людей"),
        ("competence “{value}” has no title", "name it under skills: that gives it words that people read"),
    ),
    "P040": error(
        ("пакет требует сам себя", "назовите в prerequisites другие пакеты или уберите ключ"),
        ("the pack requires itself", "name other packs in prerequisites or remove the key"),
    ),
    "P041": error(
        ("раздела «{value}» нет в units{guess}", "исправьте имя или добавьте раздел в units"),
        ("unit “{value}” is not in units{guess}", "correct the name or add the unit to units"),
    ),
}
