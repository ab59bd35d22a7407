"""Every page of the design system with sample views, served by a bare Flask application under the product's policy.

Run ``python -m tests.web.gallery`` to look at the pages at http://127.0.0.1:5080; the browser tests use the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from flask import Flask, Response, g, make_response, render_template, request, send_from_directory
from flask_babel import Babel
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup
from werkzeug.serving import make_server

from lti_tool.web import assets, formats
from lti_tool.web.icons import icon
from lti_tool.web.places import place_picture
from lti_tool.web.skyline import skyline
from tests.web.pages import PAGES
from tests.web.sample_steps import Sample, after_answer, with_hint
from tests.web.samples import delivery

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("web", "player", "teaching", "catalog", "console", "lti", "privacy", "schools")
TEMPLATES = [ROOT / "lti_tool" / part / "templates" for part in PARTS]
POLICY = "default-src 'self'; frame-ancestors *"


def language() -> str:
    return str(g.get("language", "ru"))


def create_gallery() -> Flask:
    """``/<language>/<sample>`` shows a sample; a POST to it shows the task after the answer, as the player does."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "lti_tool" / "web" / "translations")
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.jinja_env.loader = ChoiceLoader([FileSystemLoader(str(folder)) for folder in TEMPLATES])
    app.jinja_env.globals.update(
        icon=icon,
        place_picture=place_picture,
        skyline=skyline,
        csrf_token=lambda: Markup('<input type="hidden" name="csrf" value="sample">'),
    )
    Babel(app, locale_selector=language)
    assets.init_app(app)
    formats.init_app(app)
    app.extensions["failures"] = 0

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/")
    def index() -> str:
        return "".join(f'<p>{name}: <a href="/ru/{name}">ru</a> <a href="/en/{name}">en</a></p>' for name in PAGES)

    @app.route("/<lang>/<name>", methods=["GET", "POST"])
    def show(lang: str, name: str) -> Response:
        g.language = lang
        sample = PAGES[name](lang)
        if request.method == "POST" and "hint" in request.args:
            return make_response(
                render_page(with_hint(sample), "player/_task.html" if "X-Fragment" in request.headers else None)
            )
        if request.method == "POST":
            return answer(app, sample)
        return make_response(render_page(sample))

    @app.get("/status")
    def status() -> str:
        g.language = "ru"
        return render_template("web/_delivery.html", delivery=delivery("ru", "ok"))

    @app.get("/media/<name>")
    def media(name: str) -> Response:
        return send_from_directory(ROOT / "docs" / "authoring" / "every-task" / "media", name)

    @app.get("/host")
    def host() -> str:
        return '<!doctype html><title>host</title><iframe src="/ru/course" width="700" height="300"></iframe>'

    return app


def render_page(sample: Sample, template: str | None = None) -> str:
    return render_template(template or sample.template, page=sample.page, lang=language(), **sample.context)


def answer(app: Flask, sample: Sample) -> Response:
    """Refuse with 503 as often as a test has asked for, then acknowledge; what was accepted is kept for it."""
    if app.extensions["failures"] > 0:
        app.extensions["failures"] -= 1
        return make_response("busy", 503)
    app.extensions.setdefault("accepted", []).append(request.form.to_dict(flat=False))
    answered = after_answer(sample, dict(request.form.lists()))
    fragment = request.headers.get("X-Fragment") == "task"
    return make_response(render_page(answered, "player/_task.html" if fragment else None))


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """The application on a free port of this machine; yields its address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


if __name__ == "__main__":
    create_gallery().run(port=5080)
