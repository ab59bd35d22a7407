"""The page for a launch that is refused."""

from __future__ import annotations

import structlog
from flask import Flask, g

from lti_tool.db import db
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.storage import visit_page
from lti_tool.lti.visits import SecretInStorage
from lti_tool.lti.wording import PAGES
from lti_tool.web.errors import error_response

log = structlog.get_logger()

# Before a platform is known nobody can be named who may frame the page; it holds nothing, and an administrator who is
# just connecting a platform must be able to read it inside that platform.
BEFORE_A_PLATFORM_IS_KNOWN = frozenset({"parameters", "unknown-platform", "ambiguous-platform", "pending-platform"})


def refused(error: LaunchError) -> tuple[str, int]:
    """Show the page for a refusal."""
    db.session.rollback()
    g.pop("visit", None)
    rule = error.rule
    log.info("launch.refused", reason=error.reason, code=rule.code, detail=error.detail[:120])
    if error.reason in BEFORE_A_PLATFORM_IS_KNOWN:
        g.frame_origins = ("*",)
    words = PAGES[rule.page]
    return error_response(
        rule.status,
        rule.code,
        title=str(words.title),
        happened=str(words.happened),
        safe=str(words.safe),
        next_step=str(words.next),
        return_url=error.return_url,
    )


def _only_in_storage(error: SecretInStorage) -> str | tuple[str, int]:
    db.session.rollback()
    try:
        return visit_page(error)
    except LaunchError as refusal:
        return refused(refusal)


def init_app(app: Flask) -> None:
    """Hook the page in."""
    app.register_error_handler(LaunchError, refused)
    app.register_error_handler(SecretInStorage, _only_in_storage)
