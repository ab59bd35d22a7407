"""The queue beside the requests: a stored score goes out by itself, and a lost nudge costs nothing."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from lti_tool import jobs
from lti_tool.clock import now
from lti_tool.config import Settings, SettingsError
from lti_tool.gradebook.models import OutgoingScore, ScoreState
from lti_tool.gradebook.sweep import BATCH
from lti_tool.jobs import Jobs, Running
from tests.gradebook.host import Course, Host, respond


@pytest.fixture
def quick(course: Course, settings: Settings, monkeypatch) -> Iterator[Settings]:
    """An application whose sweep comes every moment and whose back-off is short."""
    quickly = replace(settings, gradebook_sweep_every=0.1, gradebook_retry_base=0.05, gradebook_retry_cap=0.2)
    monkeypatch.setitem(course.app.extensions, "lyceum.settings", quickly)
    before = course.app.extensions["lyceum.jobs"]
    jobs.init_app(course.app, quickly)
    jobs.flush(course.app)
    yield quickly
    jobs.init_app(course.app, settings)
    course.app.extensions["lyceum.jobs"] = before


@pytest.fixture
def running(course: Course, quick: Settings) -> Iterator[Running]:
    """A consumer at work in this process."""
    started = jobs.start_embedded(course.app)
    yield started
    started.stop()


def eventually(condition, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def delivered(course: Course, score_id) -> bool:
    return course.score(score_id).state == ScoreState.DELIVERED


def test_a_score_goes_out_after_the_commit(course: Course, host: Host, running: Running):
    score_id = course.put(course.learner(), "0.5")
    assert eventually(lambda: delivered(course, score_id))
    assert len(host.scores) == 1


def test_a_lost_nudge_is_found_by_the_sweep(course: Course, host: Host, quick: Settings):
    score_id = course.put(course.learner(), "0.5")
    jobs.flush(course.app)
    started = jobs.start_embedded(course.app)
    assert eventually(lambda: delivered(course, score_id))
    started.stop()


def test_a_passing_failure_is_tried_again_by_itself(course: Course, host: Host, running: Running):
    host.next("score", respond(500, "Oops", "x"), respond(502, "Oops", "x"))
    score_id = course.put(course.learner(), "0.5")
    assert eventually(lambda: delivered(course, score_id))
    assert course.score(score_id).tries == 3


def test_a_dead_workers_score_is_taken_over(course: Course, host: Host, quick: Settings):
    score_id = course.put(course.learner(), "0.5")
    jobs.flush(course.app)
    course.change(update(OutgoingScore).values(lease_owner="dead", lease_until=now() + timedelta(seconds=1)))
    started = jobs.start_embedded(course.app)
    assert eventually(lambda: delivered(course, score_id))
    started.stop()


def test_it_stops_quickly_even_while_a_host_hangs_and_loses_nothing(course: Course, host: Host, quick: Settings):
    arrived, release = threading.Event(), threading.Event()

    def hang(request):
        arrived.set()
        release.wait(5)
        return respond(500, "Oops")

    host.next("score", hang)
    started = jobs.start_embedded(course.app)
    score_id = course.put(course.learner(), "0.5")
    assert arrived.wait(20)
    began = time.monotonic()
    started.stop(within=0.2)
    assert time.monotonic() - began < 2
    release.set()
    assert eventually(lambda: course.score(score_id).lease_until is None)
    assert course.score(score_id).state == ScoreState.QUEUED


def test_regular_work_that_fails_is_done_again(course: Course, quick: Settings):
    done = []

    def fail() -> None:
        done.append(1)
        raise OSError("the disk is full")

    jobs.jobs_of(course.app).every("failing", 0.02, fail)
    started = jobs.start_embedded(course.app)
    assert eventually(lambda: len(done) > 2)
    started.stop()


def test_a_school_with_a_great_many_scores_does_not_fill_the_queue(course: Course, host: Host, quick: Settings):
    """Beyond a batch the sweep brings them, platforms in turn; nobody waits for its next round in between."""
    slow = replace(quick, gradebook_sweep_every=600)
    jobs.init_app(course.app, slow)
    jobs.flush(course.app)
    for _ in range(BATCH + 20):
        course.put(course.learner(), "0.5")
    assert jobs.jobs_of(course.app).waiting() == BATCH
    started = jobs.start_embedded(course.app)
    assert eventually(lambda: len(host.grades) == BATCH + 20, 60)
    started.stop()


def test_a_task_for_later_is_not_run_now(course: Course, host: Host, running: Running):
    done = []
    enqueue = jobs.jobs_of(course.app).task("note", done.append)
    enqueue("later", at=now() + timedelta(hours=1))
    enqueue("now")
    assert eventually(lambda: done == ["now"])


def test_what_somebody_else_wrote_into_the_queue_is_not_run(course: Course, quick: Settings):
    huey = jobs.jobs_of(course.app).huey
    evil = pickle.dumps(("deliver", "1", None, None, 0, 0, (), {}, None, None, None, None))
    huey.storage.enqueue(evil)
    with pytest.raises(ValueError, match=r"Separator|Signature"):
        huey.dequeue()


@pytest.mark.parametrize("url", ["amqp://localhost", "jobs.db", ""])
def test_an_address_of_no_queue_is_told(app, settings: Settings, url: str):
    with pytest.raises(SettingsError, match="LYCEUM_JOBS_URL"):
        Jobs(app, replace(settings, jobs_url=url))


def test_redis_is_a_queue_too(app, settings: Settings):
    made = Jobs(app, replace(settings, jobs_url="redis://127.0.0.1:6399/3"))
    assert made.huey.storage.pool.connection_kwargs["port"] == 6399


def test_the_queue_makes_its_folder(app, settings: Settings, tmp_path):
    made = Jobs(app, replace(settings, jobs_url=f"sqlite:///{tmp_path}/new/jobs.db"))
    assert (tmp_path / "new" / "jobs.db").exists()
    assert made.waiting() == 0
