"""Cloze, Moodle's texts with answers inside: `{1:SHORTANSWER:=steel~%50%iron#Almost}`. Both ways, to and from gaps.

https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from xml.sax.saxutils import escape

from course_packs.exchange import questions
from course_packs.exchange.drafts import Scribe
from course_packs.exchange.leaving import Leaving, margin, spellings, wildcards
from course_packs.exchange.questions import Answer, NumberAnswer, Refused
from course_packs.exchange.texts import as_plain
from course_packs.format.fields import decimal_text, parse_decimal
from course_packs.format.model import Task, Text

_KINDS: Final = {
    "SHORTANSWER": "accept", "SA": "accept", "MW": "accept", "SHORTANSWER_C": "accept", "SAC": "accept",
    "MWC": "accept", "NUMERICAL": "answer", "NM": "answer", "MULTICHOICE": "options", "MC": "options",
    "MULTICHOICE_V": "options", "MCV": "options", "MULTICHOICE_H": "options", "MCH": "options",
    "MULTICHOICE_S": "options", "MCS": "options", "MULTICHOICE_VS": "options", "MCVS": "options",
    "MULTICHOICE_HS": "options", "MCHS": "options", "MULTIRESPONSE": "options", "MR": "options",
    "MULTIRESPONSE_H": "options", "MRH": "options", "MULTIRESPONSE_S": "options", "MRS": "options",
    "MULTIRESPONSE_HS": "options", "MRHS": "options",
}  # fmt: skip
_GAP: Final = re.compile(r"\{(\d{0,3}):([A-Z_]{2,20}):((?:\\.|[^{}\\])*)\}", re.DOTALL)
_ANSWER: Final = re.compile(r"\s*(?:(=)|%(-?\d{1,3}(?:\.\d{1,8})?)%)?(.*)", re.DOTALL)
_FREE: Final = re.compile(r"[~#{}/\"\\]")
_MARK: Final = re.compile(r"\[\[(g\d+)\]\]")


@dataclass(frozen=True)
class Hole:
    """A hole of a cloze text: its weight, its kind in Moodle's words, its answers as written."""

    weight: int
    kind: str
    answers: tuple[Answer, ...]


def holes_of(html: str, scribe: Scribe) -> tuple[str, list[Hole]]:
    """The text with `[[g1]]`, `[[g2]]` … in place of the holes, and the holes."""
    holes: list[Hole] = []

    def replaced(match: re.Match[str]) -> str:
        if match[2] not in _KINDS:
            return match[0]
        pieces = re.split(r"(?<!\\)~", match[3])
        holes.append(Hole(int(match[1] or 1), match[2], tuple(_answer(piece, scribe) for piece in pieces)))
        return f"[[g{len(holes)}]]"

    return _GAP.sub(replaced, html), holes


def _answer(piece: str, scribe: Scribe) -> Answer:
    match = _ANSWER.fullmatch(piece)
    assert match is not None
    text, _, feedback = _split_feedback(match[3])
    percent = questions.FULL if match[1] else Decimal(match[2] or 0)
    told = scribe.block(_bare(feedback)) if feedback.strip() else ""
    return Answer(as_plain(_bare(text)), percent, told)


def _split_feedback(text: str) -> tuple[str, str, str]:
    parts = re.split(r"(?<!\\)#", text, maxsplit=1)
    return parts[0], "#", parts[1] if len(parts) > 1 else ""


def _bare(text: str) -> str:
    # `\*` is a star and no wildcard: the short answer reads it so.
    return re.sub(r"\\([^*])", r"\1", text).strip()


def gap_of(hole: Hole, scribe: Scribe) -> dict[str, Any]:
    """The hole as a gap of a task. Raises Refused when it has no right answer."""
    data = _gap_data(hole, scribe)
    if hole.weight > 1:
        data["weight"] = min(hole.weight, 100)
    return data


def _gap_data(hole: Hole, scribe: Scribe) -> dict[str, Any]:
    match _KINDS[hole.kind]:
        case "options":
            if hole.kind.startswith(("MULTIRESPONSE", "MR")):
                raise Refused("X101", type=f"cloze {hole.kind}")
            made = questions.choice(hole.answers, scribe, single=True)
            return {"options": made["options"]}
        case "answer":
            made, other = questions.number([_number(answer) for answer in hole.answers], scribe)
        case _:
            case = hole.kind in {"SHORTANSWER_C", "SAC", "MWC"}
            made, other = questions.short_text(hole.answers, scribe, case=case)
    kept = {key: value for key, value in made.items() if key not in {"type", "feedback"}}
    if "feedback" in made:
        scribe.tell("X202", made["feedback"]["correct"])
    return {**kept, "feedback": other} if other else kept


def _number(answer: Answer) -> NumberAnswer:
    if answer.text == "*":
        return NumberAnswer(None, Decimal(0), Decimal(0), answer.feedback)
    value, _, tolerance = answer.text.replace(",", ".").partition(":")
    number, off = parse_decimal(value.strip()), parse_decimal(tolerance.strip() or "0")
    if number is None or off is None:
        raise Refused("X103", problem=answer.text)
    return NumberAnswer(number, abs(off), answer.percent, answer.feedback)


def cloze_of(task: Task, leaving: Leaving) -> tuple[str, list[str]]:
    """The text of a task with gaps as HTML with Moodle's holes, and the keys that have no place there."""
    lost: list[str] = []
    gaps = {gap["id"]: gap for gap in task.spec["gaps"]}
    html = leaving.text(task.spec["text"])
    # A brace in the text itself would be taken for a hole.
    html = html.replace("{", "&#123;").replace("}", "&#125;")
    return _MARK.sub(lambda match: _hole(gaps[match[1]], leaving, lost), html), lost


def _hole(gap: Mapping[str, Any], leaving: Leaving, lost: list[str]) -> str:
    spec, by = gap["spec"], gap["by"]
    weight = Decimal(gap["weight"])
    if weight != weight.to_integral_value():
        lost.append("weight")
    answers: list[str]
    if by == "options":
        kind = "MULTICHOICE_S" if spec["shuffle"] else "MULTICHOICE"
        answers = [
            _one(leaving.plain(option["text"]), "=" if option["correct"] else "", leaving.text(option["feedback"]))
            for option in spec["options"]
        ]
    elif by == "answer":
        kind = "NUMERICAL"
        lost += ["unit"] * bool(spec["unit"])
        answers = [_one(_numeral(spec), "=", "", number=True)]
        answers += [_one(_numeral(near), "%0%", leaving.text(near["feedback"]), number=True) for near in spec["near"]]
    else:
        kind = "SHORTANSWER_C" if spec["case"] else "SHORTANSWER"
        lost += ["typos"] * bool(spec["typos"])
        answers = [one for entry in spec["accept"] for one in _accepted(entry, leaving, lost)]
    if gap["feedback"] is not None:
        answers = _with_other(answers, leaving.text(gap["feedback"]), by, lost)
    return f"{{{max(1, round(weight))}:{kind}:{'~'.join(answers)}}}"


def _with_other(answers: list[str], feedback: str, by: str, lost: list[str]) -> list[str]:
    if by == "options":
        lost.append("feedback")
        return answers
    return [*answers, _one("*", "%0%", feedback, wild=True)]


def _accepted(entry: Mapping[str, Any], leaving: Leaving, lost: list[str]) -> Sequence[str]:
    percent = decimal_text(Decimal(entry["fraction"]) * 100)
    prefix = "=" if percent == "100" else f"%{percent}%"
    made = []
    for text in spellings(entry["text"]):
        shown = wildcards(text) if entry["regex"] else text.replace("*", "\\*")
        if shown is None:
            lost.append(f"regex: {text}")
        else:
            made.append(_one(shown, prefix, _said(entry["feedback"], leaving), wild=True))
    return made


def _said(feedback: Text | None, leaving: Leaving) -> str:
    return leaving.text(feedback)


def _numeral(one: Mapping[str, Any]) -> str:
    return f"{one['answer']}:{decimal_text(margin(one))}"


def _one(text: str, prefix: str, feedback: str, *, number: bool = False, wild: bool = False) -> str:
    shown = text if number else _escaped(escape(text), keep_stars=wild)
    return f"{prefix}{shown}#{_escaped(feedback)}" if feedback else f"{prefix}{shown}"


def _escaped(text: str, *, keep_stars: bool = False) -> str:
    # `\*` of a literal star keeps its backslash; every other sign of the form gets one.
    pieces = re.split(r"(\\\*)", text) if keep_stars else [text]
    return "".join(piece if piece == "\\*" else _FREE.sub(lambda match: "\\" + match[0], piece) for piece in pieces)
