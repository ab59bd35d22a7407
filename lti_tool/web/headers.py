"""Headers that keep browsers on our side: who may frame a page, what it may load, what it tells others."""

from __future__ import annotations

from flask import Flask, Response, current_app, g

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action {forms}; frame-ancestors {ancestors}"
)


def _protect(response: Response) -> Response:
    if response.mimetype == "text/html":
        origins = g.get("frame_origins")
        if origins is None:
            origins = current_app.extensions["lyceum.frame_origins"]()
        forms = ["'self'", *g.get("form_origins", ())]
        response.headers["Content-Security-Policy"] = POLICY.format(
            forms=" ".join(forms), ancestors=" ".join(["'self'", *origins])
        )
        response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
    if current_app.extensions["lyceum.settings"].secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def init_app(app: Flask) -> None:
    """Hook it in."""
    app.after_request(_protect)
