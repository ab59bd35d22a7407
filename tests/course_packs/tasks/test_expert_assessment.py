"""Work that an adult saw: all that is handed in is that it was done."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.tasks import expert_assessment
from tests.course_packs.samples import Samples, task_of

SAMPLES = Samples(
    fields=["done", "note"],
    words=["yes", "no", "готово"],
    responses=st.fixed_dictionaries({"done": st.sampled_from([True, False, 1, "yes"]), "note": st.text(max_size=9)}),
)
TASK = task_of("type: expert_assessment\nrubric: {a: {title: Т, levels: [А, Б]}}\n")


def test_it_is_handed_in_by_a_tick() -> None:
    response = expert_assessment.read(TASK, {"done": ["yes"], "note": [" Стойка у окна "]})
    assert response == {"done": True, "note": "Стойка у окна"}
    assert expert_assessment.describe(TASK, response, language="ru") == "Стойка у окна"
    assert expert_assessment.describe(TASK, {"done": True, "note": ""}, language="en") == "done"
    assert expert_assessment.describe(TASK, {}, language="ru") == ""


@pytest.mark.parametrize(
    ("form", "code"), [({"note": ["готово"]}, "empty"), ({"done": ["yes"], "note": ["а" * 1001]}, "too-long")]
)
def test_without_it_nothing_is_handed_in(form: dict[str, list[str]], code: str) -> None:
    with pytest.raises(ResponseError) as refused:
        expert_assessment.read(TASK, form)
    assert refused.value.code == code


def test_what_was_typed_stays_in_the_form() -> None:
    assert expert_assessment.draft(TASK, {"note": ["стойка"]}) == {"done": False, "note": "стойка"}
