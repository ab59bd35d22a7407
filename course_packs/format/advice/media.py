"""Advice on pictures: weight, size, words for those who do not see them."""

from __future__ import annotations

import re
from typing import Final

from course_packs.format.advice.subject import Subject
from course_packs.format.diagnostics import START
from course_packs.format.pictures import FOLDER

HEAVY_BYTES: Final = 200_000
WIDEST: Final = 1600
ALL_BYTES: Final = 5_000_000
_ALT: Final = re.compile(r'<img[^>]*?\balt="([^"]*)"')
_FILE_NAME: Final = re.compile(
    r"(?:\S+\.(?:png|jpe?g|svg|webp|gif)|(?:img|dsc|image|pic|screenshot)[-_ ]?\d*)", re.IGNORECASE
)


def advise(subject: Subject) -> None:
    """Heavy, needlessly wide, named instead of described."""
    for name, picture in subject.pictures.items():
        file = FOLDER + name
        if len(picture.data) > HEAVY_BYTES:
            subject.say("P530", file, START, name=file, size=len(picture.data) // 1000)
        if picture.width > WIDEST and picture.media_type != "image/svg+xml":
            subject.say("P531", file, START, name=file, width=picture.width, limit=WIDEST)
    total = sum(len(picture.data) for picture in subject.pictures.values())
    if total > ALL_BYTES:
        subject.say("P532", "pack.yaml", START, size=total // 1000)
    for unit, step in subject.steps():
        texts = step.task.prompt if step.task is not None else step.html or {}
        for language, html in texts.items():
            for alt in _ALT.findall(html):
                if _FILE_NAME.fullmatch(alt) is None:
                    continue
                if step.task is not None:
                    subject.say_of_task("P533", step.task, "prompt", value=alt)
                else:
                    file = subject.page_file(unit, step, language)
                    subject.say("P533", file, subject.find(file, f"![{alt}]"), value=alt)
