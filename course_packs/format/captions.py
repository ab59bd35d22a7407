"""Captions of a video: WebVTT files, checked before a browser meets them.

Only what a caption needs: a heading line, blocks apart by empty lines, cues with times (WebVTT §4.1). Styles, regions
and voices pass or are left to the browser; a cue without words or with times that run backwards does not.
"""

from __future__ import annotations

import re
from typing import Final

from course_packs.format.diagnostics import Mark, Report

MAX_BYTES: Final = 100_000
_TIME: Final = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_CUE: Final = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?")
_HEAD: Final = re.compile(r"WEBVTT(?:[ \t].*)?")


def check_captions(text: str, report: Report) -> bool:
    """Whether this is a WebVTT file with captions; what is wrong with it goes to the report."""
    lines = text.split("\n")
    if _HEAD.fullmatch(lines[0]) is None:
        report.add("P312", Mark(1, 1), problem="WEBVTT")
        return False
    sound, last, cues = True, -1, 0
    for number, line in enumerate(lines, start=1):
        if "-->" not in line:
            continue
        cues += 1
        match = _CUE.fullmatch(line.strip())
        start, end = (-1, -1) if match is None else (_milliseconds(match, 1), _milliseconds(match, 5))
        silent = number >= len(lines) or not lines[number].strip()
        if start < last or end <= start or silent:
            report.add("P312", Mark(number, 1), problem=line.strip()[:60])
            sound = False
        last = max(last, start)
    if not cues:
        report.add("P312", Mark(1, 1), problem="00:00.000 --> 00:02.000")
    return sound and cues > 0


def _milliseconds(match: re.Match[str], first: int) -> int:
    hours, minutes, seconds, rest = (int(match[first + index] or 0) for index in range(4))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
