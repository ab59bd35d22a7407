"""Gaps: fields inside a text, each marked as the type that asks the same question alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import gaps
from tests.course_packs.samples import Samples, task_of

SAMPLES = Samples(
    fields=["gap-g1", "gap-g2", "gap-g3", "gap-g4"],
    words=["мастеру", "железо", "1600", "1 520,0", "0.45", "a", "b", "c"],
    responses=st.dictionaries(
        st.sampled_from(["g1", "g2", "g3", "g4", "g9"]),
        st.sampled_from(["a", "b", "c", "z", "мастеру", "мастру", "1600", "1520", "0.45", "железо", "", "сталь"]),
    ).map(lambda answers: {"gaps": answers}),
    secrets=["1600", "1520", "вычли", "портит", "near", "furnace", "heat", "decision"],
)

LOG = """\
type: gaps
text: |
  Плавили в [[furnace]] печи при **[[heat]]**.

  | Кому | Что |
  |---|---|
  | [[who]] | `[[code]]` |
gaps:
  furnace:
    options:
      - {text: дуговой, correct: true}
      - {text: доменной, feedback: Там чугун, mistake: {kind: knowledge, severity: minor}}
  heat: {answer: 1600, unit: °C, tolerance: {absolute: 5}, weight: 3, near: [{answer: 1520, feedback: Знак!}]}
  who:
    accept: [мастеру, {text: соседу, fraction: 0.5}]
    typos: 1
    feedback: Кто отвечает?
    mistake: {kind: communication, severity: major}
  code: {accept: [print]}
"""


@pytest.fixture(scope="module")
def log() -> Task:
    return task_of(LOG)


def given_by(task: Task, **answers: str) -> dict[str, dict[str, str]]:
    """The right answer, save for some gaps."""
    return {"gaps": {**gaps.solution(task, language="ru")["gaps"], **answers}}


def option(task: Task, words: str) -> str:
    return next(
        one["id"] for one in gaps.view(task, language="ru", seed=1)["gaps"]["g1"]["options"] if one["html"] == words
    )


def test_the_text_is_cut_at_its_gaps_and_nothing_else_of_it_changes(log: Task) -> None:
    pieces = gaps.view(log, language="ru", seed=1)["pieces"]
    assert [piece["gap"] for piece in pieces if "gap" in piece] == ["g1", "g2", "g3", "g4"]
    whole = "".join(piece.get("html", "…") for piece in pieces)
    assert whole.startswith("<p>Плавили в … печи при <strong>…</strong>.</p>")
    assert "<td>…</td>\n<td><code>…</code></td>" in whole


def test_a_name_is_not_shown(log: Task) -> None:
    assert not any(name in str(gaps.view(log, language="ru", seed=1)) for name in ("furnace", "heat", "who"))


def test_credit_is_weighted(log: Task) -> None:
    outcome = gaps.mark(log, given_by(log, g2="1000"))
    assert outcome.fraction == Decimal("0.5")
    assert outcome.parts == {"g1": True, "g2": False, "g3": True, "g4": True}
    assert gaps.mark(log, given_by(log, g3="соседу")).fraction == Decimal("0.91667")


def test_each_gap_forgives_what_its_type_forgives(log: Task) -> None:
    assert gaps.mark(log, given_by(log, g2="1604.9", g3="МАСТЕРУ.")).verdict == "correct"
    assert gaps.mark(log, given_by(log, g3="мастреу")).verdict == "correct"


def test_feedback_says_which_gap_it_speaks_of(log: Task) -> None:
    outcome = gaps.mark(log, given_by(log, g1=option(log, "доменной"), g2="1520", g3="коту"))
    assert [text["ru"] for text in outcome.feedback] == [
        "<p><strong>Пропуск 1.</strong> Там чугун</p>",
        "<p><strong>Пропуск 2.</strong> Знак!</p>",
        "<p><strong>Пропуск 3.</strong> Кто отвечает?</p>",
    ]
    assert [mistake.kind for mistake in outcome.mistakes] == ["knowledge", "communication"]


def test_gaps_are_counted_as_the_text_of_each_language_reads() -> None:
    task = task_of(
        "type: gaps\ntext: {ru: '[[a]] и [[b]]', en: '[[b]] of [[a]]'}\n"
        "gaps: {a: {accept: [x], feedback: {ru: Да, en: 'Yes'}}, b: {accept: [y]}}",
        languages="[ru, en]",
    )
    numbers = {
        language: {key: gap["number"] for key, gap in gaps.view(task, language=language, seed=1)["gaps"].items()}
        for language in ("ru", "en")
    }
    assert numbers == {"ru": {"g1": 1, "g2": 2}, "en": {"g1": 2, "g2": 1}}
    (said,) = gaps.mark(task, {"gaps": {"g1": "?", "g2": "y"}}).feedback
    assert said == {"ru": "<p><strong>Пропуск 1.</strong> Да</p>", "en": "<p><strong>Gap 2.</strong> Yes</p>"}
    assert gaps.describe(task, {"gaps": {"g1": "x", "g2": "y"}}, language="en") == "1: y; 2: x"


@given(
    answers=st.fixed_dictionaries(
        {
            key: st.sampled_from(["a", "b", "1600", "1520", "мастеру", "соседу", "print", ""])
            for key in ("g1", "g2", "g3", "g4")
        }
    )
)
def test_one_more_right_gap_never_costs_anything(log: Task, answers: dict[str, str]) -> None:
    before = gaps.mark(log, {"gaps": answers})
    for key, right in gaps.solution(log, language="ru")["gaps"].items():
        after = gaps.mark(log, {"gaps": {**answers, key: right}})
        assert after.fraction >= before.fraction
        assert after.parts == {**before.parts, key: True}


def form(**answers: str) -> dict[str, list[str]]:
    return {f"gap-{key}": [value] for key, value in answers.items()}


def test_a_form_is_read_gap_by_gap(log: Task) -> None:
    read = gaps.read(log, form(g1="a", g2=" 1 600,0 °C", g3=" мастеру ", g4="print"))
    assert read == {"gaps": {"g1": "a", "g2": "1600", "g3": "мастеру", "g4": "print"}}


@pytest.mark.parametrize(
    ("answers", "code", "params"),
    [
        ({}, "empty", {}),
        ({"g1": " "}, "empty", {}),
        ({"g1": "a", "g2": "1"}, "incomplete", {"missing": "2"}),
        ({"g1": "z", "g2": "1", "g3": "x", "g4": "y"}, "unknown-option", {}),
        ({"g1": "a", "g2": "горячо", "g3": "x", "g4": "y"}, "no-number", {"value": "горячо"}),
        ({"g1": "a", "g2": "5 кг", "g3": "x", "g4": "y"}, "unknown-unit", {"unit": "кг"}),
        ({"g1": "a", "g2": "1", "g3": "x" * 201, "g4": "y"}, "too-long", {"limit": "200"}),
    ],
)
def test_an_unfinished_form_costs_no_try(log: Task, answers: dict[str, str], code: str, params: dict[str, str]) -> None:
    with pytest.raises(ResponseError) as caught:
        gaps.read(log, form(**answers))
    assert (caught.value.code, caught.value.params) == (code, params)


def test_html_in_a_gap_s_neighbourhood_stays_words() -> None:
    task = task_of("type: gaps\ntext: '1 < [[a]] > 0 & \"[[b]]\"'\ngaps: {a: {accept: [x]}, b: {accept: [y]}}")
    html = "".join(piece.get("html", "…") for piece in gaps.view(task, language="ru", seed=1)["pieces"])
    assert html == '<p>1 &lt; … &gt; 0 &amp; "…"</p>'


def test_the_answers_read_in_one_line(log: Task) -> None:
    assert gaps.describe(log, given_by(log), language="ru") == "1: дуговой; 2: 1600 °C; 3: мастеру; 4: print"


def test_the_ids_of_options_do_not_follow_the_author_s_order() -> None:
    definition = "type: gaps\ntext: '[[a]]'\ngaps: {a: {options: [{text: один, correct: true}, {text: два}]}}"
    swapped = definition.replace("{text: один, correct: true}, {text: два}", "{text: два, correct: true}, {text: один}")
    assert gaps.view(task_of(definition), language="ru", seed=3) == gaps.view(task_of(swapped), language="ru", seed=3)
