"""What all pages share: layout, look, languages, headers, error pages. Knows no feature."""

from __future__ import annotations

from flask import Flask

from lti_tool.config import Settings
from lti_tool.web import assets, errors, formats, headers, languages, requests
from lti_tool.web.icons import icon
from lti_tool.web.places import place_picture
from lti_tool.web.return_links import return_link
from lti_tool.web.skyline import skyline


def init_app(app: Flask, settings: Settings) -> None:
    """Equip the application."""
    languages.init_app(app, settings)
    assets.init_app(app)
    formats.init_app(app)
    requests.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    app.jinja_env.globals.update(icon=icon, place_picture=place_picture, skyline=skyline, return_link=return_link)
