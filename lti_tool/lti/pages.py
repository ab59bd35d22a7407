"""What the few pages of the way in show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandOverPage:
    """A form that leads on, to another window or to the platform: its address and hidden fields."""

    action: str
    fields: Mapping[str, str]
