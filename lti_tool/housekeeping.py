"""What is swept out now and then: what is over of logins, visits, connections, nameless visitors, old keys."""

from __future__ import annotations

import structlog
from sqlalchemy.orm import Session

from lti_tool.db import db, expect_writes, reading
from lti_tool.learning import anonymous
from lti_tool.lti import keys, notices, states, visits
from lti_tool.lti.platform_keys import current_keyring
from lti_tool.lti.services import tokens
from lti_tool.schools import connecting
from lti_tool.schools.registrations import key_sets

EVERY = 3600.0  # seconds
KEYS_EVERY = 60.0  # seconds between looks at which platforms' key sets are about to expire

log = structlog.get_logger()


def tidy() -> None:
    """Delete what nobody can use any more. Safe to run at any time, by several at once."""
    expect_writes(True)
    session = db.session()
    swept = {
        "logins": states.purge(session),
        "visits": visits.purge(session),
        "anonymous": anonymous.forget_departed(session),
        "connections": connecting.purge(session),
        "notices": notices.purge(session),
        "keys": keys.tidy(session),
        "tokens": tokens.purge(session),
    }
    session.commit()
    if any(swept.values()):
        log.info("housekeeping", **swept)


def renew_platform_keys() -> None:
    """Fetch the platforms' key sets that are about to expire. Safe to run by several at once."""
    with reading(), Session(db.engine) as session:
        used = key_sets(session)  # no transaction stays open while platforms are asked
    renewed = current_keyring().renew_due(used)
    if renewed:
        log.info("platform_keys.renewed", number=renewed)
