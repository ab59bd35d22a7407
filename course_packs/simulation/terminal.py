"""A simulation in a terminal: for an author who wants to know how it plays before anybody draws a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from course_packs.format.model import pick
from course_packs.simulation.exploring import play_plan
from course_packs.simulation.expressions import Value
from course_packs.simulation.judging import judge
from course_packs.simulation.machine import Machine, Move, MoveRefused, State
from course_packs.simulation.model import Plan
from course_packs.simulation.showing import Debriefing, Instrument, Lever, Scene, debriefing, scene

Say = Callable[[str], None]
Ask = Callable[[str], str]

WORDS: Final = {
    "ru": {
        "set": "Что меняем? имя=значение через пробел, пусто — ничего",
        "reply": "Ваш ответ",
        "refused": "Так нельзя: {what}. Ничего не произошло, попробуйте иначе.",
        "score": "Итог: {percent} из 100",
        "capped": "Была угроза жизни: выше этого итог не поднимается.",
        "goals": "Что удалось",
        "lessons": "Ошибки",
        "none": "Ошибок нет.",
        "hour": "ход {turn}, длилась {turns}, −{points}",
        "good": "в норме",
        "off": "вне нормы",
        "over": "выше предела",
        "plain": "",
        "no": "сейчас нельзя",
    },
    "en": {
        "set": "What to change? name=value, separated by spaces; empty for nothing",
        "reply": "Your reply",
        "refused": "Not possible: {what}. Nothing happened, try another way.",
        "score": "Result: {percent} of 100",
        "capped": "Life was at risk: the result does not rise above this.",
        "goals": "What was achieved",
        "lessons": "Mistakes",
        "none": "No mistakes.",
        "hour": "turn {turn}, lasted {turns}, −{points}",
        "good": "in order",
        "off": "out of order",
        "over": "above the limit",
        "plain": "",
        "no": "not now",
    },
}


def play(machine: Machine, *, seed: int, language: str, say: Say, ask: Ask) -> list[State]:
    """Play a run by question and answer; return its states."""
    words = WORDS["ru" if language == "ru" else "en"]
    simulation = machine.simulation
    say(f"{pick(simulation.title, language)} · {pick(simulation.role, language)}")
    states = [machine.begin(seed)]
    while states[-1].ending is None:
        shown = scene(machine, states, language)
        _show(shown, words, say)
        while True:
            try:
                states.append(machine.play(states[-1], _move(shown, words, ask)))
                break
            except (MoveRefused, ValueError) as refused:
                say(words["refused"].format(what=refused))
    _show(scene(machine, states, language), words, say)
    _tell(debriefing(machine, states, judge(machine, states[-1]), language), words, say)
    return states


def show_plan(machine: Machine, plan: Plan, *, seed: int, language: str, say: Say) -> list[State]:
    """Let a plan play, and show every turn of it."""
    words = WORDS["ru" if language == "ru" else "en"]
    states, verdict = play_plan(machine, plan, seed)
    for count in range(1, len(states) + 1):
        _show(scene(machine, states[:count], language), words, say)
    _tell(debriefing(machine, states, verdict, language), words, say)
    return states


def _show(shown: Scene, words: dict[str, str], say: Say) -> None:
    say(f"\n── {shown.heading}")
    for news in shown.news:
        say(f"  ! {news.text}")
    for _, layer in shown.picture:
        say(f"  ▣ {layer}")
    for one in shown.instruments:
        say("  " + _line(one, words))
    if shown.ending is not None:
        say(f"  ■ {shown.ending}")
    for lever in shown.levers:
        say("  · " + _lever(lever, words))


def _line(one: Instrument, words: dict[str, str]) -> str:
    standing = words[one.standing]
    trend = f"  ({' → '.join(one.trend[-3:])} →)" if one.trend else ""
    return f"{one.title}: {one.reading} {one.unit}".rstrip() + (f"  [{standing}]" if standing else "") + trend


def _lever(lever: Lever, words: dict[str, str]) -> str:
    if not lever.usable:
        return f"{lever.id}  {lever.title}: {words['no']}"
    if lever.options:
        choices = ", ".join(f"{value:g} — {text}" for value, text in lever.options)
        return f"{lever.id}={lever.setting:g}  {lever.title}: {choices}"
    if lever.type == "switch":
        return f"{lever.id}={int(lever.setting)}  {lever.title} (0/1)  {lever.hint}".rstrip()
    ends = f"{lever.low:g}–{lever.high:g} {lever.unit}"
    return f"{lever.id}={lever.setting:g}  {lever.title} ({ends})  {lever.hint}".rstrip()


def _move(shown: Scene, words: dict[str, str], ask: Ask) -> Move:
    """A move read from what was typed.

    Raises:
        ValueError: something is not `name=number`.
    """
    replies = {}
    for news in shown.news:
        if news.replies:
            offered = "  ".join(f"[{name}] {text}" for name, text in news.replies)
            replies[news.id] = ask(f"{words['reply']}: {offered}").strip()
    controls: dict[str, Value] = {}
    switches = {lever.id for lever in shown.levers if lever.type == "switch"}
    for part in ask(words["set"]).split():
        name, sign, value = part.partition("=")
        if not sign:
            raise ValueError(part)
        number = float(value.replace(",", "."))
        controls[name] = bool(number) if name in switches else number
    return Move(controls, replies)


def _tell(told: Debriefing, words: dict[str, str], say: Say) -> None:
    say(f"\n══ {words['score'].format(percent=told.percent)}")
    if told.capped:
        say(f"  {words['capped']}")
    say(f"  {words['goals']}:")
    for text, met in told.goals:
        say(f"    {'✓' if met else '–'} {text}")
    say(f"  {words['lessons']}:" if told.lessons else f"  {words['none']}")
    for lesson in told.lessons:
        price = words["hour"].format(turn=lesson.turn, turns=lesson.turns, points=lesson.points)
        say(f"    {lesson.kind}, {lesson.severity}: {lesson.note} ({price})")
    _ask_back(told.questions, say)


def _ask_back(questions: Sequence[str], say: Say) -> None:
    for question in questions:
        say(f"  ? {question}")
