"""Reading the containers in which platforms list things: tolerant of what they hold, strict about what is kept."""

from __future__ import annotations

from typing import Any

from lti_tool.lti.services.http import Answer, ServiceAnswer

MAX_TEXT = 255


def entries(answer: Answer, member: str) -> list[Any]:
    """Return the list that stands in a container under a name.

    Raises:
        ServiceAnswer: it is not a container of such a list.
    """
    try:
        document = answer.json()
    except (ValueError, RecursionError) as error:
        raise ServiceAnswer(answer) from error
    listed = document.get(member) if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ServiceAnswer(answer)
    return listed


def text(value: Any) -> str | None:
    """Return a text to show, shortened to 255 characters; None when there is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _storable(value).strip()[:MAX_TEXT] or None if isinstance(value, str) else None


def identifier(value: Any) -> str | None:
    """Return an id as it is (some platforms write numbers); None when it is none that could be kept unchanged."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        return None
    return value if _storable(value) == value else None


def _storable(value: str) -> str:
    """Leave out what no database stores: half a character, and zero."""
    return value.replace("\0", "").encode("utf-8", "ignore").decode()
