"""The competences a pack may train: the target model «Компетенции 2025» («Россия 2025: от кадров к талантам»).

The model's third group, the digital one, is named there without items. So it is open here: ``3`` stands for the group,
``3.<key>`` for an item that a pack names itself among its `skills`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.model import Text

GROUPS: Final[Mapping[str, Text]] = {
    "1": {"ru": "когнитивные", "en": "cognitive"},
    "2": {"ru": "социально-поведенческие", "en": "social and behavioural"},
    "3": {"ru": "цифровые", "en": "digital"},
}
DIGITAL: Final = "3"

COMPETENCES: Final[Mapping[str, Text]] = {
    "1.1": {"ru": "самосознание", "en": "self-awareness"},
    "1.2": {"ru": "обучаемость", "en": "learning to learn"},
    "1.3": {"ru": "восприятие критики и обратная связь", "en": "taking criticism, giving feedback"},
    "1.4": {"ru": "любознательность", "en": "curiosity"},
    "1.5": {"ru": "организация своей деятельности", "en": "organising one's work"},
    "1.6": {"ru": "приоритизация", "en": "setting priorities"},
    "1.7": {"ru": "адаптивность, работа в условиях неопределённости", "en": "adapting, working in uncertainty"},
    "1.8": {"ru": "ответственность, принятие риска", "en": "responsibility, taking risks"},
    "2.1": {"ru": "работа в команде", "en": "teamwork"},
    "2.2": {"ru": "управление стрессом", "en": "handling stress"},
    "2.3": {"ru": "адекватное восприятие критики", "en": "accepting criticism"},
    "2.4": {"ru": "межкультурное взаимодействие", "en": "working across cultures"},
    "2.5": {"ru": "этичность", "en": "ethics"},
    DIGITAL: {"ru": "цифровые компетенции", "en": "digital competences"},
}
"""Key → name in Russian and English. A key is a promise: packs out there carry it."""


def competence_title(key: str, skills: Mapping[str, Text]) -> Text:
    """The name of a competence; that of an item of the open group stands among the pack's `skills`."""
    if key in COMPETENCES:
        return COMPETENCES[key]
    return skills.get(key.removeprefix(f"{DIGITAL}."), {})
