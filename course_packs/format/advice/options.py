"""Advice on options that give themselves away to somebody who knows nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from course_packs.format.advice.subject import Subject
from course_packs.format.advice.words import stems_of, words_of
from course_packs.format.markdown import plain_text
from course_packs.format.model import Task, Text, pick

_FAR_LONGER: Final = 2
_LEAST_SURPLUS: Final = 25
_FOR_ALL: Final = re.compile(
    r"\b(?:вс[её] (?:вышеперечисленное|перечисленное|названное|вышесказанное|из перечисленного)|все варианты верны|"
    r"(?:ничего|ни один) из (?:перечисленного|вышеперечисленного|перечисленных|них)|нет верного (?:ответа|варианта)|"
    r"(?:all|none|both|any) of (?:the above|these|them))\b",
    re.IGNORECASE,
)
_ABSOLUTE: Final = re.compile(
    r"\b(?:всегда|никогда|никто|абсолютно|исключительно|в любом случае|ни при каких|always|never|absolutely|nobody|"
    r"in any case|under no circumstances)\b",
    re.IGNORECASE,
)
_ARTICLE: Final = re.compile(r"\b(an?)\s*[:…._]*$", re.IGNORECASE)
_VOWELS: Final = frozenset("aeiou")

Option = tuple[str, bool]
"""Plain words, and whether it is right."""


def advise(subject: Subject) -> None:
    """Lengths, “all of the above”, absolutes, echoes of the question, articles."""
    for task in subject.pack.tasks:
        if task.type != "choice":
            continue
        for language in subject.pack.languages:
            options = _options(task, language)
            if options:
                _advise(subject, task, options, plain_text(task.prompt.get(language, "")), language)


def _options(task: Task, language: str) -> list[Option]:
    """The options in one language; none when any is not translated."""
    found: list[dict[str, Any]] = task.spec["options"]
    texts: list[Text] = [one["text"] for one in found]
    if not all(language in text for text in texts):
        return []
    return [(plain_text(pick(one["text"], language)), bool(one["correct"])) for one in found]


def _advise(subject: Subject, task: Task, options: Sequence[Option], prompt: str, language: str) -> None:
    for index, (text, _) in enumerate(options):
        if match := _FOR_ALL.search(text):
            subject.say_of_task("P502", task, "options", index, value=match.group())
    right = [(index, text) for index, (text, correct) in enumerate(options) if correct]
    wrong = [(index, text) for index, (text, correct) in enumerate(options) if not correct]
    if not any(_ABSOLUTE.search(text) for _, text in right):
        for index, text in wrong:
            if match := _ABSOLUTE.search(text):
                subject.say_of_task("P503", task, "options", index, value=match.group())
    if len(right) == 1:
        _advise_right(subject, task, right[0], [text for _, text in wrong], prompt)
    article = _ARTICLE.search(prompt) if language == "en" else None
    if article is not None and len({text[:1].casefold() in _VOWELS for text, _ in options}) > 1:
        subject.say_of_task("P505", task, "options", value=article[1])


def _advise_right(subject: Subject, task: Task, right: tuple[int, str], wrong: Sequence[str], prompt: str) -> None:
    index, text = right
    longest = max(map(len, wrong), default=0)
    if len(text) >= _FAR_LONGER * longest and len(text) - longest >= _LEAST_SURPLUS:
        subject.say_of_task("P501", task, "options", index, right=len(text), wrong=longest)
    echoes = (stems_of(text) & stems_of(prompt)) - {stem for one in wrong for stem in stems_of(one)}
    if echoes:
        word = next(word for word in words_of(text) if stems_of(word) & echoes)
        subject.say_of_task("P504", task, "options", index, value=word)
