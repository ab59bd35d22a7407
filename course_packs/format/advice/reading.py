"""Advice on reading: how long it takes, how hard it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.advice.subject import Subject
from course_packs.format.advice.words import russian_ease, sentences, words_of
from course_packs.format.diagnostics import Mark
from course_packs.format.markdown import plain_text
from course_packs.format.model import Step, Unit, pick

LONGEST_SENTENCE: Final = 28
# Words a minute, read calmly and with understanding, by grade.
_SPEED: Final[Mapping[int, int]] = {5: 100, 6: 110, 7: 120, 8: 130, 9: 140, 10: 150, 11: 160}
_ADULT_SPEED: Final = 180
# Minutes of a task; of other types nobody knows beforehand.
_TASK_MINUTES: Final[Mapping[str, float]] = {
    "choice": 1, "short_text": 1, "number": 2, "ordering": 2, "matching": 2,
}  # fmt: skip
_OTHER_MINUTES: Final = 2.0
# Reading ease that a text for a grade should have. Flesch's own table asks 10 to 20 more; Russian that teaches a trade
# does not get there, and advice that is always given is not heard.
_EASE: Final[Mapping[int, int]] = {5: 60, 6: 55, 7: 50, 8: 45, 9: 40, 10: 35, 11: 30}
_FEWEST_WORDS: Final = 100


def advise(subject: Subject) -> None:
    """Minutes of units, ease of Russian pages, sentences without an end."""
    for unit in subject.pack.units:
        _advise_minutes(subject, unit)
    for unit, step in subject.steps():
        for language, html in (step.html or {}).items():
            _advise_page(subject, unit, step, language, html)
        if step.task is not None:
            for language, html in step.task.prompt.items():
                if long := _too_long(html):
                    subject.say_of_task("P522", step.task, "prompt", language, **long)


def _advise_minutes(subject: Subject, unit: Unit) -> None:
    speed = _SPEED[subject.pack.grades[0]] if subject.pack.grades else _ADULT_SPEED
    words, expected = 0, 0.0
    for step in unit.steps:
        html = step.task.prompt if step.task is not None else step.html or {}
        words += len(words_of(plain_text(pick(html, subject.main))))
        if step.task is not None:
            expected += _TASK_MINUTES.get(step.task.type, _OTHER_MINUTES)
    expected += words / speed
    countable = all(task.type in _TASK_MINUTES for task in unit.tasks)
    too_few = expected > 1.5 * unit.minutes and expected - unit.minutes >= 2
    too_many = countable and unit.minutes > 3 * expected and unit.minutes - expected >= 5
    if too_few or too_many:
        node = subject.units[unit.id]
        mark = node.keys.get("minutes", node.mark)
        subject.say("P520", f"units/{unit.id}/unit.yaml", mark, minutes=unit.minutes, expected=max(round(expected), 1))


def _advise_page(subject: Subject, unit: Unit, step: Step, language: str, html: str) -> None:
    file = subject.page_file(unit, step, language)
    if language == "ru":
        grade = min(subject.pack.grades, default=11)
        ease, words = russian_ease(html)
        if words >= _FEWEST_WORDS and ease < _EASE[grade]:
            subject.say("P521", file, Mark(1, 1), grade=_readers(subject), score=round(ease), wanted=_EASE[grade])
    if long := _too_long(html):
        beginning = " ".join(long["value"].split()[:3])
        subject.say("P522", file, subject.find(file, beginning), **long)


def _too_long(html: str) -> dict[str, str]:
    """The longest sentence, when it is too long."""
    longest = max(sentences(html), key=lambda one: len(words_of(one)), default="")
    count = len(words_of(longest))
    return {"count": str(count), "value": longest, "limit": str(LONGEST_SENTENCE)} if count > LONGEST_SENTENCE else {}


def _readers(subject: Subject) -> str:
    grades = subject.pack.grades
    if subject.report.language == "ru":
        return f"{grades[0]} класса" if grades else "взрослых"
    return f"grade {grades[0]}" if grades else "adults"
