"""Plugin: training of mentors. It holds its place; its seminars and the mentoring bank come with their own edition."""

from __future__ import annotations

from lti_tool.plugins import Plugin

plugin = Plugin(name="mentor_training")
