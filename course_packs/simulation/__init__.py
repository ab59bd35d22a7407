"""Job simulations: turn-based workplaces described in YAML, judged by the server, replayable from seed and moves.

from pathlib import Path
from course_packs.simulation import Machine, Move, judge, load

simulation = load(Path("furnace.sim.yaml"))
machine = Machine(simulation)
state = machine.begin(seed=7)
state = machine.play(state, Move({"coke": 440.0, "prep": True}))
print(judge(machine, state).fraction)
"""

from __future__ import annotations

from course_packs.simulation.files import lint_simulation, load
from course_packs.simulation.judging import Episode, Verdict, judge
from course_packs.simulation.machine import Machine, Move, MoveRefused, State
from course_packs.simulation.model import Simulation
from course_packs.simulation.showing import Debriefing, Scene, debriefing, scene

__all__ = [
    "Debriefing",
    "Episode",
    "Machine",
    "Move",
    "MoveRefused",
    "Scene",
    "Simulation",
    "State",
    "Verdict",
    "debriefing",
    "judge",
    "lint_simulation",
    "load",
    "scene",
]
