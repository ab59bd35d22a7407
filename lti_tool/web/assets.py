"""Static files: served with a name for each content, so that a browser may keep them for ever."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

ROOT = Path(__file__).parent / "static"
YEAR = 365 * 24 * 3600


@cache
def static_url(path: str) -> str:
    """Return the address of a static file, with a sign of its content.

    Raises:
        FileNotFoundError: there is no such file.
    """
    digest = sha256((ROOT / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def _unsigned_for_less(headers: Headers, path: str, url: str) -> None:
    """What files name without a sign of its content must not be kept as long as the rest.

    The style sheet names the fonts; scripts name modules, and an old one beside a new one would not work together.
    """
    if path.endswith(".woff2"):
        headers["Cache-Control"] = f"public, max-age={YEAR // 52}"
    elif "/js/modules/" in path:
        headers["Cache-Control"] = "no-cache"


def init_app(app: Flask) -> None:
    """Serve the static files and give templates their addresses."""
    app.jinja_env.globals["static_url"] = static_url
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(ROOT),
        prefix="static/",
        max_age=YEAR,
        allow_all_origins=False,
        add_headers_function=_unsigned_for_less,
    )
