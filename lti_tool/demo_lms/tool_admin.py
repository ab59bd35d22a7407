"""The administrator's page «Внешние инструменты»: paste a link, look at what the tool says, activate it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from . import database, journal, runtime, tool_registry
from .registration import configuration_url

PASS_SECONDS = 3600

tool_admin = Blueprint("tool_admin", __name__, url_prefix="/tools")


@tool_admin.get("/")
def overview() -> ResponseReturnValue:
    """The tools of the school, and the field for a link."""
    return _page()


@tool_admin.post("/add")
def add() -> ResponseReturnValue:
    """Open the pasted link in a frame, with a pass for one registration."""
    settings = runtime.current().settings
    link = request.form.get("link", "").strip()
    parts = urlsplit(link)
    if f"{parts.scheme}://{parts.netloc}" != settings.tool_url:
        return _page(problem=True), 400
    token = tool_registry.new_registration_token(database.current(), PASS_SECONDS)
    query = [
        *parse_qsl(parts.query, keep_blank_values=True),
        ("openid_configuration", configuration_url(settings)),
        ("registration_token", token),
    ]
    opened = urlunsplit(parts._replace(query=urlencode(query), fragment=""))
    return render_template("demo_lms/tool_registering.html", opened=opened, tool_origin=settings.tool_url)


@tool_admin.post("/<client_id>/activate")
def activate(client_id: str) -> ResponseReturnValue:
    """From now on the activity opens this tool."""
    tool = tool_registry.activate(database.current(), client_id)
    if tool is None:
        abort(404)
    journal.record("tool.activated", name=tool.name)
    return redirect(url_for("tool_admin.overview"), 303)


@tool_admin.post("/<client_id>/delete")
def delete(client_id: str) -> ResponseReturnValue:
    """Forget the tool; the activity opens the one before it."""
    tool = tool_registry.remove(database.current(), client_id)
    if tool is None:
        abort(404)
    journal.record("tool.deleted", name=tool.name)
    return redirect(url_for("tool_admin.overview"), 303)


def _page(*, problem: bool = False) -> str:
    connection, settings = database.current(), runtime.current().settings
    return render_template(
        "demo_lms/tools.html",
        tools=[*tool_registry.registered(connection), tool_registry.born_with(settings)],
        used=tool_registry.in_use(connection, settings).client_id,
        tool_url=settings.tool_url,
        problem=problem,
    )
