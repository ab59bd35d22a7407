"""Work beside the requests: a Huey queue, its consumer inside the serving process or in one of its own.

A job is a hint and carries ids only; what must not be lost stands in rows of the database. Huey hands a task out at
most once (one that runs when its worker is killed is gone), so beside a task stands something regular that finds what
is left: :meth:`Jobs.every`. Huey's own periodic tasks know whole minutes only, and a grade should not wait for a
minute: a small timer thread does it, in each process that works. Regular work must therefore bear to be done by
several at once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from flask import Flask
from huey import PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.serializer import SignedSerializer

from lti_tool.clock import now
from lti_tool.config import Settings, SettingsError
from lti_tool.console import checks
from lti_tool.gradebook import column_work, nudges, reconciliation
from lti_tool.gradebook.claim import Held, Hold
from lti_tool.gradebook.delivery import deliver
from lti_tool.gradebook.health import LOOK_AGAIN
from lti_tool.gradebook.nudges import Kind
from lti_tool.gradebook.outcome import Outcome
from lti_tool.gradebook.sweep import BATCH, sweep
from lti_tool.learning import notified
from lti_tool.lti import notices
from lti_tool.people import rosters
from lti_tool.people.roster_sync import sync
from lti_tool.schools import subscriptions

COLUMN_SWEEP = 30.0  # seconds
ROSTER_SWEEP = 60.0  # seconds
POLL_MAX = 0.5  # seconds between looks at an empty queue
STOP_WITHIN = 2.0  # seconds granted to running tasks when the process ends

Task = Callable[..., Any]
Enqueue = Callable[..., None]

log = structlog.get_logger(__name__)


class Jobs:
    """The queue of an application and what is registered to be done."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self.huey = _huey(settings)
        self.workers = settings.job_workers
        self.regular: list[tuple[str, float, Callable[[], Any]]] = []

    def task(self, name: str, function: Task) -> Enqueue:
        """Register a task; return a function that puts a call of it in the queue: ``enqueue(*args, at=None)``.

        Arguments must be plain values. ``at`` is an aware moment before which it is not run. The task runs within the
        application's context.
        """

        def run(*args: Any) -> None:
            with self._app.app_context():
                function(*args)

        wrapper = self.huey.task(name=name)(run)

        def enqueue(*args: Any, at: datetime | None = None) -> None:
            if at is None:
                wrapper(*args)
            else:
                wrapper.schedule(args=args, eta=at)

        return enqueue

    def every(self, name: str, seconds: float, function: Callable[[], Any]) -> None:
        """Register regular work, run within the application's context by each process that works."""

        def run() -> None:
            with self._app.app_context():
                function()

        self.regular.append((name, seconds, run))

    def waiting(self) -> int:
        """Return how many tasks stand in the queue, those for a later moment not counted."""
        return int(self.huey.pending_count())


class Running:
    """A consumer at work in this process. :meth:`stop` ends it; regular work finds again what was not finished."""

    def __init__(self, jobs: Jobs) -> None:
        self._consumer = _EmbeddedConsumer(
            jobs.huey,
            workers=jobs.workers,
            periodic=False,
            initial_delay=0.05,
            max_delay=POLL_MAX,
            check_worker_health=False,
        )
        self._stopping = threading.Event()
        self._timers = [
            threading.Thread(target=self._repeat, args=work, name=f"every-{work[0]}", daemon=True)
            for work in jobs.regular
        ]

    def start(self) -> Running:
        """Start the threads; all of them are daemons, so that the process can end at any time."""
        self._consumer.start()
        for timer in self._timers:
            timer.start()
        return self

    def stop(self, within: float = STOP_WITHIN) -> None:
        """Take no more work, and give what runs a moment to end."""
        self._stopping.set()
        self._consumer.stop()
        until = monotonic() + within
        for _, thread in self._consumer.worker_threads:
            thread.join(max(until - monotonic(), 0))

    def _repeat(self, name: str, seconds: float, function: Callable[[], Any]) -> None:
        while not self._stopping.is_set():
            try:
                function()
            except Exception:
                # Regular work is what mends everything else: one failure must not end it.
                log.exception("jobs.regular_failed", name=name)
            self._stopping.wait(seconds)


class _EmbeddedConsumer(Consumer):
    """A consumer that leaves the process's signals to whoever serves in it."""

    def _set_signal_handlers(self) -> None:
        """Signals are not ours here."""


def init_app(app: Flask, settings: Settings) -> Jobs:
    """Give an application its queue and say what is done in it. Nothing runs yet."""
    made = app.extensions["lyceum.jobs"] = Jobs(app, settings)
    _deliver_scores(made, app, settings)
    _look_after_columns(made, app)
    _read_rosters(made, app)
    _hear_notices(made, app)
    _check_connections(made, app)
    return made


def flush(app: Flask) -> None:
    """Empty the queue. Nothing is lost: what is due is found again by regular work."""
    jobs_of(app).huey.flush()


def jobs_of(app: Flask) -> Jobs:
    """Return an application's queue."""
    jobs: Jobs = app.extensions["lyceum.jobs"]
    return jobs


def start_embedded(app: Flask) -> Running:
    """Work in threads of the serving process. Call it after the process was forked, once in each."""
    return Running(jobs_of(app)).start()


def run_worker(app: Flask) -> None:
    """Work in this process until SIGTERM or SIGINT."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    running = Running(jobs_of(app)).start()
    log.info("worker.started")
    ending.wait()
    running.stop()
    log.info("worker.stopped")


def _deliver_scores(jobs: Jobs, app: Flask, settings: Settings) -> None:
    """A stored score is nudged, and swept up when the nudge was lost."""
    feeder = _Feeder(jobs)
    enqueue = jobs.task("deliver", lambda score_id: feeder.after(deliver(UUID(score_id))))

    def nudge(score_id: UUID, at: datetime | None) -> None:
        if at is None and feeder.is_full():
            return
        enqueue(str(score_id), at=at)

    nudges.register(app, nudge)
    jobs.every("sweep", settings.gradebook_sweep_every, feeder.feed)


def _look_after_columns(jobs: Jobs, app: Flask) -> None:
    """Columns of our own are made, and columns are read back; each is nudged, and swept up when the nudge was lost."""
    work = jobs.task("column", lambda line_item_id: column_work.work(UUID(line_item_id)))
    read = jobs.task("reading", lambda line_item_id: reconciliation.read(UUID(line_item_id)))
    nudges.register(app, lambda one, at: work(str(one), at=at), Kind.COLUMN)
    nudges.register(app, lambda one, at: read(str(one), at=at), Kind.READING)
    jobs.every("columns", COLUMN_SWEEP, column_work.sweep)
    jobs.every("readings", COLUMN_SWEEP, reconciliation.sweep)


class _Feeder:
    """Keeps the queue of deliveries short, so that their order stays fair.

    A queue hands out first what came first: ten thousand scores of one school would stand before the single one of
    another. So beyond a batch nothing is put in it by nudges; the sweep, which takes platforms in turn, brings the
    next batch when one is done.
    """

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._enqueue = jobs.task("feed", self._as_planned)
        self._planned = False
        self._feeding = threading.Lock()
        self._more = False  # whether something due was left out of the queue, as far as this process knows

    def is_full(self) -> bool:
        """Whether the queue holds a batch already; what is not put in it now is swept up."""
        full = self._jobs.waiting() >= BATCH
        self._more = self._more or full
        return full

    def after(self, came: Outcome | Held | None) -> None:
        """Feed the queue again after a delivery when little is left in it and there is more."""
        if isinstance(came, Held) and came.why is Hold.BUSY and not self._planned:
            self._planned = True
            self._enqueue(at=now() + timedelta(seconds=LOOK_AGAIN))
        if self._more and self._jobs.waiting() <= self._jobs.workers:
            self.feed()

    def _as_planned(self) -> None:
        self._planned = False
        self.feed()

    def feed(self) -> None:
        """Sweep up what fits: what stands in the queue already would be nudged twice."""
        if not self._feeding.acquire(blocking=False):
            return
        try:
            room = BATCH - self._jobs.waiting()
            if room > 0:
                self._more = False
                self._more = len(sweep(room)) >= room
        finally:
            self._feeding.release()


def _read_rosters(jobs: Jobs, app: Flask) -> None:
    """A list of members that somebody wants fresh is nudged, and swept up when the nudge was lost."""
    enqueue = jobs.task("roster", lambda context_id: sync(UUID(context_id)))
    rosters.register(app, lambda context_id: enqueue(str(context_id)))
    jobs.every("rosters", ROSTER_SWEEP, rosters.sweep)


def _hear_notices(jobs: Jobs, app: Flask) -> None:
    """A notice of a platform is handled by a job, or by the sweep; platforms that offer notices are asked for them."""
    enqueue = jobs.task("notice", lambda notice_id: notified.handle(UUID(notice_id)))
    notices.register(app, lambda notice_id: enqueue(str(notice_id)))
    jobs.every("notices", notified.SWEEP_EVERY, notified.handle_left)
    jobs.every("notice_subscriptions", subscriptions.EVERY, subscriptions.work)


def _check_connections(jobs: Jobs, app: Flask) -> None:
    """A check that an administrator asked for. When it is lost, they see that it was interrupted."""
    enqueue = jobs.task("check", lambda platform_id, run_id: checks.run_as_job(UUID(platform_id), UUID(run_id)))
    checks.register(app, lambda platform_id, run_id: enqueue(str(platform_id), str(run_id)))


def _huey(settings: Settings) -> Any:
    """Make the queue that the settings name.

    Huey pickles what it stores, so everything is signed: who can write to the store must not be able to run code here.
    """
    options: dict[str, Any] = {
        "name": "lyceum",
        "results": False,
        "serializer": SignedSerializer(secret=settings.secret_key, salt="lyceum-city jobs"),
    }
    parts = urlsplit(settings.jobs_url)
    scheme = parts.scheme.split("+")[0]
    if scheme == "sqlite":
        path = Path(settings.jobs_url.split(":///", 1)[-1])
        path.parent.mkdir(parents=True, exist_ok=True)
        huey = SqliteHuey(filename=str(path), **options)
    elif scheme in {"redis", "rediss"}:
        huey = RedisHuey(url=settings.jobs_url, **options)
    elif scheme in {"postgresql", "postgres"}:
        dsn = "postgresql" + settings.jobs_url.removeprefix(parts.scheme)
        huey = PostgresHuey(dsn=dsn, **options)
    else:
        raise SettingsError("LYCEUM_JOBS_URL must begin with sqlite:///, redis:// or postgresql://")
    # A connection that a server opened before it forked must not be shared by its children.
    with suppress(AttributeError):
        huey.storage.close()
    return huey
