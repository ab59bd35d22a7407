"""The host that the scores of these tests go to."""

from __future__ import annotations

from tests.gradebook.host import course, host

__all__ = ["course", "host"]
