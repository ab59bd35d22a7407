"""Two processes deliver at once: each learner's last score stands, none is sent twice or out of order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.failure.demonstration import PACK, Demonstration, eventually
from tests.failure.pupil import Visitor
from tests.failure.scores import Shift, assert_rising

pytestmark = pytest.mark.slow

LEARNERS = 30


def test_two_workers_deliver_what_thirty_learners_finished_twice(demo: Demonstration) -> None:
    demo.restart_tool(LYCEUM_EMBEDDED_JOBS="0")
    slugs = [demo.add_pupil() for _ in range(LEARNERS)]
    shifts = {slug: Shift(PACK.tasks[: 2 + number % 3]) for number, slug in enumerate(slugs)}

    def study(slug: str) -> None:
        pupil = Visitor(demo, slug)
        Shift(PACK.tasks[:1]).work(pupil)
        shifts[slug].work(pupil)

    with ThreadPoolExecutor(4) as class_room:
        early = [class_room.submit(study, slug) for slug in slugs[: LEARNERS // 2]]
        for one in early:
            one.result()
        assert [demo.history(slug) for slug in slugs] == [[]] * LEARNERS
        # Half of the scores wait already; the others come while two workers are at it.
        for _ in range(2):
            demo.start_worker()
        for one in [class_room.submit(study, slug) for slug in slugs[LEARNERS // 2 :]]:
            one.result()

    def missing() -> dict[str, str]:
        shown = {slug: demo.grade(slug) for slug in slugs}
        return {slug: str(grade) for slug, grade in shown.items() if grade != shifts[slug].score}

    eventually(lambda: not missing(), f"all last scores stand; missing: {missing()}", every=0.5)
    for slug in slugs:
        assert_rising(demo.history(slug))
        finals = [score["score_given"] for score in demo.history(slug, final=True)]
        assert finals[-1] == float(shifts[slug].score)
        assert len(finals) == len(set(finals)), f"a score was sent twice: {finals}"
    # Both took part: each wrote down what it had sent.
    shares = [(demo.folder / f"worker-{number}.log").read_text("utf-8").count("score.tried") for number in (1, 2)]
    assert min(shares) > 0, shares
