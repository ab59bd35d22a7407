"""Texts of a compiled pack as HTML for a page: made safe when the pack was compiled, its pictures found by release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import url_for
from markupsafe import Markup

from course_packs import pick


def pack_html(text: Mapping[str, str], language: str, release_id: UUID | None) -> Markup:
    """Return a text of a pack as HTML, with the addresses of its pictures."""
    return _with_pictures(pick(text, language), release_id)


def task_values(value: Any, release_id: UUID | None) -> Any:
    """Mark the HTML in a task's view as safe: it comes from the compiled pack; everything else is escaped as ever."""
    if isinstance(value, dict):
        return {
            key: _with_pictures(one, release_id) if key == "html" else task_values(one, release_id)
            for key, one in value.items()
        }
    return [task_values(one, release_id) for one in value] if isinstance(value, list | tuple) else value


def _with_pictures(html: str, release_id: UUID | None) -> Markup:
    if 'src="media:' in html:
        html = html.replace('src="media:', f'src="{url_for("catalog.media", release_id=release_id, name="")}')
    return Markup(html)  # noqa: S704  # sanitised by course_packs.format.markdown
