"""The servers of these tests."""

from __future__ import annotations

from tests.failure.servers import demo, pytest_runtest_makereport, servers

__all__ = ["demo", "pytest_runtest_makereport", "servers"]
