"""What is swept out now and then: logins and visits that are over."""

from __future__ import annotations

import structlog

from lti_tool.db import db, expect_writes
from lti_tool.lti import states, visits

EVERY = 3600.0  # seconds

log = structlog.get_logger()


def tidy() -> None:
    """Delete what nobody can use any more. Safe to run at any time, by several at once."""
    expect_writes(True)
    session = db.session()
    logins, ended = states.purge(session), visits.purge(session)
    session.commit()
    if logins or ended:
        log.info("housekeeping", logins=logins, visits=ended)
