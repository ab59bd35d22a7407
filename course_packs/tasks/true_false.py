"""True or false: a statement to judge, and perhaps the reason why.

The prompt is the statement. With reasons the verdict earns `share` and the right reason the rest; a wrong verdict earns
nothing, whatever the reason. `parts` is {"answer": right?} and, once the verdict is right, {chosen reason: right?}.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypedDict, cast

from course_packs.format.canonical import load_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, decimal, decimal_text, flag, items_at
from course_packs.format.markdown import plain_text
from course_packs.format.model import Spec, Task, Text, pick
from course_packs.format.texts import text_at, text_or_none
from course_packs.format.yaml_source import MappingNode
from course_packs.tasks.arrangement import opaque_ids, report_repeats, shuffled
from course_packs.tasks.contract import Form, Outcome, Response, ResponseError, only, outcome
from course_packs.tasks.mistakes import mistake_data

name: Final = "true_false"
SCHEMA: Final[Mapping[str, str]] = {
    "answer": "true | false: is the prompt a true statement",
    "reasons": "2–6 × {text, correct: true?, feedback?, mistake?}; one is right",
    "share": "0–1 (0.5): what the verdict earns, the reason earns the rest",
}
_VERDICTS: Final = {"true": True, "false": False}
_WORDS: Final[Mapping[bool, Text]] = {True: {"ru": "верно", "en": "true"}, False: {"ru": "неверно", "en": "false"}}


class _Reason(TypedDict):
    id: str
    text: Text
    correct: bool
    feedback: Text | None
    mistake: Mapping[str, Any] | None


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {answer, share, reasons: [{id, text, correct, feedback, mistake}]}."""
    if node.get("answer") is None:
        report.add("P010", node, key="answer")
    share = decimal(node, "share", report, default=Decimal("0.5"), high=1, above_low=True)
    if node.get("share") is not None and node.get("reasons") is None:
        report.add("P221", node.keys["share"])
    return {
        "answer": flag(node, "answer", report, default=False),
        "share": decimal_text(share),
        "reasons": [] if node.get("reasons") is None else _compile_reasons(node, report),
    }


def _compile_reasons(node: MappingNode, report: Report) -> list[_Reason]:
    nodes = [as_mapping(item, report) for item in items_at(node, "reasons", report, at_least=2, at_most=6)[:6]]
    found = [(mapping, _compile_reason(mapping, report)) for mapping in nodes if mapping is not None]
    report_repeats([(reason["text"], mapping) for mapping, reason in found], report)
    right = sum(reason["correct"] for _, reason in found)
    if len(found) >= 2 and right != 1:
        report.add("P220", node.keys["reasons"], count=right)
    ids = opaque_ids([reason["text"] for _, reason in found])
    return [{**reason, "id": reason_id} for reason_id, (_, reason) in zip(ids, found, strict=True)]


def _compile_reason(node: MappingNode, report: Report) -> _Reason:
    check_keys(node, report, ("text", "correct", "feedback", "mistake"), required=("text",))
    correct = flag(node, "correct", report, default=False)
    if correct and node.get("mistake") is not None:
        report.add("P213", node.keys["mistake"])
    return {
        "id": "",
        "text": text_at(node, "text", report, "inline"),
        "correct": correct,
        "feedback": text_or_none(node, "feedback", report, "block"),
        "mistake": mistake_data(node, report).get("mistake"),
    }


def _reasons(task: Task) -> list[_Reason]:
    return cast("list[_Reason]", task.spec["reasons"])


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{reasons: [{id, html}]}, shuffled; empty when none are asked for."""
    ordered = sorted(_reasons(task), key=lambda reason: reason["id"])
    reasons = [{"id": reason["id"], "html": pick(reason["text"], language)} for reason in ordered]
    return {"reasons": shuffled(reasons, task, seed)}


def read(task: Task, form: Form) -> Response:
    """Fields `answer` (true | false), `reason` → {"answer": true, "reason": id | null}.

    ResponseError: empty, incomplete, unknown-option.
    """
    answer, reason = only(form, "answer"), only(form, "reason")
    known = {one["id"] for one in _reasons(task)}
    if not answer and not (known and reason):
        raise ResponseError("empty")
    if not answer or (known and not reason):
        raise ResponseError("incomplete", missing="1")
    if answer not in _VERDICTS or (known and reason not in known):
        raise ResponseError("unknown-option")
    return {"answer": _VERDICTS[answer], "reason": reason if known else None}


def mark(task: Task, response: Response) -> Outcome:
    """Parts: "answer" → right?; the chosen reason's id → right?, unless the verdict is wrong."""
    if response.get("answer") is not task.spec["answer"]:
        return outcome(task, Decimal(0), parts={"answer": False})
    chosen = [reason for reason in _reasons(task) if reason["id"] == response.get("reason")]
    whole = not _reasons(task) or any(reason["correct"] for reason in chosen)
    return outcome(
        task,
        Decimal(1) if whole else Decimal(task.spec["share"]),
        feedback=[reason["feedback"] for reason in chosen if reason["feedback"] is not None],
        mistakes=[load_mistake(reason["mistake"]) for reason in chosen if reason["mistake"] is not None],
        parts={"answer": True} | {reason["id"]: reason["correct"] for reason in chosen},
    )


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"answer": true | false, "reason": id of the right one or null}."""
    right = [reason["id"] for reason in _reasons(task) if reason["correct"]]
    return {"answer": task.spec["answer"], "reason": right[0] if right else None}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The verdict and the reason: «верно: сталь прочнее»."""
    answer = response.get("answer")
    words = [_WORDS[answer].get(language, _WORDS[answer]["en"])] if isinstance(answer, bool) else []
    chosen = [reason for reason in _reasons(task) if reason["id"] == response.get("reason")]
    return ": ".join([*words, *(plain_text(pick(reason["text"], language)) for reason in chosen)])


def draft(task: Task, form: Form) -> Response:
    """{"answer": as chosen or null, "reason": as chosen or null}."""
    return {"answer": _VERDICTS.get(only(form, "answer")), "reason": only(form, "reason") or None}
