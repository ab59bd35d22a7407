"""Sample pages of the picker, and of an activity that opens later."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from markupsafe import Markup

from course_packs import pick
from lti_tool.catalog.choosing import Choosing
from lti_tool.catalog.editions import EditionView
from lti_tool.catalog.index import Entry, Wanted
from lti_tool.catalog.pages import (
    Addresses,
    PreviewPage,
    SampleTask,
    SettingsPage,
    UnitRow,
    choose_page,
    pack_card,
    settings_item,
    terms_page,
)
from lti_tool.catalog.settings_form import Reading, defaults, from_terms
from lti_tool.catalog.terms import Terms
from tests.web.sample_steps import Sample, View, paragraph, says

ADDRESSES = Addresses(choose="#choose", settings="#settings", take="#take", cancel="#cancel")
OPENS = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)


def _entry(number: int, ru: str, en: str, *, kind: str = "trial", minutes: int = 35, place: str = "workshop") -> Entry:
    return Entry(
        release_id=UUID(int=number),
        pack_id=f"pack-{number}",
        school_id=UUID(int=1) if number == 2 else None,
        kind=kind,
        title={"ru": ru, "en": en},
        summary={
            "ru": "Короткая и честная проба рабочего дня: задания, решения и их последствия.",
            "en": "A short and honest taste of a working day: tasks, decisions and what follows.",
        },
        languages=("ru", "en"),
        minutes=minutes,
        tasks=12,
        units=(),
        grades=(7, 8, 9) if kind == "trial" else (),
        fields=("metallurgy", "materials") if kind == "trial" else ("education",),
        skills={"safety": {"ru": "Безопасность", "en": "Safety"}},
        place=place,
        title_words=frozenset(),
        words=frozenset(),
    )


ENTRIES = [
    _entry(1, "Как работает лицей", "How the lyceum works", kind="course", minutes=40, place="gate"),
    _entry(2, "Инженер-металлург: одна смена у доменной печи", "Metallurgical engineer: one shift at the furnace"),
    _entry(3, "Наставник: первый разговор", "Mentor: the first talk", kind="seminar", minutes=15, place="library"),
    *(_entry(number, f"Проба № {number}", f"Trial no. {number}", place="lab") for number in range(4, 30)),
]


def choose(lang: str, multiple: bool = False, count: int = 3, kind: str = "") -> Sample:
    page = choose_page(
        ENTRIES[:count],
        Choosing(Wanted(kind=kind), 1, ("pack-2",) if multiple else ()),
        lang,
        addresses=ADDRESSES,
        preview_of=lambda _: "#near",
        multiple=multiple,
        problem=None,
    )
    return Sample("catalog/choose.html", page)


def preview(lang: str) -> Sample:
    places = (("Ворота", "The gate"), ("Цех", "The workshop"), ("Лаборатория", "The laboratory"))
    page = PreviewPage(
        card=pack_card(ENTRIES[1], lang, picked=True, preview_url=""),
        skills=[says(lang, "Безопасность", "Safety")],
        attempts=says(lang, "3 прохождения", "3 attempts"),
        pass_mark=60,
        units=[UnitRow(says(lang, *one), says(lang, "Осмотреться.", "Look around."), 10, 4) for one in places],
        task=SampleTask(
            type="short_text",
            prompt=Markup(paragraph(lang, "Как называется наставник ученика?", "What is a mentor called?")),
            view={"max_length": 60},
        ),
        fields=[("q", "смена"), ("pick", "pack-2")],
        multiple=True,
        addresses=ADDRESSES,
        about=[
            (says(lang, "Для кого", "For whom"), says(lang, "ученики", "learners")),
            (says(lang, "Тренирует", "Trains"), says(lang, "работа в команде", "teamwork")),
            (says(lang, "Лицензия", "Licence"), "CC-BY-4.0"),
        ],
    )
    return Sample("catalog/preview.html", page)


def settings(lang: str, wrong: bool = False) -> Sample:
    readings = [defaults(one.pack_id, title=pick(one.title, lang), graded=True) for one in ENTRIES[:2]]
    if wrong:
        readings[1] = Reading(
            "pack-2",
            {"title": "", "points": "120", "attempts": "7", "opens": "2026-12-09T10:00", "due": "2026-12-01T10:00"},
            {
                "title": says(lang, "Напишите название: его показывает курс.", "Give it a title: the course shows it."),
                "points": says(lang, "Целое число баллов от 1 до 100.", "A whole number from 1 to 100."),
                "due": says(lang, "Сдать нужно раньше, чем откроется.", "It is to be done before it opens."),
            },
        )
    page = SettingsPage(
        title=says(lang, "Как это будет стоять в курсе?", "How shall it stand in the course?"),
        items=[settings_item(entry, one, lang) for entry, one in zip(ENTRIES, readings, strict=False)],
        fields=[("pick", "pack-1"), ("pick", "pack-2")],
        zone="Asia/Yekaterinburg",
        titled=True,
        graded=True,
        moodle=True,
        wrong=3 if wrong else 0,
        back=None,
        addresses=ADDRESSES,
    )
    return Sample("catalog/settings.html", page)


def new_edition(lang: str) -> Sample:
    page = terms_page(
        settings_item(ENTRIES[0], from_terms("pack-1", Terms(attempts=2), ZoneInfo("Asia/Yekaterinburg")), lang),
        title=says(lang, "Попытки и сроки", "Attempts and dates"),
        fields=[],
        back="#back",
        take="#take",
        zone="Asia/Yekaterinburg",
        edition=EditionView(
            withdrawn=True,
            number=3,
            published_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
            lines=[
                says(
                    lang,
                    "задание «Куда идти, если печь остановилась?» (furnace/stop): другой ключ или проверка",
                    "task “Where to go when the furnace stops?” (furnace/stop): another key, or marked otherwise",
                ),
                says(
                    lang, "страница «Смена» (furnace/shift): другие слова", "page “A shift” (furnace/shift): reworded"
                ),
            ],
            more=4,
            marks=says(lang, "Те же ответы могут дать другой результат.", "The same answers may earn another result."),
            marks_differ=True,
            take_url="#edition",
        ),
    )
    return Sample("catalog/settings.html", page)


def nothing_fits(lang: str) -> Sample:
    return Sample("catalog/nothing_fits.html", View(title=""), {"cancel_url": "#cancel"})


def early(lang: str) -> Sample:
    page = View(
        title=says(lang, "Инженер-металлург: одна смена", "Metallurgical engineer: one shift"),
        summary=says(lang, "Короткая и честная проба рабочего дня.", "A short and honest taste of a working day."),
        opens_at=OPENS,
    )
    return Sample("player/early.html", page)


CHOICES = {
    "choose": choose,
    "choose-many": lambda lang: choose(lang, True, len(ENTRIES)),
    "choose-narrowed": lambda lang: choose(lang, True, len(ENTRIES), "seminar"),
    "choose-none": lambda lang: choose(lang, False, 0),
    "pack": preview,
    "settings": settings,
    "new-edition": new_edition,
    "settings-wrong": lambda lang: settings(lang, True),
    "nothing-fits": nothing_fits,
    "early": early,
}
