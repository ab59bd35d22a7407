"""The course whose list these tests read."""

from __future__ import annotations

from tests.people.host import roster_course, roster_host

__all__ = ["roster_course", "roster_host"]
