"""What an author may get wrong in the tasks that are made of parts: each finding, its place, its words."""

from __future__ import annotations

import pytest

from course_packs.format.part_codes import PART_CODES
from tests.course_packs.samples import files_with, findings_of, one_task_files

JUDGED = "  type: true_false\n  answer: true\n"
GAPS = "  type: gaps\n"
BOXES = "  type: categorise\n  boxes: {metal: Металл, paper: Бумага}\n"
TABLE = "  type: table\n  columns: [А, Б]\n"

# Code, lines of the task (they begin at line 3), line:column of the finding.
CASES = [
    ("P010", "  type: true_false\n", "2:3"),
    ("P220", JUDGED + "  reasons: [{text: a}, {text: b}]\n", "5:3"),
    ("P220", JUDGED + "  reasons: [{text: a, correct: true}, {text: b, correct: true}]\n", "5:3"),
    ("P204", JUDGED + "  reasons: [{text: a, correct: true}, {text: A}]\n", "5:39"),
    (
        "P213",
        JUDGED + "  reasons: [{text: a, correct: true, mistake: {kind: time, severity: minor}}, {text: b}]\n",
        "5:38",
    ),
    ("P221", JUDGED + "  share: 0.3\n", "5:3"),
    ("P012", JUDGED + "  reasons: [{text: a, correct: true}, {text: b}]\n  share: 0\n", "6:10"),
    ("P010", GAPS + "  text: x\n", "2:3"),
    ("P016", GAPS + "  text: x\n  gaps: {}\n", "5:9"),
    ("P222", GAPS + "  text: '[[one]] [[two]]'\n  gaps: {one: {accept: [x]}}\n", "4:9"),
    ("P223", GAPS + "  text: '[[one]]'\n  gaps: {one: {accept: [x]}, two: {accept: [x]}}\n", "4:9"),
    ("P224", GAPS + "  text: '[[one]] [[one]]'\n  gaps: {one: {accept: [x]}}\n", "4:9"),
    ("P225", GAPS + "  text: '[a [[one]]](https://example.org)'\n  gaps: {one: {accept: [x]}}\n", "4:9"),
    ("P226", GAPS + "  text: '[[one]]'\n  gaps: {one: {weight: 2}}\n", "5:15"),
    ("P226", GAPS + "  text: '[[one]]'\n  gaps: {one: {accept: [x], answer: 1}}\n", "5:15"),
    ("P009", GAPS + "  text: '[[one]]'\n  gaps: {one: {answer: 1, typos: 1}}\n", "5:27"),
    ("P012", GAPS + "  text: '[[one]]'\n  gaps: {one: {answer: x}}\n", "5:24"),
    ("P208", GAPS + "  text: '[[one]]'\n  gaps: {one: {accept: [{text: x, fraction: 0.5}]}}\n", "5:16"),
    ("P202", GAPS + "  text: '[[one]]'\n  gaps: {one: {options: [{text: a}, {text: b}]}}\n", "5:16"),
    (
        "P227",
        GAPS
        + "  text: '[[one]]'\n"
        + "  gaps: {one: {options: [{text: '![Круг](media/circle.svg)', correct: true}, {text: b}]}}\n",
        "5:16",
    ),
    ("P010", "  type: categorise\n  boxes: {a: А, b: Б}\n", "2:3"),
    ("P016", BOXES.replace(", paper: Бумага", "") + "  items: [{text: x, box: []}, {text: y, box: []}]\n", "4:10"),
    ("P230", BOXES + "  items: [{text: x, box: metall}, {text: y, box: paper}]\n", "5:26"),
    ("P230", BOXES + "  items: [{text: x, box: metal, wrong: {papr: {}}}, {text: y, box: paper}]\n", "5:41"),
    ("P231", BOXES + "  items: [{text: x, box: metal}, {text: y, box: metal}]\n", "5:3"),
    ("P232", BOXES + "  items: [{text: x, box: [metal, paper]}, {text: y, box: paper}]\n", "5:21"),
    ("P233", BOXES + "  items: [{text: x, box: metal, wrong: {metal: {}}}, {text: y, box: paper}]\n", "5:41"),
    ("P204", BOXES + "  items: [{text: x, box: metal}, {text: X, box: paper}]\n", "5:34"),
    (
        "P204",
        "  type: categorise\n  boxes: {a: Раз, b: раз}\n  items: [{text: x, box: a}, {text: y, box: b}]\n",
        "4:22",
    ),
    (
        "P013",
        "  type: categorise\n  boxes: {А: Раз, b: Два}\n  items: [{text: x, box: А}, {text: y, box: b}]\n",
        "4:11",
    ),
    ("P020", BOXES + "  items: [{text: x, box: [[metal]]}, {text: y, box: paper}]\n", "5:27"),
    ("P010", TABLE, "2:3"),
    ("P019", TABLE + "  rows: [{a: b}, [x, {answer: 1}]]\n", "5:10"),
    ("P234", TABLE + "  rows: [[x, {answer: 1}], [y]]\n", "5:28"),
    ("P235", TABLE + "  rows: [[x, y]]\n", "5:3"),
    ("P226", TABLE + "  rows: [[x, {answer: 1}], [y, {answer: 1, accept: [z]}]]\n", "5:32"),
    ("P236", TABLE + "  row_order: any\n  rows: [[x, {answer: 1}], [y, {accept: [z]}]]\n", "5:3"),
    ("P236", TABLE + "  row_order: any\n  rows: [[x, {answer: 1}], [{answer: 2}, z]]\n", "5:3"),
    ("P011", TABLE + "  row_order: loose\n  rows: [[x, {answer: 1}]]\n", "5:14"),
    ("P016", TABLE + f"  row_order: any\n  rows: [{', '.join(['[x, {answer: 1}]'] * 9)}]\n", "6:9"),
    (
        "P227",
        GAPS + "  text: '[[one]]'\n  gaps: {one: {options: [{text: $x^2$, correct: true}, {text: b}]}}\n",
        "5:16",
    ),
    (
        "P227",
        "  type: categorise\n  boxes: {a: $x^2$, b: Б}\n  items: [{text: x, box: a}, {text: y, box: b}]\n",
        "4:11",
    ),
    ("P228", GAPS + "  text: '[[Раз]]'\n  gaps: {Раз: {accept: [x]}}\n", "5:10"),
]


@pytest.mark.parametrize(("code", "lines", "place"), CASES)
def test_each_fault_is_reported_at_its_exact_place(code: str, lines: str, place: str) -> None:
    files = files_with(one_task_files(f"task:\n  prompt: Вопрос\n{lines}", "[ru]"))
    found = findings_of(files)
    assert [f"{one.line}:{one.column}" for one in found if one.code == code] == [place]
    assert {one.code for one in found} == {code}
    for language in ("ru", "en"):
        (told,) = (one for one in findings_of(files, language))
        assert told.message
        assert told.remedy
        assert "{" not in told.message
    assert all(one.file == "units/first/tasks.yaml" for one in found)


def test_every_code_of_these_types_is_shown_to_work() -> None:
    assert set(PART_CODES) - {code for code, *_ in CASES} == set()
