"""Sample views of what particular launches open: a review, a copy, a visit without a name, a question of privacy."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace as View
from typing import Any

from tests.web.sample_steps import Sample, says
from tests.web.samples import NOON, course, learner, overview, result


def overview_copied(lang: str, *, same_course: bool = False) -> Sample:
    sample = overview(lang)
    sample.page.copied = View(
        title=says(lang, "Кто как идёт", "Who is where"),
        course=None if same_course else says(lang, "Лицей-CITY 2025", "Lyceum CITY 2025"),
        dated=not same_course,
        read_url="#",
    )
    return sample


def learner_attempts(lang: str) -> Sample:
    sample = learner(lang)
    sample.page.attempts = [
        View(
            number=2,
            state_label=says(lang, "идёт", "at work"),
            percent=None,
            started_at=NOON,
            finished_at=None,
            url="#",
        ),
        View(
            number=1,
            state_label=says(lang, "завершено", "finished"),
            percent=55,
            started_at=NOON,
            finished_at=NOON,
            url=None,
        ),
    ]
    return sample


def result_attempts(lang: str) -> Sample:
    sample = result(lang, 42, False)
    sample.page.attempts = [View(number=2, percent=42, url=None), View(number=1, percent=55, url="#")]
    return sample


def privacy(lang: str, **changes: Any) -> Sample:
    rows = (
        (
            ("Номер в LMS, имя, если LMS его даёт, язык", "The id in the platform, the name if it gives it"),
            ("чтобы работа и оценки попадали к своему человеку", "so that work belongs to the right person"),
            ("Анна Первая", "Anna First"),
        ),
        (
            ("Попытки, ответы, показанные подсказки", "Attempts, answers, hints that were shown"),
            ("чтобы продолжить с того же места", "to go on where one stopped"),
            ("2 занятия, 3 попытки, 41 ответ", "2 activities, 3 attempts, 41 answers"),
        ),
        (
            ("Посещение: когда открыт инструмент и в какой роли", "The visit: when and in which role"),
            ("чтобы страницы открывались только этому человеку", "so that pages open for this person only"),
            (None, None),
        ),
    )
    page: dict[str, Any] = {
        "name": says(lang, "Анна Первая", "Anna First"),
        "anonymous": False,
        "since": NOON,
        "platform": "Moodle",
        "school": says(lang, "Лицей № 1", "Lyceum No. 1"),
        "kept": [
            View(
                what=says(lang, *what),
                why=says(lang, *why),
                how_long=says(lang, "пока школа не попросит удалить", "until the school asks for deletion")
                if now[0]
                else says(lang, "12 часов, потом удаляется", "12 hours, then deleted"),
                now=says(lang, *now) if now[0] else None,
            )
            for what, why, now in rows
        ],
        "back_url": "#",
    }
    return Sample("privacy/page.html", View(**(page | changes)))


PAGES: dict[str, Callable[[str], Sample]] = {
    "course-anonymous": lambda lang: course(lang, 2, anonymous=True, preview=True, privacy_url="#"),
    "privacy": privacy,
    "privacy-nameless": lambda lang: privacy(lang, name=None, back_url=None),
    "privacy-anonymous": lambda lang: privacy(lang, anonymous=True, name=None, kept=[]),
    "result-attempts": result_attempts,
    "overview-copied": overview_copied,
    "overview-duplicated": lambda lang: overview_copied(lang, same_course=True),
    "learner-attempts": learner_attempts,
    "no-work": lambda lang: Sample(
        "teaching/no_work.html", View(desk_url="#", desk_label=says(lang, "Все ученики", "All learners"))
    ),
    "no-work-unknown": lambda lang: Sample("teaching/no_work.html", View(desk_url=None)),
}
