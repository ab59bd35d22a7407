"""What a run is worth: mistakes by episode, goals met, the score, and what each cost.

A mistake that lasts is one mistake: consecutive turns of the same condition are an episode, whose price grows slowly
with its length. Counting by turn would punish somebody who froze for one cause a dozen times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from course_packs.simulation.expressions import Evaluator, Past, Value
from course_packs.simulation.machine import Machine, State
from course_packs.simulation.model import Simulation

FRACTION_STEP: Final = Decimal("0.00001")
LASTING: Final = Decimal("0.25")  # what each further turn of an episode adds to its price
DEAREST: Final = Decimal(2)  # however long it lasts


@dataclass(frozen=True, slots=True)
class Episode:
    """One mistake: which, from which turn, for how many turns, and the points it cost."""

    slip: str
    turn: int
    turns: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run is judged. `fraction` is 0 to 1 in steps of 0.00001; `capped`: life was at risk, the score is held."""

    fraction: Decimal
    goals: Mapping[str, bool]
    episodes: tuple[Episode, ...]
    goal_points: Decimal
    penalty_points: Decimal
    capped: bool


def judge(machine: Machine, state: State) -> Verdict:
    """The verdict on a run so far; at its end it is final."""
    simulation = machine.simulation
    met = _goals(machine, state)
    goal_points = sum((goal.points for goal in simulation.goals if met[goal.id]), Decimal(0))
    episodes = find_episodes(simulation, state.slips)
    penalty_points = sum((episode.points for episode in episodes), Decimal(0))
    percent = _percent(machine, state, goal_points, penalty_points)
    dangerous = any(
        simulation.slips[one.slip].mistake.kind == "safety"
        and simulation.slips[one.slip].mistake.severity == "critical"
        for one in episodes
    )
    capped = dangerous and percent > simulation.safety_cap
    if capped:
        percent = simulation.safety_cap
    return Verdict(
        fraction=(min(max(percent, Decimal(0)), Decimal(100)) / 100).quantize(FRACTION_STEP),
        goals=met,
        episodes=episodes,
        goal_points=goal_points,
        penalty_points=penalty_points,
        capped=capped,
    )


def find_episodes(simulation: Simulation, slips: Sequence[tuple[int, str]]) -> tuple[Episode, ...]:
    """The mistakes of a run in the order they began. A slip that rules or replies name is an episode each time."""
    runs: list[tuple[str, int, int]] = []  # slip, first turn, turns
    open_at: dict[str, int] = {}
    for turn, name in slips:
        last = open_at.get(name)
        lasting = simulation.slips[name].when is not None
        if lasting and last is not None and runs[last][1] + runs[last][2] == turn:
            runs[last] = (name, runs[last][1], runs[last][2] + 1)
        else:
            open_at[name] = len(runs)
            runs.append((name, turn, 1))
    return tuple(Episode(name, turn, turns, _price(simulation, name, turns)) for name, turn, turns in runs)


def _price(simulation: Simulation, name: str, turns: int) -> Decimal:
    once = simulation.penalties[simulation.slips[name].mistake.severity]
    return once * min(1 + LASTING * (turns - 1), DEAREST)


def _goals(machine: Machine, state: State) -> dict[str, bool]:
    evaluator = Evaluator(machine.simulation.tables)
    evaluator.look_at(machine.names(state), machine.history(state, "goals"))
    return {goal.id: evaluator.holds(goal.when) for goal in machine.simulation.goals}


def _percent(machine: Machine, state: State, goal_points: Decimal, penalty_points: Decimal) -> Decimal:
    simulation = machine.simulation
    if simulation.score is None:
        possible = sum((goal.points for goal in simulation.goals), Decimal(0))
        return 100 * goal_points / possible - penalty_points if possible else Decimal(0)
    names: dict[str, Value] = {
        **machine.names(state),
        "goal_points": float(goal_points),
        "penalty_points": float(penalty_points),
    }
    history: Past = machine.history(state, "score")
    evaluator = Evaluator(simulation.tables)
    evaluator.look_at(names, history)
    # Through text: what a pupil would write down, not the binary fraction behind it.
    return Decimal(repr(round(evaluator.number(simulation.score), 6)))
