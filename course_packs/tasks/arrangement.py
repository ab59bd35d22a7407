"""Ids and orders that say nothing about the key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from random import Random
from typing import TypeVar

from course_packs.format.diagnostics import Marked, Report
from course_packs.format.markdown import plain_text
from course_packs.format.model import Task, Text

Entry = TypeVar("Entry")


def letter(index: int) -> str:
    """0 → a, 1 → b, …: ids of up to 26 entries."""
    return chr(ord("a") + index)


def opaque_ids(texts: Sequence[Text]) -> list[str]:
    """A letter for each of the (different) texts, in the order of their hashes: no id tells an entry's true place."""
    digests = [hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest() for text in texts]
    ranks = {digest: rank for rank, digest in enumerate(sorted(set(digests)))}
    return [letter(ranks[digest]) for digest in digests]


def shuffled(entries: Sequence[Entry], task: Task, seed: int) -> list[Entry]:
    """The entries in an order fixed by seed and task. Random seeded with a string is stable across Python versions."""
    order = list(entries)
    Random(f"{seed}/{task.id}").shuffle(order)
    return order


def report_repeats(texts: Sequence[tuple[Text, Marked]], report: Report) -> None:
    """Report every text that reads the same as an earlier one, in the main language."""
    seen: set[str] = set()
    for text, place in texts:
        html = next(iter(text.values()), "")
        words = plain_text(html).casefold() if "<img" not in html else html
        if words and words in seen:
            report.add("P204", place, value=words)
        seen.add(words)
