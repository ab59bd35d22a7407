"""Events and reasons in plain words, Russian and English; used by the journal page and by the runner's screen."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, NamedTuple

REASONS: dict[str, tuple[str, str]] = {
    "assertion.malformed": ("это не подписанный JWT", "the assertion is not a signed JWT"),
    "assertion.alg": ("подпись не RS256", "the assertion is not signed with RS256"),
    "assertion.no_kid": ("не назван ключ (kid)", "the assertion names no key (kid)"),
    "assertion.unknown_kid": ("такого ключа нет среди ключей инструмента", "the tool does not publish this key"),
    "assertion.signature": ("подпись не сходится", "the signature does not verify"),
    "assertion.iss": ("iss — не наш client_id", "iss is not the client_id"),
    "assertion.sub": ("sub — не наш client_id", "sub is not the client_id"),
    "assertion.aud": ("aud — не адрес выдачи пропусков", "aud is not exactly the token URL"),
    "assertion.exp_missing": ("нет срока exp", "exp is missing or not a number"),
    "assertion.iat_missing": ("нет времени выпуска iat", "iat is missing or not a number"),
    "assertion.nbf_missing": ("nbf — не число", "nbf is not a number"),
    "assertion.expired": ("срок истёк", "the assertion has expired"),
    "assertion.exp_far": ("срок длиннее пяти минут", "exp is more than 5 minutes ahead"),
    "assertion.iat_ahead": ("выпущено «в будущем»", "iat is in the future"),
    "assertion.iat_old": ("выпущено больше десяти минут назад", "iat is more than 10 minutes old"),
    "assertion.nbf_ahead": ("ещё не начало действовать", "nbf is in the future"),
    "assertion.jti": ("нет номера jti", "jti is missing"),
    "assertion.replayed": ("такое удостоверение уже предъявляли", "this jti was used before"),
    "token.media_type": ("запрос не в виде формы", "the body must be application/x-www-form-urlencoded"),
    "token.repeated": ("параметр повторён", "a parameter is repeated"),
    "token.grant_type": ("grant_type не client_credentials", "grant_type must be client_credentials"),
    "token.assertion_type": ("неверный client_assertion_type", "client_assertion_type is wrong"),
    "token.no_assertion": ("нет удостоверения", "client_assertion is missing"),
    "token.key_set": ("не удалось прочитать ключи инструмента", "the key set of the tool could not be read"),
    "token.scope": ("права не названы или неизвестны", "scope is missing or unknown"),
    "access.token": ("пропуска нет или он истёк", "the access token is missing, unknown or expired"),
    "access.scope": ("пропуск не даёт такого права", "the access token lacks the scope"),
    "auth.repeated": ("параметр повторён", "a parameter is repeated"),
    "auth.client": ("неизвестный client_id", "client_id is unknown"),
    "auth.redirect_uri": ("адрес возврата не тот, что записан", "redirect_uri is not the registered one"),
    "auth.response_type": ("response_type не id_token", "response_type must be id_token"),
    "auth.scope": ("scope не openid", "scope must be openid"),
    "auth.response_mode": ("response_mode не form_post", "response_mode must be form_post"),
    "auth.prompt": ("prompt не none", "prompt must be none"),
    "auth.nonce": ("нет nonce", "nonce is missing"),
    "auth.state": ("нет state", "state is missing"),
    "auth.hint_unknown": ("такого запуска мы не начинали", "lti_message_hint is missing or unknown"),
    "auth.hint_spent": ("этот запуск уже использован или устарел", "lti_message_hint was used or is too old"),
    "auth.session": (
        "браузер не узнан: войдите в школу ещё раз",
        "the browser is not logged in as the one who started the launch",
    ),
    "auth.login_hint": ("login_hint другого человека", "login_hint does not belong to this launch"),
    "auth.not_enrolled": ("человек отчислен с курса", "the person is not enrolled"),
    "service.accept": ("неверный Accept", "Accept does not hold the exact media type"),
    "service.content_type": ("неверный Content-Type", "Content-Type is not the exact media type"),
    "service.json": ("тело — не объект JSON", "the body is not a JSON object"),
    "service.paging": ("неверные limit или from", "limit and from must be whole numbers"),
    "service.no_course": ("нет такого курса", "no such course"),
    "service.no_line_item": ("такой колонки нет", "no such line item"),
    "service.no_resource_link": ("нет такого занятия", "no such resource link"),
    "service.no_differences": ("что было с тех пор, уже не известно", "what changed since then is not known any more"),
    "service.resource_link": ("колонка не этого занятия", "resourceLinkId is not a link of this tool, or was changed"),
    "service.line_item_id": ("менять id нельзя", "id must not change"),
    "service.label": ("нет названия колонки", "label is missing or blank"),
    "service.score_maximum": ("наибольший балл должен быть больше нуля", "scoreMaximum must be a number above 0"),
    "service.member": ("поле не того вида", "a member has the wrong type"),
    "score.user": ("не сказано, чья оценка", "userId is missing or not a string"),
    "score.timestamp": ("время не указано или без часового пояса", "timestamp is missing or has no zone"),
    "score.future": ("время в будущем", "timestamp is in the future"),
    "score.activity_progress": ("неизвестное слово в activityProgress", "activityProgress is missing or unknown"),
    "score.grading_progress": ("неизвестное слово в gradingProgress", "gradingProgress is missing or unknown"),
    "score.number": ("балл — не число или меньше нуля", "scoreGiven or scoreMaximum is not a number, or out of range"),
    "score.no_maximum": ("балл без наибольшего балла", "scoreGiven needs scoreMaximum"),
    "score.comment": ("комментарий — не строка", "comment is not a string"),
    "score.unknown_user": ("такого человека нет", "unknown user"),
    "score.teacher": ("учителю оценок не ставят", "a teacher cannot be graded"),
    "score.not_enrolled": ("человек отчислен с курса", "the person is not enrolled"),
    "score.too_old": ("время то же или раньше, чем у прежней записи", "timestamp is the same or an earlier second"),
    "score.locked": ("оценка закрыта учителем", "the grade is locked"),
}

MODES: dict[str, tuple[str, str]] = {
    "works": ("работает", "works"),
    "500": ("отвечает ошибкой 500", "answers error 500"),
    "429": ("просит подождать (429)", "asks to wait (429)"),
    "401": ("не узнаёт пропуск (401)", "does not accept the token (401)"),
    "hang": ("отвечает очень медленно", "answers very slowly"),
    "down": ("лежит (503)", "is down (503)"),
}


class Event(NamedTuple):
    """``told``: shown on the runner's screen too; the journal shows every event."""

    told: bool
    russian: str
    english: str


EVENTS: dict[str, Event] = {
    "launch.requested": Event(False, "{person} идёт в занятие", "{person} goes to the activity"),
    "launch.granted": Event(True, "{person} {opened_ru} занятие", "{person} opened the activity"),
    "picking.done": Event(True, "{person}: выбрано из инструмента: {count}", "{person} chose from the tool: {count}"),
    "picking.refused": Event(True, "выбор из инструмента не принят", "the choice from the tool was not accepted"),
    "launch.refused": Event(True, "вход в занятие не разрешён: {why}", "the launch was refused: {why}"),
    "token.granted": Event(
        False, "инструмент получил пропуск: {scope_list}", "the tool got an access token: {scope_list}"
    ),
    "token.refused": Event(
        True,
        "инструменту отказано в пропуске ({status}): {why}",
        "the tool got no token ({status}): {why}",
    ),
    "access.refused": Event(
        True, "инструмент не впустили ({status}): {why}", "the tool was not let in ({status}): {why}"
    ),
    "service.refused": Event(
        True,
        "журнал отказал ({status}): {why}{whose}",
        "the gradebook refused ({status}): {why}{whose}",
    ),
    "lineitem.listed": Event(False, "инструмент спросил список колонок", "the tool asked for the columns"),
    "lineitem.read": Event(False, "инструмент прочёл колонку «{label}»", "the tool read the column “{label}”"),
    "lineitem.created": Event(True, "инструмент завёл колонку «{label}»", "the tool made the column “{label}”"),
    "lineitem.changed": Event(True, "инструмент изменил колонку «{label}»", "the tool changed the column “{label}”"),
    "lineitem.deleted": Event(True, "инструмент удалил колонку «{label}»", "the tool deleted the column “{label}”"),
    "score.graded": Event(
        True,
        "{person}: оценка {points} записана в журнал",
        "{person}: the score {points} is in the gradebook",
    ),
    "score.cleared": Event(True, "{person}: оценка снята", "{person}: the grade was cleared"),
    "score.progress": Event(
        True,
        "{person}: отмечен ход работы ({activity_progress}), оценка не изменилась",
        "{person}: progress noted ({activity_progress}), the grade is as it was",
    ),
    "score.overridden": Event(
        True,
        "{person}: пришла оценка {points}, но в журнале остаётся поставленная учителем",
        "{person}: the score {points} came, the teacher’s own grade stays",
    ),
    "result.listed": Event(False, "инструмент сверил оценки", "the tool read the grades"),
    "roster.listed": Event(False, "инструмент спросил список класса", "the tool asked for the roster"),
    "groups.listed": Event(False, "инструмент спросил, какие есть группы", "the tool asked which groups there are"),
    "weather.changed": Event(True, "погода журнала: {mode_ru}", "gradebook weather: {mode_en}"),
    "weather.struck": Event(True, "журнал ответил {status}", "the gradebook answered {status}"),
    "weather.hang": Event(True, "журнал задумался на {seconds:g} с", "the gradebook hangs for {seconds:g} s"),
    "grade.overridden": Event(
        True,
        "учитель поставил свою оценку: {person} — {score_words}",
        "the teacher’s own grade: {person} — {score_words}",
    ),
    "grade.released": Event(
        True, "учитель убрал свою оценку: {person}", "the teacher’s own grade is taken away: {person}"
    ),
    "grade.locked": Event(True, "учитель закрыл оценку от изменений: {person}", "the grade is locked: {person}"),
    "grade.unlocked": Event(True, "учитель снова открыл оценку: {person}", "the grade is open again: {person}"),
    "person.unenrolled": Event(True, "отчисление с курса: {person}", "unenrolled: {person}"),
    "person.enrolled": Event(True, "снова на курсе: {person}", "enrolled again: {person}"),
    "column.deleted": Event(True, "учитель удалил колонку «{label}»", "the teacher deleted the column “{label}”"),
    "column.restored": Event(True, "учитель вернул колонку «{label}»", "the teacher put the column “{label}” back"),
    "tool.registered": Event(
        True, "инструмент «{name}» зарегистрировался и ждёт", "the tool “{name}” has registered and waits"
    ),
    "tool.refused": Event(True, "инструмент не зарегистрирован: {word}", "the tool was not registered: {word}"),
    "tool.activated": Event(True, "инструмент «{name}» включён", "the tool “{name}” was activated"),
    "tool.deleted": Event(True, "инструмент «{name}» удалён", "the tool “{name}” was deleted"),
    "lms.error": Event(True, "ошибка внутри демо-школы ({kind})", "an error inside the demo school ({kind})"),
}

# The tool's own events, as it writes them to its log (JSON lines with the key "event").
TOOL_EVENTS: dict[str, tuple[str, str]] = {
    "launch.opened": ("занятие открыто{for_whom}", "the activity is open{for_whom}"),
    "attempt.finished": ("работа закончена{with_points}", "the work is finished{with_points}"),
    "score.delivered": ("журнал школы принял оценку{with_points}", "the gradebook took the score{with_points}"),
    "score.retry": (
        "журнал {answered_ru}, попробуем ещё{soon_ru}",
        "the gradebook {answered_en}, we try again{soon_en}",
    ),
    "score.needs_help": (
        "оценка не дошла до журнала и ждёт помощи взрослого{because}",
        "the score did not reach the gradebook and needs help{because}",
    ),
    "score.overridden": (
        "журнал принял оценку, но показывает поставленную учителем: она остаётся",
        "the gradebook took the score and shows the teacher’s own grade: it stays",
    ),
    "score.newer_kept": (
        "в журнале уже есть более новая оценка: она остаётся",
        "the gradebook holds a newer grade: it stays",
    ),
}

# How one try to deliver a score ended ("outcome" of the tool's event "score.tried") → which of the above tells it.
TOOL_OUTCOMES = {
    "confirmed": "score.delivered",
    "delivered": "score.delivered",
    "failed": "score.retry",
    "send_later": "score.retry",
    "needs_help": "score.needs_help",
    "overridden": "score.overridden",
    "newer_kept": "score.newer_kept",
}

TOOL_REASONS: dict[str, tuple[str, str]] = {
    "not_gradable": ("школа не знает такого ученика на курсе", "no such learner in the course"),
    "column_deleted": ("колонку журнала удалили", "the column was deleted"),
    "no_column": ("в журнале нет колонки", "there is no column"),
    "locked": ("оценка закрыта учителем", "the grade is locked"),
    "forbidden": ("школа запретила запись", "the school forbids it"),
    "refused": ("журнал отказал", "the gradebook refused"),
    "unauthorised": ("школа не узнаёт инструмент", "the school does not accept the tool’s key"),
    "token_address": ("адрес выдачи пропусков не отвечает", "the token endpoint is not there"),
    "scope": ("школа не разрешила ставить оценки", "the school does not allow grades to be written"),
    "silent": ("журнал молчит слишком долго", "the gradebook has been silent for too long"),
}


FOR_WHOM = {"teacher": (" (учитель)", " (a teacher)"), "learner": (" (ученик)", " (a learner)")}


def describe(event: str, fields: dict[str, Any], language: str = "ru") -> str:
    """An event of the LMS as one line; an unknown one is shown by its name."""
    known = EVENTS.get(event)
    if known is None:
        return event
    return (known.russian if language == "ru" else known.english).format(**_spoken(fields, language))


def is_told(event: str) -> bool:
    """Whether the runner's screen shows this event of the LMS."""
    return event not in EVENTS or EVENTS[event].told


def describe_tool(record: dict[str, Any], language: str = "ru") -> str | None:
    """A line of the tool's log in plain words; None for what a newcomer need not see.

    Known events are told; of the others only warnings and errors, by their own text.
    """
    event = str(record.get("event", ""))
    known = TOOL_EVENTS.get(TOOL_OUTCOMES.get(str(record.get("outcome")), "") if event == "score.tried" else event)
    if known is not None:
        return known[0 if language == "ru" else 1].format(**_spoken(record, language))
    if str(record.get("level", "")).lower() in ("warning", "error", "critical"):
        return f"{str(record['level']).lower()}: {event}"
    return None


def _spoken(fields: dict[str, Any], language: str) -> dict[str, Any]:
    at = 0 if language == "ru" else 1
    reason = str(fields.get("reason", ""))
    mode = str(fields.get("mode", ""))
    given, maximum = (
        _first(fields, "given", "score_given", "scoreGiven"),
        _first(fields, "maximum", "score_maximum", "scoreMaximum"),
    )
    points = "—" if given is None or maximum is None else f"{_plain(given, language)}/{_plain(maximum, language)}"
    status = fields.get("status")
    retry = _seconds_until(fields.get("due")) if fields.get("due") else _first(fields, "retry_in", "retry_after")
    percent = fields.get("percent")
    result = f"{_plain(percent, language)} %" if percent is not None else points
    person = fields.get("person")
    return fields | {
        "why": REASONS.get(reason, (reason, reason))[at],
        "score_words": _plain(fields.get("score"), language),
        "because": f": {TOOL_REASONS.get(reason, (reason, reason))[at]}"
        if reason
        else f" ({status})"
        if status
        else "",
        "opened_ru": "открыла" if fields.get("female") else "открыл",
        "scope_list": ", ".join(fields.get("scopes") or []),
        "whose": f" ({person})" if person else "",
        "points": points,
        "with_points": f": {result}" if result != "—" else "",
        "for_whom": FOR_WHOM.get(str(fields.get("role")), ("", ""))[at],
        "mode_ru": MODES.get(mode, (mode, mode))[0],
        "mode_en": MODES.get(mode, (mode, mode))[1],
        "answered_ru": f"ответил {status}" if status else "не ответил",
        "answered_en": f"answered {status}" if status else "did not answer",
        "soon_ru": f" через {_plain(retry, language)} с" if isinstance(retry, int | float) else "",
        "soon_en": f" in {_plain(retry)} s" if isinstance(retry, int | float) else "",
    }


def _seconds_until(moment: Any) -> int | None:
    try:
        return max(0, round(datetime.fromisoformat(str(moment)).timestamp() - time.time()))
    except ValueError:
        return None


def _first(fields: dict[str, Any], *names: str) -> Any:
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def _plain(number: Any, language: str = "en") -> str:
    text = f"{number:g}" if isinstance(number, int | float) else str(number)
    return text.replace(".", ",") if language == "ru" else text
