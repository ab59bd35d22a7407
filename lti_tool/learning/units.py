"""How far a learner is, unit by unit: for the learner's map and for the teacher's eyes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from course_packs import CompiledPack, Step, Unit, pick
from lti_tool.learning.attempts import Progress


@dataclass(frozen=True, slots=True)
class UnitCard:
    """A unit and how far it is done. ``state`` is "done", "current" (the first that is not done) or "open"."""

    number: int
    id: str
    title: str
    summary: str
    minutes: int
    place: str | None
    state: str
    url: str
    steps_done: int
    steps_total: int
    points: Decimal
    points_possible: Decimal


def step_key(unit: Unit, step: Step) -> str:
    """The name of a step in the whole pack: "unit/step"."""
    return f"{unit.id}/{step.id}"


def unit_cards(pack: CompiledPack, progress: Progress, language: str, address: Callable[[Unit], str]) -> list[UnitCard]:
    """Return a card for each unit, in order."""
    cards: list[UnitCard] = []
    current_found = False
    for number, unit in enumerate(pack.units, start=1):
        done = sum(step_key(unit, step) in progress.steps for step in unit.steps)
        state = "done" if done == len(unit.steps) else "open" if current_found else "current"
        current_found = current_found or state == "current"
        cards.append(
            UnitCard(
                number=number,
                id=unit.id,
                title=pick(unit.title, language),
                summary=pick(unit.summary, language),
                minutes=unit.minutes,
                place=unit.place,
                state=state,
                url=address(unit),
                steps_done=done,
                steps_total=len(unit.steps),
                points=sum((progress.points(task.id) for task in unit.tasks), Decimal(0)),
                points_possible=sum((task.points for task in unit.tasks), Decimal(0)),
            )
        )
    return cards


def steps_total(pack: CompiledPack) -> int:
    """How many steps a pack has."""
    return sum(len(unit.steps) for unit in pack.units)


def percent_done(pack: CompiledPack, progress: Progress) -> int:
    """How much of a pack was seen and answered, in whole percent."""
    known = {step_key(unit, step) for unit in pack.units for step in unit.steps}
    return 100 * len(progress.steps & known) // max(len(known), 1)
