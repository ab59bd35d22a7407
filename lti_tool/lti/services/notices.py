"""Platform Notification Service: which notices a platform sends where (§4)."""

from __future__ import annotations

import json

from lti_tool.lti.claims import SCOPE_NOTICE_HANDLERS as SCOPE
from lti_tool.lti.services.connector import Connector
from lti_tool.lti.services.http import Answer, ServiceAnswer

JSON = "application/json"


def read_handlers(connector: Connector, url: str) -> dict[str, str]:
    """Return the addresses that notices go to, by type; an empty one means none.

    Raises:
        ServiceAnswer: not a 2xx, or not a list of handlers. Besides, what `Connector.request` raises.
    """
    answer = connector.request("GET", url, scope=SCOPE, accept=JSON)
    try:
        document = answer.json()
    except ValueError as error:
        raise ServiceAnswer(answer) from error
    handlers = document.get("notice_handlers") if isinstance(document, dict) else None
    if not isinstance(handlers, list):
        raise ServiceAnswer(answer)
    return {
        one["notice_type"]: one["handler"]
        for one in handlers
        if isinstance(one, dict) and isinstance(one.get("notice_type"), str) and isinstance(one.get("handler"), str)
    }


def set_handler(connector: Connector, url: str, *, notice_type: str, handler: str) -> Answer:
    """Let notices of a type be sent to an address of ours; an empty one ends it. Raises as `Connector.request`."""
    body = json.dumps({"notice_type": notice_type, "handler": handler}, separators=(",", ":")).encode()
    return connector.request("PUT", url, scope=SCOPE, accept=JSON, content_type=JSON, body=body)
