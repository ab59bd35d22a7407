"""Diagnostics of the tasks that are made of parts: true or false, gaps, categories, tables; see `codes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.code import Code, error, warning

PART_CODES: Final[Mapping[str, Code]] = {
    "P220": error(
        ("верных причин {count}, а нужна ровно одна", "отметьте «correct: true» у одной причины"),
        ("{count} reasons are correct, exactly one is needed", "put “correct: true” to one reason"),
    ),
    "P221": warning(
        ("share ничего не меняет: причин (reasons) нет", "добавьте reasons или уберите share"),
        ("share changes nothing: there are no reasons", "add reasons or remove share"),
    ),
    "P222": error(
        ("пропуска «{value}» нет в gaps{guess}", "опишите его в gaps или исправьте имя в двойных скобках"),
        ("gap “{value}” is not in gaps{guess}", "describe it in gaps or correct the name in double brackets"),
    ),
    "P223": error(
        ("в тексте ({language}) нет пропуска [[{key}]]", "поставьте [[{key}]] в текст или уберите его из gaps"),
        ("the text ({language}) has no gap [[{key}]]", "put [[{key}]] into the text or remove it from gaps"),
    ),
    "P224": error(
        ("пропуск [[{key}]] стоит в тексте ({language}) дважды", "дайте второму своё имя и описание"),
        ("gap [[{key}]] stands twice in the text ({language})", "give the second one a name of its own"),
    ),
    "P225": error(
        ("пропуск [[{key}]] стоит внутри ссылки или описания картинки", "перенесите его в обычный текст"),
        ("gap [[{key}]] stands inside a link or a picture's description", "move it into plain text"),
    ),
    "P226": error(
        ("у поля должно быть одно из трёх: accept, answer, options", "accept — слова, answer — число, options — выбор"),
        ("a field needs one of accept, answer, options", "accept for words, answer for a number, options for a list"),
    ),
    "P227": error(
        ("в раскрывающемся списке картинку не показать", "замените картинку словами или возьмите задание choice"),
        ("a drop-down list cannot show a picture", "say it in words or use a choice task"),
    ),
    "P228": error(
        ("имя «{value}» не годится", "строчная латиница, цифры и дефис: [[first-gap]]"),
        ("the name “{value}” does not fit", "lower-case Latin, digits, hyphens: [[first-gap]]"),
    ),
}
