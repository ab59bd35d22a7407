"""The LMS is unwell in all the ways hosts are: the pupil and the teacher are told, and then the last score arrives.

Real processes and real sockets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.failure.demonstration import PACK, Demonstration, eventually
from tests.failure.pupil import Teacher, Visitor
from tests.failure.scores import Shift, assert_rising, the_score_stands

pytestmark = pytest.mark.slow

WAITING = "Результат сохранён. Ждём журнал, попробуем в"
WAITING_FOR_TEACHER = "ждём журнал, попробуем в"
ARRIVED = "Оценка в журнале с"


def begin(demo: Demonstration) -> tuple[Visitor, Shift]:
    """A pupil at work, whose message of progress is in: the next request to the gradebook is the score."""
    pupil = Visitor(demo, demo.add_pupil())
    shift = Shift(PACK.tasks[:2])
    shift.answer(pupil)
    eventually(lambda: demo.history(pupil.slug), "the message of progress is in")
    return pupil, shift


def is_told_of_the_wait(teacher: Teacher, pupil: Visitor) -> Callable[[], bool]:
    """Whether the teacher's desk says that this pupil's grade waits for the gradebook."""
    name = f"Ученик-{pupil.demo.person_id(pupil.slug)}"
    return lambda: WAITING_FOR_TEACHER in teacher.row(name)


def requests_to_the_gradebook(demo: Demonstration, seen: int, event: str = "") -> list[dict[str, Any]]:
    """What came to the gradebook service or for a token, as the LMS wrote it down."""
    journal = demo.journal(seen)
    return [one for one in journal if one["path"].startswith(("/ags", "/token")) and event in ("", one["event"])]


def nothing_hangs(demo: Demonstration, seen: int) -> bool:
    """Whether each request that was kept hanging was taken up in the end."""
    entries = requests_to_the_gradebook(demo, seen)
    hung = [one for one in entries if one["event"] == "weather.hang"]
    return len(entries) - len(hung) >= len(hung)


def arrives(demo: Demonstration, pupil: Visitor, shift: Shift) -> None:
    """The score stands, nothing was out of order, and the pupil can read since when it is there."""
    the_score_stands(demo, pupil.slug, shift.score)
    eventually(lambda: ARRIVED in pupil.line(), "the pupil is told that it arrived")
    assert_rising(demo.history(pupil.slug))


@pytest.mark.parametrize(
    ("mode", "sign"),
    [("500", "weather.struck"), ("down", "weather.struck"), ("hang", "weather.hang")],
    ids=["server error", "service unavailable", "hung socket"],
)
def test_while_it_fails_both_are_told_and_then_the_score_arrives(demo: Demonstration, mode: str, sign: str) -> None:
    pupil, shift = begin(demo)
    teacher = Teacher(demo)
    seen = demo.last_entry()
    demo.weather(mode, seconds=3)
    pupil.finish()
    eventually(lambda: requests_to_the_gradebook(demo, seen, sign)[2:], "it was tried three times and more")
    eventually(lambda: pupil.line().startswith(WAITING), "the pupil is told that it waits", every=0.01)
    eventually(is_told_of_the_wait(teacher, pupil), "the teacher is told that it waits", every=0.01)
    assert demo.grade(pupil.slug) is None or mode == "hang"  # a hung host may still take what nobody waits for

    demo.weather("works")

    arrives(demo, pupil, shift)
    given = {score["score_given"] for score in demo.history(pupil.slug, final=True)}
    assert given == {float(shift.score)}
    eventually(lambda: nothing_hangs(demo, seen), "the host is done with what hung")
    assert_rising(demo.history(pupil.slug))
    assert demo.grade(pupil.slug) == shift.score


def test_too_many_requests_are_answered_by_the_patience_that_was_asked_for(demo: Demonstration) -> None:
    pupil, shift = begin(demo)
    seen = demo.last_entry()
    demo.weather("429", seconds=4, count=1)
    pupil.finish()
    eventually(lambda: pupil.line().startswith(WAITING), "the pupil is told that it waits")

    arrives(demo, pupil, shift)

    entries = requests_to_the_gradebook(demo, seen)
    refused = next(place for place, entry in enumerate(entries) if entry["status"] == 429)
    (taken,) = demo.history(pupil.slug, final=True)  # the weather struck once: any earlier try would stand here
    assert taken["received_at"] - entries[refused]["at"] >= 4, entries


def test_a_token_that_counts_no_more_is_renewed_at_once(demo: Demonstration) -> None:
    pupil, shift = begin(demo)
    seen = demo.last_entry()
    demo.weather("401", count=1)
    pupil.finish()

    arrives(demo, pupil, shift)

    events = [entry["event"] for entry in requests_to_the_gradebook(demo, seen)]
    assert events[:3] == ["weather.struck", "token.granted", "score.graded"]


def test_all_tokens_withdrawn_by_the_host_cost_no_score(demo: Demonstration) -> None:
    pupil, shift = begin(demo)
    seen = demo.last_entry()
    demo.control("POST", "tokens/revoke")
    pupil.finish()

    arrives(demo, pupil, shift)

    events = [entry["event"] for entry in requests_to_the_gradebook(demo, seen)]
    assert events[:3] == ["access.refused", "token.granted", "score.graded"]


def test_a_host_that_is_away_through_three_attempts_gets_the_last_score_only(demo: Demonstration) -> None:
    pupil, _ = begin(demo)
    teacher = Teacher(demo)
    assert demo.lms is not None
    demo.lms.kill()  # nobody listens there any more: connection refused
    pupil.finish()
    eventually(lambda: pupil.line().startswith(WAITING), "the pupil is told that it waits", every=0.01)
    eventually(is_told_of_the_wait(teacher, pupil), "the teacher is told that it waits", every=0.01)
    last = Shift(PACK.tasks[:4])
    for shift in (Shift(PACK.tasks[:3]), last):
        shift.work(pupil)

    demo.start_lms()

    arrives(demo, pupil, last)
    finals = [score["score_given"] for score in demo.history(pupil.slug, final=True)]
    assert finals == [float(last.score)]
    line = teacher.row(f"Ученик-{demo.person_id(pupil.slug)}")
    assert "в журнале с" in line
