"""Advice: each piece for a pack that deserves it, and for nobody else; silence when it is asked for."""

from __future__ import annotations

import http.server
import re
import struct
import threading
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from course_packs.format import advice
from course_packs.format.advice import links
from course_packs.format.advice.words import russian_ease, sentences
from course_packs.format.advice_codes import ADVICE_CODES
from course_packs.format.diagnostics import Diagnostic, Report
from course_packs.format.pictures import Pictures
from tests.course_packs.samples import PAGE, edited, files_with, one_task_files

Changes = Mapping[str, str | bytes | None]
PAGE_FILE = "units/first/intro.md"
TASK_FILE = "units/first/tasks.yaml"

# Nothing to say against this one: one language, feedback everywhere, minutes that fit.
SOUND = one_task_files(
    """\
task:
  type: choice
  prompt: Кого спросить?
  hint: Посмотрите на дверь.
  feedback: {wrong: Нет.}
  options: [{text: Куратора, correct: true}, {text: Соседа}, {text: Никого}]
""",
    "[ru]",
)
SOUND["units/first/unit.yaml"] = str(SOUND["units/first/unit.yaml"]).replace("minutes: 5", "minutes: 2")
SOUND["pack.yaml"] = str(SOUND["pack.yaml"]).replace("minutes: 5", "minutes: 2")
TASK = str(SOUND[TASK_FILE])


def advised(changes: Changes | None = None, language: str = "ru") -> list[Diagnostic]:
    files = files_with({**SOUND, **(changes or {})})
    return advice.findings(files, Report("pack.yaml", Pictures(), language))


def task(old: str, new: str) -> Changes:
    assert old in TASK
    return {TASK_FILE: TASK.replace(old, new)}


def in_english(old: str, new: str) -> Changes:
    """The sound pack in two languages, wholly translated, with one place of its tasks changed."""
    files = one_task_files(
        TASK.replace("Кого спросить?", '{ru: "Кого?", en: "Whom?"}')
        .replace("Посмотрите на дверь.", '{ru: "Посмотрите.", en: "Look."}')
        .replace("wrong: Нет.", 'wrong: {ru: "Нет.", en: "No."}')
        .replace("Куратора", '{ru: "Куратора", en: "The curator"}')
        .replace("Соседа", '{ru: "Соседа", en: "An aunt"}')
        .replace("Никого", '{ru: "Никого", en: "No one at all"}')
        .replace(old, new),
        "[ru, en]",
    )
    for name in ("pack.yaml", "units/first/unit.yaml"):
        files[name] = str(files[name]).replace("minutes: 5", "minutes: 2")
    return {**files, "units/first/intro.en.md": "# Title\n\nText ![Circle](media/circle.svg)\n"}


def png(width: int, spare: int = 0) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0))
    text = chunk(b"tEXt", b"Comment\0" + b"x" * spare)
    return (
        b"\x89PNG\r\n\x1a\n" + header + text + chunk(b"IDAT", zlib.compress(b"\0" * (width + 1))) + chunk(b"IEND", b"")
    )


def page(text: str) -> Changes:
    return {PAGE_FILE: f"{PAGE}\n{text}\n"}


HARD = (
    "Осуществление производственно-технологической деятельности предусматривает систематическое "
    "совершенствование квалификационных характеристик обслуживающего персонала.\n\n"
) * 12
LONG = "Слово " + "и ещё слово " * 14 + "конец."
MISTAKE = "mistake: {kind: safety, severity: minor}"
OPTIONS = "[{text: Куратора, correct: true}, {text: Соседа}, {text: Никого}]"
ALIKE = ", ".join(f"{{text: Ответ {word}, {MISTAKE}}}" for word in ("два", "три", "пять", "шесть", "сто", "ноль"))
ECHO = {
    TASK_FILE: TASK.replace("Кого спросить?", "Подумайте, кого можно будет спросить?").replace(
        "Посмотрите на дверь.", "Подумайте, кого можно спросить будет."
    )
}
NO_FEEDBACK = task("  feedback: {wrong: Нет.}\n", "")
SAYS_NOTHING = str(NO_FEEDBACK[TASK_FILE])
IN_RUSSIAN = "# Title\n\nТот же текст ![К](media/circle.svg)"

CASES: list[tuple[str, Changes, str]] = [
    ("P500", NO_FEEDBACK, f"{TASK_FILE}:2:3"),
    ("P501", task("text: Куратора", "text: Куратора своего класса который сидит рядом у окна"), f"{TASK_FILE}:6:13"),
    ("P502", task("Никого", "Всё перечисленное"), f"{TASK_FILE}:6:62"),
    ("P503", task("Никого", "Никогда и никого"), f"{TASK_FILE}:6:62"),
    ("P504", task("Кого спросить?", "Кого из кураторов спросить?"), f"{TASK_FILE}:6:13"),
    ("P505", in_english("Whom?", "This is a"), f"{TASK_FILE}:6:3"),
    ("P506", ECHO, f"{TASK_FILE}:4:3"),
    ("P507", task("на дверь", "на куратора"), f"{TASK_FILE}:4:3"),
    ("P508", task(OPTIONS, f"[{{text: Да, correct: true}}, {ALIKE}]"), "pack.yaml:12:1"),
    ("P509", {"pack.yaml": str(SOUND["pack.yaml"]).replace("kind: course", "kind: trial")}, "pack.yaml:12:1"),
    ("P510", in_english(', en: "Look."', ""), f"{TASK_FILE}:2:3"),
    ("P511", {**in_english("x", "x"), "units/first/intro.en.md": None}, f"{PAGE_FILE}:1:1"),
    ("P512", in_english(', en: "Look."', ""), "pack.yaml:4:1"),
    ("P513", in_english("Whom?", "Кого?"), f"{TASK_FILE}:2:3"),
    ("P513", {**in_english("x", "x"), "units/first/intro.en.md": IN_RUSSIAN}, "units/first/intro.en.md:1:1"),
    ("P520", page("слово " * 700), "units/first/unit.yaml:3:1"),
    ("P521", page(HARD), f"{PAGE_FILE}:1:1"),
    ("P522", page(LONG), f"{PAGE_FILE}:7:1"),
    ("P522", task("Кого спросить?", LONG), f"{TASK_FILE}:3:3"),
    ("P530", {"media/big.png": png(10, 200_001), **page("![Б](media/big.png)")}, "media/big.png:1:1"),
    ("P531", {"media/wide.png": png(1601), **page("![Ш](media/wide.png)")}, "media/wide.png:1:1"),
    ("P533", page("![photo-1.png](media/circle.svg)"), f"{PAGE_FILE}:7:1"),
    ("P533", task("Кого спросить?", '"![img_12](media/circle.svg)"'), f"{TASK_FILE}:3:3"),
    ("P540", page("См. [здесь](https://example.org/a)."), f"{PAGE_FILE}:7:13"),
    ("P541", page("См. <https://example.org/a>."), f"{PAGE_FILE}:7:6"),
]  # fmt: skip


def test_a_good_pack_is_left_in_peace() -> None:
    assert advised() == []
    assert advised(in_english("x", "x")) == []


@pytest.mark.parametrize(("code", "changes", "place"), CASES, ids=[f"{one[0]}-{one[2]}" for one in CASES])
def test_each_piece_of_advice_has_its_place(code: str, changes: Changes, place: str) -> None:
    found = [one for one in advised(changes) if one.code == code]
    assert [f"{one.file}:{one.line}:{one.column}" for one in found] == [place]
    assert {one.severity for one in found} == {"advice"}


def test_every_piece_of_advice_has_a_case() -> None:
    # P532 takes five megabytes of pictures, P542 a server: both have tests of their own.
    assert {code for code, *_ in CASES} == set(ADVICE_CODES) - {"P532", "P542"}


def test_words_are_complete_in_both_languages() -> None:
    for code, changes, _ in CASES:
        for language in ("ru", "en"):
            for one in advised(changes, language):
                assert "{" not in one.message + one.remedy, code
                assert (language == "ru") == bool(re.search("[а-я]", one.remedy)), one


def test_many_pictures_are_heavy_together() -> None:
    pictures = {f"media/p{n}.png": png(10 + n, 199_000) for n in range(26)}
    shown = "\n".join(f"![Печь](media/p{n}.png)" for n in range(26))
    assert [one.code for one in advised({**pictures, **page(shown)})] == ["P532"]


def test_a_pack_with_errors_hears_of_those_only() -> None:
    found = advised({**NO_FEEDBACK, PAGE_FILE: "Без заголовка ![Круг](media/circle.svg)"})
    assert {one.code for one in found} == {"P106"}


@pytest.mark.parametrize(
    "changes",
    [
        {TASK_FILE: SAYS_NOTHING.replace("task:\n", "task: # lint: ignore P500, P501\n")},
        {TASK_FILE: SAYS_NOTHING.replace("  type:", "  # lint: ignore P500\n  type:")},
        {**NO_FEEDBACK, "pack.yaml": f"{SOUND['pack.yaml']}lint: {{ignore: [P500]}}\n"},
        page(f"{LONG}\n\n[//]: # (lint: ignore P522)"),
    ],
)
def test_an_author_may_say_no(changes: Changes) -> None:
    assert advised(changes) == []


def test_what_is_wrong_cannot_be_silenced() -> None:
    files = edited("units/first/tasks.yaml", "type: choice", "type: choice # lint: ignore P204\n  # lint: ignore P500")
    found = advice.findings(files_with({**files, "spare.txt": "x"}), Report("pack.yaml", Pictures()))
    assert "P027" in {one.code for one in found}


def test_a_survey_needs_no_feedback() -> None:
    survey = """\
task:
  type: survey
  prompt: Как прошло?
  scale: [Плохо, Хорошо, Отлично]
"""
    assert "P500" not in {one.code for one in advised({TASK_FILE: survey})}


def test_reading_ease_is_the_formula_it_names() -> None:
    # 4 words, 1 sentence, 8 syllables
    ease, words = russian_ease("<p>Мама мыла раму долго.</p>")
    assert words == 4
    assert ease == pytest.approx(206.835 - 5.2 - 60.1 * 8 / 4)
    assert russian_ease("<pre>x = 1</pre>") == (100.0, 0)


def test_sentences_end_with_blocks_too() -> None:
    html = "<h2>Печь</h2><ul><li>Раз. Два!</li><li>Три</li></ul><p>Т. е. так — «да». Нет?</p>"
    assert sentences(html) == ["Печь", "Раз.", "Два!", "Три", "Т. е. так — «да».", "Нет?"]


class _Site(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response({"/gone": 404, "/shy": 403, "/broken": 500}.get(self.path, 200))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_links_are_tried_on_request_and_a_shy_site_is_forgiven(site: str) -> None:
    text = " ".join(f"[страница {name}]({site}/{name})" for name in ("there", "gone", "shy", "broken", "gone"))
    files = files_with({**SOUND, **page(text)})
    quiet = advice.findings(files, Report("pack.yaml", Pictures()))
    assert not [one for one in quiet if one.code == "P542"]
    loud = advice.findings(files, Report("pack.yaml", Pictures()), ask_net=True)
    dead = [one for one in loud if one.code == "P542" and site in one.message]
    assert len(dead) == 1
    assert "404" in dead[0].message


def test_an_address_that_nobody_answers_is_named() -> None:
    assert links.problem_of("http://127.0.0.1:1/") != ""


def test_the_table_of_the_guide_is_the_one_in_the_code() -> None:
    guide = (Path(__file__).parents[3] / "docs/authoring/advice.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (P\d{3}) \| (.+?) \| (.+?) \|$", guide, re.MULTILINE)

    class Shown(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return "…"

    assert rows == [(code, *(one.format_map(Shown()) for one in entry.ru)) for code, entry in ADVICE_CODES.items()]
