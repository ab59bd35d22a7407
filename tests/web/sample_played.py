"""Sample pages of tasks that are played: real scenes of the authors' examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace as View
from typing import Any

from course_packs import CompiledPack, PlayedType, compile_pack, get_type, pick, tasks
from tests.web.sample_examples import html_values
from tests.web.sample_steps import Sample, says, step, task

Moves = Sequence[Mapping[str, Any]]
RECKLESS: Moves = [
    {"controls": {"speed": "8000", "feed": "450", "guard": False}, "replies": {}},
    {"controls": {"speed": "5000", "guard": True}, "replies": {}},
    {"controls": {"program": "1"}, "replies": {"chips": "ignore"}},
    {"controls": {}, "replies": {}},
    {"controls": {"cutter": True}, "replies": {}},
    {"controls": {}, "replies": {}},
]


@cache
def examples() -> CompiledPack:
    return compile_pack(Path(__file__).parents[2] / "docs/authoring/every-task")


def played(lang: str, name: str, moves: Moves, *, live: bool = True, closed: bool = False, **changes: Any) -> Sample:
    """The page of a played task after these moves."""
    original = tasks.concrete(examples().task(name), 3)
    kind = get_type(original.type)
    assert isinstance(kind, PlayedType)
    outcome = kind.mark(original, {"moves": moves})
    over = kind.is_over(original, moves)
    run = View(
        scene=html_values(kind.scene(original, moves, language=lang)),
        live=live and not over,
        place=f"1.{len(moves)}",
        percent=round(outcome.fraction * 100) if over else None,
        again_url="?again=1" if over and not closed else None,
        broken_off=not live and not over,
    )
    view = task(
        lang,
        original.type,
        pick(original.prompt, lang),
        kind.view(original, language=lang, seed=3),
        **{
            "run": run,
            "state": "closed" if closed else "open" if over else "new",
            "verdict": outcome.verdict if over else None,
            "tries_used": 2 if closed else 1 if over else 0,
            "points_possible": Decimal(4),
            "hint_url": None if over else "?hint",
            **changes,
        },
    )
    return step(lang, "task", says(lang, "Первая партия", "The first batch"), task=view)


def choices(count: int) -> list[dict[str, str]]:
    """The best replies of the example."""
    original = tasks.concrete(examples().task("dialogue/order"), 3)
    best: list[dict[str, str]] = get_type("dialogue").solution(original, language="ru")["moves"]
    return best[:count]


def clumsy() -> list[dict[str, str]]:
    """A talk with a hasty price in it."""
    node = examples().task("dialogue/order").spec["nodes"]
    names = ["hello.price", "doubt.admit", "questions.enough", "date.check", "master.repeat"]
    return [
        {"reply": next(one["id"] for one in node[name.partition(".")[0]]["replies"] if one["key"] == name)}
        for name in names
    ]


REFUSED = {"controls": {"speed": "4200", "feed": "300", "guard": "off"}, "replies": {}}

PAGES: dict[str, Callable[[str], Sample]] = {
    "simulation": lambda lang: played(lang, "simulation/shift", []),
    "simulation-news": lambda lang: played(lang, "simulation/shift", RECKLESS[:2]),
    "simulation-refused": lambda lang: played(
        lang,
        "simulation/shift",
        RECKLESS[:1],
        response=REFUSED,
        error=says(lang, "У одного из рычагов нет такого положения.", "One of the controls has no such position."),
    ),
    "simulation-over": lambda lang: played(lang, "simulation/shift", RECKLESS),
    "simulation-closed": lambda lang: played(lang, "simulation/shift", RECKLESS, closed=True),
    "simulation-broken-off": lambda lang: played(lang, "simulation/shift", RECKLESS[:2], live=False, state="closed"),
    "dialogue": lambda lang: played(lang, "dialogue/order", []),
    "dialogue-growing": lambda lang: played(lang, "dialogue/order", choices(3)),
    "dialogue-over": lambda lang: played(lang, "dialogue/order", clumsy(), closed=True),
}
