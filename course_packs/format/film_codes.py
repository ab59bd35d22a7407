"""Diagnostics of figures and videos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.code import Code, error, warning

FILM_CODES: Final[Mapping[str, Code]] = {
    "P309": warning(
        ("подпись «{value}» не видна: картинка стоит внутри строки", "отделите картинку пустыми строками"),
        ("the caption “{value}” is not seen: the picture stands within a line", "put empty lines around the picture"),
    ),
    "P310": error(
        ("видео или титры велики: {size} кБ при пределе {limit} кБ", "сократите или дайте ссылку на видео"),
        ("the video or its captions are too large: {size} kB, the limit is {limit} kB", "shorten it or link to it"),
    ),
    "P311": error(
        ("у видео {name} нет титров на главном языке", "положите рядом {captions} (WebVTT)"),
        ("video {name} has no captions in the main language", "put {captions} (WebVTT) beside it"),
    ),
    "P312": error(
        (
            "титры не разобраны: {problem}",
            "первая строка WEBVTT, времена 00:01.000 --> 00:03.000 по порядку, под ними слова",
        ),
        ("the captions cannot be read: {problem}", "WEBVTT first, times 00:01.000 --> 00:03.000 in order, words below"),
    ),
    "P313": error(
        ("видео стоит внутри строки: {value}", "отделите его пустыми строками; в вариантах ответа видео не бывает"),
        ("a video stands within a line: {value}", "put empty lines around it; options cannot hold a video"),
    ),
}
