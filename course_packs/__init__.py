"""The content engine: packs of learning material, their tasks and their marking. Pure Python, no web, no database.

from pathlib import Path
from course_packs import compile_pack, get_type, pick, score_try

pack = compile_pack(Path("my-pack"))
task = pack.task("arrival/whom-to-ask")
task_type = get_type(task.type)
view = task_type.view(task, language="ru", seed=7)
outcome = task_type.mark(task, task_type.read(task, {"choice": ["a"]}))
points = score_try(task, outcome, try_number=1)
"""

from __future__ import annotations

from course_packs.format.compiler import compile_files, compile_pack, lint_pack
from course_packs.format.diagnostics import Diagnostic, PackError
from course_packs.format.model import (
    Author,
    CompiledPack,
    Completion,
    Grading,
    Media,
    Mistake,
    Source,
    Step,
    Task,
    Text,
    Unit,
    pick,
)
from course_packs.scoring import score_pack, score_try
from course_packs.tasks import (
    TYPES,
    JudgedType,
    Move,
    Outcome,
    PlayedType,
    Response,
    ResponseError,
    TaskType,
    UnknownTaskTypeError,
    get_type,
)

__all__ = [
    "TYPES",
    "Author",
    "CompiledPack",
    "Completion",
    "Diagnostic",
    "Grading",
    "JudgedType",
    "Media",
    "Mistake",
    "Move",
    "Outcome",
    "PackError",
    "PlayedType",
    "Response",
    "ResponseError",
    "Source",
    "Step",
    "Task",
    "TaskType",
    "Text",
    "Unit",
    "UnknownTaskTypeError",
    "compile_files",
    "compile_pack",
    "get_type",
    "lint_pack",
    "pick",
    "score_pack",
    "score_try",
]
