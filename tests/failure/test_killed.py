"""The tool is killed where it hurts most, and started again: the last score stands in the gradebook, nothing is lost.

Real processes, real SIGKILL, real sockets.
"""

from __future__ import annotations

import pytest

from tests.failure.demonstration import PACK, Demonstration, eventually
from tests.failure.pupil import Visitor
from tests.failure.scores import Shift, assert_rising, the_score_stands

pytestmark = pytest.mark.slow


def test_killed_between_finish_and_delivery_the_last_score_arrives_once(demo: Demonstration) -> None:
    demo.restart_tool(LYCEUM_EMBEDDED_JOBS="0")  # nobody delivers
    pupil = Visitor(demo, demo.add_pupil())
    first, last = Shift(PACK.tasks[:1]), Shift(PACK.tasks[:3])
    first.work(pupil)
    last.work(pupil)
    assert "оценка в пути" in pupil.line()
    assert demo.history(pupil.slug) == []
    demo.kill_tool()

    demo.start_tool()

    the_score_stands(demo, pupil.slug, last.score)
    assert [score["score_given"] for score in demo.history(pupil.slug, final=True)] == [float(last.score)]
    assert_rising(demo.history(pupil.slug))
    # The visit outlived the kill too: the page that was open says where the grade is now.
    eventually(lambda: "Оценка в журнале с" in pupil.line(), "the pupil is told")


@pytest.mark.parametrize("reaches_the_host", [True, False], ids=["the host takes it late", "the host never takes it"])
def test_killed_in_the_middle_of_sending_the_score_arrives_after_the_restart(
    demo: Demonstration, reaches_the_host: bool
) -> None:
    demo.restart_tool(LYCEUM_HTTP_READ_TIMEOUT="5", LYCEUM_GRADEBOOK_LEASE="7")
    pupil = Visitor(demo, demo.add_pupil())
    shift = Shift(PACK.tasks[:2])
    shift.answer(pupil)
    eventually(lambda: demo.history(pupil.slug), "the message of progress is in, the next request is the score")
    seen = demo.last_entry()
    demo.weather("hang", seconds=3 if reaches_the_host else 120, count=1)
    pupil.finish()
    hanging = eventually(
        lambda: [one for one in demo.journal(seen) if one["event"] == "weather.hang"], "the score is being sent"
    )
    demo.kill_tool()
    assert hanging[0]["path"].endswith("/scores")
    assert demo.history(pupil.slug, final=True) == []
    if reaches_the_host:
        eventually(lambda: demo.history(pupil.slug, final=True), "the host took what the dead tool had sent")

    demo.start_tool()

    the_score_stands(demo, pupil.slug, shift.score)
    eventually(lambda: "Оценка в журнале с" in pupil.line(), "the pupil is told")
    scores = demo.history(pupil.slug, final=True)
    # What arrived although its answer was lost is found there first, and not sent again.
    assert [score["score_given"] for score in scores] == [float(shift.score)]
    assert_rising(demo.history(pupil.slug))
