"""Pictures with captions under them, videos with captions in them, links to videos."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from course_packs.format.captions import check_captions
from course_packs.format.diagnostics import Report
from course_packs.format.films import is_video_address
from course_packs.format.markdown import plain_text
from course_packs.format.pictures import Pictures
from course_packs.paper import paper_html
from course_packs.preview import preview_html
from tests.course_packs.samples import PAGE, compiled, files_with, findings_of

MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(16)
VTT = "WEBVTT\n\n00:00.000 --> 00:02.500\nЗаливка.\n\nвторой\n00:01:02.500 --> 00:01:04.000 align:start\nГотово.\n"


def page_of(markdown: str, **media: str | bytes) -> BeautifulSoup:
    pack = compiled(files_with(files(markdown, **media)))
    html = pack.unit("first").steps[0].html
    assert html is not None
    return BeautifulSoup(html["ru"], "html.parser")


def files(markdown: str, **media: str | bytes) -> dict[str, str | bytes | None]:
    page: dict[str, str | bytes | None] = {"units/first/intro.md": f"{PAGE}\n{markdown}\n"}
    return page | {f"media/{name.replace('_', '.')}": content for name, content in media.items()}


def codes(markdown: str, **media: str | bytes) -> list[str]:
    return [one.code for one in findings_of(files_with(files(markdown, **media)))]


def test_a_picture_alone_with_a_caption_is_a_figure() -> None:
    figure = page_of('![Печь](media/circle.svg "Рис. 1. <Печь>")').figure
    assert figure is not None
    assert figure.img is not None
    assert figure.img["alt"] == "Печь"
    assert figure.figcaption is not None
    assert figure.figcaption.text == "Рис. 1. <Печь>"
    assert plain_text(str(figure)) == "Рис. 1. <Печь>"


def test_a_caption_within_a_line_would_be_lost() -> None:
    assert codes('Вот ![печь](media/circle.svg "Рис. 1") она.') == ["P309"]
    assert codes("Вот ![печь](media/circle.svg) она.") == []


def test_a_video_has_its_captions_on_and_what_it_is_about_below() -> None:
    page = page_of("![Плавка](media/melt.mp4)", melt_mp4=MP4, melt_ru_vtt=VTT, melt_en_vtt=VTT)
    video = page.select_one("figure.film video")
    assert video is not None
    assert (video["src"], video["preload"], video["aria-label"]) == ("media:melt.mp4", "metadata", "Плавка")
    assert [(one["src"], one["srclang"], one.has_attr("default")) for one in video.select("track")] == [
        ("media:melt.en.vtt", "en", False),
        ("media:melt.ru.vtt", "ru", True),
    ]
    assert page.select_one("figure.film figcaption").text == "Плавка"  # type: ignore[union-attr]


def test_a_video_travels_with_the_pack_and_lies_in_the_preview() -> None:
    pack = compiled(files_with(files("![Плавка](media/melt.mp4)", melt_mp4=MP4, melt_ru_vtt=VTT)))
    assert [one.media_type for one in pack.media] == ["image/svg+xml", "video/mp4", "text/vtt"]
    for html in (preview_html(pack), paper_html(pack)):
        assert 'src="data:video/mp4;base64,' in html
        assert '"media:' not in html


def test_a_link_to_a_video_opens_outside_and_nothing_foreign_is_set_in() -> None:
    page = page_of('![Плавка](https://rutube.ru/video/1/?a=1&b=2 "Съёмка цеха")')
    assert page.iframe is None
    assert page.video is None
    link = page.select_one("figure.film > a")
    assert link is not None
    assert (link["href"], link["target"]) == ("https://rutube.ru/video/1/?a=1&b=2", "_blank")
    assert link.text == "▶ Плавка"
    assert page.figcaption is not None


@pytest.mark.parametrize(
    ("markdown", "media", "found"),
    [
        ("![Плавка](media/melt.mp4)", {"melt_mp4": MP4}, ["P311"]),
        ("![Плавка](media/melt.mp4)", {"melt_mp4": MP4, "melt_en_vtt": VTT}, ["P311"]),
        ("Вот ![Плавка](media/melt.mp4) она", {"melt_mp4": MP4, "melt_ru_vtt": VTT}, ["P313"]),
        ("Вот ![Плавка](https://youtu.be/1) она", {}, ["P313"]),
        ("![](https://youtu.be/1)", {}, ["P109"]),
        ("![Плавка](media/melt.mp4)", {"melt_mp4": b"GIF89a", "melt_ru_vtt": VTT}, ["P306", "P302"]),
        ("![Плавка](media/melt.mp4)", {"melt_mp4": MP4 + bytes(4_000_000), "melt_ru_vtt": VTT}, ["P310", "P306"]),
        ("", {"melt_ru_vtt": "1\n00:00.000 --> 00:01.000\nx"}, ["P312"]),
        ("![Титры](media/melt.ru.vtt)", {"melt_ru_vtt": VTT}, ["P306", "P301"]),
        ("![Плавка](https://example.org/page)", {}, ["P308"]),
    ],
)
def test_what_is_wrong_with_a_video_is_told(markdown: str, media: dict[str, str | bytes], found: list[str]) -> None:
    assert sorted(codes(markdown, **media)) == sorted(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "WEBVTT",
        "WEBVTTx\n\n00:00.000 --> 00:01.000\nx",
        "WEBVTT\n\n00:01.000 --> 00:01.000\nx",
        "WEBVTT\n\n00:05.000 --> 00:06.000\nx\n\n00:01.000 --> 00:02.000\ny",
        "WEBVTT\n\n00:00,000 --> 00:01,000\nx",
        "WEBVTT\n\n00:00.000 --> 00:01.000\n\nx",
        "WEBVTT\n\n00:00.000 --> 00:01.000",
    ],
)
def test_captions_that_a_browser_would_drop_are_refused(text: str) -> None:
    report = Report("x.vtt", Pictures())
    assert not check_captions(text, report)
    assert {one.code for one in report.found} == {"P312"}


SCRAPS = st.sampled_from(
    ["WEBVTT", "\n", "\n\n", "00:01.000", " --> ", "-->", "00:02.000", "слово", "99:99.999", "\x00", "NOTE"]
)


@given(st.one_of(st.text(max_size=80), st.lists(SCRAPS, max_size=20).map("".join)))
def test_any_captions_are_sound_or_reported(text: str) -> None:
    report = Report("x.vtt", Pictures())
    assert check_captions(text, report) is not bool(report.found)


@given(st.text(max_size=60) | st.text(max_size=30).map("https://{}".format))
def test_any_address_is_that_of_a_video_or_not(address: str) -> None:
    assert is_video_address(address) in {True, False}


@pytest.mark.parametrize(
    "address", ["http://youtu.be/1", "https://youtu.be.example.org/1", "//youtu.be", "javascript:youtu.be"]
)
def test_only_sites_that_are_known(address: str) -> None:
    assert not is_video_address(address)
