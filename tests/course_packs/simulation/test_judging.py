"""The verdict: goals, mistakes by episode, the price of each, and the cap where life was at risk."""

from __future__ import annotations

from decimal import Decimal

from course_packs.simulation import Machine, Move, State, debriefing, judge
from course_packs.simulation.judging import Episode, find_episodes
from tests.course_packs.simulation.samples import KETTLE, machine

KETTLE_MACHINE = machine()
SIMULATION = KETTLE_MACHINE.simulation


def test_a_condition_that_lasts_is_one_mistake() -> None:
    slips = [(1, "cold"), (2, "cold"), (4, "cold")]
    assert find_episodes(SIMULATION, slips) == (
        Episode("cold", 1, 2, Decimal("2.50")),
        Episode("cold", 4, 1, Decimal("2.00")),
    )


def test_a_long_mistake_costs_twice_a_short_one_at_most() -> None:
    (episode,) = find_episodes(SIMULATION, [(turn, "cold") for turn in range(1, 31)])
    assert episode == Episode("cold", 1, 30, Decimal(4))


def test_a_mistake_that_a_rule_or_a_reply_names_counts_each_time() -> None:
    assert [one.turns for one in find_episodes(SIMULATION, [(1, "steam"), (2, "steam")])] == [1, 1]


def test_the_score_is_the_share_of_goals_less_the_penalties() -> None:
    verdict = judge(KETTLE_MACHINE, last(Move(), calm(), Move(), Move({"power": 0.0})))
    assert verdict.goals == {"tea": True, "calm": False}
    assert verdict.episodes == ()
    assert verdict.fraction == Decimal("0.75")


def test_an_author_may_reckon_the_score_otherwise() -> None:
    other = machine(KETTLE + 'score: "10 + 2 * goal_points - penalty_points / 4"\n')
    state = other.replay(7, [Move(), calm(), Move(), Move({"power": 0.0})])[-1]
    assert judge(other, state).fraction == Decimal("0.16")


def test_who_risked_a_life_does_not_come_out_well() -> None:
    text = KETTLE.replace("points: 3", "points: 9") + "safety_cap: 30\npenalty: {critical: 1}\n"
    risky = machine(text)
    state = risky.replay(7, [Move({"power": 40.0}), calm(power=40.0), Move({"close": True}), Move()])[-1]
    verdict = judge(risky, state)
    assert verdict.capped
    assert verdict.fraction == Decimal("0.3")


def test_the_debriefing_tells_what_each_mistake_cost() -> None:
    states = KETTLE_MACHINE.replay(7, [Move({"power": 0.0}), Move({}, {"call": "go"}), Move(), Move()])
    told = debriefing(KETTLE_MACHINE, states, judge(KETTLE_MACHINE, states[-1]), "ru")
    assert [(one.kind, one.severity, one.note, one.turn, one.turns) for one in told.lessons] == [
        ("quality", "minor", "Вода остыла.", 1, 1),
        ("safety", "major", "Чайник остался без присмотра.", 2, 1),
    ]
    assert told.goals == (("Вода для чая", False), ("Без спешки", False))
    assert told.courses["heat"] == ("20", "20", "50", "50", "50")
    assert "secret" not in told.courses


def last(*moves: Move) -> State:
    return KETTLE_MACHINE.replay(7, moves)[-1]


def calm(**controls: float | bool) -> Move:
    return Move(controls, {"call": "wait"})


def test_machines_share_nothing() -> None:
    assert Machine(SIMULATION).begin(1) == KETTLE_MACHINE.begin(1)
