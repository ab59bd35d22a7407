"""`pack play`: a run in the terminal."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from course_packs.cli import pack
from tests.course_packs.simulation.samples import EXAMPLE, KETTLE


def run(*arguments: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(pack, [str(one) for one in arguments], input=typed)


def test_playing_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "kettle.sim.yaml"
    path.write_text(KETTLE)
    result = run("play", path, typed="power=99\npower=40 close=1\nnonsense\n\nwait\npower=10,0\n\n\n")
    assert result.exit_code == 0, result.output
    for words in (
        "Чайник · дежурный",
        "── минута 1",
        "Вода: 20 °C  [вне нормы]",
        "power=20  Нагрев (0–40 %)",
        "Так нельзя: bad-value: power. Ничего не произошло",
        "! Звонит телефон.",
        "Вода: 60 °C  [вне нормы]  (20 →)",
        "descale  Убрать накипь: сейчас нельзя",
        "Итог: 100.0 из 100",
        "✓ Вода для чая",
        "Ошибок нет.",
    ):
        assert words in result.output


def test_watching_a_plan_in_english() -> None:
    result = run("play", EXAMPLE, "--plan", "reckless", "--language", "en")
    assert result.exit_code == 0, result.output
    assert "── Ten minutes, 1 of 6" in result.output
    assert "[above the limit]" in result.output
    assert "Result: 0.0 of 100" in result.output
    assert "safety, critical: " in result.output
    assert "lasted 4, −35.00" in result.output


def test_a_plan_that_is_not_there() -> None:
    result = run("play", EXAMPLE, "--plan", "lazy")
    assert result.exit_code == 2
    assert "expert, careless, reckless" in result.output


def test_lint_takes_simulations_too(tmp_path: Path) -> None:
    assert run("lint", EXAMPLE).exit_code == 0
    path = tmp_path / "kettle.sim.yaml"
    path.write_text(KETTLE.replace("points: 3", "points: -3"))
    result = run("lint", path)
    assert result.exit_code == 1
    assert f"{tmp_path.as_posix()}/kettle.sim.yaml:32:63: error P012" in result.output
    assert run("play", path).exit_code == 1
