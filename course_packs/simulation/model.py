"""A job simulation as plain frozen values: everything checked, every expression ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from course_packs.format.model import Mistake, Text
from course_packs.simulation.expressions import Expression, Kind, Value

Show = Literal["hidden", "value", "gauge", "tank", "lamp", "trend"]
ControlType = Literal["slider", "switch", "choice"]
SHOWS: Final[tuple[Show, ...]] = ("hidden", "value", "gauge", "tank", "lamp", "trend")
CONTROL_TYPES: Final[tuple[ControlType, ...]] = ("slider", "switch", "choice")
MAX_TURNS: Final = 60
MAX_LAYERS: Final = 8
Changes = tuple[tuple[str, Expression], ...]
"""Variables and their new values; all read the old values, then are written together."""
Table = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """One quantity of the workplace. `low` and `high` are the ends it is held within; `good` the band to stay in."""

    id: str
    title: Text
    kind: Kind
    start: Value
    show: Show
    unit: Text = field(default_factory=dict)
    digits: int = 0
    low: float | None = None
    high: float | None = None
    good: tuple[float, float] | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One position of a `choice` control; as a value it is its number, counted from 0."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Layer:
    """One picture of the workplace, laid over those before it while `when` holds; `text` says what it shows."""

    name: str
    text: Text
    when: Expression | None


@dataclass(frozen=True, slots=True)
class Control:
    """Something the learner sets each turn. A `once` control springs back; `when` says whether it can be used."""

    id: str
    title: Text
    type: ControlType
    start: Value
    hint: Text
    unit: Text
    once: bool
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    options: tuple[Option, ...] = ()
    when: Expression | None = None
    cost: Changes = ()  # what using it takes from variables

    @property
    def kind(self) -> Kind:
        return "flag" if self.type == "switch" else "number"


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens each turn, when `when` holds."""

    when: Expression | None
    changes: Changes
    mistake: str | None = None
    mistake_if: Expression | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One way to answer an event."""

    id: str
    text: Text
    changes: Changes
    mistake: str | None
    when: Expression | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that comes by itself: at a turn, on a condition, by chance; all that are named must agree."""

    id: str
    text: Text
    changes: Changes
    replies: tuple[Reply, ...]
    at: int | None = None
    first: int = 1
    last: int = MAX_TURNS
    when: Expression | None = None
    chance: float = 1.0
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake that can be made. With `when` it is looked for each turn; else rules and replies name it."""

    id: str
    mistake: Mistake
    when: Expression | None


@dataclass(frozen=True, slots=True)
class Goal:
    """What the shift is for."""

    id: str
    text: Text
    when: Expression
    points: Decimal


@dataclass(frozen=True, slots=True)
class Stop:
    """When the run ends before its last turn."""

    when: Expression
    text: Text


@dataclass(frozen=True, slots=True)
class PlannedTurn:
    """What a planned player does in one turn: controls set, events answered."""

    controls: Mapping[str, Value]
    replies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """A player written down by the author, and the score such a player should come to, in percent."""

    id: str
    low: Decimal
    high: Decimal
    turns: tuple[PlannedTurn, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """A whole simulation."""

    id: str
    title: Text
    role: Text
    turns: int
    turn_label: Text
    variables: Mapping[str, Variable]
    controls: Mapping[str, Control]
    tables: Mapping[str, Table]
    rules: tuple[Rule, ...]
    events: Mapping[str, Event]
    slips: Mapping[str, Slip]
    penalties: Mapping[str, Decimal]  # by severity, in points
    goals: tuple[Goal, ...]
    stop: Stop | None
    score: Expression | None
    safety_cap: Decimal  # the most, in percent, that a run may earn in which life was put at risk
    reflect: tuple[Text, ...]
    plans: tuple[Plan, ...]
    picture: tuple[Layer, ...] = ()
