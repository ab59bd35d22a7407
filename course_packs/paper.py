"""A pack on paper: one HTML document to print, for a class without devices, with the answers on a sheet of their own.

What stands on the sheet is what a learner would see on the screen (`TaskType.view`), so no key is in it unless it is
asked for. The same seed prints the same sheet; another gives other orders and other generated numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from course_packs.format.fields import decimal_text
from course_packs.format.model import CompiledPack, Task, Text, pick
from course_packs.tasks import JudgedType, concrete, get_type

_WORDS: dict[str, dict[str, str]] = {
    "ru": {
        "name": "Имя",
        "group": "Класс",
        "date": "Дата",
        "variant": "Вариант",
        "task": "Задание",
        "points": "баллов",
        "one": "Отметьте один вариант.",
        "several": "Отметьте все подходящие варианты.",
        "order": "Пронумеруйте по порядку.",
        "pairs": "Впишите букву пары.",
        "true": "верно",
        "false": "неверно",
        "why": "Почему?",
        "box": "Впишите букву ящика.",
        "mark_picture": "Отметьте на картинке крестиком",
        "places": "мест: ",
        "underline": "Подчеркните то, что считаете ошибкой.",
        "prints": "Что выведет программа?",
        "screen": "Это задание выполняют на экране: на бумаге его не решить. Пропустите его.",
        "answers": "Ответы",
        "answers_note": "Лист для учителя: не раздавать.",
        "no_answer": "ответ не оценивается",
        "letters": "абвгдежзиклмнопрстуфхцчшщэюя",
    },
    "en": {
        "name": "Name",
        "group": "Class",
        "date": "Date",
        "variant": "Variant",
        "task": "Task",
        "points": "points",
        "one": "Tick one option.",
        "several": "Tick all that fit.",
        "order": "Number them in order.",
        "pairs": "Write the letter of the partner.",
        "true": "true",
        "false": "false",
        "why": "Why?",
        "box": "Write the letter of the box.",
        "mark_picture": "Mark with a cross on the picture",
        "places": "places: ",
        "underline": "Underline what you think is a mistake.",
        "prints": "What does the program print?",
        "screen": "This task is done on a screen and cannot be solved on paper. Leave it out.",
        "answers": "Answers",
        "answers_note": "For the teacher: not to be handed out.",
        "no_answer": "not marked",
        "letters": "abcdefghijklmnopqrstuvwxyz",
    },
}


@dataclass(frozen=True)
class PaperTask:
    """A task as it is printed. `answer` is None without keys; empty where nothing can be wrong."""

    number: int
    task: Task
    view: dict[str, Any]
    answer: str | None


def paper_html(pack: CompiledPack, language: str = "ru", *, seed: int = 1, keys: bool = False) -> str:
    """A complete HTML document for A4, pictures inside; with `keys` the answers follow on a new page."""
    data = {media.path: f"data:{media.media_type};base64,{media.data_base64}" for media in pack.media}
    words = _WORDS[language if language in _WORDS else "en"]

    def safe(rendered: str) -> Markup:
        # Compiled HTML is already clean; only the pictures' addresses change.
        for path, address in data.items():
            rendered = rendered.replace(f'"media:{path}"', f'"{address}"')
        return Markup(rendered)  # noqa: S704 - cleaned by format.markdown when the pack was compiled

    def html(text: Text | None) -> Markup:
        return safe("" if text is None else pick(text, language))

    environment = Environment(
        loader=PackageLoader("course_packs"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["safe_html"] = safe
    return environment.get_template("paper.html").render(
        pack=pack,
        tasks={one.task.id: one for one in _tasks(pack, language, seed, keys=keys)},
        html=html,
        plain=lambda text: pick(text, language),
        number=decimal_text,
        letter=lambda index: words["letters"][index % len(words["letters"])],
        language=language,
        words=words,
        seed=seed,
        keys=keys,
    )


def _tasks(pack: CompiledPack, language: str, seed: int, *, keys: bool) -> list[PaperTask]:
    printed = []
    for number, task in enumerate(pack.tasks, start=1):
        task_type, one = get_type(task.type), concrete(task, seed)
        view = task_type.view(one, language=language, seed=seed)
        answer = _answer(one, language) if keys else None
        printed.append(PaperTask(number, one, view, answer))
    return printed


def _answer(task: Task, language: str) -> str:
    """A right answer in one line; an empty string where every answer is right, or people judge it."""
    task_type = get_type(task.type)
    solution = task_type.solution(task, language=language)
    if task_type.mark(task, solution).verdict == "noted" or isinstance(task_type, JudgedType):
        return ""
    return task_type.describe(task, solution, language=language)
