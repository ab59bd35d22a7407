"""Events and reasons in plain words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import time_machine

import lti_tool.demo_lms
from lti_tool.demo_lms.weather import MODES as WEATHER_MODES
from lti_tool.demo_lms.wording import EVENTS, MODES, REASONS, TOOL_EVENTS, describe, describe_tool, is_told

SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in Path(lti_tool.demo_lms.__file__).parent.glob("*.py"))
FULL = {
    "person": "Алина",
    "female": True,
    "given": 18.0,
    "maximum": 20,
    "status": 409,
    "reason": "score.too_old",
    "label": "Смена",
    "seconds": 7.0,
    "score": 77.5,
    "mode": "429",
    "scopes": ["score"],
    "activity_progress": "InProgress",
    "kind": "RuntimeError",
    "count": 3,
    "name": "Лицей-CITY",
    "word": "missing_domain",
}


def test_every_reason_has_words_and_every_word_is_used() -> None:
    told = {*EVENTS, *TOOL_EVENTS, "score.tried"}
    used = set(re.findall(r'"((?:assertion|token|access|auth|service|score)\.[a-z_]+)"', SOURCE)) - told
    made_up = {"assertion.exp_missing", "assertion.iat_missing", "assertion.nbf_missing", "auth.nonce", "auth.state"}
    assert used | made_up == set(REASONS)


def test_every_recorded_event_has_words() -> None:
    recorded = set(re.findall(r'journal\.record\(\s*"([a-z._]+)"', SOURCE))
    effects = {f"score.{effect}" for effect in ("graded", "cleared", "progress", "overridden")}
    locks = {"grade.locked", "grade.unlocked"}
    assert recorded | effects | locks | {"person.enrolled", "person.unenrolled"} == set(EVENTS)


def test_every_weather_has_words() -> None:
    assert set(WEATHER_MODES) == set(MODES)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_can_be_told_in_both_languages(event: str) -> None:
    for language in ("ru", "en"):
        told = describe(event, dict(FULL), language)
        assert told
        assert "{" not in told


def test_the_words_a_newcomer_reads() -> None:
    assert describe("launch.granted", {"person": "Тимур", "female": False}) == "Тимур открыл занятие"
    assert describe("launch.granted", {"person": "Алина", "female": True}) == "Алина открыла занятие"
    assert (
        describe("score.graded", {"person": "Тимур", "given": 18.0, "maximum": 20.0})
        == "Тимур: оценка 18/20 записана в журнал"
    )
    assert describe("weather.struck", {"status": 500}) == "журнал ответил 500"
    assert describe("launch.granted", {"person": "Алина"}, "en") == "Алина opened the activity"


def test_an_unknown_event_is_shown_by_its_name() -> None:
    assert describe("news", {}) == "news"
    assert is_told("news")
    assert not is_told("lineitem.listed")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"event": "launch.opened", "level": "info"}, "занятие открыто"),
        ({"event": "attempt.finished", "score_given": 18, "score_maximum": 20}, "работа закончена: 18/20"),
        ({"event": "attempt.finished"}, "работа закончена"),
        ({"event": "score.delivered", "score_given": 17.5, "score_maximum": 20}, "журнал школы принял оценку: 17,5/20"),
        ({"event": "score.retry", "status": 500, "retry_in": 30}, "журнал ответил 500, попробуем ещё через 30 с"),
        ({"event": "score.retry", "level": "warning"}, "журнал не ответил, попробуем ещё"),
        ({"event": "score.needs_help", "status": 404}, "оценка не дошла до журнала и ждёт помощи взрослого (404)"),
        ({"event": "launch.opened", "role": "teacher"}, "занятие открыто (учитель)"),
        ({"event": "attempt.finished", "percent": 85, "passed": True}, "работа закончена: 85 %"),
        ({"event": "score.tried", "outcome": "confirmed", "status": 200}, "журнал школы принял оценку"),
        ({"event": "score.tried", "outcome": "failed", "status": 500}, "журнал ответил 500, попробуем ещё"),
        (
            {"event": "score.tried", "outcome": "failed", "due": "2026-01-10T10:00:30+00:00"},
            "журнал не ответил, попробуем ещё через 30 с",
        ),
        (
            {"event": "score.tried", "outcome": "needs_help", "status": 400, "reason": "not_gradable"},
            "оценка не дошла до журнала и ждёт помощи взрослого: школа не знает такого ученика на курсе",
        ),
        ({"event": "score.tried", "outcome": "column_found", "level": "info"}, None),
        ({"event": "disk is nearly full", "level": "warning"}, "warning: disk is nearly full"),
        ({"event": "request", "level": "info"}, None),
        ({}, None),
    ],
)
def test_the_tools_own_log_in_plain_words(record: dict[str, object], words: str | None) -> None:
    with time_machine.travel("2026-01-10T10:00:00Z", tick=False):
        assert describe_tool(record) == words
