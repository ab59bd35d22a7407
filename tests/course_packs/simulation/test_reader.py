"""Each fault in a simulation's file is told with its code and its place; no file breaks the reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_packs import PackError
from course_packs.format.simulation_codes import SIMULATION_CODES
from course_packs.simulation import lint_simulation, load
from tests.course_packs.simulation.samples import EXAMPLE, KETTLE, played, read

# The code, what is replaced in the sound file by what, and the words that the fault is told to stand at.
CASES = [
    ("P400", ('heat: "heat + power - 5 * cup"', 'heat: "heat + pover"'), '"heat + pover"'),
    ("P401", ("  lid: {title", "  turn: {title"), "turn: {title"),
    ("P402", ('- set: {heat: "heat +', '- set: {heet: "heat +'), "heet:"),
    ("P403", ("mistake: steam, mistake_if", "mistake: steem, mistake_if"), "steem"),
    ("P404", ("{ru: Крышка закрыта}, start: false", "{ru: Крышка закрыта}, start: 0"), "{title: {ru: Крышка закрыта}"),
    ("P405", ('start: 20, unit: "°C"', "start: 20"), "{title: {ru: Вода}"),
    ("P406", ("range: [20, 100], good", "good"), "{title: {ru: Вода}"),
    ("P407", ("max: 40, step: 10", "max: 40, step: 15"), "{title: {ru: Нагрев}"),
    ("P408", ("{small: маленькая, large: большая}", "{small: маленькая}"), "{title: {ru: Кружка}"),
    ("P409", ("rules:", "tables:\n  bend: [[0, 1], [0, 2]]\nrules:"), "[[0, 1], [0, 2]]"),
    ("P410", ("    at: 2\n", ""), "text: {ru: Звонит"),
    ("P411", ("      wait: {text: {ru: Перезвонить потом}}\n      go: {", "      go: {when: lid, "), "go: {when"),
    ("P412", ("turns: [{power: 10}]", "turns: [{power: 15}]"), "power: 15"),
    ("P413", ("turns: [{power: 10}]", "turns: [{pover: 10}]"), "pover: 10"),
    ("P414", ("good: [80, 95]", "good: [95, 80]"), "[95, 80]"),
]
PLAYED = [
    ("P420", ("careless: {score", "calm: {score")),
    ("P421", ("turns: [{power: 10}]", "turns: [{power: 40}, {descale: true}]")),
    ("P422", ("reckless: {score: [0, 100]", "reckless: {score: [99, 100]")),
    ("P423", ('when: "heat >= 80", points: 3', 'when: "heat > 100", points: 3')),
    ("P424", ('when: "heat < 40"', 'when: "heat < 0"')),
    ("P425", ("    at: 2\n", '    when: "heat < 0"\n')),
    ("P426", (" - 5 * cup", "")),
    ("P427", (', secret: "secret + (1 if descale else 0)"', "")),
]


def broken(change: tuple[str, str]) -> str:
    assert change[0] in KETTLE
    return KETTLE.replace(change[0], change[1], 1)


@pytest.mark.parametrize(("code", "change", "words"), CASES)
def test_a_fault_is_told_where_it_stands(code: str, change: tuple[str, str], words: str) -> None:
    text = broken(change)
    simulation, found = read(text)
    assert simulation is None
    told = [one for one in found if one.code == code]
    assert told, found
    line = text.splitlines()[told[0].line - 1]
    assert line[told[0].column - 1 :].startswith(words)


@pytest.mark.parametrize(("code", "change"), PLAYED)
def test_what_only_playing_shows(code: str, change: tuple[str, str]) -> None:
    assert code in {one.code for one in played(broken(change))}


def test_every_code_of_simulations_has_a_broken_file_above() -> None:
    assert {code for code, *_ in (*CASES, *PLAYED)} == set(SIMULATION_CODES)


def test_the_sound_files_have_nothing_wrong() -> None:
    assert read(KETTLE)[1] == []
    assert [one.code for one in played(KETTLE)] == []
    assert lint_simulation(EXAMPLE) == []


def test_messages_speak_english_too() -> None:
    _, (found,) = read(broken(('unit: "°C"', "digits: 1")), "en")
    assert str(found).startswith("kettle.sim.yaml:7:9: error P405: heat has no unit")


def test_a_broken_file_cannot_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "broken.sim.yaml"
    path.write_text(broken(("at: 2", "at: 9")))
    with pytest.raises(PackError, match="P012"):
        load(path)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_told_of_and_break_nothing(data: bytes) -> None:
    simulation, found = read(data.decode("latin-1"))
    assert simulation is None
    assert found


LINES = KETTLE.splitlines(keepends=True)
SPOILT = ["", "  x: [1\n", "x: 1\n", "- 1\n", "start: {}\n"]


@settings(deadline=None, max_examples=40)  # each reads a whole file
@given(
    st.integers(0, len(LINES) - 1), st.sampled_from(["", "  x: [1\n", "x: 1\n", "- 1\n", "start: {}\n"]), st.booleans()
)
def test_any_line_may_be_spoilt(number: int, put: str, keep: bool) -> None:
    text = "".join([*LINES[:number], put, *LINES[number + (not keep) :]])
    simulation, found = read(text)
    assert simulation is not None or any(one.severity == "error" for one in found)
