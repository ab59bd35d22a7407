"""What the page of the choice shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from course_packs import pick
from lti_tool.catalog.models import PackRelease


@dataclass(frozen=True, slots=True)
class PackCard:
    """A pack to choose."""

    id: str
    title: str
    summary: str
    minutes: int
    kind_label: str
    tasks: int
    languages: Sequence[str]


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """The choice of what stands here."""

    title: str
    packs: Sequence[PackCard]
    post_url: str
    fields: Mapping[str, str]
    cancel_url: str | None
    multiple: bool


def kind_label(kind: str) -> str:
    """A kind of pack in words."""
    return {"course": _("course"), "seminar": _("seminar"), "trial": _("professional trial")}.get(kind, kind)


def pack_card(release: PackRelease, language: str) -> PackCard:
    """Make the card of a release."""
    return PackCard(
        id=release.pack_id,
        title=pick(release.title, language),
        summary=pick(release.summary, language),
        minutes=release.minutes,
        kind_label=kind_label(release.kind),
        tasks=release.task_count,
        languages=release.languages,
    )
