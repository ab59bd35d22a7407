"""Every refusal has its page, in both languages, and stands in docs/errors.md."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from lti_tool.gradebook.models import Reason
from lti_tool.gradebook.wording import NUMBERS
from lti_tool.lti import errors, wording
from lti_tool.lti.registration import errors as registration_errors
from lti_tool.lti.registration import wording as registration_wording

DOC = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
RULES = errors.RULES | registration_errors.RULES
PAGES = wording.PAGES | registration_wording.PAGES


@pytest.mark.parametrize("reason", RULES)
def test_a_refusal_has_words_in_both_languages_and_a_line_in_the_documentation(app: Flask, reason: str) -> None:
    rule = RULES[reason]
    words = PAGES[rule.page]
    with app.test_request_context():
        for sentence in (words.title, words.happened, words.safe, words.next):
            with force_locale("en"):
                english = str(sentence)
            with force_locale("ru"):
                russian = str(sentence)
            assert english.isascii()
            assert english != russian
        with force_locale("ru"):
            assert f"| {rule.code} | {rule.status} | `{reason}` | {words.title} |" in DOC


def test_codes_are_unique() -> None:
    codes = [rule.code for rule in RULES.values()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("reason", Reason)
def test_a_grades_trouble_stands_in_the_documentation(reason: Reason) -> None:
    assert f"| G-{NUMBERS[reason]:02} | `{reason}` |" in DOC
