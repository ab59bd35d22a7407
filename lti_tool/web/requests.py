"""Each request gets an id, a line in the log and, when it only reads, a transaction that only reads."""

from __future__ import annotations

from time import perf_counter

import structlog
from flask import Flask, Response, abort, g, request

from lti_tool.db import expect_writes, new_id

log = structlog.get_logger()


def _begin() -> None:
    g.request_id = new_id().hex
    g.began = perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    expect_writes(request.method not in {"GET", "HEAD", "OPTIONS"})
    # Nobody types this character, and PostgreSQL keeps it in no text: what holds it is no form of ours.
    if any(
        "\0" in text for source in (request.args, request.form) for pair in source.items(multi=True) for text in pair
    ):
        abort(400)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint not in {"health.healthz", "health.readyz"}:
        # The route, not the address: addresses may hold ids.
        route = request.url_rule.rule if request.url_rule else "-"
        took = perf_counter() - g.get("began", perf_counter())
        log.debug("request", method=request.method, route=route, status=response.status_code, ms=round(took * 1000, 1))
    return response


def init_app(app: Flask) -> None:
    """Hook it in."""
    app.before_request(_begin)
    app.after_request(_end)
