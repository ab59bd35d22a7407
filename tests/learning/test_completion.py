"""When a pack counts as done: its own rule decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from course_packs import Completion
from lti_tool.learning.attempts import Progress
from lti_tool.learning.results import is_completed
from tests.packs import small_pack

SQUARE = {"square/number", "square/order", "square/pairs"}
EVERYTHING = SQUARE | {"gate/intro", "gate/one", "gate/word"}


@pytest.mark.parametrize(
    ("rule", "steps", "passed", "done"),
    [
        (None, set(), False, True),
        (Completion("pass"), EVERYTHING, False, False),
        (Completion("pass"), set(), True, True),
        (Completion("all-steps"), EVERYTHING - {"gate/intro"}, True, False),
        (Completion("all-steps"), EVERYTHING, False, True),
        (Completion("units", ("square",)), SQUARE, False, True),
        (Completion("units", ("gate", "square")), SQUARE, True, False),
    ],
)
def test_the_packs_rule_decides(rule: Completion | None, steps: set[str], passed: bool, done: bool) -> None:
    pack = replace(small_pack(), completion=rule)
    assert is_completed(pack, Progress(steps=steps), passed=passed) is done
