"""What a learner may see of a run: instruments, controls, news; at the end the debriefing. Hidden state stays here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from course_packs.format.model import pick
from course_packs.simulation.expressions import Value
from course_packs.simulation.judging import Verdict
from course_packs.simulation.machine import Machine, State
from course_packs.simulation.model import Show, Variable

Standing = Literal["plain", "good", "off", "over"]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One reading. `share` is its place between the ends (0 to 1), None without ends; `trend` the earlier readings."""

    id: str
    title: str
    show: Show
    reading: str
    unit: str
    standing: Standing
    share: float | None
    trend: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lever:
    """One control. `options` are values and words; empty for a slider."""

    id: str
    title: str
    type: str
    setting: Value
    hint: str
    unit: str
    usable: bool
    low: float
    high: float
    step: float
    options: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class News:
    """One event of this turn; with `replies` (ids and words) it wants an answer."""

    id: str
    text: str
    replies: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is shown in one turn; after the end there are no controls, and `ending` says why it came early."""

    heading: str
    instruments: tuple[Instrument, ...]
    levers: tuple[Lever, ...]
    news: tuple[News, ...]
    ending: str | None
    picture: tuple[tuple[str, str], ...] = ()  # layers, the lowest first: name of the file and what it shows


@dataclass(frozen=True, slots=True)
class Lesson:
    """One mistake in the debriefing."""

    kind: str
    severity: str
    note: str
    turn: int
    turns: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class Debriefing:
    """What the shift showed: the score in percent, goals with whether they were met, mistakes, courses of readings."""

    percent: Decimal
    goals: tuple[tuple[str, bool], ...]
    lessons: tuple[Lesson, ...]
    capped: bool
    courses: Mapping[str, tuple[str, ...]]
    questions: tuple[str, ...]


def scene(machine: Machine, states: Sequence[State], language: str) -> Scene:
    """What is shown in the last of these states."""
    simulation, state = machine.simulation, states[-1]
    ending = None
    if state.ending == "stopped" and simulation.stop is not None:
        ending = pick(simulation.stop.text, language)
    return Scene(
        heading=pick(simulation.turn_label, language).replace("{n}", str(state.turn)),
        instruments=tuple(
            _instrument(one, states, language) for one in simulation.variables.values() if one.show != "hidden"
        ),
        levers=tuple(_lever(machine, state, name, language) for name in simulation.controls if not state.ending),
        news=tuple(_news(machine, state, name, language) for name in state.pending),
        ending=ending,
        picture=tuple(
            (layer.name, pick(layer.text, language))
            for layer in simulation.picture
            if layer.when is None or machine.finds(state, layer.when)
        ),
    )


def debriefing(machine: Machine, states: Sequence[State], verdict: Verdict, language: str) -> Debriefing:
    """What is told after the run."""
    simulation = machine.simulation
    lessons = []
    for episode in verdict.episodes:
        mistake = simulation.slips[episode.slip].mistake
        note = pick(mistake.note, language)
        lessons.append(Lesson(mistake.kind, mistake.severity, note, episode.turn, episode.turns, episode.points))
    shown = [one for one in simulation.variables.values() if one.show != "hidden"]
    return Debriefing(
        percent=(verdict.fraction * 100).quantize(Decimal("0.1"), ROUND_HALF_UP),
        goals=tuple((pick(goal.text, language), verdict.goals[goal.id]) for goal in simulation.goals),
        lessons=tuple(lessons),
        capped=verdict.capped,
        courses={one.id: tuple(reading(one, state.values[one.id], language) for state in states) for one in shown},
        questions=tuple(pick(one, language) for one in simulation.reflect),
    )


def reading(variable: Variable, value: Value, language: str) -> str:
    """A value as an instrument shows it: rounded as at school, with the decimal mark of the language."""
    if variable.kind == "flag":
        words = ("нет", "да") if language == "ru" else ("no", "yes")
        return words[bool(value)]
    step = Decimal(1).scaleb(-variable.digits)
    number = Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP)
    if not number:
        number = abs(number)  # no minus before a zero
    return str(number).replace("-", "−").replace(".", "," if language == "ru" else ".")


def _instrument(variable: Variable, states: Sequence[State], language: str) -> Instrument:
    value = states[-1].values[variable.id]
    share = None
    if variable.low is not None and variable.high is not None and variable.high > variable.low:
        share = (float(value) - variable.low) / (variable.high - variable.low)
    return Instrument(
        id=variable.id,
        title=pick(variable.title, language),
        show=variable.show,
        reading=reading(variable, value, language),
        unit=pick(variable.unit, language),
        standing=_standing(variable, value),
        share=share,
        trend=tuple(reading(variable, state.values[variable.id], language) for state in states[:-1]),
    )


def _standing(variable: Variable, value: Value) -> Standing:
    if variable.limit is not None and float(value) > variable.limit:
        return "over"
    if variable.good is None:
        return "plain"
    return "good" if variable.good[0] <= float(value) <= variable.good[1] else "off"


def _lever(machine: Machine, state: State, name: str, language: str) -> Lever:
    control = machine.simulation.controls[name]
    return Lever(
        id=name,
        title=pick(control.title, language),
        type=control.type,
        setting=state.settings[name],
        hint=pick(control.hint, language),
        unit=pick(control.unit, language),
        usable=machine.can_use(state, control),
        low=control.low,
        high=control.high,
        step=control.step,
        options=tuple((float(n), pick(option.text, language)) for n, option in enumerate(control.options)),
    )


def _news(machine: Machine, state: State, name: str, language: str) -> News:
    event = machine.simulation.events[name]
    possible = set(machine.open_replies(state, event))
    replies = tuple((one.id, pick(one.text, language)) for one in event.replies if one.id in possible)
    return News(name, pick(event.text, language), replies)
