"""A page for everything that can go wrong: what happened, what is safe, what to do, and a code to quote."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from flask import Flask, g, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from lti_tool.db import db
from lti_tool.web.return_links import return_link

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What an error page shows."""

    code: str
    title: str
    happened: str
    safe: str
    next: str
    support_id: str
    retry_url: str | None = None
    return_url: str | None = None


def error_response(
    status: int, code: str, *, title: str, happened: str, safe: str, next_step: str, return_url: str | None = None
) -> tuple[str, int]:
    """Render an error page. The support id is the end of the request's id: it finds the line in the log.

    The way back to the platform is ``g.way_back``, where it waits for an answer, else ``return_url`` or that of the
    present visit, which carries words and code along.
    """
    support_id = g.get("request_id", "")[-8:].upper()
    return_url = return_url or g.get("return_url")
    if return_url:
        return_url = return_link(return_url, error=f"{title}. {happened}", error_log=f"{code} {support_id}")
    page = ErrorPage(
        code=code,
        title=title,
        happened=happened,
        safe=safe,
        next=next_step,
        support_id=support_id,
        return_url=g.get("way_back") or return_url,
    )
    return render_template("web/error.html", page=page), status


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    log.info("request.refused", status=status, method=request.method)
    words = {
        404: (_("There is no such page"), _("The address is wrong, or the page has moved.")),
        405: (_("This page does not work that way"), _("The browser asked in a way that this address does not know.")),
        413: (_("That is too large"), _("What was sent is larger than can be accepted here.")),
    }
    title, happened = words.get(status, (_("This request was not understood"), _("Something in it is not right.")))
    return error_response(
        status,
        f"WEB-{status}",
        title=title,
        happened=happened,
        safe=_("Nothing you have done here is lost."),
        next_step=_("Go back to the course and open the activity again."),
    )


def _crash(error: Exception) -> tuple[str, int]:
    db.session.rollback()
    route = request.url_rule.rule if request.url_rule else "-"
    log.error("request.failed", method=request.method, route=route, exc_info=error)
    return error_response(
        500,
        "WEB-500",
        title=_("Something broke on our side"),
        happened=_("It is not your fault. The error is in our log, with the number below."),
        safe=_("Answers that were accepted are kept; this last action may not have been."),
        next_step=_("Reload the page. If it happens again, tell your teacher the number."),
    )


def init_app(app: Flask) -> None:
    """Hook the pages in."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crash)
