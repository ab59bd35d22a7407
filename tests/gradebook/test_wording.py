"""What people read about a grade's way: every state and every reason, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask_babel import force_locale

from lti_tool.gradebook.models import Reason, ScoreState
from lti_tool.gradebook.outbox import LedgerEntry, ScoreView
from lti_tool.gradebook.outcome import Happened
from lti_tool.gradebook.wording import NUMBERS, brief_line, delivery_line, delivery_rows, help_code

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 12:00 in Yekaterinburg
SCORE_ID = UUID("01a209bb-e066-75c5-b2b8-6ee081c9e22a")
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
LATIN = re.compile(r"[a-z]{3,}", re.IGNORECASE)


def view(state: ScoreState = ScoreState.QUEUED, **changes) -> ScoreView:
    values = {
        "score_id": SCORE_ID,
        "state": state,
        "reason": None,
        "score_given": Decimal(85),
        "score_maximum": Decimal(100),
        "activity_progress": "Completed",
        "created_at": NOW,
        "due_at": None,
        "tries": 1,
    }
    return ScoreView(**(values | changes))


@pytest.fixture(params=["ru", "en"])
def language(request, app):
    """A page in each language."""
    with app.test_request_context("/"), force_locale(request.param):
        yield request.param


@pytest.fixture
def russian(app):
    with app.test_request_context("/"), force_locale("ru"):
        yield


@pytest.fixture
def english(app):
    with app.test_request_context("/"), force_locale("en"):
        yield


def in_language(text: str, language: str) -> bool:
    ours, other = (CYRILLIC, LATIN) if language == "ru" else (LATIN, CYRILLIC)
    return bool(ours.search(text)) and not other.search(text)


@pytest.mark.parametrize("teacher", [False, True])
class TestEverythingHasWords:
    @pytest.mark.parametrize("state", ScoreState)
    @pytest.mark.parametrize("detail", [{}, {"due_at": NOW + timedelta(minutes=10), "delivered_at": NOW}])
    def test_every_state(self, language: str, teacher: bool, state: ScoreState, detail):
        line = delivery_line(view(state, platform_score=Decimal(3), **detail), now=NOW, teacher=teacher)
        assert line.tone in {"ok", "wait", "help", "info"}
        assert in_language(line.text, language), line.text
        assert line.text.endswith(".")
        assert "%" not in line.text

    @pytest.mark.parametrize("reason", Reason)
    @pytest.mark.parametrize("due_at", [None, NOW + timedelta(hours=1)])
    def test_every_reason(self, language: str, teacher: bool, reason: Reason, due_at):
        line = delivery_line(view(ScoreState.NEEDS_HELP, reason=reason, due_at=due_at), now=NOW, teacher=teacher)
        assert line.tone == "help"
        assert line.code == help_code(reason, SCORE_ID)
        assert in_language(line.text, language), line.text
        safe = "Результат сохранён" if language == "ru" else "The result is safe"
        assert safe in line.text
        assert ("13:00" in line.text) == (due_at is not None)


def test_every_reason_has_a_code_of_its_own():
    assert set(NUMBERS) == set(Reason)
    assert len(set(NUMBERS.values())) == len(Reason)
    assert help_code(Reason.LOCKED, SCORE_ID) == "G-04-C9E22A"


@pytest.mark.parametrize("happened", Happened)
@pytest.mark.parametrize("given", [Decimal(55), None])
def test_every_line_of_the_ledger(language: str, happened: Happened, given):
    entry = LedgerEntry(NOW, happened, 409, "Refusing score", given, Decimal(100), "Started")
    (row,) = delivery_rows([entry])
    assert row.when == NOW
    assert in_language(row.what, language)
    assert row.outcome.endswith("(409 Refusing score)")
    assert in_language(row.outcome.removesuffix("(409 Refusing score)"), language)


@pytest.mark.parametrize("state", ScoreState)
def test_every_state_in_a_few_words(language: str, state: ScoreState):
    line = brief_line(view(state, reason=Reason.LOCKED, delivered_at=NOW), now=NOW)
    assert in_language(line.text, language)
    assert len(line.text) < 45
    assert (line.code is not None) == (state is ScoreState.NEEDS_HELP)


class TestRussian:
    def test_in_a_few_words(self, russian):
        arrived = view(ScoreState.DELIVERED, delivered_at=NOW + timedelta(minutes=3))
        assert brief_line(arrived, now=NOW).text == "в журнале с 12:03"
        waiting = view(due_at=NOW + timedelta(minutes=10))
        assert brief_line(waiting, now=NOW).text == "ждём журнал, попробуем в 12:10"
        helpless = brief_line(view(ScoreState.NEEDS_HELP, reason=Reason.LOCKED), now=NOW)
        assert (helpless.text, helpless.code[:5]) == ("нужна помощь", "G-04-")

    def test_in_the_gradebook(self, russian):
        line = delivery_line(view(ScoreState.DELIVERED, delivered_at=NOW + timedelta(minutes=3)), now=NOW)
        assert line.tone == "ok"
        assert "журнал" in line.text
        assert line.text.endswith(" 12:03.")

    def test_on_another_day_the_day_is_told(self, russian):
        line = delivery_line(view(ScoreState.DELIVERED, delivered_at=NOW - timedelta(days=1)), now=NOW)
        assert line.text.endswith(" 22 нояб., 12:00.")

    def test_midnight_is_the_schools(self, russian):
        evening = NOW.replace(hour=18, minute=30)  # 23:30 in Yekaterinburg
        line = delivery_line(view(ScoreState.DELIVERED, delivered_at=evening), now=evening + timedelta(hours=1))
        assert "23 нояб." in line.text

    def test_waiting_for_the_gradebook(self, russian):
        line = delivery_line(view(due_at=NOW + timedelta(minutes=10)), now=NOW, status_url="/status")
        assert (line.tone, line.status_url) == ("wait", "/status")
        assert "ждём журнал" in line.text.lower()
        assert line.text.endswith(" 12:10.")

    def test_on_its_way(self, russian):
        line = delivery_line(view(due_at=NOW, tries=0), now=NOW)
        assert line.text == "Результат сохранён, оценка в пути."

    def test_a_locked_grade(self, russian):
        line = delivery_line(view(ScoreState.NEEDS_HELP, reason=Reason.LOCKED), now=NOW, teacher=True)
        assert "заблокирована" in line.text

    def test_a_teachers_own_grade(self, russian):
        mine = view(ScoreState.OVERRIDDEN, platform_score=Decimal("3.00000"), platform_maximum=Decimal("20.00000"))
        assert "3 из 20" in delivery_line(mine, now=NOW, teacher=True).text
        assert "3" not in delivery_line(mine, now=NOW).text


class TestEnglish:
    def test_in_the_gradebook(self, english):
        confirmed = view(ScoreState.DELIVERED, delivered_at=NOW, confirmed_at=NOW)
        assert delivery_line(confirmed, now=NOW).text == "In the gradebook since 12:00."
        assert "checked" in delivery_line(confirmed, now=NOW, teacher=True).text
        assert "did not show" in delivery_line(view(ScoreState.DELIVERED, delivered_at=NOW), now=NOW, teacher=True).text

    def test_a_platform_that_is_silent_is_told_to_the_learner_too(self, english):
        silent = view(ScoreState.NEEDS_HELP, reason=Reason.SILENT, due_at=NOW + timedelta(minutes=10))
        assert "silent for more than a day" in delivery_line(silent, now=NOW).text
        assert "12:10" in delivery_line(silent, now=NOW).text

    def test_a_success_is_told_without_its_status(self, english):
        entry = LedgerEntry(NOW, Happened.CONFIRMED, 200, "OK", Decimal(55), Decimal(100), "Completed")
        (row,) = delivery_rows([entry])
        assert (row.what, row.outcome) == ("Grade 55 of 100", "arrived, checked")
