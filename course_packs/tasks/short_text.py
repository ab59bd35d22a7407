"""Short text: a word or a phrase, compared with a list of accepted answers in the author's order.

Exact and pattern matches come first, then matches with slips; the first of them decides. `parts` is {"answer": right?}.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypedDict, cast

from course_packs.format.diagnostics import Report
from course_packs.format.fields import check_keys, decimal, decimal_text, flag, items_at, whole
from course_packs.format.model import Spec, Task, Text, pick
from course_packs.format.texts import read_text, text_at, text_or_none
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode
from course_packs.tasks.contract import Form, Outcome, Response, ResponseError, only, outcome
from course_packs.tasks.patterns import full_match, problem_of, risk_of
from course_packs.tasks.wording import fold, forgives, within_typos

name: Final = "short_text"
SCHEMA: Final[Mapping[str, str]] = {
    "accept": "1–30 × text | {text, regex: true?, fraction: 0–1?, feedback?}",
    "case": "true | false (false): does letter case count",
    "typos": "0 | 1 | 2 (0)",
    "max_length": "1–200 (200)",
}


class _Accepted(TypedDict):
    text: Text
    regex: bool
    fraction: str
    feedback: Text | None


class _Spec(TypedDict):
    accept: list[_Accepted]
    case: bool
    typos: int
    max_length: int


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {accept: [{text, regex, fraction, feedback}], case, typos, max_length}."""
    case = flag(node, "case", report, default=False)
    typos = whole(node, "typos", report, default=0, low=0, high=2)
    max_length = whole(node, "max_length", report, default=200, low=1, high=200)
    if node.get("accept") is None:
        report.add("P010", node, key="accept")
    accept: list[_Accepted] = []
    for item in items_at(node, "accept", report, at_least=1, at_most=30)[:30]:
        accepted = _compile_accepted(item, report)
        if not accepted["regex"]:
            _check_plain(accepted, [*accept], item, report, case=case, max_length=max_length)
        accept.append(accepted)
    plain = [entry for entry in accept if not entry["regex"]]
    if accept and not any(Decimal(entry["fraction"]) == 1 for entry in plain):
        report.add("P208", node.keys["accept"])
    if typos and not any(forgives(fold(text)) for entry in plain for text in entry["text"].values()):
        report.add("P217", node.keys["typos"])
    return {"accept": accept, "case": case, "typos": typos, "max_length": max_length}


def _compile_accepted(node: Node, report: Report) -> _Accepted:
    if not isinstance(node, MappingNode) or node.get("text") is None:
        if isinstance(node, MappingNode) and not set(node.entries) <= set(report.languages):
            check_keys(node, report, ("text", "regex", "fraction", "feedback"), required=("text",))
            return {"text": {}, "regex": False, "fraction": "1", "feedback": None}
        return {"text": read_text(node, report, "plain"), "regex": False, "fraction": "1", "feedback": None}
    check_keys(node, report, ("text", "regex", "fraction", "feedback"))
    regex = flag(node, "regex", report, default=False)
    return {
        "text": _pattern(node.get("text"), report) if regex else text_at(node, "text", report, "plain"),
        "regex": regex,
        "fraction": decimal_text(decimal(node, "fraction", report, default=Decimal(1), high=1)),
        "feedback": text_or_none(node, "feedback", report, "block"),
    }


def _pattern(node: Node | None, report: Report) -> Text:
    if not isinstance(node, ScalarNode):
        if node is not None:
            report.add("P020", node)
        return {}
    problem = problem_of(node.value)
    risk = None if problem else risk_of(node.value)
    if problem is not None:
        report.add("P206", node, problem=problem)
    elif risk is not None:
        report.add("P207", node, problem=risk)
    return {report.languages[0]: node.value}


def _check_plain(
    accepted: _Accepted, earlier: list[_Accepted], place: Node, report: Report, *, case: bool, max_length: int
) -> None:
    known = {fold(text, case=case) for entry in earlier if not entry["regex"] for text in entry["text"].values()}
    for text in accepted["text"].values():
        if text and fold(text, case=case) in known:
            report.add("P204", place, value=text)
        if len(text) > max_length:
            report.add("P209", place, limit=max_length)


def _spec(task: Task) -> _Spec:
    return cast("_Spec", task.spec)


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{max_length}."""
    return {"max_length": _spec(task)["max_length"]}


def read(task: Task, form: Form) -> Response:
    """Field `text` → {"text": …}, trimmed. ResponseError: empty, too-long."""
    text = only(form, "text").strip()
    limit = _spec(task)["max_length"]
    if not text:
        raise ResponseError("empty")
    if len(text) > limit:
        raise ResponseError("too-long", limit=str(limit))
    return {"text": text}


def mark(task: Task, response: Response) -> Outcome:
    """Parts: {"answer": right?}."""
    spec = _spec(task)
    text = str(response.get("text", ""))[: spec["max_length"]]
    answer = fold(text, case=spec["case"])
    accepted = _find(spec, answer) if answer else None
    if accepted is None:
        return outcome(task, Decimal(0), parts={"answer": False})
    fraction = Decimal(accepted["fraction"])
    feedback = accepted["feedback"]
    return outcome(task, fraction, feedback=[] if feedback is None else [feedback], parts={"answer": fraction == 1})


def _find(spec: _Spec, answer: str) -> _Accepted | None:
    for entry in spec["accept"]:
        for text in entry["text"].values():
            if entry["regex"] and full_match(text, answer, case=spec["case"]):
                return entry
            if not entry["regex"] and fold(text, case=spec["case"]) == answer:
                return entry
    for entry in spec["accept"]:
        wanted = [] if entry["regex"] else [fold(text, case=spec["case"]) for text in entry["text"].values()]
        if any(within_typos(answer, text, spec["typos"]) for text in wanted):
            return entry
    return None


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"text": the first plain text that earns full marks}."""
    full = (entry for entry in _spec(task)["accept"] if not entry["regex"] and Decimal(entry["fraction"]) == 1)
    return {"text": pick(next(full)["text"], language)}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The text as it was typed."""
    return str(response.get("text", ""))


def draft(task: Task, form: Form) -> Response:
    """{"text": as typed}."""
    return {"text": only(form, "text")}
