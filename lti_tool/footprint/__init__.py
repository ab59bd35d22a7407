"""The digital footprint: an append-only record of what a person did. Takes plain values, knows nothing of attempts."""

from __future__ import annotations

from lti_tool.footprint.record import Happening, record

__all__ = ["Happening", "record"]
