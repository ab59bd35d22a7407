"""Diagnostics of tasks that people mark; see `codes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.code import Code, error

JUDGED_CODES: Final[Mapping[str, Code]] = {
    "P280": error(
        ("уровень на {value} балл. не выше предыдущего", "уровни идут снизу вверх, каждый дороже прежнего"),
        ("a level of {value} points is not above the one before", "levels go upwards, each worth more than the last"),
    ),
    "P281": error(
        ("слов нужно не меньше {low} и не больше {high}: так не бывает", "min_words не больше max_words"),
        ("at least {low} and at most {high} words: that cannot be", "min_words is not above max_words"),
    ),
}
