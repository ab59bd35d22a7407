"""What every request needs: settings, keys, and the tool's key set."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app

from .assertion import ToolKeys
from .platform_storage import Storage
from .settings import Settings
from .signing_key import SigningKey


@dataclass(frozen=True)
class Runtime:
    """The running LMS, kept at ``app.extensions["demo_lms"]``."""

    settings: Settings
    signing_key: SigningKey
    tool_keys: ToolKeys
    storage: Storage = field(default_factory=Storage)

    def keys_at(self, url: str) -> ToolKeys:
        """The keys that a tool publishes at the address it registered."""
        return self.tool_keys if url == self.settings.tool_jwks_url else ToolKeys(url)


def current() -> Runtime:
    """The runtime of the application that serves this request."""
    found: Runtime = current_app.extensions["demo_lms"]
    return found
