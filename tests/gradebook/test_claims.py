"""Many workers, one score: taken in hand by one, sent in order, never lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.config import Settings
from lti_tool.db import db
from lti_tool.gradebook import claim, nudges, outbox
from lti_tool.gradebook.claim import Errand, Held, Hold
from lti_tool.gradebook.delivery import deliver
from lti_tool.gradebook.models import OutgoingScore, ScoreState
from lti_tool.gradebook.nudges import Kind
from lti_tool.lti.services import tokens
from lti_tool.lti.services.tokens import Token, TokenKey
from tests.gradebook.host import Course, Host, at_once, deliver_due, respond

MORNING = datetime(2040, 11, 23, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)


def put_in_a_transaction(course: Course, identity_id: UUID, fraction: Decimal) -> UUID:
    with Session(db.engine) as session, session.begin():
        return outbox.put_score(
            session, line_item_id=course.item.id, identity_id=identity_id, fraction=fraction, submitted_at=now()
        ).id


def known_to_answer(course: Course) -> None:
    """Let the platform have given a token: one that has not is asked by one worker at a time."""
    tokens.save(TokenKey(course.platform.id, "1", "some"), Token("some", frozenset(), now() + timedelta(hours=1)))


class TestLeases:
    def test_of_workers_that_claim_at_once_one_succeeds(self, course: Course):
        known_to_answer(course)
        for _ in range(5):
            score_id = course.put(course.learner(), "0.5")
            claims = at_once(course, 4, lambda index, claimed=score_id: claim.claim(claimed, lease=LEASE))
            assert sum(isinstance(one, Errand) for one in claims) == 1

    def test_a_score_delivered_by_many_goes_out_once(self, course: Course, host: Host):
        score_id = course.put(course.learner(), "0.5")
        at_once(course, 4, lambda index: deliver(score_id))
        assert len(host.scores) == 1
        assert course.score(score_id).state == ScoreState.DELIVERED

    def test_an_older_score_is_never_taken_up_beside_a_newer_one(self, course: Course):
        learner = course.learner()
        first, second = course.put(learner, "0.1"), course.put(learner, "0.2")
        course.change(update(OutgoingScore).values(state=ScoreState.QUEUED, due_at=now()))
        assert claim.claim(first, lease=LEASE) == Held(Hold.SUPERSEDED)
        assert isinstance(claim.claim(second, lease=LEASE), Errand)

    def test_a_newer_score_waits_for_the_one_on_its_way(self, course: Course):
        learner = course.learner()
        first = course.put(learner, "0.1")
        assert isinstance(claim.claim(first, lease=LEASE), Errand)
        second = course.put(learner, "0.2")
        assert claim.claim(second, lease=LEASE) == Held(Hold.IN_FLIGHT)

    def test_another_learner_or_column_does_not_wait(self, course: Course):
        known_to_answer(course)
        assert isinstance(claim.claim(course.put(course.learner(), "0.1"), lease=LEASE), Errand)
        assert isinstance(claim.claim(course.put(course.learner(), "0.1"), lease=LEASE), Errand)

    def test_a_dead_workers_score_is_taken_over_when_its_lease_runs_out(self, course: Course, host: Host):
        score_id = course.put(course.learner(), "0.5")
        claim.claim(score_id, lease=LEASE)
        assert deliver_due() == 0
        with time_machine.travel(now() + LEASE + timedelta(seconds=1)):
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED

    def test_a_worker_that_lost_its_lease_writes_nothing(self, course: Course, host: Host):
        score_id = course.put(course.learner(), "0.5")

        def taken_over(request):
            with course.app.app_context():
                course.change(update(OutgoingScore).values(lease_owner="another", state=ScoreState.QUEUED))
            return respond(422, "Unprocessable Entity")

        host.next("score", taken_over)
        assert deliver(score_id) is None
        score = course.score(score_id)
        assert (score.state, score.lease_owner) == (ScoreState.QUEUED, "another")
        assert [entry.outcome for entry in course.ledger(score_id)] == ["needs_help"]  # it is told that it was tried

    def test_a_long_way_prolongs_the_lease(self, course: Course, host: Host):
        with time_machine.travel(MORNING, tick=False) as clock:

            def slow(request):
                clock.shift(40)
                return host._token(request)

            host.next("token", slow)
            host.next("score", lambda request: seen() and host._score(request))

            def seen() -> bool:
                with course.app.app_context():
                    (row,) = course.scores()
                assert row.lease_until == now() + LEASE
                return True

            score_id = course.put(course.learner(), "0.5")
            deliver(score_id)
        assert course.score(score_id).state == ScoreState.DELIVERED

    def test_a_worker_that_was_away_too_long_ends_where_it_notices(self, course: Course, host: Host):
        with time_machine.travel(MORNING, tick=False) as clock:

            def slow(request):
                clock.shift(90)
                with course.app.app_context():
                    course.change(update(OutgoingScore).values(lease_owner="another", lease_until=now() + LEASE))
                return respond(401, "Unauthorized")

            host.next("score", slow)
            assert deliver(course.put(course.learner(), "0.5")) is None
        assert len(host.scores) == 1

    def test_a_worker_that_lost_its_lease_before_sending_does_not_send(self, course: Course, host: Host):
        errand = claim.claim(course.put(course.learner(), "0.5"), lease=LEASE)
        assert isinstance(errand, Errand)
        course.change(update(OutgoingScore).values(lease_owner="another"))
        with pytest.raises(claim.LeaseLost):
            claim.choose_timestamp(errand, 0)
        with pytest.raises(claim.LeaseLost):
            claim.renew(errand)


class TestOrder:
    def test_a_score_that_comes_while_an_earlier_is_on_its_way_stands_in_the_end(self, course: Course, host: Host):
        learner = course.learner()
        with time_machine.travel(MORNING, tick=False) as clock:
            first = course.put(learner, "0.1")

            def meanwhile(request):
                with course.app.app_context():
                    put_in_a_transaction(course, learner.id, Decimal("0.9"))
                host.answers.clear()
                return host._score(request)

            host.next("score", meanwhile)
            deliver(first)
            clock.shift(2)
            deliver_due()
        assert [score.state for score in course.scores()] == [ScoreState.DELIVERED, ScoreState.DELIVERED]
        assert host.shows(learner.subject) == pytest.approx(18)
        assert host.scores[0]["timestamp"] < host.scores[1]["timestamp"]

    def test_the_later_one_is_nudged_as_soon_as_the_earlier_is_through(self, course: Course, host: Host, monkeypatch):
        heard: list[UUID] = []
        learner = course.learner()
        first = course.put(learner, "0.1")
        nudge = {Kind.SCORE: lambda score_id, at: heard.append(score_id)}
        monkeypatch.setitem(course.app.extensions, nudges.PENDING, nudge)

        def meanwhile(request):
            with course.app.app_context():
                put_in_a_transaction(course, learner.id, Decimal("0.9"))
            heard.clear()
            return respond(200, "OK", "")

        host.next("score", meanwhile)
        deliver(first)
        assert heard == [course.scores()[-1].id]

    def test_an_earlier_one_that_failed_gives_way(self, course: Course, host: Host):
        learner = course.learner()
        first = course.put(learner, "0.1")

        def meanwhile(request):
            with course.app.app_context():
                put_in_a_transaction(course, learner.id, Decimal("0.9"))
            return respond(500, "Oops", "broken")

        host.next("score", meanwhile)
        deliver(first)
        assert course.score(first).state == ScoreState.SUPERSEDED
        with time_machine.travel(now() + timedelta(seconds=3)):
            deliver_due()
        assert [body["scoreGiven"] for body in host.scores] == [10, 90]

    @examples(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(finishes=st.lists(st.integers(0, 100), min_size=2, max_size=5))
    def test_however_finishes_fall_together_the_last_stands_and_stamps_rise(
        self, course: Course, host: Host, finishes: list[int]
    ):
        learner = course.learner()
        host.scores.clear()
        arrived: list[tuple[str, int]] = []

        def note(request):
            host.answers.setdefault("score", []).append(note)
            answer = host._score(request)
            arrived.append((host.scores[-1]["timestamp"], answer.status_code))
            return answer

        host.answers["score"] = [note]
        with time_machine.travel(MORNING, tick=False) as clock:

            def finish(index: int) -> UUID:
                score_id = put_in_a_transaction(course, learner.id, Decimal(finishes[index]) / 100)
                deliver(score_id)
                return score_id

            at_once(course, len(finishes), finish)
            for _ in range(len(finishes) + 2):
                clock.shift(2)
                deliver_due()
        mine = [score for score in course.scores() if score.identity_id == learner.id]
        accepted = [stamp for stamp, status in arrived if status == 200]
        assert accepted == sorted(set(accepted))
        assert mine[-1].state == ScoreState.DELIVERED
        assert {score.state for score in mine} <= {ScoreState.DELIVERED, ScoreState.SUPERSEDED}
        assert host.shows(learner.subject) == pytest.approx(float(mine[-1].score_given) / 5)


SCRIPT = """
import sys
from uuid import UUID
from lti_tool.app import create_app
from lti_tool.gradebook.delivery import deliver

app = create_app()
with app.app_context():
    print("ready", flush=True)
    sys.stdin.readline()
    print(type(deliver(UUID(sys.argv[1]))).__name__, flush=True)
"""


def environment_of(settings: Settings) -> dict[str, str]:
    """Return what a process of its own must be told to work on the same database."""
    return {
        **os.environ,
        "LYCEUM_DATA_DIR": str(settings.data_dir),
        "LYCEUM_SECRET_KEY": settings.secret_key,
        "LYCEUM_DATABASE_URL": settings.database_url,
        "LYCEUM_JOBS_URL": settings.jobs_url,
        "LYCEUM_HTTP_READ_TIMEOUT": "10",
        "LYCEUM_GRADEBOOK_LEASE": "60",
        "LYCEUM_GRADEBOOK_SWEEP_EVERY": "1",
    }


def worker(settings: Settings, score_id: UUID) -> subprocess.Popen[str]:
    """Start a process that delivers a score as soon as it is told to."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(score_id)],
        env=environment_of(settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.slow
class TestProcesses:
    def test_two_processes_deliver_at_once_and_one_does(self, course: Course, host: Host, settings: Settings):
        score_id = course.put(course.learner(), "0.5")
        workers = [worker(settings, score_id) for _ in range(2)]
        for process in workers:
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = sorted(process.communicate(timeout=60)[0].split()[-1] for process in workers)
        assert answers == ["Held", "Outcome"]
        assert len(host.scores) == 1

    def test_a_process_killed_while_it_sends_loses_nothing(self, course: Course, host: Host, settings: Settings):
        learner = course.learner()
        score_id = course.put(learner, "0.5")
        arrived, release = threading.Event(), threading.Event()

        def hang(request):
            arrived.set()
            release.wait(10)
            return respond(500, "Oops")

        host.next("score", hang)
        process = worker(settings, score_id)
        process.stdin.write("go\n")
        process.stdin.flush()
        assert arrived.wait(30)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        release.set()
        assert course.score(score_id).lease_until > now()
        time.sleep(0.05)  # lets the host end with the dead connection
        with time_machine.travel(now() + timedelta(seconds=61)):
            deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert host.shows(learner.subject) == 10
        assert host.scores[0]["timestamp"] < host.scores[1]["timestamp"]

    def test_a_worker_of_its_own_delivers_and_ends_when_told(self, course: Course, host: Host, settings: Settings):
        score_id = course.put(course.learner(), "0.5")
        script = "from lti_tool import jobs; from lti_tool.app import create_app; jobs.run_worker(create_app())"
        process = subprocess.Popen(
            [sys.executable, "-c", script], env=environment_of(settings), stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while course.score(score_id).state != ScoreState.DELIVERED and time.monotonic() < until:
            time.sleep(0.1)
        assert course.score(score_id).state == ScoreState.DELIVERED
        process.terminate()
        assert process.wait(10) == 0
