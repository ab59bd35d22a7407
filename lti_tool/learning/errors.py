"""What a learner may run into; each has words on the page (:mod:`lti_tool.player.wording`)."""

from __future__ import annotations


class LearningError(Exception):
    """Something cannot be done now. ``reason`` names it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NothingChosen(LearningError):
    """The placement has no pack yet."""

    def __init__(self) -> None:
        super().__init__("nothing-chosen")


class AttemptsUsedUp(LearningError):
    """No further attempt is allowed."""

    def __init__(self) -> None:
        super().__init__("attempts-used-up")


class NotOpenYet(LearningError):
    """The placement opens later."""

    def __init__(self) -> None:
        super().__init__("not-open-yet")


class Closed(LearningError):
    """The placement takes no answers any more; what was done stays readable, and a begun attempt can be finished."""

    def __init__(self) -> None:
        super().__init__("closed")


class AttemptOver(LearningError):
    """The attempt is finished; answers to it are not taken any more."""

    def __init__(self) -> None:
        super().__init__("attempt-over")


class RunBroken(LearningError):
    """The moves that are stored cannot be played with the release of the attempt."""

    def __init__(self) -> None:
        super().__init__("run-broken")


class TriesUsedUp(LearningError):
    """The task is closed: answered rightly, or all tries are used."""

    def __init__(self) -> None:
        super().__init__("tries-used-up")
