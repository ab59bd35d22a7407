"""Questions from elsewhere become a pack that passes its own check, and a report that hides nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from course_packs import CompiledPack, get_type
from course_packs.exchange import ExchangeError, Imported, import_questions
from course_packs.exchange.importing import form_of
from tests.course_packs.exchange import sources
from tests.course_packs.samples import compiled, findings_of


def imported(name: str, data: bytes | str, **options: str) -> tuple[CompiledPack, Imported]:
    made = import_questions(name, data.encode() if isinstance(data, str) else data, **options)
    return compiled(made.files), made


def codes(made: Imported) -> set[str]:
    return {notice.code for notice in made.report.notices}


@pytest.mark.parametrize("name", sources.ALL)
def test_what_is_imported_passes_the_linter(name):
    made = import_questions(name, sources.ALL[name])

    assert not [one for one in findings_of(made.files) if one.severity == "error"]
    assert made.report.questions == made.report.carried + made.report.pages + made.report.left_out
    assert made.report.carried > 0


@pytest.mark.parametrize("name", sources.ALL)
def test_the_key_of_every_imported_task_earns_everything(name):
    pack, made = imported(name, sources.ALL[name])

    assert len(pack.tasks) == made.report.carried
    for task in pack.tasks:
        kind = get_type(task.type)
        assert kind.mark(task, kind.solution(task, language="ru")).fraction == 1


def test_gift_brings_every_kind_of_question():
    pack, made = imported("цех.gift", sources.GIFT)

    assert [unit.title["ru"] for unit in pack.units] == ["Плавка", "Порядок"]
    assert [task.type for task in pack.tasks] == [
        "choice", "choice", "short_text", "number", "number", "true_false", "matching", "ordering", "choice", "choice",
    ]  # fmt: skip
    who = pack.task("plavka/kto")
    assert who.feedback["wrong"] == {"ru": "<p>Смену открывает мастер.</p>"}
    assert pack.task("plavka/odezhda").spec["multiple"]
    assert pack.task("plavka/kovsh").feedback["wrong"] == {"ru": "<p>Нет.</p>"}
    assert pack.task("plavka/slitok-2").spec["tolerance"] == ["absolute", "5"]
    assert [unit.steps[-3].kind for unit in pack.units][1] == "read"
    signs = pack.units[1].tasks[2]
    assert signs.prompt["ru"] == "<p>Скобки {и} знаки = ~ # :</p>"
    assert signs.spec["options"][0]["text"]["ru"] == "да=да"
    assert pack.units[1].tasks[3].prompt["ru"] == "<p>Выпуск стали начинает _____ по команде.</p>"
    assert codes(made) >= {"X104", "X105", "X303"}


def test_a_gift_question_that_cannot_be_read_is_kept_as_a_comment():
    _, made = imported(
        "a.gift", "::Да::Да? {=да ~нет}\n\n::Сломан::Вот { так\n\n::Мало::Порядок {>2 ALL\nодин\nдва\n}\n"
    )

    tasks = made.files["units/a/tasks.yaml"].decode()
    assert "# a.gift:3" in tasks
    assert "# ::Сломан::Вот { так" in tasks
    assert "P016" in tasks
    assert made.report.left_out == 2


def test_moodle_xml_brings_pictures_points_hints_and_units():
    pack, made = imported("shop.xml", sources.MOODLE)

    who = pack.task("tsekh/kto")
    assert who.points == 2
    assert who.tries == 3
    assert [hint["ru"] for hint in who.hints] == ["<p>Посмотрите на каску.</p>", "<p>Белая каска.</p>"]
    assert 'alt="Мастер у печи"' in who.prompt["ru"]
    assert [media.path for media in pack.media] == ["who.png"]
    assert not who.spec["shuffle"]
    mass = pack.task("tsekh/slitok")
    assert mass.spec["units"] == [["т", "1"], ["кг", "0.001"]]
    assert mass.spec["near"][0]["feedback"] == {"ru": "<p>Потерян ноль.</p>"}
    order = pack.task("tsekh/smena")
    assert [item["text"]["ru"] for item in order.spec["items"]] == ["Осмотр", "Пуск", "Плавка"]
    assert {notice.code for notice in made.report.notices if notice.kind == "left_out"} == {"X101"}
    assert (made.report.carried, made.report.pages, made.report.left_out) == (6, 2, 1)


def test_a_picture_without_a_description_is_told_of():
    pack, made = imported("shop.xml", sources.MOODLE.replace(' alt="Мастер у печи"', ""))

    assert "X203" in codes(made)
    assert pack.media


def test_a_wildcard_in_a_moodle_answer_accepts_what_it_did():
    pack, _ = imported("shop.xml", sources.MOODLE)
    task = pack.task("tsekh/kovsh")
    kind = get_type("short_text")

    assert kind.mark(task, {"text": "Ковш большой"}).fraction == Decimal("0.5")
    assert kind.mark(task, {"text": "тележка"}).fraction == 0


def test_a_package_brings_its_items_in_the_order_of_the_manifest():
    pack, _ = imported("items.zip", sources.package())

    assert [task.type for task in pack.tasks] == ["choice", "ordering", "number"]
    who, order, mass = pack.tasks
    assert who.points == 3
    assert who.spec["options"][1]["feedback"]["ru"].startswith("<p>Он у")
    assert who.feedback["correct"] == {"ru": "<p>Да.</p>"}
    assert [media.path for media in pack.media] == ["who.png"]
    assert [item["text"]["ru"] for item in order.spec["items"]] == ["Осмотр", "Пуск", "Плавка"]
    assert mass.spec["tolerance"] == ["absolute", "0.5"]


def test_a_table_of_windows_with_semicolons_is_read():
    pack, _ = imported("table.csv", sources.CSV.encode("cp1251"))

    assert [task.type for task in pack.tasks] == ["choice", "number", "short_text", "true_false"]
    assert pack.tasks[0].points == 2
    assert pack.tasks[0].hint == {"ru": "<p>Посмотрите на каску</p>"}


def test_english_headings_are_understood():
    pack, _ = imported("t.csv", "Question,Answer,Wrong answer\nWho?,The foreman,The guard\n")

    assert pack.languages == ("en",)
    assert [option["text"]["en"] for option in pack.tasks[0].spec["options"]] == ["The foreman", "The guard"]


def test_the_template_holds_an_example_of_each_type():
    pack, made = imported("t.xlsx", sources.ALL["table.xlsx"])

    assert made.report.left_out == 0
    assert {task.type for task in pack.tasks} >= {"choice", "number", "short_text", "ordering", "matching"}


def test_a_row_that_will_not_do_is_told_of_with_its_number():
    made = import_questions("t.csv", "Вопрос;Верный ответ\nСколько?;\nКак?;так\n".encode(), language="ru")

    notice = next(notice for notice in made.report.notices if notice.whole)
    assert (notice.place.line, notice.code) == (2, "X106")


def test_many_left_sides_and_few_right_ones_are_sorted_into_boxes():
    pairs = "\n".join(f"=деталь {number} -> {('сталь', 'медь')[number % 2]}" for number in range(14))
    pack, made = imported("a.gift", f"::Детали::Из чего?{{\n{pairs}\n= -> олово\n}}")

    assert [task.type for task in pack.tasks] == ["categorise"]
    assert len(pack.tasks[0].spec["boxes"]) == 3
    assert "X309" in codes(made)


def test_a_file_is_known_by_what_it_holds():
    assert {name: form_of(name, data) for name, data in sources.ALL.items()} == {
        "цех.gift": "gift",
        "shop.xml": "moodle-xml",
        "item.xml": "qti",
        "items.zip": "qti",
        "table.xlsx": "xlsx",
        "table.csv": "csv",
    }
    with pytest.raises(ExchangeError, match="--format"):
        form_of("what.dat", b"\x00\x01")


def test_names_that_are_the_same_stay_apart_and_long_files_are_split():
    text = "\n\n".join(f"::Один::Вопрос {number}? {{=да ~нет}}" for number in range(120))
    pack, made = imported("long.gift", text)

    assert [len(unit.tasks) for unit in pack.units] == [50, 50, 20]
    assert "X404" in codes(made)


def test_the_report_is_told_in_the_language_asked_for():
    english = import_questions("shop.xml", sources.MOODLE.encode(), language="en").report
    russian = import_questions("shop.xml", sources.MOODLE.encode(), language="ru").report

    assert "questions 9: 6 became tasks, 2 pages, 1 left out; 0 with changes" in english.to_text()
    assert "вопросов 9: заданиями стали 6, страницами 2, не перенесено 1; с изменениями 0" in russian.to_text()
    assert english.to_json()["notices"][0]["file"] == "shop.xml"
