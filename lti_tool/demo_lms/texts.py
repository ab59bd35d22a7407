"""The words of the LMS's pages: written in English in code and templates, shown in Russian unless English was chosen.

The pairs stand in ``russian.json``. The LMS is independent of the tool and has no part in its translation catalogue:
the function is called ``say`` and not ``_`` so that the catalogue's extractor passes it by.
"""

from __future__ import annotations

import json
from pathlib import Path

from flask import has_request_context, session

LANGUAGES = ("ru", "en")

RUSSIAN: dict[str, str] = json.loads(Path(__file__).with_name("russian.json").read_text(encoding="utf-8"))


def language() -> str:
    """The language of this browser: ``ru`` unless English was chosen."""
    chosen = session.get("language") if has_request_context() else None
    return chosen if chosen in LANGUAGES else "ru"


def say(text: str, **values: object) -> str:
    """``text`` in the browser's language, its ``%(name)s`` places filled in; raises KeyError when it has no Russian."""
    spoken = RUSSIAN[text] if language() == "ru" else text.removesuffix(" (f)")
    return spoken % values if values else spoken
