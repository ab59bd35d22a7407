"""What a new edition changes, and whether marks may differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from course_packs import CompiledPack
from course_packs.format.change_words import change_line, marks_line
from course_packs.format.changes import Changes, compare
from tests.course_packs.samples import PACK, SECOND_TASKS, SECOND_UNIT, TASKS, UNIT, compiled, edited, files_with

TASK_FILE = "units/first/tasks.yaml"
SECOND = "units/second/tasks.yaml"
OLD = compiled(files_with())


def after(changes: dict[str, str | bytes | None]) -> Changes:
    return compare(OLD, compiled(files_with(changes)))


def told(changes: Changes) -> list[tuple[str, str, bool]]:
    return [(change.id, change.what, change.marks) for change in changes.changes]


def test_nothing_is_different_from_itself_nor_from_its_canonical_form() -> None:
    assert not compare(OLD, OLD)
    assert not compare(OLD, CompiledPack.from_json(OLD.to_json()))
    assert not after(edited("pack.yaml", "format: 1", "# a remark\nformat: 1"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (edited("pack.yaml", "ru: Малый пакет", "ru: Малый курс"), ("small-pack", "described", False)),
        (edited("pack.yaml", "pass_mark: 60", "pass_mark: 70"), ("small-pack", "grading", True)),
        (edited("pack.yaml", "units:", "completion: pass\nunits:"), ("small-pack", "completion", False)),
        (edited("units/second/unit.yaml", "weight: 3", "weight: 2"), ("second", "weight", True)),
        (edited("units/first/unit.yaml", "place: gate", "place: lab"), ("first", "described", False)),
        (edited("units/first/intro.md", "Текст **важный**", "Слово **важное**"), ("first/intro", "reworded", False)),
        (edited(TASK_FILE, "prompt: Кого спросить?", "prompt: К кому идти?"), ("first/one", "reworded", False)),
        (edited(TASK_FILE, "text: Никого", "text: Никто"), ("first/one", "reworded", False)),
        (edited(TASK_FILE, "severity: major", "severity: minor"), ("first/one", "mistakes", False)),
        (edited(TASK_FILE, "hint:", "points: 2\n  hint:"), ("first/one", "points", True)),
        (edited(TASK_FILE, "hint:", "tries: 1\n  hint:"), ("first/one", "points", True)),
        (edited(TASK_FILE, "hint:", "competences: [1.1]\n  hint:"), ("first/one", "competences", False)),
        (edited(SECOND, "- тьютор", "- ментор"), ("second/word", "key", True)),
        (edited(SECOND, "feedback: Точнее!", "feedback: Нет."), ("second/word", "reworded", False)),
        (edited(SECOND, "answer: 25\n", "answer: 26\n"), ("second/mass", "key", True)),
        (edited(SECOND, "{absolute: 0.5}", "{absolute: 0.4}"), ("second/mass", "key", True)),
        (edited(SECOND, "[Утро, День, Вечер, Ночь]", "[Утро, Вечер, День, Ночь]"), ("second/order", "key", True)),
        (edited(SECOND, "{left: Лёд, right: твёрдое}", "{left: Лёд, right: жидкое}"), ("second/pairs", "key", True)),
    ],
)
def test_one_edit_is_one_change(changes: dict[str, str | bytes | None], expected: tuple[str, str, bool]) -> None:
    assert [one for one in told(after(changes)) if one[:2] != ("small-pack", "pictures")] == [expected]


def test_a_key_moved_to_another_option_changes_marks() -> None:
    text = TASKS.replace("      correct: true\n", "").replace("text: Никого", "text: Никого\n      correct: true")
    changes = after({TASK_FILE: text})
    assert told(changes) == [("first/one", "key", True)]
    assert changes.marks_may_differ


def test_steps_and_units_come_go_and_change_places() -> None:
    unit = SECOND_UNIT.replace("  - task: word\n", "").replace("  - task: pairs\n", "  - task: pairs\n  - task: new\n")
    tasks = SECOND_TASKS.partition("mass:")
    changes = after(
        {
            "units/second/unit.yaml": unit,
            SECOND: f"mass:{tasks[2]}new:{tasks[0].removeprefix('word:').replace('наставник ученика', 'мастер')}",
        }
    )
    assert told(changes) == [("second/new", "added", True), ("second/word", "removed", True)]
    swapped = after(edited("pack.yaml", "[first, second]", "[second, first]"))
    assert [one[1:] for one in told(swapped)] == [("moved", False)]
    turned = after(edited("units/second/unit.yaml", "- task: word\n  - task: mass", "- task: mass\n  - task: word"))
    assert [one[1:] for one in told(turned)] == [("moved", False)]


def test_a_task_that_went_to_another_unit_was_moved_and_may_weigh_otherwise() -> None:
    word, _, rest = SECOND_TASKS.partition("mass:")
    changes = after(
        {
            "units/first/unit.yaml": UNIT + "  - task: word\n",
            TASK_FILE: TASKS + word,
            "units/second/unit.yaml": SECOND_UNIT.replace("  - task: word\n", ""),
            SECOND: f"mass:{rest}",
        }
    )
    assert told(changes) == [("first/word", "moved", True)]


def test_a_unit_that_is_gone_takes_its_tasks_along() -> None:
    pack = PACK.replace("[first, second]", "[first]").replace("minutes: 10", "minutes: 5")
    changes = after({"pack.yaml": pack, "units/second/unit.yaml": None, SECOND: None})
    assert ("second", "removed", True) in told(changes)
    assert changes.marks_may_differ


def test_another_hint_is_another_word_and_costs_only_where_hints_do() -> None:
    free = after(edited(TASK_FILE, "hint: Посмотрите на дверь.", "hint: [Посмотрите на дверь., Открыта?]"))
    assert told(free) == [("first/one", "reworded", False)]
    paid = after(edited(TASK_FILE, "hint:", "hint_penalty: 0.1\n  hint:"))
    assert told(paid) == [("first/one", "points", True)]


def test_changes_are_told_in_both_languages() -> None:
    changes = after(edited(TASK_FILE, "hint:", "points: 2\n  hint:"))
    (change,) = changes.changes
    assert change_line(change, "ru") == "задание «Кого спросить?» (first/one): другие баллы или попытки"
    assert change_line(change, "en") == "task “Кого спросить?” (first/one): other points or tries"
    assert marks_line(changes, "ru") == "Те же ответы могут дать другой результат."
    pack = compare(OLD, replace(OLD, minutes=11))
    assert change_line(pack.changes[0], "en") == "pack: described anew"
    assert marks_line(pack, "en") == "Results are not touched by this."
