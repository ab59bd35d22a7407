"""What a diagnostic's code stands for."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "advice"]
Phrase = tuple[str, str]


class Code(NamedTuple):
    """One kind of diagnostic: two phrases (message, remedy) in each of the two languages, with `{named}` places."""

    severity: Severity
    ru: Phrase
    en: Phrase


def error(ru: Phrase, en: Phrase) -> Code:
    return Code("error", ru, en)


def advice(ru: Phrase, en: Phrase) -> Code:
    """What a friendly colleague would say; nothing is wrong, and the author may say no (`advice.silence`)."""
    return Code("advice", ru, en)


def warning(ru: Phrase, en: Phrase) -> Code:
    return Code("warning", ru, en)
