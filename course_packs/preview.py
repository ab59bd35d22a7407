"""The whole pack on one HTML page, for its author to read: every text, every task, the keys marked.

Nothing here is for learners. The page stands alone: no scripts, pictures inside, no address of this machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from course_packs.format.compiler import compile_files
from course_packs.format.diagnostics import Diagnostic, Report
from course_packs.format.fields import decimal_text
from course_packs.format.folder import read_folder
from course_packs.format.model import CompiledPack, Task, Text, pick
from course_packs.format.pictures import Pictures
from course_packs.tasks import concrete, get_type

_WORDS: dict[str, dict[str, str]] = {
    "ru": {
        "note": "Просмотр для автора: ключи отмечены ✓, ученики этой страницы не видят.",
        "minutes": "мин",
        "weight": "вес",
        "points": "баллы",
        "tries": "попытки",
        "penalty": "за повтор −",
        "pass_mark": "порог",
        "attempts": "прохождений",
        "unlimited": "без предела",
        "hint": "Подсказка",
        "correct": "Если верно",
        "partial": "Если отчасти",
        "wrong": "Если неверно",
        "noted": "В ответ",
        "mistake": "Ошибка",
        "sources": "Источники",
        "extra": "лишний",
        "near": "близко",
        "findings": "Замечания",
        "first": "первое",
        "last": "последнее",
        "variants": "Разных заданий",
        "holds": "правда",
        "fails": "неправда",
        "share": "доля за сам ответ:",
        "any_order": "Строки можно дать в любом порядке.",
    },
    "en": {
        "note": "Author's preview: keys are marked ✓; learners never see this page.",
        "minutes": "min",
        "weight": "weight",
        "points": "points",
        "tries": "tries",
        "penalty": "retry −",
        "pass_mark": "pass mark",
        "attempts": "attempts",
        "unlimited": "unlimited",
        "hint": "Hint",
        "correct": "When correct",
        "partial": "When partial",
        "wrong": "When wrong",
        "noted": "In reply",
        "mistake": "Mistake",
        "sources": "Sources",
        "extra": "extra",
        "near": "near miss",
        "findings": "Findings",
        "first": "first",
        "last": "last",
        "variants": "Different tasks",
        "holds": "true",
        "fails": "false",
        "share": "share for the verdict:",
        "any_order": "The rows may stand in any order.",
    },
}


def preview_html(pack: CompiledPack, language: str = "ru", findings: tuple[Diagnostic, ...] = ()) -> str:
    """A complete HTML document in `language` (texts fall back to the pack's main language)."""
    data = {media.path: f"data:{media.media_type};base64,{media.data_base64}" for media in pack.media}

    def html(text: Text | None) -> Markup:
        # Compiled HTML is already clean; only the pictures' addresses change.
        rendered = "" if text is None else pick(text, language)
        for path, address in data.items():
            rendered = rendered.replace(f'"media:{path}"', f'"{address}"')
        return Markup(rendered)  # noqa: S704 - cleaned by format.markdown when the pack was compiled

    def plain(text: Text | None) -> str:
        return "" if text is None else pick(text, language)

    return _template().render(
        pack=pack,
        html=html,
        plain=plain,
        number=decimal_text,
        key=_key,
        concrete=concrete,
        findings=findings,
        **_chrome(language),
    )


def findings_html(findings: tuple[Diagnostic, ...], language: str = "ru") -> str:
    """The page shown instead of a pack that does not compile."""
    return _template().render(pack=None, findings=findings, **_chrome(language))


def _chrome(language: str) -> dict[str, Any]:
    return {"language": language, "words": _WORDS[language if language in _WORDS else "en"]}


def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("course_packs"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("preview.html")


def _key(task: Task) -> str:
    """The key of a type this page has no special drawing for."""
    key: Mapping[str, Any] = get_type(task.type).solution(task, language="ru")
    return json.dumps(key, ensure_ascii=False, default=lambda value: str(value) if isinstance(value, Decimal) else None)


def preview_server(path: Path, language: str, port: int) -> ThreadingHTTPServer:
    """A server on 127.0.0.1 that compiles the pack anew for each request of `/`. The caller runs and closes it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # A name of this machine other than these would let a foreign page read the pack by DNS rebinding.
            host = self.headers.get("Host", "").rsplit(":", 1)[0]
            if self.path != "/" or host not in {"127.0.0.1", "localhost"}:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = _page(path, language).encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the terminal for the author."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def _page(path: Path, language: str) -> str:
    report = Report("pack.yaml", Pictures(), language)
    pack = compile_files(read_folder(path, report), report)
    findings = tuple(report.sorted())
    if pack is None or report.has_errors:
        return findings_html(findings, language)
    return preview_html(pack, language, findings)
