"""Sample views of connecting an LMS: the question, the end, the link opened by hand, the values to copy."""

from __future__ import annotations

from collections.abc import Callable

from lti_tool.schools.models import PlatformState
from lti_tool.schools.pages import AskPage, DonePage, LinkPage, ManualPage, Value, WaitPage
from tests.web.sample_steps import Sample, says

TOOL = "https://city.example.org"


def ask(lang: str, *, known: bool = False) -> Sample:
    page = AskPage(
        title=says(lang, "Подключить moodle.school57.example.org?", "Connect moodle.school57.example.org?"),
        school=says(lang, "Школа № 57 имени Первостроителей", "School 57 of the First Builders"),
        product="Moodle 4.5.6 (Build: 20250811)",
        host="moodle.school57.example.org",
        issuer="https://moodle.school57.example.org",
        tool_address=TOOL,
        gives=[
            says(lang, "курсы, семинары и пробы лицея — как занятия в ваших курсах", "courses as your activities"),
            says(lang, "результаты в журнале, сами собой", "results in the gradebook, by themselves"),
        ],
        reads=[
            says(lang, "имена тех, кто открывает занятие, их роль и курс; почты не берём", "names, roles, courses"),
            says(lang, "столбцы журнала своих занятий, и только их", "the columns of its own activities"),
        ],
        known=["Moodle · moodle.school57.example.org"] if known else [],
        trusted=not known,
        moodle=True,
        post_url="#",
        csrf="sample",
    )
    return Sample("schools/ask.html", page)


def done(lang: str) -> Sample:
    page = DonePage(
        title=says(lang, "LMS подключена", "The LMS is connected"),
        school=says(lang, "Школа № 57", "School 57"),
        host="moodle.school57.example.org",
        state=PlatformState.PENDING,
        moodle=True,
    )
    return Sample("schools/done.html", page)


def link(lang: str) -> Sample:
    page = LinkPage(
        title=says(lang, "Приглашение для вашей LMS", "An invitation for your LMS"),
        school=says(lang, "Школа № 57", "School 57"),
        link=Value("link", says(lang, "Ссылка-приглашение", "The invitation link"), f"{TOOL}/connect/{'x' * 43}"),
        manual_url="#",
    )
    return Sample("schools/link.html", page)


def manual(lang: str) -> Sample:
    page = ManualPage(
        title=says(lang, "Подключить вручную", "Connect by hand"),
        values=[
            Value("launch", says(lang, "Адрес инструмента (Tool URL)", "Tool URL"), f"{TOOL}/lti/launch"),
            Value("login", says(lang, "Адрес начала входа", "Initiate login URL"), f"{TOOL}/lti/login"),
            Value("jwks", says(lang, "Адрес открытых ключей", "Public keyset URL"), f"{TOOL}/lti/jwks"),
        ],
        scopes=[
            Value("scope-score", says(lang, "оценки", "grades"), "https://purl.imsglobal.org/spec/lti-ags/scope/score")
        ],
        custom=Value(
            "custom",
            says(lang, "Пользовательские параметры", "Custom parameters"),
            "context_id_history=$Context.id.history",
        ),
        domain="city.example.org",
    )
    return Sample("schools/manual.html", page)


def wait(lang: str) -> Sample:
    page = WaitPage(says(lang, "LMS регистрирует инструмент…", "The LMS is registering the tool…"), "#")
    return Sample("schools/wait.html", page)


def window(lang: str) -> Sample:
    return Sample("schools/window.html", WaitPage(says(lang, "Ещё одна дверь", "One more door"), "#"))


PAGES: dict[str, Callable[[str], Sample]] = {
    "connect-ask": ask,
    "connect-ask-known": lambda lang: ask(lang, known=True),
    "connect-done": done,
    "connect-link": link,
    "connect-manual": manual,
    "connect-wait": wait,
    "connect-window": window,
}
