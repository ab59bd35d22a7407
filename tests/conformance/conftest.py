"""The host that scores and columns go to."""

from __future__ import annotations

from tests.gradebook.host import course, host

__all__ = ["course", "host"]
