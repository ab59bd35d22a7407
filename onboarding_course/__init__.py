"""Plugin: the onboarding course «Как работает лицей»."""

from __future__ import annotations

from pathlib import Path

from lti_tool.plugins import Plugin

plugin = Plugin(name="onboarding_course", packs=(Path(__file__).parent / "packs" / "kak-rabotaet-licej",))
