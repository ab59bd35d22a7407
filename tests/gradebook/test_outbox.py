"""The outbox: what is put in, what gives way, what can be read."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, update

from lti_tool.clock import now
from lti_tool.gradebook import nudges, outbox
from lti_tool.gradebook.models import OutgoingScore, PlatformPause, Reason, ScoreState
from lti_tool.gradebook.nudges import Kind
from tests.gradebook.host import Course, Host, deliver_due, statements


@pytest.fixture
def nudged(app, monkeypatch) -> list[UUID]:
    """What was nudged, instead of the queue."""
    heard: list[UUID] = []
    monkeypatch.setitem(app.extensions, nudges.PENDING, {Kind.SCORE: lambda score_id, at: heard.append(score_id)})
    return heard


class TestPuttingAScore:
    @pytest.mark.parametrize(("fraction", "given"), [("0", "0"), ("1", "100"), ("0.66666666", "66.6667")])
    def test_a_fraction_goes_out_on_a_scale_of_a_hundred(self, course: Course, fraction: str, given: str):
        score = course.score(course.put(course.learner(), fraction))
        assert (score.score_given, score.score_maximum) == (Decimal(given), 100)
        assert (score.activity_progress, score.grading_progress) == ("Completed", "FullyGraded")

    @pytest.mark.parametrize("fraction", ["-0.01", "1.0001", "NaN", "Infinity"])
    def test_what_is_no_fraction_is_refused(self, course: Course, fraction: str):
        with pytest.raises(ValueError, match="from 0 to 1"):
            course.put(course.learner(), fraction)

    def test_it_belongs_to_the_callers_transaction(self, course: Course, nudged: list[UUID]):
        learner = course.learner()
        outbox.put_score(course.session, line_item_id=course.item.id, identity_id=learner.id, fraction=Decimal("0.5"))
        course.session.rollback()
        course.session.commit()
        assert course.scores() == []
        assert nudged == []

    def test_it_is_nudged_after_the_commit(self, course: Course, nudged: list[UUID]):
        learner = course.learner()
        score = outbox.put_score(
            course.session, line_item_id=course.item.id, identity_id=learner.id, fraction=Decimal("0.5")
        )
        assert nudged == []
        score_id = score.id
        course.session.commit()
        assert nudged == [score_id]

    def test_a_queue_that_is_away_loses_nothing(self, course: Course, app, monkeypatch):
        monkeypatch.setitem(app.extensions, nudges.PENDING, {Kind.SCORE: lambda score_id, at: 1 / 0})
        score_id = course.put(course.learner(), "1")
        assert course.score(score_id).state == ScoreState.QUEUED

    def test_older_ones_that_have_not_gone_out_give_way(self, course: Course):
        learner, other = course.learner(), course.learner()
        first, foreign, second = course.put(learner, "0.1"), course.put(other, "0.2"), course.put(learner, "0.3")
        assert course.score(first).state == ScoreState.SUPERSEDED
        assert course.score(first).due_at is None
        assert course.score(foreign).state == ScoreState.QUEUED
        assert course.score(second).state == ScoreState.QUEUED

    def test_one_that_is_on_its_way_is_left_to_its_worker(self, course: Course):
        learner = course.learner()
        first = course.put(learner, "0.1")
        course.change(update(OutgoingScore).values(lease_until=now() + timedelta(minutes=1), lease_owner="x"))
        course.put(learner, "0.3")
        assert course.score(first).state == ScoreState.QUEUED

    def test_one_that_needed_help_gives_way_too(self, course: Course, host: Host):
        learner = course.learner()
        first = course.put(learner, "0.1")
        course.change(update(OutgoingScore).values(state=ScoreState.NEEDS_HELP, reason=Reason.LOCKED, due_at=None))
        course.put(learner, "0.3")
        assert course.score(first).state == ScoreState.SUPERSEDED

    def test_the_later_one_is_later_even_when_a_machine_with_a_fast_clock_wrote_before(self, course: Course):
        learner = course.learner()
        first = course.put(learner, "0.1")
        ahead = UUID(int=first.int + (3_600_000 << 80))  # an hour: the time stands in the upper 48 bits
        course.change(update(OutgoingScore).values(id=ahead))
        second = course.put(learner, "0.9")
        assert second > ahead
        assert outbox.latest(course.session, course.item.id, [learner.id])[learner.id].score_id == second


class TestProgress:
    def put(self, course: Course, learner, progress: str, family: str | None = "canvas"):
        put = outbox.put_progress(
            course.session,
            line_item_id=course.item.id,
            identity_id=learner.id,
            activity_progress=progress,
            family=family,
        )
        course.session.commit()
        return put

    def test_it_goes_where_it_cannot_hurt(self, course: Course, host: Host):
        self.put(course, course.learner(), "Started")
        deliver_due()
        (body,) = host.scores
        assert (body["activityProgress"], body["gradingProgress"]) == ("Started", "NotReady")
        assert "scoreGiven" not in body
        assert "scoreMaximum" not in body
        assert course.scores()[0].state == ScoreState.DELIVERED

    @pytest.mark.parametrize("family", ["moodle", "Moodle", "unknown-lms", "", None])
    def test_never_to_moodle_and_never_to_a_stranger(self, course: Course, family: str | None):
        assert self.put(course, course.learner(), "InProgress", family) is None

    def test_never_after_a_score(self, course: Course):
        learner = course.learner()
        course.put(learner, "0.5")
        assert self.put(course, learner, "InProgress") is None

    def test_never_twice_and_never_backwards(self, course: Course):
        learner = course.learner()
        assert self.put(course, learner, "InProgress") is not None
        assert self.put(course, learner, "InProgress") is None
        assert self.put(course, learner, "Started") is None
        assert self.put(course, learner, "Submitted") is not None

    def test_a_final_score_takes_the_place_of_a_message_that_waits(self, course: Course, host: Host):
        learner = course.learner()
        self.put(course, learner, "Started")
        course.put(learner, "0.5")
        deliver_due()
        assert [body["gradingProgress"] for body in host.scores] == ["FullyGraded"]

    @pytest.mark.parametrize("progress", ["Completed", "Whatever"])
    def test_completion_is_told_with_a_score_only(self, course: Course, progress: str):
        with pytest.raises(ValueError, match="progress"):
            self.put(course, course.learner(), progress)


class TestReading:
    def test_the_newest_of_each_learner_in_one_query(self, course: Course):
        learners = [course.learner() for _ in range(3)]
        course.put(learners[0], "0.1")
        newest = [course.put(learners[0], "0.2"), course.put(learners[1], "0.3")]
        with statements() as queries:
            found = outbox.latest(course.session, course.item.id, [learner.id for learner in learners])
        assert len([query for query in queries if "outgoing_score" in query]) == 1
        assert {view.score_id for view in found.values()} == set(newest)
        assert found[learners[0].id].score_given == 20
        assert learners[2].id not in found

    def test_nobody_asked_for_is_nobody_found(self, course: Course):
        assert outbox.latest(course.session, course.item.id, []) == {}

    def test_the_ledger_tells_of_the_learner_in_the_column_newest_first(self, course: Course, host: Host):
        learner, other = course.learner(), course.learner()
        course.put(learner, "0.1")
        course.put(other, "0.7")
        deliver_due()
        second = course.put(learner, "0.2")
        course.change(update(OutgoingScore).values(due_at=None))
        entries = course.ledger(second)
        assert [entry.score_given for entry in entries] == [10]
        assert [entry.outcome for entry in entries] == ["confirmed"]


class TestResending:
    def test_what_needed_help_is_put_back_in_the_queue(self, course: Course, host: Host, nudged: list[UUID]):
        score_id = course.put(course.learner(), "0.5")
        course.change(
            update(OutgoingScore).values(state=ScoreState.NEEDS_HELP, reason=Reason.FORBIDDEN, due_at=None, tries=7)
        )
        nudged.clear()
        assert course.resend(score_id)
        score = course.score(score_id)
        assert (score.state, score.reason, score.tries) == (ScoreState.QUEUED, None, 0)
        assert nudged == [score_id]
        deliver_due()
        assert course.score(score_id).state == ScoreState.DELIVERED

    def test_it_does_not_wait_for_a_platform_that_was_to_be_left_alone(self, course: Course):
        score_id = course.put(course.learner(), "0.5")
        course.session.add(PlatformPause(platform_id=course.platform.id, until=now() + timedelta(hours=1)))
        course.session.commit()
        course.resend(score_id)
        assert course.ask(select(PlatformPause)) == []

    def test_what_gave_way_is_not_sent_again(self, course: Course):
        learner = course.learner()
        first = course.put(learner, "0.1")
        course.put(learner, "0.2")
        assert not course.resend(first)
        assert course.score(first).state == ScoreState.SUPERSEDED

    def test_what_is_on_its_way_is_left_alone(self, course: Course):
        score_id = course.put(course.learner(), "0.5")
        course.change(update(OutgoingScore).values(lease_until=now() + timedelta(minutes=1), lease_owner="x"))
        assert not course.resend(score_id)
