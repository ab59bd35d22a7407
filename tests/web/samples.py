"""Sample views for the gallery: what the player, the desk and the door hand to the templates, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace as View
from typing import Any

from tests.web import sample_steps as steps
from tests.web.sample_choices import CHOICES
from tests.web.sample_steps import CHOICE, Sample, paragraph, says

NOON = datetime(2026, 9, 1, 12, 3, tzinfo=UTC)


PLACES = (
    (
        "gate",
        "Приезд и первый день",
        "Arrival and the first day",
        "К кому идти, где что лежит, как не потеряться.",
        "Whom to ask, where things are, how not to get lost.",
    ),
    (
        "square",
        "Лицей как город",
        "The lyceum as a city",
        "Кварталы, мастерские и лаборатории: что за чем стоит.",
        "Quarters, workshops and laboratories: what stands behind what.",
    ),
    (
        "library",
        "Правила, на которых всё держится",
        "The rules everything rests on",
        "Расписание, проекты, оценивание.",
        "Timetable, projects, marking.",
    ),
    (
        "workshop",
        "Мастерская: техника безопасности",
        "The workshop: safety",
        "Очки, рукава, «стоп» и кто его говорит.",
        "Goggles, sleeves, “stop” and who says it.",
    ),
    (
        "lab",
        "Лаборатория данных",
        "The data laboratory",
        "Как устроен журнал и что он о тебе знает.",
        "How the journal works and what it knows.",
    ),
    (
        "hall",
        "Люди лицея",
        "People of the lyceum",
        "Наставник, куратор, тьютор — кто есть кто.",
        "Mentor, curator, tutor: who is who.",
    ),
    (
        "bridge",
        "Мост к профессии",
        "A bridge to a profession",
        "Что такое профессиональная проба.",
        "What a professional trial is.",
    ),
    ("tower", "Часы и сроки", "Hours and deadlines", "Как планировать неделю.", "How to plan a week."),
    ("observatory", "Взгляд вперёд", "Looking ahead", "Портфолио и выбор пути.", "Portfolio and choosing a way."),
    (
        "garden",
        "Сад: как отдыхать",
        "The garden: how to rest",
        "Перемены, кружки, тишина.",
        "Breaks, circles, silence.",
    ),
    (None, "Итог", "The end", "Короткая проверка.", "A short check."),
)


def units(lang: str, done: int, count: int = 6) -> list[View]:
    return [
        View(
            number=k + 1,
            id=f"unit-{k}",
            title=says(lang, ru, en),
            summary=says(lang, about_ru, about_en),
            minutes=5 + 2 * k,
            place=place,
            state="done" if k < done else "current" if k == done else "open",
            url="#",
            steps_done=6 if k < done else 2 if k == done else 0,
            steps_total=6,
            points=Decimal("3.75") if k < done else Decimal(0),
            points_possible=Decimal(4) if k != 1 else Decimal(0),
        )
        for k, (place, ru, en, about_ru, about_en) in enumerate(PLACES[:count])
    ]


def delivery(lang: str, tone: str) -> View:
    text = {
        "ok": says(lang, "Оценка в журнале с 12:03", "The grade reached the gradebook at 12:03"),
        "wait": says(lang, "Результат сохранён, оценка в пути", "The result is safe, the grade is on its way"),
        "help": says(
            lang,
            "Результат сохранён, оценка не дошла: сообщите администратору",
            "The result is safe, the grade did not arrive: tell the administrator",
        ),
    }[tone]
    return View(
        tone=tone,
        text=text,
        code="LTI-412" if tone == "help" else None,
        status_url="/status" if tone == "wait" else None,
    )


ATTEMPT = View(number=1, allowed=3, left=2, state="active")
FINISHED = View(number=2, allowed=3, left=1, state="finished")


def course(lang: str, done: int, **changes: Any) -> Sample:
    page: dict[str, Any] = dict(
        title=says(lang, "Как работает лицей", "How the lyceum works"),
        summary=says(
            lang,
            "Шесть мест лицея-города за один урок: кто тебе поможет, по каким правилам здесь живут и куда отсюда можно прийти.",
            "Six places of the lyceum city in one lesson: who helps, by what rules people live here and where one can get to from here.",
        ),
        minutes=40,
        kind="course",
        language=lang,
        percent_done=round(100 * done / 6),
        units=units(lang, done),
        attempt=ATTEMPT,
        continue_url="#",
        continue_label="continue" if done else "start",
        finish_url=None,
        again_url=None,
        delivery=None,
        result=None,
        preview=False,
        desk_url=None,
    )
    return Sample("player/course.html", View(**(page | changes)))


def result(lang: str, percent: int, passed: bool, pending: int = 0) -> Sample:
    mistakes = [
        View(
            kind="safety",
            kind_label=says(lang, "Безопасность", "Safety"),
            severity="critical",
            severity_label=says(lang, "критично", "critical"),
            count=1,
            notes=[says(lang, "Станок включён до проверки.", "The machine was switched on before the check.")],
        ),
        View(
            kind="knowledge",
            kind_label=says(lang, "Знание правил", "Knowledge"),
            severity="minor",
            severity_label=says(lang, "мелочь", "minor"),
            count=2,
            notes=[says(lang, "Куратор и тьютор перепутаны.", "Curator and tutor are mixed up.")],
        ),
    ]
    page = View(
        course_title=says(lang, "Как работает лицей", "How the lyceum works"),
        course_url="#",
        result=View(percent=percent, passed=passed, pass_mark=60),
        counted=None if passed or pending else View(percent=55, passed=False, pass_mark=60),
        units=units(lang, 6),
        mistakes=[] if pending else mistakes,
        delivery=None if pending else delivery(lang, "wait" if passed else "help"),
        again_url="#",
        attempt=FINISHED,
        finished_at=NOON,
        pending=pending,
    )
    return Sample("player/result.html", page)


def finish(lang: str, unanswered: int) -> Sample:
    rows = [(says(lang, f"Мастерская: задание {k + 1}", f"The workshop: task {k + 1}"), "#") for k in range(unanswered)]
    return Sample(
        "player/finish.html",
        View(
            course_title=says(lang, "Как работает лицей", "How the lyceum works"),
            course_url="#",
            unanswered=rows,
            under_way=rows[:1] if unanswered > 3 else [],
            answered=12 - unanswered,
            total=12,
            post_url="#",
        ),
    )


NAMES = (
    ("Ученик Первый", "Learner One"),
    ("Ученица Вторая-Длиннофамильная", "Learner Two-Longname"),
    ("Ученик Третий", "Learner Three"),
    ("Ученица Четвёртая", "Learner Four"),
)


def overview(lang: str, learners: bool = True, whole: bool = True) -> Sample:
    states = (
        ("finished", "закончил(а)", "finished"),
        ("active", "в пути", "on the way"),
        ("finished", "закончил(а)", "finished"),
        ("absent", "не открыто", "not opened yet"),
    )
    rows = [
        View(
            name=says(lang, *NAMES[k]),
            state=states[k][0],
            state_label=says(lang, states[k][1], states[k][2]),
            percent=(84, None, 55, None)[k],
            steps_done=(24, 9, 24, 0)[k],
            steps_total=24,
            attempts=(1, 1, 2, 0)[k],
            last_seen=NOON if k < 3 else None,
            delivery=delivery(lang, ("ok", "wait", "help")[k]) if k < 3 else None,
            url="#" if k < 3 else None,
        )
        for k in range(4 if learners else 0)
    ]
    page = View(
        title=says(lang, "Кто как идёт", "Who is where"),
        course_title=says(lang, "Как работает лицей", "How the lyceum works"),
        learners=rows,
        gone=rows[1:2],
        counts={
            "learners": len(rows),
            "started": 3 if learners else 0,
            "finished": 2 if learners else 0,
            "left": 1 if learners else 0,
            "help": 1 if learners else 0,
        },
        groups=[
            View(id="g1", label=says(lang, "Классы · 10 А", "Classes · 10 A"), chosen=False),
            View(id="g2", label=says(lang, "Классы · 10 Б, физика и математика", "Classes · 10 B"), chosen=True),
        ]
        if learners and whole
        else [],
        desk_url="#",
        pager=View(first=51, last=100, total=4998, previous_url="#", next_url="#") if learners and whole else None,
        list_line=View(
            tone="ok" if whole else "help",
            text=says(lang, "В списке курса 5 учеников, прочитан в 12:03.", "5 learners in the list, read at 12:03.")
            if whole
            else says(lang, "Платформа не отвечает: список прочитать не удалось.", "The platform does not answer."),
            code=None if whole else "N-01",
            status_url=None,
        ),
        refresh_url="#",
        preview_url="#",
        gradebook_url="#",
        choose_url="#",
        terms=View(
            attempts=says(lang, "2 прохождения", "2 attempts"),
            dates=[(says(lang, "сдать до", "to be done by"), NOON), (says(lang, "закроется", "closes"), NOON)],
            door="",
            ignored=None if whole else says(lang, "Эти настройки не используются: due.", "Not used: due."),
            edit_url="#",
        ),
        now=NOON,
    )
    return Sample("teaching/overview.html", page)


def learner(lang: str) -> Sample:
    answers = [
        View(
            unit_title=says(lang, "Лицей как город", "The lyceum as a city"),
            prompt=paragraph(lang, "К кому идти первым делом?", "Whom to see first?"),
            answer_text=says(lang, *CHOICE[k][1:]),
            verdict=verdict,
            verdict_label=says(lang, ru, en),
            points=Decimal(points),
            points_possible=Decimal(1),
            tries=k + 1,
            answered_at=NOON,
        )
        for k, (verdict, ru, en, points) in enumerate(
            (
                ("correct", "верно", "correct", "1"),
                ("partial", "отчасти", "in part", "0.5"),
                ("wrong", "неверно", "wrong", "0"),
            )
        )
    ]
    attempts = [
        View(number=1, state_label=says(lang, "закончена", "finished"), percent=55, started_at=NOON, finished_at=NOON),
        View(number=2, state_label=says(lang, "идёт", "under way"), percent=None, started_at=NOON, finished_at=None),
    ]
    deliveries = [
        View(
            when=NOON,
            what=says(lang, "Итоговая оценка 55 из 100", "Final grade 55 of 100"),
            outcome=says(lang, "журнал не ответил, повторим в 12:10", "no answer, again at 12:10"),
        )
    ]
    page = View(
        name=says(lang, *NAMES[1]),
        desk_url="#",
        attempts=attempts,
        units=units(lang, 3),
        answers=answers,
        delivery=delivery(lang, "help"),
        resend_url="#",
        deliveries=deliveries,
    )
    return Sample("teaching/learner.html", page)


def mentees(lang: str, come: bool = True) -> Sample:
    rows = [
        View(
            name=says(lang, ru, en),
            state=state,
            state_label=says(lang, state_ru, state),
            percent=percent,
            attempts=attempts,
            last_seen=NOON,
            url="#",
        )
        for ru, en, state, state_ru, percent, attempts in (
            ("Алина К.", "Alina K.", "finished", "завершил", 86, 2),
            ("Тимур П.", "Timur P.", "active", "в работе", None, 1),
        )
    ]
    title = says(lang, "Как работает лицей", "How the lyceum works")
    return Sample("teaching/mentees.html", View(title=title, mentees=rows if come else []))


def error(lang: str) -> Sample:
    page = View(
        code="LTI-204",
        title=says(lang, "Вход не узнан", "The way in was not recognised"),
        happened=says(
            lang,
            "Ссылка входа уже использована или устарела: она живёт пять минут и действует один раз.",
            "The link has been used or is out of date: it lives five minutes and works once.",
        ),
        safe=says(lang, "Ответы и результаты на месте.", "Answers and results are safe."),
        next=says(
            lang, "Вернитесь в курс и откройте задание ещё раз.", "Go back to the course and open the activity again."
        ),
        support_id="7F3K-22",
        retry_url="#",
        return_url="#",
    )
    return Sample("web/error.html", page)


def new_window(lang: str) -> Sample:
    return Sample("lti/new_window.html", View(action="#", fields={"ticket": "abc"}, storage=None))


def from_storage(lang: str) -> Sample:
    view = error(lang).page
    storage = View(origin="https://lms.test", frame="_parent", url="/proof", ticket="abc")
    return Sample("lti/from_storage.html", View(**vars(view), storage=storage, key="lti_state_abc"))


def auto_post(lang: str) -> Sample:
    return Sample("lti/auto_post.html", View(action="/ru/new-window", fields={"JWT": "abc"}))


def gradebook(lang: str, quiet: bool = False) -> Sample:
    """What the desk says of the gradebook; ``quiet``: nothing differs, and units have no columns."""
    differences = [
        View(
            name=says(lang, *NAMES[k]),
            learner_url="#",
            part=says(lang, "Лицей как город", "The lyceum as a city") if k == 1 else None,
            ours=says(lang, "85 из 100", "85 of 100"),
            theirs=says(lang, "3 из 20", "3 of 20") if k == 0 else "—",
            what=says(
                lang,
                "Поставлена вручную и остаётся. Снимите её в журнале, прежде чем отправлять нашу.",
                "A grade set by hand; it stays. Lift it in the gradebook before you send ours.",
            )
            if k == 0
            else says(lang, "Журнал больше не показывает нашу оценку.", "The gradebook does not show our grade."),
            resend_url="#",
            part_id="",
        )
        for k in range(0 if quiet else 2)
    ]
    columns = [
        View(title=says(lang, "Лицей как город", "The lyceum as a city"), line=delivery(lang, "ok")),
        View(title=says(lang, "Мастерские", "Workshops"), line=delivery(lang, "wait")),
        View(title=says(lang, "Проходная", "The gate"), line=delivery(lang, "help")),
    ]
    page = View(
        desk_url="#",
        own_line=delivery(lang, "help" if quiet else "ok"),
        make_url="#" if quiet else None,
        units=[] if quiet else columns,
        units_on=not quiet,
        units_url="#",
        off_url="#",
        maximum=100,
        largest=1000,
        reading=delivery(lang, "ok" if quiet else "wait"),
        compare_url="#",
        differences=differences,
        more=not quiet,
        here_url="#",
    )
    return Sample("teaching/gradebook.html", page)


PAGES: dict[str, Callable[[str], Sample]] = {
    "course": lambda lang: course(lang, 2),
    "gradebook": gradebook,
    "gradebook-quiet": lambda lang: gradebook(lang, quiet=True),
    "gradebook-off": lambda lang: Sample("teaching/gradebook_off.html", View(off_url="#", back_url="#")),
    "course-new": lambda lang: course(lang, 0, attempt=None, kind="seminar"),
    "course-due": lambda lang: course(
        lang, 3, deadline=View(state="due", at=NOON, left=says(lang, "осталось 3 дня", "3 days left"))
    ),
    "course-closed": lambda lang: course(lang, 3, deadline=View(state="closed", at=NOON, left=None)),
    "course-all": lambda lang: course(
        lang, 11, units=units(lang, 7, 11), percent_done=60, finish_url="#", preview=True, desk_url="#", kind="trial"
    ),
    "course-passed": lambda lang: course(
        lang,
        6,
        continue_label="review",
        result=View(percent=82, passed=True, pass_mark=60),
        again_url="#",
        delivery=delivery(lang, "ok"),
        attempt=FINISHED,
    ),
    "read": lambda lang: steps.step(
        lang,
        "read",
        says(lang, "Лицей как город", "The lyceum as a city"),
        html=says(lang, steps.READING_RU, steps.READING_EN),
    ),
    "choice": steps.choice,
    "choice-multiple": lambda lang: steps.choice(lang, multiple=True),
    "choice-closed": steps.choice_closed,
    "choice-correct": steps.choice_correct,
    "choice-partial": steps.choice_partial,
    "short-text": steps.short_text,
    "short-text-error": steps.short_text_error,
    "number": steps.number,
    "number-closed": steps.number_closed,
    "ordering": steps.ordering,
    "ordering-closed": steps.ordering_closed,
    "matching": steps.matching,
    "matching-closed": steps.matching_closed,
    "finish": lambda lang: finish(lang, 3),
    "finish-ready": lambda lang: finish(lang, 0),
    "result": lambda lang: result(lang, 84, True),
    "result-weak": lambda lang: result(lang, 42, False),
    "result-pending": lambda lang: result(lang, 42, False, pending=2),
    "waiting": lambda lang: Sample("player/waiting.html", None),
    "overview": overview,
    "overview-empty": lambda lang: overview(lang, False),
    "overview-unread": lambda lang: overview(lang, whole=False),
    "mentees": mentees,
    "mentees-empty": lambda lang: mentees(lang, False),
    "learner": learner,
    **CHOICES,
    "error": error,
    "new-window": new_window,
    "from-storage": from_storage,
    "auto-post": auto_post,
}
