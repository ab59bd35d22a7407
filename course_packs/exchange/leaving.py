"""What all writers share: the texts of a compiled pack in one language, and a watch on what a form has no place for."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from course_packs.exchange.report import ExchangeReport, Place
from course_packs.exchange.stand_ins import stand_in
from course_packs.format.fields import decimal_text
from course_packs.format.markdown import plain_text
from course_packs.format.model import CompiledPack, Step, Task, Text, Unit, pick
from course_packs.tasks import concrete

_PICTURE: Final = re.compile(r'(<img src=")media:([^"]+)"')
_OURS: Final = re.compile(r' (?:loading="lazy"|target="_blank"|rel="noopener noreferrer"|role="note")')
_FILM: Final = re.compile(r"<video\b.*?</video>", re.DOTALL)
_VOID: Final = re.compile(r"<(br|hr|img)((?: [^<>]*?)?)>")
_TITLE: Final = 80
_SEED: Final = 1


@dataclass
class Leaving:
    """One export: the pack, its language, where the report goes, and which pictures the texts have shown so far."""

    pack: CompiledPack
    language: str
    report: ExchangeReport
    shown: set[str] = field(default_factory=set)

    def place(self, unit: Unit, step: Step | None = None) -> Place:
        """Where a unit or a step of it stands."""
        return Place(f"units/{unit.id}", 0, "" if step is None else step.id)

    def text(self, text: Text | None) -> str:
        """A text in the language of this export; an empty string when there is none."""
        return "" if text is None else pick(text, self.language)

    def plain(self, text: Text | None) -> str:
        """The words of a text."""
        return plain_text(self.text(text))

    def html(self, text: Text | None, address: Callable[[str], str], *, xml: bool = False) -> str:
        """A text as HTML whose pictures stand at `address(name)`; well formed as XML when asked for."""
        html = _FILM.sub("", _OURS.sub("", self.text(text))).replace("&nbsp;", "\u00a0")

        def picture(match: re.Match[str]) -> str:
            self.shown.add(match[2])
            return f'{match[1]}{address(match[2])}"'

        html = _PICTURE.sub(picture, html)
        return _VOID.sub(r"<\1\2/>", html) if xml else html

    def picture(self, name: str) -> bytes:
        """The content of a picture of the pack."""
        data = next(media.data_base64 for media in self.pack.media if media.path == name)
        return base64.b64decode(data)

    def units(self) -> Iterator[tuple[Unit, Sequence[Step]]]:
        """The units with their steps; tasks that differ by seed as one learner would meet them."""
        for unit in self.pack.units:
            yield unit, [self._fixed(unit, step) for step in unit.steps]

    def _fixed(self, unit: Unit, step: Step) -> Step:
        if _FILM.search(self.text(step.html if step.task is None else step.task.prompt)):
            self.missing(unit, step, ["video"])
        if step.task is None:
            return step
        task = concrete(step.task, _SEED)
        if task is not step.task:
            self.report.add("X503", self.place(unit, step))
        other, lost = stand_in(task)
        if other.type not in {task.type, "number"}:
            self.report.add("X507", self.place(unit, step), type=other.type)
        self.missing(unit, step, lost)
        return replace(step, task=other)

    def name(self, step: Step) -> str:
        """A short name for people: the title of a page, the first words of a question."""
        words = self.text(step.title) if step.task is None else self.plain(step.task.prompt)
        return words if len(words) <= _TITLE else words[: _TITLE - 1].rpartition(" ")[0] + "…"

    def missing(self, unit: Unit, step: Step, names: Sequence[str]) -> None:
        """Tell what of a task the form has no place for, by the keys an author writes."""
        if names:
            self.report.add("X502", self.place(unit, step), what=", ".join(dict.fromkeys(names)))

    def tell_languages(self) -> None:
        """Tell of the languages that are not in this export."""
        others = [language for language in self.pack.languages if language != self.language]
        if others:
            self.report.add("X505", Place(self.pack.id), what=", ".join(others))


def mistakes_in(task: Task) -> list[str]:
    """`mistake` when any part of the task remembers one: no other form knows them."""
    inner = [*task.spec.get("options", ()), *task.spec.get("near", ()), *task.spec.get("gaps", ())]
    known = task.mistake is not None or any(part.get("mistake") for part in inner if isinstance(part, Mapping))
    return ["mistake"] if known else []


MOODLE_SHARES: Final = frozenset(
    {"100", "90", "83.33333", "80", "75", "70", "66.66667", "60", "50", "40", "33.33333", "30", "25", "20", "16.66667"}
    | {"14.28571", "12.5", "11.11111", "10", "5", "0"}
)
"""The percents Moodle offers for an answer; others it refuses or takes for the nearest of these."""


def share(count: int) -> str:
    """The percent of one of `count` equal parts, to five decimals: 33.33333."""
    return decimal_text((Decimal(100) / count).quantize(Decimal("0.00001")))


def margin(spec: Mapping[str, Any]) -> Decimal:
    """The tolerance of a number as an absolute one."""
    if spec["tolerance"] is None:
        return Decimal(0)
    kind, amount = spec["tolerance"]
    return Decimal(amount) if kind == "absolute" else abs(Decimal(spec["answer"])) * Decimal(amount)


def wildcards(pattern: str) -> str | None:
    """The answer with `*` for any letters that a pattern stands for; None when it is more than that."""
    pieces = [re.sub(r"\\(.)", r"\1", piece) for piece in pattern.split(".*")]
    return "*".join(piece.replace("*", "\\*") for piece in pieces) if same_pattern(pieces, pattern) else None


def same_pattern(pieces: Sequence[str], pattern: str) -> bool:
    """Whether the pieces with any letters between them are what the pattern says."""
    return len(pieces) > 1 and ".*".join(re.escape(piece) for piece in pieces) == pattern


def spellings(text: Text) -> list[str]:
    """All spellings of an accepted answer, the main language first: every language is accepted of every learner."""
    return list(dict.fromkeys(text.values()))
