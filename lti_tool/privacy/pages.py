"""What the page about stored data shows. It must stay true to the tables; docs/privacy.md names them one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lti_tool.footprint.models import FootprintEvent
from lti_tool.gradebook.models import OutgoingScore
from lti_tool.learning.models import Answer, Attempt, Participation
from lti_tool.lti.models import Visit
from lti_tool.people.models import Identity
from lti_tool.schools.models import Platform, School


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data: what it is, what for, how long, and how much of it there is now (None: not counted)."""

    what: str
    why: str
    how_long: str
    now: str | None


@dataclass(frozen=True, slots=True)
class PrivacyPage:
    """What is kept of one person. ``back_url`` None: there is nowhere to go back to within the visit."""

    name: str | None
    anonymous: bool
    since: datetime
    platform: str
    school: str
    kept: Sequence[Kept]
    back_url: str | None


def privacy_page(session: Session, visit: Visit, *, hours: int) -> PrivacyPage:
    """Make the page for the person of a visit, in one query. ``hours``: how long visits stay open."""
    row = session.execute(_counts(visit.identity_id)).one()
    identity: Identity = row.Identity
    back = "teaching.overview" if visit.teacher else "player.course"
    return PrivacyPage(
        name=identity.name,
        anonymous=identity.anonymous,
        since=identity.created_at,
        platform=row.platform,
        school=row.school,
        kept=_kept(identity, row.activities, row.attempts, row.answers, row.scores, row.events, hours=hours),
        back_url=url_for(back, visit_id=visit.id) if visit.placement_id is not None else None,
    )


def _kept(
    identity: Identity, activities: int, attempts: int, answers: int, scores: int, events: int, *, hours: int
) -> list[Kept]:
    """The kinds of data, the most personal first."""
    school_decides = _("until the school asks for it to be deleted")
    return [
        Kept(
            _("The id in the learning platform, the name if the platform gives it, the language"),
            _("so that work and grades belong to the right person, and the teacher sees whose they are"),
            school_decides,
            identity.name or _("no name, only an id"),
        ),
        Kept(
            _("Whether one belongs to the course, in which role and groups, if the platform gives its list"),
            _("so that the teacher sees who is in the course and who has not come yet"),
            school_decides,
            None,
        ),
        Kept(
            _("Which activities were opened, the attempts, the answers, the hints that were shown"),
            _("so that one can go on where one stopped, on any device, and see what was right and why"),
            school_decides,
            ", ".join(
                (
                    ngettext("%(num)s activity", "%(num)s activities", activities),
                    ngettext("%(num)s attempt", "%(num)s attempts", attempts),
                    ngettext("%(num)s answer", "%(num)s answers", answers),
                )
            ),
        ),
        Kept(
            _("The grades sent to the gradebook, with the time and what the gradebook answered"),
            _("so that no grade is lost on the way, and a teacher can see where it is"),
            school_decides,
            ngettext("%(num)s message", "%(num)s messages", scores),
        ),
        Kept(
            _("The record of what was done: what was begun, answered and finished, with the result"),
            _("so that progress can be seen over months, by the person and by the school"),
            school_decides,
            ngettext("%(num)s entry", "%(num)s entries", events),
        ),
        Kept(
            _("The visit: when the tool was opened from the course and in which role; a cookie of that one visit"),
            _("so that the pages open for this person only"),
            ngettext("%(num)s hour, then deleted", "%(num)s hours, then deleted", hours),
            None,
        ),
    ]


def _counts(identity_id: UUID) -> Select[Any]:
    activities = select(func.count(Participation.id)).where(Participation.identity_id == Identity.id)
    attempts = (
        select(func.count(Attempt.id))
        .join(Participation, Participation.id == Attempt.participation_id)
        .where(Participation.identity_id == Identity.id)
    )
    answers = (
        select(func.count(Answer.id))
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .join(Participation, Participation.id == Attempt.participation_id)
        .where(Participation.identity_id == Identity.id)
    )
    scores = select(func.count(OutgoingScore.id)).where(OutgoingScore.identity_id == Identity.id)
    events = select(func.count(FootprintEvent.id)).where(FootprintEvent.person_id == Identity.person_id)
    return (
        select(
            Identity,
            Platform.title.label("platform"),
            School.title.label("school"),
            activities.correlate(Identity).scalar_subquery().label("activities"),
            attempts.correlate(Identity).scalar_subquery().label("attempts"),
            answers.correlate(Identity).scalar_subquery().label("answers"),
            scores.correlate(Identity).scalar_subquery().label("scores"),
            events.correlate(Identity).scalar_subquery().label("events"),
        )
        .join(Platform, Platform.id == Identity.platform_id)
        .join(School, School.id == Platform.school_id)
        .where(Identity.id == identity_id)
    )
