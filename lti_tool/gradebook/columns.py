"""Looking a column up in the platform's container, when a launch named none or it is gone (AGS §3.2.5)."""

from __future__ import annotations

from lti_tool.gradebook.claim import Errand
from lti_tool.lti.services import ags
from lti_tool.lti.services.connector import Connector


def find_column(connector: Connector, errand: Errand, *, gone: str | None = None) -> str | None:
    """Return the address of the column of the errand's resource link, or None when it cannot be told.

    One column: that one. Several: the one that carries our resource id, if there is just one. ``gone``: an address that
    is known to be dead. A part of an activity has no other column than the one we made for it. Raises as
    `Connector.request`.
    """
    if errand.part or errand.container_url is None or not ags.may_list(connector.token().granted):
        return None
    items = ags.list_line_items(connector, errand.container_url, resource_link_id=errand.resource_link_id)
    addresses = [item.id for item in items if item.id != gone]
    if len(addresses) > 1:
        addresses = [
            item.id
            for item in items
            if item.id != gone and errand.resource_id is not None and item.resource_id == errand.resource_id
        ]
    return addresses[0] if len(addresses) == 1 else None
