"""Reading a column back: what differs is found and told, and nothing is sent unasked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import insert, select, update

from lti_tool.gradebook import policy, reconciliation
from lti_tool.gradebook.models import ColumnReading, LineItem, OutgoingScore, PlatformPause, Reason, ScoreState
from lti_tool.gradebook.reconciliation import Compared
from lti_tool.lti.services.ags import Result
from tests.gradebook.host import AGS, Course, Grade, Host, deliver_due, respond, statements

NOON = datetime(2040, 11, 23, 12, 0, tzinfo=UTC)


def ask(course: Course) -> None:
    reconciliation.ask(course.session, course.item.id)
    course.session.commit()


def read(course: Course) -> Compared | None:
    ask(course)
    return reconciliation.read(course.item.id)


def reading_of(course: Course) -> ColumnReading:
    (row,) = course.ask(select(ColumnReading))
    return row


def deliver(course: Course, subject: str, fraction: str = "0.5") -> UUID:
    known = {one.subject: one for one in course.__dict__.setdefault("known", [])}
    learner = known.get(subject) or course.learner(subject=subject)
    course.__dict__["known"] = [*known.values(), learner]
    score_id = course.put(learner, fraction)
    deliver_due()
    return score_id


class TestWhatIsFound:
    @pytest.mark.parametrize(
        ("shown", "state"),
        [
            (Grade(10, 20, 0), ScoreState.DELIVERED),
            (Grade(50, 100, 0), ScoreState.DELIVERED),  # the column's maximum was changed, and the grades with it
            (Grade(2.5, 5, 0), ScoreState.DELIVERED),
            (Grade(3, 20, 0), ScoreState.OVERRIDDEN),
            (Grade(0, 20, 0), ScoreState.OVERRIDDEN),
            (None, ScoreState.MISSING),
        ],
    )
    def test_of_a_grade_that_was_delivered(
        self, course: Course, host: Host, shown: Grade | None, state: ScoreState
    ) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            score_id = deliver(course, "6")
            if shown is None:
                host.grades.clear()
            else:
                host.grades["6"] = shown
            clock.shift(60)
            compared = read(course)
        score = course.score(score_id)
        assert score.state == state
        assert compared == (Compared(1, 0) if state is ScoreState.DELIVERED else Compared(0, 1))
        assert score.platform_read_at == NOON + timedelta(seconds=60)
        assert (score.platform_score, score.platform_maximum) == (
            (Decimal(str(shown.score)), Decimal(str(shown.maximum))) if shown else (None, None)
        )
        assert len(host.scores) == 1  # nothing is sent unasked

    def test_an_earlier_score_of_ours_that_came_back(self, course: Course, host: Host) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            deliver(course, "6", "0.5")
            clock.shift(60)
            newest = deliver(course, "6", "0.9")
            host.grades["6"] = Grade(10, 20, 0)  # the LMS was restored from yesterday's copy
            clock.shift(60)
            assert read(course) == Compared(0, 1)
        assert course.score(newest).state == ScoreState.OLDER
        assert course.score(newest).platform_score == 10

    def test_an_override_that_was_lifted(self, course: Course, host: Host) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            host.grades["6"] = Grade(3, 20, 0, overridden=True)
            score_id = deliver(course, "6")
            assert course.score(score_id).state == ScoreState.OVERRIDDEN
            host.grades["6"] = Grade(10, 20, 0)
            clock.shift(60)
            assert read(course) == Compared(1, 0)
        assert course.score(score_id).state == ScoreState.DELIVERED
        assert course.score(score_id).confirmed_at is not None

    def test_a_newer_grade_of_the_platform_is_still_called_so(self, course: Course, host: Host) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            score_id = deliver(course, "6")
            course.change(update(OutgoingScore).values(state=ScoreState.NEWER_KEPT))
            host.grades["6"] = Grade(7, 20, 0)
            clock.shift(60)
            read(course)
        assert course.score(score_id).state == ScoreState.NEWER_KEPT

    def test_what_is_on_its_way_or_needs_help_is_left_alone(self, course: Course, host: Host) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            host.next("score", respond(400, "Incorrect score received"))
            refused = deliver(course, "6")
            host.next("score", respond(503, "Busy"))
            waiting = deliver(course, "7")
            course.change(PlatformPause.__table__.delete())
            clock.shift(1)
            assert read(course) == Compared(0, 0)
        assert course.score(refused).reason == Reason.NOT_GRADABLE
        assert course.score(waiting).state == ScoreState.QUEUED

    def test_a_grade_that_was_delivered_while_the_column_was_read_is_not_judged(
        self, course: Course, host: Host
    ) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            deliver(course, "6")
            late = deliver(course, "7")
            clock.shift(60)

            def results(request):
                answer = host._results(request)
                sent_again = update(OutgoingScore).where(OutgoingScore.id == late)
                with course.app.app_context():
                    course.change(sent_again.values(delivered_at=NOON + timedelta(seconds=61)))
                return answer

            del host.grades["7"]
            host.next("results", results)
            assert read(course) == Compared(1, 0)
        assert course.score(late).state == ScoreState.DELIVERED

    def test_a_whole_column_costs_one_question_and_few_statements(self, course: Course, host: Host) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            for number in range(12):
                deliver(course, str(number))
            clock.shift(60)
            host.requests.clear()
            ask(course)
            with statements() as said:
                assert reconciliation.read(course.item.id) == Compared(12, 0)
        assert host.requests == ["results"]
        assert len([one for one in said if not one.startswith("BEGIN")]) < 15


class TestWhen:
    def test_it_is_planned_soon_after_a_delivery_and_daily_for_a_while(self, course: Course, host: Host) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            deliver(course, "6")
            first = reading_of(course).due_at
            assert timedelta(minutes=10) <= first - NOON <= timedelta(minutes=20)
            clock.shift(30)
            deliver(course, "7")
            first, planned = reading_of(course).due_at, first
            assert first <= planned  # not put off by the next one
            clock.move_to(first)
            assert reconciliation.sweep() == [course.item.id]
            reconciliation.read(course.item.id)
            assert timedelta(hours=20) <= reading_of(course).due_at - first <= timedelta(hours=28)
            clock.shift(timedelta(days=15))
            reconciliation.read(course.item.id)
            assert reading_of(course).due_at is None

    def test_it_is_not_planned_where_results_cannot_be_read(self, course: Course, host: Host) -> None:
        course.change(update(LineItem).values(scopes=[AGS + "score"]))
        deliver(course, "6")
        assert course.ask(select(ColumnReading)) == []

    def test_a_platform_that_is_left_alone_is_not_asked(self, course: Course, host: Host) -> None:
        with time_machine.travel(NOON, tick=False):
            until = NOON + timedelta(minutes=9)
            course.change(insert(PlatformPause).values(platform_id=course.platform.id, until=until, failures=9))
            assert read(course) is None
            assert reading_of(course).due_at == until
        assert host.requests == []

    def test_what_fails_is_tried_again_or_told(self, course: Course, host: Host) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            host.next("results", respond(502, "Bad Gateway"))
            assert read(course) is None
            row = reading_of(course)
            assert (row.reason, row.asked_at) == (None, NOON)
            assert NOON < row.due_at <= NOON + timedelta(seconds=31)
            clock.shift(60)
            assert reconciliation.read(course.item.id) == Compared(0, 0)
            assert reading_of(course).asked_at is None
            host.next("results", respond(403, "Forbidden"))
            assert read(course) is None
            assert (reading_of(course).reason, reading_of(course).due_at) == (Reason.FORBIDDEN, None)

    def test_without_a_column_there_is_nothing_to_read(self, course: Course, host: Host) -> None:
        course.change(update(LineItem).values(url=None))
        assert read(course) is None
        assert reading_of(course).reason == Reason.NO_COLUMN
        assert host.requests == []


@pytest.mark.parametrize(
    ("given", "shown", "of", "state"),
    [
        ("66.6667", "13.33", 20, ScoreState.DELIVERED),
        ("66.6667", "13", 20, ScoreState.DELIVERED),  # a column of whole numbers
        ("66.6667", "12", 20, ScoreState.OVERRIDDEN),
        ("100", "1", 1, ScoreState.DELIVERED),
        ("0", "0", 1, ScoreState.DELIVERED),
    ],
)
def test_rounding_is_no_difference(given: str, shown: str, of: int, state: ScoreState) -> None:
    result = Result("6", Decimal(shown), Decimal(of))
    assert policy.reconcile(Decimal(given), Decimal(100), [], result, kept=False) == state
