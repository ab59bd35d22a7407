"""What a teacher is choosing: it stands in the addresses of the picker's pages, so each tab has its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from course_packs.format.compiler import KINDS
from course_packs.format.fields import is_slug
from course_packs.format.finding import GRADES
from course_packs.occupations import FIELDS
from lti_tool.catalog.index import MINUTES, Wanted

MAX_PICKS = 20
MAX_TEXT = 100
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Choosing:
    """What is looked for, which page of it is open (from 1), and which packs are picked already, in order."""

    wanted: Wanted
    page: int
    picks: tuple[str, ...]

    @property
    def search_fields(self) -> list[tuple[str, str]]:
        """The search as form fields, without the picks; empty values are left out."""
        wanted = self.wanted
        values = {
            "q": wanted.text,
            "kind": wanted.kind,
            "grade": wanted.grade,
            "field": wanted.field,
            "minutes": wanted.minutes,
            "skill": wanted.skill,
            "page": self.page if self.page > 1 else None,
        }
        return [(name, str(value)) for name, value in values.items() if value]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """All of it as form fields."""
        return [*self.search_fields, *(("pick", pack_id) for pack_id in self.picks)]


def read_choosing(sent: MultiDict[str, str], *, multiple: bool) -> Choosing:
    """Read it from an address or a form. What makes no sense counts as not said: an address is typed by anybody."""
    kind, field, skill = sent.get("kind", ""), sent.get("field", ""), sent.get("skill", "")
    wanted = Wanted(
        text=" ".join(sent.get("q", "").split())[:MAX_TEXT],
        kind=kind if kind in KINDS else "",
        grade=_one_of(sent.get("grade", ""), GRADES),
        field=field if field in FIELDS else "",
        minutes=_one_of(sent.get("minutes", ""), MINUTES),
        skill=skill if is_slug(skill) else "",
    )
    page = sent.get("page", "")
    return Choosing(
        wanted,
        page=max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        picks=read_picks(sent, multiple=multiple),
    )


def read_picks(sent: MultiDict[str, str], *, multiple: bool) -> tuple[str, ...]:
    """The picked packs, each once; of several only the last where one is wanted, since that was pressed."""
    picks = tuple(dict.fromkeys(one for one in sent.getlist("pick") if is_slug(one)))
    return picks[:MAX_PICKS] if multiple else picks[-1:]


def _one_of(text: str, allowed: Sequence[int]) -> int | None:
    return next((number for number in allowed if str(number) == text), None)
