"""What the few pages of the way in show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Storage:
    """Where the platform's page can be asked to keep something, and what our script does next.

    ``origin`` must answer, ``frame`` is the name of the frame that keeps data; ``url`` is where the script posts the
    ``ticket``: the login's id, or the state of the launch that waits.
    """

    origin: str
    frame: str
    url: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class HandOverPage:
    """A form that leads on, to another window or to the platform: its address and hidden fields.

    ``storage``: tried first, where there is one.
    """

    action: str
    fields: Mapping[str, str]
    storage: Storage | None = None


@dataclass(frozen=True, slots=True)
class StoragePage:
    """A page whose script fetches a secret from the platform's storage; the words are for when that fails.

    ``key``: under which the secret is kept.
    """

    storage: Storage
    key: str
    code: str
    title: str
    happened: str
    safe: str
    next: str
    support_id: str
    retry_url: str | None = None
    return_url: str | None = None
