"""Writing to the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.footprint.models import FootprintEvent


@dataclass(frozen=True, slots=True)
class Happening:
    """What is to be recorded, in plain JSON-safe values. ``verb`` is a past participle: «completed», «answered»."""

    person_id: UUID
    school_id: UUID
    verb: str
    object_type: str
    object_id: str
    occurred_at: datetime
    result: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)


def record(session: Session, happening: Happening) -> FootprintEvent:
    """Add one event to the caller's transaction: it is stored exactly when what it tells of is stored."""
    event = FootprintEvent(
        person_id=happening.person_id,
        school_id=happening.school_id,
        verb=happening.verb,
        object_type=happening.object_type,
        object_id=happening.object_id,
        result=happening.result,
        context=happening.context,
        occurred_at=happening.occurred_at,
    )
    session.add(event)
    return event
