"""Folding and slips of the finger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs.tasks.wording import distance, fold, within_typos

WORDS = st.text(alphabet="абвёе -", max_size=8)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Ещё   РАЗ ", "еще раз"),
        ("ПЦДОД", "пцдод"),
        ("технико — экономический", "технико-экономический"),
        ("«Лицей-CITY»!", "лицей-city"),
        ("?!", "?!"),
        ("ﬁeld ２", "field 2"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("first", "second", "slips"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("abc", "xbc", 1),
        ("ca", "abc", 3),
        ("", "abc", 3),
    ],
)
def test_distance(first: str, second: str, slips: int) -> None:
    assert distance(first, second) == slips


@given(WORDS, WORDS)
def test_distance_is_symmetric_and_bounded(first: str, second: str) -> None:
    assert distance(first, second) == distance(second, first)
    assert abs(len(first) - len(second)) <= distance(first, second) <= max(len(first), len(second))
    assert (distance(first, second) == 0) == (first == second)


@pytest.mark.parametrize(
    ("answer", "accepted", "typos", "same"),
    [
        ("куратар", "куратор", 1, True),
        ("куратар", "куратор", 0, False),
        ("куартар", "куратор", 1, False),
        ("куартар", "куратор", 2, True),
        ("кит", "кот", 1, False),
        ("на доске", "по доске", 1, False),
        ("на доски", "на доске", 1, True),
        ("план10000", "план10001", 1, False),
        ("классныйруководитель", "классный руководитель", 1, True),
        ("надоске", "на доске", 1, False),
    ],
)
def test_slips_are_forgiven_in_long_words_only(answer: str, accepted: str, typos: int, same: bool) -> None:
    assert within_typos(answer, accepted, typos) is same
