"""A pack as GIFT: a category for each unit. No pictures, points, hints or feedback for verdicts: GIFT has none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from course_packs.exchange.leaving import MOODLE_SHARES, Leaving, margin, mistakes_in, share, spellings, wildcards
from course_packs.format.fields import decimal_text
from course_packs.format.model import Step, Task, Text, Unit, pick

_SPECIAL: Final = re.compile(r"[~=#{}:\\]")
_PICTURE: Final = re.compile(r'<img [^<>]*?alt="([^"]*)"[^<>]*>')


def write_gift(leaving: Leaving) -> bytes:
    """The text, in UTF-8."""
    leaving.tell_languages()
    title = _line(leaving.text(leaving.pack.title)).replace("/", "//")
    parts = []
    for unit, steps in leaving.units():
        heading = _line(leaving.text(unit.title)).replace("/", "//")
        parts.append(f"$CATEGORY: $course$/top/{title}/{heading}\n")
        parts += [_Question(leaving, unit, step).text() for step in steps]
    return "\n".join(part for part in parts if part).encode()


def _line(text: str) -> str:
    return " ".join(text.split())


def escaped(text: str) -> str:
    """Text with the signs of GIFT made plain and its line ends written out."""
    return _SPECIAL.sub(lambda match: "\\" + match[0], text).replace("\n", "\\n")


class _Question:
    def __init__(self, leaving: Leaving, unit: Unit, step: Step) -> None:
        self.leaving = leaving
        self.unit = unit
        self.step = step
        self.lost: list[str] = []

    def text(self) -> str:
        """The question; an empty string, after a notice, for what GIFT does not know."""
        report = self.leaving.report
        report.questions += 1
        task = self.step.task
        if task is None:
            report.pages += 1
            written = f"::{escaped(self.leaving.name(self.step))}::{self.html(self.step.html)}\n"
            self.leaving.missing(self.unit, self.step, self.lost)
            return written
        writer = _WRITERS.get(task.type)
        if writer is None:
            report.add("X501", self.leaving.place(self.unit, self.step), type=task.type)
            return ""
        report.carried += 1
        answers = writer(self, task)
        self.lost += mistakes_in(task) + ["points"] * (task.points != 1) + ["hint"] * (task.hint is not None)
        prompt = self.html(task.prompt)
        self.leaving.missing(self.unit, self.step, self.lost)
        return f"::{escaped(self.step.id)}::{prompt} {{{answers}}}\n"

    def html(self, text: Text | None) -> str:
        """A text of a learner's page, told to be HTML; pictures leave their description."""
        html = self.leaving.html(text, lambda name: name)
        if "<img" in html:
            self.lost.append("media")
            html = _PICTURE.sub(r"\1", html)
        return f"[html]{escaped(html)}"

    def told(self, text: Text | None) -> str:
        return "" if text is None else f" # {self.html(text)}"

    def verdicts_left(self, task: Task, *kept: str) -> None:
        self.lost += [f"feedback.{verdict}" for verdict in task.feedback if verdict not in kept]


def _lines(answers: list[str]) -> str:
    return "\n" + "".join(f"  {answer}\n" for answer in answers)


def _choice(question: _Question, task: Task) -> str:
    question.verdicts_left(task)
    question.lost += ["shuffle"] * (not task.spec["shuffle"])
    options = task.spec["options"]
    part = share(sum(option["correct"] for option in options))
    answers = []
    for option in options:
        if task.spec["multiple"]:
            sign = f"~%{part}%" if option["correct"] else f"~%-{part}%"
        else:
            sign = "=" if option["correct"] else "~"
        answers.append(sign + question.html(option["text"]) + question.told(option["feedback"]))
    return _lines(answers)


def _true_false(question: _Question, task: Task) -> str:
    question.lost += ["reasons"] * bool(task.spec["reasons"])
    question.verdicts_left(task, "correct", "wrong")
    verdict = "TRUE" if task.spec["answer"] else "FALSE"
    wrong, right = (question.told(task.feedback.get(key)) for key in ("wrong", "correct"))
    return verdict + (wrong or (" #" if right else "")) + right


def _short_text(question: _Question, task: Task) -> str:
    question.verdicts_left(task, "correct", "wrong")
    question.lost += ["case"] * bool(task.spec["case"]) + ["typos"] * bool(task.spec["typos"])
    question.lost += ["max_length"] * (task.spec["max_length"] != 200)
    answers = []
    for entry in task.spec["accept"]:
        percent = decimal_text(Decimal(entry["fraction"]) * 100)
        question.lost += [f"fraction: {entry['fraction']}"] * (percent not in MOODLE_SHARES)
        sign = "=" if percent == "100" else f"=%{percent}%"
        feedback = entry["feedback"] or (task.feedback.get("correct") if percent == "100" else None)
        for text in spellings(entry["text"]):
            # A literal star keeps its backslash through GIFT's own: `\\*`.
            shown = wildcards(text) if entry["regex"] else text.replace("*", "\\*")
            if shown is None:
                question.lost.append(f"regex: {text}")
            else:
                answers.append(sign + escaped(shown) + question.told(feedback))
    if "wrong" in task.feedback:
        answers.append("=%0%*" + question.told(task.feedback["wrong"]))
    return _lines(answers)


def _number(question: _Question, task: Task) -> str:
    question.verdicts_left(task, "correct", "wrong")
    spec = task.spec
    question.lost += ["unit"] * bool(spec["unit"])
    if any(one["tolerance"] and one["tolerance"][0] == "relative" for one in (spec, *spec["near"])):
        question.lost.append("tolerance.relative")
    answers = [f"={spec['answer']}:{decimal_text(margin(spec))}" + question.told(task.feedback.get("correct"))]
    answers += [
        f"=%0%{near['answer']}:{decimal_text(margin(near))}" + question.told(near["feedback"]) for near in spec["near"]
    ]
    if "wrong" in task.feedback:
        answers.append("~" + question.told(task.feedback["wrong"]).strip())
    return "#" + _lines(answers)


def _ordering(question: _Question, task: Task) -> str:
    question.verdicts_left(task)
    items = task.spec["items"]
    question.lost += ["labels"] * bool(task.spec["labels"])
    if any("<" in pick(item["text"], question.leaving.language) for item in items):
        question.lost.append("items: Markdown")
    lines = [escaped(question.leaving.plain(item["text"])) for item in items]
    return f">{len(items)} ALL VERTICAL LONGEST_ORDERED_SUBSET SHOW none\n" + "".join(f"{line}\n" for line in lines)


def _matching(question: _Question, task: Task) -> str:
    question.verdicts_left(task)
    left, right, pairs = task.spec["left"], task.spec["right"], task.spec["pairs"]
    if any("<" in pick(text, question.leaving.language) for text in right.values()):
        question.lost.append("pairs.right: Markdown")
    used = set(pairs.values())
    plain = {key: escaped(question.leaving.plain(text)) for key, text in right.items()}
    answers = [f"={question.html(left[key])} -> {plain[answer]}" for key, answer in pairs.items()]
    return _lines([*answers, *(f"= -> {text}" for key, text in plain.items() if key not in used)])


_WRITERS: Final[Mapping[str, Callable[[_Question, Task], str]]] = {
    "choice": _choice,
    "true_false": _true_false,
    "short_text": _short_text,
    "number": _number,
    "ordering": _ordering,
    "matching": _matching,
}
