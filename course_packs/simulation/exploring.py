"""What can be proved of a simulation by playing it: the author's plans, then a search for what they left unseen.

No run can get stuck: controls may always be left alone, and the reader refuses an event whose replies all depend on
something. That a goal can be reached is proved by a run that reaches it; when none is found within the budget, the
author is told that it was not proved, never that it is so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Final

from course_packs.format.diagnostics import START, Report
from course_packs.simulation.expressions import Expression, Value
from course_packs.simulation.judging import Verdict, judge
from course_packs.simulation.machine import Machine, Move, MoveRefused, State
from course_packs.simulation.model import Control, Event, Plan, PlannedTurn, Simulation

PLAYERS: Final = ("expert", "careless", "reckless")
SEEDS: Final = (1, 2, 3)
BUDGET: Final = 400  # runs


@dataclass(slots=True)
class Seen:
    """What runs have shown so far."""

    goals: set[str] = field(default_factory=set)
    slips: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)

    def take(self, state: State, verdict: Verdict) -> None:
        """Add what a finished run shows."""
        self.goals.update(name for name, met in verdict.goals.items() if met)
        self.slips.update(name for _, name in state.slips)
        self.events.update(state.came)


def check(simulation: Simulation, report: Report) -> None:
    """Play the plans, search for the rest, and report what is wrong or could not be shown."""
    _check_use(simulation, report)
    machine, seen = Machine(simulation), Seen()
    for name in PLAYERS:
        if name not in {plan.id for plan in simulation.plans}:
            report.add("P420", START, key=name)
    for plan in simulation.plans:
        _check_plan(machine, plan, seen, report)
    search(machine, seen)
    for goal in simulation.goals:
        if goal.id not in seen.goals:
            report.add("P423", START, key=goal.id, count=BUDGET)
    for slip in simulation.slips:
        if slip not in seen.slips:
            report.add("P424", START, key=slip, count=BUDGET)
    for event in simulation.events:
        if event not in seen.events:
            report.add("P425", START, key=event, count=BUDGET)


def play_plan(machine: Machine, plan: Plan, seed: int) -> tuple[list[State], Verdict]:
    """A planned player's run. After the last planned turn nothing is touched; an event not planned for gets its first
    open reply.

    Raises:
        MoveRefused: the plan does what the simulation does not allow.
    """
    states = [machine.begin(seed)]
    planned = iter(plan.turns)
    while states[-1].ending is None:
        turn = next(planned, PlannedTurn({}, {}))
        states.append(machine.play(states[-1], planned_move(machine, states[-1], turn)))
    return states, judge(machine, states[-1])


def search(machine: Machine, seen: Seen, budget: int = BUDGET) -> None:
    """Play at random and around what was best, until everything was seen or the budget of runs is spent."""
    simulation = machine.simulation
    random = Random(simulation.id)
    known = [plan.turns for plan in simulation.plans] or [()]
    goals, slips, events = {goal.id for goal in simulation.goals}, set(simulation.slips), set(simulation.events)
    for number in range(budget):
        if seen.goals >= goals and seen.slips >= slips and seen.events >= events:
            return
        base: Sequence[PlannedTurn] = () if number % 3 == 0 else random.choice(known)
        before = len(seen.goals) + len(seen.slips) + len(seen.events)
        turns, last = _wander(machine, base, random)
        seen.take(last, judge(machine, last))
        if len(seen.goals) + len(seen.slips) + len(seen.events) > before:
            known.append(turns)


def _wander(machine: Machine, base: Sequence[PlannedTurn], random: Random) -> tuple[tuple[PlannedTurn, ...], State]:
    """One run: the given turns, some of them changed at random."""
    state = machine.begin(random.randrange(10**6))
    done: list[PlannedTurn] = []
    boldness = random.choice((0.1, 0.3, 0.7))
    while state.ending is None:
        planned = base[len(done)] if len(done) < len(base) else PlannedTurn({}, {})
        controls = dict(planned.controls)
        for control in machine.simulation.controls.values():
            if random.random() < boldness:
                controls[control.id] = _any_setting(control, random)
        replies = {
            name: random.choice(machine.open_replies(state, event))
            for name, event in asking(machine.simulation, state)
            if name not in planned.replies or random.random() < boldness
        }
        turn = PlannedTurn(controls, {**planned.replies, **replies})
        move = planned_move(machine, state, turn)
        try:
            state = machine.play(state, move)
        except MoveRefused:
            # Not allowed here, or too dear: such a turn is played with the hands off.
            turn = PlannedTurn({}, turn.replies)
            state = machine.play(state, planned_move(machine, state, turn))
        done.append(turn)
    return tuple(done), state


def planned_move(machine: Machine, state: State, turn: PlannedTurn) -> Move:
    """A planned turn as a move in this very state: only events that are there are answered, all of them."""
    replies = {}
    for name, event in asking(machine.simulation, state):
        possible = machine.open_replies(state, event)
        wanted = turn.replies.get(name)
        replies[name] = wanted if wanted in possible else possible[0]
    return Move(turn.controls, replies)


def asking(simulation: Simulation, state: State) -> Iterator[tuple[str, Event]]:
    """The events of a state that want a reply."""
    for name in state.pending:
        event = simulation.events[name]
        if event.replies:
            yield name, event


def _any_setting(control: Control, random: Random) -> Value:
    if control.type == "switch":
        return random.random() < 0.5
    last = round((control.high - control.low) / control.step)
    # The ends and the start matter more often than what lies between.
    step = random.choice((0, last, random.randint(0, last)))
    return control.low + step * control.step


def _check_plan(machine: Machine, plan: Plan, seen: Seen, report: Report) -> None:
    scores = []
    for turn in plan.turns:
        for name, reply in turn.replies.items():
            if reply not in {one.id for one in machine.simulation.events[name].replies}:
                report.add("P412", START, key=f"{plan.id}/{name}", value=reply)
    for seed in SEEDS:
        try:
            states, verdict = play_plan(machine, plan, seed)
        except MoveRefused as refused:
            report.add("P421", START, key=plan.id, what=str(refused))
            return
        seen.take(states[-1], verdict)
        scores.append(verdict.fraction * 100)
    if min(scores) < plan.low or max(scores) > plan.high:
        shown = ", ".join(f"{score.quantize(Decimal('0.1'))}" for score in scores)
        report.add("P422", START, key=plan.id, value=shown, low=plan.low, high=plan.high)


def _check_use(simulation: Simulation, report: Report) -> None:
    """Controls that change nothing, quantities that never change."""
    read: set[str] = set()
    for expression in _expressions(simulation):
        read |= expression.names
    for control in simulation.controls.values():
        if control.id not in read and not control.cost:
            report.add("P426", START, key=control.id)
    written = {name for rule in simulation.rules for name, _ in rule.changes}
    written |= {name for event in simulation.events.values() for name, _ in event.changes}
    written |= {name for event in simulation.events.values() for reply in event.replies for name, _ in reply.changes}
    written |= {name for control in simulation.controls.values() for name, _ in control.cost}
    for variable in simulation.variables.values():
        if variable.id not in written:
            report.add("P427", START, key=variable.id)


def _expressions(simulation: Simulation) -> Iterator[Expression]:
    for rule in simulation.rules:
        yield from (one for one in (rule.when, rule.mistake_if) if one is not None)
        yield from (one for _, one in rule.changes)
    for event in simulation.events.values():
        yield from (one for _, one in event.changes)
        if event.when is not None:
            yield event.when
        for reply in event.replies:
            yield from (one for _, one in reply.changes)
            if reply.when is not None:
                yield reply.when
    for control in simulation.controls.values():
        yield from (one for _, one in control.cost)
        if control.when is not None:
            yield control.when
    yield from (slip.when for slip in simulation.slips.values() if slip.when is not None)
    yield from (goal.when for goal in simulation.goals)
    if simulation.score is not None:
        yield simulation.score
    if simulation.stop is not None:
        yield simulation.stop.when
