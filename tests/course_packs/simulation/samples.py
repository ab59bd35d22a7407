"""Small simulations for tests."""

from __future__ import annotations

from pathlib import Path

from course_packs.format.diagnostics import Diagnostic, Report
from course_packs.format.pictures import Pictures
from course_packs.simulation.exploring import check
from course_packs.simulation.machine import Machine
from course_packs.simulation.model import Simulation
from course_packs.simulation.reader import read_simulation

EXAMPLE = Path(__file__).parents[3] / "docs/authoring/every-task/units/simulation/first-batch.sim.yaml"

KETTLE = """
id: kettle
title: {ru: Чайник}
role: {ru: дежурный}
turns: {count: 4, label: {ru: "минута {n}"}}
state:
  heat: {title: {ru: Вода}, start: 20, unit: "°C", show: gauge, range: [20, 100], good: [80, 95]}
  money: {title: {ru: Касса}, start: 10, unit: "₽", show: value, range: [0, 10]}
  lid: {title: {ru: Крышка закрыта}, start: false, show: lamp}
  secret: {start: 0, show: hidden}
controls:
  power: {title: {ru: Нагрев}, type: slider, min: 0, max: 40, step: 10, start: 20, unit: "%"}
  close: {title: {ru: Закрыть крышку}, type: switch, once: true}
  cup: {title: {ru: Кружка}, type: choice, options: {small: маленькая, large: большая}}
  descale: {title: {ru: Убрать накипь}, type: switch, once: true, when: "heat < 50", cost: {money: "6"}}
rules:
  - set: {heat: "heat + power - 5 * cup", lid: "lid or close", secret: "secret + (1 if descale else 0)"}
  - {when: "heat > 90", mistake: steam, mistake_if: "not lid"}
events:
  call:
    at: 2
    text: {ru: Звонит телефон.}
    choice:
      wait: {text: {ru: Перезвонить потом}}
      go: {text: {ru: Уйти говорить}, set: {heat: "heat + 30"}, mistake: left}
      ask: {text: {ru: Попросить соседа}, when: "lid"}
mistakes:
  cold: {kind: quality, severity: minor, when: "heat < 40", note: {ru: Вода остыла.}}
  steam: {kind: safety, severity: critical, note: {ru: Пар обжёг руку.}}
  left: {kind: safety, severity: major, note: {ru: Чайник остался без присмотра.}}
goals:
  tea: {text: {ru: Вода для чая}, when: "heat >= 80", points: 3}
  calm: {text: {ru: Без спешки}, when: "count('steam') == 0 and not happened('call') or lid", points: 1}
stop: {when: "count('steam') >= 2", text: {ru: Хватит.}}
plans:
  expert: {score: [0, 100], turns: [{power: 40, close: true}]}
  careless: {score: [0, 100], turns: [{power: 10}]}
  reckless: {score: [0, 100], turns: [{power: 40}, {call: go}]}
"""


def read(text: str, language: str = "ru") -> tuple[Simulation | None, list[Diagnostic]]:
    """The simulation and what was said of it; plans are not played."""
    report = Report("kettle.sim.yaml", Pictures(), language)
    simulation = read_simulation(text.encode(), report)
    return simulation, report.sorted()


def machine(text: str = KETTLE) -> Machine:
    """A machine of a simulation that has nothing wrong."""
    simulation, found = read(text)
    assert simulation is not None, found
    return Machine(simulation)


def played(text: str) -> list[Diagnostic]:
    """What playing its plans says of a simulation."""
    simulation, found = read(text)
    assert simulation is not None, found
    report = Report("kettle.sim.yaml", Pictures())
    check(simulation, report)
    return report.sorted()
