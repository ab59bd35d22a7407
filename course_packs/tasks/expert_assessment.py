"""Expert assessment: what was done away from the screen, judged by a rubric by an adult who saw it.

The pupil reads by which criteria, does the work at the bench, at a partner's site or before the class, and says that it
is done; a teacher, a master or a partner's expert judges. A few words of the pupil may go with it.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from course_packs.format.diagnostics import Report
from course_packs.format.model import Spec, Task
from course_packs.format.yaml_source import MappingNode
from course_packs.tasks.contract import Criterion, Form, Outcome, Panel, Response, ResponseError, only, outcome, pending
from course_packs.tasks.rubric import RUBRIC, compile_rubric, rubric_view
from course_packs.tasks.rubric import criteria as read_criteria

name: Final = "expert_assessment"
SCHEMA: Final[Mapping[str, str]] = {"rubric": RUBRIC}
LONGEST_NOTE: Final = 1000


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {rubric}."""
    return {"rubric": compile_rubric(node, report)}


def criteria(task: Task) -> tuple[Criterion, ...]:
    """The rubric."""
    return read_criteria(task)


def panel(task: Task) -> Panel:
    """One adult."""
    return Panel()


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{rubric: [{id, html, steps}], max_length}."""
    return {"rubric": rubric_view(criteria(task), language), "max_length": LONGEST_NOTE}


def read(task: Task, form: Form) -> Response:
    """Fields `done` = "yes", `note` → {"done": true, "note": …}. ResponseError: empty, too-long."""
    note = only(form, "note").strip()
    if only(form, "done") != "yes":
        raise ResponseError("empty")
    if len(note) > LONGEST_NOTE:
        raise ResponseError("too-long", limit=str(LONGEST_NOTE))
    return {"done": True, "note": note}


def mark(task: Task, response: Response) -> Outcome:
    """`pending`; no parts."""
    return pending(task) if response.get("done") is True else outcome(task, Decimal(0))


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """Nothing: what is right shows in the work."""
    return {}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The words that went with it, or that it was done."""
    if response.get("done") is not True:
        return ""
    return str(response.get("note") or ("сделано" if language == "ru" else "done"))


def draft(task: Task, form: Form) -> Response:
    """{"done": ticked?, "note": as typed}."""
    return {"done": only(form, "done") == "yes", "note": only(form, "note")}
