"""A pack as Moodle XML: a category for each unit, a question for each task, a description for each page."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final
from xml.sax.saxutils import escape

from course_packs.exchange.cloze import cloze_of
from course_packs.exchange.leaving import MOODLE_SHARES, Leaving, margin, mistakes_in, share, spellings, wildcards
from course_packs.format.fields import decimal_text
from course_packs.format.model import Step, Task, Text, Unit, pick

_COMBINED: Final = {
    "correct": "correctfeedback",
    "partial": "partiallycorrectfeedback",
    "wrong": "incorrectfeedback",
}
_PLUGIN: Final = "@@PLUGINFILE@@/"


def write_moodle(leaving: Leaving) -> bytes:
    """The XML file, in UTF-8."""
    leaving.tell_languages()
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n']
    title = _in_path(leaving.text(leaving.pack.title))
    for unit, steps in leaving.units():
        path = f"$course$/top/{title}/{_in_path(leaving.text(unit.title))}"
        parts.append(f'<question type="category"><category>{_text(path)}</category></question>\n')
        parts += [_Question(leaving, unit, step).xml() for step in steps]
    parts.append("</quiz>\n")
    return "".join(parts).encode()


def _in_path(title: str) -> str:
    return " ".join(title.split()).replace("/", "//")


def _text(content: str) -> str:
    return f"<text>{escape(content)}</text>"


class _Question:
    def __init__(self, leaving: Leaving, unit: Unit, step: Step) -> None:
        self.leaving = leaving
        self.unit = unit
        self.step = step
        self.lost: list[str] = []

    def xml(self) -> str:
        """The question element; an empty string, after a notice, for what Moodle does not know."""
        report = self.leaving.report
        report.questions += 1
        task = self.step.task
        if task is None:
            report.pages += 1
            return self._whole("description", self.block("questiontext", self.step.html), "")
        writer = _WRITERS.get(task.type)
        if writer is None:
            report.add("X501", self.leaving.place(self.unit, self.step), type=task.type)
            return ""
        kind, body = writer(self, task)
        report.carried += 1
        self.lost += mistakes_in(task)
        common = self._common(task)
        prompt = "" if kind == "cloze" else self.block("questiontext", task.prompt)
        self.leaving.missing(self.unit, self.step, self.lost)
        return self._whole(kind, prompt, common + body)

    def _whole(self, kind: str, prompt: str, rest: str) -> str:
        name = self.leaving.name(self.step) or self.step.id
        head = f"<name>{_text(name)}</name>{prompt}<idnumber>{escape(self.step.id)}</idnumber>"
        return f'<question type="{kind}">{head}{rest}</question>\n'

    def _common(self, task: Task) -> str:
        parts = [
            f"<defaultgrade>{decimal_text(task.points)}</defaultgrade>",
            f"<penalty>{decimal_text(task.retry_penalty)}</penalty>",
        ]
        if task.tries == 1:
            self.lost += ["tries"] + ["hint"] * bool(task.hints)
            return "".join(parts)
        # Moodle shows a hint after each wrong try but the last, for nothing.
        room = task.tries - 1
        self.lost += ["hint"] * (len(task.hints) > room) + ["hint_penalty"] * bool(task.hint_penalty)
        hints: list[Text | None] = [*task.hints[:room], *[None] * (room - len(task.hints))]
        return "".join([*parts, *(self.block("hint", hint) for hint in hints)])

    def block(self, tag: str, text: Text | None, attributes: str = "") -> str:
        """A text element with the pictures it shows."""
        names: list[str] = []

        def address(name: str) -> str:
            names.append(name)
            return _PLUGIN + name.replace("/", "-")

        html = self.leaving.html(text, address)
        files = "".join(self._file(name) for name in dict.fromkeys(names))
        return f'<{tag}{attributes} format="html">{_text(html)}{files}</{tag}>'

    def _file(self, name: str) -> str:
        content = base64.b64encode(self.leaving.picture(name)).decode()
        return f'<file name="{escape(name.replace("/", "-"))}" path="/" encoding="base64">{content}</file>'

    def feedback(self, text: Text | None) -> str:
        return "" if text is None else self.block("feedback", text)

    def combined(self, task: Task) -> str:
        """The feedback of each verdict, where Moodle has a place for it."""
        return "".join(
            self.block(tag, task.feedback[verdict]) for verdict, tag in _COMBINED.items() if verdict in task.feedback
        )

    def answer(self, text: str, percent: str, inner: str = "") -> str:
        return f'<answer fraction="{percent}" format="plain_text">{_text(text)}{inner}</answer>'

    def verdicts_left(self, task: Task, *kept: str) -> None:
        """Remember the feedback of verdicts that have no place here."""
        self.lost += [f"feedback.{verdict}" for verdict in task.feedback if verdict not in kept]


def _choice(question: _Question, task: Task) -> tuple[str, str]:
    options = task.spec["options"]
    multiple = task.spec["multiple"]
    part = share(sum(option["correct"] for option in options)) if multiple else "100"
    question.lost += [f"multiple: {part} %"] * (part not in MOODLE_SHARES)
    answers = []
    for option in options:
        percent = part if option["correct"] else f"-{part}" if multiple else "0"
        answer = question.block("answer", option["text"], f' fraction="{percent}"')
        answers.append(answer.removesuffix("</answer>") + question.feedback(option["feedback"]) + "</answer>")
    flags = f"<single>{str(not multiple).lower()}</single><shuffleanswers>{int(task.spec['shuffle'])}</shuffleanswers>"
    return "multichoice", question.combined(task) + flags + "".join(answers)


def _true_false(question: _Question, task: Task) -> tuple[str, str]:
    question.lost += ["reasons"] * bool(task.spec["reasons"])
    question.verdicts_left(task, "correct", "wrong")
    answers = []
    for value in (True, False):
        right = value == task.spec["answer"]
        feedback = question.feedback(task.feedback.get("correct" if right else "wrong"))
        answers.append(question.answer(str(value).lower(), "100" if right else "0", feedback))
    return "truefalse", "".join(answers)


def _short_text(question: _Question, task: Task) -> tuple[str, str]:
    question.verdicts_left(task, "correct", "wrong")
    question.lost += ["typos"] * bool(task.spec["typos"]) + ["max_length"] * (task.spec["max_length"] != 200)
    answers = []
    for entry in task.spec["accept"]:
        percent = decimal_text(Decimal(entry["fraction"]) * 100)
        question.lost += [f"fraction: {entry['fraction']}"] * (percent not in MOODLE_SHARES)
        feedback = entry["feedback"] or (task.feedback.get("correct") if percent == "100" else None)
        for text in spellings(entry["text"]):
            shown = wildcards(text) if entry["regex"] else text.replace("*", "\\*")
            if shown is None:
                question.lost.append(f"regex: {text}")
            else:
                answers.append(question.answer(shown, percent, question.feedback(feedback)))
    if "wrong" in task.feedback:
        answers.append(question.answer("*", "0", question.feedback(task.feedback["wrong"])))
    return "shortanswer", f"<usecase>{int(task.spec['case'])}</usecase>" + "".join(answers)


def _number(question: _Question, task: Task) -> tuple[str, str]:
    question.verdicts_left(task, "correct", "wrong")
    spec = task.spec
    if any(one["tolerance"] and one["tolerance"][0] == "relative" for one in (spec, *spec["near"])):
        question.lost.append("tolerance.relative")

    def answer(one: Mapping[str, Any], percent: str, feedback: Text | None) -> str:
        tolerance = f"<tolerance>{decimal_text(margin(one))}</tolerance>"
        return question.answer(one["answer"], percent, question.feedback(feedback) + tolerance)

    answers = [answer(spec, "100", task.feedback.get("correct"))]
    answers += [answer(near, "0", near["feedback"]) for near in spec["near"]]
    if "wrong" in task.feedback:
        answers.append(question.answer("*", "0", question.feedback(task.feedback["wrong"])))
    return "numerical", "".join(answers) + _units(spec)


def _units(spec: Mapping[str, Any]) -> str:
    """The units: Moodle says how many of each make one of the main unit, we say what part of it each is."""
    if not spec["units"]:
        return "<showunits>3</showunits>"
    base = next(Decimal(factor) for name, factor in spec["units"] if name == spec["unit"])
    units = []
    for name, factor in sorted(spec["units"], key=lambda pair: bool(pair[0] != spec["unit"])):
        multiplier = decimal_text((base / Decimal(factor)).quantize(Decimal("1E-12")))
        units.append(f"<unit><multiplier>{multiplier}</multiplier><unit_name>{escape(name)}</unit_name></unit>")
    flags = "<unitgradingtype>0</unitgradingtype><unitpenalty>0.1</unitpenalty><showunits>0</showunits>"
    return f"<units>{''.join(units)}</units>{flags}<unitsleft>0</unitsleft>"


def _ordering(question: _Question, task: Task) -> tuple[str, str]:
    question.lost += ["labels"] * bool(task.spec["labels"])
    answers = "".join(
        question.block("answer", item["text"], f' fraction="{place}"')
        for place, item in enumerate(task.spec["items"], start=1)
    )
    # The same rule as ours: the longest run of items that stand in their right order.
    flags = "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><selectcount>0</selectcount>"
    flags += "<gradingtype>LONGEST_ORDERED_SUBSET</gradingtype><showgrading>SHOW</showgrading>"
    return "ordering", flags + question.combined(task) + answers


def _matching(question: _Question, task: Task) -> tuple[str, str]:
    left, right, pairs = task.spec["left"], task.spec["right"], task.spec["pairs"]
    used = set(pairs.values())
    if any("<" in pick(text, question.leaving.language) for text in right.values()):
        question.lost.append("pairs.right: Markdown")

    def pair(text: Text, answer: Text) -> str:
        inner = f"<answer>{_text(question.leaving.plain(answer))}</answer>"
        return question.block("subquestion", text).removesuffix("</subquestion>") + inner + "</subquestion>"

    body = "".join(pair(left[key], right[answer]) for key, answer in pairs.items())
    body += "".join(pair({}, text) for key, text in right.items() if key not in used)
    return "matching", "<shuffleanswers>1</shuffleanswers>" + question.combined(task) + body


def _gaps(question: _Question, task: Task) -> tuple[str, str]:
    question.verdicts_left(task)
    text, lost = cloze_of(task, question.leaving)
    question.lost += lost
    whole = {question.leaving.language: question.leaving.text(task.prompt) + text}
    return "cloze", question.block("questiontext", whole)


_WRITERS: Final[Mapping[str, Callable[[_Question, Task], tuple[str, str]]]] = {
    "choice": _choice,
    "true_false": _true_false,
    "short_text": _short_text,
    "number": _number,
    "ordering": _ordering,
    "matching": _matching,
    "gaps": _gaps,
}
