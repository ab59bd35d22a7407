"""Sample steps of a course: a page of reading and the five types of task in their states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import SimpleNamespace as View
from typing import Any


@dataclass(frozen=True)
class Sample:
    template: str
    page: Any
    context: Mapping[str, Any] = field(default_factory=dict)


def says(lang: str, ru: str, en: str) -> str:
    return ru if lang == "ru" else en


def step(
    lang: str, kind: str, title: str, *, html: str = "", task: View | None = None, position: int = 3, **changes: Any
) -> Sample:
    states = ["done", "wrong", "current", "todo", "todo", "todo"]
    word = says(lang, "Шаг", "Step")
    page: dict[str, Any] = {
        "course_title": says(lang, "Как работает лицей", "How the lyceum works"),
        "course_url": "#",
        "unit_number": 2,
        "unit_count": 6,
        "unit_title": says(lang, "Лицей как город", "The lyceum as a city"),
        "position": position,
        "total": 6,
        "dots": [View(url="#", state=state, kind="task", label=f"{word} {k + 1}") for k, state in enumerate(states)],
        "prev_url": "#",
        "next_url": "#",
        "next_label": "next",
        "kind": kind,
        "title": title,
        "html": html,
        "task": task,
        "preview": False,
    }
    return Sample("player/step.html", View(**(page | changes)))


READING_RU = """<p>Лицей устроен как город: у каждого дела есть своё место, а у каждого места — хозяин. Если знать,
где что находится, половина вопросов отпадает сама. Остальную половину <strong>не стыдно задать
вслух</strong>.</p> <h2>Три квартала</h2><ul><li><strong>Учебный</strong>: кабинеты, библиотека,
зал.</li><li><strong>Мастерские</strong>: станки, электроника, кухня.</li>
<li><strong>Лаборатории</strong>: данные, химия, материалы.</li></ul> <aside class="note
note--important"><p><strong>Важно.</strong> В мастерскую без очков не входят даже на минуту — и даже
директор.</p></aside> <table><thead><tr><th>Что случилось</th><th>К кому
идти</th><th>Когда</th></tr></thead><tbody><tr><td>Не открывается журнал</td><td>Куратор
класса</td><td>Сразу</td></tr> <tr><td>Хочется сменить кружок</td><td>Наставник</td><td>До
пятницы</td></tr></tbody></table> <aside class="note note--example"><p>Пример: Аня потеряла пропуск.
Она пишет куратору, а не бежит домой.</p></aside>"""
READING_EN = """<p>The lyceum is made like a city: every task has its place, and every place has somebody who keeps
it. Half of the questions answer themselves once one knows where things are. The other half
<strong>may be asked aloud</strong>.</p> <h2>Three quarters</h2><ul><li><strong>Study</strong>:
classrooms, the library, the hall.</li><li><strong>Workshops</strong>: machines, electronics, the
kitchen.</li> <li><strong>Laboratories</strong>: data, chemistry, materials.</li></ul> <aside
class="note note--important"><p><strong>Important.</strong> Nobody enters the workshop without
goggles, not even for a minute.</p></aside> <table><thead><tr><th>What happened</th><th>Whom to
see</th><th>When</th></tr></thead><tbody><tr><td>The journal does not open</td><td>The
curator</td><td>At once</td></tr> <tr><td>A wish to change the circle</td><td>The mentor</td><td>By
Friday</td></tr></tbody></table> <aside class="note note--example"><p>An example: Anya lost her
pass. She writes to the curator.</p></aside>"""


def paragraph(lang: str, ru: str, en: str) -> str:
    return f"<p>{says(lang, ru, en)}</p>"


def task(lang: str, kind: str, prompt: str, view: dict[str, Any], **changes: Any) -> View:
    base: dict[str, Any] = {
        "id": f"unit-1/{kind}",
        "type": kind,
        "prompt": prompt,
        "view": view,
        "response": None,
        "state": "new",
        "verdict": None,
        "feedback": [],
        "parts": {},
        "solution": None,
        "points": Decimal(0),
        "points_possible": Decimal(1),
        "tries_used": 0,
        "tries_total": 2,
        "hints": [],
        "hint_url": None,
        "hint_cost": Decimal(0),
        "post_url": "",
        "error": None,
        "submission_id": "0195f0b4-0000-7000-8000-000000000001",
        "run": None,
        "judgement": None,
    }
    return View(**(base | changes))


CHOICE = [
    ("a", "Куратору класса", "The class curator"),
    ("b", "Первому, кто встретится в коридоре", "Whoever is met first in the corridor"),
    ("c", "Никому: само откроется", "Nobody: it will open by itself"),
    ("d", "Директору, письмом с подписью и печатью", "The headmaster, by a signed and stamped letter"),
]
ORDER = [
    ("a", "Надеть очки", "Put on goggles"),
    ("b", "Проверить станок", "Check the machine"),
    ("c", "Закрепить заготовку", "Fix the workpiece"),
    ("d", "Включить привод", "Switch on the drive"),
]
PAIRS = [("a", "Куратор", "Curator"), ("b", "Наставник", "Mentor"), ("c", "Тьютор", "Tutor")]
RIGHTS = [
    ("x", "отвечает за класс", "answers for the class"),
    ("y", "ведёт проект", "leads the project"),
    ("z", "помогает выбрать путь", "helps to choose a way"),
    ("w", "выдаёт пропуска и следит за порядком в раздевалке", "gives out passes and keeps order in the cloakroom"),
]


def named(lang: str, rows: Sequence[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{"id": key, "html": paragraph(lang, ru, en)} for key, ru, en in rows]


def choice(lang: str, **changes: Any) -> Sample:
    multiple = bool(changes.pop("multiple", False))
    prompt = paragraph(
        lang,
        "Утром не открывается электронный журнал. К кому идти первым делом?",
        "The journal does not open in the morning. Whom to see first?",
    )
    changes = {"hint_url": "?hint", **changes}
    return step(
        lang,
        "task",
        says(lang, "Кому написать", "Whom to write to"),
        task=task(lang, "choice", prompt, {"multiple": multiple, "options": named(lang, CHOICE)}, **changes),
    )


def choice_closed(lang: str) -> Sample:
    feedback = [
        paragraph(
            lang,
            "Куратор видит весь класс сразу и знает, кому передать дальше.",
            "The curator sees the whole class and knows whom to pass it to.",
        )
    ]
    return choice(
        lang,
        state="closed",
        verdict="wrong",
        response={"chosen": ["b"]},
        parts={"b": False},
        solution={"chosen": ["a"]},
        tries_used=2,
        feedback=feedback,
    )


def choice_correct(lang: str) -> Sample:
    feedback = [
        paragraph(lang, "Именно так: куратор видит весь класс сразу.", "Exactly: the curator sees the whole class.")
    ]
    return choice(
        lang,
        state="closed",
        verdict="correct",
        response={"chosen": ["a"]},
        parts={"a": True},
        solution={"chosen": ["a"]},
        tries_used=1,
        points=Decimal(1),
        feedback=feedback,
    )


def choice_partial(lang: str) -> Sample:
    feedback = [paragraph(lang, "Одного человека не хватает.", "One person is missing.")]
    return choice(
        lang,
        multiple=True,
        state="open",
        verdict="partial",
        response={"chosen": ["a", "c"]},
        parts={"a": True, "c": False},
        tries_used=1,
        feedback=feedback,
    )


def short_text(lang: str, **changes: Any) -> Sample:
    prompt = paragraph(
        lang,
        "Как одним словом называется человек, который ведёт твой проект?",
        "What is the one word for the person who leads a project?",
    )
    return step(
        lang,
        "task",
        says(lang, "Одно слово", "One word"),
        task=task(lang, "short_text", prompt, {"max_length": 200}, **changes),
    )


def short_text_error(lang: str) -> Sample:
    return short_text(
        lang, error=says(lang, "Ответ пуст. Впишите хотя бы слово.", "The answer is empty. Write a word at least.")
    )


def number(lang: str, **changes: Any) -> Sample:
    prompt = paragraph(
        lang,
        "Из 120 учеников смены 30 выбрали мастерские. Сколько это процентов?",
        "30 of 120 learners chose workshops. How many per cent is that?",
    )
    changes = {
        "hints": [paragraph(lang, "Раздели часть на целое.", "Divide the part by the whole.")],
        "hint_url": "?hint",
        "hint_cost": Decimal(25),
        **changes,
    }
    return step(
        lang,
        "task",
        says(lang, "Доля", "A share"),
        task=task(lang, "number", prompt, {"unit": "кг", "units": ["кг", "т"]}, **changes),
    )


def number_closed(lang: str) -> Sample:
    return number(
        lang,
        state="closed",
        verdict="partial",
        response={"number": "0.25", "unit": "т"},
        parts={"answer": False},
        solution={"number": "25", "unit": "кг"},
        tries_used=2,
        points=Decimal("0.5"),
    )


def ordering(lang: str, **changes: Any) -> Sample:
    prompt = paragraph(
        lang, "В каком порядке начинают работу на станке?", "In what order does work on a machine begin?"
    )
    labels = {"first": says(lang, "Сначала", "First"), "last": says(lang, "В конце", "Last")}
    view = {"items": [named(lang, ORDER)[k] for k in (2, 0, 3, 1)], "labels": labels}
    return step(
        lang,
        "task",
        says(lang, "Порядок у станка", "Order at the machine"),
        task=task(lang, "ordering", prompt, view, **changes),
    )


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
    return step(
        lang, "task", says(lang, "Кто есть кто", "Who is who"), task=task(lang, "matching", prompt, view, **changes)
    )


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
        answered.response = {
            "order": sorted(
                (name.removeprefix("position-") for name in form if name.startswith("position-")),
                key=lambda key: int(form[f"position-{key}"][0]),
            )
        }
    return replace(sample, page=View(**{**vars(sample.page), "task": answered}))


def with_hint(sample: Sample) -> Sample:
    """The task after its hint was asked for."""
    hinted = View(**{**vars(sample.page.task), "hints": ["<p>2 + 2</p>"]})
    return replace(sample, page=View(**{**vars(sample.page), "task": hinted}))
