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
        (
            "в раскрывающемся списке не показать ни картинку, ни формулу",
            "замените её словами или возьмите задание choice",
        ),
        ("a drop-down list can show neither a picture nor a formula", "say it in words or use a choice task"),
    ),
    "P228": error(
        ("имя «{value}» не годится", "строчная латиница, цифры и дефис: [[first-gap]]"),
        ("the name “{value}” does not fit", "lower-case Latin, digits, hyphens: [[first-gap]]"),
    ),
    "P230": error(
        ("ящика «{value}» нет в boxes{guess}", "опишите его в boxes или исправьте имя"),
        ("box “{value}” is not in boxes{guess}", "describe it in boxes or correct the name"),
    ),
    "P231": error(
        ("все предметы идут в один ящик", "добавьте предмет, которому место в другом ящике"),
        ("all items belong to one box", "add an item that belongs to another box"),
    ),
    "P232": error(
        ("предмет годится во все ящики", "оставьте ему не все ящики: иначе ошибиться нельзя"),
        ("the item fits every box", "leave out some boxes: otherwise nobody can be wrong"),
    ),
    "P233": error(
        ("ящик «{value}» для этого предмета верный, ошибки там нет", "перенесите отзыв к другому ящику"),
        ("box “{value}” is right for this item, there is no mistake", "move this to another box"),
    ),
    "P234": error(
        ("клеток в строке {count}, а столбцов {wanted}", "дайте каждой строке по клетке на столбец; пустая клетка — ~"),
        ("the row has {count} cells for {wanted} columns", "give each row a cell for each column; ~ for an empty cell"),
    ),
    "P235": error(
        ("в таблице нечего заполнять", "дайте хотя бы одной клетке accept, answer или options"),
        ("the table has nothing to fill in", "give at least one cell accept, answer or options"),
    ),
    "P236": error(
        (
            "строки нельзя менять местами: поля у них разные",
            "сделайте поля всех строк одинаковыми или уберите row_order",
        ),
        ("the rows cannot change places: their fields differ", "make the fields of all rows alike or drop row_order"),
    ),
}
