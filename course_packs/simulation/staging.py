"""A run as a page draws it: JSON-safe values, places on scales as shares of 0 to 1, curves as points of a picture.

Everything here is `showing` put into shapes that a template can draw without calculating.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from course_packs.format.fields import decimal_text
from course_packs.format.model import pick
from course_packs.simulation.judging import Episode, Verdict, judge
from course_packs.simulation.machine import Machine, State
from course_packs.simulation.model import Variable
from course_packs.simulation.showing import Instrument, Lever, debriefing, reading, scene

CHART_WIDTH: Final = 320
CHART_HEIGHT: Final = 96
_MARGIN: Final = 8
_TREND: Final = 3  # earlier readings shown beside an instrument


def stage(machine: Machine, states: Sequence[State], language: str) -> dict[str, Any]:
    """What a page shows after the last of these states.

    {heading, title, role, turn, turns, over, ending, instruments, levers, news, goals: [{text, met}], picture: [{html,
    text}]}. Replies to news stand in an order that the seed decides and are numbered: an author's names for them may
    say which is good.
    """
    simulation, state = machine.simulation, states[-1]
    shown = scene(machine, states, language)
    verdict = judge(machine, state)
    return {
        "title": pick(simulation.title, language),
        "role": pick(simulation.role, language),
        "heading": shown.heading,
        "turn": state.turn,
        "turns": simulation.turns,
        "played": len(states) - 1,
        "over": state.ending is not None,
        "ending": shown.ending,
        "instruments": [_instrument(simulation.variables[one.id], one, states, language) for one in shown.instruments],
        "levers": [_lever(one) for one in shown.levers],
        "news": [
            {
                "text": news.text,
                "replies": [
                    {"value": str(number), "text": dict(news.replies)[name]}
                    for number, name in enumerate(reply_order(state, news.id, [name for name, _ in news.replies]))
                ],
            }
            for news in shown.news
        ],
        "goals": [{"text": pick(goal.text, language), "met": verdict.goals[goal.id]} for goal in simulation.goals],
        # The reader let only names of pictures through, so they can stand in HTML as they are.
        "picture": [{"html": f'<img src="media:{name}" alt="">', "text": text} for name, text in shown.picture],
    }


def reply_order(state: State, event: str, replies: Sequence[str]) -> list[str]:
    """The replies to an event as a learner meets them: the best one must not always stand first."""
    return sorted(replies, key=lambda reply: sha256(f"{state.seed}|{state.turn}|{event}|{reply}".encode()).digest())


def told(
    machine: Machine, states: Sequence[State], verdict: Verdict, expert: Sequence[State], language: str
) -> dict[str, Any]:
    """The debriefing of a finished run.

    {percent, capped, cap, goals: [{text, met}], lessons: [{kind, severity, note, turn, last_turn, points}], charts,
    questions}; `expert` is the run of an experienced player, drawn beside.
    """
    simulation = machine.simulation
    shown = debriefing(machine, states, verdict, language)
    visible = [one for one in simulation.variables.values() if one.show != "hidden" and one.kind == "number"]
    return {
        "percent": _number(decimal_text(shown.percent), language),
        "capped": shown.capped,
        "cap": _number(decimal_text(simulation.safety_cap), language),
        "goals": [{"text": text, "met": met} for text, met in shown.goals],
        "lessons": [
            {
                "kind": lesson.kind,
                "severity": lesson.severity,
                "note": lesson.note,
                "turn": lesson.turn,
                "last_turn": lesson.turn + lesson.turns - 1,
                "points": _number(decimal_text(lesson.points), language),
            }
            for lesson in shown.lessons
        ],
        "charts": [_chart(one, states, expert, verdict.episodes, language) for one in visible],
        "questions": list(shown.questions),
    }


def _number(text: str, language: str) -> str:
    return text.replace(".", ",") if language == "ru" else text


def _instrument(variable: Variable, one: Instrument, states: Sequence[State], language: str) -> dict[str, Any]:
    values = [float(state.values[variable.id]) for state in states[-2:]]
    return {
        "title": one.title,
        "show": one.show,
        "reading": one.reading,
        "unit": one.unit,
        "on": bool(states[-1].values[variable.id]) if variable.kind == "flag" else None,
        "standing": one.standing,
        "share": None if one.share is None else round(one.share, 4),
        "good": None if variable.good is None else [_share(variable, end) for end in variable.good],
        "good_text": _band(variable, language),
        "limit": None if variable.limit is None else _share(variable, variable.limit),
        "limit_text": None if variable.limit is None else reading(variable, variable.limit, language),
        "ends": None
        if variable.low is None or variable.high is None
        else [reading(variable, end, language) for end in (variable.low, variable.high)],
        "earlier": list(one.trend if one.show == "trend" else one.trend[-_TREND:]),
        "chart": _chart(variable, states, (), (), language) if one.show == "trend" else None,
        "trend": None
        if variable.kind == "flag" or len(one.trend) == 0 or one.trend[-1] == one.reading
        else ("up" if values[-1] > values[0] else "down"),
    }


def _band(variable: Variable, language: str) -> str | None:
    if variable.good is None:
        return None
    return "–".join(reading(variable, end, language) for end in variable.good)


def _share(variable: Variable, value: float) -> float | None:
    if variable.low is None or variable.high is None or variable.high <= variable.low:
        return None
    return round(min(max((value - variable.low) / (variable.high - variable.low), 0.0), 1.0), 4)


def _lever(lever: Lever) -> dict[str, Any]:
    return {
        "id": lever.id,
        "title": lever.title,
        "type": lever.type,
        "setting": lever.setting if lever.type == "switch" else f"{lever.setting:.10g}",
        "hint": lever.hint,
        "unit": lever.unit,
        "usable": lever.usable,
        "low": f"{lever.low:.10g}",
        "high": f"{lever.high:.10g}",
        "step": f"{lever.step:.10g}",
        "options": [{"value": f"{value:.10g}", "text": text} for value, text in lever.options],
    }


def _chart(
    variable: Variable, states: Sequence[State], expert: Sequence[State], episodes: Sequence[Episode], language: str
) -> dict[str, Any]:
    """One quantity's course, with what an experienced player had; places are those of a picture, y grows downwards."""
    course = [float(state.values[variable.id]) for state in states]
    other = [float(state.values[variable.id]) for state in expert]
    marks = [*course, *other, *(variable.good or ()), *([] if variable.limit is None else [variable.limit])]
    low, high = min(marks), max(marks)
    if high == low:
        high = low + 1
    steps = max(len(course), len(other), 2) - 1

    def x(turn: int) -> float:
        return float(round(_MARGIN + turn * (CHART_WIDTH - 2 * _MARGIN) / steps, 1))

    def y(value: float) -> float:
        return float(round(CHART_HEIGHT - _MARGIN - (value - low) * (CHART_HEIGHT - 2 * _MARGIN) / (high - low), 1))

    return {
        "title": pick(variable.title, language),
        "unit": pick(variable.unit, language),
        "width": CHART_WIDTH,
        "height": CHART_HEIGHT,
        "line": " ".join(f"{x(turn)},{y(value)}" for turn, value in enumerate(course)),
        "dots": [[x(turn), y(value)] for turn, value in enumerate(course)],
        "expert": " ".join(f"{x(turn)},{y(value)}" for turn, value in enumerate(other)),
        "band": None
        if variable.good is None
        else [y(variable.good[1]), round(y(variable.good[0]) - y(variable.good[1]), 1)],
        "limit": None if variable.limit is None else y(variable.limit),
        "marks": sorted({x(min(one.turn, len(course) - 1)) for one in episodes}),
        "readings": [reading(variable, value, language) for value in course],
        "expert_readings": [reading(variable, value, language) for value in other],
    }
