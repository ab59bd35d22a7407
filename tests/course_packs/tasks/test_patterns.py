"""Authors' regular expressions: what is let in cannot hang the marking."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_packs.tasks.patterns import full_match, problem_of, risk_of


@pytest.mark.parametrize("pattern", ["(", "[", "*a", "(?P<n>a)(?P<n>b)", "a{2,1}", "[[a]", "(?<=a*)b", "\\"])
def test_what_python_cannot_read_now_or_soon_is_a_problem(pattern: str) -> None:
    assert problem_of(pattern) is not None


@pytest.mark.parametrize(
    "pattern",
    [
        "тьютор(а|у|ом)?",
        "[а-яё]+ский (центр|клуб)",
        r"\d{4}(-\d{2}){2}",
        "(ab){1,3}",
        ".*ключ.*слово.*",
        "[)(*+]+",
        r"\(a\)+",
        "(?:а|б)",
        "(?i:a)b",
        "a{,5}",
        "[]a]+",
        "(а|б){4}",
        "(очень )?(важн|нужн)(ый|ая|ое) (урок|час)(и|а|ов)?",
        r"(?i)кот # не замечание",
    ],
)
def test_ordinary_patterns_are_harmless(pattern: str) -> None:
    assert problem_of(pattern) is None
    assert risk_of(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|a)*b",
        "(a|aa)+b",
        "((a?){9}){9}",
        "(?:(?:a*))*",
        "(a*b?){2,}",
        r"(a)\1",
        "(?P<n>a)(?P=n)",
        "a*a*a*a*b",
        "a{1,50}a{1,50}a{1,50}a{1,50}a{1,50}b",
        "(a(b|c)d)+",
        "a?" * 60 + "a" * 60,
        "a??" * 40,
        "(a|b|c)" * 25,
        "(?(1)a|b)",
        "x" * 201,
    ],
)
def test_patterns_that_can_blow_up_are_refused(pattern: str) -> None:
    assert risk_of(pattern) is not None


PIECES = st.sampled_from(
    [*"ab.|()*+?", "{2,3}", "{1,20}", "{2,}", "(?:", "[ab]", "[^a]", r"\w", r"\.", r"\1", "^", "$", "*?", "++"]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_whatever_is_let_in_answers_quickly(pattern: str) -> None:
    if problem_of(pattern) is None and risk_of(pattern) is None:
        started = time.perf_counter()
        for text in ("a" * 199 + "!", "ab" * 99 + "!"):
            full_match(pattern, text, case=False)
        assert time.perf_counter() - started < 2


@given(st.text(max_size=30))
def test_any_text_is_judged(pattern: str) -> None:
    assert (problem_of(pattern) is None) in {True, False}
    risk_of(pattern)


def test_the_whole_answer_must_match() -> None:
    assert full_match("кот", "кот", case=False)
    assert not full_match("кот", "котик", case=False)
    assert full_match("КОТ", "кот", case=False)
    assert not full_match("КОТ", "кот", case=True)
    assert re.fullmatch("елка", "елка")
    assert full_match("ёлка", "елка", case=False)
