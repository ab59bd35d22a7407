"""Texts with gaps from elsewhere: Moodle's cloze and missing words, QTI's fields inside a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from course_packs.exchange.cloze import gap_of, holes_of
from course_packs.exchange.drafts import Scribe
from course_packs.exchange.questions import Refused

# A private sign for each gap while the text around it becomes Markdown, which would escape brackets.
_FIRST: Final = 0xE100
MOST_GAPS: Final = 20
_OWN_MARK: Final = re.compile(r"\[\[g(\d{1,3})\]\]")
_GROUP_MARK: Final = re.compile(r"\[\[(\d{1,3})\]\]")
_PROMPTS: Final = {True: "Заполните пропуски.", False: "Fill in the gaps."}


def mark(number: int) -> str:
    """What stands in the HTML for the gap of this number, counted from 1."""
    return chr(_FIRST + number)


def from_cloze(html: str, scribe: Scribe) -> tuple[str, dict[str, Any]]:
    """(prompt, the task's keys) of a cloze text. Raises Refused when it has no gaps or one of them no answer."""
    text, holes = holes_of(html, scribe)
    marked = _OWN_MARK.sub(lambda match: mark(int(match[1])), text)
    return from_marks(marked, [gap_of(hole, scribe) for hole in holes], scribe)


def from_groups(html: str, boxes: Sequence[tuple[str, str]], scribe: Scribe) -> tuple[str, dict[str, Any]]:
    """(prompt, the task's keys) of a text with `[[1]]`: the number of a word, chosen within its group."""
    entries: list[dict[str, Any]] = []

    def replaced(match: re.Match[str]) -> str:
        number = int(match[1])
        if not 1 <= number <= len(boxes):
            raise Refused("X103", problem=match[0])
        right, group = boxes[number - 1]
        words = dict.fromkeys(text for text, other in boxes if other == group)
        options: list[dict[str, Any]] = [
            {"text": text, "correct": True} if text == right else {"text": text} for text in words
        ]
        entries.append({"options": options})
        return mark(len(entries))

    return from_marks(_GROUP_MARK.sub(replaced, html), entries, scribe)


def from_marks(html: str, entries: Sequence[dict[str, Any]], scribe: Scribe) -> tuple[str, dict[str, Any]]:
    """(prompt, the task's keys) of a text whose gaps are marked: what stands before the first gap is the prompt."""
    if not entries or len(entries) > MOST_GAPS:
        raise Refused("X106" if not entries else "X103", problem=f"{len(entries)}")
    blocks = scribe.block_list(html)
    first = next((index for index, block in enumerate(blocks) if _marks_in(block)), len(blocks))
    text = "\n\n".join(blocks[first:])
    for number in range(1, len(entries) + 1):
        text = text.replace(mark(number), f"[[g{number}]]")
    russian = re.search(r"[а-яё]", text, re.IGNORECASE) is not None
    prompt = "\n\n".join(blocks[:first]) or _PROMPTS[russian]
    gaps = {f"g{number}": entry for number, entry in enumerate(entries, start=1)}
    return prompt, {"type": "gaps", "text": text, "gaps": gaps}


def _marks_in(block: str) -> bool:
    return any(_FIRST < ord(sign) <= _FIRST + MOST_GAPS for sign in block)
