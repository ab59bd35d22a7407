"""Visitors whom the platform did not name: when their visit is over, nothing of them is left."""

from __future__ import annotations

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from lti_tool.learning.models import Answer, Assessment, Attempt, HintShown, Participation, RunMove, StepDone
from lti_tool.lti.models import Visit
from lti_tool.people.models import Identity, Person

AT_ONCE = 500


def forget_departed(session: Session) -> int:
    """Delete anonymous visitors without an open visit, with all they did; return how many. The caller commits.

    Run it after visits that ended were deleted.
    """
    departed = session.execute(
        select(Identity.id, Identity.person_id)
        .where(Identity.anonymous, ~exists().where(Visit.identity_id == Identity.id))
        .limit(AT_ONCE)
    ).all()
    if not departed:
        return 0
    identities = [row.id for row in departed]
    participations = select(Participation.id).where(Participation.identity_id.in_(identities))
    attempts = select(Attempt.id).where(Attempt.participation_id.in_(participations))
    answers = select(Answer.id).where(Answer.attempt_id.in_(attempts))
    for statement in (
        delete(Assessment).where(Assessment.answer_id.in_(answers) | Assessment.assessor_id.in_(identities)),
        delete(Answer).where(Answer.attempt_id.in_(attempts)),
        delete(RunMove).where(RunMove.attempt_id.in_(attempts)),
        delete(HintShown).where(HintShown.attempt_id.in_(attempts)),
        delete(StepDone).where(StepDone.attempt_id.in_(attempts)),
        delete(Attempt).where(Attempt.participation_id.in_(participations)),
        delete(Participation).where(Participation.identity_id.in_(identities)),
        delete(Identity).where(Identity.id.in_(identities)),
        delete(Person).where(Person.id.in_([row.person_id for row in departed])),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    return len(identities)
