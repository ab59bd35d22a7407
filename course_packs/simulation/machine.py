"""Running a simulation: a pure function from a state and a move to the next state.

A run is its seed and its moves, nothing else: `replay` gives the same states from them, always. Chance is drawn from a
hash of the seed, the turn and the place it is asked at, so that it depends neither on Python's version nor on the order
of questions. Within a turn: the learner's settings are taken and paid for, the replies to events act, the rules run in
order, values are held within their ends, mistakes are looked for; then the next turn's events come.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from course_packs.simulation.expressions import Evaluator, Expression, Past, Value
from course_packs.simulation.model import Changes, Control, Event, Simulation

Ending = Literal["time", "stopped"]
Values = Mapping[str, Value]


class MoveRefused(ValueError):
    """A move that the rules of the simulation do not allow; nothing happened.

    `code` is one of over, unknown-control, bad-value, not-now, too-dear, no-reply, unknown-reply; `name` says of what.
    """

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(f"{code}: {name}" if name else code)
        self.code = code
        self.name = name


@dataclass(frozen=True, slots=True)
class Move:
    """One turn of a learner: controls that are set anew (others keep their place) and replies to events."""

    controls: Mapping[str, Value] = field(default_factory=dict)
    replies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """Where a run stands. `turn` counts from 1; after the end it is the last turn played."""

    seed: int
    turn: int
    values: Values
    settings: Values
    past: tuple[Values, ...]  # values and settings of each turn played, oldest first
    pending: tuple[str, ...]  # events of this turn
    came: Mapping[str, int]  # events that have come, with the turn
    slips: tuple[tuple[int, str], ...]  # turn and mistake, in the order they were made
    ending: Ending | None = None


class Machine:
    """Plays one simulation. Keeps nothing between calls but what it may forget."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self._evaluator = Evaluator(simulation.tables)
        self._start: Values = {
            **{one.id: one.start for one in simulation.variables.values()},
            **{one.id: one.start for one in simulation.controls.values()},
        }

    def begin(self, seed: int) -> State:
        """The first turn of a run; its events have come."""
        start = State(
            seed=seed,
            turn=1,
            values={one.id: one.start for one in self.simulation.variables.values()},
            settings={one.id: one.start for one in self.simulation.controls.values()},
            past=(),
            pending=(),
            came={},
            slips=(),
        )
        return self._with_events(start)

    def play(self, state: State, move: Move) -> State:
        """The state after a turn.

        Raises:
            MoveRefused: the move cannot be made in this state.
        """
        if state.ending is not None:
            raise MoveRefused("over")
        turn = _Turn(self, state)
        turn.set_controls(move.controls)
        turn.reply(move.replies)
        turn.run_rules()
        turn.find_mistakes()
        return turn.end()

    def replay(self, seed: int, moves: Sequence[Move]) -> list[State]:
        """All states of a run, the first one too.

        Raises:
            MoveRefused: a move could not be made; what was recorded belongs to another edition of the simulation.
        """
        states = [self.begin(seed)]
        for move in moves:
            states.append(self.play(states[-1], move))
        return states

    def can_use(self, state: State, control: Control) -> bool:
        """Whether a control can be used in this turn."""
        if control.when is None:
            return True
        self._look_at(state)
        return self._evaluator.holds(control.when)

    def finds(self, state: State, condition: Expression) -> bool:
        """Whether a condition holds in this state."""
        self._look_at(state)
        return self._evaluator.holds(condition)

    def open_replies(self, state: State, event: Event) -> list[str]:
        """The replies to an event that can be given in this turn."""
        self._look_at(state)
        return [one.id for one in event.replies if one.when is None or self._evaluator.holds(one.when)]

    def names(self, state: State) -> dict[str, Value]:
        """What expressions see in a state: variables, controls, `turn` and `turns`. At the end, the last settings."""
        return self._names(state, state.values, state.settings)

    def history(self, state: State, place: str) -> Past:
        """What expressions may ask about the run so far; chance is drawn anew for each place it is asked at."""
        return _History(self, state, place)

    def _look_at(self, state: State) -> None:
        self._evaluator.look_at(self.names(state), _History(self, state, "look"))

    def _names(self, state: State, values: Values, settings: Values) -> dict[str, Value]:
        return {**values, **settings, "turn": float(state.turn), "turns": float(self.simulation.turns)}

    def _with_events(self, state: State) -> State:
        """Let the events of a turn come."""
        values, came, pending = dict(state.values), dict(state.came), []
        for event in self.simulation.events.values():
            if (event.at is not None and event.at != state.turn) or not event.first <= state.turn <= event.last:
                continue
            if event.id in came and not event.repeat:
                continue
            history = _History(self, state, f"event {event.id}")
            names = self._names(state, values, state.settings)
            self._evaluator.look_at(names, history)
            if event.when is not None and not self._evaluator.holds(event.when):
                continue
            if event.chance < 1 and history.chance() >= event.chance:
                continue
            self._apply(event.changes, names, values)
            came[event.id] = state.turn
            pending.append(event.id)
        return State(
            seed=state.seed,
            turn=state.turn,
            values=values,
            settings=state.settings,
            past=state.past,
            pending=tuple(pending),
            came=came,
            slips=state.slips,
            ending=state.ending,
        )

    def _apply(self, changes: Changes, names: dict[str, Value], values: dict[str, Value]) -> None:
        """Give variables their new values, all at once; `names` are what expressions see and are changed too."""
        new = {name: self._evaluator.evaluate(expression) for name, expression in changes}
        for name, value in new.items():
            names[name] = values[name] = self.held(name, value)

    def held(self, name: str, value: Value) -> Value:
        """The value within the ends of its variable."""
        variable = self.simulation.variables[name]
        if variable.kind == "flag":
            return bool(value)
        number = float(value)
        if variable.low is not None:
            number = max(number, variable.low)
        return number if variable.high is None else min(number, variable.high)


class _Turn:
    """One turn while it is being played."""

    def __init__(self, machine: Machine, state: State) -> None:
        self._machine = machine
        self._state = state
        self._evaluator = machine._evaluator
        self._values = dict(state.values)
        self._settings = dict(state.settings)
        self._slips: list[tuple[int, str]] = list(state.slips)
        self._names = machine._names(state, self._values, self._settings)
        self._evaluator.look_at(self._names, _History(machine, state, "move"))

    def set_controls(self, wanted: Mapping[str, Value]) -> None:
        controls = self._machine.simulation.controls
        for name in wanted:
            if name not in controls:
                raise MoveRefused("unknown-control", name)
        used: list[Control] = []
        for name, control in controls.items():
            if name not in wanted:
                continue
            value = _setting(control, wanted[name])
            if value == self._settings[name]:
                continue
            if control.when is not None and not self._evaluator.holds(control.when):
                raise MoveRefused("not-now", name)
            self._settings[name] = value
            used.append(control)
        self._names.update(self._settings)
        for control in used:
            self._pay(control)

    def _pay(self, control: Control) -> None:
        """Take what using a control costs; what would go below a variable's lower end cannot be paid."""
        for name, expression in control.cost:
            left = float(self._values[name]) - self._evaluator.number(expression)
            low = self._machine.simulation.variables[name].low
            if low is not None and left < low - 1e-9:
                raise MoveRefused("too-dear", control.id)
            self._names[name] = self._values[name] = self._machine.held(name, left)

    def reply(self, given: Mapping[str, str]) -> None:
        state, simulation = self._state, self._machine.simulation
        for name in given:
            if name not in state.pending or not simulation.events[name].replies:
                raise MoveRefused("unknown-reply", name)
        for name in state.pending:
            event = simulation.events[name]
            if not event.replies:
                continue
            if name not in given:
                raise MoveRefused("no-reply", name)
            chosen = next((one for one in event.replies if one.id == given[name]), None)
            if chosen is None or (chosen.when is not None and not self._evaluator.holds(chosen.when)):
                raise MoveRefused("unknown-reply", name)
            self._machine._apply(chosen.changes, self._names, self._values)
            if chosen.mistake is not None:
                self._slips.append((state.turn, chosen.mistake))

    def run_rules(self) -> None:
        for number, rule in enumerate(self._machine.simulation.rules):
            self._evaluator.look_at(self._names, _History(self._machine, self._state, f"rule {number}", self._slips))
            if rule.when is not None and not self._evaluator.holds(rule.when):
                continue
            if rule.mistake is not None and (rule.mistake_if is None or self._evaluator.holds(rule.mistake_if)):
                self._slips.append((self._state.turn, rule.mistake))
            self._machine._apply(rule.changes, self._names, self._values)

    def find_mistakes(self) -> None:
        self._evaluator.look_at(self._names, _History(self._machine, self._state, "mistakes", self._slips))
        found = [
            slip.id
            for slip in self._machine.simulation.slips.values()
            if slip.when is not None and self._evaluator.holds(slip.when)
        ]
        self._slips += [(self._state.turn, name) for name in found]

    def end(self) -> State:
        simulation, state = self._machine.simulation, self._state
        self._evaluator.look_at(self._names, _History(self._machine, state, "stop", self._slips))
        stopped = simulation.stop is not None and self._evaluator.holds(simulation.stop.when)
        over = stopped or state.turn >= simulation.turns
        settings = {
            name: control.start if control.once and not over else self._settings[name]
            for name, control in simulation.controls.items()
        }
        following = State(
            seed=state.seed,
            turn=state.turn if over else state.turn + 1,
            values=self._values,
            settings=settings,
            past=(*state.past, {**self._values, **self._settings}),
            pending=(),
            came=state.came,
            slips=tuple(self._slips),
            ending="stopped" if stopped else "time" if over else None,
        )
        return following if over else self._machine._with_events(following)


class _History:
    """What expressions may ask about a run (`expressions.Past`)."""

    def __init__(
        self, machine: Machine, state: State, place: str, slips: Sequence[tuple[int, str]] | None = None
    ) -> None:
        self._machine = machine
        self._state = state
        self._place = place
        self._slips = state.slips if slips is None else slips
        self._asked = 0

    def before(self, name: str, turns: int) -> Value:
        past = self._state.past
        return past[-turns][name] if turns <= len(past) else self._machine._start[name]

    def mistakes(self, name: str) -> int:
        return sum(1 for _, made in self._slips if made == name)

    def happened(self, name: str) -> bool:
        return name in self._state.came

    def chance(self) -> float:
        self._asked += 1
        drawn = sha256(f"{self._state.seed}|{self._state.turn}|{self._place}|{self._asked}".encode()).digest()
        return int.from_bytes(drawn[:7], "big") / 2**56


def _setting(control: Control, value: Value) -> Value:
    """A control's new place, or a refusal: what the browser sends is judged here."""
    if control.type == "switch":
        if not isinstance(value, bool):
            raise MoveRefused("bad-value", control.id)
        return value
    number = float(value)
    if not math.isfinite(number) or not control.low <= number <= control.high:
        raise MoveRefused("bad-value", control.id)
    steps = (number - control.low) / control.step
    if abs(steps - round(steps)) > 1e-6:
        raise MoveRefused("bad-value", control.id)
    return control.low + round(steps) * control.step
