"""Which language a page speaks: the visit's, else the browser's, else the installation's."""

from __future__ import annotations

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale

from lti_tool.config import Settings, current_settings

LANGUAGES = ("ru", "en")


def choose_language() -> str:
    """Return "ru" or "en"."""
    if has_request_context():
        visit = g.get("visit")
        if visit is not None:
            return str(visit.language)
        wanted = request.accept_languages.best_match(LANGUAGES)
        if wanted:
            return wanted
    return current_settings().language


def init_app(app: Flask, settings: Settings) -> None:
    """Set up the translations."""
    Babel(app, locale_selector=choose_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.context_processor(lambda: {"lang": str(get_locale())})
