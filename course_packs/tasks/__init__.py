"""Task types: the registry of the built-in ones and of those that partners bring.

A partner's distribution registers a type under the entry-point group `lyceum_city.task_types`; the entry point's value
is an object that keeps `contract.TaskType` (a module will do) and its name is the type's name. Built-in names stay.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import Final

from course_packs.format.model import Task
from course_packs.tasks import (
    categorise,
    choice,
    code_output,
    dialogue,
    expert_assessment,
    formula,
    gaps,
    highlight,
    hotspot,
    matching,
    number,
    open_answer,
    ordering,
    self_assessment,
    short_text,
    simulation,
    survey,
    table,
    true_false,
)
from course_packs.tasks.contract import (
    Criterion,
    Form,
    GeneratedType,
    JudgedType,
    Judgement,
    Level,
    Move,
    MovesError,
    Outcome,
    Panel,
    PlayedType,
    Response,
    ResponseError,
    TaskType,
    Verdict,
)
from course_packs.tasks.rubric import judged, levels_of

__all__ = [
    "ENTRY_POINT_GROUP",
    "TYPES",
    "Criterion",
    "Form",
    "JudgedType",
    "Judgement",
    "Level",
    "Move",
    "MovesError",
    "Outcome",
    "Panel",
    "PlayedType",
    "Response",
    "ResponseError",
    "TaskType",
    "UnknownTaskTypeError",
    "Verdict",
    "concrete",
    "get_type",
    "outcome_of",
    "type_names",
]

ENTRY_POINT_GROUP: Final = "lyceum_city.task_types"

_BUILT_IN: Final[tuple[TaskType, ...]] = (
    choice,
    short_text,
    number,
    formula,
    ordering,
    matching,
    hotspot,
    highlight,
    code_output,
    survey,
    self_assessment,
    true_false,
    gaps,
    dialogue,
    simulation,
    categorise,
    table,
    open_answer,
    expert_assessment,
)
TYPES: Final[dict[str, TaskType]] = {one.name: one for one in _BUILT_IN}


class UnknownTaskTypeError(LookupError):
    """No task type of this name is installed."""


def get_type(name: str) -> TaskType:
    """The task type called `name`. Raises UnknownTaskTypeError when none is installed."""
    if name in TYPES:
        return TYPES[name]
    try:
        return _installed(name)
    except StopIteration:
        raise UnknownTaskTypeError(name) from None


def concrete(task: Task, seed: int) -> Task:
    """The task as one learner meets it: everything but `compile` and `generate` of a type wants it so.

    Most tasks are the same for all; one with generated values is made from the attempt's seed.
    """
    task_type = get_type(task.type)
    return task_type.generate(task, seed) if isinstance(task_type, GeneratedType) else task


def outcome_of(task: Task, response: Response, judgement: Judgement | None = None) -> Outcome:
    """What an answer is worth: what the type finds, or what people found of an answer that they judge. Total."""
    task_type = get_type(task.type)
    found = task_type.mark(task, response)
    if found.verdict != "pending" or not isinstance(task_type, JudgedType):
        return found
    rubric = task_type.criteria(task)
    levels = levels_of(rubric, judgement)
    return found if levels is None else judged(task, rubric, levels)


def type_names() -> list[str]:
    """All names `get_type` knows, the built-in ones first."""
    partners = sorted(entry_points(group=ENTRY_POINT_GROUP).names)
    return list(dict.fromkeys([*TYPES, *partners]))


@cache
def _installed(name: str) -> TaskType:
    entry = next(iter(entry_points(group=ENTRY_POINT_GROUP, name=name)))
    task_type: TaskType = entry.load()
    return task_type
