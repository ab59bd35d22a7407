"""Findings for code hosts and editors: SARIF 2.1.0."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from course_packs.cli import pack
from tests.course_packs.samples import files_with


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "мой курс"
    for path, content in files_with({"spare.txt": "x"}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def log_of(folder: Path, *options: str) -> dict[str, Any]:
    found = CliRunner().invoke(pack, ["lint", str(folder), "--format", "sarif", *options])
    assert found.exit_code == 0
    log: dict[str, Any] = json.loads(found.output)
    return log


def test_a_log_has_what_the_standard_requires(folder: Path) -> None:
    log = log_of(folder)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    assert run["tool"]["driver"]["name"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["level"] in {"error", "warning", "note"}
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"].isascii()
        assert " " not in place["artifactLocation"]["uri"]
        assert min(place["region"].values()) >= 1


def test_levels_follow_the_severity(folder: Path) -> None:
    levels = {result["ruleId"]: result["level"] for result in log_of(folder)["runs"][0]["results"]}
    assert levels["P027"] == "warning"
    assert levels["P512"] == "note"
    assert set(levels) - {"P027"} == {
        result["ruleId"] for result in log_of(folder)["runs"][0]["results"] if result["level"] == "note"
    }
    assert {one["ruleId"] for one in log_of(folder, "--no-advice")["runs"][0]["results"]} == {"P027"}


def test_rules_speak_the_language_asked_for_and_of_no_particular_thing(folder: Path) -> None:
    for language in ("ru", "en"):
        for rule in log_of(folder, "--language", language)["runs"][0]["tool"]["driver"]["rules"]:
            assert "{" not in rule["shortDescription"]["text"] + rule["help"]["text"]
