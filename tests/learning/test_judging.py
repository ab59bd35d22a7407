"""Answers that people judge: the result waits for them, follows what they find, and reaches the gradebook."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.catalog.releases import current_packs, publish
from lti_tool.footprint.models import FootprintEvent
from lti_tool.gradebook.models import LineItem, OutgoingScore
from lti_tool.learning import judging, unit_columns
from lti_tool.learning.models import (
    Answer,
    Assessment,
    AssessorRole,
    Attempt,
    Participation,
    Placement,
    StepDone,
    UnitResult,
)
from lti_tool.lti import claims
from lti_tool.people.models import Identity
from lti_tool.schools.models import School
from tests.judged import BEST, MIDDLING, TEXT, WORK, WORST, judged_pack
from tests.platform import INSTRUCTOR, FakePlatform
from tests.walker import Walker

Come = Callable[..., Walker]


@pytest.fixture
def come(app: Flask, session: Session, platform: FakePlatform) -> Come:
    """Come in as a learner of the pack whose work people judge, from an activity with a column."""
    publish(session, judged_pack())
    session.commit()
    custom = {claims.CUSTOM: {"pack": "judged"}}
    return lambda sub="6", **changes: Walker(
        app.test_client(), platform, platform.with_gradebook(sub=sub, **custom, **changes)
    )


@pytest.fixture
def judge(app: Flask, session: Session) -> Callable[..., None]:
    """Judge the newest answer to the text, as a teacher unless said otherwise."""

    def by(
        levels: dict[str, str], *, who: str = "6", role: AssessorRole = AssessorRole.TEACHER, comment: str = ""
    ) -> None:
        fresh(session)
        placement = session.scalars(select(Placement)).one()
        newest = (
            judging.works(placement.id)
            .where(Answer.task_id == WORK)
            .order_by(None)
            .order_by(Attempt.number.desc(), Answer.try_number.desc())
        )
        work = judging.Work(*session.execute(newest.limit(1)).one())
        assessor = session.scalars(select(Identity).where(Identity.subject == who)).one()
        judging.assess(
            session,
            current_packs(),
            work,
            assessor_id=assessor.id,
            role=role,
            levels=levels,
            comment=comment,
            school_id=session.scalars(select(School.id)).one(),
        )
        session.commit()

    def within_app(*args: object, **kwargs: object) -> None:
        with app.app_context():
            by(*args, **kwargs)  # type: ignore[arg-type]

    return within_app


def fresh(session: Session) -> None:
    session.rollback()
    session.expire_all()


def hand_in(walker: Walker, text: str = TEXT) -> None:
    answered = walker.answer(WORK, {"text": [text]})
    assert answered.status_code == 303, answered.text


def work_through(walker: Walker, text: str = TEXT, river: str = "Урал") -> None:
    hand_in(walker, text)
    walker.answer("word/river", {"text": [river]})
    walker.finish()


def again(walker: Walker) -> None:
    """Begin another attempt."""
    assert walker.post("again", walker.fields("result")).status_code == 303


def scores(session: Session) -> list[tuple[str, str, Decimal | None]]:
    """What was put to the activity's own column, in order: progress and score."""
    fresh(session)
    rows = session.scalars(select(OutgoingScore).join(LineItem).where(LineItem.part == "").order_by(OutgoingScore.id))
    return [(row.activity_progress, row.grading_progress, row.score_given) for row in rows]


def counted(session: Session) -> Participation:
    fresh(session)
    return session.scalars(select(Participation)).one()


def test_what_was_handed_in_waits_and_counts_nothing(come: Come, session: Session) -> None:
    walker = come()
    hand_in(walker)
    answer = session.scalars(select(Answer)).one()
    assert (answer.verdict, answer.points, answer.judgement) == ("pending", 0, None)
    assert answer.response == {"text": TEXT}
    page = walker.soup(f"units/{WORK}")
    assert page.select_one("#feedback.feedback--pending") is not None
    assert "alert(1)" in page.select_one(".handed-in").text  # type: ignore[union-attr]
    assert page.select_one(".handed-in script") is None
    assert "упал до 9" not in page.text, "the model answer is for those who were judged"
    assert page.select_one(".dot--waiting, .dot[aria-current]") is not None
    assert session.scalars(select(StepDone.step)).all() == [WORK]


def test_the_rubric_is_open_before_the_work_is_begun(come: Come) -> None:
    rubric = come().soup(f"units/{WORK}").select_one("details.rubric[open]")
    assert rubric is not None
    assert "Точное" in rubric.text


def test_a_finished_attempt_waits_with_its_grade(come: Come, session: Session) -> None:
    walker = come()
    work_through(walker)
    part = counted(session)
    attempt = session.scalars(select(Attempt)).one()
    assert (attempt.fraction, attempt.pending, part.fraction, part.passed) == (Decimal("0.5"), 1, None, None)
    assert part.completed_at is not None, "all was done; what it is worth comes later"
    assert scores(session) == [], "Moodle would wipe the grade that stands there"
    result = walker.soup("result")
    assert "1 ответ ждёт" in result.select_one("main").text  # type: ignore[union-attr]
    assert "1 ответ ждёт" in walker.soup("course").text
    assert "Пройдено" not in result.text


def test_a_platform_that_keeps_grades_is_told_that_a_person_has_to_mark(
    come: Come, judge: Callable[..., None], session: Session, platform: FakePlatform
) -> None:
    """AGS §3.4.7."""
    platform.row.family = "canvas"
    session.commit()
    work_through(come())
    assert scores(session)[-1] == ("Submitted", "PendingManual", None)
    assert all(score is None for _, _, score in scores(session))
    judge(BEST)
    assert scores(session)[-1] == ("Completed", "FullyGraded", 100)


def test_the_grade_goes_out_when_the_work_is_judged(come: Come, judge: Callable[..., None], session: Session) -> None:
    walker = come()
    work_through(walker)
    judge(MIDDLING, comment="  Числа есть, предупреждения нет.  ")
    part = counted(session)
    # A quarter of the text's points and all of the word's.
    assert part.fraction == Decimal("0.625")
    assert part.passed
    assert scores(session)[-1] == ("Completed", "FullyGraded", Decimal("62.5"))
    answer = session.scalars(select(Answer).where(Answer.task_id == WORK)).one()
    assert (answer.verdict, answer.fraction, answer.points) == ("partial", Decimal("0.25"), 1)
    page = walker.soup(f"units/{WORK}")
    assert [one.text.split()[0] for one in page.select(".levels .reached")] == ["Есть", "Нет"]
    assert page.select_one("blockquote.said").text == "Числа есть, предупреждения нет."  # type: ignore[union-attr]
    assert "упал до 9" in page.text
    assert "ждёт" not in walker.soup("result").select_one("main").text  # type: ignore[union-attr]


def test_a_second_thought_changes_the_grade_upwards_and_downwards(
    come: Come, judge: Callable[..., None], session: Session
) -> None:
    work_through(come())
    judge(BEST)
    judge(WORST)
    judge(MIDDLING)
    assert [score for _, _, score in scores(session) if score is not None] == [100, 50, Decimal("62.5")]
    assert session.scalar(select(func.count()).select_from(Assessment)) == 3, "what was found before stays known"
    answer = session.scalars(select(Answer).where(Answer.task_id == WORK)).one()
    assert answer.mistakes == [], "mistakes are those of the judgement that counts"


def test_the_mistakes_of_a_level_are_those_of_the_work(
    come: Come, judge: Callable[..., None], session: Session
) -> None:
    walker = come()
    work_through(walker)
    judge(WORST)
    answer = session.scalars(select(Answer).where(Answer.task_id == WORK)).one()
    assert [(one["kind"], one["severity"]) for one in answer.mistakes] == [("communication", "major")]
    assert "Без чисел" in walker.soup("result").text


def test_judged_before_the_end_the_attempt_finishes_as_any_other(
    come: Come, judge: Callable[..., None], session: Session
) -> None:
    walker = come()
    hand_in(walker)
    judge(BEST)
    assert scores(session) == []
    walker.answer("word/river", {"text": ["Урал"]})
    walker.finish()
    assert scores(session) == [("Completed", "FullyGraded", 100)]


def test_an_earlier_grade_stays_while_a_later_attempt_waits(
    come: Come, judge: Callable[..., None], session: Session
) -> None:
    walker = come()
    work_through(walker)
    judge(MIDDLING)
    again(walker)
    work_through(walker)
    assert counted(session).fraction == Decimal("0.625")
    assert scores(session)[-1] == ("Completed", "FullyGraded", Decimal("62.5")), "nothing wipes the grade that stands"
    judge(BEST)
    assert counted(session).fraction == 1


@pytest.mark.parametrize(("rule", "after"), [("best", "1"), ("last", "0.5"), ("first", "1")])
def test_the_rule_of_the_pack_tells_which_attempt_counts(
    app: Flask,
    come: Come,
    judge: Callable[..., None],
    session: Session,
    rule: str,
    after: str,
) -> None:
    """Though the first attempt is judged after the second was finished, and worse before it is judged better."""
    publish(session, judged_pack(attempt_grade=rule))
    session.commit()
    walker = come()
    work_through(walker)
    judge(WORST)
    again(walker)
    work_through(walker)
    judge(WORST)
    fresh(session)
    with app.app_context():
        first = session.execute(
            judging.works(session.scalars(select(Placement.id)).one()).where(
                Answer.task_id == WORK, Attempt.number == 1
            )
        ).one()
        judging.assess(
            session,
            current_packs(),
            judging.Work(*first),
            assessor_id=first.Identity.id,
            role=AssessorRole.TEACHER,
            levels=BEST,
            comment="",
            school_id=session.scalars(select(School.id)).one(),
        )
        session.commit()
    assert counted(session).fraction == Decimal(after)


def test_a_units_own_column_waits_and_follows_too(
    app: Flask, come: Come, judge: Callable[..., None], session: Session
) -> None:
    walker = come()
    fresh(session)
    placement = session.scalars(select(Placement)).one()
    placement.unit_maximum = 100
    with app.app_context():
        unit_columns.want_columns(session, placement, judged_pack(), language="ru")
    session.commit()
    work_through(walker)

    def of_units() -> list[tuple[str, Decimal | None]]:
        fresh(session)
        rows = session.execute(
            select(LineItem.part, OutgoingScore.score_given)
            .join(OutgoingScore, OutgoingScore.line_item_id == LineItem.id)
            .where(LineItem.part != "")
            .order_by(OutgoingScore.id)
        )
        return [(row.part, row.score_given) for row in rows]

    assert of_units() == [("word", 100)]
    judge(BEST)
    assert of_units() == [("word", 100), ("note", 100)]
    judge(WORST)
    assert of_units()[-1] == ("note", 0)
    fresh(session)
    assert {one.unit_id: one.fraction for one in session.scalars(select(UnitResult))} == {"note": 0, "word": 1}


def test_work_can_be_replaced_until_it_is_judged(
    app: Flask, session: Session, platform: FakePlatform, judge: Callable[..., None]
) -> None:
    publish(session, judged_pack(tries=2))
    session.commit()
    walker = Walker(
        app.test_client(), platform, platform.with_gradebook(sub="6", **{claims.CUSTOM: {"pack": "judged"}})
    )
    hand_in(walker, "Черновик записки.")
    assert "Черновик" in walker.soup(f"units/{WORK}").select_one("textarea").text  # type: ignore[union-attr]
    hand_in(walker, TEXT)
    fresh(session)
    placement_id = session.scalars(select(Placement.id)).one()
    waiting = session.execute(judging.waiting_works(placement_id)).all()
    assert [row.Answer.response["text"] for row in waiting] == [TEXT], "only the last one waits"
    assert session.scalar(select(judging.count_waiting(placement_id))) == 1
    judge(BEST)
    assert session.scalar(select(judging.count_waiting(placement_id))) == 0


def test_what_a_teacher_tries_out_waits_for_nobody(come: Come, session: Session) -> None:
    teacher = come("3", **{claims.ROLES: [INSTRUCTOR]})
    hand_in(teacher)
    fresh(session)
    assert session.execute(judging.waiting_works(session.scalars(select(Placement.id)).one())).all() == []


def test_a_work_of_another_placement_is_not_found(come: Come, session: Session) -> None:
    hand_in(come())
    answer = session.scalars(select(Answer)).one()
    assert judging.find_work(session, UUID(int=1), answer.id) is None
    assert judging.find_work(session, session.scalars(select(Placement.id)).one(), answer.id) is not None


def test_the_record_tells_what_was_found(come: Come, judge: Callable[..., None], session: Session) -> None:
    work_through(come())
    judge(MIDDLING)
    fresh(session)
    event = session.scalars(select(FootprintEvent).where(FootprintEvent.verb == "judged")).one()
    assert (event.object_id, event.result["by"], event.result["levels"]) == (WORK, "teacher", MIDDLING)
    assert Decimal(event.result["points"]) == 1


@pytest.mark.parametrize("text", ["", "   ", "слово " * 501, "а" * 20_001])
def test_what_is_no_answer_yet_costs_no_try_and_stays_in_the_field(come: Come, session: Session, text: str) -> None:
    walker = come()
    refused = walker.answer(WORK, {"text": [text]})
    assert refused.status_code == 422
    assert session.scalars(select(Answer)).all() == []
    if text.strip():
        assert text.strip()[:100] in refused.text
