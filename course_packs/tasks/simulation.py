"""Simulation: a shift at a workplace, played turn by turn (`course_packs.simulation`).

The file's own text travels in the spec, with the number of the edition it was written for: a release keeps playing as
long as this edition is kept. The attempt's seed decides what chance brings. The answer is
`{"moves": [{"controls": {name: "450" or true}, "replies": {event: reply}}]}` with the controls that were set anew.
`parts` tells for each goal whether it was met; every episode of a mistake is one mistake.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from threading import local
from typing import Any, Final

from course_packs.format.diagnostics import Report
from course_packs.format.fields import decimal_text, parse_decimal, scalar_at
from course_packs.format.languages import read_languages
from course_packs.format.model import Spec, Task, pick
from course_packs.format.pictures import FOLDER, Pictures
from course_packs.format.yaml_source import MappingNode, read_mapping, read_utf8
from course_packs.simulation import exploring, machine, staging
from course_packs.simulation.expressions import Value
from course_packs.simulation.judging import judge
from course_packs.simulation.machine import Machine, MoveRefused, State
from course_packs.simulation.model import Control, Plan, PlannedTurn, Simulation
from course_packs.simulation.reader import read_simulation, read_tree
from course_packs.tasks.contract import (
    Form,
    Move,
    MovesError,
    Outcome,
    Response,
    ResponseError,
    moves_of,
    only,
    outcome,
)

name: Final = "simulation"
SCHEMA: Final[Mapping[str, str]] = {"file": "name.sim.yaml beside tasks.yaml"}
EDITION: Final = "1"
_FILE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.sim\.yaml")
_SEED: Final = "0"  # of a task that stands before nobody yet
_EXPERT: Final = exploring.PLAYERS[0]


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {edition, source}; generated: {…, seed}."""
    value = scalar_at(node, "file", report)
    if value is None:
        if node.get("file") is None:
            report.add("P010", node, key="file")
        return {"edition": EDITION, "source": ""}
    if _FILE.fullmatch(value.value) is None:
        report.add("P260", value, value=value.value)
        return {"edition": EDITION, "source": ""}
    inside, data = report.beside(value.value)
    if data is None:
        report.add("P001", value, name=inside.file)
        return {"edition": EDITION, "source": ""}
    tree = read_mapping(data, inside)
    simulation = None if tree is None else read_tree(tree, inside)
    if tree is None or simulation is None:
        return {"edition": EDITION, "source": ""}
    exploring.check(simulation, inside)
    for layer in simulation.picture:
        if layer.name in report.pictures.sound:
            report.pictures.used.add(layer.name)
        elif layer.name not in report.pictures.refused:
            guess = report.guess(layer.name, report.pictures.sound)
            inside.add("P301", tree.keys["picture"], value=f"{FOLDER}{layer.name}", guess=guess)
    spoken = read_languages(tree, inside)
    for language in report.languages:
        if language not in spoken:
            inside.add("P261", tree.keys.get("languages", tree.mark), language=language)
    return {"edition": EDITION, "source": read_utf8(data, inside)}


def generate(task: Task, seed: int) -> Task:
    """Chance comes from the attempt's seed."""
    return replace(task, spec={**task.spec, "seed": str(seed)})


@lru_cache(maxsize=64)
def _simulation(source: str) -> Simulation:
    simulation = read_simulation(source.encode(), Report("", Pictures()))
    if simulation is None:
        raise ValueError("this simulation was never compiled")
    return simulation


class _Machines(local):
    """Machines of this thread, by source: a machine looks at one state at a time, so threads must not share one."""

    def __init__(self) -> None:
        self.get = lru_cache(maxsize=16)(lambda source: Machine(_simulation(source)))


_machines: Final = _Machines()


@lru_cache(maxsize=512)
def _states(source: str, seed: int, moves: tuple[str, ...]) -> tuple[State, ...]:
    """All states of a run. Remembered for each beginning of a run, so that a turn plays one turn only."""
    played: Machine = _machines.get(source)
    if not moves:
        return (played.begin(seed),)
    before = _states(source, seed, moves[:-1])
    return (*before, played.play(before[-1], _machine_move(json.loads(moves[-1]))))


def forget_runs() -> None:
    """Forget all runs played in this process; they are replayed when they are asked for."""
    _states.cache_clear()


def _machine_move(move: Mapping[str, Any]) -> machine.Move:
    """A stored move as the machine takes it. Raises MoveRefused when it is none."""
    controls, replies = move.get("controls", {}), move.get("replies", {})
    if not isinstance(controls, Mapping) or not isinstance(replies, Mapping):
        raise MoveRefused("bad-value")
    settings: dict[str, Value] = {}
    for control, value in controls.items():
        number = parse_decimal(value) if isinstance(value, str) else None
        if not isinstance(value, bool) and number is None:
            raise MoveRefused("bad-value", str(control))
        settings[control] = value if number is None else float(number)
    if not all(isinstance(reply, str) for reply in replies.values()):
        raise MoveRefused("unknown-reply")
    return machine.Move(settings, replies)


def _run(task: Task, moves: Sequence[Move]) -> tuple[Machine, tuple[State, ...]]:
    """The machine and all states of a run. Raises MovesError."""
    source, seed = task.spec["source"], int(task.spec.get("seed", _SEED))
    texts = tuple(json.dumps(move, sort_keys=True, ensure_ascii=False) for move in moves)
    try:
        return _machines.get(source), _states(source, seed, texts)
    except MoveRefused as refused:
        raise MovesError(str(refused)) from refused


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{title, role, turns, goals: [texts]}: what is known before the first turn."""
    simulation = _simulation(task.spec["source"])
    return {
        "title": pick(simulation.title, language),
        "role": pick(simulation.role, language),
        "turns": simulation.turns,
        "goals": [pick(goal.text, language) for goal in simulation.goals],
    }


def scene(task: Task, moves: Sequence[Move], *, language: str) -> dict[str, Any]:
    """See `simulation.staging.stage`; at the end also `debriefing` (`staging.told`)."""
    played, states = _run(task, moves)
    shown = staging.stage(played, states, language)
    if states[-1].ending is None:
        return {**shown, "debriefing": None}
    expert = _run(task, _expert_moves(task))[1]
    verdict = judge(played, states[-1])
    return {**shown, "debriefing": staging.told(played, states, verdict, expert, language)}


_REFUSALS: Final[Mapping[str, str]] = {
    "over": "run-over",
    "not-now": "not-now",
    "too-dear": "too-dear",
    "no-reply": "no-reply",
    "unknown-reply": "unknown-option",
}


def read_move(task: Task, moves: Sequence[Move], form: Form) -> Move:
    """Fields `set-<control>` (a switch: `on` or `off`) and `reply-<n>` = number of a reply to the n-th news.

    ResponseError: run-over, not-a-number, bad-setting, not-now, too-dear, no-reply, unknown-option.
    """
    played, states = _run(task, moves)
    state = states[-1]
    controls: dict[str, str | bool] = {}
    for control in played.simulation.controls.values():
        setting = _setting(control, form.get(f"set-{control.id}", ()))
        if setting is not None and _differs(setting, state.settings[control.id]):
            controls[control.id] = setting
    replies: dict[str, str] = {}
    for number, event_id in enumerate(state.pending):
        event = played.simulation.events[event_id]
        sent = only(form, f"reply-{number}")
        if not event.replies or not sent:
            continue
        offered = staging.reply_order(state, event_id, played.open_replies(state, event))
        if not sent.isdecimal() or len(sent) > 2 or int(sent) >= len(offered):
            raise ResponseError("unknown-option")
        replies[event_id] = offered[int(sent)]
    move: Move = {"controls": controls, "replies": replies}
    try:
        played.play(state, _machine_move(move))
    except MoveRefused as refused:
        raise ResponseError(_REFUSALS.get(refused.code, "bad-setting")) from refused
    return move


def _setting(control: Control, values: Sequence[str]) -> str | bool | None:
    if not values:
        return None
    if control.type == "switch":
        return "on" in values
    number = parse_decimal(values[0].strip().replace(",", ".").replace("−", "-"))
    if number is None:
        raise ResponseError("not-a-number")
    return decimal_text(number)


def _differs(setting: str | bool, present: Value) -> bool:
    return setting != present if isinstance(setting, bool) else abs(float(setting) - float(present)) > 1e-9


def is_over(task: Task, moves: Sequence[Move]) -> bool:
    """Whether the shift has come to its end."""
    return _run(task, moves)[1][-1].ending is not None


def read(task: Task, form: Form) -> Response:
    """ResponseError: by-moves, always. A shift is played, not handed in."""
    raise ResponseError("by-moves")


def mark(task: Task, response: Response) -> Outcome:
    """Parts: goal → met? A run that was broken off, or cannot be played, counts as not answered."""
    moves = moves_of(response)
    try:
        played, states = _run(task, moves or ())
    except MovesError:
        return outcome(task, Decimal(0))
    if states[-1].ending is None:
        return outcome(task, Decimal(0))
    verdict = judge(played, states[-1])
    slips = played.simulation.slips
    return outcome(
        task,
        verdict.fraction,
        mistakes=[slips[episode.slip].mistake for episode in verdict.episodes],
        parts=verdict.goals,
    )


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"moves": those of the author's expert}: what it earns stands in the author's plan, mostly everything."""
    return {"moves": _expert_moves(task)}


def _expert_moves(task: Task) -> list[Move]:
    played, states = _run(task, ())
    plan = next(
        (one for one in played.simulation.plans if one.id == _EXPERT), Plan(_EXPERT, Decimal(0), Decimal(0), ())
    )
    planned = iter(plan.turns)
    state, moves = states[-1], []
    while state.ending is None:
        turn = next(planned, PlannedTurn({}, {}))
        move = exploring.planned_move(played, state, turn)
        try:
            state_after = played.play(state, move)
        except MoveRefused:
            # Chance may have taken what the plan counted on: such a turn is played with the hands off.
            move = exploring.planned_move(played, state, PlannedTurn({}, turn.replies))
            state_after = played.play(state, move)
        moves.append(_stored(move, state))
        state = state_after
    return moves


def _stored(move: machine.Move, state: State) -> Move:
    return {
        "controls": {
            control: value if isinstance(value, bool) else decimal_text(Decimal(repr(value)))
            for control, value in move.controls.items()
            if value != state.settings[control]
        },
        "replies": dict(move.replies),
    }


_WORDS: Final = {
    "ru": {"turn": "ход {n}", "nothing": "без изменений", "on": "да", "off": "нет", "none": "не сыграно"},
    "en": {"turn": "turn {n}", "nothing": "nothing changed", "on": "yes", "off": "no", "none": "not played"},
}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The run in words: «ход 1: Подача 300 мм/мин; ход 2: без изменений»."""
    words = _WORDS["ru" if language == "ru" else "en"]
    moves = moves_of(response) or []
    try:
        played, _ = _run(task, moves)
    except MovesError:
        moves = []
    if not moves:
        return words["none"]
    return "; ".join(
        f"{words['turn'].format(n=number)}: {_said(played.simulation, move, words, language)}"
        for number, move in enumerate(moves, start=1)
    )


def _said(simulation: Simulation, move: Move, words: Mapping[str, str], language: str) -> str:
    parts = []
    for control_id, value in move.get("controls", {}).items():
        control = simulation.controls[control_id]
        if control.options:
            shown = pick(control.options[int(float(value))].text, language)
        elif isinstance(value, bool):
            shown = words["on" if value else "off"]
        else:
            shown = f"{value.replace('.', ',') if language == 'ru' else value} {pick(control.unit, language)}".rstrip()
        parts.append(f"{pick(control.title, language)} — {shown}")
    for event_id, reply_id in move.get("replies", {}).items():
        reply = next(one for one in simulation.events[event_id].replies if one.id == reply_id)
        parts.append(f"«{pick(reply.text, language)}»")
    return ", ".join(parts) or words["nothing"]


def draft(task: Task, form: Form) -> Response:
    """{"controls": as they were set, "replies": by number of the news}: to set them so again."""
    return {
        "controls": {
            field.removeprefix("set-"): values[-1]
            for field, values in form.items()
            if field.startswith("set-") and values
        },
        "replies": {
            field.removeprefix("reply-"): values[0]
            for field, values in form.items()
            if field.startswith("reply-") and values
        },
    }
