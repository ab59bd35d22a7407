"""A class walks through the tool inside this process: queries of each page, its time, its weight."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from benchmarks import school
from course_packs import CompiledPack
from lti_tool import migrations
from lti_tool.app import create_app
from lti_tool.catalog.publishing import publish_installed
from lti_tool.catalog.releases import current_packs, newest_release
from lti_tool.config import Settings
from lti_tool.db import db, expect_writes
from lti_tool.lti import keys
from lti_tool.lti.platform_keys import PlatformKeyring
from lti_tool.lti.services.http import FetchedJson
from lti_tool.plugins import load_plugins
from lti_tool.schools.enrolment import add_platform

ISSUER = "http://127.0.0.1:9"  # nobody listens there, and nobody is asked
TOOL = "https://city.test"
TARGET = f"{TOOL}/lti/launch"
CLASS_SIZE = 30
NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass(slots=True)
class Page:
    """What was seen of one kind of request."""

    name: str
    queries: int = 0  # the most of all times it was asked for
    statements: list[str] = field(default_factory=list)  # of the time with the most
    ms: list[float] = field(default_factory=list)
    bytes: int = 0  # of HTML, the largest

    @property
    def median_ms(self) -> float:
        """The median time, in milliseconds."""
        return median(self.ms)

    @property
    def p95_ms(self) -> float:
        """The time that 95 of 100 requests stay under, in milliseconds."""
        return quantiles(self.ms, n=20, method="inclusive")[-1] if len(self.ms) > 1 else self.ms[0]


class Walk:
    """The application on a new SQLite file, and what was measured on it so far, by the names of the pages."""

    def __init__(self, folder: Path) -> None:
        self.pages: dict[str, Page] = {}
        self.app = _application(folder)
        self.pack: CompiledPack = _pack(self.app)

    def measure(self, name: str, ask: Callable[[], TestResponse], status: int = 200) -> TestResponse:
        """Do one request under a name.

        Raises:
            AssertionError: the answer's status is another.
        """
        with self.counted() as statements:
            began = time.perf_counter()
            answer = ask()
            took = time.perf_counter() - began
        assert answer.status_code == status, f"{name}: {answer.status_code} {answer.text[:300]}"
        page = self.pages.setdefault(name, Page(name))
        page.ms.append(took * 1000)
        if len(statements) > page.queries:
            page.queries, page.statements = len(statements), statements
        if answer.mimetype == "text/html" and status == 200:
            page.bytes = max(page.bytes, len(answer.data))
        return answer

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Collect what is said to the database within the block."""
        statements: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if not statement.startswith(NOT_COUNTED):
                statements.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def launch(self, subject: str, kind: str, *, link: str = "1", teacher: bool = False) -> tuple[FlaskClient, str]:
        """Log in and launch: three hops, each measured under its name and ``kind``. Returns browser and page."""
        client = self.app.test_client()
        form = {"content_type": "application/x-www-form-urlencoded", "base_url": TOOL}
        began = self.measure(
            f"login · {kind}", lambda: client.post("/lti/login", data=school.login_form(ISSUER, TARGET), **form), 303
        )
        sent = self.measure(f"continue · {kind}", lambda: client.get(began.location, base_url=TOOL), 302)
        query = parse_qs(urlsplit(sent.location).query)
        token = school.launch_form(
            ISSUER,
            TARGET,
            state=query["state"][0],
            nonce=query["nonce"][0],
            subject=subject,
            link=link,
            teacher=teacher,
        )
        opened = self.measure(f"launch · {kind}", lambda: client.post("/lti/launch", data=token, **form), 303)
        return client, opened.location

    def forget(self) -> None:
        """Let the application be as after its start: nothing remembered of platforms and their keys."""
        self.app.extensions["lyceum.registrations"].forget()
        self.app.extensions["lyceum.platform_keys"].forget()


def walk(folder: Path, *, learners: int = CLASS_SIZE, repeats: int = 20) -> Walk:
    """Let a class and its teacher use the tool; return what was measured.

    Args:
        folder: an empty folder for the database.
        learners: how many pupils come; each opens the course, reads, answers and finishes.
        repeats: how often the teacher and one more pupil look at their pages.
    """
    tool = Walk(folder)
    tool.launch("0", "first of the link")  # also warms: platforms and keys are now remembered
    for number in range(1, learners + 1):
        client, home = tool.launch(str(number), "new person")
        _learn(tool, client, home)
    for number in range(1, learners + 1):
        client, home = tool.launch(str(number), "known person")
    tool.measure("go on", lambda: client.get(home.replace("/course", "/go-on"), base_url=TOOL), 303)
    for _ in range(repeats):
        tool.measure("result", lambda: client.get(home.replace("/course", "/result"), base_url=TOOL))
        tool.measure("course map · finished", lambda: client.get(home, base_url=TOOL))
    tool.forget()
    tool.launch("1", "after a start")
    client, desk = tool.launch("teacher", "teacher", teacher=True)
    for _ in range(repeats):
        page = tool.measure(f"desk · {learners + 1} learners", lambda: client.get(desk, base_url=TOOL))
    learner = BeautifulSoup(page.text, "html.parser").select_one('a[href*="/desk/learners/"]')
    assert learner is not None, "the desk names the learners"
    for _ in range(repeats):
        tool.measure("desk · one learner", lambda: client.get(str(learner["href"]), base_url=TOOL))
    return tool


def _learn(tool: Walk, client: FlaskClient, home: str) -> None:
    """Open the course, begin, read on, answer one task as a script of the page does, finish."""
    visit = home.rpartition("/")[0]

    def get(name: str, path: str) -> BeautifulSoup:
        answer = tool.measure(name, lambda: client.get(path, base_url=TOOL))
        return BeautifulSoup(answer.text, "html.parser")

    get("course map · new", home)
    steps = [(f"{visit}/units/{unit.id}/{step.id}", step.task) for unit in tool.pack.units for step in unit.steps]
    reading = [path for path, task in steps if task is None]
    choosing = [path for path, task in steps if task is not None and task.type == "choice"]
    get("reading step · begins the attempt", reading[0])
    get("reading step · first time", reading[1])
    get("reading step · again", reading[1])
    page = get("task step", choosing[0])
    form = page.select_one("form[data-answer]")
    assert form is not None, "a task that is open has a form"
    values = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[type=hidden]")}
    field_ = form.select_one("input[type=radio], input[type=checkbox], input[type=text]")
    assert field_ is not None, "a task has something to fill in"
    values[str(field_["name"])] = str(field_.get("value") or "что-то")
    tool.measure(
        "answer · fragment",
        lambda: client.post(choosing[0], data=values, base_url=TOOL, headers={"X-Fragment": "task"}),
    )
    get("task step · answered", choosing[0])
    get("course map · begun", home)
    get("finish · asks", f"{visit}/finish")
    token = {"csrf": values["csrf"]}
    tool.measure("finish", lambda: client.post(f"{visit}/finish", data=token, base_url=TOOL), 303)


def _application(folder: Path) -> Flask:
    app = create_app(
        Settings(
            data_dir=folder,
            public_url=TOOL,
            secret_key="the secret of the benchmarks, long enough",
            database_url=f"sqlite:///{folder / 'walk.db'}",
            jobs_url=f"sqlite:///{folder / 'jobs.db'}",
            embedded_jobs=False,
            testing=True,
        )
    )
    published = school.key_set()
    app.extensions["lyceum.platform_keys"] = PlatformKeyring(lambda url: FetchedJson(published, {}))
    with app.app_context():
        expect_writes(True)
        migrations.upgrade()
        session = db.session()
        keys.ensure_key(session)
        publish_installed(session, [path for plugin in load_plugins() for path in plugin.packs])
        add_platform(session, school.description(ISSUER))
        session.commit()
    return app


def _pack(app: Flask) -> CompiledPack:
    """The course that the launches name, as it was published."""
    with app.app_context():
        release = newest_release(db.session(), school.PACK)
        assert release is not None, "the course is one of the installed packs"
        return current_packs().get(db.session(), release.id)


def first_load(tool: Walk) -> dict[str, int]:
    """What a browser without a cache loads to show the course map, in bytes by kind, not compressed."""
    client, home = tool.launch("newcomer", "new person")
    html = client.get(home, base_url=TOOL).text
    loaded = {"HTML": len(html.encode()), "CSS": 0, "JS": 0, "fonts": 0, "images": 0}

    def size(address: str) -> bytes:
        with client.get(address, base_url=TOOL) as answer:  # a file's answer is to be closed
            assert answer.status_code == 200, address
            return answer.data

    page = BeautifulSoup(html, "html.parser")
    for script in page.select("script[src]"):
        loaded["JS"] += len(size(str(script["src"])))
    for picture in page.select("img[src], link[rel~=icon]"):
        address = str(picture.get("src") or picture["href"])
        loaded["images"] += 0 if address.startswith("data:") else len(size(address))
    letters = set(page.get_text())
    for sheet in page.select("link[rel=stylesheet]"):
        style = size(str(sheet["href"])).decode()
        loaded["CSS"] += len(style.encode())
        for face in re.findall(r"@font-face\s*{[^}]*}", style):
            source = re.search(r'url\("([^"]+)"\)', face)
            if source and _needed(face, letters):
                loaded["fonts"] += len(size(f"/static/{source[1]}"))
    return loaded


def _needed(face: str, letters: set[str]) -> bool:
    """Whether a browser loads this font for these letters (CSS Fonts §4.5, unicode-range)."""
    ranges = re.search(r"unicode-range:([^;}]*)", face)
    if ranges is None:
        return True
    for low, high in re.findall(r"U\+([0-9A-Fa-f]+)(?:-([0-9A-Fa-f]+))?", ranges[1]):
        if any(int(low, 16) <= ord(letter) <= int(high or low, 16) for letter in letters):
            return True
    return False
