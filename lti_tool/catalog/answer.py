"""What is handed to the platform for each chosen pack (Deep Linking §3.2.1)."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import g
from flask_babel import gettext as _

from course_packs import pick
from lti_tool.catalog.index import Entry
from lti_tool.catalog.settings_form import Settings
from lti_tool.config import current_settings
from lti_tool.lti.deep_linking import ContentItem, Picture, Span
from lti_tool.lti.picking import is_picking
from lti_tool.web.assets import static_url
from lti_tool.web.places import PLACE_SIZE

ICON_SIZE = 64


def takes_grades() -> bool:
    """Whether the platform lets us speak of a column in its gradebook."""
    return is_picking() and bool(g.visit.extra["accept_line_item"])


def wants_moodle_points() -> bool:
    """Whether points must be as Moodle takes them: whole, from 1 to 100."""
    return is_picking() and g.visit.extra["family"] == "moodle"


def content_item(entry: Entry, settings: Settings, *, language: str) -> ContentItem:
    """Make the link to a pack.

    Its resource id is that of the pack, not of this link: in a copy of the course the column is found again by it.
    """
    tool = current_settings().public_url
    terms = settings.terms
    width, height = PLACE_SIZE
    return ContentItem(
        title=settings.title,
        text=pick(entry.summary, language),
        # For platforms that lose custom parameters, the address names the pack too.
        url=f"{tool}/lti/launch?{urlencode({'pack': entry.pack_id})}",
        custom=terms.to_custom(entry.pack_id),
        points=settings.points,
        resource_id=entry.pack_id,
        icon=Picture(tool + static_url("icon.svg"), ICON_SIZE, ICON_SIZE),
        thumbnail=Picture(f"{tool}/cover/{entry.release_id}.svg", width, height),
        available=Span(terms.opens, terms.closes),
        submission=Span(terms.opens, terms.due) if terms.due else Span(),
        review_label=_("Work and answers"),
    )
