"""Words, sentences and syllables of what people read."""

from __future__ import annotations

import re
from typing import Final

from course_packs.format.markdown import plain_text

_WORD: Final = re.compile(r"\w+(?:[-’']\w+)*")
_BLOCK_END: Final = re.compile(r"</(?:p|li|h[2-4]|t[dh]|tr|blockquote|aside|ul|ol)>|<br>|<hr>")
_CODE: Final = re.compile(r"<pre>.*?</pre>", re.DOTALL)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])[»”\")]*\s+(?=[«“\"(]?[A-ZА-ЯЁ0-9])")
_RUSSIAN_VOWELS: Final = frozenset("аеёиоуыэюя")
# What a word loses or changes when it is bent: enough to find «печи» in «печь».
_ENDING: Final = re.compile(r"(?:[аяо]ми|[оеая][вмх]|[аеиоуыэюяйь]{1,3}|s|ed|ing)$")


def words_of(text: str) -> list[str]:
    """The words of plain text, as they stand."""
    return _WORD.findall(text)


def stems_of(text: str) -> frozenset[str]:
    """The words of five letters or more, without their endings, «е» for «ё»."""
    folded = (word.casefold().replace("ё", "е") for word in words_of(text))
    return frozenset(_ENDING.sub("", word) for word in folded if len(word) >= 5)


def sentences(html: str) -> list[str]:
    """The sentences of safe HTML; a heading, an item, a cell each end one. Code is left out."""
    found: list[str] = []
    for block in _BLOCK_END.split(_CODE.sub("", html)):
        found += [one for one in _SENTENCE_END.split(plain_text(block)) if words_of(one)]
    return found


def syllables(word: str) -> int:
    """The syllables of a Russian word: its vowels."""
    return sum(letter in _RUSSIAN_VOWELS for letter in word.casefold())


def russian_ease(html: str) -> tuple[float, int]:
    """(reading ease, words) of a Russian text: Flesch's formula with the constants of I. V. Oborneva (2006).

    206.835 − 1.3 × words per sentence − 60.1 × syllables per word; 100 is very easy, 0 very hard.
    """
    spoken = [[word for word in words_of(one) if syllables(word)] for one in sentences(html)]
    counted = [one for one in spoken if one]
    words = sum(len(one) for one in counted)
    if not words:
        return 100.0, 0
    per_word = sum(syllables(word) for one in counted for word in one) / words
    return 206.835 - 1.3 * words / len(counted) - 60.1 * per_word, words
