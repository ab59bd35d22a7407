"""What a pack says about itself, in words for the teacher who looks at it from near."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from course_packs import Author, CompiledPack, Text, pick
from course_packs.competences import competence_title

Line = tuple[str, str]
"""A label and what stands under it."""


def about_lines(pack: CompiledPack, titles: Mapping[str, Text], language: str) -> list[Line]:
    """Return what was said, and nothing of what was not. ``titles``: of the packs that this school may have, by id."""
    audience, competences = audience_words(), [*pack.competences]
    prerequisites = [pick(titles[one], language) for one in pack.prerequisites if one in titles]
    lines = [
        (_("For whom"), ", ".join(audience[one] for one in pack.audience if one in audience)),
        (_("Trains"), ", ".join(pick(competence_title(key, pack.skills), language) for key in competences)),
        (_("Better done before"), ", ".join(f"«{one}»" for one in prerequisites)),
        (_("Done when"), completion_words(pack, language)),
        (_("Made by"), "; ".join(author_words(one, language) for one in pack.authors)),
        (_("Licence"), pack.licence),
    ]
    return [(label, words) for label, words in lines if words]


def audience_words() -> dict[str, str]:
    """For whom packs are, in words."""
    return {
        "learners": _("pupils"),
        "teachers": _("teachers"),
        "mentors": _("mentors"),
        "parents": _("parents"),
        "administrators": _("school administrators"),
        "partners": _("partners of the school"),
    }


def completion_words(pack: CompiledPack, language: str) -> str:
    """A pack's rule of completion in words; nothing for a pack that has none."""
    rule = pack.completion
    if rule is None:
        return ""
    if rule.rule == "pass":
        return _("the pass mark is reached")
    if rule.rule == "all-steps":
        return _("all steps are done")
    named = ", ".join(f"«{pick(unit.title, language)}»" for unit in pack.units if unit.id in rule.units)
    return _("these units are done: %(units)s", units=named)


def author_words(author: Author, language: str) -> str:
    """Somebody's part in a pack: "editor: N. N., The Lyceum"."""
    roles = {
        "author": _("author"),
        "expert": _("expert"),
        "editor": _("editor"),
        "methodologist": _("methodologist"),
        "reviewer": _("reviewer"),
        "translator": _("translator"),
        "illustrator": _("illustrator"),
        "developer": _("developer"),
    }
    named = [pick(text, language) for text in (author.name, author.organisation) if text is not None]
    role = roles.get(author.role, author.role)
    return f"{role}: {', '.join(named)}" if named else role
