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
}
