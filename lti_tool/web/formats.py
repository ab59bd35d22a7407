"""Times and numbers as people of the page's language write them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import flask_babel
from flask import Flask


def format_time(moment: datetime) -> str:
    """«12:03», in the zone of the school."""
    return flask_babel.format_time(moment, "HH:mm")


def format_datetime(moment: datetime) -> str:
    """«23 нояб., 12:03», in the zone of the school."""
    pattern = "d MMM, HH:mm" if flask_babel.get_locale().language == "ru" else "MMM d, HH:mm"
    return flask_babel.format_datetime(moment, pattern)


def format_date(moment: datetime) -> str:
    """«1 сентября 2026», in the zone of the school."""
    pattern = "d MMMM y" if flask_babel.get_locale().language == "ru" else "MMMM d, y"
    return str(flask_babel.format_date(moment, pattern))


def format_number(number: Decimal | int) -> str:
    """«1 234,5»: two decimals at most, without idle zeros."""
    return flask_babel.format_decimal(Decimal(number), format="#,##0.##")


def zone_name() -> str:
    """The zone in which times are written: "Asia/Yekaterinburg"."""
    return str(flask_babel.get_timezone())


def init_app(app: Flask) -> None:
    """Give templates the formats."""
    app.jinja_env.globals.update(
        format_time=format_time,
        format_date=format_date,
        format_datetime=format_datetime,
        format_number=format_number,
        zone_name=zone_name,
    )
