"""Which of several attempts counts."""

from __future__ import annotations

from decimal import Decimal

from course_packs import Grading


def counted_fraction(before: Decimal | None, latest: Decimal, grading: Grading) -> Decimal:
    """Return the result that counts after one more attempt, by the pack's rule."""
    if before is None or grading.attempt_grade == "last":
        return latest
    return before if grading.attempt_grade == "first" else max(before, latest)
