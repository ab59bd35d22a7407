"""A run: turns, settings, events, replies, mistakes, and that it can be replayed to the same end."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_packs.simulation import Machine, Move, MoveRefused, State, judge, load, scene
from tests.course_packs.simulation.samples import EXAMPLE, KETTLE, machine

KETTLE_MACHINE = machine()
EXAMPLE_MACHINE = Machine(load(EXAMPLE))


def play(*moves: Move, text: str = KETTLE) -> list[State]:
    return machine(text).replay(7, moves)


def calm(**controls: float | bool) -> Move:
    return Move(controls, {"call": "wait"})


def test_a_turn_takes_settings_runs_rules_and_goes_on() -> None:
    first, second = play(Move({"power": 40.0, "close": True}))
    assert (first.turn, second.turn) == (1, 2)
    assert second.values["heat"] == 60
    assert second.values["lid"] is True
    assert second.settings == {"power": 40.0, "close": False, "cup": 0.0, "descale": False}, "a `once` control is back"


def test_values_stay_within_their_ends() -> None:
    states = play(Move({"power": 40.0, "close": True}), calm(), Move(), Move())
    assert [state.values["heat"] for state in states] == [20, 60, 100, 100, 100]


def test_all_changes_of_one_rule_read_the_old_values() -> None:
    text = KETTLE.replace('secret: "secret + (1 if descale else 0)"', 'secret: "heat"')
    assert play(Move(), text=text)[1].values["secret"] == 20


def test_the_last_turn_ends_the_run() -> None:
    states = play(Move(), calm(), Move(), Move())
    assert [state.ending for state in states] == [None, None, None, None, "time"]
    with pytest.raises(MoveRefused, match="over"):
        KETTLE_MACHINE.play(states[-1], Move())


def test_a_run_is_stopped_when_it_has_to_be() -> None:
    states = play(Move({"power": 40.0}), calm(), Move())
    assert states[-1].ending == "stopped"
    assert states[-1].turn == 3


@pytest.mark.parametrize(
    ("move", "code", "name"),
    [
        (Move({"lever": 1.0}), "unknown-control", "lever"),
        (Move({"power": 41.0}), "bad-value", "power"),
        (Move({"power": 15.0}), "bad-value", "power"),
        (Move({"power": float("nan")}), "bad-value", "power"),
        (Move({"close": 1.0}), "bad-value", "close"),
        (Move({"cup": 2.0}), "bad-value", "cup"),
        (Move({}, {"call": "wait"}), "unknown-reply", "call"),
    ],
)
def test_a_move_that_cannot_be_made_changes_nothing(move: Move, code: str, name: str) -> None:
    state = KETTLE_MACHINE.begin(7)
    with pytest.raises(MoveRefused) as caught:
        KETTLE_MACHINE.play(state, move)
    assert (caught.value.code, caught.value.name) == (code, name)
    assert KETTLE_MACHINE.begin(7) == state


def test_an_event_asks_until_it_is_answered() -> None:
    _, asking = play(Move())
    assert asking.pending == ("call",)
    with pytest.raises(MoveRefused, match="no-reply: call"):
        KETTLE_MACHINE.play(asking, Move())
    with pytest.raises(MoveRefused, match="unknown-reply"):
        KETTLE_MACHINE.play(asking, Move({}, {"call": "ask"}))
    answered = KETTLE_MACHINE.play(asking, Move({}, {"call": "go"}))
    assert answered.values["heat"] == 90
    assert answered.slips == ((2, "left"),)


def test_a_reply_may_depend_on_what_was_done_before() -> None:
    closed = play(Move({"close": True}))[1]
    event = KETTLE_MACHINE.simulation.events["call"]
    assert KETTLE_MACHINE.open_replies(closed, event) == ["wait", "go", "ask"]


def test_using_a_control_costs_and_has_its_time() -> None:
    paid = play(Move({"descale": True}))[1]
    assert paid.values["money"] == 4
    with pytest.raises(MoveRefused, match="too-dear: descale"):
        KETTLE_MACHINE.play(paid, calm(descale=True))
    hot = play(Move({"power": 40.0}))[1]
    assert not KETTLE_MACHINE.can_use(hot, KETTLE_MACHINE.simulation.controls["descale"])
    with pytest.raises(MoveRefused, match="not-now: descale"):
        KETTLE_MACHINE.play(hot, calm(descale=True))


def test_what_was_can_be_asked_for() -> None:
    text = KETTLE.replace('secret: "secret + (1 if descale else 0)"', 'secret: "delay(power, 2) + prev(heat)"')
    states = play(Move({"power": 40.0}), calm(power=10.0), Move(), Move(), text=text)
    assert [state.values["secret"] for state in states[1:]] == [20 + 20, 20 + 60, 40 + 70, 10 + 80]


def test_luck_is_the_same_for_the_same_seed_and_differs_between_seeds() -> None:
    moves = [Move()] * 3
    came = [tuple(EXAMPLE_MACHINE.replay(seed, moves[:2])[-1].came) for seed in range(40)]
    assert came == [tuple(EXAMPLE_MACHINE.replay(seed, moves[:2])[-1].came) for seed in range(40)]
    assert {"chips" in one for one in came} == {True, False}


def test_hidden_values_are_not_shown() -> None:
    shown = scene(EXAMPLE_MACHINE, [EXAMPLE_MACHINE.begin(1)], "ru")
    assert {one.id for one in shown.instruments} == {"heat", "wear", "parts", "scrap", "money", "wet"}
    assert "made" not in repr(shown)


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "speed": st.integers(4, 16).map(lambda n: n * 500.0),
        "feed": st.integers(2, 12).map(lambda n: n * 50.0),
        "coolant": st.booleans(),
        "guard": st.booleans(),
        "cutter": st.booleans(),
        "program": st.sampled_from([0.0, 1.0]),
    },
)


@settings(deadline=None)
@given(st.integers(0, 2**31), st.lists(st.tuples(SETTINGS, st.sampled_from(["stop", "blow", "ignore"])), max_size=8))
def test_any_run_is_judged_between_nothing_and_all_and_can_be_replayed(
    seed: int, turns: list[tuple[dict[str, float], str]]
) -> None:
    state, moves = EXAMPLE_MACHINE.begin(seed), []
    for controls, reply in turns:
        if state.ending is not None:
            break
        move = Move(controls, {"chips": reply} if "chips" in state.pending else {})
        if controls.get("cutter") and float(state.values["money"]) < 450:
            with pytest.raises(MoveRefused, match="too-dear: cutter"):
                EXAMPLE_MACHINE.play(state, move)
            continue
        state = EXAMPLE_MACHINE.play(state, move)
        moves.append(move)
    assert EXAMPLE_MACHINE.replay(seed, moves)[-1] == state
    verdict = judge(EXAMPLE_MACHINE, state)
    assert 0 <= verdict.fraction <= 1
    assert verdict == judge(EXAMPLE_MACHINE, state)
