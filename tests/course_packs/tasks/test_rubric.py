"""Rubrics: levels that people choose become points, mistakes and a verdict."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.judged_codes import JUDGED_CODES
from course_packs.format.model import Task
from course_packs.tasks import JudgedType, get_type, outcome_of
from course_packs.tasks.rubric import highest, judged, levels_of, middle_of, read_levels, rubric_view, tell_levels
from tests.course_packs.samples import files_with, findings_of, one_task_files, task_findings, task_of
from tests.course_packs.tasks.test_contract import TASKS

NOTE = """\
type: open_answer
points: 8
feedback: {correct: Так держать., partial: Уже близко., wrong: Начни с чисел.}
mistake: {kind: knowledge, severity: minor}
rubric:
  facts:
    title: Факты
    levels:
      - {text: Нет, mistake: {kind: communication, severity: major, note: Без чисел}}
      - Есть
  watch:
    title: За чем **следить**
    levels: [{text: Нет, points: 0}, {text: Общее, points: 1}, {text: Точное, points: 3}]
"""
JUDGED = {name: task for name, task in TASKS.items() if isinstance(get_type(task.type), JudgedType)}


@pytest.fixture(scope="module")
def note() -> Task:
    return task_of(NOTE)


def rubric_of(task: Task):
    kind = get_type(task.type)
    assert isinstance(kind, JudgedType)
    return kind.criteria(task)


def handed_in(task: Task) -> dict[str, object]:
    """An answer that waits for people."""
    return {"text": "слово " * 40, "done": True, "note": "", "files": [{"id": "1"}]}


@pytest.mark.parametrize(
    ("levels", "fraction", "verdict"),
    [
        ({"facts": "2", "watch": "3"}, "1.00000", "correct"),
        ({"facts": "2", "watch": "2"}, "0.50000", "partial"),
        ({"facts": "1", "watch": "2"}, "0.25000", "partial"),
        ({"facts": "1", "watch": "1"}, "0.00000", "wrong"),
    ],
)
def test_levels_become_a_share_of_the_points(note: Task, levels: dict[str, str], fraction: str, verdict: str) -> None:
    outcome = outcome_of(note, {"text": "слово"}, {"levels": levels, "by": "teacher", "comment": ""})
    assert (outcome.fraction, outcome.verdict) == (Decimal(fraction), verdict)
    assert [next(iter(text.values())) for text in outcome.feedback][-1:] == [
        {
            "correct": "<p>Так держать.</p>",
            "partial": "<p>Уже близко.</p>",
            "wrong": "<p>Начни с чисел.</p>",
        }[verdict]
    ]


def test_a_level_s_mistake_is_the_work_s_and_the_task_s_own_comes_after_it(note: Task) -> None:
    outcome = judged(note, rubric_of(note), {"facts": "1", "watch": "1"})
    assert [(one.kind, one.severity) for one in outcome.mistakes] == [
        ("communication", "major"),
        ("knowledge", "minor"),
    ]
    assert outcome.parts == {"facts": False, "watch": False}


def test_nothing_handed_in_is_worth_nothing_whatever_people_say(note: Task) -> None:
    outcome = outcome_of(note, {"text": ""}, {"levels": highest(rubric_of(note))})
    assert (outcome.verdict, outcome.fraction) == ("wrong", 0)


@pytest.mark.parametrize(
    "judgement",
    [None, {}, {"levels": {}}, {"levels": {"facts": "2"}}, {"levels": {"facts": "2", "watch": "4"}}, {"levels": 1}],
)
def test_half_a_judgement_is_none(note: Task, judgement: dict[str, object] | None) -> None:
    assert levels_of(rubric_of(note), judgement) is None
    assert outcome_of(note, {"text": "слово"}, judgement).verdict == "pending"


def test_the_form_of_a_judge_is_read_whole_or_not_at_all(note: Task) -> None:
    rubric = rubric_of(note)
    assert read_levels(rubric, {"criterion-facts": ["2"], "criterion-watch": ["1"]}) == {"facts": "2", "watch": "1"}
    for form, code in [
        ({}, "empty"),
        ({"criterion-facts": ["2"]}, "incomplete"),
        ({"criterion-facts": ["2"], "criterion-watch": ["0"]}, "unknown-option"),
    ]:
        with pytest.raises(ResponseError) as refused:
            read_levels(rubric, form)
        assert refused.value.code == code


def test_several_voices_make_a_median_and_one_that_is_far_off_moves_nothing(note: Task) -> None:
    rubric = rubric_of(note)
    voices = [{"levels": {"facts": "2", "watch": level}} for level in ("3", "3", "1")]
    assert middle_of(rubric, voices) == {"facts": "2", "watch": "3"}
    assert middle_of(rubric, voices[1:]) == {"facts": "2", "watch": "1"}
    with pytest.raises(ValueError, match="judgement"):
        middle_of(rubric, [{"levels": {"facts": "2"}}])


def test_a_judgement_is_told_in_one_line(note: Task) -> None:
    assert tell_levels(rubric_of(note), {"facts": "2", "watch": "1"}, "ru") == "Факты: 2 из 2; За чем следить: 1 из 3"
    view = rubric_view(rubric_of(note), "ru")
    assert [[step["points"] for step in row["steps"]] for row in view] == [["0", "1"], ["0", "1", "3"]]


@pytest.mark.parametrize("name", JUDGED)
def test_what_is_handed_in_waits(name: str) -> None:
    task = JUDGED[name]
    outcome = get_type(task.type).mark(task, handed_in(task))
    assert (outcome.verdict, outcome.fraction) == ("pending", 0)


@pytest.mark.parametrize("name", JUDGED)
@given(data=st.data())
def test_judging_is_bounded_repeatable_and_monotone(name: str, data: st.DataObject) -> None:
    task = JUDGED[name]
    rubric = rubric_of(task)
    levels = {one.id: str(data.draw(st.integers(1, len(one.levels)))) for one in rubric}
    found = outcome_of(task, handed_in(task), {"levels": levels})
    assert 0 <= found.fraction <= 1
    assert found == outcome_of(task, handed_in(task), {"levels": dict(levels)})
    raised = data.draw(st.sampled_from(rubric))
    better = {**levels, raised.id: str(min(int(levels[raised.id]) + 1, len(raised.levels)))}
    assert outcome_of(task, handed_in(task), {"levels": better}).fraction >= found.fraction
    assert outcome_of(task, handed_in(task), {"levels": highest(rubric)}).verdict == "correct"


def test_people_mark_once_and_for_something() -> None:
    assert task_of(NOTE).tries == 1
    assert "P012" in task_findings(NOTE.replace("points: 8", "points: 0"))


DESCENDING = "  type: open_answer\n  rubric:\n    a: {title: Т, levels: [{text: А, points: 2}, {text: Б, points: 1}]}\n"
IMPOSSIBLE = "  type: open_answer\n  min_words: 50\n  max_words: 20\n  rubric: {a: {title: Т, levels: [А, Б]}}\n"
CASES = [
    ("P280", DESCENDING, "5:50"),
    ("P281", IMPOSSIBLE, "4:3"),
]


@pytest.mark.parametrize(("code", "lines", "place"), CASES)
def test_each_fault_is_reported_at_its_exact_place(code: str, lines: str, place: str) -> None:
    files = files_with(one_task_files(f"task:\n  prompt: Вопрос\n{lines}", "[ru]"))
    assert [(one.code, f"{one.line}:{one.column}") for one in findings_of(files)] == [(code, place)]
    for language in ("ru", "en"):
        (told,) = findings_of(files, language)
        assert told.message
        assert told.remedy
        assert "{" not in told.message


def test_every_code_of_judged_tasks_is_shown_to_work() -> None:
    assert {code for code, *_ in CASES} == {code for code in JUDGED_CODES if code < "P285"}


@pytest.mark.parametrize(
    ("rubric", "code"),
    [
        ("rubric: {}", "P016"),
        ("rubric: []", "P018"),
        ("rubric: {a: {title: Т, levels: [А]}}", "P016"),
        ("rubric: {a: {title: Т, levels: [А, А]}}", "P204"),
        ("rubric: {a: {levels: [А, Б]}}", "P010"),
        ("points: 2", "P010"),
    ],
)
def test_a_rubric_that_nobody_could_judge_by_is_refused(rubric: str, code: str) -> None:
    assert code in task_findings(f"type: open_answer\n{rubric}")
