"""Sample views of the connection check."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace as View

from tests.web.sample_steps import Sample, says
from tests.web.samples import NOON

CHECK_STEPS = (
    (
        "registration",
        "Регистрация",
        "Registration",
        "ok",
        ("в порядке", "in order"),
        "Есть: https://moodle.school.example, client id icjTl7j7mAusIm2.",
        "Registered: https://moodle.school.example, client icjTl7j7mAusIm2.",
        None,
    ),
    (
        "clock",
        "Часы",
        "Clocks",
        "partial",
        ("взгляните", "worth a look"),
        "Часы LMS спешат против наших на 20 секунд.",
        "The LMS's clock is 20 seconds ahead of ours.",
        ("Поставьте часы обоих серверов по службе времени (NTP).", "Set the clocks of both servers by NTP."),
    ),
    (
        "token",
        "Разрешение на её службы",
        "Permission to use its services",
        "help",
        ("не работает", "fault"),
        "Вместо токена пришла страница или ошибка (HTTP 404).",
        "Instead of a token there came a page or an error (HTTP 404).",
        (
            "Администрирование › Общее › Безопасность › Безопасность HTTP (HTTP security): уберите адрес инструмента.",
            "Site administration › General › Security › HTTP security: take the tool's address out of the list.",
        ),
    ),
    (
        "columns",
        "Чтение столбцов журнала",
        "Reading the gradebook's columns",
        "none",
        ("не проверено", "not tried"),
        "Без разрешения не попробовать.",
        "Without permission it cannot be tried.",
        None,
    ),
)


def check(lang: str, under_way: bool = False) -> Sample:
    steps = [
        View(
            name=name,
            title=says(lang, ru, en),
            tone=tone,
            label=says(lang, *labels),
            text=says(lang, text_ru, text_en),
            advice=says(lang, *advice) if advice else None,
        )
        for name, ru, en, tone, labels, text_ru, text_en, advice in CHECK_STEPS
    ]
    page = View(
        title=says(lang, "Проверка связи", "Connection check"),
        platform="Moodle",
        issuer="https://moodle.school.example",
        steps=steps[:2] if under_way else steps,
        tone="wait" if under_way else "help",
        summary=says(lang, "Проверка идёт. Это займёт до минуты.", "The check is running; it takes up to a minute.")
        if under_way
        else says(lang, "Не вышел 1 шаг. Ниже сказано, что делать.", "One step failed. Below it says what to do."),
        next_step=steps[2].title if under_way else None,
        checked_at=None if under_way else NOON,
        status_url="/status" if under_way else None,
        here_url="#",
        back_url="#",
    )
    return Sample("console/check.html", page)


PAGES: dict[str, Callable[[str], Sample]] = {
    "check": check,
    "check-running": lambda lang: check(lang, True),
}
