"""A formula: the field of a number."""

from __future__ import annotations

from tests.e2e.playing.number import by_keyboard, by_touch

__all__ = ["by_keyboard", "by_touch"]
