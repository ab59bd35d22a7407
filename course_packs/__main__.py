"""`python -m course_packs lint …`: the pack commands without the rest of the suite."""

from __future__ import annotations

from course_packs.cli import pack

pack(prog_name="python -m course_packs")
