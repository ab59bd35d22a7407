"""Simulation as a task: its file, its moves, its marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError, compile_pack
from course_packs.format.model import CompiledPack, Task
from course_packs.tasks import MovesError, PlayedType, concrete, simulation
from tests.course_packs.samples import CIRCLE, Samples, compiled, files_with, findings_of, one_task_files
from tests.course_packs.simulation.samples import EXAMPLE, KETTLE

EVERY_TASK = compile_pack(EXAMPLE.parents[2])
SHIFT = concrete(EVERY_TASK.task("simulation/shift"), 7)

Move = Mapping[str, Any]
settings_ = st.dictionaries(
    st.sampled_from(["speed", "feed", "coolant", "guard", "cutter", "program", "nothing"]),
    st.one_of(st.booleans(), st.sampled_from(["0", "1", "300", "4500", "8000", "x"])),
    max_size=4,
)
moves_ = st.fixed_dictionaries(
    {"controls": settings_, "replies": st.dictionaries(st.just("chips"), st.sampled_from(["stop", "blow"]))}
)
SAMPLES = Samples(
    fields=["set-speed", "set-guard", "reply-0"],
    words=["on", "off", "4500", "300"],
    responses=st.fixed_dictionaries({"moves": st.lists(moves_, max_size=7)}),
    secrets=["expert", "no-guard", "chips"],
)


def task_with(text: str = KETTLE, name: str = "kettle.sim.yaml") -> Task:
    files = one_task_files(f"task:\n  prompt: Вопрос\n  type: simulation\n  file: {name}\n", "[ru]")
    return compiled(files_with({**files, f"units/first/{name}": text})).task("first/task")


def findings(task: str, files: Mapping[str, str | None] | None = None, languages: str = "[ru]") -> list[str]:
    own = one_task_files(f"task:\n  prompt: Вопрос\n  type: simulation\n{task}", languages)
    return [one.code for one in findings_of(files_with({**own, **(files or {})}))]


def play(task: Task, *forms: Mapping[str, Sequence[str]]) -> list[Move]:
    moves: list[Move] = []
    for form in forms:
        moves.append(simulation.read_move(task, moves, form))
    return moves


KETTLE_TASK = concrete(task_with(), 7)


def test_it_is_played() -> None:
    assert isinstance(simulation, PlayedType)
    with pytest.raises(ResponseError, match="by-moves"):
        simulation.read(KETTLE_TASK, {"set-power": ["40"]})


@pytest.mark.parametrize(
    ("definition", "files", "codes"),
    [
        ("", {}, ["P010"]),
        ("  file: [a]\n", {}, ["P020"]),
        ("  file: ../kettle.sim.yaml\n", {}, ["P260"]),
        ("  file: kettle.yaml\n", {}, ["P260"]),
        ("  file: kettle.sim.yaml\n", {}, ["P001"]),
        ("  file: kettle.sim.yaml\n", {"units/first/kettle.sim.yaml": KETTLE.replace("at: 2", "at: 9")}, ["P012"]),
        (
            "  file: kettle.sim.yaml\n",
            {"units/first/kettle.sim.yaml": KETTLE.replace("[0, 100]", "[99, 100]")},
            ["P422"],
        ),
        ("  file: kettle.sim.yaml\n", {"units/first/kettle.sim.yaml": KETTLE}, []),
    ],
)
def test_what_is_wrong_with_the_file_is_told(definition: str, files: dict[str, str], codes: list[str]) -> None:
    assert sorted(set(findings(definition, files))) == codes


def test_a_simulation_must_speak_the_languages_of_the_pack() -> None:
    files = {"units/first/kettle.sim.yaml": KETTLE}
    assert findings("  file: kettle.sim.yaml\n", files, "[ru, en]") == ["P261"]


def test_a_simulation_that_no_task_names_is_told() -> None:
    assert "P027" in [one.code for one in findings_of(files_with({"units/first/kettle.sim.yaml": KETTLE}))]


def test_the_diagnostic_names_the_simulation_s_own_file() -> None:
    own = one_task_files("task:\n  prompt: Вопрос\n  type: simulation\n  file: kettle.sim.yaml\n", "[ru]")
    broken = {**own, "units/first/kettle.sim.yaml": KETTLE.replace("at: 2", "at: 9")}
    (found,) = findings_of(files_with(broken))
    assert (found.file, found.line) == ("units/first/kettle.sim.yaml", 21)


def test_the_release_holds_all_that_playing_needs() -> None:
    kept = CompiledPack.from_json(EVERY_TASK.to_json()).task("simulation/shift")
    assert kept.spec == EVERY_TASK.task("simulation/shift").spec
    assert kept.spec["edition"] == "1"
    assert simulation.mark(concrete(kept, 7), simulation.solution(SHIFT, language="ru")).fraction == 1


def test_a_run_of_an_older_release_still_ends_the_same() -> None:
    """Edition 1 is a promise: a change of the machine that moves this run needs an edition of its own."""
    lucky = KETTLE.replace('secret: "secret + (1 if descale else 0)"', 'secret: "floor(rand() * 50)"')
    old = concrete(task_with(lucky.replace('"heat < 40"', '"secret >= 25"')), 7)
    run = play(old, {"set-power": ["10"]}, {"reply-0": ["0"]}, {"set-close": ["off", "on"]}, {"set-power": ["20"]})
    outcome = simulation.mark(old, {"moves": run})
    assert [one.kind for one in outcome.mistakes] == ["safety", "quality"]
    assert outcome.fraction == Decimal("0.93")


def test_a_form_becomes_the_settings_that_are_new() -> None:
    form = {"set-power": ["40"], "set-close": ["off", "on"], "set-cup": ["0"], "set-descale": ["off"], "x": ["1"]}
    assert play(KETTLE_TASK, form) == [{"controls": {"power": "40", "close": True}, "replies": {}}]
    assert play(KETTLE_TASK, {"set-power": ["20,0"]}) == [{"controls": {}, "replies": {}}]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"set-power": ["много"]}, "not-a-number"),
        ({"set-power": ["41"]}, "bad-setting"),
        ({"set-power": ["45"]}, "bad-setting"),
        ({"set-cup": ["2"]}, "bad-setting"),
    ],
)
def test_a_move_that_cannot_be_made_is_refused(form: Mapping[str, Sequence[str]], code: str) -> None:
    with pytest.raises(ResponseError, match=code):
        simulation.read_move(KETTLE_TASK, [], form)


def test_news_want_a_reply_that_is_offered() -> None:
    first = play(KETTLE_TASK, {})
    for form, code in (
        ({}, "no-reply"),
        ({"reply-0": ["2"]}, "unknown-option"),
        ({"reply-0": ["x"]}, "unknown-option"),
    ):
        with pytest.raises(ResponseError, match=code):
            simulation.read_move(KETTLE_TASK, first, form)
    replies = {
        simulation.read_move(KETTLE_TASK, first, {"reply-0": [number]})["replies"]["call"] for number in ("0", "1")
    }
    assert replies == {"wait", "go"}


def test_what_is_not_possible_now_or_too_dear_is_refused() -> None:
    hot = play(KETTLE_TASK, {"set-power": ["40"]})
    with pytest.raises(ResponseError, match="not-now"):
        simulation.read_move(KETTLE_TASK, hot, {"set-descale": ["off", "on"], "reply-0": ["0"]})
    dear = concrete(task_with(KETTLE.replace('money: "6"', 'money: "16"')), 7)
    with pytest.raises(ResponseError, match="too-dear"):
        simulation.read_move(dear, [], {"set-descale": ["off", "on"]})


def test_after_the_end_no_move_is_taken() -> None:
    moves = simulation.solution(KETTLE_TASK, language="ru")["moves"]
    assert simulation.is_over(KETTLE_TASK, moves)
    assert not simulation.is_over(KETTLE_TASK, moves[:-1])
    with pytest.raises(ResponseError, match="run-over"):
        simulation.read_move(KETTLE_TASK, moves, {})


def test_a_run_that_was_broken_off_or_cannot_be_played_counts_as_not_answered() -> None:
    moves = simulation.solution(SHIFT, language="ru")["moves"]
    strange: list[Any] = [
        [],
        moves[:-1],
        [*moves, {}],
        [{"controls": []}],
        [{"controls": {"speed": 4500}}],
        [{"replies": {"chips": 1}}],
        "x",
        [1],
    ]
    for one in strange:
        outcome = simulation.mark(SHIFT, {"moves": one})
        assert (outcome.fraction, outcome.verdict, outcome.mistakes) == (0, "wrong", ())


def test_every_goal_is_a_part_and_every_episode_a_mistake() -> None:
    run = play(KETTLE_TASK, {"set-power": ["0"]}, {"reply-0": ["0"]}, {}, {})
    outcome = simulation.mark(KETTLE_TASK, {"moves": run})
    assert outcome.parts["tea"] is False
    assert [one.kind for one in outcome.mistakes].count("quality") == 1


def test_moves_of_another_task_are_an_error_of_their_own() -> None:
    with pytest.raises(MovesError):
        simulation.scene(KETTLE_TASK, [{"controls": {"speed": "4500"}, "replies": {}}], language="ru")


def test_chance_differs_between_attempts_and_never_within_one() -> None:
    runs = {seed: concrete(EVERY_TASK.task("simulation/shift"), seed) for seed in range(12)}
    news = [
        [len(simulation.scene(task, [{}] * turns, language="ru")["news"]) for turns in range(3)]
        for task in runs.values()
    ]
    assert len({tuple(one) for one in news}) > 1
    again = [
        [len(simulation.scene(task, [{}] * turns, language="ru")["news"]) for turns in range(3)]
        for task in runs.values()
    ]
    assert news == again


def test_hidden_quantities_and_names_of_replies_never_leave() -> None:
    moves = play(KETTLE_TASK, {})
    text = str(simulation.scene(KETTLE_TASK, moves, language="ru"))
    assert "secret" not in text
    assert "'wait'" not in text
    assert "Перезвонить потом" in text


def test_replies_stand_in_different_orders() -> None:
    orders = {
        tuple(
            reply["text"]
            for reply in simulation.scene(concrete(task_with(), seed), [{}], language="ru")["news"][0]["replies"]
        )
        for seed in range(8)
    }
    assert len(orders) == 2


def test_the_debriefing_tells_goals_mistakes_and_courses() -> None:
    run = play(KETTLE_TASK, {"set-power": ["0"]}, {"reply-0": ["0"]}, {}, {})
    shown = simulation.scene(KETTLE_TASK, run, language="ru")
    told = shown["debriefing"]
    assert shown["over"]
    assert shown["levers"] == []
    assert {one["text"]: one["met"] for one in told["goals"]}["Вода для чая"] is False
    assert [chart["title"] for chart in told["charts"]] == ["Вода", "Касса"]
    assert all(len(chart["readings"]) == 5 for chart in told["charts"])
    assert told["lessons"][0]["last_turn"] >= told["lessons"][0]["turn"]


def test_a_run_in_words() -> None:
    run = play(KETTLE_TASK, {"set-power": ["40"], "set-cup": ["1"], "set-close": ["off", "on"]})
    assert simulation.describe(KETTLE_TASK, {"moves": run}, language="ru") == (
        "ход 1: Нагрев — 40 %, Закрыть крышку — да, Кружка — большая"
    )
    waited = play(KETTLE_TASK, {}, {"reply-0": ["1"]})
    assert simulation.describe(KETTLE_TASK, {"moves": waited}, language="en").startswith(
        "turn 1: nothing changed; turn 2: «"
    )
    assert simulation.describe(KETTLE_TASK, {"moves": [{"controls": {"x": "1"}}]}, language="ru") == "не сыграно"


def test_what_was_set_is_set_again_after_a_refusal() -> None:
    form = {"set-power": ["41"], "set-close": ["off", "on"], "reply-0": ["1"], "reply-1": []}
    assert simulation.draft(KETTLE_TASK, form) == {
        "controls": {"power": "41", "close": "on"},
        "replies": {"0": "1"},
    }


@given(st.lists(moves_, max_size=8))
def test_any_moves_are_played_or_refused_and_marked_the_same(moves: list[Move]) -> None:
    try:
        over = simulation.is_over(SHIFT, moves)
    except MovesError:
        over = False
    outcome = simulation.mark(SHIFT, {"moves": moves})
    assert outcome == simulation.mark(SHIFT, {"moves": moves})
    assert over or outcome.fraction == 0


def test_the_example_is_where_the_guide_says() -> None:
    assert Path(EXAMPLE).name == "first-batch.sim.yaml"


LAYERS = """picture:
  - {file: media/circle.svg, text: {ru: Чайник}}
  - {file: media/steam.svg, when: "heat >= 60", text: {ru: пар}}
"""
PICTURES = {"media/steam.svg": CIRCLE}


def test_the_picture_of_the_place_gets_layers_as_things_happen() -> None:
    own = one_task_files("task:\n  prompt: Вопрос\n  type: simulation\n  file: kettle.sim.yaml\n", "[ru]")
    pack = compiled(files_with({**own, **PICTURES, "units/first/kettle.sim.yaml": KETTLE + LAYERS}))
    assert [one.path for one in pack.media] == ["circle.svg", "steam.svg"]
    task = concrete(pack.task("first/task"), 7)
    moves = play(task, {"set-power": ["40"], "set-close": ["on"]})
    before, after = (simulation.scene(task, one, language="ru")["picture"] for one in ([], moves))
    assert before == [{"html": '<img src="media:circle.svg" alt="">', "text": "Чайник"}]
    assert [one["text"] for one in after] == ["Чайник", "пар"]


@pytest.mark.parametrize(
    ("layer", "codes"),
    [
        ('{file: "media/x.svg\\" onerror=\\"", text: {ru: x}}', ["P308"]),
        ("{file: circle.svg, text: {ru: x}}", ["P308"]),
        ("{file: media/none.svg, text: {ru: x}}", ["P301"]),
        ("{file: media/circle.svg}", ["P010"]),
        ("{file: media/circle.svg, when: heat, text: {ru: x}}", ["P400"]),
    ],
)
def test_a_layer_is_a_picture_of_the_pack_with_words(layer: str, codes: list[str]) -> None:
    files = {"units/first/kettle.sim.yaml": f"{KETTLE}picture:\n  - {layer}\n"}
    assert findings("  file: kettle.sim.yaml\n", files) == codes


def test_a_trend_draws_every_turn_and_says_it() -> None:
    task = concrete(task_with(KETTLE.replace("show: gauge", "show: trend")), 7)
    moves = play(task, {"set-power": ["40"], "set-close": ["on"]}, {"reply-0": ["0"]})
    heat = simulation.scene(task, moves, language="ru")["instruments"][0]
    assert (heat["show"], len(heat["chart"]["dots"]), len(heat["earlier"])) == ("trend", 3, 2)
    assert heat["chart"]["band"] is not None
