"""Simulations as files: `*.sim.yaml`."""

from __future__ import annotations

from pathlib import Path

from course_packs.format.diagnostics import Diagnostic, PackError, Report
from course_packs.format.pictures import Pictures
from course_packs.simulation.exploring import check
from course_packs.simulation.model import Simulation
from course_packs.simulation.reader import read_simulation


def load(path: Path, language: str = "ru") -> Simulation:
    """The simulation in this file, not yet proved by playing. Raises PackError, with all diagnostics, on an error."""
    report = _report(path, language)
    simulation = read_simulation(path.read_bytes(), report)
    if simulation is None:
        raise PackError(report.sorted())
    return simulation


def lint_simulation(path: Path, language: str = "ru") -> list[Diagnostic]:
    """Everything that can be said against the simulation in this file, its plans played, in reading order."""
    report = _report(path, language)
    simulation = read_simulation(path.read_bytes(), report)
    if simulation is not None:
        check(simulation, report)
    return report.sorted()


def _report(path: Path, language: str) -> Report:
    return Report(path.name, Pictures(), language)
