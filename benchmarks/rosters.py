"""A large course: how long its list takes to be read, how much memory and how many queries; then the desk with it."""

from __future__ import annotations

import sys
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, update

from benchmarks import school
from benchmarks.processes import free_port, running
from benchmarks.walk import ISSUER, TOOL, Page, Walk
from lti_tool.clock import now
from lti_tool.db import db
from lti_tool.people.models import Membership, Roster
from lti_tool.people.roster_sync import sync
from lti_tool.schools.models import Context, Deployment, Platform

COURSE = "2"  # the course of the benchmark's launches


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a list. ``peak_mb``: the most memory that Python's objects of it took, None where not measured."""

    name: str
    seconds: float
    queries: int
    peak_mb: float | None = None


@dataclass(frozen=True, slots=True)
class LargeCourse:
    """What was measured of a course of so many members."""

    members: int
    readings: list[Reading]
    pages: dict[str, Page]


def read_large_course(folder: Path, *, members: int, repeats: int = 20) -> LargeCourse:
    """Let a course's list be read: by a tool that knows nobody, again, and with its memory watched; open the desk.

    Args:
        folder: an empty folder for the databases.
        members: how many stand on the list, all of them learners.
        repeats: how often the teacher looks at the desk.

    Raises:
        AssertionError: not all of them arrived.
    """
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.roster_server", str(port), str(members)]
    with running(command, port, folder / "roster-server.log"):
        (watched_folder := folder / "watched").mkdir()
        tool, watched = Walk(folder), Walk(watched_folder)
        context_id = _add_course(tool, port)
        readings = [
            _read(tool, context_id, "nobody known", members),
            _read(tool, context_id, "everybody known", members),
        ]
        watched_id = _add_course(watched, port)
        tracemalloc.start()
        try:
            slow = _read(watched, watched_id, "memory watched", members)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        readings.append(Reading(slow.name, slow.seconds, slow.queries, peak / 1e6))
    tool.launch("0", "first of the link")
    client, desk = tool.launch("teacher", "teacher", teacher=True)
    name = f"desk · {members} learners"
    for _ in range(repeats):
        tool.measure(name, lambda: client.get(desk, base_url=TOOL))
        tool.measure(f"{name} · middle", lambda: client.get(f"{desk}?page={members // 100}", base_url=TOOL))
        tool.measure(f"{name} · one group", lambda: client.get(f"{desk}?group=class-7", base_url=TOOL))
    return LargeCourse(members, readings, {key: page for key, page in tool.pages.items() if key.startswith("desk")})


def _add_course(tool: Walk, port: int) -> UUID:
    """Make the course, as launches that named its list would have left it."""
    with tool.app.app_context():
        session = db.session()
        session.execute(update(Platform).values(token_url=f"http://127.0.0.1:{port}/token"))
        wanted = (Platform.issuer == ISSUER, Deployment.deployment_id == school.DEPLOYMENT_ID)
        deployment = session.scalars(select(Deployment).join(Platform).where(*wanted)).one()
        context = Context(deployment_id=deployment.id, context_id=COURSE, title="Лицей-CITY")
        session.add(context)
        session.flush()
        session.add(Roster(context_id=context.id, members_url=f"http://127.0.0.1:{port}/members"))
        session.commit()
        tool.forget()
        return context.id


def _read(tool: Walk, context_id: UUID, name: str, members: int) -> Reading:
    with tool.app.app_context():
        db.session.execute(update(Roster).values(due_at=now()))
        db.session.commit()
    with tool.counted() as statements, tool.app.app_context():
        began = time.perf_counter()
        came = sync(context_id)
        took = time.perf_counter() - began
    with tool.app.app_context():
        stored = db.session.scalar(select(func.count()).select_from(Membership))
        db.session.remove()
    assert came == {"": None}, came
    assert stored == members, f"{stored} of {members} arrived"
    return Reading(name, took, len(statements))
