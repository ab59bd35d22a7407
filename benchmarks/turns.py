"""A turn of a job simulation in process: what a move costs between the form that came and the scene that goes out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import quantiles

from benchmarks.content import EXAMPLES
from course_packs import Task, compile_pack
from course_packs.tasks import concrete, simulation

TURNS = 60


@dataclass(frozen=True, slots=True)
class Turns:
    """Seconds of each turn of a run of `TURNS`: in a process that played the turns before (`warm`), and in one that
    replays all of them first (`cold`)."""

    warm: Sequence[float]
    cold: Sequence[float]


def play_turns() -> Turns:
    """Play the authors' example, made as long as a simulation may be."""
    task = _long_shift()
    moves: list[Mapping[str, object]] = []
    warm, cold = [], []
    for number in range(TURNS):
        form = _form(task, moves, number)
        warm.append(_turn(task, moves, form))
        simulation.forget_runs()
        cold.append(_turn(task, moves, form))
        moves.append(simulation.read_move(task, moves, form))
    assert simulation.is_over(task, moves)
    return Turns(warm, cold)


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(seconds, n=20)[-1]


def _long_shift() -> Task:
    task = concrete(compile_pack(EXAMPLES).task("simulation/shift"), 7)
    # The cutter wears out long before the sixtieth turn: here it may.
    source = task.spec["source"].replace("count: 6", f"count: {TURNS}").replace('when: "wear >= 100"', "when: false")
    return replace(task, spec={**task.spec, "source": source})


def _form(task: Task, moves: Sequence[Mapping[str, object]], number: int) -> dict[str, list[str]]:
    news = simulation.scene(task, moves, language="ru")["news"]
    replies = {f"reply-{place}": ["0"] for place, one in enumerate(news) if one["replies"]}
    return {"set-speed": [str(3000 + 500 * (number % 5))], "set-feed": [str(150 + 50 * (number % 4))], **replies}


def _turn(task: Task, moves: Sequence[Mapping[str, object]], form: Mapping[str, Sequence[str]]) -> float:
    """Read a move, judge the run when it is over, make the next scene. Processor seconds."""
    begun = time.process_time()
    after = [*moves, simulation.read_move(task, moves, form)]
    if simulation.is_over(task, after):
        simulation.mark(task, {"moves": after})
    simulation.scene(task, after, language="ru")
    return time.process_time() - begun
