"""Scores of many platforms on their way at once: do those of the well ones suffer from the unwell?"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from benchmarks.client import Client
from benchmarks.processes import free_port, running
from lti_tool import jobs, migrations
from lti_tool.app import create_app
from lti_tool.clock import now
from lti_tool.config import Settings
from lti_tool.db import db, expect_writes
from lti_tool.gradebook import outbox
from lti_tool.gradebook.models import LineItem, OutgoingScore, ScoreState
from lti_tool.lti import keys
from lti_tool.lti.services.ags import SCOPES
from lti_tool.people.identities import add_identity
from lti_tool.schools.models import Deployment, Platform, School

UNWELL = ("hang", "fail")  # one that never answers, one that answers 500 to everything
GIVE_UP = 1800  # seconds


@dataclass(frozen=True, slots=True)
class Delivered:
    """How it went. ``seconds``: until the last score of a well platform had arrived."""

    scores: int
    seconds: float
    tokens: int

    @property
    def tokens_per_thousand(self) -> float:
        """Tokens asked of well platforms, for each thousand scores that arrived there."""
        return 1000 * self.tokens / self.scores


def deliver(
    folder: Path, *, platforms: int, scores: int, unwell: Sequence[str] = (), read_timeout: float = 15
) -> Delivered:
    """Deliver scores of well platforms, and as many of each unwell one; return how it went for the well ones.

    Args:
        folder: an empty folder for the databases.
        platforms: how many platforms are well.
        scores: how many scores each platform gets; those of the unwell stand first in the queue.
        unwell: which unwell ones there are besides, of :data:`UNWELL`.
        read_timeout: seconds after which a platform that does not answer is given up.

    Raises:
        TimeoutError: they have not all arrived within half an hour.
    """
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.grade_server", str(port)]
    with running(command, port, folder / "grade-server.log"):
        app = _application(folder, read_timeout)
        with app.app_context():
            well = _put(f"http://127.0.0.1:{port}", [*unwell, *map(str, range(platforms))], scores, len(unwell))
        work = jobs.start_embedded(app)
        began = time.perf_counter()
        try:
            _wait(app, well, platforms * scores)
            seconds = time.perf_counter() - began
        finally:
            work.stop()
        client = Client(port)
        tokens = int(client.get("/asked").body)
        client.close()
        with app.app_context(), suppress(KeyError):
            db.engine.dispose()
    return Delivered(platforms * scores, seconds, tokens)


def _put(address: str, names: Sequence[str], scores: int, unwell: int) -> list[object]:
    """Register platforms, each with a class that has finished; return the columns of those that are well."""
    session = db.session()
    school = School(slug="benchmark", title="Benchmark")
    session.add(school)
    session.flush()
    columns = []
    for name in names:
        own = f"{address}/{name}"
        platform = Platform(
            school_id=school.id,
            title=name,
            issuer=own,
            client_id="benchmark",
            auth_url=f"{own}/auth",
            token_url=f"{own}/token",
            jwks_url=f"{own}/keys",
            clock_ahead_ms=0,
        )
        session.add(platform)
        session.flush()
        deployment = Deployment(platform_id=platform.id, deployment_id="1")
        session.add(deployment)
        session.flush()
        column = LineItem(
            deployment_id=deployment.id,
            resource_link_id="1",
            url=f"{own}/lineitems/1",
            container_url=f"{own}/lineitems",
            scopes=sorted(SCOPES),
        )
        session.add(column)
        session.flush()
        columns.append(column.id)
        for number in range(scores):
            learner = add_identity(
                session, platform_id=platform.id, subject=str(number), name=None, locale=None, test_user=False
            )
            session.flush()
            outbox.put_score(
                session,
                line_item_id=column.id,
                identity_id=learner.id,
                fraction=Decimal(number % 101) / 100,
                submitted_at=now(),
            )
    session.commit()
    db.session.remove()
    return list(columns[unwell:])


def _wait(app: Flask, columns: Sequence[object], expected: int) -> None:
    until = time.monotonic() + GIVE_UP
    arrived = select(func.count()).where(
        OutgoingScore.state == ScoreState.DELIVERED, OutgoingScore.line_item_id.in_(columns)
    )
    while time.monotonic() < until:
        with app.app_context():
            expect_writes(False)
            if db.session.scalar(arrived) == expected:
                return
            db.session.remove()
        time.sleep(0.2)
    raise TimeoutError("the scores have not arrived")


def _application(folder: Path, read_timeout: float) -> Flask:
    app = create_app(
        Settings(
            data_dir=folder,
            public_url="https://city.test",
            secret_key="the secret of the benchmarks, long enough",
            database_url=f"sqlite:///{folder / 'deliveries.db'}",
            jobs_url=f"sqlite:///{folder / 'jobs.db'}",
            embedded_jobs=False,
            http_read_timeout=read_timeout,
            testing=True,
        )
    )
    with app.app_context():
        expect_writes(True)
        migrations.upgrade()
        keys.ensure_key(db.session())
        db.session.commit()
    return app
