"""Choice: one or several of 2 to 12 options.

Option ids are a, b, c … in the author's order. Several answers: fraction = (right chosen − wrong chosen) / number of
right ones, not below 0. `parts` covers the chosen options only: the rest would give the key away.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypedDict, cast

from course_packs.format.canonical import load_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, flag, items_at
from course_packs.format.markdown import plain_text
from course_packs.format.model import Spec, Task, Text, pick
from course_packs.format.texts import text_at, text_or_none
from course_packs.format.yaml_source import MappingNode
from course_packs.tasks.arrangement import letter, report_repeats, shuffled
from course_packs.tasks.contract import Form, Outcome, Response, ResponseError, outcome
from course_packs.tasks.mistakes import mistake_data

name: Final = "choice"
SCHEMA: Final[Mapping[str, str]] = {
    "options": "2–12 × {text, correct: true?, feedback?, mistake?}",
    "multiple": "true | false (false)",
    "shuffle": "true | false (true)",
}


class _Option(TypedDict):
    id: str
    text: Text
    correct: bool
    feedback: Text | None
    mistake: Mapping[str, Any] | None


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {multiple, shuffle, options: [{id, text, correct, feedback, mistake}]}."""
    multiple = flag(node, "multiple", report, default=False)
    options: list[_Option] = []
    places: list[tuple[Text, MappingNode]] = []
    if node.get("options") is None:
        report.add("P010", node, key="options")
    for item in items_at(node, "options", report, at_least=2, at_most=12)[:12]:
        mapping = as_mapping(item, report)
        if mapping is None:
            continue
        option = _compile_option(letter(len(options)), mapping, report)
        options.append(option)
        places.append((option["text"], mapping))
    report_repeats(places, report)
    if len(options) >= 2:
        _check_key(node, options, multiple, report)
    return {"multiple": multiple, "shuffle": flag(node, "shuffle", report, default=True), "options": options}


def _compile_option(option_id: str, node: MappingNode, report: Report) -> _Option:
    check_keys(node, report, ("text", "correct", "feedback", "mistake"), required=("text",))
    correct = flag(node, "correct", report, default=False)
    if correct and node.get("mistake") is not None:
        report.add("P213", node.keys["mistake"])
    return {
        "id": option_id,
        "text": text_at(node, "text", report, "inline"),
        "correct": correct,
        "feedback": text_or_none(node, "feedback", report, "block"),
        "mistake": mistake_data(node, report).get("mistake"),
    }


def _check_key(node: MappingNode, options: list[_Option], multiple: bool, report: Report) -> None:
    place = node.keys["options"]
    right = sum(option["correct"] for option in options)
    if right == 0:
        report.add("P202", place)
    elif right == len(options):
        report.add("P203", place)
    elif right > 1 and not multiple:
        report.add("P201", place, count=right)


def _options(task: Task) -> list[_Option]:
    return cast("list[_Option]", task.spec["options"])


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{multiple, options: [{id, html}]}."""
    options = [{"id": option["id"], "html": pick(option["text"], language)} for option in _options(task)]
    return {
        "multiple": task.spec["multiple"],
        "options": shuffled(options, task, seed) if task.spec["shuffle"] else options,
    }


def read(task: Task, form: Form) -> Response:
    """Field `choice`, repeated → {"chosen": [ids]}. ResponseError: empty, too-many, unknown-option."""
    chosen = sorted({value for value in form.get("choice", ()) if value})
    if not chosen:
        raise ResponseError("empty")
    if not set(chosen) <= {option["id"] for option in _options(task)}:
        raise ResponseError("unknown-option")
    if len(chosen) > 1 and not task.spec["multiple"]:
        raise ResponseError("too-many")
    return {"chosen": chosen}


def mark(task: Task, response: Response) -> Outcome:
    """Parts: chosen option id → right?"""
    wanted = set(response.get("chosen", ()))
    chosen = [option for option in _options(task) if option["id"] in wanted]
    right = sum(option["correct"] for option in chosen)
    wrong = len(chosen) - right
    possible = sum(option["correct"] for option in _options(task))
    fraction = Decimal(max(0, right - wrong)) / possible
    return outcome(
        task,
        fraction,
        feedback=[option["feedback"] for option in chosen if option["feedback"] is not None],
        mistakes=[load_mistake(option["mistake"]) for option in chosen if option["mistake"] is not None],
        parts={option["id"]: option["correct"] for option in chosen},
    )


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"chosen": [ids of the right options]}."""
    return {"chosen": [option["id"] for option in _options(task) if option["correct"]]}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The chosen options: «Прямо; Назад»."""
    chosen = response.get("chosen", ())
    return "; ".join(plain_text(pick(option["text"], language)) for option in _options(task) if option["id"] in chosen)


def draft(task: Task, form: Form) -> Response:
    """{"chosen": what was ticked}."""
    return {"chosen": list(form.get("choice", ()))}
