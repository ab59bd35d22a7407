"""Advice on links: their words, and on request whether they open."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from http import HTTPStatus
from typing import Final, NamedTuple

from course_packs.format.advice.subject import Subject
from course_packs.format.diagnostics import Mark
from course_packs.format.markdown import plain_text

TIMEOUT_SECONDS: Final = 8
MAX_LINKS: Final = 200
AT_ONCE: Final = 8
_LINK: Final = re.compile(r'<a\b[^>]*?\bhref="(https?://[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_EMPTY_WORDS: Final = frozenset(
    {"здесь", "тут", "сюда", "ссылка", "по ссылке", "подробнее", "читать", "далее", "ещё", "смотреть", "источник"}
    | {"here", "click here", "link", "this link", "more", "read more", "details", "this", "source"}
)
# What a site answers that does not like the question, not the address.
_NO_VERDICT: Final = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.TOO_MANY_REQUESTS}
)


class _Link(NamedTuple):
    address: str
    words: str
    file: str
    mark: Mark


def advise(subject: Subject) -> None:
    """Words that do not tell where a link leads."""
    for link in _links(subject):
        words = link.words.casefold().strip(" .…→»")
        if words in _EMPTY_WORDS:
            subject.say("P540", link.file, link.mark, value=link.words)
        elif words.startswith(("http://", "https://", "www.")):
            subject.say("P541", link.file, link.mark, value=link.words)


def ask_net(subject: Subject) -> None:
    """Try every address of the texts and the sources, each once; at most `MAX_LINKS`."""
    places: dict[str, tuple[str, Mark]] = {}
    for link in _links(subject):
        places.setdefault(link.address, (link.file, link.mark))
    for source in subject.pack.sources:
        if source.url is not None:
            places.setdefault(source.url, ("pack.yaml", subject.find("pack.yaml", source.url)))
    addresses = list(places)[:MAX_LINKS]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for address, problem in zip(addresses, pool.map(problem_of, addresses), strict=True):
            if problem:
                file, mark = places[address]
                subject.say("P542", file, mark, value=address, problem=problem)


def problem_of(address: str) -> str:
    """Why an address does not open; an empty string when it does, or when its site does not like to be asked so."""
    request = urllib.request.Request(address, method="HEAD", headers={"User-Agent": "lyceum-city-lint"})  # noqa: S310
    try:
        # Only http and https come here: `_LINK` and the compiler see to it. Nothing of the answer is read.
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
            return ""
    except urllib.error.HTTPError as error:
        return "" if error.code in _NO_VERDICT or error.code >= HTTPStatus.INTERNAL_SERVER_ERROR else str(error.code)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return str(reason)[:80] or type(error).__name__


def _links(subject: Subject) -> Iterator[_Link]:
    for unit, step in subject.steps():
        texts = step.task.prompt if step.task is not None else step.html or {}
        for language, html in texts.items():
            file = f"units/{unit.id}/tasks.yaml" if step.task is not None else subject.page_file(unit, step, language)
            for address, words in _LINK.findall(html):
                where = unescape(address)
                yield _Link(where, plain_text(words), file, subject.find(file, where))
