"""What leaves: files that others read, and a report of what they have no place for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from course_packs import compile_pack
from course_packs.cli import pack as commands
from course_packs.exchange import ExchangeError, export_pack
from course_packs.exchange.archive import read_archive
from course_packs.exchange.xml_source import read_xml
from tests.course_packs.exchange import sources
from tests.course_packs.samples import PAGE, compiled, files_with

EVERY_TASK = Path("docs/authoring/every-task")
LAUNCH = "https://tool.example.org/lti/launch"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False)
    return result.exit_code, result.output


def test_moodle_xml_holds_points_hints_units_and_pictures():
    xml = read_xml(export_pack(compiled(files_with()), "moodle-xml").content, "q.xml")
    by_id = {one.words("idnumber"): one for one in xml.all("question")}

    assert by_id["one"].attributes["type"] == "multichoice"
    assert len(by_id["one"].all("hint")) == 1
    assert by_id["mass"].words("defaultgrade") == "2"
    units = {one.words("unit_name"): one.words("multiplier") for one in by_id["mass"].deep("unit")}
    assert units == {"кг": "1", "т": "0.001"}
    assert [one.attributes["fraction"] for one in by_id["order"].all("answer")] == ["1", "2", "3", "4"]
    assert len(by_id["pairs"].all("subquestion")) == 4
    assert by_id["intro"].deep("file")[0].attributes["name"] == "circle.svg"


def test_the_report_names_what_has_no_place():
    sent = export_pack(compiled(files_with()), "moodle-xml", language="ru")

    told = {notice.place.question: notice.message for notice in sent.report.notices if notice.code == "X502"}
    assert told["one"].endswith("mistake")
    assert "typos" in told["word"]
    assert "labels" in told["order"]
    assert "X505" in {notice.code for notice in sent.report.notices}


def test_another_language_of_the_pack_can_leave():
    gift = export_pack(compile_pack(EVERY_TASK), "gift", pack_language="en").content.decode()

    assert "Stop the machine" in gift
    assert "Остановить" not in gift


def test_a_qti_package_names_its_items_its_test_and_its_pictures():
    files = read_archive(export_pack(compiled(files_with()), "qti").content)
    manifest = read_xml(files["imsmanifest.xml"], "imsmanifest.xml")

    hrefs = [file.attributes["href"] for file in manifest.deep("file")]
    assert set(hrefs) == set(files) - {"imsmanifest.xml"}
    sections = read_xml(files["test.xml"], "test.xml").deep("qti-assessment-section")
    assert [one.attributes["title"] for one in sections] == ["Раздел", "Второй"]
    for path, content in files.items():
        if path.endswith(".xml"):
            assert read_xml(content, path)


def test_a_cartridge_links_each_unit_to_the_launch_address():
    files = read_archive(export_pack(compiled(files_with()), "cc", launch_url=f"{LAUNCH}?school=1").content)
    link = read_xml(files["links/second.xml"], "second.xml")

    assert link.words("secure_launch_url") == f"{LAUNCH}?school=1&pack=small-pack&unit=second"
    assert {one.attributes["name"]: one.text() for one in link.deep("property")} == {
        "pack": "small-pack",
        "unit": "second",
    }
    manifest = read_xml(files["imsmanifest.xml"], "imsmanifest.xml")
    assert manifest.deep("schemaversion")[0].text() == "1.3.0"
    assert [one.attributes["type"] for one in manifest.deep("resource")] == ["imsbasiclti_xmlv1p3"] * 2
    refs = {one.attributes["identifierref"] for one in manifest.deep("item") if "identifierref" in one.attributes}
    assert refs == {one.attributes["identifier"] for one in manifest.deep("resource")}


def test_a_cartridge_of_one_link_opens_the_whole_pack():
    files = read_archive(export_pack(compiled(files_with()), "cc", launch_url=LAUNCH, one_link=True).content)

    assert set(files) == {"imsmanifest.xml", "links/small-pack.xml"}
    assert b"unit" not in files["links/small-pack.xml"]


@pytest.mark.parametrize("address", ["", "http://tool.example.org/lti/launch", "launch", "https://"])
def test_a_cartridge_needs_a_safe_launch_address(address):
    with pytest.raises(ExchangeError, match="launch"):
        export_pack(compiled(files_with()), "cc", launch_url=address)


def test_the_commands_carry_questions_there_and_back(tmp_path):
    bank = tmp_path / "банк.gift"
    bank.write_text(sources.GIFT, encoding="utf-8")

    status, said = run("import", str(bank), "-o", str(tmp_path / "pack"))
    assert status == 0
    assert "заданиями стали 10" in said
    assert run("lint", str(tmp_path / "pack"))[0] == 0
    status, said = run(
        "export", str(tmp_path / "pack"), "--to", "qti", "-o", str(tmp_path / "p.zip"), "--report", "json"
    )
    assert status == 0
    assert json.loads(said)["carried"] == 10
    status, said = run("import", str(tmp_path / "p.zip"), "-o", str(tmp_path / "again"), "--language", "en")
    assert status == 0
    assert "10 became tasks, 2 pages, 0 left out" in said


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "bank.gift").write_text(sources.GIFT, encoding="utf-8")

    status, said = run("import", str(tmp_path / "bank.gift"), "-o", str(tmp_path), "--language", "en")
    assert status == 1
    assert "not empty" in said


def test_a_broken_file_is_refused_in_one_line(tmp_path):
    (tmp_path / "bank.xml").write_text("<quiz><question>", encoding="utf-8")

    status, said = run("import", str(tmp_path / "bank.xml"), "-o", str(tmp_path / "pack"))
    assert status == 1
    assert "bank.xml:1" in said
    assert not (tmp_path / "pack").exists()


def test_the_command_writes_a_table_to_fill(tmp_path):
    assert run("import", "--template", str(tmp_path / "t.xlsx"))[0] == 0
    assert run("import", str(tmp_path / "t.xlsx"), "-o", str(tmp_path / "pack"))[0] == 0


def test_the_cartridge_command_asks_for_the_address(tmp_path):
    target = str(tmp_path / "a.imscc")

    assert run("export", str(EVERY_TASK), "--to", "cc", "-o", target)[0] == 1
    assert run("export", str(EVERY_TASK), "--to", "cc", "-o", target, "--launch-url", LAUNCH)[0] == 0
    assert run("export", str(EVERY_TASK), "--to", "gift", "-o", target, "--pack-language", "fr")[0] == 2


def test_a_video_has_no_place_elsewhere_and_the_report_says_so():
    film = {
        "units/first/intro.md": PAGE + "\n![Плавка](media/melt.mp4)\n",
        "media/melt.mp4": b"    ftyp",
        "media/melt.ru.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nЗаливка\n",
    }
    sent = export_pack(compiled(files_with(film)), "moodle-xml", language="ru")

    told = {notice.place.question: notice.message for notice in sent.report.notices if notice.code == "X502"}
    assert told["intro"].endswith("video")
    assert b"media:melt" not in sent.content
    assert "Плавка" in sent.content.decode()
