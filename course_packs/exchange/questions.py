"""The kinds of questions all sources have in common, as tasks of a pack.

Each function returns the keys of the task's own type, without the prompt; what a pack does differently goes to the
report. `Refused` means that no task can be made of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Final

from course_packs.exchange.drafts import Scribe
from course_packs.format.fields import decimal_text
from course_packs.format.markdown import plain_text
from course_packs.tasks.wording import fold

MAX_OPTIONS: Final = 12
MAX_ACCEPTED: Final = 30
MAX_NEAR: Final = 12
_MAX_ANSWER: Final = 200
_MOST_PAIRS: Final = 10
_MOST_BOXES: Final = 6

FULL: Final = Decimal(100)


class Refused(Exception):
    """No task can be made of the question. `code` is a notice's, `params` fill its words."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Answer:
    """One answer of a question: Markdown or plain text, percent of the mark, feedback in Markdown."""

    text: str
    percent: Decimal
    feedback: str = ""


@dataclass(frozen=True)
class NumberAnswer:
    """A number (or None for “anything else”), an absolute tolerance, percent of the mark, feedback in Markdown."""

    value: Decimal | None
    tolerance: Decimal
    percent: Decimal
    feedback: str = ""


def choice(answers: Sequence[Answer], scribe: Scribe, *, single: bool, shuffle: bool = True) -> dict[str, Any]:
    """One or several of some options."""
    answers = [answer for answer in answers if answer.text]
    right = [answer for answer in answers if (answer.percent >= FULL if single else answer.percent > 0)]
    if not right and single:
        # The best answer is the right one where nothing earns everything.
        best = max((answer.percent for answer in answers), default=Decimal(0))
        right = [answer for answer in answers if best > 0 and answer.percent == best]
        if right:
            scribe.tell("X301", f"{decimal_text(best)} %")
    if not right:
        raise Refused("X106", problem="correct = 0")
    if single and len(right) > 1:
        scribe.tell("X302", right[0].text)
        answers = [answer for answer in answers if answer not in right[1:]]
        right = right[:1]
    if single:
        partial = [answer for answer in answers if answer.percent > 0 and answer not in right]
        for answer in partial:
            scribe.tell("X301", f"{answer.text}: {decimal_text(answer.percent)} %")
    elif not _even(answers, right):
        scribe.tell("X301", ", ".join(f"{decimal_text(answer.percent)} %" for answer in answers))
    options = [_option(answer, correct=answer in right) for answer in answers]
    multiple: dict[str, Any] = {} if single else {"multiple": True}
    return {"type": "choice", **multiple, **({} if shuffle else {"shuffle": False}), "options": options}


def _even(answers: Sequence[Answer], right: Sequence[Answer]) -> bool:
    """Whether the shares are those of a pack: right ones share the mark, a wrong one takes a right one's away."""
    share = FULL / len(right)
    return all(
        abs(answer.percent - share) < 1 if answer in right else abs(answer.percent + share) < 1 for answer in answers
    )


def _option(answer: Answer, *, correct: bool) -> dict[str, Any]:
    option: dict[str, Any] = {"text": answer.text}
    if correct:
        option["correct"] = True
    if answer.feedback:
        option["feedback"] = answer.feedback
    return option


def true_false(*, right: bool, when_true: str, when_false: str) -> dict[str, Any]:
    """A statement that is true or not, with feedback for either answer."""
    told = {"correct": when_true if right else when_false, "wrong": when_false if right else when_true}
    return with_feedback({"type": "true_false", "answer": right}, told)


def short_text(answers: Sequence[Answer], scribe: Scribe, *, case: bool = False) -> tuple[dict[str, Any], str]:
    """A word or phrase, and the feedback for any other answer. `*` in an answer stands for any letters."""
    accept: list[Any] = []
    other = ""
    seen: dict[str, Answer] = {}
    for answer in answers:
        if answer.text.strip("* ") == "":
            if answer.percent > 0:
                scribe.tell("X304", answer.text, problem="100 %")
            other = answer.feedback or other
            continue
        entry, key = _accepted(answer, case=case)
        if key in seen or len(accept) >= MAX_ACCEPTED or len(answer.text) > _MAX_ANSWER:
            known = seen.get(key)
            if known is None or (known.percent, known.feedback) != (answer.percent, answer.feedback):
                scribe.tell("X304", answer.text, problem=f"{len(accept)}" if known is None else known.text)
            continue
        if not 0 <= answer.percent <= FULL:
            scribe.tell("X301", f"{answer.text}: {decimal_text(answer.percent)} %")
        seen[key] = answer
        accept.append(entry)
    plain = [entry for entry in accept if isinstance(entry, str) or "regex" not in entry]
    feedback = _common_feedback(accept)
    if not any(isinstance(entry, str) or "fraction" not in entry for entry in plain):
        raise Refused("X106", problem=", ".join(answer.text for answer in answers) or "—")
    return {"type": "short_text", "accept": accept, **feedback, **({"case": True} if case else {})}, other


def _common_feedback(accept: list[Any]) -> dict[str, Any]:
    """What is said to every right answer alike, taken out of the answers: it is said of the task."""
    full = [index for index, entry in enumerate(accept) if isinstance(entry, str) or "fraction" not in entry]
    told = {"" if isinstance(accept[index], str) else accept[index].get("feedback", "") for index in full}
    if len(told) != 1 or not (text := told.pop()):
        return {}
    for index in full:
        entry = {key: value for key, value in accept[index].items() if key != "feedback"}
        accept[index] = entry["text"] if entry.keys() == {"text"} else entry
    return {"feedback": {"correct": text}}


def _accepted(answer: Answer, *, case: bool) -> tuple[Any, str]:
    pieces = re.split(r"(?<!\\)\*", answer.text)
    text = " ".join(answer.text.replace("\\*", "*").split())
    entry: dict[str, Any] = {"text": text}
    key = fold(text, case=case)
    if len(pieces) > 1:
        # What a pattern meets is folded already; so is what we make of it.
        folded = [fold(piece.replace("\\*", "*"), case=case) if piece.strip() else "" for piece in pieces]
        entry = {"text": ".*".join(re.escape(piece) for piece in folded), "regex": True}
        key = f"re:{entry['text']}"
    share = min(max(answer.percent, Decimal(0)), FULL) / 100
    if share != 1:
        entry["fraction"] = Decimal(decimal_text(share.quantize(Decimal("0.00001"))))
    if answer.feedback:
        entry["feedback"] = answer.feedback
    return (text if entry == {"text": text} else entry), key


def number(
    answers: Sequence[NumberAnswer], scribe: Scribe, *, unit: str = "", units: Mapping[str, Decimal] | None = None
) -> tuple[dict[str, Any], str]:
    """A number, and the feedback for any other answer. `units`: how many of each make one of the main `unit`."""
    other = next((answer.feedback for answer in answers if answer.value is None), "")
    full = [answer for answer in answers if answer.value is not None and answer.percent >= FULL]
    if not full or full[0].value is None:
        raise Refused("X106", problem="100 %")
    main = full[0]
    assert main.value is not None
    data: dict[str, Any] = {"type": "number", "answer": _numeral(main.value)}
    if main.tolerance > 0:
        data["tolerance"] = {"absolute": _numeral(main.tolerance)}
    taken = [main]
    near: list[dict[str, Any]] = []
    for answer in answers:
        if answer.value is None or answer is main:
            continue
        shown = decimal_text(answer.value)
        reached = any(one.value is not None and abs(answer.value - one.value) <= one.tolerance for one in taken)
        if answer in full or reached or len(near) >= MAX_NEAR:
            scribe.tell("X304", shown, problem="100 %" if answer in full else decimal_text(main.value))
            continue
        if answer.percent > 0:
            scribe.tell("X303", f"{shown}: {decimal_text(answer.percent)} %")
        taken.append(answer)
        entry: dict[str, Any] = {"answer": _numeral(answer.value)}
        if answer.tolerance > 0:
            entry["tolerance"] = {"absolute": _numeral(answer.tolerance)}
        if answer.feedback:
            entry["feedback"] = answer.feedback
        near.append(entry)
    if near:
        data["near"] = near
    if main.feedback:
        data["feedback"] = {"correct": main.feedback}
    return {**data, **_units(unit, units or {}, scribe)}, other


def _units(unit: str, units: Mapping[str, Decimal], scribe: Scribe) -> dict[str, Any]:
    if not unit:
        return {}
    data: dict[str, Any] = {"unit": unit}
    if len(units) > 1:
        factors = {}
        for name, multiplier in units.items():
            if multiplier <= 0:
                scribe.tell("X304", name, problem=str(multiplier))
                continue
            with localcontext() as context:
                context.prec = 12
                factor = 1 / multiplier
            if factor * multiplier != 1:
                scribe.tell("X307", name)
            factors[name] = _numeral(factor)
        data["units"] = factors
    return data


def _numeral(value: Decimal) -> Decimal:
    return Decimal(decimal_text(value))


def matching(pairs: Sequence[tuple[str, str]], extra: Sequence[str], scribe: Scribe) -> dict[str, Any]:
    """Pairs and right sides that belong to nobody."""
    whole = [(left, right) for left, right in dict.fromkeys(pairs) if left and right]
    if len(whole) < sum(bool(left and right) for left, right in pairs):
        scribe.tell("X304", ", ".join(left for left, _ in pairs), problem="=")
    rights = {_key(right) for _, right in whole}
    if len(whole) > _MOST_PAIRS and len({*rights, *map(_key, filter(None, extra))}) <= _MOST_BOXES:
        return _boxes(whole, extra, scribe)
    rest: list[str] = []
    for text in extra:
        if text and _key(text) not in rights:
            rights.add(_key(text))
            rest.append(text)
    if len(rest) > 6:
        scribe.tell("X304", ", ".join(rest[6:]), problem="6")
    data: dict[str, Any] = {"type": "matching", "pairs": [{"left": left, "right": right} for left, right in whole]}
    return {**data, "extra": rest[:6]} if rest else data


def _boxes(pairs: Sequence[tuple[str, str]], extra: Sequence[str], scribe: Scribe) -> dict[str, Any]:
    """Many left sides and few right ones: a task to sort them into boxes."""
    scribe.tell("X309")
    names: dict[str, str] = {}
    boxes: dict[str, str] = {}
    for text in [*(right for _, right in pairs), *filter(None, extra)]:
        if _key(text) not in names:
            names[_key(text)] = f"box-{len(names) + 1}"
            boxes[names[_key(text)]] = text
    return {
        "type": "categorise",
        "boxes": boxes,
        "items": [{"text": left, "box": names[_key(right)]} for left, right in pairs],
    }


def _key(text: str) -> str:
    return plain_text(text).casefold()


def ordering(items: Sequence[str], scribe: Scribe) -> dict[str, Any]:
    """Items in their right order."""
    kept = [item for item in items if item]
    if len(kept) < len(items):
        scribe.tell("X304", "—", problem="—")
    return {"type": "ordering", "items": kept}


def with_feedback(data: dict[str, Any], feedback: Mapping[str, str], general: str = "") -> dict[str, Any]:
    """The task with feedback for each verdict; what is said in any case is said after the right and the wrong one."""
    given = dict(data.get("feedback", {}))
    verdicts = (
        ("correct", "wrong")
        if data["type"] in {"number", "short_text", "true_false"}
        else ("correct", "partial", "wrong")
    )
    texts = {}
    for verdict in ("correct", "partial", "wrong"):
        parts = [given.get(verdict, ""), feedback.get(verdict, ""), general if verdict in verdicts else ""]
        text = "\n\n".join(dict.fromkeys(part for part in parts if part))
        if text:
            texts[verdict] = text
    rest = {key: value for key, value in data.items() if key != "feedback"}
    return {**rest, "feedback": texts} if texts else rest
