"""The addresses by which a school connects its LMS: the invitation's link, the confirmation, the values to copy."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

import structlog
from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.config import current_settings
from lti_tool.db import db, expect_writes
from lti_tool.lti.registration.configuration import PlatformConfiguration
from lti_tool.lti.registration.errors import RegistrationError
from lti_tool.lti.registration.exchange import current_registrar
from lti_tool.lti.registration.request import Tool
from lti_tool.lti.registration.wording import PAGES
from lti_tool.lti.registrations import current_store, origin
from lti_tool.lti.states import hashed
from lti_tool.lti.visits import Guest, open_to
from lti_tool.schools import connecting
from lti_tool.schools.invitations import give_back, open_invitation
from lti_tool.schools.models import Connection, ConnectionState
from lti_tool.schools.pages import DonePage, LinkPage, Value, WaitPage, ask_page, manual_page
from lti_tool.web.errors import error_response

blueprint = Blueprint("connect", __name__, url_prefix="/connect", template_folder="templates")
log = structlog.get_logger(__name__)

LINK_PARAMETERS = ("openid_configuration", "registration_token")


@blueprint.get("/manual")
@open_to(Guest.ANYBODY)
def manual() -> str:
    """Every value that an LMS asks for when the tool is registered by hand; nothing here is secret."""
    return render_template("schools/manual.html", page=manual_page(own_description()))


@blueprint.get("/<secret>")
@open_to(Guest.ANYBODY)
def invited(secret: str) -> Response | str:
    """The invitation's link: an LMS comes with its parameters, a person without (Dynamic Registration §3.3).

    The registration token is put away sealed, and the browser is led to an address that does not have it.
    """
    address, token = (request.args.get(name, "") for name in LINK_PARAMETERS)
    g.frame_origins = (origin(address),) if origin(address) else ()
    invitation = open_invitation(db.session(), secret)
    if not address and not token:
        link = current_settings().public_url + url_for("connect.invited", secret=secret)
        page = LinkPage(
            title=_("An invitation for your LMS"),
            school=invitation.school.title,
            link=Value("link", _("The invitation link"), link),
            manual_url=url_for("connect.manual"),
        )
        return render_template("schools/link.html", page=page)
    if any(len(request.args.getlist(name)) > 1 for name in LINK_PARAMETERS):
        raise RegistrationError("configuration-address", "parameter stands twice")
    db.session.commit()  # while the LMS is asked, which may take seconds, no transaction is open
    configuration = current_registrar().fetch_configuration(address)
    expect_writes(True)
    begun = connecting.begin(db.session(), invitation, configuration, token or None)
    db.session.commit()
    return _to_ask(begun.ticket, begun.secret)


@blueprint.get("/asked/<ticket>")
@open_to(Guest.ANYBODY)
def asked(ticket: str) -> str:
    """Ask for confirmation; afterwards the same address tells that it is done."""
    connection = _connection(ticket)
    configuration = PlatformConfiguration.restored(connection.configuration)
    moodle = configuration.family.lower() == "moodle"
    if connection.state == ConnectionState.SENDING:
        wait = WaitPage(_("The LMS is registering the tool…"), url_for("connect.asked", ticket=ticket))
        return render_template("schools/wait.html", page=wait)
    if connection.state == ConnectionState.DONE and connection.platform is not None:
        done = DonePage(
            title=_("The LMS is connected"),
            school=connection.invitation.school.title,
            host=origin(configuration.issuer).partition("://")[2],
            state=connection.platform.state,
            moodle=moodle,
        )
        return render_template("schools/done.html", page=done)
    if not _bound(connection, ticket):
        window = WaitPage(_("One more door"), url_for("connect.open_window", ticket=ticket))
        return render_template("schools/window.html", page=window)
    page = ask_page(
        configuration,
        school=connection.invitation.school.title,
        known=connecting.known_platforms(db.session(), connection),
        trusted=connection.invitation.trusted,
        tool=own_description(),
        post_url=url_for("connect.confirm", ticket=ticket),
        csrf=_form_token(_secret(ticket)),
    )
    return render_template("schools/ask.html", page=page)


@blueprint.post("/asked/<ticket>")
@open_to(Guest.ANYBODY)
def confirm(ticket: str) -> Response:
    """Register the tool on the LMS that was shown, and write down what it grants."""
    session = db.session()
    connection = _connection(ticket)
    sent = request.form.get("csrf", "")
    if not _bound(connection, ticket) or not hmac.compare_digest(sent.encode(), _form_token(_secret(ticket)).encode()):
        raise RegistrationError("not-confirmed")
    answer = redirect(url_for("connect.asked", ticket=ticket), 303)
    if connection.state != ConnectionState.ASKED:  # the button was pressed twice
        return answer
    token = connecting.claim(session, connection)
    session.commit()
    configuration = PlatformConfiguration.restored(connection.configuration)
    done = False
    try:
        granted = current_registrar().register(configuration, own_description(), token)
        platform = connecting.write_down(session, connection.invitation, configuration, granted)
        connecting.settle(session, connection, ConnectionState.DONE, platform)
        session.commit()
        done = True
    finally:
        if not done:
            session.rollback()
            give_back(session, connection.invitation)
            connecting.settle(session, connection, ConnectionState.FAILED)
            session.commit()
    current_store().forget()
    return answer


@blueprint.post("/asked/<ticket>/window")
@open_to(Guest.ANYBODY)
def open_window(ticket: str) -> Response:
    """Go on in a window of its own, where the browser keeps its pass: this browser becomes the one that may confirm."""
    connection = _connection(ticket)
    if connection.state != ConnectionState.ASKED:
        raise RegistrationError("connection-over", "sent already")
    secret = connecting.bind_again(connection)
    db.session.commit()
    return _to_ask(ticket, secret)


@blueprint.errorhandler(RegistrationError)
def refused(error: RegistrationError) -> tuple[str, int]:
    """The page for a connection that does not come about."""
    db.session.rollback()
    rule = error.rule
    log.info("registration.refused", reason=error.reason, code=rule.code, detail=error.detail[:120])
    words = PAGES[rule.page]
    said = _("The LMS says: “%(words)s”", words=error.words) if error.words else ""
    return error_response(
        rule.status,
        rule.code,
        title=str(words.title),
        happened=f"{words.happened} {said}".strip(),
        safe=str(words.safe),
        next_step=str(words.next),
    )


def _connection(ticket: str) -> Connection:
    connection = connecting.find(db.session(), ticket)
    g.frame_origins = (origin(connection.configuration["address"]),)
    return connection


def _to_ask(ticket: str, secret: str) -> Response:
    response = redirect(url_for("connect.asked", ticket=ticket), 303)
    response.set_cookie(
        _cookie(ticket),
        secret,
        max_age=int(connecting.LIFETIME.total_seconds()),
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    return response


def _bound(connection: Connection, ticket: str) -> bool:
    return hmac.compare_digest(hashed(_secret(ticket)), connection.binding_hash)


def _secret(ticket: str) -> str:
    return request.cookies.get(_cookie(ticket), "")


def _cookie(ticket: str) -> str:
    return f"__Host-connect-{hashed(ticket).hex()[:16]}"


def _form_token(secret: str) -> str:
    digest = hmac.digest(secret.encode(), b"lyceum-city connect", "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def own_description() -> Tool:
    """Return where this installation is and what it is called."""
    settings = current_settings()
    return Tool(settings.public_url, settings.language)
