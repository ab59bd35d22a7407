"""HTML becomes the Markdown of packs; what a pack shows comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_packs.exchange import markdown_writer
from course_packs.format.diagnostics import START, Report
from course_packs.format.markdown import render_block, render_inline
from course_packs.format.pictures import Pictures


def silent(_code: str, _what: str) -> None:
    pass


def no_picture(_address: str, _alt: str) -> None:
    return None


def shown(markdown: str) -> str:
    return render_block(markdown, Report("", Pictures()), START, "ru")


def back(html: str) -> str:
    return markdown_writer.block(html, no_picture, silent)


@pytest.mark.parametrize(
    "markdown",
    [
        "Просто слова.",
        "Слова **важные** и *нет*, `код()` и ещё **_оба_**.",
        "- один\n- два\n  - внутри\n- три",
        "1. раз\n2. два",
        "3. с трёх\n4. дальше",
        "- свободный\n\n- список\n\n  со вторым абзацем",
        "> Слова\n> другого",
        "```\nx = [1]\n  y\n```",
        "| а | б |\n| --- | ---: |\n| 1 | 2\\|3 |",
        "::: important\nНе подходите.\n:::",
        "::: note Своё слово\nТекст.\n:::",
        "первая\\\nвторая",
        "[сайт](<https://example.org/a?b=(1)>)",
        "до\n\n---\n\nпосле",
        "\\# не заголовок\n\n1\\. не список\n\n\\- тоже\n\nснег_идёт \\_да\\_ 5 \\* 3",
    ],
)
def test_what_a_pack_shows_comes_back_as_it_was(markdown):
    html = shown(markdown)

    assert shown(back(html)) == html


_WORD = st.text(alphabet="абв xyz019.,:;!?()[]{}<>*_`#+-=|~\\&$%\"'/@^", min_size=1, max_size=12)


@settings(deadline=None, max_examples=300)
@given(st.lists(_WORD, min_size=1, max_size=6))
def test_plain_words_are_shown_as_they_are(words):
    text = " ".join(" ".join(words).split())
    escaped = markdown_writer.escape(text)
    html = render_inline(escaped, Report("", Pictures()), START)

    assert markdown_writer.plain(html, silent) == text.strip()
    assert markdown_writer.plain(shown(escaped), silent) == text.strip()


_INLINE = st.recursive(
    _WORD.map(lambda word: word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")),
    lambda inner: st.tuples(st.sampled_from(["strong", "em", "code", "span", "b"]), st.lists(inner, max_size=3)).map(
        lambda pair: f"<{pair[0]}>{' '.join(pair[1])}</{pair[0]}>"
    ),
    max_leaves=6,
)
_BLOCK = st.recursive(
    _INLINE.map(lambda html: f"<p>{html}</p>"),
    lambda inner: st.tuples(
        st.sampled_from(["div", "ul", "ol", "blockquote", "table"]), st.lists(inner, max_size=3)
    ).map(
        lambda pair: {
            "ul": lambda parts: f"<ul>{''.join(f'<li>{part}</li>' for part in parts)}</ul>",
            "ol": lambda parts: f"<ol>{''.join(f'<li>{part}</li>' for part in parts)}</ol>",
            "table": lambda parts: f"<table><tr>{''.join(f'<td>{part}</td>' for part in parts)}</tr></table>",
        }.get(pair[0], lambda parts: f"<{pair[0]}>{''.join(parts)}</{pair[0]}>")(pair[1])
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=300)
@given(_BLOCK)
def test_no_word_is_lost_whatever_the_markup(html):
    wanted = "".join(markdown_writer.plain(html, silent).split())

    assert "".join(markdown_writer.plain(shown(back(html)), silent).split()) == wanted


def test_headings_in_a_question_become_bold_words():
    told = []

    assert markdown_writer.block("<h2>Цех</h2><p>а</p>", no_picture, lambda code, what: told.append((code, what))) == (
        "**Цех**\n\nа"
    )
    assert ("X201", "h2") in told
