"""The addresses that platforms call: login, launch, keys (Security Framework §5.1.1, §6.3)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import structlog
from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lti_tool.config import current_settings
from lti_tool.db import db, expect_writes
from lti_tool.lti import checks, keys, login, message, notices, states, visits
from lti_tool.lti.entrance import open_launch
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.pages import HandOverPage, Storage
from lti_tool.lti.platform_keys import current_keyring
from lti_tool.lti.registrations import Registration, current_store, origin
from lti_tool.lti.storage import proof_page
from lti_tool.lti.visits import Guest, open_to

blueprint = Blueprint("lti", __name__, url_prefix="/lti", template_folder="templates")
log = structlog.get_logger()

LOGIN_COOKIES_KEPT = 5


@blueprint.route("/login", methods=["GET", "POST"])
@open_to(Guest.ANYBODY, writes=True)
def begin_login() -> BaseResponse:
    """Take a login initiation, bind it to this browser and see whether the binding holds.

    A browser that brings a cookie of ours along has shown that it holds: it goes on to the platform at once.
    """
    parameters = login.read_login(request.values.to_dict(flat=False))
    registration = login.find_registration(current_store(), parameters)
    g.frame_origins = registration.origins
    checks.own_target(parameters["target_link_uri"], current_settings().public_url)
    login_id, binding = states.begin(db.session.connection(), registration.id, parameters)
    if visits.keeps_cookies(request.cookies):
        response = redirect(_platform_address(registration, parameters, binding), 302)
    else:
        response = redirect(url_for("lti.continue_login", tx=login_id.hex), 303)
    response.set_cookie(
        message.cookie_name(login_id),
        binding.secret,
        max_age=int(states.LIFETIME.total_seconds()),
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    visits.forget_oldest(response, request.cookies, "__Host-lti-", LOGIN_COOKIES_KEPT)
    db.session.commit()
    return response


@blueprint.get("/login/continue")
@open_to(Guest.ANYBODY)
def continue_login() -> BaseResponse | str:
    """Go on to the platform when the cookie came back; otherwise offer a window where it will.

    The platform is not asked before: its hint can be used only once, and a launch without the cookie would be refused.
    """
    started = _login_of(request.args.get("tx", ""))
    registration = current_store().get(started.platform_id)
    if registration is None:
        raise LaunchError("unknown-platform")
    g.frame_origins = registration.origins
    secret = request.cookies.get(message.cookie_name(started.id), "")
    if states.hashed(secret) != started.binding_hash:
        if started.parameters.get("window"):
            raise LaunchError("cookies-off")
        fields = {name: value for name, value in started.parameters.items() if name != "lti_storage_target"}
        log.info("login.no_cookie", platform=str(registration.id))
        # Browsers hold the redirects of a form to `form-action` too, and some platforms go on to another host.
        g.form_origins = ("https:", *registration.origins)
        page = HandOverPage(
            action=url_for("lti.begin_login"),
            fields={**fields, "window": "1"},
            storage=Storage(
                origin(registration.auth_url),
                started.parameters.get("lti_storage_target", ""),
                url_for("storage.keep_in_storage"),
                ticket=started.id.hex,
            ),
        )
        return render_template("lti/new_window.html", page=page)
    return redirect(_platform_address(registration, started.parameters, states.Binding(secret)), 302)


@blueprint.post("/launch")
@open_to(Guest.ANYBODY)
def launch() -> BaseResponse | str:
    """Take the platform's answer; open a visit and show its page under an address that is free of tokens.

    When the platform's storage has the login's secret, the browser is told to fetch it first.
    """
    expect_writes(False)  # checking may wait for the platform's keys, and must not hold up others meanwhile
    form = request.form.to_dict(flat=False)
    checks.single(form, ("state", "id_token", "error"))
    if "error" in form:
        _refused_by_platform(form)
    session = db.session()
    opened, started = message.open_message(
        {name: request.form.get(name, "") for name in ("state", "id_token")},
        session=session,
        store=current_store(),
        keyring=current_keyring(),
        binding_of=request.cookies,
        public_url=current_settings().public_url,
    )
    if started.storage_target is not None:
        session.commit()
        g.frame_origins = opened.registration.origins
        return proof_page(opened.registration, started, request.form["state"])
    visit = open_launch(session, opened, started)
    response = redirect(visit.address, 303)
    visits.set_visit_cookie(response, visit.visit_id, visit.secret, request.cookies)
    visits.forget(response, message.cookie_name(started.id))
    session.commit()
    return response


@blueprint.get("/jwks")
@open_to(Guest.ANYBODY)
def jwks() -> Response:
    """Publish our public keys (Security Framework §6.3)."""
    response = jsonify(keys.jwks(db.session()))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blueprint.post("/notices")
@open_to(Guest.ANYBODY)
def hear_notices() -> tuple[Response, int]:
    """Take notices of platforms (Platform Notification Service §5). Each proves itself; there is no browser, no form.

    202: at least one was believed (or none was sent). 401: none was. 503: none, and a platform's keys could not be had.
    """
    expect_writes(False)  # proving may wait for the platform's keys, and must not hold up others meanwhile
    document = request.get_json(silent=True)
    batch = document.get("notices") if isinstance(document, dict) else None
    if not isinstance(batch, list) or len(batch) > notices.MOST_AT_ONCE:
        return jsonify(error="invalid_request"), 400
    tokens = [one.get("jwt") if isinstance(one, dict) else None for one in batch]
    receipt = notices.receive(
        [token if isinstance(token, str) else "" for token in tokens],
        session=db.session(),
        store=current_store(),
        keyring=current_keyring(),
    )
    if receipt.taken or not receipt.refused:
        return jsonify(received=receipt.taken), 202
    return jsonify(error="invalid_notice"), 503 if "keys-unreachable" in receipt.refused else 401


def _platform_address(registration: Registration, parameters: Mapping[str, str], binding: states.Binding) -> str:
    return login.authentication_request(
        registration,
        parameters,
        binding,
        redirect_uri=login.launch_address(current_settings().public_url),
        store=current_store(),
    )


def _login_of(tx: str) -> states.Login:
    try:
        login_id = UUID(hex=tx)
    except ValueError:
        raise LaunchError("state-unknown") from None
    return states.by_id(db.session.connection(), login_id)


def _refused_by_platform(form: Mapping[str, list[str]]) -> None:
    """The platform says why it does not let the person in (§5.1.1.5): the login is over, its words go to the log only.

    Raises:
        LaunchError: always.
    """
    session = db.session()
    started = message.find_login(session, "".join(form.get("state", [])), request.cookies)
    session.commit()
    expect_writes(True)
    states.spend(session.connection(), started.id)
    session.commit()
    registration = current_store().get(started.platform_id)
    g.frame_origins = registration.origins if registration else ()
    error = form["error"][0][:60]
    raise LaunchError("platform-login-required" if error == "login_required" else "platform-error", error)
