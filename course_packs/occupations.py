"""The fields of work a pack may be about: a closed list, so that packs of different authors are found together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.model import Text

FIELDS: Final[Mapping[str, Text]] = {
    "metallurgy": {"ru": "металлургия", "en": "metallurgy"},
    "engineering": {"ru": "машиностроение", "en": "mechanical engineering"},
    "materials": {"ru": "материалы", "en": "materials"},
    "energy": {"ru": "энергетика", "en": "energy"},
    "electronics": {"ru": "электроника", "en": "electronics"},
    "robotics": {"ru": "робототехника", "en": "robotics"},
    "transport": {"ru": "транспорт и логистика", "en": "transport and logistics"},
    "aerospace": {"ru": "авиация и космос", "en": "aviation and space"},
    "construction": {"ru": "строительство", "en": "construction"},
    "software": {"ru": "программирование", "en": "software"},
    "immersive": {"ru": "виртуальная реальность", "en": "virtual reality"},
    "design": {"ru": "дизайн и графика", "en": "design and graphics"},
    "media": {"ru": "медиа и анимация", "en": "media and animation"},
    "education": {"ru": "педагогика", "en": "education"},
    "medicine": {"ru": "медицина", "en": "medicine"},
    "ecology": {"ru": "экология", "en": "ecology"},
    "business": {"ru": "экономика и управление", "en": "business and management"},
}
"""Key → name in Russian and English. A key is a promise: packs out there carry it."""
