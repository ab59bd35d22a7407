"""For every diagnostic: a sound pack with one thing broken, and the exact place where the author is sent."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from course_packs.format.advice_codes import ADVICE_CODES
from course_packs.format.codes import CODES, TYPE_CODES
from course_packs.format.simulation_codes import SIMULATION_CODES
from tests.course_packs.samples import (
    CIRCLE,
    PACK,
    PAGE,
    SECOND_TASKS,
    SECOND_UNIT,
    TASKS,
    UNIT,
    edited,
    files_with,
    findings_of,
)

Changes = Mapping[str, str | bytes | None]

UNIT_FILE = "units/first/unit.yaml"
TASK_FILE = "units/first/tasks.yaml"
SECOND_TASK_FILE = "units/second/tasks.yaml"
PAGE_FILE = "units/first/intro.md"
CIRCLE_FILE = "media/circle.svg"

LONGEST = "".join(
    f"""{name}:
  type: choice
  prompt: Вопрос
  options:
    - {{text: Верный и поэтому самый длинный, correct: true}}
    - {{text: Неверный}}
"""
    for name in ("one", "two", "three")
)
LONGEST_STEPS = UNIT + "  - task: two\n  - task: three\n"


def svg(inside: str) -> dict[str, str | bytes | None]:
    return {CIRCLE_FILE: CIRCLE.replace("<circle", f"\n{inside}<circle")}


STRUCTURE: list[tuple[str, Changes, str]] = [
    ("P001", {"pack.yaml": None}, "pack.yaml:1:1"),
    ("P001", {UNIT_FILE: None}, "pack.yaml:12:9"),
    ("P001", edited(UNIT_FILE, "intro.md", "other.md"), "units/first/unit.yaml:7:11"),
    ("P002", {"pack.yaml": b"format: 1\nid: \xff\n"}, "pack.yaml:2:5"),
    ("P003", {TASK_FILE: "a" * 300_001}, "units/first/tasks.yaml:1:1"),
    ("P003", {PAGE_FILE: PAGE + "а" * 50_000}, "units/first/intro.md:1:1"),
    ("P004", edited("pack.yaml", "kind: course", "kind: a: b"), "pack.yaml:3:8"),
    ("P004", edited(TASK_FILE, "prompt: Кого спросить?", "prompt: @кого"), "units/first/tasks.yaml:3:11"),
    ("P005", edited(UNIT_FILE, "  - read", "\t- read"), "units/first/unit.yaml:7:1"),
    ("P006", edited("pack.yaml", "minutes: 10", "minutes: 10\nminutes: 10"), "pack.yaml:8:1"),
    ("P007", edited(UNIT_FILE, "place: gate", "place: &p gate"), "units/first/unit.yaml:5:8"),
    ("P007", edited(UNIT_FILE, "place: gate", "place: !!python/object:os.system x"), "units/first/unit.yaml:5:8"),
    ("P008", edited("pack.yaml", "kind: course", f"kind: {'[' * 30}{']' * 30}"), "pack.yaml:3:31"),
    ("P009", edited(UNIT_FILE, "weight: 1", "wieght: 1"), "units/first/unit.yaml:4:1"),
    ("P010", edited("pack.yaml", "id: small-pack\n", ""), "pack.yaml:1:1"),
    ("P010", edited("pack.yaml", "kind: course", "kind:"), "pack.yaml:3:1"),
    ("P011", edited("pack.yaml", "kind: course", "kind: curse"), "pack.yaml:3:7"),
    ("P012", edited("pack.yaml", "pass_mark: 60", "pass_mark: 160"), "pack.yaml:11:22"),
    ("P012", edited("pack.yaml", "attempts: 3", "attempts: 2.5"), "pack.yaml:11:36"),
    ("P013", edited("pack.yaml", "id: small-pack", "id: Small_Pack"), "pack.yaml:2:5"),
    ("P013", edited(TASK_FILE, "one:\n", "One:\n"), "units/first/tasks.yaml:1:1"),
    ("P014", edited("pack.yaml", "format: 1", "format: 2"), "pack.yaml:1:9"),
    ("P015", edited("pack.yaml", "[ru, en]", "[ru, en, ru]"), "pack.yaml:4:21"),
    ("P016", edited(SECOND_TASK_FILE, "[Утро, День, Вечер, Ночь]", "[Утро, День]"), "units/second/tasks.yaml:21:10"),
    ("P017", edited("pack.yaml", "[first, second]", "[first, second, first]"), "pack.yaml:12:24"),
    ("P017", edited(UNIT_FILE, "- task: one", "- task: one\n  - task: one"), "units/first/unit.yaml:9:11"),
    (
        "P018",
        edited("pack.yaml", "grading: {pass_mark: 60, attempts: 3, attempt_grade: best}", "grading: x"),
        "pack.yaml:11:10",
    ),
    ("P018", edited("pack.yaml", "- title: Устав лицея\n    url: https", "- https"), "pack.yaml:9:5"),
    ("P019", edited("pack.yaml", "units: [first, second]", "units: first"), "pack.yaml:12:8"),
    ("P020", edited(TASK_FILE, "prompt: Кого спросить?", "prompt: [x]"), "units/first/tasks.yaml:3:11"),
    ("P021", edited(TASK_FILE, "correct: true", "correct: да"), "units/first/tasks.yaml:9:16"),
    ("P022", edited(UNIT_FILE, "- task: one", "- task: one\n    read: intro.md"), "units/first/unit.yaml:8:5"),
    ("P023", edited(UNIT_FILE, "- task: one", "- task: onne"), "units/first/unit.yaml:8:11"),
    ("P024", edited("units/second/unit.yaml", "  - task: word\n", ""), "units/second/tasks.yaml:1:1"),
    ("P025", {"units/first/spare.md": "# Лишняя\n\nСтраница"}, "units/first/spare.md:1:1"),
    ("P026", {"units/third/unit.yaml": UNIT}, "units/third/unit.yaml:1:1"),
    ("P027", {"units/first/unit.yml": UNIT}, "units/first/unit.yml:1:1"),
    (
        "P029",
        {
            UNIT_FILE: UNIT.replace("weight: 1", "weight: 0"),
            "units/second/unit.yaml": SECOND_UNIT.replace("weight: 3", "weight: 0"),
        },
        "pack.yaml:12:1",
    ),
    ("P030", edited("pack.yaml", "minutes: 10", "minutes: 13"), "pack.yaml:7:10"),
    (
        "P031",
        {
            "pack.yaml": PACK.replace(", second]", "]").replace("minutes: 10", "minutes: 5"),
            UNIT_FILE: UNIT.replace("  - task: one\n", ""),
            TASK_FILE: None,
            "units/second/unit.yaml": None,
            SECOND_TASK_FILE: None,
        },
        "pack.yaml:12:1",
    ),
    ("P032", {"pack.yaml": "# nothing yet\n"}, "pack.yaml:1:1"),
    ("P033", edited(UNIT_FILE, "intro.md", "../second/x.md"), "units/first/unit.yaml:7:11"),
    ("P034", edited("pack.yaml", "https://example.org/charter", "example.org"), "pack.yaml:10:10"),
    ("P036", edited("pack.yaml", "minutes: 10", "minutes: 10\ngrades: 4-6"), "pack.yaml:8:9"),
    ("P036", edited("pack.yaml", "minutes: 10", "minutes: 10\ngrades: [7, 9-8]"), "pack.yaml:8:13"),
    ("P011", edited("pack.yaml", "minutes: 10", "minutes: 10\nfields: [metalurgy]"), "pack.yaml:8:10"),
    ("P017", edited("pack.yaml", "minutes: 10", "minutes: 10\nfields: [media, media]"), "pack.yaml:8:17"),
    ("P102", edited("pack.yaml", "minutes: 10", "minutes: 10\nskills: {safety: {ru: Риск}}"), "pack.yaml:8:18"),
    ("P011", edited("pack.yaml", "minutes: 10", "minutes: 10\naudience: [learner]"), "pack.yaml:8:12"),
    ("P011", edited("pack.yaml", "minutes: 10", "minutes: 10\nauthors: [{role: boss}]"), "pack.yaml:8:18"),
    ("P114", edited("pack.yaml", "minutes: 10", f"minutes: 10\nlicence: {'а' * 101}"), "pack.yaml:8:10"),
    ("P037", edited("pack.yaml", "minutes: 10", "minutes: 10\ncompletion: sometime"), "pack.yaml:8:13"),
    ("P041", edited("pack.yaml", "minutes: 10", "minutes: 10\ncompletion: {units: [third]}"), "pack.yaml:8:22"),
    ("P038", edited("pack.yaml", "minutes: 10", "minutes: 10\ncompetences: [1.1, 1.9]"), "pack.yaml:8:20"),
    ("P012", edited("pack.yaml", "minutes: 10", "minutes: 10\ncompetences: {2.1: 0}"), "pack.yaml:8:20"),
    ("P039", edited(TASK_FILE, "type: choice", "type: choice\n  competences: [3.tables]"), "pack.yaml:1:1"),
    ("P011", edited("pack.yaml", "minutes: 10", "minutes: 10\nlint: {ignore: [P101]}"), "pack.yaml:8:17"),
    ("P040", edited("pack.yaml", "minutes: 10", "minutes: 10\nprerequisites: [small-pack]"), "pack.yaml:8:17"),
    ("P013", edited("pack.yaml", "minutes: 10", "minutes: 10\nprerequisites: [Мой]"), "pack.yaml:8:17"),
    ("P035", edited(TASK_FILE, "note: Спросил не того", "note: Спросил, но не того"), "units/first/tasks.yaml:6:62"),
]

TEXTS: list[tuple[str, Changes, str]] = [
    ("P101", edited(TASK_FILE, "prompt: Кого спросить?", "prompt: {en: Whom to ask?}"), "units/first/tasks.yaml:3:11"),
    ("P102", edited(UNIT_FILE, "{ru: О разделе., en: About it.}", "О разделе."), "units/first/unit.yaml:2:10"),
    ("P103", edited(TASK_FILE, "text: Никого", "text: {ru: Никого, fr: Personne}"), "units/first/tasks.yaml:11:26"),
    ("P104", edited(TASK_FILE, "text: Никого", 'text: " "'), "units/first/tasks.yaml:11:13"),
    ("P105", edited("pack.yaml", "ru: Малый пакет", "ru: Малый **пакет**"), "pack.yaml:5:13"),
    ("P106", {PAGE_FILE: "Текст без заголовка ![Круг](media/circle.svg)\n"}, "units/first/intro.md:1:1"),
    ("P107", {PAGE_FILE: PAGE + "\n# Второй\n\nТекст\n"}, "units/first/intro.md:7:1"),
    ("P108", {PAGE_FILE: PAGE + "\n### Третий\n\nТекст\n"}, "units/first/intro.md:7:1"),
    ("P109", {PAGE_FILE: PAGE.replace("[Круг]", "[]")}, "units/first/intro.md:5:5"),
    ("P110", {PAGE_FILE: PAGE + "\nСм. [дальше](next.md)\n"}, "units/first/intro.md:7:14"),
    ("P110", {PAGE_FILE: PAGE + "\n[никуда]()\n"}, "units/first/intro.md:7:1"),
    ("P111", edited("pack.yaml", "https://example.org/charter", "http://example.org"), "pack.yaml:10:10"),
    ("P110", {PAGE_FILE: PAGE + "\nСм. [вред](ftp://example.org)\n"}, "units/first/intro.md:7:12"),
    ("P111", {PAGE_FILE: PAGE + "\nСм. [сайт](http://example.org)\n"}, "units/first/intro.md:7:12"),
    ("P112", {PAGE_FILE: PAGE + "\nслово" * 451}, "units/first/intro.md:1:1"),
    ("P113", {PAGE_FILE: PAGE + "\nХимия: H<sub>2</sub>O\n"}, "units/first/intro.md:7:9"),
    ("P114", edited("pack.yaml", "ru: Малый пакет", f"ru: {'а' * 161}"), "pack.yaml:5:13"),
    ("P115", {PAGE_FILE: PAGE + "\n::: warning\nТекст\n:::\n"}, "units/first/intro.md:7:1"),
    ("P117", {PAGE_FILE: PAGE + "\nМасса $\\frac{$ и всё\n"}, "units/first/intro.md:7:8"),
    ("P117", {PAGE_FILE: PAGE + "\n$$\n\\unheard\n$$\n"}, "units/first/intro.md:8:1"),
    ("P117", edited(TASK_FILE, "prompt: Кого спросить?", "prompt: $\\href{x}{y}$"), "units/first/tasks.yaml:3:11"),
    ("P116", {PAGE_FILE: "# Только заголовок\n", CIRCLE_FILE: None}, "units/first/intro.md:1:1"),
]

ANSWER_TASK = "units/second/tasks.yaml"
TASK_CODES: list[tuple[str, Changes, str]] = [
    ("P201", edited(TASK_FILE, "- text: Никого", "- text: Никого\n      correct: true"), "units/first/tasks.yaml:7:3"),
    ("P202", edited(TASK_FILE, "      correct: true\n", ""), "units/first/tasks.yaml:7:3"),
    (
        "P203",
        {
            TASK_FILE: TASKS.replace(", mistake: {kind: communication, severity: major}", ", correct: true").replace(
                "Никого", "Никого\n      correct: true"
            )
        },
        "units/first/tasks.yaml:7:3",
    ),
    ("P204", edited(TASK_FILE, "text: Никого", "text: куратора"), "units/first/tasks.yaml:11:7"),
    ("P205", {UNIT_FILE: LONGEST_STEPS, TASK_FILE: LONGEST}, "pack.yaml:1:1"),
    (
        "P206",
        edited(ANSWER_TASK, "- тьютор", "- тьютор\n    - {text: '(т', regex: true}"),
        "units/second/tasks.yaml:6:14",
    ),
    (
        "P207",
        edited(ANSWER_TASK, "- тьютор", "- тьютор\n    - {text: '(т+)+', regex: true}"),
        "units/second/tasks.yaml:6:14",
    ),
    ("P208", edited(ANSWER_TASK, "- тьютор\n    ", ""), "units/second/tasks.yaml:4:3"),
    ("P209", edited(ANSWER_TASK, "typos: 1", "typos: 1\n  max_length: 6"), "units/second/tasks.yaml:6:7"),
    ("P210", edited(ANSWER_TASK, "{absolute: 0.5}", "{absolute: 0.5, relative: 2%}"), "units/second/tasks.yaml:15:14"),
    ("P210", edited(ANSWER_TASK, "{absolute: 0.5}", "{relative: мало}"), "units/second/tasks.yaml:15:25"),
    ("P211", edited(ANSWER_TASK, "unit: кг", "unit: г"), "units/second/tasks.yaml:13:9"),
    ("P212", edited(ANSWER_TASK, "answer: 2.5,", "answer: 24.5,"), "units/second/tasks.yaml:17:7"),
    (
        "P213",
        edited(TASK_FILE, "correct: true", "correct: true\n      mistake: {kind: time, severity: minor}"),
        "units/first/tasks.yaml:10:7",
    ),
    (
        "P214",
        edited(TASK_FILE, "type: choice", "type: choice\n  tries: 4\n  retry_penalty: 0.5"),
        "units/first/tasks.yaml:4:3",
    ),
    (
        "P215",
        {ANSWER_TASK: SECOND_TASKS.replace("жидкое", "твёрдое").replace("  extra: [газ]\n", "")},
        "units/second/tasks.yaml:26:3",
    ),
    (
        "P218",
        edited(TASK_FILE, "hint: Посмотрите", "hint_penalty: 0.5\n  hint:\n    - Оглянитесь.\n    - Посмотрите"),
        "units/first/tasks.yaml:4:3",
    ),
    (
        "P219",
        edited(TASK_FILE, "hint: Посмотрите на дверь.", "hint_penalty: 0.5"),
        "units/first/tasks.yaml:4:3",
    ),
    ("P216", edited(TASK_FILE, "type: choice", "type: chioce"), "units/first/tasks.yaml:2:9"),
    (
        "P217",
        {ANSWER_TASK: SECOND_TASKS.replace("тьютор", "друг").replace("наставник,", "2021,")},
        "units/second/tasks.yaml:7:3",
    ),
]

SHORT_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
PICTURES: list[tuple[str, Changes, str]] = [
    ("P301", {PAGE_FILE: PAGE + "\n![Куб](media/cube.svg)\n"}, "units/first/intro.md:7:8"),
    ("P302", {"media/photo.png": b"GIF89a", PAGE_FILE: PAGE + "\n![Ф](media/photo.png)"}, "media/photo.png:1:1"),
    ("P302", {CIRCLE_FILE: "<html xmlns='urn:x'/>"}, "media/circle.svg:1:1"),
    ("P303", {CIRCLE_FILE: CIRCLE + " " * 500_000}, "media/circle.svg:1:1"),
    ("P304", svg("<script>1</script>"), "media/circle.svg:2:1"),
    ("P305", {CIRCLE_FILE: "<svg"}, "media/circle.svg:1:1"),
    ("P305", {CIRCLE_FILE: CIRCLE.replace(' viewBox="0 0 40 20"', "")}, "media/circle.svg:1:1"),
    ("P305", {"media/photo.png": SHORT_PNG, PAGE_FILE: PAGE + "\n![Ф](media/photo.png)"}, "media/photo.png:1:1"),
    ("P306", {"media/square.svg": CIRCLE}, "media/square.svg:1:1"),
    ("P307", {"media/Круг.svg": CIRCLE}, "media/Круг.svg:1:1"),
    ("P307", {"media/notes.txt": "text"}, "media/notes.txt:1:1"),
    ("P308", {PAGE_FILE: PAGE + "\n![Ф](https://example.org/a.png)"}, "units/first/intro.md:7:6"),
    ("P309", {PAGE_FILE: PAGE + '\nВот ![Ф](media/circle.svg "Круг")'}, "units/first/intro.md:7:10"),
    ("P310", {"media/a.mp4": b"    ftyp" + bytes(4_000_000)}, "media/a.mp4:1:1"),
    ("P311", {PAGE_FILE: PAGE + "\n![Ф](media/a.mp4)", "media/a.mp4": b"    ftyp"}, "units/first/intro.md:7:6"),
    ("P312", {"media/a.ru.vtt": "WEBVTT\n\n00:01.000 --> 00:00.000\nx"}, "media/a.ru.vtt:3:1"),
    ("P313", {PAGE_FILE: PAGE + "\nВот ![Ф](https://youtu.be/1)"}, "units/first/intro.md:7:10"),
]

CASES = [*STRUCTURE, *TEXTS, *TASK_CODES, *PICTURES]

# One slip may have a second, true consequence: these and no other codes appear beside it.
CONSEQUENCES: Mapping[str, set[str]] = {
    "P001": {"P025", "P306"},
    "P003": {"P306"},
    "P013": {"P023"},
    "P021": {"P202"},
    "P022": {"P024"},
    "P023": {"P024"},
    "P033": {"P025", "P306"},
}


def test_the_sample_itself_is_sound() -> None:
    assert findings_of(files_with()) == []


@pytest.mark.parametrize(("code", "changes", "place"), CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES])
def test_each_fault_is_reported_once_at_its_exact_place(code: str, changes: Changes, place: str) -> None:
    found = findings_of(files_with(changes))
    assert [f"{one.file}:{one.line}:{one.column}" for one in found if one.code == code] == [place]
    assert {one.code for one in found} - {code} <= CONSEQUENCES.get(code, set())


@pytest.mark.parametrize(("code", "changes", "place"), CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES])
def test_messages_are_complete_in_both_languages(code: str, changes: Changes, place: str) -> None:
    for language in ("ru", "en"):
        for finding in findings_of(files_with(changes), language):
            shown = f"{finding.message} {finding.remedy}"
            assert finding.message
            assert finding.remedy
            assert "{value}" not in shown
            assert (language == "ru") == any("а" <= sign <= "я" for sign in finding.remedy.lower()), shown


def test_every_code_but_the_one_of_links_has_a_broken_pack_above() -> None:
    # P028 needs a real link on disk: see test_folder.
    # Those of simulations are in tests/course_packs/simulation, those of single types in tests/course_packs/tasks.
    elsewhere = set(SIMULATION_CODES) | set(TYPE_CODES) | set(ADVICE_CODES)
    assert set(CODES) - elsewhere - {code for code, _, _ in CASES} == {"P028"}


def test_a_diagnostic_reads_as_one_line() -> None:
    (finding,) = findings_of(files_with(edited("pack.yaml", "kind: course", "kind: curse")), "en")
    assert str(finding) == (
        "pack.yaml:3:7: error P011: value “curse” does not fit (did you mean “course”?)"
        " → choose one of: course, seminar, trial, survey"
    )
