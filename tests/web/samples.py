"""Sample views for the gallery: what the player, the desk and the door hand to the templates, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace as View
from typing import Any

NOON = datetime(2026, 9, 1, 12, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    template: str
    page: Any
    context: Mapping[str, Any] = field(default_factory=dict)


def says(lang: str, ru: str, en: str) -> str:
    return ru if lang == "ru" else en


PLACES = (
    ("gate", "Приезд и первый день", "Arrival and the first day", "К кому идти, где что лежит, как не потеряться.", "Whom to ask, where things are, how not to get lost."),
    ("square", "Лицей как город", "The lyceum as a city", "Кварталы, мастерские и лаборатории: что за чем стоит.", "Quarters, workshops and laboratories: what stands behind what."),
    ("library", "Правила, на которых всё держится", "The rules everything rests on", "Расписание, проекты, оценивание.", "Timetable, projects, marking."),
    ("workshop", "Мастерская: техника безопасности", "The workshop: safety", "Очки, рукава, «стоп» и кто его говорит.", "Goggles, sleeves, “stop” and who says it."),
    ("lab", "Лаборатория данных", "The data laboratory", "Как устроен журнал и что он о тебе знает.", "How the journal works and what it knows."),
    ("hall", "Люди лицея", "People of the lyceum", "Наставник, куратор, тьютор — кто есть кто.", "Mentor, curator, tutor: who is who."),
    ("bridge", "Мост к профессии", "A bridge to a profession", "Что такое профессиональная проба.", "What a professional trial is."),
    ("tower", "Часы и сроки", "Hours and deadlines", "Как планировать неделю.", "How to plan a week."),
    ("observatory", "Взгляд вперёд", "Looking ahead", "Портфолио и выбор пути.", "Portfolio and choosing a way."),
    ("garden", "Сад: как отдыхать", "The garden: how to rest", "Перемены, кружки, тишина.", "Breaks, circles, silence."),
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
        "ok": says(lang, "Оценка доставлена в журнал в 12:03", "The grade reached the gradebook at 12:03"),
        "wait": says(lang, "Результат сохранён, оценка в пути", "The result is safe, the grade is on its way"),
        "help": says(lang, "Результат сохранён, оценка не дошла: сообщите администратору", "The result is safe, the grade did not arrive: tell the administrator"),
    }[tone]
    return View(tone=tone, text=text, code="LTI-412" if tone == "help" else None, status_url="/status" if tone == "wait" else None)


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


def step(lang: str, kind: str, title: str, *, html: str = "", task: View | None = None, position: int = 3, **changes: Any) -> Sample:
    states = ["done", "wrong", "current", "todo", "todo", "todo"]
    word = says(lang, "Шаг", "Step")
    page: dict[str, Any] = dict(
        course_title=says(lang, "Как работает лицей", "How the lyceum works"),
        course_url="#",
        unit_number=2,
        unit_count=6,
        unit_title=says(lang, "Лицей как город", "The lyceum as a city"),
        position=position,
        total=6,
        dots=[View(url="#", state=state, kind="task", label=f"{word} {k + 1}") for k, state in enumerate(states)],
        prev_url="#",
        next_url="#",
        next_label="next",
        kind=kind,
        title=title,
        html=html,
        task=task,
        preview=False,
    )
    return Sample("player/step.html", View(**(page | changes)))


READING_RU = """<p>Лицей устроен как город: у каждого дела есть своё место, а у каждого места — хозяин. Если знать, где что находится, половина вопросов
отпадает сама. Остальную половину <strong>не стыдно задать вслух</strong>.</p>
<h2>Три квартала</h2><ul><li><strong>Учебный</strong>: кабинеты, библиотека, зал.</li><li><strong>Мастерские</strong>: станки, электроника, кухня.</li>
<li><strong>Лаборатории</strong>: данные, химия, материалы.</li></ul>
<aside class="note note--important"><p><strong>Важно.</strong> В мастерскую без очков не входят даже на минуту — и даже директор.</p></aside>
<table><thead><tr><th>Что случилось</th><th>К кому идти</th><th>Когда</th></tr></thead><tbody><tr><td>Не открывается журнал</td><td>Куратор класса</td><td>Сразу</td></tr>
<tr><td>Хочется сменить кружок</td><td>Наставник</td><td>До пятницы</td></tr></tbody></table>
<aside class="note note--example"><p>Пример: Аня потеряла пропуск. Она пишет куратору, а не бежит домой.</p></aside>"""
READING_EN = """<p>The lyceum is made like a city: every task has its place, and every place has somebody who keeps it. Half of the questions answer
themselves once one knows where things are. The other half <strong>may be asked aloud</strong>.</p>
<h2>Three quarters</h2><ul><li><strong>Study</strong>: classrooms, the library, the hall.</li><li><strong>Workshops</strong>: machines, electronics, the kitchen.</li>
<li><strong>Laboratories</strong>: data, chemistry, materials.</li></ul>
<aside class="note note--important"><p><strong>Important.</strong> Nobody enters the workshop without goggles, not even for a minute.</p></aside>
<table><thead><tr><th>What happened</th><th>Whom to see</th><th>When</th></tr></thead><tbody><tr><td>The journal does not open</td><td>The curator</td><td>At once</td></tr>
<tr><td>A wish to change the circle</td><td>The mentor</td><td>By Friday</td></tr></tbody></table>
<aside class="note note--example"><p>An example: Anya lost her pass. She writes to the curator.</p></aside>"""


def paragraph(lang: str, ru: str, en: str) -> str:
    return f"<p>{says(lang, ru, en)}</p>"


def task(lang: str, kind: str, prompt: str, view: dict[str, Any], **changes: Any) -> View:
    base: dict[str, Any] = dict(
        id=f"unit-1/{kind}",
        type=kind,
        prompt=prompt,
        view=view,
        response=None,
        state="new",
        verdict=None,
        feedback=[],
        parts={},
        solution=None,
        points=Decimal(0),
        points_possible=Decimal(1),
        tries_used=0,
        tries_total=2,
        hint=None,
        hint_url=None,
        post_url="",
        error=None,
        submission_id="0195f0b4-0000-7000-8000-000000000001",
    )
    return View(**(base | changes))


CHOICE = [
    ("a", "Куратору класса", "The class curator"),
    ("b", "Первому, кто встретится в коридоре", "Whoever is met first in the corridor"),
    ("c", "Никому: само откроется", "Nobody: it will open by itself"),
    ("d", "Директору, письмом с подписью и печатью", "The headmaster, by a signed and stamped letter"),
]
ORDER = [("a", "Надеть очки", "Put on goggles"), ("b", "Проверить станок", "Check the machine"), ("c", "Закрепить заготовку", "Fix the workpiece"), ("d", "Включить привод", "Switch on the drive")]
PAIRS = [("a", "Куратор", "Curator"), ("b", "Наставник", "Mentor"), ("c", "Тьютор", "Tutor")]
RIGHTS = [("x", "отвечает за класс", "answers for the class"), ("y", "ведёт проект", "leads the project"), ("z", "помогает выбрать путь", "helps to choose a way"), ("w", "выдаёт пропуска и следит за порядком в раздевалке", "gives out passes and keeps order in the cloakroom")]


def named(lang: str, rows: Sequence[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{"id": key, "html": paragraph(lang, ru, en)} for key, ru, en in rows]


def choice(lang: str, **changes: Any) -> Sample:
    multiple = bool(changes.pop("multiple", False))
    prompt = paragraph(lang, "Утром не открывается электронный журнал. К кому идти первым делом?", "The journal does not open in the morning. Whom to see first?")
    changes = {"hint_url": "?hint", **changes}
    return step(lang, "task", says(lang, "Кому написать", "Whom to write to"), task=task(lang, "choice", prompt, {"multiple": multiple, "options": named(lang, CHOICE)}, **changes))


def choice_closed(lang: str) -> Sample:
    feedback = [paragraph(lang, "Куратор видит весь класс сразу и знает, кому передать дальше.", "The curator sees the whole class and knows whom to pass it to.")]
    return choice(lang, state="closed", verdict="wrong", response={"chosen": ["b"]}, parts={"b": False}, solution={"chosen": ["a"]}, tries_used=2, feedback=feedback)


def choice_correct(lang: str) -> Sample:
    feedback = [paragraph(lang, "Именно так: куратор видит весь класс сразу.", "Exactly: the curator sees the whole class.")]
    return choice(lang, state="closed", verdict="correct", response={"chosen": ["a"]}, parts={"a": True}, solution={"chosen": ["a"]}, tries_used=1, points=Decimal(1), feedback=feedback)


def choice_partial(lang: str) -> Sample:
    feedback = [paragraph(lang, "Одного человека не хватает.", "One person is missing.")]
    return choice(lang, multiple=True, state="open", verdict="partial", response={"chosen": ["a", "c"]}, parts={"a": True, "c": False}, tries_used=1, feedback=feedback)


def short_text(lang: str, **changes: Any) -> Sample:
    prompt = paragraph(lang, "Как одним словом называется человек, который ведёт твой проект?", "What is the one word for the person who leads a project?")
    return step(lang, "task", says(lang, "Одно слово", "One word"), task=task(lang, "short_text", prompt, {"max_length": 200}, **changes))


def short_text_error(lang: str) -> Sample:
    return short_text(lang, error=says(lang, "Ответ пуст. Впишите хотя бы слово.", "The answer is empty. Write a word at least."))


def number(lang: str, **changes: Any) -> Sample:
    prompt = paragraph(lang, "Из 120 учеников смены 30 выбрали мастерские. Сколько это процентов?", "30 of 120 learners chose workshops. How many per cent is that?")
    changes = {"hint": paragraph(lang, "Раздели часть на целое.", "Divide the part by the whole."), **changes}
    return step(lang, "task", says(lang, "Доля", "A share"), task=task(lang, "number", prompt, {"unit": "кг", "units": ["кг", "т"]}, **changes))


def number_closed(lang: str) -> Sample:
    return number(lang, state="closed", verdict="partial", response={"number": "0.25", "unit": "т"}, parts={"answer": False}, solution={"number": "25", "unit": "кг"}, tries_used=2, points=Decimal("0.5"))


def ordering(lang: str, **changes: Any) -> Sample:
    prompt = paragraph(lang, "В каком порядке начинают работу на станке?", "In what order does work on a machine begin?")
    labels = {"first": says(lang, "Сначала", "First"), "last": says(lang, "В конце", "Last")}
    view = {"items": [named(lang, ORDER)[k] for k in (2, 0, 3, 1)], "labels": labels}
    return step(lang, "task", says(lang, "Порядок у станка", "Order at the machine"), task=task(lang, "ordering", prompt, view, **changes))


def ordering_closed(lang: str) -> Sample:
    return ordering(
        lang,
        state="closed",
        verdict="partial",
        response={"order": ["a", "c", "b", "d"]},
        parts={"a": True, "c": False, "b": False, "d": True},
        solution={"order": ["a", "b", "c", "d"]},
        tries_used=2,
        points=Decimal("0.5"),
    )


def matching(lang: str, **changes: Any) -> Sample:
    prompt = paragraph(lang, "Кто чем занят в лицее?", "Who does what in the lyceum?")
    view = {"left": named(lang, PAIRS), "right": named(lang, RIGHTS)}
    return step(lang, "task", says(lang, "Кто есть кто", "Who is who"), task=task(lang, "matching", prompt, view, **changes))


def matching_closed(lang: str) -> Sample:
    return matching(
        lang,
        state="closed",
        verdict="partial",
        response={"pairs": {"a": "x", "b": "z", "c": "w"}},
        parts={"a": True, "b": False, "c": False},
        solution={"pairs": {"a": "x", "b": "y", "c": "z"}},
        tries_used=2,
        points=Decimal("0.33"),
    )


def after_answer(sample: Sample, form: Mapping[str, Sequence[str]]) -> Sample:
    """The task as the player would show it after a right answer (any answer is right here)."""
    view = sample.page.task
    answered = View(**{**vars(view), "state": "closed", "verdict": "correct", "tries_used": 1, "points": Decimal(1)})
    if view.type == "choice":
        answered.response = {"chosen": list(form.get("choice", []))}
    if view.type == "ordering":
        answered.response = {"order": sorted((name.removeprefix("position-") for name in form if name.startswith("position-")), key=lambda key: int(form[f"position-{key}"][0]))}
    return replace(sample, page=View(**{**vars(sample.page), "task": answered}))


def with_hint(sample: Sample) -> Sample:
    """The task after its hint was asked for."""
    hinted = View(**{**vars(sample.page.task), "hint": "<p>2 + 2</p>"})
    return replace(sample, page=View(**{**vars(sample.page), "task": hinted}))


def result(lang: str, percent: int, passed: bool) -> Sample:
    mistakes = [
        View(kind="safety", kind_label=says(lang, "Безопасность", "Safety"), severity="critical", severity_label=says(lang, "критично", "critical"), count=1, notes=[says(lang, "Станок включён до проверки.", "The machine was switched on before the check.")]),
        View(kind="knowledge", kind_label=says(lang, "Знание правил", "Knowledge"), severity="minor", severity_label=says(lang, "мелочь", "minor"), count=2, notes=[says(lang, "Куратор и тьютор перепутаны.", "Curator and tutor are mixed up.")]),
    ]
    page = View(
        course_title=says(lang, "Как работает лицей", "How the lyceum works"),
        course_url="#",
        result=View(percent=percent, passed=passed, pass_mark=60),
        counted=None if passed else View(percent=55, passed=False, pass_mark=60),
        units=units(lang, 6),
        mistakes=mistakes,
        delivery=delivery(lang, "wait" if passed else "help"),
        again_url="#",
        attempt=FINISHED,
        finished_at=NOON,
    )
    return Sample("player/result.html", page)


def finish(lang: str, unanswered: int) -> Sample:
    rows = [(says(lang, f"Мастерская: задание {k + 1}", f"The workshop: task {k + 1}"), "#") for k in range(unanswered)]
    return Sample("player/finish.html", View(course_title=says(lang, "Как работает лицей", "How the lyceum works"), course_url="#", unanswered=rows, answered=12 - unanswered, total=12, post_url="#"))


NAMES = (("Ученик Первый", "Learner One"), ("Ученица Вторая-Длиннофамильная", "Learner Two-Longname"), ("Ученик Третий", "Learner Three"), ("Ученица Четвёртая", "Learner Four"))


def overview(lang: str, learners: bool = True) -> Sample:
    states = (("finished", "закончил(а)", "finished"), ("active", "в пути", "on the way"), ("finished", "закончил(а)", "finished"), ("new", "ещё не заходил(а)", "not yet in"))
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
            url="#",
        )
        for k in range(4 if learners else 0)
    ]
    page = View(
        title=says(lang, "Кто как идёт", "Who is where"),
        course_title=says(lang, "Как работает лицей", "How the lyceum works"),
        learners=rows,
        counts={"learners": len(rows), "started": 3 if learners else 0, "finished": 2 if learners else 0, "help": 1 if learners else 0},
        preview_url="#",
        choose_url="#",
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
        for k, (verdict, ru, en, points) in enumerate((("correct", "верно", "correct", "1"), ("partial", "отчасти", "in part", "0.5"), ("wrong", "неверно", "wrong", "0")))
    ]
    attempts = [
        View(number=1, state_label=says(lang, "закончена", "finished"), percent=55, started_at=NOON, finished_at=NOON),
        View(number=2, state_label=says(lang, "идёт", "under way"), percent=None, started_at=NOON, finished_at=None),
    ]
    deliveries = [View(when=NOON, what=says(lang, "Итоговая оценка 55 из 100", "Final grade 55 of 100"), outcome=says(lang, "журнал не ответил, повторим в 12:10", "no answer, again at 12:10"))]
    page = View(name=says(lang, *NAMES[1]), desk_url="#", attempts=attempts, units=units(lang, 3), answers=answers, delivery=delivery(lang, "help"), resend_url="#", deliveries=deliveries)
    return Sample("teaching/learner.html", page)


def choose(lang: str, multiple: bool = False, packs: bool = True) -> Sample:
    rows = [
        View(id=f"pack-{k}", title=says(lang, ru, en), summary=says(lang, "Короткая и честная проба рабочего дня: задания, решения и их последствия.", "A short and honest taste of a working day."), minutes=minutes, kind_label=says(lang, kind_ru, kind_en), tasks=tasks, languages=["ru", "en"])
        for k, (ru, en, minutes, kind_ru, kind_en, tasks) in enumerate(
            (
                ("Как работает лицей", "How the lyceum works", 40, "Курс", "Course", 21),
                ("Инженер-металлург: одна смена", "Metallurgical engineer: one shift", 35, "Проба", "Trial", 12),
                ("Наставник: первый разговор", "Mentor: the first talk", 25, "Семинар", "Seminar", 5),
            )
        )
    ]
    page = View(title=says(lang, "Что поставить сюда", "What should stand here"), packs=rows if packs else [], post_url="#", fields={"state": "abc"}, cancel_url="#", multiple=multiple)
    return Sample("catalog/choose.html", page)


def error(lang: str) -> Sample:
    page = View(
        code="LTI-204",
        title=says(lang, "Вход не узнан", "The way in was not recognised"),
        happened=says(lang, "Ссылка входа уже использована или устарела: она живёт пять минут и действует один раз.", "The link has been used or is out of date: it lives five minutes and works once."),
        safe=says(lang, "Ответы и результаты на месте.", "Answers and results are safe."),
        next=says(lang, "Вернитесь в курс и откройте задание ещё раз.", "Go back to the course and open the activity again."),
        support_id="7F3K-22",
        retry_url="#",
        return_url="#",
    )
    return Sample("web/error.html", page)


def new_window(lang: str) -> Sample:
    return Sample("lti/new_window.html", View(action="#", fields={"ticket": "abc"}))


def auto_post(lang: str) -> Sample:
    return Sample("lti/auto_post.html", View(action="/ru/new-window", fields={"JWT": "abc"}))


PAGES: dict[str, Callable[[str], Sample]] = {
    "course": lambda lang: course(lang, 2),
    "course-new": lambda lang: course(lang, 0, attempt=None, kind="seminar"),
    "course-all": lambda lang: course(lang, 11, units=units(lang, 7, 11), percent_done=60, finish_url="#", preview=True, desk_url="#", kind="trial"),
    "course-passed": lambda lang: course(
        lang, 6, continue_label="review", result=View(percent=82, passed=True, pass_mark=60), again_url="#", delivery=delivery(lang, "ok"), attempt=FINISHED
    ),
    "read": lambda lang: step(lang, "read", says(lang, "Лицей как город", "The lyceum as a city"), html=says(lang, READING_RU, READING_EN)),
    "choice": choice,
    "choice-multiple": lambda lang: choice(lang, multiple=True),
    "choice-closed": choice_closed,
    "choice-correct": choice_correct,
    "choice-partial": choice_partial,
    "short-text": short_text,
    "short-text-error": short_text_error,
    "number": number,
    "number-closed": number_closed,
    "ordering": ordering,
    "ordering-closed": ordering_closed,
    "matching": matching,
    "matching-closed": matching_closed,
    "finish": lambda lang: finish(lang, 3),
    "finish-ready": lambda lang: finish(lang, 0),
    "result": lambda lang: result(lang, 84, True),
    "result-weak": lambda lang: result(lang, 42, False),
    "waiting": lambda lang: Sample("player/waiting.html", None),
    "overview": overview,
    "overview-empty": lambda lang: overview(lang, False),
    "learner": learner,
    "choose": choose,
    "choose-many": lambda lang: choose(lang, True),
    "choose-none": lambda lang: choose(lang, False, False),
    "error": error,
    "new-window": new_window,
    "auto-post": auto_post,
}
