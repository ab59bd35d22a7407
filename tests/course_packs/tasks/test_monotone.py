"""One more right part never lowers a score: for every type that has parts."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import TYPES
from course_packs.tasks import choice, matching, ordering
from tests.course_packs.samples import task_of

HERE = {"choice", "matching", "ordering"}
# A whole answer is near or not; nothing of it can be right by itself.
OF_ONE_PIECE = {"short_text", "number", "formula"}
# Nothing is right or wrong, or people find what it is worth.
NOT_BY_PARTS = {"survey", "self_assessment", "open_answer", "expert_assessment"}
# A score goes by what was reached, and the author's own rule may weigh it as it likes.
BY_GOALS = {"simulation"}

SEVERAL = task_of(
    "type: choice\nmultiple: true\noptions:\n"
    + "".join(f"  - {{text: {name}, correct: {str(name in 'abc').lower()}}}\n" for name in "abcdef")
)
PAIRS = task_of(
    "type: matching\npairs:\n" + "".join(f"  - {{left: л{n}, right: п{n % 3}}}\n" for n in range(5)) + "extra: [нет]"
)
ORDER = task_of("type: ordering\nitems: [один, два, три, четыре, пять, шесть]")


@given(st.sets(st.sampled_from("abcdef"), min_size=1), st.sampled_from("abcdef"))
def test_one_more_right_option_never_lowers_the_score_nor_one_wrong_less(chosen: set[str], other: str) -> None:
    better = chosen | {other} if other in "abc" else chosen - {other}
    before, after = (choice.mark(SEVERAL, {"chosen": sorted(one)}).fraction for one in (chosen, better))
    assert before <= after


@given(st.data())
def test_one_more_right_pair_never_lowers_the_score(data: st.DataObject) -> None:
    right = matching.solution(PAIRS, language="ru")["pairs"]
    given_ = {left: data.draw(st.sampled_from([*right.values(), "z", ""])) for left in right}
    left = data.draw(st.sampled_from(sorted(right)))
    before = matching.mark(PAIRS, {"pairs": given_}).fraction
    assert before <= matching.mark(PAIRS, {"pairs": {**given_, left: right[left]}}).fraction


@given(st.permutations(range(6)))
def test_an_item_put_where_it_belongs_raises_the_score(order: list[int]) -> None:
    ids = ordering.solution(ORDER, language="ru")["order"]
    kept = longest_rising(order)
    astray = [one for one in order if one not in kept]
    before = ordering.mark(ORDER, {"order": [ids[one] for one in order]}).fraction
    for item in astray:
        rest = [one for one in order if one != item]
        after_which = max((one for one in kept if one < item), default=None)
        place = 0 if after_which is None else rest.index(after_which) + 1
        better = [*rest[:place], item, *rest[place:]]
        assert ordering.mark(ORDER, {"order": [ids[one] for one in better]}).fraction > before


def longest_rising(numbers: list[int]) -> list[int]:
    runs: list[list[int]] = [[]]
    for number in numbers:
        runs.append([*max((run for run in runs if not run or run[-1] < number), key=len), number])
    longest = max(runs, key=len)
    assert all(one < two for one, two in pairwise(longest))
    return longest


@pytest.mark.parametrize("name", sorted(set(TYPES) - HERE - OF_ONE_PIECE - NOT_BY_PARTS - BY_GOALS))
def test_every_other_type_proves_it_beside_its_own_tests(name: str) -> None:
    own = (Path(__file__).parent / f"test_{name}.py").read_text(encoding="utf-8")
    assert re.search(r"@given\([^@]*\ndef test_one_more_\w+_never_(?:lowers|costs)", own)
