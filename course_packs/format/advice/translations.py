"""Advice on translations: what is missing, and what is in another language than it says."""

from __future__ import annotations

from typing import Final

from course_packs.format.advice.subject import Subject, texts_of
from course_packs.format.diagnostics import START
from course_packs.format.markdown import plain_text
from course_packs.format.model import Task, Text

_LATIN: Final = frozenset({"en", "de", "fr", "es", "it", "pt", "pl", "tr", "cs", "fi", "sv", "nl"})


def advise(subject: Subject) -> None:
    """Count per language; name each gap once at least half is done: before that the sum says enough."""
    for language in subject.pack.languages[1:]:
        pages = {
            subject.page_file(unit, step, subject.main): language in step.title
            for unit, step in subject.steps()
            if step.task is None
        }
        tasks = {task.id: _texts(task, subject.pack.languages) for task in subject.pack.tasks}
        total = len(pages) + sum(len(texts) for texts in tasks.values())
        done = sum(pages.values()) + sum(language in text for texts in tasks.values() for text in texts)
        if done < total:
            place = subject.manifest.keys.get("languages", START)
            subject.say("P512", "pack.yaml", place, language=language, done=done, total=total)
        if done < total <= 2 * done:
            for file, there in pages.items():
                if not there:
                    subject.say("P511", file, START, language=language, name=file.removesuffix("md") + f"{language}.md")
            for task in subject.pack.tasks:
                missing = sum(language not in text for text in tasks[task.id])
                if missing:
                    subject.say_of_task("P510", task, language=language, count=missing)
        if language in _LATIN:
            _advise_script(subject, language)


def _texts(task: Task, languages: tuple[str, ...]) -> list[Text]:
    """What of a task is read by people; numbers and signs need no translation."""
    notes = [] if task.mistake is None else [task.mistake.note]
    found = [task.prompt, *task.hints, *task.feedback.values(), *notes, *texts_of(task.spec, languages)]
    return [text for text in found if any(sign.isalpha() for sign in plain_text(next(iter(text.values()), "")))]


def _advise_script(subject: Subject, language: str) -> None:
    for unit, step in subject.steps():
        if step.task is None:
            shown = plain_text((step.html or {}).get(language, ""))
            if _is_cyrillic(shown):
                subject.say("P513", subject.page_file(unit, step, language), START, language=language, value=shown)
        else:
            texts = [plain_text(text.get(language, "")) for text in _texts(step.task, subject.pack.languages)]
            wrong = next((text for text in texts if _is_cyrillic(text)), None)
            if wrong is not None:
                subject.say_of_task("P513", step.task, language=language, value=wrong)


def _is_cyrillic(text: str) -> bool:
    letters = [sign for sign in text.casefold() if sign.isalpha()]
    return len(letters) >= 4 and sum("а" <= sign <= "я" or sign == "ё" for sign in letters) > len(letters) / 2
