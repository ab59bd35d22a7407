"""Diagnostics of tasks about places: on a picture, in a text, in a listing; see `codes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.code import Code, error

PLACE_CODES: Final[Mapping[str, Code]] = {
    "P248": error(
        (
            "область записана неверно",
            "одно из: circle: [x, y, r], rect: [x, y, ширина, высота], polygon; числа от 0 до 100",
        ),
        ("the region is wrong", "one of circle: [x, y, r], rect: [x, y, width, height], polygon; numbers 0 to 100"),
    ),
    "P249": error(
        ("середина неверной области лежит в верной", "раздвиньте области: там ответ сочтут верным"),
        ("the middle of a wrong region lies in a right one", "move them apart: an answer there counts as right"),
    ),
    "P250": error(
        ("label есть не у всех областей", "назовите все: тогда можно ответить и списком; или уберите label у всех"),
        ("not all regions have a label", "name them all, for an answer by list, or remove the labels"),
    ),
    "P251": error(
        (
            "разметка текста не сходится ({language})",
            "отмеченное место: [[имя: слова]], без вложенных скобок и не пустое",
        ),
        (
            "the marks in the text do not add up ({language})",
            "a marked place is [[name: words]], not nested, not empty",
        ),
    ),
    "P252": error(
        ("места {key} нет в тексте ({language})", "отметьте его: [[{key}: слова]]"),
        ("the place {key} is not in the text ({language})", "mark it: [[{key}: words]]"),
    ),
    "P253": error(
        ("место {key} в тексте есть, а в spans нет{guess}", "опишите его в spans"),
        ("the place {key} is in the text but not in spans{guess}", "describe it under spans"),
    ),
    "P254": error(
        ("у отмеченного места нет имени", "дайте имя: [[имя: слова]], или выбирайте по частям: by: parts"),
        ("a marked place has no name", "give it one, [[name: words]], or let parts be chosen: by: parts"),
    ),
    "P255": error(
        ("искать нечего: все места — обманки", "уберите decoy у того, что надо найти"),
        ("there is nothing to find: all places are decoys", "remove decoy from what is to be found"),
    ),
    "P256": error(
        ("выбирать можно из {count} слов, а предел {limit}", "сократите текст или выбирайте по частям: by: parts"),
        ("there are {count} words to choose from, the limit is {limit}", "shorten the text or let parts be chosen"),
    ),
    "P257": error(
        ("нужно одно из двух: output или predict", "output — что напечатает, predict — чему равны переменные"),
        ("exactly one of output and predict is needed", "output: what is printed; predict: what variables hold"),
    ),
    "P258": error(
        ("этот неверный ответ совпадает с верным", "исправьте его: пробелы и вид кавычек не в счёт"),
        ("this wrong answer is the right one", "correct it: blanks and kinds of quotes do not count"),
    ),
    "P259": error(
        ("в листинге больше {limit} строк", "оставьте то, о чём спрашиваете"),
        ("the listing has more than {limit} lines", "keep what the question is about"),
    ),
}
