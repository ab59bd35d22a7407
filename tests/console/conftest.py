"""The LMS whose connection is checked."""

from __future__ import annotations

from tests.console.lms import connection, lms

__all__ = ["connection", "lms"]
