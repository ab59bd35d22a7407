"""Markdown becomes final, safe HTML."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from course_packs.format.diagnostics import START, Report
from course_packs.format.markdown import clean, plain_text, render_block, render_inline, render_page
from course_packs.format.pictures import Picture, Pictures


def report() -> Report:
    circle = Picture("circle.svg", "image/svg+xml", 40, 20, b"")
    return Report("page.md", Pictures({"circle.svg": circle}), "en")


def block(source: str, language: str = "ru") -> str:
    return render_block(source, report(), START, language)


def test_the_first_heading_is_the_title_and_leaves_the_body() -> None:
    page = render_page("# Сталь *и* `огонь`\n\n## Печь\n\nТекст\n", report(), "ru")
    assert page.title == "Сталь и огонь"
    assert page.html == "<h2>Печь</h2>\n<p>Текст</p>"


def test_pictures_carry_their_size_and_an_address_for_the_player() -> None:
    assert block("![Круг](media/circle.svg)") == (
        '<p><img src="media:circle.svg" alt="Круг" width="40" height="20" loading="lazy"></p>'
    )


def test_links_open_outside_the_frame_and_give_nothing_away() -> None:
    assert block("[сайт](https://example.org)") == (
        '<p><a href="https://example.org" target="_blank" rel="noopener noreferrer">сайт</a></p>'
    )


def test_boxes_say_in_words_what_they_are() -> None:
    assert block("::: example\nТак\n:::") == (
        '<aside class="note note--example" role="note">\n<p class="note__title">Пример</p>\n<p>Так</p>\n</aside>'
    )
    assert '<p class="note__title">Important</p>' in block("::: important\nx\n:::", "en")
    assert '<p class="note__title">Из жизни</p>' in block("::: note Из жизни\nx\n:::")


def test_tables_are_aligned_by_classes_never_by_style() -> None:
    html = block("| a | b |\n|---|--:|\n| 1 | 2 |\n")
    assert '<td class="align-right">2</td>' in html
    assert "style" not in html


def test_an_option_stays_one_line_even_when_it_looks_like_a_list() -> None:
    assert render_inline("1. Позвонить **сразу**", report(), START) == "1. Позвонить <strong>сразу</strong>"


def test_a_number_sign_in_a_prompt_is_no_heading() -> None:
    assert block("# 5") == "<p># 5</p>"


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "![x](javascript:alert(1))",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "<img src=x onerror=alert(1)>",
        '<https://example.org/"onmouseover=alert(1)>',
        "[x](vbscript:x)",
        "```<script>\nx\n```",
    ],
)
def test_nothing_that_runs_survives(source: str) -> None:
    assert_inert(block(source))


SCRAPS = st.sampled_from(
    [
        *("<script>", "</script>", "<img src=x onerror=y>", "<a href=", "onclick=", ">", '"', "&#106;", "&Tab;"),
        *("javascript:", "data:text/html,", "[a](", ")", "![", "](", "`", "|", "---", "#", "::: note\n", ":::"),
        *("\n", "\n\n", " ", "x"),
    ]
)


@given(st.one_of(st.lists(SCRAPS, max_size=25).map("".join), st.text(max_size=80)))
def test_any_markdown_renders_to_inert_html(source: str) -> None:
    assert_inert(block(source))
    assert_inert(render_inline(source, report(), START))
    assert_inert(render_page(source, report(), "ru").html)


@given(st.lists(SCRAPS, max_size=25).map("".join))
def test_the_sanitiser_alone_leaves_nothing_that_runs(source: str) -> None:
    html = clean(source)
    assert_inert(html)
    assert clean(html) == html


@given(st.text(alphabet=st.sampled_from("абв <>&\"'*_`\u00a0"), max_size=40))
def test_plain_text_gives_back_the_words(words: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert plain_text(f"<p>{escaped}</p>") == " ".join(words.split())


def assert_inert(html: str) -> None:
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(True):
        assert tag.name not in {"script", "style", "iframe", "object", "embed", "form", "svg", "math", "base", "link"}
        for name, value in tag.attrs.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in {"href", "src"}:
                assert re.match(r"(https?|mailto|tel|media):|$", str(value)), value
