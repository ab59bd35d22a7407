"""The page on writing a task type of one's own is true: its module is found, keeps the contract and is drawn."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template

from course_packs import get_type, tasks
from course_packs.tasks import _installed
from tests.course_packs.samples import compiled, files_with, one_task_files

PAGE = (Path(__file__).parents[2] / "docs/authoring/own-task-type.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"^`([\w./-]+)`(?: вашего пакета)?\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The distribution of the page, as if it were installed."""
    for name, content in SHOWN.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    points = tomllib.loads(SHOWN["pyproject.toml"])["project"]["entry-points"]
    ((name, value),) = points[tasks.ENTRY_POINT_GROUP].items()
    entry = EntryPoint(name, value, tasks.ENTRY_POINT_GROUP)
    monkeypatch.setattr(tasks, "entry_points", lambda **wanted: EntryPoints([entry]).select(**wanted))
    yield tmp_path
    _installed.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "our_tasks"]:
        del sys.modules[name]


@pytest.mark.parametrize(("number", "fraction"), [("150", "1"), ("141", "1"), ("190", "0.4"), ("90", "0"), ("x", "0")])
def test_the_example_marks_as_the_page_says(installed: Path, number: str, fraction: str) -> None:
    task = compiled(files_with(one_task_files(_renamed(), "[ru]"))).task("first/task")
    assert get_type("estimate").mark(task, {"number": number}).fraction == Decimal(fraction)


def test_its_template_is_found_among_those_of_the_plugin(installed: Path) -> None:
    import our_tasks  # type: ignore[import-not-found]  # of the page

    app = Flask("somebody")
    app.register_blueprint(our_tasks.plugin.blueprint)
    task: dict[str, Any] = {"response": {"number": "12"}, "solution": None}
    with app.test_request_context():
        app.jinja_env.globals["_"] = str
        html = render_template("player/tasks/estimate.html", task=task, closed=False)
    assert 'value="12"' in html


def _renamed() -> str:
    return SHOWN["tasks.yaml"].replace("wagon:", "task:")
