"""Answers that people judge: what waits for them, what they find, and what follows from it.

What one person finds of one answer is an assessment, and stays as it was. What counts of all of them is the answer's
judgement: the newest of a grown-up, else the median of fellow learners, once there are as many as the task asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, aliased

from course_packs import JudgedType, Task, score_try, tasks
from course_packs.tasks.rubric import middle_of
from lti_tool.catalog.releases import Packs
from lti_tool.learning.attempts import Progress, counts, load_progress, mistakes_of, record_deed
from lti_tool.learning.models import Answer, Assessment, AssessorRole, Attempt, AttemptState, Participation, Placement
from lti_tool.learning.results import settle
from lti_tool.learning.seats import Seat
from lti_tool.learning.unit_results import recount_unit
from lti_tool.people.models import Identity

LONGEST_COMMENT = 4000


@dataclass(frozen=True, slots=True)
class Work:
    """An answer that people judge, and whose it is."""

    answer: Answer
    attempt: Attempt
    participation: Participation
    identity: Identity
    placement: Placement


def judged_type(task: Task) -> JudgedType | None:
    """The type of a task that people judge; None for one that marks itself."""
    kind = tasks.get_type(task.type)
    return kind if isinstance(kind, JudgedType) else None


def works(placement_id: UUID) -> Select[Answer, Attempt, Participation, Identity, Placement]:
    """All answers given at a placement, as the columns of :class:`Work`; previews and test users are left out."""
    return (
        select(Answer, Attempt, Participation, Identity, Placement)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .join(Participation, Participation.id == Attempt.participation_id)
        .join(Identity, Identity.id == Participation.identity_id)
        .join(Placement, Placement.id == Participation.placement_id)
        .where(
            Placement.id == placement_id,
            Participation.preview.is_(False),
            Identity.test_user.is_(False),
        )
    )


def waiting_works(placement_id: UUID) -> Select[Answer, Attempt, Participation, Identity, Placement]:
    """Those of :func:`works` that wait for somebody, the oldest first: the last answer to each task."""
    later = aliased(Answer)
    newer = (
        select(later.id)
        .where(
            later.attempt_id == Answer.attempt_id,
            later.task_id == Answer.task_id,
            later.try_number > Answer.try_number,
        )
        .exists()
    )
    return works(placement_id).where(Answer.verdict == "pending", ~newer).order_by(Answer.answered_at, Answer.id)


def count_waiting(placement_id: UUID) -> ScalarSelect[int]:
    """How many works wait at a placement, as a part of another query."""
    waiting = waiting_works(placement_id).with_only_columns(Answer.id).order_by(None).subquery("waiting")
    return select(func.count()).select_from(waiting).correlate(None).scalar_subquery()


def find_work(session: Session, placement_id: UUID, answer_id: UUID) -> Work | None:
    """Return a work of a placement, judged or not; None when it is not there: another placement's is nobody's here."""
    row = session.execute(works(placement_id).where(Answer.id == answer_id)).one_or_none()
    return Work(*row) if row is not None else None


def assess(
    session: Session,
    packs: Packs,
    work: Work,
    *,
    assessor_id: UUID,
    role: AssessorRole,
    levels: Mapping[str, str],
    comment: str,
    school_id: UUID,
) -> Assessment:
    """Keep what somebody found of a work; mark, results and outgoing grades follow in the caller's transaction.

    ``levels`` are those of the task's rubric, whole (`course_packs.tasks.rubric.read_levels`).

    Raises:
        LookupError: the answer's task is none that people judge.
    """
    # The row of the attempt is the lock, as for answers: two assessors may come at once.
    session.refresh(work.attempt, with_for_update=True)
    session.refresh(work.participation, with_for_update=True)  # another attempt may be settled at this moment
    pack = packs.get(session, work.attempt.release_id)
    task = tasks.concrete(pack.task(work.answer.task_id), work.attempt.seed)
    if judged_type(task) is None:
        raise LookupError(work.answer.task_id)
    row = Assessment(
        answer_id=work.answer.id,
        assessor_id=assessor_id,
        role=role,
        levels=dict(levels),
        comment=comment.strip()[:LONGEST_COMMENT],
    )
    session.add(row)
    session.flush()
    progress = load_progress(session, work.attempt)
    session.refresh(work.answer)
    seat = Seat(
        identity=work.identity,
        placement=work.placement,
        participation=work.participation,
        attempt=work.attempt,
        pack=pack,
        school_id=school_id,
    )
    judgement = _judgement(session, task, work.answer)
    if judgement is not None:
        _apply(session, seat, progress, task, work.answer, judgement)
    return row


def _judgement(session: Session, task: Task, answer: Answer) -> dict[str, Any] | None:
    """What counts of all assessments of an answer; None while they are too few."""
    kind = judged_type(task)
    assert kind is not None, "it was looked at"
    found = list(session.scalars(select(Assessment).where(Assessment.answer_id == answer.id).order_by(Assessment.id)))
    grown_up = [one for one in found if one.role != AssessorRole.PEER]
    if grown_up:
        last = grown_up[-1]
        return {"levels": last.levels, "by": last.role, "comment": last.comment}
    panel = kind.panel(task)
    voices = {one.assessor_id: {"levels": one.levels} for one in found}
    if not panel.peers or len(voices) < panel.voices:
        return None
    levels = middle_of(kind.criteria(task), list(voices.values()))
    return {"levels": levels, "by": AssessorRole.PEER, "comment": ""}


def _apply(
    session: Session, seat: Seat, progress: Progress, task: Task, answer: Answer, judgement: dict[str, Any]
) -> None:
    attempt = seat.attempt
    assert attempt is not None, "a work belongs to an attempt"
    outcome = tasks.outcome_of(task, answer.response, judgement)
    answer.judgement = judgement
    answer.verdict, answer.fraction = outcome.verdict, outcome.fraction
    answer.points = score_try(task, outcome, answer.try_number, hints=answer.hints)
    answer.mistakes = mistakes_of(outcome)
    session.flush()
    record_deed(
        session,
        seat,
        attempt,
        "judged",
        object_type="task",
        object_id=task.id,
        result={
            "verdict": answer.verdict,
            "fraction": str(answer.fraction),
            "points": str(answer.points),
            "try": answer.try_number,
            "mistakes": answer.mistakes,
            "by": str(judgement["by"]),
            "levels": judgement["levels"],
        },
    )
    if counts(seat):
        recount_unit(session, seat, progress, seat.pack.unit(task.id.partition("/")[0]))
    if attempt.state == AttemptState.FINISHED:
        settle(session, seat, progress)
